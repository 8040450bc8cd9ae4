import { plain } from './columns.ts'
import { type EventRow, EVENT_COLUMNS, EVENT_GOLDEN, LOG_END } from './event-queries.ts'
import type { Queryable } from './queryable.ts'

/** The oldest events that have not left yet. */
export async function oldestOutbox(db: Queryable, limit: number): Promise<(EventRow & { no: number })[]> {
  const { rows } = await db.query<EventRow & { no: number }>({
    name: 'outbox-oldest',
    text: `
      select e.no::float8 as no, ${EVENT_COLUMNS}
      from (select * from outbox order by no limit $1) e ${EVENT_GOLDEN} order by e.no`,
    values: [limit],
  })
  return rows
}

/** Moves events that have left into the log of the event stream, at the positions given. */
export async function moveToLog(db: Queryable, numbers: readonly number[], firstPosition: number): Promise<void> {
  await db.query({
    name: 'outbox-to-log',
    text: `
      with gone as (
        delete from outbox o using unnest($1::bigint[]) with ordinality as n(no, ord) where o.no = n.no
        returning n.ord, o.*
      )
      insert into event_log (position, id, type, customer_id, subject, at, data, golden_id, golden_version)
      select $2::bigint + ord - 1, id, type, customer_id, subject, at, data, golden_id, golden_version from gone`,
    values: [plain(numbers), firstPosition],
  })
}

export async function nextPosition(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ next: number }>({
    name: 'outbox-next-position',
    text: `select ${LOG_END}::float8 + 1 as next`,
  })
  return rows[0]?.next ?? 1
}
