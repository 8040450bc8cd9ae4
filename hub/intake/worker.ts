import type { Bus, Consumer, Delivery } from '../contracts/bus.ts'
import { laneName } from '../contracts/change.ts'
import { asHubError, HubError } from '../contracts/hub-error.ts'
import { lockIdentityAlone } from '../store/identity-lock.ts'
import type { Queryable } from '../store/queryable.ts'
import { applyPrepared, type PipelineTools } from './pipeline/apply-batch.ts'
import { regrouped } from './pipeline/identify.ts'
import type { KeyGate } from './pipeline/key-gate.ts'
import { parkOne } from './pipeline/park-one.ts'
import { partOf, prepareBatch, type PreparedBatch } from './pipeline/prepare-batch.ts'
import { unpackWork, type WorkItem } from './pipeline/work-item.ts'

/** Runs a function in one transaction; a rejection rolls back. */
export type InTransaction = <Result>(run: (db: Queryable) => Promise<Result>) => Promise<Result>

export interface WorkerOptions {
  bus: Bus
  db: Queryable
  /** Shared by the workers of this process. */
  gate: KeyGate
  /** The process that owns identity resolution as far as is known: this one, or none. Asked for each batch. */
  owner(): string | null
  /** The ledger shard that this worker counts in: one for each, as a row of totals has one writer at a time. */
  shard: number
  inTransaction: InTransaction
  /** Read for every batch: mappings, model and survivorship may be published while it runs. */
  tools(): PipelineTools
  /** Told after every commit, with the time it took: figures for the operator, and a nudge for the relay. */
  onApplied(result: AppliedBatch): void
}

export interface AppliedBatch {
  changes: number
  events: number
  rechecks: number
  elapsedMs: number
}

/** Changes in one transaction at most: more do not get cheaper, and hold locks longer. */
const CHANGES_PER_BATCH_MAX = 400
/** Messages taken at once; a message carries up to some hundreds of changes. */
const MESSAGES_PER_BATCH_MAX = 40
const LINGER_MS = 3
/** How often a batch that met another worker's starts over before the bus makes it wait. */
const REGROUPED_RETRIES_MAX = 20

/** Takes changes from its partitions and applies them. One worker never applies two batches at the same time. */
export class Worker {
  readonly #options: WorkerOptions
  #consumer: Consumer | undefined

  constructor(options: WorkerOptions) {
    this.#options = options
  }

  async start(partitions: readonly number[]): Promise<void> {
    const { bus } = this.#options
    const batch = { batchMax: MESSAGES_PER_BATCH_MAX, lingerMs: LINGER_MS }
    this.#consumer = await bus.consume({ work: partitions }, batch, (deliveries) => this.#take(deliveries))
  }

  /** Resolves when the running batch has been applied and acknowledged. */
  async stop(): Promise<void> {
    await this.#consumer?.close()
    this.#consumer = undefined
  }

  async #take(deliveries: readonly Delivery[]): Promise<void> {
    const items = deliveries.flatMap((delivery) => unpackWork(delivery.body))
    for (let from = 0; from < items.length; from += CHANGES_PER_BATCH_MAX) {
      await this.#applyBisecting(items.slice(from, from + CHANGES_PER_BATCH_MAX))
    }
  }

  /**
   * A batch that fails for its content is halved until the poison change is alone, and that one is parked with its
   * lane. Halves keep their order, so lanes do.
   */
  async #applyBisecting(items: readonly WorkItem[]): Promise<void> {
    try {
      await this.#apply(items)
    } catch (error) {
      if (!isPoison(error)) throw error
      const [only, second] = items
      if (only !== undefined && second === undefined) {
        await this.#park(only, error)
        return
      }
      const half = items.length >> 1
      await this.#applyBisecting(items.slice(0, half))
      await this.#applyBisecting(items.slice(half))
    }
  }

  /** Applies what meets no other batch of this process, then, when those are done, what did. */
  async #apply(items: readonly WorkItem[]): Promise<void> {
    const { db, tools, gate } = this.#options
    for (let rest = items; rest.length > 0;) {
      const prepared = await prepareBatch(db, tools(), { items: rest, touches: [] })
      const { admitted, release } = gate.admit(prepared.lanes)
      if (admitted.size === 0) {
        await gate.released()
        continue
      }
      try {
        await this.#applyAdmitted(admitted.size === prepared.lanes.length ? prepared : partOf(prepared, admitted))
      } finally {
        release()
      }
      rest = rest.filter((item) => !admitted.has(laneName(item.change)))
    }
  }

  async #applyAdmitted(prepared: PreparedBatch): Promise<void> {
    const { inTransaction, tools, onApplied, db, shard } = this.#options
    let alone = false
    const startedAt = performance.now()
    const items = prepared.mapped.map(({ item }) => item)
    let current: PreparedBatch | undefined = prepared
    const { eventCount, recheckCount } = await startingOver(async () => {
      // After another process got in between, what was prepared is outdated.
      const batch = current ?? (await prepareBatch(db, tools(), { items, touches: [] }))
      current = undefined
      return inTransaction(async (tx) => {
        const owner = alone ? null : this.#options.owner()
        if (owner === null) await lockIdentityAlone(tx)
        return applyPrepared(tx, { ...tools(), shard }, batch, owner)
      }).catch((error: unknown) => {
        alone = asHubError(error).code === 'pipeline.not-owner'
        if (alone) throw regrouped()
        throw error
      })
    })
    onApplied({
      changes: items.length,
      events: eventCount,
      rechecks: recheckCount,
      elapsedMs: performance.now() - startedAt,
    })
  }

  async #park(item: WorkItem, error: unknown): Promise<void> {
    const { code, message, fix, internal } = asHubError(error)
    // The first line says what the database or the code objected to; the stack below it is for no answer.
    const reason = (internal ?? message).split('\n')[0] ?? ''
    const cause = { code, message, ...(fix === undefined ? {} : { fix }), problems: [{ reason }] }
    const { inTransaction, shard, tools } = this.#options
    await inTransaction((db) => parkOne(db, { shard, erasure: tools().erasure }, item, cause))
    this.#options.onApplied({ changes: 1, events: 0, rechecks: 0, elapsedMs: 0 })
  }
}

/** Runs a batch again at once where another worker got in between; the reads of the next attempt see what it did. */
export async function startingOver<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      const known = asHubError(error)
      if (known.code !== 'pipeline.regrouped' || tries >= REGROUPED_RETRIES_MAX) throw error
    }
  }
}

/** SQLSTATE classes in which the data is at fault: data exception, integrity, cardinality, program limit. */
const DATA_FAULTS = /^(21|22|23|54)/

/** Whether a batch failed for what is in it (or for a bug of ours on it), and not for a database or bus in trouble. */
function isPoison(error: unknown): boolean {
  if (error instanceof HubError) return error.family !== 'retry'
  const code = (error as { code?: unknown } | null)?.code
  if (typeof code !== 'string') return true
  return DATA_FAULTS.test(code)
}
