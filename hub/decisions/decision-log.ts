import { setTimeout as sleep } from 'node:timers/promises'
import { asHubError } from '../contracts/hub-error.ts'
import { type DecisionLogRow, leastId } from '../store/decision-log-queries.ts'
import type { KeptDecision } from './decision-service.ts'

export interface DecisionLogOptions {
  write(rows: readonly DecisionLogRow[]): Promise<void>
  /** Deletes what is older than an id, a bounded number at a time; answers how many. */
  prune(before: string, limit: number): Promise<number>
  /** How long decisions are kept; 0: they are not. */
  days: number
  /** Told of decisions that could not be kept. */
  onLost(count: number, error: unknown): void
  now(): number
}

/** What waits to be written at most; then a decision waits for room. */
const QUEUE_MAX = 5_000
const QUEUE_BYTES_MAX = 32 * 1024 * 1024
const BATCH_MAX = 500
/** Decisions that come within this time are written together. */
const GATHER_MS = 20
const PATIENCE_MS = 1_000
const RETRY_FIRST_MS = 100
const RETRY_LONGEST_MS = 5_000
/** A larger input is not kept: such a decision can not be repeated with the data of then. */
const INPUT_BYTES_MAX = 256 * 1024
const DAY_MS = 86_400_000
const PRUNE_MAX = 2_000

interface Waiting {
  row: DecisionLogRow
  bytes: number
}

/**
 * Keeps decisions without slowing them: they are written some milliseconds later, many at a time. What waits is bounded;
 * where the store can not keep up, decisions wait for room up to a second, and are then answered without being kept, which
 * is counted and told. A process that is killed loses what came in its last milliseconds.
 */
export class DecisionLog {
  readonly #options: DecisionLogOptions
  readonly #queue: Waiting[] = []
  readonly #patient = new Set<() => void>()
  #bytes = 0
  #writing: Promise<void> | undefined
  #stopped = false
  #lost = 0

  constructor(options: DecisionLogOptions) {
    this.#options = options
  }

  /** Decisions that were answered and not kept. */
  get lost(): number {
    return this.#lost
  }

  /** Resolves when there is room for the next one: at once in the usual case. */
  async keep(decision: KeptDecision): Promise<void> {
    if (this.#options.days === 0) return
    const waiting = waitingOf(decision)
    if (this.#isFull() && !(await this.#room())) {
      this.#lose(1, new Error('the queue of decisions is full'))
      return
    }
    this.#queue.push(waiting)
    this.#bytes += waiting.bytes
    this.#writing ??= this.#run()
  }

  /** Resolves when all that was kept is written, or was tried to be. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#writing
  }

  /** Resolves when everything kept so far is in the store. */
  async flushed(): Promise<void> {
    await this.#writing
  }

  /** Deletes what is older than it may be. */
  async prune(): Promise<void> {
    const { days, now, prune } = this.#options
    const before = leastId(now() - days * DAY_MS)
    while ((await prune(before, PRUNE_MAX)) === PRUNE_MAX && !this.#stopped);
  }

  #isFull(): boolean {
    return this.#queue.length >= QUEUE_MAX || this.#bytes >= QUEUE_BYTES_MAX
  }

  /** False: there is none after a second. */
  async #room(): Promise<boolean> {
    const end = performance.now() + PATIENCE_MS
    while (this.#isFull()) {
      const left = end - performance.now()
      if (left <= 0) return false
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer)
          this.#patient.delete(done)
          resolve()
        }
        const timer = setTimeout(done, left)
        this.#patient.add(done)
      })
    }
    return true
  }

  async #run(): Promise<void> {
    if (!this.#stopped) await sleep(GATHER_MS)
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, BATCH_MAX)
      await this.#write(batch.map(({ row }) => row))
      this.#queue.splice(0, batch.length)
      for (const { bytes } of batch) this.#bytes -= bytes
      for (const done of this.#patient) done()
    }
    this.#writing = undefined
  }

  async #write(rows: readonly DecisionLogRow[]): Promise<void> {
    for (let pauseMs = RETRY_FIRST_MS; ; pauseMs = Math.min(pauseMs * 2, RETRY_LONGEST_MS)) {
      try {
        await this.#options.write(rows)
        return
      } catch (error) {
        const comesBack = asHubError(error).family === 'retry'
        if (comesBack && !this.#stopped) {
          await sleep(pauseMs)
          continue
        }
        // One row that can not be stored must not take the others with it.
        if (!comesBack && rows.length > 1) for (const row of rows) await this.#write([row])
        else this.#lose(rows.length, error)
        return
      }
    }
  }

  #lose(count: number, error: unknown): void {
    this.#lost += count
    this.#options.onLost(count, error)
  }
}

function waitingOf(decision: KeptDecision): Waiting {
  const { id, rule, revision, hash, called, customerId, actor, result, error, trace } = decision
  const given = JSON.stringify(decision.given)
  const filled = decision.filled === null ? null : JSON.stringify(decision.filled)
  const isLarge = given.length + (filled?.length ?? 0) > INPUT_BYTES_MAX
  const row: DecisionLogRow = {
    id,
    rule,
    revision,
    hash,
    called: called === undefined ? null : JSON.stringify(called),
    moment: new Date(decision.at).toISOString(),
    decidedAt: new Date(decision.decidedAt).toISOString(),
    actor,
    customerId,
    given: isLarge ? null : given,
    filled: isLarge ? null : filled,
    result: result === null ? null : JSON.stringify(result),
    code: error?.code ?? null,
    trace: trace.join('\n'),
  }
  const bytes =
    500 + (row.given?.length ?? 0) + (row.filled?.length ?? 0) + (row.result?.length ?? 0) + row.trace.length
  return { row, bytes }
}
