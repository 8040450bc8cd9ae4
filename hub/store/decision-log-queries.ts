import { jsonArray, jsons, plain, texts } from './columns.ts'
import type { Queryable } from './queryable.ts'

/** A decision as it is stored; documents are JSON texts. */
export interface DecisionLogRow {
  id: string
  rule: string
  revision: number
  hash: string
  /** The rules that it may call: their hashes by name. */
  called: string | null
  /** Of `at`, ISO 8601: the moment that it was decided for, and when. */
  moment: string
  decidedAt: string
  actor: string
  customerId: string | null
  /** What was sent; null: too large to be kept. */
  given: string | null
  /** What the hub added in place of `customer: {id}`; null: that was not sent. */
  filled: string | null
  result: string | null
  code: string | null
  /** Lines. */
  trace: string
}

/** Writes decisions, once each: a batch that is sent again after a torn connection changes nothing. */
export async function insertDecisionLog(db: Queryable, rows: readonly DecisionLogRow[]): Promise<void> {
  await db.query({
    name: 'decision-log-write',
    text: `
      insert into decision_log (id, rule, revision, hash, called, moment, decided_at, actor, customer_id, given, filled,
        result, code, trace)
      select * from unnest($1::uuid[], $2::text[], $3::integer[], $4::text[], ${jsonArray(5)}, $6::timestamptz[],
        $7::timestamptz[], $8::text[], $9::uuid[], ${jsonArray(10)}, ${jsonArray(11)}, ${jsonArray(12)}, $13::text[],
        $14::text[])
      on conflict (id) do nothing`,
    values: [
      plain(rows.map((row) => row.id)),
      texts(rows.map((row) => row.rule)),
      plain(rows.map((row) => row.revision)),
      texts(rows.map((row) => row.hash)),
      jsons(rows.map((row) => row.called)),
      plain(rows.map((row) => row.moment)),
      plain(rows.map((row) => row.decidedAt)),
      texts(rows.map((row) => row.actor)),
      plain(rows.map((row) => row.customerId)),
      jsons(rows.map((row) => row.given)),
      jsons(rows.map((row) => row.filled)),
      jsons(rows.map((row) => row.result)),
      texts(rows.map((row) => row.code)),
      texts(rows.map((row) => row.trace)),
    ],
  })
}

const COLUMNS = `
  id::text as id, rule, revision, hash, called::text as called, moment, decided_at as "decidedAt", actor,
  customer_id::text as "customerId", given::text as given, filled::text as filled, result::text as result, code, trace`

export async function readDecisionLog(db: Queryable, id: string): Promise<DecisionLogRow | undefined> {
  const { rows } = await db.query<DecisionLogRow>({
    name: 'decision-log-read',
    text: `select ${COLUMNS} from decision_log where id = $1::uuid`,
    values: [id],
  })
  return rows[0]
}

export interface DecisionFilter {
  rule: string | null
  /** A customer and those that were joined into it; null: anybody's, or nobody's. */
  customers: readonly string[] | null
  /** Bounds of the id, both exclusive; null: none. */
  after: string | null
  before: string | null
  /** JSON text that the result must contain. */
  result: string | null
  /** The rule could not decide. */
  failed: boolean | null
}

/** How many decisions one search looks at: those of a rare result are found page by page, in bounded time. */
const LOOKED_AT_MAX = 5_000

/** Decisions from the newest on, and where the search ended: `end` is null where nothing is left to look at. */
export async function searchDecisionLog(
  db: Queryable,
  filter: DecisionFilter,
  limit: number,
): Promise<{ rows: DecisionLogRow[]; end: string | null }> {
  const { rows } = await db.query<DecisionLogRow & { matches: boolean }>({
    name: 'decision-log-search',
    text: `
      with looked as (
        select id as row_id, ($5::jsonb is null or result::jsonb @> $5::jsonb)
          and ($6::boolean is null or (result is null) = $6) as matches
        from decision_log
        where ($1::text is null or rule = $1) and ($2::uuid[] is null or customer_id = any ($2))
          and ($3::uuid is null or id > $3) and ($4::uuid is null or id < $4)
        order by id desc limit $7
      ), chosen as (
        (select row_id, true as matches from looked where matches order by row_id desc limit $8)
        union all
        (select row_id, false from looked where not matches order by row_id limit 1)
      )
      select c.matches, ${COLUMNS} from chosen c join decision_log on id = c.row_id order by id desc`,
    values: [
      filter.rule,
      filter.customers === null ? null : `{${filter.customers.join(',')}}`,
      filter.after,
      filter.before,
      filter.result,
      filter.failed,
      LOOKED_AT_MAX,
      limit,
    ],
  })
  const found = rows.filter(({ matches }) => matches)
  const last = (found.length >= limit ? found : rows).at(-1)?.id ?? null
  return { rows: found, end: last === null ? null : await moreBefore(db, filter, last) }
}

async function moreBefore(db: Queryable, filter: DecisionFilter, id: string): Promise<string | null> {
  const { rows } = await db.query({
    name: 'decision-log-more',
    text: `
      select from decision_log
      where ($1::text is null or rule = $1) and ($2::uuid[] is null or customer_id = any ($2))
        and ($3::uuid is null or id > $3) and id < $4::uuid limit 1`,
    values: [filter.rule, filter.customers === null ? null : `{${filter.customers.join(',')}}`, filter.after, id],
  })
  return rows.length === 0 ? null : id
}

/** The last decisions of a rule whose input was kept. */
export async function recentDecisions(db: Queryable, rule: string, limit: number): Promise<DecisionLogRow[]> {
  const { rows } = await db.query<DecisionLogRow>({
    name: 'decision-log-recent',
    text: `select ${COLUMNS} from decision_log where rule = $1 and given is not null order by id desc limit $2`,
    values: [rule, limit],
  })
  return rows
}

/** Deletes decisions with an id below this one, a bounded number at a time. Returns how many. */
export async function pruneDecisionLog(db: Queryable, before: string, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'decision-log-prune',
    text: 'delete from decision_log where id in (select id from decision_log where id < $1::uuid order by id limit $2)',
    values: [before, limit],
  })
  return rowCount ?? 0
}

/** Where a customer is erased: what was decided about it goes too. */
export async function eraseDecisions(db: Queryable, customers: readonly string[]): Promise<void> {
  await db.query({
    name: 'decision-log-erase',
    text: 'delete from decision_log where customer_id = any ($1::uuid[])',
    values: [plain(customers)],
  })
}

/** The least UUIDv7 (RFC 9562) of a millisecond: a bound for ids made from then on. */
export function leastId(ms: number): string {
  const time = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`
}

const DAYS = 30

/** How often the contact data of a customer was changed with the consent of the rule in the last 30 days, at most 1,000 times. */
export async function acceptedContactChanges(db: Queryable, customerId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    name: 'decision-log-contact-changes',
    text: `
      select count(*)::float8 as count from (
        select from decision_log
        where customer_id = $1::uuid and rule = 'contact-change' and decided_at > now() - make_interval(days => ${DAYS})
          and result ->> 'accept' = 'true'
        limit 1000
      ) d`,
    values: [customerId],
  })
  return rows[0]?.count ?? 0
}
