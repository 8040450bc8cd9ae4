import { FEATURES_FORM } from '../../identity/features.ts'
import type { Kind } from '../../identity/fields.ts'
import { compileModel, type MatchingDocument } from '../../identity/model.ts'
import type { MatchSnapshot } from '../../identity/snapshot.ts'
import type { TrainReport } from '../../identity/train.ts'
import { writeAudit } from '../../store/decision-queries.ts'
import {
  type BasisRow,
  currentBasis,
  formerModel,
  insertBasis,
  insertModel,
  insertSnapshot,
  listModels,
  listSnapshots,
  lockMatching,
  type ModelHead,
  type ModelRow,
  newestWorkspaceModel,
  nextSnapshotVersion,
  readModel,
  readSnapshot,
  type SnapshotHead,
} from '../../store/match-model-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { countRechecks } from '../../store/recheck-queries.ts'
import type { InTransaction } from '../worker.ts'
import {
  alreadyInForce,
  busy,
  checkedModel,
  nothingToRollBack,
  noSnapshot,
  notReady,
  unknownVersion,
} from './errors.ts'
import { type InSnapshot, learn } from './learn.ts'
import type { SampleLimits } from './read-sample.ts'
import { LOAD_PAUSE_MS } from './registry.ts'

export interface MatchingDeskOptions {
  db: Queryable
  inTransaction: InTransaction
  inSnapshot: InSnapshot
  /** Told after a change of what is in force, so that this process need not wait for its next look. */
  onChanged(): Promise<void>
  /** Absent: SAMPLE_LIMITS. */
  limits?: SampleLimits
}

export interface MatchingStatus {
  model: number
  /** Null: the model's own figures. */
  snapshot: number | null
  since: string
  author: string
  /** Records still to be looked at again, and whether more are about to be put on that list. */
  rechecks: { waiting: number; due: boolean }
}

export interface SnapshotTaken {
  version: number
  records: number
  /** Records that the overlap of systems was measured on: fewer than `records` only where there are very many. */
  measured: number
  alone: Record<string, number>
}

export interface TrainRequest {
  kind: Kind
  /** What the new document is to call itself. */
  name: string
  /** The same seed draws the same pairs. */
  seed?: number
}

export interface Trained {
  /** A document to be looked at and published; nothing is in force by itself. */
  document: MatchingDocument
  report: TrainReport
}

/** What its author wanted to say about it. */
type Note = string | null

/**
 * Where it is decided what matching rests on: which model, which snapshot. Neither changes by itself, and each change
 * of them has all records looked at again (see Reevaluations), so that customers follow from what is in force alone.
 */
export class MatchingDesk {
  readonly #options: MatchingDeskOptions
  readonly #abort = new AbortController()
  #learning: Promise<unknown> | undefined

  constructor(options: MatchingDeskOptions) {
    this.#options = options
  }

  /**
   * Puts config/matching.yaml of a workspace in force where it is new or has changed since it last was; what was published
   * through the API meanwhile stays until the file changes. `document` is null where the workspace has none.
   */
  async importFile(document: unknown): Promise<void> {
    await this.#options.inTransaction(async (db) => {
      await lockMatching(db)
      const basis = await currentBasis(db)
      if (document === null) {
        if (basis === undefined) compileModel(document)
      } else {
        const text = JSON.stringify(compileDocument(document))
        if ((await newestWorkspaceModel(db))?.document !== text) {
          const model = await insertModel(db, { document: text, origin: 'workspace', author: 'workspace', note: null })
          if (basis === undefined) await insertBasis(db, firstBasis(model), null)
          else await this.#putInForce(db, { model, snapshot: basis.snapshot }, 'workspace')
          return
        }
      }
      // The program makes other features than the one that was here before: stored ones are made anew by the rechecks.
      if (basis !== undefined && basis.featuresForm !== FEATURES_FORM) await this.#putInForce(db, basis, 'workspace')
    })
    await this.#options.onChanged()
  }

  async status(): Promise<MatchingStatus> {
    const { db } = this.#options
    const [basis, waiting] = await Promise.all([inForce(db), countRechecks(db)])
    const { model, snapshot, at, author, rechecksEnqueuedAt } = basis
    return { model, snapshot, since: at, author, rechecks: { waiting, due: rechecksEnqueuedAt === null } }
  }

  models(limit = 100): Promise<ModelHead[]> {
    return listModels(this.#options.db, limit)
  }

  /** One version, or the one in force. */
  async model(version?: number): Promise<ModelRow> {
    const { db } = this.#options
    const row = await readModel(db, version ?? (await inForce(db)).model)
    if (row === undefined) throw unknownVersion('model')
    return row
  }

  /** Keeps a matching document as a new version, after checking it, and puts it in force. */
  async publishModel(document: unknown, author: string, note: Note = null): Promise<{ version: number }> {
    const text = JSON.stringify(checkedModel(document))
    return this.#change(author, 'matching.model.publish', async (db, basis) => {
      if ((await readModel(db, basis.model))?.document === text) throw alreadyInForce('model')
      const model = await insertModel(db, { document: text, origin: 'console', author, note })
      return { next: { ...basis, model }, subject: `matching/models/${model}`, result: { version: model } }
    })
  }

  /** Puts the model in force that was so before the present one. */
  async rollBackModel(author: string): Promise<{ version: number }> {
    return this.#change(author, 'matching.model.roll-back', async (db, basis) => {
      const model = await formerModel(db)
      if (model === undefined) throw nothingToRollBack()
      return { next: { ...basis, model }, subject: `matching/models/${model}`, result: { version: model } }
    })
  }

  snapshots(limit = 100): Promise<SnapshotHead[]> {
    return listSnapshots(this.#options.db, limit)
  }

  /**
   * Counts how common values are and measures how far systems overlap, over all stored records, and puts that in force.
   * Takes seconds for ten thousands of records, minutes for hundreds of thousands, in a thread of its own.
   */
  async takeSnapshot(author: string, note: Note = null): Promise<SnapshotTaken> {
    const document = await this.#documentInForce()
    const { records, measured, result } = await this.#learn({ what: 'snapshot', document })
    return this.#change(author, 'matching.snapshot.take', async (db, basis) => {
      const version = await nextSnapshotVersion(db)
      const snapshot: MatchSnapshot = { ...result.snapshot, version: String(version) }
      await insertSnapshot(db, { version, records, measured, snapshot: JSON.stringify(snapshot), author, note })
      const taken = { version, records, measured, alone: snapshot.alone }
      return { next: { ...basis, snapshot: version }, subject: `matching/snapshots/${version}`, result: taken }
    })
  }

  /** Puts a snapshot taken earlier in force. */
  async activateSnapshot(version: number, author: string): Promise<{ version: number }> {
    return this.#change(author, 'matching.snapshot.activate', async (db, basis) => {
      if (basis.snapshot === version) throw alreadyInForce('snapshot')
      if ((await readSnapshot(db, version)) === undefined) throw unknownVersion('snapshot')
      return { next: { ...basis, snapshot: version }, subject: `matching/snapshots/${version}`, result: { version } }
    })
  }

  /** From here on the model's own figures count again. The snapshot is kept and can be put in force again. */
  async withdrawSnapshot(author: string): Promise<{ version: number }> {
    return this.#change(author, 'matching.snapshot.withdraw', (_, basis) => {
      const { snapshot } = basis
      if (snapshot === null) throw noSnapshot()
      const subject = `matching/snapshots/${snapshot}`
      return Promise.resolve({ next: { ...basis, snapshot: null }, subject, result: { version: snapshot } })
    })
  }

  /** Estimates a model from the stored records, starting from the one in force. Puts nothing in force. */
  async train({ kind, name, seed = 1 }: TrainRequest, author: string): Promise<Trained> {
    const { db, inTransaction } = this.#options
    const document = await this.#documentInForce()
    const basis = await inForce(db)
    const text = basis.snapshot === null ? undefined : await readSnapshot(db, basis.snapshot)
    const snapshot = text === undefined ? null : (JSON.parse(text) as MatchSnapshot)
    const { records, result } = await this.#learn({ what: 'train', document, kind, name, seed, snapshot })
    const { rounds, converged, expectedCopies } = result.report
    const facts = { kind, name, records, rounds, converged, expectedCopies }
    await inTransaction((tx) =>
      writeAudit(tx, { actor: author, act: 'matching.train', subject: `matching/models/${basis.model}`, facts }),
    )
    return result
  }

  /** Ends learning that is under way; it then rejects. */
  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#learning?.catch(() => undefined)
  }

  /** One at a time in each process: each holds its records in memory and keeps a processor busy. */
  async #learn<Task extends Parameters<typeof learn>[1]>(task: Task) {
    if (this.#learning !== undefined) throw busy()
    const { inSnapshot, limits } = this.#options
    const learning = learn<Task>(inSnapshot, task, this.#abort.signal, limits)
    this.#learning = learning
    try {
      return await learning
    } finally {
      this.#learning = undefined
    }
  }

  async #documentInForce(): Promise<MatchingDocument> {
    return JSON.parse((await this.model()).document) as MatchingDocument
  }

  async #change<Result>(
    author: string,
    act: string,
    decide: (db: Queryable, basis: Basis) => Promise<{ next: Basis; subject: string; result: Result }>,
  ): Promise<Result> {
    const result = await this.#options.inTransaction(async (db) => {
      await lockMatching(db)
      const before = await inForce(db)
      const { next, subject, result: decided } = await decide(db, before)
      await this.#putInForce(db, next, author)
      const facts = {
        before: { model: before.model, snapshot: before.snapshot },
        after: { model: next.model, snapshot: next.snapshot },
      }
      await writeAudit(db, { actor: author, act, subject, facts })
      return decided
    })
    await this.#options.onChanged()
    return result
  }

  #putInForce(db: Queryable, { model, snapshot }: Basis, author: string): Promise<void> {
    return insertBasis(db, { model, snapshot, featuresForm: FEATURES_FORM, author }, LOAD_PAUSE_MS)
  }
}

type Basis = Pick<BasisRow, 'model' | 'snapshot'>

/** What a new hub begins with: nothing was matched by anything else before. */
function firstBasis(model: number): { model: number; snapshot: null; featuresForm: number; author: string } {
  return { model, snapshot: null, featuresForm: FEATURES_FORM, author: 'workspace' }
}

async function inForce(db: Queryable): Promise<BasisRow> {
  const basis = await currentBasis(db)
  if (basis === undefined) throw notReady()
  return basis
}

function compileDocument(document: unknown): unknown {
  compileModel(document)
  return document
}
