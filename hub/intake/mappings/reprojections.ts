import { setTimeout as sleep } from 'node:timers/promises'
import {
  advanceReprojection,
  openReprojections,
  recordsToReproject,
  type ReprojectionRow,
} from '../../store/mapping-queries.ts'
import { type Leadership, whileLeading } from '../../store/leadership.ts'
import type { Queryable } from '../../store/queryable.ts'
import { applyBatch, type PipelineTools } from '../pipeline/apply-batch.ts'
import { type AppliedBatch, type InTransaction, startingOver } from '../worker.ts'

export interface ReprojectionsOptions {
  db: Queryable
  inTransaction: InTransaction
  tools(): PipelineTools
  /** The revision of a mapping that this process has compiled and in force. */
  revisionInForce(system: string, entity: string): number | undefined
  lead(signal: AbortSignal): Promise<Leadership>
  onApplied(result: AppliedBatch): void
  onError(error: unknown): void
}

const RECORDS_PER_BATCH_MAX = 200
const IDLE_MS = 300

/**
 * Maps stored records anew when a new revision of their mapping is in force: only the records that it touches, nothing is
 * pulled again. How far it came is kept with each batch, so it goes on where it was after a crash.
 */
export class Reprojections {
  readonly #options: ReprojectionsOptions
  readonly #abort = new AbortController()
  #running: Promise<void> | undefined

  constructor(options: ReprojectionsOptions) {
    this.#options = options
  }

  start(): void {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#running
  }

  #run(): Promise<void> {
    const { signal } = this.#abort
    const { lead, onError } = this.#options
    return whileLeading({ lead, signal, onError }, async (leadership) => {
      while (!signal.aborted && !leadership.lost) {
        if (!(await this.#round())) await sleep(IDLE_MS, undefined, { signal }).catch(() => undefined)
      }
    })
  }

  async #round(): Promise<boolean> {
    const { db, revisionInForce } = this.#options
    const ready = (await openReprojections(db)).filter(
      (row) => revisionInForce(row.system, row.entity) === row.revision,
    )
    const [next] = ready
    if (next === undefined) return false
    await this.#step(next)
    return true
  }

  async #step(row: ReprojectionRow): Promise<void> {
    const { db, inTransaction, tools, onApplied } = this.#options
    const records = await recordsToReproject(db, row, RECORDS_PER_BATCH_MAX)
    const startedAt = performance.now()
    const touches = records.map((recordNo) => ({ recordNo, remap: true }))
    const result = await startingOver(() =>
      inTransaction(async (tx) => {
        const applied = await applyBatch(tx, tools(), { items: [], touches })
        await advanceReprojection(tx, row, {
          lastNo: records.at(-1) ?? row.lastNo,
          done: records.length,
          changed: applied.eventCount,
          failed: applied.unmappable,
          finished: records.length < RECORDS_PER_BATCH_MAX,
        })
        return applied
      }),
    )
    const elapsedMs = performance.now() - startedAt
    onApplied({ changes: 0, events: result.eventCount, rechecks: result.recheckCount, elapsedMs })
  }
}
