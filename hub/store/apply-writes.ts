import { jsonArray, jsons, plain, texts } from './columns.ts'
import type { Ledger } from './ledger-queries.ts'
import type { Queryable } from './queryable.ts'

/** What the pipeline writes for a batch: one statement a table, all rows as arrays. Empty input sends nothing. */

async function run(db: Queryable, name: string, text: string, rows: number, values: string[]): Promise<number> {
  if (rows === 0) return 0
  const result = await db.query({ name, text, values })
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
    [plain(entries.map((e) => e.no)), plain(entries.map((e) => e.state))],
  )
}

/**
 * Settles entries in flight as discarded for good: what the system called the change may hold a key of somebody who was erased,
 * and the same change may be sent again once they are let in anew. Returns how many were in flight.
 */
export function discardEntries(db: Queryable, numbers: readonly number[]): Promise<number> {
  return run(
    db,
    'write-entries-discarded',
    `update change_entry set state = 5, change_id = 'erased:' || no where no = any ($1::bigint[]) and state = 0`,
    numbers.length,
    [plain(numbers)],
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
    values: [
      plain(entries.map((e) => e.no)),
      texts(entries.map((e) => e.system)),
      texts(entries.map((e) => e.changeId)),
    ],
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
  fieldTimes: string | null
  /** JSON text. */
  enriched: string | null
}

const RECORD_ARRAYS = `
  unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::text[], $7::bigint[], $8::text[],
    $9::timestamptz[], $10::boolean[], ${jsonArray(11)}, $12::text[], ${jsonArray(13)}, $14::integer[], $15::uuid[], $16::text[],
    $17::text[], $18::uuid[], $19::uuid[], ${jsonArray(20)}, ${jsonArray(21)}, ${jsonArray(22)})`
const RECORD_FIELDS = `no, system, entity, key, sequence_kind, sequence, change_no, change_id, changed_at, deleted, raw, target,
  document, mapping_revision, public_id, customer_ref, account_ref, customer_id, home_id, features,
  field_times, enriched`

function recordColumns(rows: readonly RecordWriteRow[]): string[] {
  return [
    plain(rows.map((r) => r.no)),
    texts(rows.map((r) => r.system)),
    texts(rows.map((r) => r.entity)),
    texts(rows.map((r) => r.key)),
    plain(rows.map((r) => r.sequenceKind)),
    texts(rows.map((r) => r.sequence)),
    plain(rows.map((r) => r.changeNo)),
    texts(rows.map((r) => r.changeId)),
    plain(rows.map((r) => r.changedAt)),
    plain(rows.map((r) => r.deleted)),
    jsons(rows.map((r) => r.raw)),
    texts(rows.map((r) => r.target)),
    jsons(rows.map((r) => r.document)),
    plain(rows.map((r) => r.mappingRevision)),
    plain(rows.map((r) => r.publicId)),
    texts(rows.map((r) => r.customerRef)),
    texts(rows.map((r) => r.accountRef)),
    plain(rows.map((r) => r.customerId)),
    plain(rows.map((r) => r.homeId)),
    jsons(rows.map((r) => r.features)),
    jsons(rows.map((r) => r.fieldTimes)),
    jsons(rows.map((r) => r.enriched)),
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
       account_ref = u.account_ref, customer_id = u.customer_id, home_id = u.home_id, features = u.features,
       field_times = u.field_times, enriched = u.enriched
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
    [plain(rows.map((r) => r.no)), plain(rows.map((r) => r.customerId)), plain(rows.map((r) => r.homeId))],
  )
}

export interface KeyPair {
  hash: number
  recordNo: number
}

export function deleteKeys(db: Queryable, pairs: readonly KeyPair[]): Promise<number> {
  return run(
    db,
    'write-keys-gone',
    `delete from match_key m using unnest($1::bigint[], $2::bigint[]) as u(hash, record_no)
     where m.hash = u.hash and m.record_no = u.record_no`,
    pairs.length,
    [plain(pairs.map((p) => p.hash)), plain(pairs.map((p) => p.recordNo))],
  )
}

/** Only keys that the record does not have yet: `on conflict` would look each of them up twice. */
export function insertKeys(db: Queryable, pairs: readonly KeyPair[]): Promise<number> {
  return run(
    db,
    'write-keys',
    `insert into match_key (hash, record_no)
     select hash, record_no from unnest($1::bigint[], $2::bigint[]) as u(hash, record_no) order by hash`,
    pairs.length,
    [plain(pairs.map((p) => p.hash)), plain(pairs.map((p) => p.recordNo))],
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
    [plain(pairs.map((p) => p.a)), plain(pairs.map((p) => p.b))],
  )
}

export function upsertEdges(db: Queryable, rows: readonly EdgeWriteRow[]): Promise<number> {
  return run(
    db,
    'write-edges',
    `insert into match_edge (a, b, weight, among_others, fields)
     select * from unnest($1::bigint[], $2::bigint[], $3::float8[], $4::float8[], ${jsonArray(5)})
     on conflict (a, b) do update
       set weight = excluded.weight, among_others = excluded.among_others, fields = excluded.fields, at = now()`,
    rows.length,
    [
      plain(rows.map((r) => r.a)),
      plain(rows.map((r) => r.b)),
      plain(rows.map((r) => r.weight)),
      plain(rows.map((r) => r.amongOthers)),
      jsons(rows.map((r) => r.fields)),
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

const CUSTOMER_ARRAYS = `unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::integer[], $5::text[], $6::text[], ${jsonArray(7)},
  $8::text[], $9::timestamptz[]) as u(id, state, joined_into, version, cause, changed, golden, search, at)`

function customerColumns(rows: readonly CustomerWriteRow[]): string[] {
  return [
    plain(rows.map((r) => r.id)),
    plain(rows.map((r) => r.state)),
    plain(rows.map((r) => r.joinedInto)),
    plain(rows.map((r) => r.version)),
    texts(rows.map((r) => r.cause)),
    texts(rows.map((r) => texts(r.changed))),
    jsons(rows.map((r) => r.golden)),
    texts(rows.map((r) => r.searchText)),
    plain(rows.map((r) => r.at)),
  ]
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
    [plain(rows.map((r) => r.id))],
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
     from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::timestamptz[], ${jsonArray(6)}, $7::uuid[], $8::integer[])
       with ordinality as u(id, type, customer_id, subject, at, data, golden_id, golden_version, ord)
     order by u.ord`,
    rows.length,
    [
      plain(rows.map((r) => r.id)),
      texts(rows.map((r) => r.type)),
      plain(rows.map((r) => r.customerId)),
      texts(rows.map((r) => r.subject)),
      plain(rows.map((r) => r.at)),
      jsons(rows.map((r) => r.data)),
      plain(rows.map((r) => r.golden?.id ?? null)),
      plain(rows.map((r) => r.golden?.version ?? null)),
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
     select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], ${jsonArray(6)}, $7::boolean[], $8::text[],
       $9::text[], $10::text[], $11::text[], ${jsonArray(12)})`,
    rows.length,
    [
      plain(rows.map((r) => r.no)),
      texts(rows.map((r) => r.system)),
      texts(rows.map((r) => r.entity)),
      texts(rows.map((r) => r.key)),
      texts(rows.map((r) => r.changeId)),
      jsons(rows.map((r) => r.change)),
      plain(rows.map((r) => r.waiting)),
      texts(rows.map((r) => r.code)),
      texts(rows.map((r) => r.message)),
      texts(rows.map((r) => r.where)),
      texts(rows.map((r) => r.fix)),
      jsons(rows.map((r) => r.problems)),
    ],
  )
}

export function insertRechecks(db: Queryable, recordNumbers: readonly number[], reason: string): Promise<number> {
  return run(
    db,
    'write-rechecks',
    `insert into match_recheck (record_no, reason) select no, $2::text from unnest($1::bigint[]) as u(no) on conflict do nothing`,
    recordNumbers.length,
    [plain(recordNumbers), reason],
  )
}

/** Rows that another worker holds are its own to delete: waiting for it here, with locks that it needs, would be a ring. */
export function deleteRechecks(db: Queryable, recordNumbers: readonly number[]): Promise<number> {
  return run(
    db,
    'write-rechecks-done',
    `delete from match_recheck where record_no in (
       select record_no from match_recheck where record_no = any ($1::bigint[]) for update skip locked)`,
    recordNumbers.length,
    [plain(recordNumbers)],
  )
}
