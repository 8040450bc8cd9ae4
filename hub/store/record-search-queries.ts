import { createHash } from 'node:crypto'
import type { LaneKey } from './apply-queries.ts'
import { jsonArray, jsons, plain, texts } from './columns.ts'
import type { Queryable } from './queryable.ts'
import { ENTITY, type EntityRow, type RecordPage, THERE } from './source-record-queries.ts'

/** What a record is found by, beside the document that it is. */
export interface RecordSearchRow {
  recordNo: number
  target: string
  facets: readonly string[]
  day: string | null
  due: string | null
  changedAt: string
  /** Words as the index has them, blanks between; null: none. */
  words: string | null
}

/** A GIN entry has room for some 2,700 bytes; nobody reads a longer value off the index. */
const FACET_VALUE_MAX = 300

/** A member and its value as the index has them; of the very entity, so that statistics tell rare ones from common ones. */
export function facetOf(target: string, name: string, value: string): string {
  return facetText(target, name, value.toLowerCase())
}

/** The same for a member that points at a record. */
export function referenceFacetOf(target: string, name: string, { system, entity, key }: LaneKey): string {
  return facetText(target, name, `${system}\u001f${entity}\u001f${key}`)
}

function facetText(target: string, name: string, value: string): string {
  const kept = value.length <= FACET_VALUE_MAX ? value : `sha256:${createHash('sha256').update(value).digest('hex')}`
  return `${target}.${name}=${kept}`
}

export async function saveRecordSearch(db: Queryable, rows: readonly RecordSearchRow[]): Promise<number> {
  if (rows.length === 0) return 0
  const result = await db.query({
    name: 'write-record-search',
    text: `
      insert into record_search as s (record_no, target, facets, day, due, changed_at, words)
      select u.no, u.target, array(select json_array_elements_text(u.facets)), u.day, u.due, u.changed_at,
             case when u.words is null then null else to_tsvector('simple', u.words) end
      from unnest($1::bigint[], $2::text[], ${jsonArray(3)}, $4::text[], $5::text[], $6::timestamptz[], $7::text[])
        as u(no, target, facets, day, due, changed_at, words)
      on conflict (record_no) do update set target = excluded.target, facets = excluded.facets, day = excluded.day,
        due = excluded.due, changed_at = excluded.changed_at, words = excluded.words`,
    values: [
      plain(rows.map((r) => r.recordNo)),
      texts(rows.map((r) => r.target)),
      jsons(rows.map((r) => JSON.stringify(r.facets))),
      texts(rows.map((r) => r.day)),
      texts(rows.map((r) => r.due)),
      plain(rows.map((r) => r.changedAt)),
      texts(rows.map((r) => r.words)),
    ],
  })
  return result.rowCount ?? 0
}

/** For records that are gone, or are of no such entity any more. */
export async function dropRecordSearch(db: Queryable, recordNumbers: readonly number[]): Promise<number> {
  if (recordNumbers.length === 0) return 0
  const result = await db.query({
    name: 'write-record-search-gone',
    text: 'delete from record_search where record_no = any ($1::bigint[])',
    values: [recordNumbers],
  })
  return result.rowCount ?? 0
}

export interface RecordCriteria {
  target: string
  facets: readonly string[]
  /** As they are stored; both ends belong to the range. */
  day: { from: string | null; to: string | null }
  due: { from: string | null; to: string | null }
  /** ISO 8601. */
  updatedSince: string | null
  /** In PostgreSQL's tsquery notation, of words folded as the index has them. */
  words: string | null
  /** Only records that point at one of these customer records, or at one of these accounts (lane names). */
  pointingAt: { customers: readonly string[]; accounts: readonly string[] } | null
}

/**
 * Records that meet all criteria, by record number. The statement has only what is asked for and no name, so that it is
 * planned for the very values: a rare one is looked up, a common one read along.
 */
export async function searchRecords(db: Queryable, criteria: RecordCriteria, page: RecordPage): Promise<EntityRow[]> {
  const values: unknown[] = [criteria.target, page.after, page.limit]
  const given = (value: unknown): string => `$${values.push(value)}`
  const wanted: string[] = []
  const { facets, updatedSince, words, pointingAt } = criteria
  if (facets.length > 0) wanted.push(`s.facets @> ${given(facets)}::text[]`)
  for (const name of ['day', 'due'] as const) {
    const { from, to } = criteria[name]
    if (from !== null) wanted.push(`s.${name} >= ${given(from)}`)
    if (to !== null) wanted.push(`s.${name} <= ${given(to)}`)
  }
  if (updatedSince !== null) wanted.push(`s.changed_at >= ${given(updatedSince)}::timestamptz`)
  if (words !== null) wanted.push(`s.words @@ to_tsquery('simple', ${given(words)})`)
  if (pointingAt !== null) {
    wanted.push(`s.record_no in (
      select no from source_record where customer_ref = any (${given(pointingAt.customers)}::text[]) and target = $1
      union
      select no from source_record where account_ref = any (${given(pointingAt.accounts)}::text[]) and target = $1)`)
  }
  const { rows } = await db.query<EntityRow>({
    text: `
      select ${ENTITY} from record_search s join source_record r on r.no = s.record_no
      where s.target = $1 and s.record_no > $2 and r.target = $1 and ${THERE}
        ${wanted.map((one) => `and ${one}`).join(' ')}
      order by s.record_no limit $3`,
    values,
  })
  return rows
}
