import type { Queryable } from './queryable.ts'

export interface MappingHead {
  system: string
  entity: string
  revision: number
}

export interface MappingRevisionRow extends MappingHead {
  state: 'draft' | 'published' | 'retired'
  document: string
  cases: string | null
  origin: 'workspace' | 'console'
  author: string
  note: string | null
  createdAt: string
  publishedAt: string | null
}

const REVISION_COLUMNS = `
  system, entity, revision, state, document, cases, origin, author, note, created_at as "createdAt",
  published_at as "publishedAt"`

/** Which revision of each mapping is in force: small, and asked for several times a second. */
export async function publishedHeads(db: Queryable): Promise<MappingHead[]> {
  const { rows } = await db.query<MappingHead>({
    name: 'mapping-heads',
    text: `select system, entity, revision from mapping_revision where state = 'published' order by system, entity`,
  })
  return rows
}

export async function readRevision(db: Queryable, head: MappingHead): Promise<MappingRevisionRow | undefined> {
  const { rows } = await db.query<MappingRevisionRow>({
    name: 'mapping-read',
    text: `select ${REVISION_COLUMNS} from mapping_revision where system = $1 and entity = $2 and revision = $3`,
    values: [head.system, head.entity, head.revision],
  })
  return rows[0]
}

/** All revisions of a mapping, newest first. */
export async function mappingHistory(db: Queryable, system: string, entity: string): Promise<MappingRevisionRow[]> {
  const { rows } = await db.query<MappingRevisionRow>({
    name: 'mapping-history',
    text: `select ${REVISION_COLUMNS} from mapping_revision where system = $1 and entity = $2 order by revision desc`,
    values: [system, entity],
  })
  return rows
}

/** The newest revision that came from a workspace file, by which a changed file is recognised. */
export async function newestWorkspaceRevision(
  db: Queryable,
  system: string,
  entity: string,
): Promise<MappingRevisionRow | undefined> {
  const { rows } = await db.query<MappingRevisionRow>({
    name: 'mapping-newest-workspace',
    text: `
      select ${REVISION_COLUMNS} from mapping_revision where system = $1 and entity = $2 and origin = 'workspace'
      order by revision desc limit 1`,
    values: [system, entity],
  })
  return rows[0]
}

export interface NewRevision {
  system: string
  entity: string
  document: string
  cases: string | null
  origin: 'workspace' | 'console'
  author: string
  note: string | null
}

/** Adds a draft after the newest revision. Callers hold the mapping's lock (see lockMapping). */
export async function insertDraft(db: Queryable, draft: NewRevision): Promise<number> {
  const { rows } = await db.query<{ revision: number }>({
    name: 'mapping-draft',
    text: `
      insert into mapping_revision (system, entity, revision, state, document, cases, origin, author, note)
      select $1, $2, coalesce(max(revision), 0) + 1, 'draft', $3, $4, $5, $6, $7
      from mapping_revision where system = $1 and entity = $2
      returning revision`,
    values: [draft.system, draft.entity, draft.document, draft.cases, draft.origin, draft.author, draft.note],
  })
  return rows[0]?.revision ?? 0
}

/** One revision is in force at a time: the former one is retired by the same statement pair, in the caller's transaction. */
export async function publishRevision(db: Queryable, head: MappingHead): Promise<void> {
  await db.query({
    name: 'mapping-retire',
    text: `update mapping_revision set state = 'retired' where system = $1 and entity = $2 and state = 'published'`,
    values: [head.system, head.entity],
  })
  await db.query({
    name: 'mapping-publish',
    text: `
      update mapping_revision set state = 'published', published_at = now()
      where system = $1 and entity = $2 and revision = $3`,
    values: [head.system, head.entity, head.revision],
  })
}

/** Held until the transaction ends: revisions of one mapping are numbered by one writer at a time. */
export async function lockMapping(db: Queryable, system: string, entity: string): Promise<void> {
  await db.query({
    name: 'mapping-lock',
    text: `select pg_advisory_xact_lock(hashtextextended('mapping ' || $1 || '/' || $2, 0))`,
    values: [system, entity],
  })
}

/** Asks for the records of a mapping to be mapped anew by this revision; an unfinished request for an older one is dropped. */
export async function requestReprojection(db: Queryable, head: MappingHead): Promise<void> {
  await db.query({
    name: 'reprojection-request',
    text: `
      with dropped as (
        update reprojection set finished_at = now()
        where system = $1 and entity = $2 and finished_at is null and revision <> $3
      )
      insert into reprojection (system, entity, revision) values ($1, $2, $3)
      on conflict (system, entity, revision) do update
        set last_no = 0, done = 0, changed = 0, failed = 0, started_at = now(), finished_at = null`,
    values: [head.system, head.entity, head.revision],
  })
}

export interface ReprojectionRow extends MappingHead {
  lastNo: number
  done: number
  changed: number
  failed: number
  startedAt: string
  finishedAt: string | null
}

export async function openReprojections(db: Queryable): Promise<ReprojectionRow[]> {
  const { rows } = await db.query<ReprojectionRow>({
    name: 'reprojection-open',
    text: `
      select system, entity, revision, last_no::float8 as "lastNo", done::float8 as done, changed::float8 as changed,
             failed::float8 as failed, started_at as "startedAt", finished_at as "finishedAt"
      from reprojection where finished_at is null order by started_at`,
  })
  return rows
}

/** The next records of a mapping that were mapped by another revision. */
export async function recordsToReproject(db: Queryable, row: ReprojectionRow, limit: number): Promise<number[]> {
  const { rows } = await db.query<{ no: number }>({
    name: 'reprojection-records',
    text: `
      select no::float8 as no from source_record
      where system = $1 and entity = $2 and no > $3 and not deleted and mapping_revision is distinct from $4
      order by no limit $5`,
    values: [row.system, row.entity, row.lastNo, row.revision, limit],
  })
  return rows.map((record) => record.no)
}

export async function advanceReprojection(
  db: Queryable,
  row: ReprojectionRow,
  step: { lastNo: number; done: number; changed: number; failed: number; finished: boolean },
): Promise<void> {
  await db.query({
    name: 'reprojection-advance',
    text: `
      update reprojection set last_no = $4, done = done + $5, changed = changed + $6, failed = failed + $7,
        finished_at = case when $8 then now() end
      where system = $1 and entity = $2 and revision = $3`,
    values: [row.system, row.entity, row.revision, step.lastNo, step.done, step.changed, step.failed, step.finished],
  })
}
