import type { Queryable } from './queryable.ts'

/** What matching rests on: one model, one snapshot or none. */
export interface BasisRow {
  no: number
  model: number
  snapshot: number | null
  featuresForm: number
  author: string
  at: string
  /** Since when it is in force, by the database's clock. */
  ageMs: number
  /** Null while the records are still to be put on the list of those to look at again. */
  rechecksEnqueuedAt: string | null
}

const BASIS_COLUMNS = `
  no::float8 as no, model, snapshot, features_form as "featuresForm", author, at,
  (extract(epoch from clock_timestamp() - at) * 1000)::float8 as "ageMs",
  rechecks_enqueued_at as "rechecksEnqueuedAt"`

/** What is in force; undefined before the first model. Small, and asked for several times a second. */
export async function currentBasis(db: Queryable): Promise<BasisRow | undefined> {
  const { rows } = await db.query<BasisRow>({
    name: 'match-basis',
    text: `select ${BASIS_COLUMNS} from match_basis b order by b.no desc limit 1`,
  })
  return rows[0]
}

/** The model that was in force before the present one; undefined where it is the first. */
export async function formerModel(db: Queryable): Promise<number | undefined> {
  const { rows } = await db.query<{ model: number }>({
    name: 'match-basis-former',
    text: `
      select b.model from match_basis b
      where b.model <> (select model from match_basis order by no desc limit 1) order by b.no desc limit 1`,
  })
  return rows[0]?.model
}

/** Held until the transaction ends: one writer at a time numbers versions and says what is in force. */
export async function lockMatching(db: Queryable): Promise<void> {
  await db.query({
    name: 'match-basis-lock',
    text: `select pg_advisory_xact_lock(hashtextextended('what matching rests on', 0))`,
  })
}

/** Puts a model and a snapshot in force. Matches are looked at again `pauseMs` later; null: there are none yet. */
export async function insertBasis(
  db: Queryable,
  basis: { model: number; snapshot: number | null; featuresForm: number; author: string },
  pauseMs: number | null,
): Promise<void> {
  await db.query({
    name: 'match-basis-insert',
    text: `
      insert into match_basis (model, snapshot, features_form, author, rechecks_due_at, rechecks_enqueued_at)
      values ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => coalesce($5::float8, 0) / 1000),
        case when $5::float8 is null then clock_timestamp() end)`,
    values: [basis.model, basis.snapshot, basis.featuresForm, basis.author, pauseMs],
  })
}

export interface ModelRow {
  version: number
  /** JSON text. */
  document: string
  origin: 'workspace' | 'console'
  author: string
  note: string | null
  createdAt: string
}

const MODEL_COLUMNS = `version, document::text as document, origin, author, note, created_at as "createdAt"`

export async function readModel(db: Queryable, version: number): Promise<ModelRow | undefined> {
  const { rows } = await db.query<ModelRow>({
    name: 'match-model-read',
    text: `select ${MODEL_COLUMNS} from match_model where version = $1`,
    values: [version],
  })
  return rows[0]
}

/** The newest model that came from the workspace, by which a changed file is recognised. */
export async function newestWorkspaceModel(db: Queryable): Promise<ModelRow | undefined> {
  const { rows } = await db.query<ModelRow>({
    name: 'match-model-newest-workspace',
    text: `select ${MODEL_COLUMNS} from match_model where origin = 'workspace' order by version desc limit 1`,
  })
  return rows[0]
}

export interface ModelHead extends Omit<ModelRow, 'document'> {
  /** What the document calls itself. */
  name: string
}

/** Newest first, without documents. */
export async function listModels(db: Queryable, limit: number): Promise<ModelHead[]> {
  const { rows } = await db.query<ModelHead>({
    name: 'match-model-list',
    text: `
      select version, document ->> 'version' as name, origin, author, note, created_at as "createdAt"
      from match_model order by match_model.version desc limit $1`,
    values: [limit],
  })
  return rows
}

/** Adds a model after the newest one; callers hold lockMatching. */
export async function insertModel(db: Queryable, model: Omit<ModelRow, 'version' | 'createdAt'>): Promise<number> {
  const { rows } = await db.query<{ version: number }>({
    name: 'match-model-insert',
    text: `
      insert into match_model (version, document, origin, author, note)
      select coalesce(max(version), 0) + 1, $1, $2, $3, $4 from match_model returning version`,
    values: [model.document, model.origin, model.author, model.note],
  })
  return rows[0]?.version ?? 0
}

export interface SnapshotHead {
  version: number
  records: number
  measured: number
  /** What the overlap of systems was measured to be, by pair of systems: JSON text. */
  alone: string
  author: string
  note: string | null
  createdAt: string
}

/** Newest first, without the frequencies. */
export async function listSnapshots(db: Queryable, limit: number): Promise<SnapshotHead[]> {
  const { rows } = await db.query<SnapshotHead>({
    name: 'match-snapshot-list',
    text: `
      select version, records, measured, (snapshot -> 'alone')::text as alone, author, note, created_at as "createdAt"
      from match_snapshot order by version desc limit $1`,
    values: [limit],
  })
  return rows
}

/** The snapshot as JSON text. */
export async function readSnapshot(db: Queryable, version: number): Promise<string | undefined> {
  const { rows } = await db.query<{ snapshot: string }>({
    name: 'match-snapshot-read',
    text: 'select snapshot::text as snapshot from match_snapshot where version = $1',
    values: [version],
  })
  return rows[0]?.snapshot
}

/** The number that the next snapshot will have; callers hold lockMatching. */
export async function nextSnapshotVersion(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ version: number }>({
    name: 'match-snapshot-next',
    text: 'select coalesce(max(version), 0) + 1 as version from match_snapshot',
  })
  return rows[0]?.version ?? 1
}

export async function insertSnapshot(
  db: Queryable,
  row: { version: number; records: number; measured: number; snapshot: string; author: string; note: string | null },
): Promise<void> {
  await db.query({
    name: 'match-snapshot-insert',
    text: `
      insert into match_snapshot (version, records, measured, snapshot, author, note)
      values ($1, $2, $3, $4, $5, $6)`,
    values: [row.version, row.records, row.measured, row.snapshot, row.author, row.note],
  })
}
