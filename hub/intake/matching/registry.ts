import { compileModel, type MatchModel } from '../../identity/model.ts'
import { type MatchSnapshot, snapshotContext } from '../../identity/snapshot.ts'
import { type BasisRow, currentBasis, readModel, readSnapshot } from '../../store/match-model-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { askForRechecks } from '../../store/recheck-queries.ts'
import { createMatcher, type Matcher, type SnapshotContext } from '../pipeline/matcher.ts'
import { notReady, unknownVersion } from './errors.ts'

/** How long every process has to load what was put in force, before records are looked at again with it. */
export const LOAD_PAUSE_MS = 2_000

interface Live {
  no: number
  model: { version: number; compiled: MatchModel }
  snapshot: { version: number; context: SnapshotContext } | null
  matcher: Matcher
}

/**
 * The matcher in force: the model and the snapshot that the database names, so that every hub process has the same.
 * `refresh` looks whether that has changed, and is called several times a second.
 */
export class MatcherRegistry {
  #live: Live | undefined

  /** Throws `matching.not-ready` before the first refresh. */
  get matcher(): Matcher {
    if (this.#live === undefined) throw notReady()
    return this.#live.matcher
  }

  /** What is in force here; undefined before the first refresh. */
  get basis(): { no: number; model: number; snapshot: number | null } | undefined {
    if (this.#live === undefined) return undefined
    const { no, model, snapshot } = this.#live
    return { no, model: model.version, snapshot: snapshot?.version ?? null }
  }

  /** Returns true where anything changed. A model that cannot be compiled leaves the former one in force and is thrown. */
  async refresh(db: Queryable): Promise<boolean> {
    const basis = await currentBasis(db)
    if (basis === undefined || basis.no === this.#live?.no) return false
    const readAt = performance.now()
    const next = await this.#load(db, basis)
    // Held up for so long, this process may have applied changes with the former model after records were listed to be
    // looked at again: they are listed once more.
    const late = basis.ageMs + performance.now() - readAt > LOAD_PAUSE_MS
    if (late && this.#live !== undefined) await askForRechecks(db, basis.no, LOAD_PAUSE_MS)
    this.#live = next
    return true
  }

  async #load(db: Queryable, { no, model, snapshot }: BasisRow): Promise<Live> {
    const known = this.#live
    const compiled = known?.model.version === model ? known.model.compiled : await modelOf(db, model)
    const context = known?.snapshot?.version === snapshot ? known.snapshot.context : await contextOf(db, snapshot)
    return {
      no,
      model: { version: model, compiled },
      snapshot: snapshot === null ? null : { version: snapshot, context },
      matcher: createMatcher(compiled, context),
    }
  }
}

async function modelOf(db: Queryable, version: number): Promise<MatchModel> {
  const row = await readModel(db, version)
  if (row === undefined) throw unknownVersion('model')
  return compileModel(JSON.parse(row.document))
}

async function contextOf(db: Queryable, version: number | null): Promise<SnapshotContext> {
  if (version === null) return {}
  const text = await readSnapshot(db, version)
  if (text === undefined) throw unknownVersion('snapshot')
  return snapshotContext(JSON.parse(text) as MatchSnapshot)
}
