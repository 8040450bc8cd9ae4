import { EVENT_COLUMNS, EVENT_GOLDEN, type LoggedEvent } from './event-queries.ts'
import type { Queryable } from './queryable.ts'

/** What the event stream and the timelines read of the log of events. */

export interface StreamFilter {
  /** Types as they are, and beginnings of types (`customer.`); both empty: all. */
  types: readonly string[]
  prefixes: readonly string[]
  /** Ids of customers; null: all. */
  customers: readonly string[] | null
}

/** Events after one position and up to another, oldest first. */
export async function streamedEvents(
  db: Queryable,
  span: { after: number; upTo: number },
  filter: StreamFilter,
  limit: number,
): Promise<LoggedEvent[]> {
  const { types, prefixes, customers } = filter
  const patterns = prefixes.map((prefix) => `${prefix.replace(/[\\%_]/g, '\\$&')}%`)
  const ofCustomers = customers === null ? '' : 'and customer_id = any ($6::uuid[])'
  const { rows } = await db.query<LoggedEvent>({
    name: customers === null ? 'stream-events' : 'stream-events-of-customers',
    text: `
      select e.position::float8 as position, ${EVENT_COLUMNS}
      from (
        select * from event_log
        where position > $1 and position <= $2 ${ofCustomers}
          and (cardinality($3::text[]) + cardinality($4::text[]) = 0 or type = any ($3) or type like any ($4))
        order by position limit $5
      ) e ${EVENT_GOLDEN} order by e.position`,
    values: [span.after, span.upTo, types, patterns, limit, ...(customers === null ? [] : [customers])],
  })
  return rows
}

/** Events of customers, newest first, before a position where that is not null. */
export async function timelineOf(
  db: Queryable,
  customers: readonly string[],
  before: number | null,
  limit: number,
): Promise<LoggedEvent[]> {
  const { rows } = await db.query<LoggedEvent>({
    name: 'stream-timeline',
    text: `
      select e.position::float8 as position, ${EVENT_COLUMNS}
      from (
        select * from event_log
        where customer_id = any ($1::uuid[]) and ($2::bigint is null or position < $2)
        order by position desc limit $3
      ) e ${EVENT_GOLDEN} order by e.position desc`,
    values: [customers, before, limit],
  })
  return rows
}
