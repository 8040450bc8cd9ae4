import type { JsonObject } from '../contracts/json.ts'
import { instant } from './columns.ts'
import type { Queryable } from './queryable.ts'

/** An event as it is stored; `golden` is the text of the golden record that belongs into its data. */
export interface EventRow {
  id: string
  type: string
  subject: string
  customerId: string | null
  at: string
  data: string
  golden: string | null
  goldenVersion: number | null
}

export const EVENT_COLUMNS = `
  e.id::text as id, e.type, e.subject, e.customer_id::text as "customerId",
  ${instant('e.at')} as at, e.data::text as data,
  coalesce(c.golden, f.golden)::text as golden, e.golden_version as "goldenVersion"`

/** Finds the golden record of the version that the event is about: the present one, or a former one. */
export const EVENT_GOLDEN = `
  left join customer c on c.id = e.golden_id and c.version = e.golden_version
  left join customer_former f on c.id is null and f.customer_id = e.golden_id and f.version = e.golden_version`

/** The event as CloudEvents 1.0 JSON. Stored texts are put in as they are, so nothing is parsed and written again. */
export function eventText(row: EventRow): string {
  const head: JsonObject = {
    specversion: '1.0',
    id: row.id,
    source: '/omnihub',
    type: row.type,
    subject: row.subject,
    time: row.at,
    datacontenttype: 'application/json',
  }
  if (row.goldenVersion !== null) {
    head.sequence = String(row.goldenVersion)
    head.sequencetype = 'Integer'
  }
  if (row.customerId !== null) head.customerid = row.customerId
  return `${JSON.stringify(head).slice(0, -1)},"data":${dataText(row)}}`
}

function dataText({ data, golden }: EventRow): string {
  if (golden === null) return data
  return data === '{}' ? `{"customer":${golden}}` : `{"customer":${golden},${data.slice(1)}`
}

export interface LoggedEvent extends EventRow {
  position: number
}

export interface EventFilter {
  /** `customer.updated`, or `customer.*`; absent: all. */
  types?: readonly string[]
  customerId?: string
}

/** Events of the stream after a position, in its order. */
export async function eventsAfter(
  db: Queryable,
  position: number,
  filter: EventFilter,
  limit: number,
): Promise<LoggedEvent[]> {
  const patterns = filter.types?.map((type) => type.replace(/[\\%_]/g, '\\$&').replace(/\*/g, '%')) ?? null
  const { rows } = await db.query<LoggedEvent>({
    name: 'events-after',
    text: `
      select e.position::float8 as position, ${EVENT_COLUMNS}
      from (
        select * from event_log
        where position > $1 and ($2::uuid is null or customer_id = $2) and ($3::text[] is null or type like any ($3))
        order by position limit $4
      ) e ${EVENT_GOLDEN} order by e.position`,
    values: [position, filter.customerId ?? null, patterns, limit],
  })
  return rows
}

/** The last place that was ever given out: after an erasure the log itself may end earlier. */
export const LOG_END = `greatest(
  coalesce((select max(position) from event_log), 0), coalesce((select max(log_end) from erasure), 0))`

/** First and last position that the log holds: older events have been pruned; both 0 where it is empty. */
export async function eventLogRange(db: Queryable): Promise<{ first: number; last: number }> {
  const { rows } = await db.query<{ first: number; last: number }>({
    name: 'events-range',
    text: `select coalesce(min(position), 0)::float8 as first, ${LOG_END}::float8 as last from event_log`,
  })
  return rows[0] ?? { first: 0, last: 0 }
}
