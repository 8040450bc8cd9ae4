import { setTimeout as sleep } from 'node:timers/promises'
import { takeRechecks } from '../store/recheck-queries.ts'
import { applyBatch, type PipelineTools } from './pipeline/apply-batch.ts'
import { type AppliedBatch, type InTransaction, startingOver } from './worker.ts'

export interface RechecksOptions {
  inTransaction: InTransaction
  tools(): PipelineTools
  onApplied(result: AppliedBatch): void
  onError(error: unknown): void
}

const RECORDS_PER_BATCH_MAX = 100
const IDLE_MS = 250
const PAUSE_AFTER_ERROR_MS = 1_000

/**
 * Looks again at records whose matches may have changed without a change of their own: a value of theirs became common
 * or stopped being so, a steward decided, a new model was published. The list is in the database, so a crash forgets none.
 */
export class Rechecks {
  readonly #options: RechecksOptions
  readonly #abort = new AbortController()
  #wake: AbortController | undefined
  #running: Promise<void> | undefined

  constructor(options: RechecksOptions) {
    this.#options = options
  }

  start(): void {
    this.#running = this.#run()
  }

  nudge(): void {
    this.#wake?.abort()
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    this.#wake?.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      const pauseMs = await this.#round().then(
        (busy) => (busy ? 0 : IDLE_MS),
        (error: unknown) => {
          this.#options.onError(error)
          return PAUSE_AFTER_ERROR_MS
        },
      )
      if (pauseMs === 0) continue
      this.#wake = new AbortController()
      await sleep(pauseMs, undefined, { signal: this.#wake.signal }).catch(() => undefined)
    }
  }

  async #round(): Promise<boolean> {
    const { inTransaction, tools, onApplied } = this.#options
    const startedAt = performance.now()
    const result = await startingOver(() =>
      inTransaction(async (tx) => {
        const due = await takeRechecks(tx, RECORDS_PER_BATCH_MAX)
        const touches = due.map((recordNo) => ({ recordNo, remap: false }))
        return touches.length === 0 ? undefined : applyBatch(tx, tools(), { items: [], touches })
      }),
    )
    if (result === undefined) return false
    const elapsedMs = performance.now() - startedAt
    onApplied({ changes: 0, events: result.eventCount, rechecks: result.recheckCount, elapsedMs })
    return true
  }
}
