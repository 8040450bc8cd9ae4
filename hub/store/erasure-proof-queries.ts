import { instant, plain, texts } from './columns.ts'
import type { Queryable } from './queryable.ts'

/** What stays of an erasure: the proof, and what systems still have to do. */
interface Erasure {
  id: string
  customerId: string
  customers: string[]
  reason: string
  note: string | null
  requestedAt: string | null
  actor: string
  erasedAt: string
  /** JSON texts. */
  counts: string
  records: string
}

export interface NewErasure extends Erasure {
  eventId: string
  work: string
}

export interface ErasureRow extends Erasure {
  state: 'sweeping' | 'done'
  finishedAt: string | null
  /** Lanes that are kept out: of erased records, and of those kept without the person. */
  lanesErased: number
  lanesKept: number
  /** Changes that came for them since. */
  seen: number
  lastSeenAt: string | null
  /** Where the audit trail tells of it. */
  entry: number | null
  position: number | null
  hash: string | null
  /** When the event of it left. */
  toldAt: string | null
}

const ERASURES = `
  select e.id::text as id, e.customer_id::text as "customerId", e.customers::text[] as customers, e.state, e.reason, e.note,
    ${instant('e.requested_at')} as "requestedAt", e.actor, ${instant('e.erased_at')} as "erasedAt",
    ${instant('e.finished_at')} as "finishedAt", e.counts::text as counts, e.records::text as records,
    lanes.*, a.no::float8 as entry, l.position::float8 as position, encode(l.hash, 'hex') as hash,
    case when not exists (select from outbox o where o.id = e.event_id) then ${instant('a.at')} end as "toldAt"
  from erasure e
  left join audit_entry a
    on a.subject = e.customer_id::text and a.act = 'customer.erase' and a.facts ->> 'erasure' = e.id::text
  left join audit_link l on l.entry = a.no
  cross join lateral (
    select count(*) filter (where not kept)::float8 as "lanesErased", count(*) filter (where kept)::float8 as "lanesKept",
      coalesce(sum(seen), 0)::float8 as seen, ${instant('max(seen_at)')} as "lastSeenAt"
    from erased_lane where erasure_id = e.id
  ) lanes`

export async function insertErasure(db: Queryable, row: NewErasure): Promise<void> {
  await db.query({
    name: 'erasure-insert',
    text: `
      insert into erasure (id, customer_id, customers, state, reason, note, requested_at, actor, erased_at, counts, records,
        event_id, log_end, work, due_at)
      values ($1, $2, $3::uuid[], 'sweeping', $4, $5, $6, $7, $8, $9, $10, $11,
        (select coalesce(max(position), 0) from event_log), $12, now())`,
    values: [
      row.id,
      row.customerId,
      plain(row.customers),
      row.reason,
      row.note,
      row.requestedAt,
      row.actor,
      row.erasedAt,
      row.counts,
      row.records,
      row.eventId,
      row.work,
    ],
  })
}

/** The erasure of a customer, or of the one that it had been joined into. */
export async function erasureOfCustomer(db: Queryable, customerId: string): Promise<ErasureRow | undefined> {
  const { rows } = await db.query<ErasureRow>({
    name: 'erasure-of-customer',
    text: `${ERASURES} where e.customer_id = $1::uuid`,
    values: [customerId],
  })
  return rows[0]
}

export async function readErasure(db: Queryable, id: string): Promise<ErasureRow | undefined> {
  const { rows } = await db.query<ErasureRow>({
    name: 'erasure-read',
    text: `${ERASURES} where e.id = $1::uuid`,
    values: [id],
  })
  return rows[0]
}

/** Newest first, before an id where that is not null. `open`: only those that a system has not confirmed. */
export async function listErasures(
  db: Queryable,
  filter: { open: boolean; before: string | null },
  limit: number,
): Promise<ErasureRow[]> {
  const { rows } = await db.query<ErasureRow>({
    name: 'erasure-list',
    text: `
      ${ERASURES}
      where ($1::uuid is null or e.id < $1)
        and (not $2 or exists (select from erasure_task t where t.erasure_id = e.id and t.confirmed_at is null))
      order by e.id desc limit $3`,
    values: [filter.before, filter.open, limit],
  })
  return rows
}

export interface TaskRow {
  erasureId: string
  system: string
  entity: string
  key: string | null
  confirmedAt: string | null
  confirmedBy: string | null
}

export async function tasksOf(db: Queryable, erasures: readonly string[]): Promise<TaskRow[]> {
  const { rows } = await db.query<TaskRow>({
    name: 'erasure-tasks',
    text: `
      select erasure_id::text as "erasureId", system, entity, key, ${instant('confirmed_at')} as "confirmedAt",
        confirmed_by as "confirmedBy"
      from erasure_task where erasure_id = any ($1::uuid[]) order by no`,
    values: [plain(erasures)],
  })
  return rows
}

export interface NewTask {
  system: string
  entity: string
  key: string
  hash: Buffer
  /** Who has done it already; null: it is to be done. */
  confirmedBy: string | null
}

export async function insertTasks(db: Queryable, erasureId: string, tasks: readonly NewTask[]): Promise<void> {
  if (tasks.length === 0) return
  await db.query({
    name: 'erasure-task-insert',
    text: `
      insert into erasure_task (erasure_id, system, entity, key, hash, confirmed_at, confirmed_by)
      select $1::uuid, u.system, u.entity, case when u.by is null then u.key end, u.hash, case when u.by is not null then now() end,
        u.by
      from unnest($2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[]) as u(system, entity, key, hash, by)`,
    values: [
      erasureId,
      texts(tasks.map((t) => t.system)),
      texts(tasks.map((t) => t.entity)),
      texts(tasks.map((t) => t.key)),
      tasks.map((t) => t.hash),
      texts(tasks.map((t) => t.confirmedBy)),
    ],
  })
}

/** Hashes of what a system has still to do for an erasure. */
export async function openTasks(db: Queryable, erasureId: string, system: string): Promise<Buffer[]> {
  const { rows } = await db.query<{ hash: Buffer }>({
    name: 'erasure-tasks-open',
    text: 'select hash from erasure_task where erasure_id = $1::uuid and system = $2 and confirmed_at is null',
    values: [erasureId, system],
  })
  return rows.map(({ hash }) => hash)
}

/** Lets lanes of an erasure in again; null: all. Returns how many. */
export async function readmitLanes(
  db: Queryable,
  erasureId: string,
  hashes: readonly Buffer[] | null,
): Promise<number> {
  const { rowCount } = await db.query({
    name: 'erasure-readmit',
    text: 'delete from erased_lane where erasure_id = $1::uuid and ($2::bytea[] is null or hash = any ($2))',
    values: [erasureId, hashes],
  })
  return rowCount ?? 0
}

export async function saveCounts(db: Queryable, id: string, counts: Record<string, number>): Promise<void> {
  await db.query({
    name: 'erasure-counts',
    text: 'update erasure set counts = $2 where id = $1::uuid',
    values: [id, JSON.stringify(counts)],
  })
}

/** Whether the first sweep of an erasure is over. */
export async function isSwept(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'erasure-swept',
    text: 'select from erasure where id = $1::uuid and sweeps > 0',
    values: [id],
  })
  return (rowCount ?? 0) > 0
}
