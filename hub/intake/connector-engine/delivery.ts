import type { Change } from '../../contracts/change.ts'
import type { SourceRecord } from '../../contracts/connector.ts'
import { asHubError, type HubError } from '../../contracts/hub-error.ts'
import type { Queryable } from '../../store/queryable.ts'
import { insertRejected } from '../../store/rejected-queries.ts'
import { changeId, changeOf } from './changes.ts'
import { Retries, Stopped, within } from './guard.ts'
import { pause } from './nudge.ts'
import type { EngineLog } from './session-tools.ts'
import type { SystemStatus } from './system-status.ts'

/** hub/intake/accept.ts: resolves once every change is durable; after a rejection nothing of the call was accepted. */
export type Accept = (changes: Change[]) => Promise<{ accepted: number; duplicates: number }>

export interface DeliveryOptions {
  system: string
  entities: ReadonlySet<string>
  accept: Accept
  /** For records that can't be changes. */
  db: Queryable
  status: SystemStatus
  signal: AbortSignal
  now(): number
  log: EngineLog
}

const CHANGES_PER_CALL = 500
const REJECTED_BYTES_MAX = 1024 * 1024
/** Totals of rejected records are kept in this shard of the ledger; they are few. */
const LEDGER_SHARD = 0

/** Hands records to the hub, and holds on to them until they are durable or the system stops. */
export class Delivery {
  readonly #options: DeliveryOptions

  constructor(options: DeliveryOptions) {
    this.#options = options
  }

  /**
   * Resolves once all records are durable: accepted, known before, or rejected with a reason. Their order is kept, also
   * across calls that wait for each other. Rejects with Stopped only. Answers when the newest change happened.
   */
  async deliver(records: readonly SourceRecord[]): Promise<string | undefined> {
    const { system, entities, status, now } = this.#options
    const changes: Change[] = []
    let newest: string | undefined
    for (const record of records) {
      status.entity(record.entity)?.took(1)
      try {
        const change = changeOf(system, record, entities, now())
        changes.push(change)
        if (record.time !== undefined && (newest === undefined || change.time > newest)) newest = change.time
      } catch (error) {
        await this.#reject(record, asHubError(error))
      }
    }
    for (let from = 0; from < changes.length; from += CHANGES_PER_CALL) {
      await this.#accept(changes.slice(from, from + CHANGES_PER_CALL))
    }
    return newest
  }

  async #accept(changes: Change[]): Promise<void> {
    const { accept, status } = this.#options
    let refused: HubError | undefined
    await this.#untilDone(async () => {
      try {
        const { accepted, duplicates } = await accept(changes)
        this.#count(changes, accepted, duplicates)
      } catch (thrown) {
        const error = asHubError(thrown)
        if (error.family !== 'reject') throw error
        refused = error
      }
    })
    status.acceptFails(null)
    if (refused === undefined) return
    const [only] = changes
    if (changes.length === 1 && only !== undefined) {
      await this.#reject({ ...only, version: '' }, refused, only.id)
      return
    }
    // Which of them is at fault is found by halves; the others go in.
    const middle = Math.ceil(changes.length / 2)
    await this.#accept(changes.slice(0, middle))
    await this.#accept(changes.slice(middle))
  }

  #count(changes: readonly Change[], accepted: number, duplicates: number): void {
    const first = changes[0]
    if (first === undefined) return
    // Which ones were duplicates is not told; a call holds several entities only in logs.
    const status = this.#options.status.entity(first.entity)
    if (status === undefined) return
    status.accepted += accepted
    status.duplicates += duplicates
  }

  /** The record stays at hand for repair: in the table of rejected messages, counted in the ledger. */
  async #reject(record: SourceRecord, error: HubError, id?: string): Promise<void> {
    const { system, status, db, log } = this.#options
    status.entity(record.entity)?.reject(error)
    log.warn({ error, entity: record.entity }, 'A record can not be accepted; the others go on')
    const body = Buffer.from(JSON.stringify(record)).subarray(0, REJECTED_BYTES_MAX)
    await this.#untilDone(() =>
      insertRejected(db, LEDGER_SHARD, {
        system,
        messageId: id ?? changeId(record.entity, record.key, record.version),
        code: error.code,
        message: error.message,
        where: error.where ?? null,
        body,
      }),
    )
  }

  async #untilDone(work: () => Promise<void>): Promise<void> {
    const { signal, status, log } = this.#options
    const retries = new Retries()
    for (;;) {
      try {
        await within(work, undefined, signal)
        return
      } catch (thrown) {
        if (thrown instanceof Stopped) throw thrown
        const error = asHubError(thrown)
        status.acceptFails(error)
        const delayMs = retries.delayAfter(error)
        log.warn(
          { error, attempt: retries.attempts, retryAfterMs: Math.round(delayMs) },
          'The hub can not take records at the moment; they are held and offered again',
        )
        await pause(delayMs, signal)
        if (signal.aborted) throw new Stopped()
      }
    }
  }
}
