import { setTimeout as sleep } from 'node:timers/promises'
import { type Leadership, whileLeading } from '../../store/leadership.ts'
import type { Queryable } from '../../store/queryable.ts'
import { dueBasis, enqueueCustomerRecords, markEnqueued } from '../../store/recheck-queries.ts'

export interface ReevaluationsOptions {
  db: Queryable
  lead(signal: AbortSignal): Promise<Leadership>
  /** Told when records were listed. */
  onEnqueued(): void
  onError(error: unknown): void
}

const RECORDS_PER_STATEMENT = 20_000
const IDLE_MS = 300
/** Longer than the hub lets any transaction of its own last. */
const PATIENCE_MS = 60_000

/**
 * After a new model or snapshot, lists all records of customers to be looked at again. That it is still to do stands in
 * the database beside what is in force; after a crash it begins anew, and a record listed twice is looked at twice.
 */
export class Reevaluations {
  readonly #options: ReevaluationsOptions
  readonly #abort = new AbortController()
  #running: Promise<void> | undefined

  constructor(options: ReevaluationsOptions) {
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
        await this.#round()
        await sleep(IDLE_MS, undefined, { signal }).catch(() => undefined)
      }
    })
  }

  async #round(): Promise<void> {
    const { db, onEnqueued } = this.#options
    const due = await dueBasis(db, PATIENCE_MS)
    if (due === undefined) return
    for (let last: number | null = 0; last !== null && !this.#abort.signal.aborted;) {
      last = await enqueueCustomerRecords(db, last, RECORDS_PER_STATEMENT, 'a new model or snapshot is in force')
      if (last !== null) onEnqueued()
    }
    if (!this.#abort.signal.aborted) await markEnqueued(db, due)
  }
}
