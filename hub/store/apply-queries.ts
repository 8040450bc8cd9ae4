import { instant, plain, texts } from './columns.ts'
import type { Queryable } from './queryable.ts'

/** What the pipeline reads while it applies a batch. Every query takes arrays: one statement a table, never one a record. */

export interface LaneKey {
  system: string
  entity: string
  key: string
}

export interface RecordRow extends LaneKey {
  no: number
  sequenceKind: 0 | 1 | 2
  sequence: string | null
  changeNo: number
  changeId: string
  changedAt: string
  deleted: boolean
  target: string | null
  document: string | null
  mappingRevision: number | null
  publicId: string | null
  customerId: string | null
  homeId: string | null
  features: string | null
  /** JSON text; null: all fields were said at `changedAt`. */
  fieldTimes: string | null
  /** JSON text: fields that rules added, by path; null: none did. */
  enriched: string | null
}

const RECORD_COLUMNS = `
  r.no::float8 as no, r.system, r.entity, r.key, r.sequence_kind as "sequenceKind", r.sequence,
  r.change_no::float8 as "changeNo", r.change_id as "changeId",
  to_char(r.changed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "changedAt",
  r.deleted, r.target, r.document::text as document, r.mapping_revision as "mappingRevision",
  r.public_id::text as "publicId", r.customer_id::text as "customerId", r.home_id::text as "homeId",
  r.features::text as features, r.field_times::text as "fieldTimes", r.enriched::text as enriched`

function laneArrays(lanes: readonly LaneKey[]): [string, string, string] {
  return [texts(lanes.map((l) => l.system)), texts(lanes.map((l) => l.entity)), texts(lanes.map((l) => l.key))]
}

/** Before any lock is taken: which lanes are known, and what their match keys are made of, so that the locks can cover them. */
export async function peekRecords(
  db: Queryable,
  lanes: readonly LaneKey[],
): Promise<(LaneKey & { no: number; features: string | null })[]> {
  const { rows } = await db.query<LaneKey & { no: number; features: string | null }>({
    name: 'apply-peek',
    text: `
      select r.system, r.entity, r.key, r.no::float8 as no, r.features::text as features
      from unnest($1::text[], $2::text[], $3::text[]) as l(system, entity, key)
      join source_record r on r.system = l.system and r.entity = l.entity and r.key = l.key`,
    values: laneArrays(lanes),
  })
  return rows
}

/** States of ledger entries by number; a number without a row has no entry (see Acceptor). */
export async function entryStates(db: Queryable, numbers: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await db.query<{ no: number; state: number }>({
    name: 'apply-entries',
    text: 'select no::float8 as no, state from change_entry where no = any ($1::bigint[])',
    values: [plain(numbers)],
  })
  return new Map(rows.map((row) => [row.no, row.state]))
}

export async function recordsOfLanes(db: Queryable, lanes: readonly LaneKey[]): Promise<RecordRow[]> {
  const { rows } = await db.query<RecordRow & { no: number }>({
    name: 'apply-records',
    text: `
      select ${RECORD_COLUMNS}
      from unnest($1::text[], $2::text[], $3::text[]) as l(system, entity, key)
      join source_record r on r.system = l.system and r.entity = l.entity and r.key = l.key`,
    values: laneArrays(lanes),
  })
  return rows
}

export async function heldLanes(db: Queryable, lanes: readonly LaneKey[]): Promise<LaneKey[]> {
  const { rows } = await db.query<LaneKey>({
    name: 'apply-held',
    text: `
      select l.* from unnest($1::text[], $2::text[], $3::text[]) as l(system, entity, key)
      where exists (select from parked_change p where p.system = l.system and p.entity = l.entity and p.key = l.key)`,
    values: laneArrays(lanes),
  })
  return rows
}

/** Numbers for records that do not exist yet, taken beforehand so that everything can be written in one go. */
export async function newRecordNumbers(db: Queryable, count: number): Promise<number[]> {
  const { rows } = await db.query<{ no: number }>({
    name: 'apply-numbers',
    text: `select nextval('source_record_no_seq')::float8 as no from generate_series(1, $1::integer)`,
    values: [count],
  })
  return rows.map((row) => row.no)
}

/** Who holds each match key, at most `limit + 1` records a key: more than that is a crowd, not evidence. */
export async function holdersOfKeys(
  db: Queryable,
  keys: readonly { hash: number; limit: number }[],
): Promise<{ hash: number; recordNo: number }[]> {
  const { rows } = await db.query<{ hash: number; recordNo: number }>({
    name: 'apply-holders',
    text: `
      select k.hash::float8 as hash, m.record_no::float8 as "recordNo"
      from unnest($1::bigint[], $2::integer[]) as k(hash, most)
      cross join lateral (select record_no from match_key where match_key.hash = k.hash limit k.most + 1) m`,
    values: [plain(keys.map((k) => k.hash)), plain(keys.map((k) => k.limit))],
  })
  return rows
}

export async function recordsByNumber(db: Queryable, numbers: readonly number[]): Promise<RecordRow[]> {
  const { rows } = await db.query<RecordRow>({
    name: 'apply-records-by-number',
    text: `select ${RECORD_COLUMNS} from unnest($1::bigint[]) as n(no) join source_record r on r.no = n.no`,
    values: [plain(numbers)],
  })
  return rows
}

export interface EdgeRow {
  a: number
  b: number
  weight: number
  amongOthers: number
}

export async function edgesOf(db: Queryable, recordNumbers: readonly number[]): Promise<EdgeRow[]> {
  const { rows } = await db.query<EdgeRow>({
    name: 'apply-edges',
    text: `
      select e.a::float8 as a, e.b::float8 as b, e.weight, e.among_others as "amongOthers"
      from unnest($1::bigint[]) as n(no)
      cross join lateral (
        select a, b, weight, among_others from match_edge where a = n.no
        union all select a, b, weight, among_others from match_edge where b = n.no
      ) e`,
    values: [plain(recordNumbers)],
  })
  return dedupePairs(rows)
}

export interface DecisionRow {
  a: number
  b: number
  kind: 'must-join' | 'must-not-join'
  at: string
}

export async function decisionsOf(db: Queryable, recordNumbers: readonly number[]): Promise<DecisionRow[]> {
  const { rows } = await db.query<DecisionRow>({
    name: 'apply-decisions',
    text: `
      select d.a::float8 as a, d.b::float8 as b, d.kind, d.at::text as at
      from unnest($1::bigint[]) as n(no)
      cross join lateral (
        select a, b, kind, at from match_decision where a = n.no
        union all select a, b, kind, at from match_decision where b = n.no
      ) d`,
    values: [plain(recordNumbers)],
  })
  return dedupePairs(rows)
}

function dedupePairs<Pair extends { a: number; b: number }>(rows: readonly Pair[]): Pair[] {
  return [...new Map(rows.map((row) => [`${row.a} ${row.b}`, row])).values()]
}

/**
 * The customers that hang together with the given ones through pairs of at least `minWeight` or through decisions to
 * join: whatever happens to one of them may regroup the records of all.
 */
export async function connectedCustomers(
  db: Queryable,
  customerIds: readonly string[],
  minWeight: number,
): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'apply-connected',
    text: `
      with recursive reached(id) as (
        select unnest($1::uuid[])
        union
        select other.customer_id
        from reached
        join source_record mine on mine.customer_id = reached.id
        cross join lateral (
          select b as no from match_edge where a = mine.no and weight >= $2
          union all select a from match_edge where b = mine.no and weight >= $2
          union all select b from match_decision where a = mine.no and kind = 'must-join'
          union all select a from match_decision where b = mine.no and kind = 'must-join'
        ) pair
        join source_record other on other.no = pair.no
        where other.customer_id is not null
      )
      select id::text as id from reached`,
    values: [plain(customerIds), minWeight],
  })
  return rows.map((row) => row.id)
}

export interface CustomerRow {
  id: string
  state: number
  joinedInto: string | null
  version: number
  golden: string
  createdAt: string
}

/** Locks the customers until the transaction ends, in the order of their ids. */
export async function lockCustomers(db: Queryable, ids: readonly string[]): Promise<CustomerRow[]> {
  const { rows } = await db.query<CustomerRow>({
    name: 'apply-lock-customers',
    text: `
      select c.id::text as id, c.state, c.joined_into::text as "joinedInto", c.version, c.golden::text as golden,
             ${instant('c.created_at')} as "createdAt"
      from customer c where c.id = any ($1::uuid[]) order by c.id for update`,
    values: [plain(ids)],
  })
  return rows
}

export async function recordsOfCustomers(db: Queryable, ids: readonly string[]): Promise<RecordRow[]> {
  const { rows } = await db.query<RecordRow>({
    name: 'apply-members',
    text: `select ${RECORD_COLUMNS} from unnest($1::uuid[]) as c(id) join source_record r on r.customer_id = c.id`,
    values: [plain(ids)],
  })
  return rows
}

export interface OverrideRow {
  customerId: string
  /** The customer that it stands at: this one, or one that was joined into it. */
  holder: string
  path: string
  value: string
  author: string
  at: string
  /** An edit through the API, which gives way to later changes of sources. */
  yields: boolean
}

/** Steward values of the customers and of all that were joined into them; a customer's own outrank inherited ones. */
export async function overridesOf(db: Queryable, ids: readonly string[]): Promise<OverrideRow[]> {
  const { rows } = await db.query<OverrideRow>({
    name: 'apply-overrides',
    text: `
      with recursive family(root, id, depth) as (
        select id, id, 0 from unnest($1::uuid[]) as c(id)
        union all
        select f.root, c.id, f.depth + 1 from family f join customer c on c.joined_into = f.id where f.depth < 100
      )
      select distinct on (f.root, o.path) f.root::text as "customerId", o.customer_id::text as holder, o.path,
             o.value::text as value, o.author, o.yields,
             ${instant('o.at')} as at
      from family f join golden_override o on o.customer_id = f.id
      order by f.root, o.path, f.depth, f.id`,
    values: [plain(ids)],
  })
  return rows
}

/** The customers behind references (lane names resolved by the caller into lanes): directly, or through an account. */
export async function customersBehind(
  db: Queryable,
  lanes: readonly LaneKey[],
): Promise<(LaneKey & { customerId: string })[]> {
  const { rows } = await db.query<LaneKey & { customerId: string }>({
    name: 'apply-behind',
    text: `
      select r.system, r.entity, r.key, r.customer_id::text as "customerId"
      from unnest($1::text[], $2::text[], $3::text[]) as l(system, entity, key)
      join source_record r on r.system = l.system and r.entity = l.entity and r.key = l.key
      where r.customer_id is not null`,
    values: laneArrays(lanes),
  })
  return rows
}

/** The raw records, for mapping them anew. */
export async function rawRecords(db: Queryable, numbers: readonly number[]): Promise<Map<number, string>> {
  const { rows } = await db.query<{ no: number; raw: string }>({
    name: 'apply-raw',
    text: `
      select r.no::float8 as no, r.raw::text as raw from unnest($1::bigint[]) as n(no) join source_record r on r.no = n.no
      where r.raw is not null`,
    values: [plain(numbers)],
  })
  return new Map(rows.map((row) => [row.no, row.raw]))
}
