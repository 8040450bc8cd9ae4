import type { Ledger } from './ledger-queries.ts'
import type { Queryable } from './queryable.ts'

/** What the pipeline writes for a batch: one statement a table, all rows as arrays. Empty input sends nothing. */

type Column = readonly (string | number | boolean | null)[]

async function run(db: Queryable, name: string, text: string, rows: number, values: Column[]): Promise<number> {
  if (rows === 0) return 0
  const result = await db.query({ name, text, values: values as unknown[] })
  return result.rowCount ?? 0
}

export type LedgerShift = Partial<Record<keyof Ledger, number>>

/** Moves the running totals; negative figures take away. */
export async function shiftLedger(db: Queryable, shard: number, by: LedgerShift): Promise<void> {
  const counts = [by.accepted, by.applied, by.superseded, by.parked, by.rejected, by.discarded, by.inFlight]
  if (counts.every((count) => !count)) return
  await db.query({
    name: 'write-ledger',
    text: `
      insert into ledger_count as l (shard, accepted, applied, superseded, parked, rejected, discarded, in_flight)
      values ($1, $2, $3, $4, $5, $6, $7, $8)
      on conflict (shard) do update set
        accepted = l.accepted + excluded.accepted, applied = l.applied + excluded.applied,
        superseded = l.superseded + excluded.superseded, parked = l.parked + excluded.parked,
        rejected = l.rejected + excluded.rejected, discarded = l.discarded + excluded.discarded,
        in_flight = l.in_flight + excluded.in_flight`,
    values: [shard, ...counts.map((count) => count ?? 0)],
  })
}

/** Settles entries that are in flight. Returns how many were; the caller compares, since another may have been faster. */
export function settleEntries(db: Queryable, entries: readonly { no: number; state: number }[]): Promise<number> {
  return run(
    db,
    'write-entries',
    `update change_entry e set state = u.state from unnest($1::bigint[], $2::smallint[]) as u(no, state)
     where e.no = u.no and e.state = 0`,
    entries.length,
    [entries.map((e) => e.no), entries.map((e) => e.state)],
  )
}

/** Makes entries again that were withdrawn although their message had reached the bus. Returns the numbers made. */
export async function restoreEntries(
  db: Queryable,
  entries: readonly { no: number; system: string; changeId: string }[],
): Promise<number[]> {
  const { rows } = await db.query<{ no: number }>({
    name: 'write-restore-entries',
    text: `
      insert into change_entry (no, system, change_id) overriding system value
      select * from unnest($1::bigint[], $2::text[], $3::text[]) on conflict do nothing returning no::float8 as no`,
    values: [entries.map((e) => e.no), entries.map((e) => e.system), entries.map((e) => e.changeId)],
  })
  return rows.map((row) => row.no)
}

export interface RecordWriteRow {
  no: number
  system: string
  entity: string
  key: string
  sequenceKind: number
  sequence: string | null
  changeNo: number
  changeId: string
  changedAt: string
  deleted: boolean
  raw: string | null
  target: string | null
  document: string | null
  mappingRevision: number | null
  publicId: string | null
  customerRef: string | null
  accountRef: string | null
  customerId: string | null
  homeId: string | null
  features: string | null
}

const RECORD_ARRAYS = `
  unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::text[], $7::bigint[], $8::text[],
    $9::timestamptz[], $10::boolean[], $11::json[], $12::text[], $13::json[], $14::integer[], $15::uuid[], $16::text[],
    $17::text[], $18::uuid[], $19::uuid[], $20::json[])`
const RECORD_FIELDS = `no, system, entity, key, sequence_kind, sequence, change_no, change_id, changed_at, deleted, raw, target,
  document, mapping_revision, public_id, customer_ref, account_ref, customer_id, home_id, features`

function recordColumns(rows: readonly RecordWriteRow[]): Column[] {
  return [
    rows.map((r) => r.no),
    rows.map((r) => r.system),
    rows.map((r) => r.entity),
    rows.map((r) => r.key),
    rows.map((r) => r.sequenceKind),
    rows.map((r) => r.sequence),
    rows.map((r) => r.changeNo),
    rows.map((r) => r.changeId),
    rows.map((r) => r.changedAt),
    rows.map((r) => r.deleted),
    rows.map((r) => r.raw),
    rows.map((r) => r.target),
    rows.map((r) => r.document),
    rows.map((r) => r.mappingRevision),
    rows.map((r) => r.publicId),
    rows.map((r) => r.customerRef),
    rows.map((r) => r.accountRef),
    rows.map((r) => r.customerId),
    rows.map((r) => r.homeId),
    rows.map((r) => r.features),
  ]
}

export function insertRecords(db: Queryable, rows: readonly RecordWriteRow[]): Promise<number> {
  return run(
    db,
    'write-records-new',
    `insert into source_record (${RECORD_FIELDS}) overriding system value select * from ${RECORD_ARRAYS}`,
    rows.length,
    recordColumns(rows),
  )
}

/** Raw data that a change does not bring (a delete, a new mapping) stays as it was. */
export function updateRecords(db: Queryable, rows: readonly RecordWriteRow[]): Promise<number> {
  return run(
    db,
    'write-records',
    `update source_record r set
       sequence_kind = u.sequence_kind, sequence = u.sequence, change_no = u.change_no, change_id = u.change_id,
       changed_at = u.changed_at, deleted = u.deleted, raw = coalesce(u.raw, r.raw), target = u.target, document = u.document,
       mapping_revision = u.mapping_revision, public_id = u.public_id, customer_ref = u.customer_ref,
       account_ref = u.account_ref, customer_id = u.customer_id, home_id = u.home_id, features = u.features
     from ${RECORD_ARRAYS} as u(${RECORD_FIELDS}) where r.no = u.no`,
    rows.length,
    recordColumns(rows),
  )
}

/** Records that did not change themselves but belong to another customer now. */
export function moveRecords(
  db: Queryable,
  rows: readonly { no: number; customerId: string; homeId: string }[],
): Promise<number> {
  return run(
    db,
    'write-record-moves',
    `update source_record r set customer_id = u.customer_id, home_id = u.home_id
     from unnest($1::bigint[], $2::uuid[], $3::uuid[]) as u(no, customer_id, home_id) where r.no = u.no`,
    rows.length,
    [rows.map((r) => r.no), rows.map((r) => r.customerId), rows.map((r) => r.homeId)],
  )
}

export interface KeyPair {
  hash: bigint
  recordNo: number
}

export function deleteKeys(db: Queryable, pairs: readonly KeyPair[]): Promise<number> {
  return run(
    db,
    'write-keys-gone',
    `delete from match_key m using unnest($1::bigint[], $2::bigint[]) as u(hash, record_no)
     where m.hash = u.hash and m.record_no = u.record_no`,
    pairs.length,
    [pairs.map((p) => String(p.hash)), pairs.map((p) => p.recordNo)],
  )
}

export function insertKeys(db: Queryable, pairs: readonly KeyPair[]): Promise<number> {
  return run(
    db,
    'write-keys',
    `insert into match_key (hash, record_no) select * from unnest($1::bigint[], $2::bigint[]) on conflict do nothing`,
    pairs.length,
    [pairs.map((p) => String(p.hash)), pairs.map((p) => p.recordNo)],
  )
}

export interface EdgeWriteRow {
  a: number
  b: number
  weight: number
  amongOthers: number
  fields: string
}

export function deleteEdges(db: Queryable, pairs: readonly { a: number; b: number }[]): Promise<number> {
  return run(
    db,
    'write-edges-gone',
    `delete from match_edge m using unnest($1::bigint[], $2::bigint[]) as u(a, b) where m.a = u.a and m.b = u.b`,
    pairs.length,
    [pairs.map((p) => p.a), pairs.map((p) => p.b)],
  )
}

export function upsertEdges(db: Queryable, rows: readonly EdgeWriteRow[]): Promise<number> {
  return run(
    db,
    'write-edges',
    `insert into match_edge (a, b, weight, among_others, fields)
     select * from unnest($1::bigint[], $2::bigint[], $3::float8[], $4::float8[], $5::json[])
     on conflict (a, b) do update
       set weight = excluded.weight, among_others = excluded.among_others, fields = excluded.fields, at = now()`,
    rows.length,
    [
      rows.map((r) => r.a),
      rows.map((r) => r.b),
      rows.map((r) => r.weight),
      rows.map((r) => r.amongOthers),
      rows.map((r) => r.fields),
    ],
  )
}

export interface CustomerWriteRow {
  id: string
  state: number
  joinedInto: string | null
  version: number
  /** Why this version is written, and which fields it changes. */
  cause: string
  changed: readonly string[]
  golden: string
  /** Words to find it by, folded to lower case without diacritics. */
  searchText: string
  at: string
}

const CUSTOMER_ARRAYS = `unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::integer[], $5::text[], $6::text[], $7::json[],
  $8::text[], $9::timestamptz[]) as u(id, state, joined_into, version, cause, changed, golden, search, at)`

function customerColumns(rows: readonly CustomerWriteRow[]): Column[] {
  return [
    rows.map((r) => r.id),
    rows.map((r) => r.state),
    rows.map((r) => r.joinedInto),
    rows.map((r) => r.version),
    rows.map((r) => r.cause),
    rows.map((r) => arrayLiteral(r.changed)),
    rows.map((r) => r.golden),
    rows.map((r) => r.searchText),
    rows.map((r) => r.at),
  ]
}

/** A PostgreSQL array as text: arrays of arrays cannot be handed over otherwise. */
function arrayLiteral(texts: readonly string[]): string {
  return texts.length === 0 ? '{}' : `{${texts.map((text) => `"${text.replace(/[\\"]/g, '\\$&')}"`).join(',')}}`
}

export function insertCustomers(db: Queryable, rows: readonly CustomerWriteRow[]): Promise<number> {
  return run(
    db,
    'write-customers-new',
    `insert into customer (id, state, joined_into, version, cause, changed, golden, search, created_at, updated_at)
     select u.id, u.state, u.joined_into, u.version, u.cause, u.changed::text[], u.golden,
       to_tsvector('simple', u.search), u.at, u.at
     from ${CUSTOMER_ARRAYS}`,
    rows.length,
    customerColumns(rows),
  )
}

/** Writes new versions; the former ones move to the history within the database. */
export async function updateCustomers(db: Queryable, rows: readonly CustomerWriteRow[]): Promise<number> {
  if (rows.length === 0) return 0
  const kept = run(
    db,
    'write-customers-former',
    `insert into customer_former (customer_id, version, at, cause, changed, golden)
     select c.id, c.version, c.updated_at, c.cause, c.changed, c.golden
     from unnest($1::uuid[]) as u(id) join customer c on c.id = u.id`,
    rows.length,
    [rows.map((r) => r.id)],
  )
  const updated = run(
    db,
    'write-customers',
    `update customer c set state = u.state, joined_into = u.joined_into, version = u.version, cause = u.cause,
       changed = u.changed::text[], golden = u.golden, search = to_tsvector('simple', u.search), updated_at = u.at
     from ${CUSTOMER_ARRAYS} where c.id = u.id`,
    rows.length,
    customerColumns(rows),
  )
  const [, count] = await Promise.all([kept, updated])
  return count
}

export interface OutboxWriteRow {
  id: string
  type: string
  customerId: string | null
  subject: string
  at: string
  /** JSON text of the members of the event's data. */
  data: string
  /** The customer whose golden record, in that version, belongs into the data. */
  golden: { id: string; version: number } | null
}

export function insertOutbox(db: Queryable, rows: readonly OutboxWriteRow[]): Promise<number> {
  return run(
    db,
    'write-outbox',
    `insert into outbox (id, type, customer_id, subject, at, data, golden_id, golden_version)
     select u.id, u.type, u.customer_id, u.subject, u.at, u.data, u.golden_id, u.golden_version
     from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::timestamptz[], $6::json[], $7::uuid[], $8::integer[])
       with ordinality as u(id, type, customer_id, subject, at, data, golden_id, golden_version, ord)
     order by u.ord`,
    rows.length,
    [
      rows.map((r) => r.id),
      rows.map((r) => r.type),
      rows.map((r) => r.customerId),
      rows.map((r) => r.subject),
      rows.map((r) => r.at),
      rows.map((r) => r.data),
      rows.map((r) => r.golden?.id ?? null),
      rows.map((r) => r.golden?.version ?? null),
    ],
  )
}

export interface ParkWriteRow {
  no: number
  system: string
  entity: string
  key: string
  changeId: string
  change: string
  waiting: boolean
  code: string
  message: string
  where: string | null
  fix: string | null
  problems: string | null
}

export function insertParked(db: Queryable, rows: readonly ParkWriteRow[]): Promise<number> {
  return run(
    db,
    'write-parked',
    `insert into parked_change
       (no, system, entity, key, change_id, change, waiting, cause_code, cause_message, cause_where, cause_fix, cause_problems)
     select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::json[], $7::boolean[], $8::text[],
       $9::text[], $10::text[], $11::text[], $12::json[])`,
    rows.length,
    [
      rows.map((r) => r.no),
      rows.map((r) => r.system),
      rows.map((r) => r.entity),
      rows.map((r) => r.key),
      rows.map((r) => r.changeId),
      rows.map((r) => r.change),
      rows.map((r) => r.waiting),
      rows.map((r) => r.code),
      rows.map((r) => r.message),
      rows.map((r) => r.where),
      rows.map((r) => r.fix),
      rows.map((r) => r.problems),
    ],
  )
}

export function insertRechecks(db: Queryable, recordNumbers: readonly number[], reason: string): Promise<number> {
  return run(
    db,
    'write-rechecks',
    `insert into match_recheck (record_no, reason) select no, $2::text from unnest($1::bigint[]) as u(no) on conflict do nothing`,
    recordNumbers.length,
    [recordNumbers, reason] as unknown as Column[],
  )
}

export function deleteRechecks(db: Queryable, recordNumbers: readonly number[]): Promise<number> {
  return run(
    db,
    'write-rechecks-done',
    'delete from match_recheck where record_no = any ($1::bigint[])',
    recordNumbers.length,
    [recordNumbers],
  )
}
