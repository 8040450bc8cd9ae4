import type { Queryable } from './queryable.ts'
import type { EntityRow } from './source-record-queries.ts'

/** How many records of a canonical entity a decision may see. */
export interface WantedRecords {
  target: string
  newest: number
}

/**
 * The newest records of each entity that point at one of a customer's records, or at one of its accounts: one statement
 * for all of them. Accounts are told by the first list alone. In the order of `wanted`, the newest first; one more
 * than wanted shows that there are more.
 */
export async function recordsForDecision(
  db: Queryable,
  at: { customers: readonly string[]; accounts: readonly string[] },
  wanted: readonly WantedRecords[],
): Promise<(EntityRow & { target: string })[]> {
  const { rows } = await db.query<EntityRow & { target: string }>({
    name: 'decision-records',
    text: `
      select w.target, r.* from unnest($3::text[], $4::integer[]) with ordinality as w(target, newest, place)
      cross join lateral (
        select no::float8 as no, public_id::text as id, system, entity, key, change_no::float8 as "changeNo",
               changed_at as "changedAt", document::text as document
        from source_record s
        where s.no in (
          select no from source_record where customer_ref = any ($1::text[]) and target = w.target
          union
          select no from source_record where account_ref = any ($2::text[]) and target = w.target and w.target <> 'account'
        ) and s.document is not null and not s.deleted and s.public_id is not null
        order by s.changed_at desc, s.no desc limit w.newest
      ) r
      order by w.place, r."changedAt" desc, r.no desc`,
    values: [at.customers, at.accounts, wanted.map(({ target }) => target), wanted.map(({ newest }) => newest)],
  })
  return rows
}
