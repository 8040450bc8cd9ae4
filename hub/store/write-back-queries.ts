import { instant, jsonArray, jsons, plain, texts } from './columns.ts'
import type { Queryable } from './queryable.ts'

export const WRITE_STATE = { idle: 0, pending: 1, writing: 2, retrying: 3, conflict: 4, failed: 5 } as const
export const WRITE_STATES = ['idle', 'pending', 'writing', 'retrying', 'conflict', 'failed'] as const
export type WriteStateName = (typeof WRITE_STATES)[number]

/** A row of write_back; members of JSON are texts. */
export interface WriteBackRow {
  recordNo: number
  system: string
  entity: string
  key: string
  state: number
  wants: string
  overlay: string
  attempt: string | null
  verify: boolean
  generation: number
  attempts: number
  /** ISO 8601. */
  dueAt: string
  waitingSince: string | null
  problem: string | null
  conflict: string | null
}

const COLUMNS = `
  w.record_no::float8 as "recordNo", w.system, w.entity, w.key, w.state, w.wants::text as wants, w.overlay::text as overlay,
  w.attempt::text as attempt, w.verify, w.generation, w.attempts, ${instant('w.due_at')} as "dueAt",
  ${instant('w.waiting_since')} as "waitingSince", w.problem::text as problem, w.conflict::text as conflict`

/** Locks the rows of these records until the transaction ends. */
export async function lockWriteBacks(db: Queryable, recordNumbers: readonly number[]): Promise<WriteBackRow[]> {
  if (recordNumbers.length === 0) return []
  const { rows } = await db.query<WriteBackRow>({
    name: 'write-back-lock',
    text: `select ${COLUMNS} from write_back w where w.record_no = any ($1::bigint[]) order by w.record_no for update`,
    values: [plain(recordNumbers)],
  })
  return rows
}

const ARRAYS = `
  unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::smallint[], ${jsonArray(6)}, ${jsonArray(7)}, ${jsonArray(8)},
    $9::boolean[], $10::integer[], $11::integer[], $12::timestamptz[], $13::timestamptz[], ${jsonArray(14)}, ${jsonArray(15)})`
const FIELDS = `record_no, system, entity, key, state, wants, overlay, attempt, verify, generation, attempts, due_at,
  waiting_since, problem, conflict`

/** Writes the rows whole; the caller holds the locks of those that exist. */
export async function saveWriteBacks(db: Queryable, rows: readonly WriteBackRow[]): Promise<void> {
  if (rows.length === 0) return
  await db.query({
    name: 'write-back-save',
    text: `
      insert into write_back as w (${FIELDS}) select * from ${ARRAYS}
      on conflict (record_no) do update set
        state = excluded.state, wants = excluded.wants, overlay = excluded.overlay, attempt = excluded.attempt,
        verify = excluded.verify, generation = excluded.generation, attempts = excluded.attempts,
        due_at = excluded.due_at, waiting_since = excluded.waiting_since, problem = excluded.problem,
        conflict = excluded.conflict, updated_at = now()`,
    values: [
      plain(rows.map((r) => r.recordNo)),
      texts(rows.map((r) => r.system)),
      texts(rows.map((r) => r.entity)),
      texts(rows.map((r) => r.key)),
      plain(rows.map((r) => r.state)),
      jsons(rows.map((r) => r.wants)),
      jsons(rows.map((r) => r.overlay)),
      jsons(rows.map((r) => r.attempt)),
      plain(rows.map((r) => r.verify)),
      plain(rows.map((r) => r.generation)),
      plain(rows.map((r) => r.attempts)),
      plain(rows.map((r) => r.dueAt)),
      plain(rows.map((r) => r.waitingSince)),
      jsons(rows.map((r) => r.problem)),
      jsons(rows.map((r) => r.conflict)),
    ],
  })
}

export async function deleteWriteBacks(db: Queryable, recordNumbers: readonly number[]): Promise<void> {
  if (recordNumbers.length === 0) return
  await db.query({
    name: 'write-back-delete',
    text: 'delete from write_back where record_no = any ($1::bigint[])',
    values: [plain(recordNumbers)],
  })
}

/** Locks rows of a system that are due, oldest first; those that somebody else works on are left out. */
export async function dueWriteBacks(
  db: Queryable,
  system: string,
  states: readonly number[],
  limit: number,
): Promise<WriteBackRow[]> {
  const { rows } = await db.query<WriteBackRow>({
    name: 'write-back-due',
    text: `
      select ${COLUMNS} from write_back w
      where w.system = $1 and w.state = any ($2::smallint[]) and w.state in (1, 2, 3) and w.due_at <= now()
      order by w.due_at, w.record_no limit $3 for update skip locked`,
    values: [system, plain(states), limit],
  })
  return rows
}

/** The records as they were last read, and by which change. */
export async function lastReadings(
  db: Queryable,
  recordNumbers: readonly number[],
): Promise<{ no: number; raw: string; changeNo: number }[]> {
  const { rows } = await db.query<{ no: number; raw: string; changeNo: number }>({
    name: 'write-back-readings',
    text: `
      select no::float8 as no, raw::text as raw, change_no::float8 as "changeNo" from source_record
      where no = any ($1::bigint[]) and raw is not null and not deleted`,
    values: [plain(recordNumbers)],
  })
  return rows
}

export interface WriteBackFilter {
  state?: number
  system?: string
}

/** Those with something to do or to decide, by record number. */
export async function listWriteBacks(
  db: Queryable,
  filter: WriteBackFilter,
  after: number,
  limit: number,
): Promise<(WriteBackRow & { customer: string | null })[]> {
  const { rows } = await db.query<WriteBackRow & { customer: string | null }>({
    name: 'write-back-list',
    text: `
      select ${COLUMNS}, r.customer_id::text as customer
      from write_back w left join source_record r on r.no = w.record_no
      where w.state <> 0 and ($1::smallint is null or w.state = $1) and ($2::text is null or w.system = $2)
        and w.record_no > $3
      order by w.record_no limit $4`,
    values: [filter.state ?? null, filter.system ?? null, after, limit],
  })
  return rows
}

export async function readWriteBack(
  db: Queryable,
  recordNo: number,
): Promise<(WriteBackRow & { customer: string | null }) | undefined> {
  const { rows } = await db.query<WriteBackRow & { customer: string | null }>({
    name: 'write-back-read',
    text: `
      select ${COLUMNS}, r.customer_id::text as customer
      from write_back w left join source_record r on r.no = w.record_no where w.record_no = $1`,
    values: [recordNo],
  })
  return rows[0]
}

/** Of all records of a customer, also those with nothing to do. */
export async function writeBacksOfCustomer(db: Queryable, customerId: string): Promise<WriteBackRow[]> {
  const { rows } = await db.query<WriteBackRow>({
    name: 'write-back-of-customer',
    text: `
      select ${COLUMNS} from source_record r join write_back w on w.record_no = r.no
      where r.customer_id = $1::uuid order by w.system, w.entity, w.key`,
    values: [customerId],
  })
  return rows
}

export interface WriteBackCount {
  system: string
  state: number
  count: number
  /** Age of the oldest that waits, in seconds. */
  oldestSeconds: number | null
}

export async function countWriteBacks(db: Queryable): Promise<WriteBackCount[]> {
  const { rows } = await db.query<WriteBackCount>({
    name: 'write-back-count',
    text: `
      select system, state, count(*)::float8 as count,
             extract(epoch from now() - min(waiting_since))::float8 as "oldestSeconds"
      from write_back where state <> 0 group by system, state order by system, state`,
  })
  return rows
}
