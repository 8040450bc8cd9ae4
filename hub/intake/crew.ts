import { setTimeout as sleep } from 'node:timers/promises'
import { beat, leave, livingProcesses } from '../store/process-queries.ts'
import { setIdentityOwner } from '../store/identity-lock.ts'
import type { Queryable } from '../store/queryable.ts'
import { withdrawAbandoned } from './accept.ts'
import { type InTransaction, Worker, type WorkerOptions } from './worker.ts'

export interface CrewOptions {
  db: Queryable
  processId: string
  partitions: number
  workers: number
  shard: number
  inTransaction: InTransaction
  worker: Omit<WorkerOptions, 'owner' | 'shard'>
  onError(error: unknown): void
}

const BEAT_MS = 1_000
/** A process that has not been heard of for so long is taken for dead; a paused one comes back without harm. */
const SILENT_SECONDS = 5

/**
 * The workers of this process. All processes share the partitions evenly: each takes those that fall to it by its place
 * among the living. The bus sees to it that a partition has one consumer at a time, so a moment of disagreement during a
 * change of the crew delays a lane and never doubles it.
 */
export class Crew {
  readonly #options: CrewOptions
  readonly #abort = new AbortController()
  #workers: Worker[] = []
  #mine = ''
  #owns = false
  #running: Promise<void> | undefined

  constructor(options: CrewOptions) {
    this.#options = options
  }

  /** Resolves once this process takes part. */
  async start(): Promise<void> {
    await this.#adapt()
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#running
    await this.#rest()
    await leave(this.#options.db, this.#options.processId).catch(() => undefined)
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      await sleep(BEAT_MS, undefined, { signal: this.#abort.signal }).catch(() => undefined)
      if (this.#abort.signal.aborted) return
      await this.#adapt().catch((error: unknown) => {
        this.#options.onError(error)
      })
    }
  }

  async #adapt(): Promise<void> {
    const { db, processId, partitions, shard } = this.#options
    await beat(db, processId)
    await withdrawAbandoned(db, shard, SILENT_SECONDS)
    const living = await livingProcesses(db, SILENT_SECONDS)
    await this.#agreeOnOwner(living)
    const place = living.indexOf(processId)
    const mine = range(partitions).filter((partition) => partition % living.length === place)
    if (mine.join() === this.#mine) return
    await this.#rest()
    await this.#work(mine)
    this.#mine = mine.join()
  }

  /**
   * A process that is alone owns identity resolution. One that joins takes ownership from everybody before its workers
   * begin; the former owner notices in its next transaction.
   */
  async #agreeOnOwner(living: readonly string[]): Promise<void> {
    const { processId, inTransaction } = this.#options
    const alone = living.length === 1 && living[0] === processId
    if (alone === this.#owns && this.#mine !== '') return
    await inTransaction((db) => setIdentityOwner(db, alone ? processId : null))
    this.#owns = alone
  }

  async #work(partitions: readonly number[]): Promise<void> {
    const count = Math.min(this.#options.workers, partitions.length)
    for (const index of range(count)) {
      const shard = this.#options.shard + 1 + index
      const owner = (): string | null => (this.#owns ? this.#options.processId : null)
      const worker = new Worker({ ...this.#options.worker, owner, shard })
      this.#workers.push(worker)
      await worker.start(partitions.filter((_, i) => i % count === index))
    }
  }

  async #rest(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()))
    this.#workers = []
    this.#mine = ''
  }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}
