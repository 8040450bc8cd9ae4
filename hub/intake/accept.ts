import type { Bus } from '../contracts/bus.ts'
import type { Change } from '../contracts/change.ts'
import { asHubError, HubError } from '../contracts/hub-error.ts'
import {
  abandonedBatches,
  confirmBatch,
  confirmEntries,
  findEntries,
  insertEntries,
  withdrawBatches,
} from '../store/accept-queries.ts'
import type { Queryable } from '../store/queryable.ts'
import { packWork, type WorkItem } from './pipeline/work-item.ts'

export interface AcceptResult {
  accepted: number
  /** Changes that had been accepted before (same system, same id): nothing is done about them again. */
  duplicates: number
}

export interface AcceptorOptions {
  db: Queryable
  bus: Bus
  partitions: number
  /** Names this hub process: entries that it left in doubt are found by it. */
  processId: string
  /** The ledger shard that this process counts in. */
  shard: number
}

interface Waiting {
  changes: readonly Change[]
  resolve(result: AcceptResult): void
  reject(error: unknown): void
}

/** Changes of several callers share one statement and one publish; more than this go in the next round. */
const CHANGES_PER_ROUND_MAX = 4_000
/** Rounds under way at once: one in the database while another waits for the bus. */
const ROUNDS_MAX = 3

/**
 * Accepts changes: entry in the ledger, message confirmed by the bus, then the answer. The order matters:
 *
 * 1. The ledger entry comes first and is what makes a change known; it is marked as in doubt (accept_batch).
 * 2. The bus confirms. From here on the change is durable.
 * 3. The mark goes, the caller is told.
 *
 * A crash between 1 and 3 leaves the mark; nobody was told; `withdrawAbandoned` takes such entries back. Should their
 * message be in the bus all the same, the worker makes the entry again. So no answer is ever wrong, and nothing is lost.
 */
export class Acceptor {
  readonly #options: AcceptorOptions
  readonly #queue: Waiting[] = []
  #rounds = 0

  constructor(options: AcceptorOptions) {
    this.#options = options
  }

  /** Resolves once every change is durable. Rejects with a `retry` HubError, and then nothing of the call was accepted. */
  accept(changes: readonly Change[]): Promise<AcceptResult> {
    if (changes.length === 0) return Promise.resolve({ accepted: 0, duplicates: 0 })
    return new Promise((resolve, reject) => {
      this.#queue.push({ changes, resolve, reject })
      this.#pump()
    })
  }

  #pump(): void {
    while (this.#rounds < ROUNDS_MAX && this.#queue.length > 0) {
      const round: Waiting[] = []
      let size = 0
      for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
        if (round.length > 0 && size + next.changes.length > CHANGES_PER_ROUND_MAX) break
        round.push(next)
        size += next.changes.length
        this.#queue.shift()
      }
      this.#rounds++
      void this.#run(round).finally(() => {
        this.#rounds--
        this.#pump()
      })
    }
  }

  async #run(round: readonly Waiting[]): Promise<void> {
    try {
      const fresh = await this.#acceptRound(round.flatMap((waiting) => waiting.changes))
      for (const { changes, resolve } of round) {
        let accepted = 0
        for (const change of changes) if (fresh.delete(change)) accepted++
        resolve({ accepted, duplicates: changes.length - accepted })
      }
    } catch (error) {
      for (const { reject } of round) reject(error)
    }
  }

  /** Returns the changes that are new. */
  async #acceptRound(changes: readonly Change[]): Promise<Set<Change>> {
    const { db, bus, partitions, processId, shard } = this.#options
    const { fresh, batchNo } = await insertEntries(db, changes, shard, processId).catch(unavailable)
    const numbers = new Map(fresh.map((entry) => [entryName(entry.system, entry.changeId), entry.no]))
    const work: WorkItem[] = []
    const known: Change[] = []
    for (const change of changes) {
      const name = entryName(change.system, change.id)
      const no = numbers.get(name)
      if (no === undefined) {
        known.push(change)
      } else {
        // The second of two equal ids in one call is a duplicate like any other.
        numbers.delete(name)
        work.push({ no, change })
      }
    }
    const doubtful = known.length === 0 ? [] : await this.#stillInDoubt(known)
    try {
      await bus.publish(packWork([...work, ...doubtful], partitions))
    } catch (error) {
      if (batchNo !== null) await withdrawBatches(db, [batchNo], shard).catch(() => 0)
      return unavailable(error)
    }
    if (batchNo !== null) await confirmBatch(db, batchNo).catch(unavailable)
    if (doubtful.length > 0) {
      await confirmEntries(
        db,
        doubtful.map((item) => item.no),
      ).catch(unavailable)
    }
    return new Set(work.map((item) => item.change))
  }

  /** Known changes whose first attempt is not known to have reached the bus: they go again, a worker drops the copy. */
  async #stillInDoubt(known: readonly Change[]): Promise<WorkItem[]> {
    const entries = await findEntries(this.#options.db, known).catch(unavailable)
    const doubtful = new Map(
      entries.filter((entry) => entry.unconfirmed).map((entry) => [entryName(entry.system, entry.changeId), entry.no]),
    )
    return known.flatMap((change) => {
      const no = doubtful.get(entryName(change.system, change.id))
      return no === undefined ? [] : [{ no, change }]
    })
  }
}

/** Takes back what died half accepted. Called at start and every few seconds by any process. Returns the entries taken back. */
export async function withdrawAbandoned(db: Queryable, shard: number, silentSeconds: number): Promise<number> {
  const batches = await abandonedBatches(db, silentSeconds)
  return batches.length === 0 ? 0 : withdrawBatches(db, batches, shard)
}

function entryName(system: string, changeId: string): string {
  return `${system}\n${changeId}`
}

function unavailable(error: unknown): never {
  const known = asHubError(error)
  if (known.family === 'retry') throw known
  throw new HubError({
    code: 'intake.unavailable',
    family: 'retry',
    message: 'The hub cannot store changes durably at the moment; nothing of this call was accepted.',
    fix: 'Send the same changes with the same ids again.',
    retryAfterMs: 2_000,
    internal: known.internal ?? known.message,
    cause: error,
  })
}
