import type { LaneKey } from './apply-queries.ts'
import type { Queryable } from './queryable.ts'

export interface MatchSide extends LaneKey {
  no: number
  customer: string
  /** The canonical document that the record was mapped to, as JSON text. */
  document: string | null
}

export interface MatchRow {
  a: MatchSide
  b: MatchSide
  weight: number
  /** JSON text: the log2 weight that each field gave. */
  fields: string
  at: string
}

interface FlatRow {
  [name: string]: unknown
}

const SIDES = ['a', 'b'] as const
const COLUMNS = SIDES.map(
  (s) => `
  ${s}.no::float8 as ${s}_no, ${s}.system as ${s}_system, ${s}.entity as ${s}_entity, ${s}.key as ${s}_key,
  ${s}.customer_id::text as ${s}_customer, ${s}.document::text as ${s}_document`,
).join(',')

/**
 * Pairs of records that look alike enough for a person to look at, in different customers and undecided; the most alike
 * first. Paged by weight and the records' numbers.
 */
export async function pairsToReview(
  db: Queryable,
  minWeight: number,
  before: { weight: number; a: number; b: number } | null,
  limit: number,
): Promise<MatchRow[]> {
  const { rows } = await db.query<FlatRow>({
    name: 'match-review',
    text: `
      select ${COLUMNS}, e.weight, e.fields::text as fields, e.at
      from match_edge e
      join source_record a on a.no = e.a and not a.deleted
      join source_record b on b.no = e.b and not b.deleted
      where e.weight >= $1 and a.customer_id <> b.customer_id
        and ($2::float8 is null or (-e.weight, e.a, e.b) > (-$2::float8, $3::bigint, $4::bigint))
        and not exists (select from match_decision d where d.a = e.a and d.b = e.b)
      order by -e.weight, e.a, e.b limit $5`,
    values: [minWeight, before?.weight ?? null, before?.a ?? null, before?.b ?? null, limit],
  })
  return rows.map(matchOf)
}

/** What speaks for the records of one customer belonging together: the pairs among them. */
export async function pairsWithin(db: Queryable, customerId: string): Promise<MatchRow[]> {
  const { rows } = await db.query<FlatRow>({
    name: 'match-within',
    text: `
      select ${COLUMNS}, e.weight, e.fields::text as fields, e.at
      from source_record a
      join match_edge e on e.a = a.no
      join source_record b on b.no = e.b and b.customer_id = a.customer_id
      where a.customer_id = $1::uuid
      order by e.weight desc, e.a, e.b limit 1000`,
    values: [customerId],
  })
  return rows.map(matchOf)
}

export interface DecisionView {
  a: LaneKey
  b: LaneKey
  kind: 'must-join' | 'must-not-join'
  author: string
  note: string | null
  at: string
}

/** Steward decisions, newest first; at most `limit`. */
export async function listDecisions(db: Queryable, limit: number): Promise<DecisionView[]> {
  const { rows } = await db.query<FlatRow>({
    name: 'match-decisions',
    text: `
      select a.system as a_system, a.entity as a_entity, a.key as a_key,
             b.system as b_system, b.entity as b_entity, b.key as b_key, d.kind, d.author, d.note, d.at
      from match_decision d join source_record a on a.no = d.a join source_record b on b.no = d.b
      order by d.at desc, d.a, d.b limit $1`,
    values: [limit],
  })
  return rows.map((row) => ({
    a: laneOf(row, 'a'),
    b: laneOf(row, 'b'),
    kind: row.kind as DecisionView['kind'],
    author: String(row.author),
    note: row.note === null ? null : String(row.note),
    at: String(row.at),
  }))
}

/** The numbers and customers of records by their lanes; lanes that are not customers are left out. */
export async function customerRecords(
  db: Queryable,
  lanes: readonly LaneKey[],
): Promise<(LaneKey & { no: number; customer: string })[]> {
  const { rows } = await db.query<LaneKey & { no: number; customer: string }>({
    name: 'match-records',
    text: `
      select r.no::float8 as no, r.system, r.entity, r.key, r.customer_id::text as customer
      from unnest($1::text[], $2::text[], $3::text[]) as l(system, entity, key)
      join source_record r on r.system = l.system and r.entity = l.entity and r.key = l.key
      where r.customer_id is not null`,
    values: [lanes.map((l) => l.system), lanes.map((l) => l.entity), lanes.map((l) => l.key)],
  })
  return rows
}

function matchOf(row: FlatRow): MatchRow {
  const side = (name: 'a' | 'b'): MatchSide => ({
    no: Number(row[`${name}_no`]),
    ...laneOf(row, name),
    customer: String(row[`${name}_customer`]),
    document: row[`${name}_document`] === null ? null : String(row[`${name}_document`]),
  })
  return { a: side('a'), b: side('b'), weight: Number(row.weight), fields: String(row.fields), at: String(row.at) }
}

function laneOf(row: FlatRow, side: 'a' | 'b'): LaneKey {
  return {
    system: String(row[`${side}_system`]),
    entity: String(row[`${side}_entity`]),
    key: String(row[`${side}_key`]),
  }
}
