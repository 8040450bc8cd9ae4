/** Jobs of imports and exports: who asked for what, how far it is, and how it ended. */
import type { JsonObject } from '../contracts/json.ts'
import type { Queryable } from './queryable.ts'

export type BulkKind = 'import' | 'export'
export const BULK_STATES = ['waiting', 'running', 'interrupted', 'completed', 'failed', 'cancelled', 'expired'] as const
export type BulkState = (typeof BULK_STATES)[number]

export interface BulkJob {
  no: number
  id: string
  state: BulkState
  /** As the audit trail names them. */
  actor: string
  keyId: string
  role: string
  system: string | null
  request: JsonObject
  lines: number
  bytes: number
  accepted: number
  duplicates: number
  rejected: number
  applied: number
  superseded: number
  refused: number
  discarded: number
  looked: number
  total: number | null
  snapshotAt: string | null
  problem: JsonObject | null
  createdAt: string
  updatedAt: string
  endedAt: string | null
  expiresAt: string | null
}

const NUMBERS = ['no', 'lines', 'bytes', 'accepted', 'duplicates', 'rejected', 'applied', 'superseded', 'refused']
  .concat('discarded', 'looked', 'total')
  .map((name) => `j.${name}::float8 as ${name}`)
  .join(', ')
const JOB = `
  ${NUMBERS}, j.id::text as id, j.state, j.actor, j.key_id as "keyId", j.role, j.system, j.request, j.problem,
  j.snapshot_at as "snapshotAt", j.created_at as "createdAt", j.updated_at as "updatedAt", j.ended_at as "endedAt",
  j.expires_at as "expiresAt"`

/** JSON comes as text. */
type JobRow = Omit<BulkJob, 'request' | 'problem'> & { request: string; problem: string | null }

function jobOf({ request, problem, ...job }: JobRow): BulkJob {
  const read = (text: string): JsonObject => JSON.parse(text) as JsonObject
  return { ...job, request: read(request), problem: problem === null ? null : read(problem) }
}

/** How long a job that has ended is told of, and how long the lines of an export are kept. */
export const JOB_KEPT = `interval '30 days'`
const DATA_KEPT = `interval '24 hours'`

export interface NewJob {
  id: string
  kind: BulkKind
  /** Name of the turn that begins with it; null: it waits for one. */
  turn: string | null
  actor: string
  keyId: string
  role: string
  system: string | null
  request: JsonObject
}

/** Undefined: there is a job of this id. */
export async function insertJob(db: Queryable, job: NewJob): Promise<BulkJob | undefined> {
  const { rows } = await db.query<JobRow>({
    name: 'bulk-insert',
    text: `
      insert into bulk_job as j (id, kind, state, turn, beat_at, actor, key_id, role, system, request)
      values ($1::uuid, $2, case when $3::uuid is null then 'waiting' else 'running' end, $3, now(), $4, $5, $6, $7, $8::json)
      on conflict (id) do nothing returning ${JOB}`,
    values: [job.id, job.kind, job.turn, job.actor, job.keyId, job.role, job.system, JSON.stringify(job.request)],
  })
  return rows[0] && jobOf(rows[0])
}

export async function readJob(db: Queryable, kind: BulkKind, id: string): Promise<BulkJob | undefined> {
  const { rows } = await db.query<JobRow>({
    name: 'bulk-read',
    text: `select ${JOB} from bulk_job j where j.id = $2::uuid and j.kind = $1`,
    values: [kind, id],
  })
  return rows[0] && jobOf(rows[0])
}

export interface JobFilter {
  kind: BulkKind
  /** Only those of this key, of this system. */
  keyId: string | null
  system: string | null
  state: BulkState | null
}

/** The newest first, before the number `before` where that is not null. */
export async function listJobs(
  db: Queryable,
  { kind, keyId, system, state }: JobFilter,
  before: number | null,
  limit: number,
): Promise<BulkJob[]> {
  const { rows } = await db.query<JobRow>({
    name: 'bulk-list',
    text: `
      select ${JOB} from bulk_job j
      where j.kind = $1 and ($2::text is null or j.key_id = $2) and ($3::text is null or j.system = $3)
        and ($4::text is null or j.state = $4) and ($5::bigint is null or j.no < $5)
      order by j.no desc limit $6`,
    values: [kind, keyId, system, state, before, limit],
  })
  return rows.map(jobOf)
}

/** Takes an import that is not over; whoever had it finds out with their next step. */
export async function takeTurn(db: Queryable, no: number, turn: string): Promise<BulkJob | undefined> {
  const { rows } = await db.query<JobRow>({
    name: 'bulk-take',
    text: `
      update bulk_job j set turn = $2::uuid, state = 'running', beat_at = now(), updated_at = now(), problem = null
      where j.no = $1 and j.state in ('running', 'interrupted') returning ${JOB}`,
    values: [no, turn],
  })
  return rows[0] && jobOf(rows[0])
}

/** Whether the turn still holds. */
export async function beat(db: Queryable, no: number, turn: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'bulk-beat',
    text: `update bulk_job set beat_at = now() where no = $1 and turn = $2::uuid and state = 'running'`,
    values: [no, turn],
  })
  return rowCount === 1
}

/** Ends a turn; false where it was over. */
export async function endTurn(
  db: Queryable,
  no: number,
  turn: string,
  state: Extract<BulkState, 'interrupted' | 'completed' | 'failed'>,
  problem: JsonObject | null = null,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'bulk-end',
    text: `
      update bulk_job set state = $3, problem = $4::json, turn = null, updated_at = now(),
        ended_at = case when $3 = 'interrupted' then null else now() end,
        expires_at = now() + case when kind = 'export' and $3 = 'completed' then ${DATA_KEPT} else ${JOB_KEPT} end
      where no = $1 and turn = $2::uuid and state = 'running'`,
    values: [no, turn, state, problem === null ? null : JSON.stringify(problem)],
  })
  return rowCount === 1
}

/** Ends a job that is not over; undefined where it is. */
export async function cancelJob(db: Queryable, kind: BulkKind, id: string): Promise<BulkJob | undefined> {
  const { rows } = await db.query<JobRow>({
    name: 'bulk-cancel',
    text: `
      with j as (
        update bulk_job j set state = 'cancelled', turn = null, updated_at = now(), ended_at = now(),
          expires_at = now() + ${JOB_KEPT}
        where j.id = $2::uuid and j.kind = $1 and j.state in ('waiting', 'running', 'interrupted') returning ${JOB}
      ), gone as (
        delete from bulk_chunk c using j where c.job_no = j.no
      )
      select * from j`,
    values: [kind, id],
  })
  return rows[0] && jobOf(rows[0])
}

/** A statement that drops the lines of these exports; the jobs are told of for a time still. */
export function expiring(which: string): string {
  return `
    with j as (
      update bulk_job j set state = 'expired', updated_at = now(), expires_at = now() + ${JOB_KEPT}
      where ${which} returning j.no
    )
    delete from bulk_chunk c using j where c.job_no = j.no`
}

/**
 * What is to be done for jobs from time to time: imports whose process is gone are interrupted; what has expired goes. An
 * export whose process is gone needs nothing: it is taken again (claimExport).
 */
export async function tendJobs(db: Queryable, silentSeconds: number): Promise<void> {
  await db.query({
    name: 'bulk-tend-imports',
    text: `
      update bulk_job set state = 'interrupted', turn = null, updated_at = now(), expires_at = now() + ${JOB_KEPT}
      where kind = 'import' and state = 'running' and beat_at < now() - make_interval(secs => $1)`,
    values: [silentSeconds],
  })
  // An export holds what was there at its moment: it must not outlive the erasure of somebody in it.
  await db.query({
    name: 'bulk-tend-exports',
    text: expiring(`
      j.kind = 'export' and j.state = 'completed'
        and (j.expires_at < now() or exists (select from erasure e where e.erased_at >= j.snapshot_at))`),
  })
  await db.query({
    name: 'bulk-tend-old',
    text: `delete from bulk_job where expires_at < now() and not (kind = 'export' and state = 'completed')`,
  })
}
