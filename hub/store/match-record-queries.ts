import type { LaneKey } from './apply-queries.ts'
import type { Queryable } from './queryable.ts'

/** What identity resolution is measured on and learns from: the features of all records of customers. */
export interface FeaturesRow extends LaneKey {
  no: number
  customerId: string
  /** JSON text. */
  features: string
}

const COLUMNS = `
  r.no::float8 as no, r.system, r.entity, r.key, r.customer_id::text as "customerId", r.features::text as features`
const OF_CUSTOMERS = 'r.customer_id is not null and r.features is not null'

export async function countFeatures(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    name: 'match-features-count',
    text: `select count(*)::float8 as count from source_record r where ${OF_CUSTOMERS}`,
  })
  return rows[0]?.count ?? 0
}

/** A page of records by number. */
export async function pageOfFeatures(db: Queryable, afterNo: number, limit: number): Promise<FeaturesRow[]> {
  const { rows } = await db.query<FeaturesRow>({
    name: 'match-features-page',
    text: `select ${COLUMNS} from source_record r where r.no > $1 and ${OF_CUSTOMERS} order by r.no limit $2`,
    values: [afterNo, limit],
  })
  return rows
}

/** All records of the customers that hold a record which looks like one of the given ones, those customers' own included. */
export async function featuresAround(db: Queryable, recordNumbers: readonly number[]): Promise<FeaturesRow[]> {
  const { rows } = await db.query<FeaturesRow>({
    name: 'match-features-around',
    text: `
      with pair as (
        select e.b as no from unnest($1::bigint[]) as n(no) join match_edge e on e.a = n.no
        union select e.a from unnest($1::bigint[]) as n(no) join match_edge e on e.b = n.no
      ), near as (
        select distinct p.customer_id from pair join source_record p on p.no = pair.no where p.customer_id is not null
      )
      select ${COLUMNS} from near join source_record r on r.customer_id = near.customer_id
      where ${OF_CUSTOMERS} order by r.no`,
    values: [recordNumbers],
  })
  return rows
}

/** Every decision of a steward on two records that belong to customers, by their lanes. */
export async function decisionsByLane(
  db: Queryable,
): Promise<{ a: LaneKey; b: LaneKey; kind: 'must-join' | 'must-not-join'; at: string }[]> {
  const { rows } = await db.query<{
    a: [string, string, string]
    b: [string, string, string]
    kind: 'must-join' | 'must-not-join'
    at: string
  }>({
    name: 'match-decisions-by-lane',
    text: `
      select array[a.system, a.entity, a.key] as a, array[b.system, b.entity, b.key] as b, d.kind, d.at::text as at
      from match_decision d join source_record a on a.no = d.a join source_record b on b.no = d.b
      where a.customer_id is not null and b.customer_id is not null order by d.a, d.b`,
  })
  const laneOf = ([system, entity, key]: [string, string, string]): LaneKey => ({ system, entity, key })
  return rows.map((row) => ({ ...row, a: laneOf(row.a), b: laneOf(row.b) }))
}
