import { instant, jsonArray, jsons, plain, texts } from './columns.ts'
import type { LaneKey } from './apply-queries.ts'
import type { Queryable } from './queryable.ts'
import { ENTITY, type EntityRow, THERE } from './source-record-queries.ts'

/** Orders of channels that records be made or changed, on their way to the systems of record. */

export const ORDER_KIND = { create: 0, patch: 1 } as const
export const ORDER_STATE = { pending: 0, writing: 1, retrying: 2, written: 3, conflict: 4, failed: 5 } as const
/** States of what a system has yet to take: as the indexes have them. */
export const UNDER_WAY = [ORDER_STATE.pending, ORDER_STATE.writing, ORDER_STATE.retrying].join(', ')
/** As callers see them: what is being written counts as pending. */
export const ORDER_STATES = ['pending', 'pending', 'retrying', 'written', 'conflict', 'failed'] as const
export type OrderStateName = (typeof ORDER_STATES)[number]

/** A row of record_write; members of JSON are texts. */
export interface RecordWriteRow {
  no: number
  id: string
  kind: number
  /** The canonical entity. */
  target: string
  /** The hub's id of the record. */
  recordId: string
  system: string
  entity: string
  /** Null: the system gives it, and has not yet. */
  key: string | null
  wanted: string
  fields: string
  expected: string | null
  idempotencyKey: string
  state: number
  attempts: number
  /** ISO 8601. */
  dueAt: string
  problem: string | null
  author: string
  createdAt: string
  updatedAt: string
}

export type NewRecordWrite = Omit<RecordWriteRow, 'no' | 'attempts' | 'dueAt' | 'problem' | 'createdAt' | 'updatedAt'>

const COLUMNS = `
  w.no::float8 as no, w.id::text as id, w.kind, w.target, w.record_id::text as "recordId", w.system, w.entity, w.key,
  w.wanted::text as wanted, w.fields::text as fields, w.expected::text as expected,
  w.idempotency_key as "idempotencyKey", w.state, w.attempts, ${instant('w.due_at')} as "dueAt",
  w.problem::text as problem, w.author, ${instant('w.created_at')} as "createdAt",
  ${instant('w.updated_at')} as "updatedAt"`

export async function insertRecordWrite(db: Queryable, row: NewRecordWrite): Promise<void> {
  await db.query({
    name: 'record-write-new',
    text: `
      insert into record_write (id, kind, target, record_id, system, entity, key, wanted, fields, expected,
        idempotency_key, state, attempts, due_at, author)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, now(), $13)`,
    values: [
      row.id,
      row.kind,
      row.target,
      row.recordId,
      row.system,
      row.entity,
      row.key,
      row.wanted,
      row.fields,
      row.expected,
      row.idempotencyKey,
      row.state,
      row.author,
    ],
  })
}

/** The next number of those that the hub gives as keys. */
export async function nextRecordNumber(db: Queryable): Promise<bigint> {
  const { rows } = await db.query<{ number: string }>({
    name: 'record-write-number',
    text: `select nextval('record_write_number')::text as number`,
  })
  return BigInt(rows[0]?.number ?? 0)
}

export async function readRecordWrite(db: Queryable, id: string): Promise<RecordWriteRow | undefined> {
  const { rows } = await db.query<RecordWriteRow>({
    name: 'record-write-read',
    text: `select ${COLUMNS} from record_write w where w.id = $1::uuid`,
    values: [id],
  })
  return rows[0]
}

/** Locks an order until the transaction ends. */
export async function lockRecordWrite(db: Queryable, id: string): Promise<RecordWriteRow | undefined> {
  const { rows } = await db.query<RecordWriteRow>({
    name: 'record-write-lock',
    text: `select ${COLUMNS} from record_write w where w.id = $1::uuid for update`,
    values: [id],
  })
  return rows[0]
}

/** The order that a record was made by; undefined: none, or too long ago. */
export async function creationOf(db: Queryable, target: string, recordId: string): Promise<RecordWriteRow | undefined> {
  const { rows } = await db.query<RecordWriteRow>({
    name: 'record-write-creation',
    text: `
      select ${COLUMNS} from record_write w
      where w.record_id = $2::uuid and w.target = $1 and w.kind = ${ORDER_KIND.create}`,
    values: [target, recordId],
  })
  return rows[0]
}

/** An order that is going to be sent, with its state before: one that was being written already may have reached the system. */
export type BegunWrite = RecordWriteRow & { former: number }

/**
 * Takes orders of a system that are due and marks them as being written. Orders of one record go out one after the other, as they
 * came; those that somebody else works on are left out.
 */
export async function beginRecordWrites(db: Queryable, system: string, limit: number): Promise<BegunWrite[]> {
  const { rows } = await db.query<BegunWrite>({
    name: 'record-write-begin',
    text: `
      with due as (
        select no, state from record_write w
        where w.system = $1 and w.state in (${UNDER_WAY}) and w.due_at <= now()
          and not exists (
            select from record_write o where o.record_id = w.record_id and o.no < w.no and o.state in (${UNDER_WAY})
          )
        order by w.due_at, w.no limit $2 for update skip locked
      )
      update record_write w set state = ${ORDER_STATE.writing}, updated_at = now() from due where w.no = due.no
      returning ${COLUMNS}, due.state as former`,
    values: [system, limit],
  })
  return rows.sort((a, b) => a.no - b.no)
}

/** Orders whose records the hub names, before they are sent: the key is the id that the record has in the hub. */
export async function keepRecordKeys(db: Queryable, numbers: readonly number[]): Promise<void> {
  await db.query({
    name: 'record-write-keys',
    text: 'update record_write set key = record_id::text where no = any ($1::bigint[]) and key is null',
    values: [plain(numbers)],
  })
}

export interface RecordWriteOutcome {
  no: number
  state: number
  attempts: number
  dueAt: string
  problem: string | null
  /** Null: as it was. */
  key: string | null
}

/**
 * Keeps what became of orders that were sent; one that an admin gave up meanwhile stays as it is, unless it was written.
 * A record that was read before its key was known stays known under the id that it got then, and nothing waits for it.
 */
export async function settleRecordWrites(db: Queryable, outcomes: readonly RecordWriteOutcome[]): Promise<void> {
  await db.query({
    name: 'record-write-settle',
    text: `
      update record_write w set state = o.state, attempts = o.attempts, due_at = o.due_at, problem = o.problem,
        key = coalesce(o.key, w.key), updated_at = now(),
        seen = w.seen or exists (
          select from source_record r
          where r.system = w.system and r.entity = w.entity and r.key = coalesce(o.key, w.key)
        )
      from unnest($1::bigint[], $2::smallint[], $3::integer[], $4::timestamptz[], ${jsonArray(5)}, $6::text[])
        as o(no, state, attempts, due_at, problem, key)
      where w.no = o.no and (w.state = ${ORDER_STATE.writing} or o.state = ${ORDER_STATE.written})`,
    values: [
      plain(outcomes.map(({ no }) => no)),
      plain(outcomes.map(({ state }) => state)),
      plain(outcomes.map(({ attempts }) => attempts)),
      plain(outcomes.map(({ dueAt }) => dueAt)),
      jsons(outcomes.map(({ problem }) => problem)),
      texts(outcomes.map(({ key }) => key)),
    ],
  })
}

export interface RecordWriteFilter {
  state: readonly number[]
  system: string | null
}

/** By number. */
export async function listRecordWrites(
  db: Queryable,
  filter: RecordWriteFilter,
  after: number,
  limit: number,
): Promise<RecordWriteRow[]> {
  const { rows } = await db.query<RecordWriteRow>({
    name: 'record-write-list',
    text: `
      select ${COLUMNS} from record_write w
      where w.state = any ($1::smallint[]) and w.state <> ${ORDER_STATE.written} and ($2::text is null or w.system = $2)
        and w.no > $3
      order by w.no limit $4`,
    values: [`{${filter.state.join(',')}}`, filter.system, after, limit],
  })
  return rows
}

/** Sets the state of an order by hand: to be sent again at once, or given up. */
export async function setRecordWriteState(
  db: Queryable,
  no: number,
  state: number,
  problem: string | null,
): Promise<void> {
  await db.query({
    name: 'record-write-set',
    text: `
      update record_write set state = $2, problem = $3, attempts = 0, due_at = now(), updated_at = now() where no = $1`,
    values: [no, state, problem],
  })
}

/**
 * The ids that were given out for records which are seen for the first time, by their place among `records`. `writtenBy`: the
 * idempotency key by which the system says the record was made; a record of which the system gave the key may be read before
 * the hub has heard of that key. Where no order waits for its record, a look at an empty index is all that it costs.
 */
export async function reservedIds(
  db: Queryable,
  records: readonly (LaneKey & { writtenBy: string | null })[],
): Promise<Map<number, string>> {
  const waiting = await db.query({
    name: 'record-write-waiting',
    text: `select from record_write where ${UNREAD} limit 1`,
  })
  if (waiting.rows.length === 0) return new Map()
  const { rows } = await db.query<{ at: number; recordId: string }>({
    name: 'record-write-reserved',
    text: `
      select l.at::integer - 1 as at, w.record_id::text as "recordId"
      from unnest($1::text[], $2::text[], $3::text[]) with ordinality as l(system, entity, key, at)
      cross join lateral (
        select record_id from record_write
        where ${UNREAD} and system = l.system and entity = l.entity and key = l.key limit 1
      ) w`,
    values: [
      texts(records.map((r) => r.system)),
      texts(records.map((r) => r.entity)),
      texts(records.map((r) => r.key)),
    ],
  })
  const ids = new Map(rows.map(({ at, recordId }) => [at, recordId]))
  for (const [at, id] of await reservedByMark(db, records)) ids.set(at, id)
  return ids
}

async function reservedByMark(
  db: Queryable,
  records: readonly (LaneKey & { writtenBy: string | null })[],
): Promise<Map<number, string>> {
  const marked = records.flatMap(({ system, entity, writtenBy }, at) =>
    writtenBy === null ? [] : [{ system, entity, writtenBy, at }],
  )
  if (marked.length === 0) return new Map()
  const { rows } = await db.query<{ idempotencyKey: string; system: string; entity: string; recordId: string }>({
    name: 'record-write-marked',
    text: `
      select idempotency_key as "idempotencyKey", system, entity, record_id::text as "recordId" from record_write
      where idempotency_key = any ($1::text[]) and ${UNREAD}`,
    values: [texts(marked.map(({ writtenBy }) => writtenBy))],
  })
  const orders = new Map(rows.map((row) => [row.idempotencyKey, row]))
  const found = marked.flatMap(({ at, writtenBy, system, entity }): [number, string][] => {
    const order = orders.get(writtenBy)
    return order?.system === system && order.entity === entity ? [[at, order.recordId]] : []
  })
  return new Map(found)
}

/** A record that was ordered to be made, was not refused, and has not been read yet: as the index has it. */
const UNREAD = `kind = ${ORDER_KIND.create} and state < ${ORDER_STATE.conflict} and not seen`

/** The records of these ids were read: nothing waits for them any more. */
export async function markSeen(db: Queryable, recordIds: readonly string[]): Promise<void> {
  await db.query({
    name: 'record-write-seen',
    text: `update record_write set seen = true where ${UNREAD} and record_id = any ($1::uuid[])`,
    values: [`{${recordIds.join(',')}}`],
  })
}

export interface RecordWriteCount {
  system: string
  state: number
  count: number
  /** Age of the oldest, in seconds. */
  oldestSeconds: number
}

/** Those that are not written, by system and state. */
export async function countRecordWrites(db: Queryable): Promise<RecordWriteCount[]> {
  const { rows } = await db.query<RecordWriteCount>({
    name: 'record-write-count',
    text: `
      select system, state, count(*)::float8 as count,
             extract(epoch from now() - min(created_at))::float8 as "oldestSeconds"
      from record_write where state <> ${ORDER_STATE.written} group by system, state order by system, state`,
  })
  return rows
}

/** Forgets orders that ended so many days ago: those that somebody may still look into after more. A create whose record is not known under its id keeps that id. */
export async function pruneRecordWrites(
  db: Queryable,
  system: string,
  days: { written: number; other: number },
): Promise<number> {
  const { rowCount } = await db.query({
    name: 'record-write-prune',
    text: `
      delete from record_write w
      where w.system = $1 and (
        (w.state in (${ORDER_STATE.conflict}, ${ORDER_STATE.failed}) and w.updated_at < now() - make_interval(days => $3))
        or (w.state = ${ORDER_STATE.written} and w.updated_at < now() - make_interval(days => $2)
          and (w.kind = ${ORDER_KIND.patch} or exists (select from source_record r where r.public_id = w.record_id)))
      )`,
    values: [system, days.written, days.other],
  })
  return rowCount ?? 0
}

/** The records that public ids mean, customers' excepted. */
export async function lanesOfPublicIds(db: Queryable, ids: readonly string[]): Promise<(LaneKey & { id: string })[]> {
  const { rows } = await db.query<LaneKey & { id: string }>({
    name: 'record-write-lanes',
    text: `
      select r.public_id::text as id, r.system, r.entity, r.key from source_record r
      where r.public_id = any ($1::uuid[]) and not r.deleted`,
    values: [`{${ids.join(',')}}`],
  })
  return rows
}

/** The records behind a customer, or behind the one that it was joined into, from the first; none where there is no such customer. */
export async function lanesBehindCustomer(db: Queryable, id: string): Promise<LaneKey[]> {
  const { rows } = await db.query<LaneKey>({
    name: 'record-write-customer',
    text: `
      with recursive family(id, next, state) as (
        select id, joined_into, state from customer where id = $1::uuid
        union all
        select c.id, c.joined_into, c.state from family f join customer c on c.id = f.next
      )
      select r.system, r.entity, r.key
      from family f join source_record r on r.customer_id = f.id
      where f.next is null and f.state <> 3 and not r.deleted order by r.no`,
    values: [id],
  })
  return rows
}

/** Whose records these lanes are; `customerId` null: no customer's. Lanes that the hub does not have are left out. */
export async function ownersOfLanes(
  db: Queryable,
  lanes: readonly LaneKey[],
): Promise<(LaneKey & { customerId: string | null })[]> {
  const { rows } = await db.query<LaneKey & { customerId: string | null }>({
    name: 'record-write-owners',
    text: `
      select r.system, r.entity, r.key, r.customer_id::text as "customerId"
      from unnest($1::text[], $2::text[], $3::text[]) as l(system, entity, key)
      join source_record r on r.system = l.system and r.entity = l.entity and r.key = l.key
      where not r.deleted`,
    values: [texts(lanes.map((l) => l.system)), texts(lanes.map((l) => l.entity)), texts(lanes.map((l) => l.key))],
  })
  return rows
}

/** A record as it is now: what the API shows of it, and what it is made of. */
export interface WritableRecord extends EntityRow {
  raw: string
}

const WRITABLE = `${ENTITY}, r.raw::text as raw`
const WRITABLE_THERE = `${THERE} and r.raw is not null`

/** The record in this lane, whatever its id. */
export async function readWritableLane(
  db: Queryable,
  { target, system, entity, key }: LaneKey & { target: string },
): Promise<WritableRecord | undefined> {
  const { rows } = await db.query<WritableRecord>({
    name: 'record-write-lane',
    text: `
      select ${WRITABLE} from source_record r
      where r.system = $2 and r.entity = $3 and r.key = $4 and r.target = $1 and ${WRITABLE_THERE}`,
    values: [target, system, entity, key],
  })
  return rows[0]
}

export async function readWritableRecord(
  db: Queryable,
  target: string,
  id: string,
): Promise<WritableRecord | undefined> {
  const { rows } = await db.query<WritableRecord>({
    name: 'record-write-record',
    text: `
      select ${WRITABLE} from source_record r
      where r.public_id = $2::uuid and r.target = $1 and ${WRITABLE_THERE}`,
    values: [target, id],
  })
  return rows[0]
}
