import type { LaneKey } from './apply-queries.ts'
import { JOB_KEPT } from './bulk-queries.ts'
import { jsonArray, jsons, plain, texts } from './columns.ts'
import type { Queryable } from './queryable.ts'

/** The erasure of a customer: what belongs to it, taking that away, and what stays as proof. All by index. */

export interface OwnRecord extends LaneKey {
  no: number
  target: string | null
  publicId: string | null
  changeNo: number
  changedAt: string
  deleted: boolean
  /** JSON text. */
  document: string | null
}

const OWN = `
  r.no::float8 as no, r.system, r.entity, r.key, r.target, r.public_id::text as "publicId",
  r.change_no::float8 as "changeNo", r.deleted, r.document::text as document,
  to_char(r.changed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "changedAt"`

/** Records of these customers, those that were deleted in their systems among them. */
export async function recordsOfFamily(db: Queryable, customers: readonly string[]): Promise<OwnRecord[]> {
  const { rows } = await db.query<OwnRecord>({
    name: 'erasure-records',
    text: `
      select ${OWN} from source_record r where r.customer_id = any ($1::uuid[])
      union all
      select ${OWN} from source_record r
      where r.customer_id is distinct from r.home_id and r.home_id = any ($1::uuid[]) and r.customer_id is null`,
    values: [plain(customers)],
  })
  return rows
}

export interface TiedRecord extends OwnRecord {
  customerRef: string | null
}

/** Records that point at one of these lanes (lane names), by their customer or account, or by any of these facets. */
export async function recordsTiedTo(
  db: Queryable,
  lanes: readonly string[],
  facets: readonly string[],
): Promise<TiedRecord[]> {
  const { rows } = await db.query<TiedRecord>({
    name: 'erasure-tied',
    text: `
      select ${OWN}, r.customer_ref as "customerRef" from source_record r where r.no in (
        select no from source_record where customer_ref = any ($1::text[])
        union select no from source_record where account_ref = any ($1::text[])
        union select record_no from record_search where facets && $2::text[]
      ) order by r.no`,
    values: [texts(lanes), texts(facets)],
  })
  return rows
}

/** What is left of records at home with somebody else's customer: they forget that they were of these. */
export async function forgetHome(db: Queryable, customers: readonly string[]): Promise<number> {
  const { rowCount } = await db.query({
    name: 'erasure-homes',
    text: `
      update source_record set home_id = customer_id
      where customer_id is distinct from home_id and home_id = any ($1::uuid[]) and customer_id <> all ($1::uuid[])`,
    values: [plain(customers)],
  })
  return rowCount ?? 0
}

async function run(db: Queryable, name: string, text: string, values: unknown[]): Promise<number> {
  const { rowCount } = await db.query({ name: `erasure-${name}`, text, values })
  return rowCount ?? 0
}

/** What is kept beside records: what matching has of them, and what is to be written to them. Counts by table. */
export async function deleteBesideRecords(db: Queryable, numbers: readonly number[]): Promise<Record<string, number>> {
  const given = [plain(numbers)]
  const among = '= any ($1::bigint[])'
  const [keys, edges, decisions, rechecks, writeBacks] = await Promise.all([
    run(db, 'keys', `delete from match_key where record_no ${among}`, given),
    run(db, 'edges', `delete from match_edge where a ${among} or b ${among}`, given),
    run(db, 'match-decisions', `delete from match_decision where a ${among} or b ${among}`, given),
    run(db, 'rechecks', `delete from match_recheck where record_no ${among}`, given),
    run(db, 'write-backs', `delete from write_back where record_no ${among}`, given),
  ])
  return {
    match_key: keys,
    match_edge: edges,
    match_decision: decisions,
    match_recheck: rechecks,
    write_back: writeBacks,
  }
}

export function deleteRecords(db: Queryable, numbers: readonly number[]): Promise<number> {
  return run(db, 'source-records', 'delete from source_record where no = any ($1::bigint[])', [plain(numbers)])
}

export interface EmptiedRecord {
  no: number
  /** In place of the key. */
  key: string
}

/** Records whose ids were given out: the ids stay, so that they are answered as gone and not as unknown. */
export async function emptyRecords(db: Queryable, rows: readonly EmptiedRecord[]): Promise<number> {
  if (rows.length === 0) return 0
  await run(db, 'empty-search', 'delete from record_search where record_no = any ($1::bigint[])', [
    plain(rows.map(({ no }) => no)),
  ])
  return run(
    db,
    'empty-records',
    `update source_record r set key = u.key, sequence_kind = 0, sequence = null, change_id = 'erased:' || r.change_no,
       deleted = true, raw = null, document = null, customer_ref = null, account_ref = null, features = null,
       field_times = null, enriched = null, mapping_revision = null
     from unnest($1::bigint[], $2::text[]) as u(no, key) where r.no = u.no`,
    [plain(rows.map(({ no }) => no)), texts(rows.map(({ key }) => key))],
  )
}

/** Records that are kept without the person; `document` is what stays of them. */
export async function cutRecords(
  db: Queryable,
  rows: readonly { no: number; document: string | null }[],
): Promise<number> {
  if (rows.length === 0) return 0
  return run(
    db,
    'cut-records',
    `update source_record r set change_id = 'erased:' || r.change_no, raw = null, document = u.document,
       customer_ref = null, account_ref = null, field_times = null, enriched = null
     from unnest($1::bigint[], ${jsonArray(2)}) as u(no, document) where r.no = u.no`,
    [plain(rows.map(({ no }) => no)), jsons(rows.map(({ document }) => document))],
  )
}

/** What belongs to the customers themselves, which stay as ids that say nothing. Counts by table. */
export async function emptyCustomers(db: Queryable, customers: readonly string[]): Promise<Record<string, number>> {
  const given = [plain(customers)]
  const of = (column: string): string => `${column} = any ($1::uuid[])`
  const [kept, states] = await Promise.all([
    deleteKept(db, customers),
    run(
      db,
      'customers',
      `update customer set state = 3, version = version + 1, cause = 'erased', changed = '{}', golden = '{}',
         search = '', created_at = date_trunc('day', created_at), updated_at = now() where ${of('id')}`,
      given,
    ),
  ])
  // An event that leaves the outbox meanwhile is in the log when that is looked at.
  const waiting = await run(
    db,
    'outbox',
    `delete from outbox where ${of('customer_id')} or ${of('golden_id')} or subject = any ($1::text[])`,
    given,
  )
  return { ...kept, customer: states, outbox: waiting }
}

/** What the hub keeps beside the customers. Counts by table. */
export async function deleteKept(db: Queryable, customers: readonly string[]): Promise<Record<string, number>> {
  const given = [plain(customers)]
  const [overrides, notes, decisions, versions] = await Promise.all([
    run(db, 'overrides', 'delete from golden_override where customer_id = any ($1::uuid[])', given),
    run(db, 'notes', 'delete from customer_note where customer_id = any ($1::uuid[])', given),
    run(db, 'decisions', 'delete from decision_log where customer_id = any ($1::uuid[])', given),
    run(db, 'versions', 'delete from customer_former where customer_id = any ($1::uuid[])', given),
  ])
  return { golden_override: overrides, customer_note: notes, decision_log: decisions, customer_former: versions }
}

/** Ends a statement whose table expression `gone` deletes events: takes what is on its way of them too, and counts by table. */
export const ON_ITS_WAY_OF_GONE = `
  deliveries as (
    delete from webhook_delivery d using gone where d.position = gone.position returning 1
  ), attempts as (
    delete from webhook_attempt a using gone where a.event_id = gone.id::text returning 1
  )
  select (select count(*) from gone)::float8 as event_log, (select count(*) from deliveries)::float8 as webhook_delivery,
    (select count(*) from attempts)::float8 as webhook_attempt`

/** Events of the customers in the log, with what is on its way of them. Their places are never given out again. */
export async function deleteEvents(db: Queryable, customers: readonly string[]): Promise<Record<string, number>> {
  const { rows } = await db.query<Record<string, number>>({
    name: 'erasure-events',
    text: `
      with gone as (
        delete from event_log where customer_id = any ($1::uuid[]) and type <> 'customer.erased' returning position, id
      ), ${ON_ITS_WAY_OF_GONE}`,
    values: [plain(customers)],
  })
  return rows[0] ?? {}
}

/**
 * Takes away the lines of exports that were read before now, and ends those under way that began to read before: all of them
 * may hold anybody. Whoever needs one makes it again. Returns how many exports.
 */
export async function expireExports(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    name: 'erasure-exports',
    text: `
      with ended as (
        update bulk_job set state = case when state = 'completed' then 'expired' else 'cancelled' end, turn = null,
          problem = '{"code":"export.older-than-erasure","message":"A customer was erased after the records were read."}',
          updated_at = now(), ended_at = coalesce(ended_at, now()), expires_at = coalesce(expires_at, now() + ${JOB_KEPT})
        where kind = 'export' and (state = 'completed' or (state in ('running', 'interrupted') and snapshot_at is not null))
        returning no
      ), lines as (
        delete from bulk_chunk c using ended where c.job_no = ended.no
      )
      select count(*)::float8 as count from ended`,
  })
  return rows[0]?.count ?? 0
}

/** Forgets earlier forms of parked changes of these lanes, also of changes that are parked no longer. */
export function deleteParkedRevisions(db: Queryable, lanes: readonly LaneKey[]): Promise<number> {
  return run(
    db,
    'parked-revisions',
    `delete from parked_revision p using unnest($1::text[], $2::text[], $3::text[]) as l(system, entity, key)
     where p.change ->> 'system' = l.system and p.change ->> 'entity' = l.entity and p.change ->> 'key' = l.key`,
    [texts(lanes.map((l) => l.system)), texts(lanes.map((l) => l.entity)), texts(lanes.map((l) => l.key))],
  )
}

/** What changes were called by their systems may hold a key; the ledger counts them under a name of its own. */
export function renameEntries(db: Queryable, numbers: readonly number[]): Promise<number> {
  return run(
    db,
    'entries',
    `update change_entry set change_id = 'erased:' || no where no = any ($1::bigint[]) and state <> 0`,
    [plain(numbers)],
  )
}

/** Orders to write records: of these records, in these lanes, or about one of them. */
export function deleteRecordWrites(
  db: Queryable,
  records: readonly string[],
  lanes: readonly LaneKey[],
): Promise<number> {
  return run(
    db,
    'record-writes',
    `delete from record_write w where w.record_id = any ($1::uuid[]) or exists (
       select from unnest($2::text[], $3::text[], $4::text[]) as l(system, entity, key)
       where (l.system = w.system and l.entity = w.entity and l.key = w.key)
         or (l.entity = w.wanted #>> '{customer,entity}' and l.key = w.wanted #>> '{customer,key}'
           and l.system = coalesce(w.wanted #>> '{customer,system}', w.system))
         or (l.entity = w.wanted #>> '{account,entity}' and l.key = w.wanted #>> '{account,key}'
           and l.system = coalesce(w.wanted #>> '{account,system}', w.system)))`,
    [
      plain(records),
      texts(lanes.map((l) => l.system)),
      texts(lanes.map((l) => l.entity)),
      texts(lanes.map((l) => l.key)),
    ],
  )
}
