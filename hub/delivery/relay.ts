import type { Bus } from '../contracts/bus.ts'
import { eventText } from '../store/event-queries.ts'
import { moveToLog, nextPosition, oldestOutbox } from '../store/outbox-queries.ts'
import type { Leadership } from '../store/leadership.ts'
import type { Queryable } from '../store/queryable.ts'

export interface RelayOptions {
  db: Queryable
  bus: Bus
  /** Resolves once this process may relay: only one does at a time. */
  lead(signal: AbortSignal): Promise<Leadership>
  onError(error: unknown): void
  /** Told how many events left, for the figures and for who watches the event stream. */
  onRelayed(count: number): void
}

const EVENTS_PER_ROUND_MAX = 2_000
/** How soon an event of another process is seen at the latest; this process's own workers nudge. */
const IDLE_MS = 25
const PAUSE_AFTER_ERROR_MS = 500

/**
 * Sends events from the outbox to the bus, in order, and keeps them in the log of the event stream. An event leaves the
 * outbox only after the bus has confirmed it, so a crash sends it again, with the same id: at least once, never none.
 *
 * Events of one customer leave in the order of its versions: their numbers were drawn while the customer was locked.
 */
export class Relay {
  readonly #options: RelayOptions
  readonly #abort = new AbortController()
  #wake: (() => void) | undefined
  #running: Promise<void> | undefined

  constructor(options: RelayOptions) {
    this.#options = options
  }

  start(): void {
    this.#running = this.#run()
  }

  /** There may be something to send. */
  nudge(): void {
    this.#wake?.()
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    this.#wake?.()
    await this.#running
  }

  get #stopped(): boolean {
    return this.#abort.signal.aborted
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      let leadership: Leadership | undefined
      try {
        leadership = await this.#options.lead(this.#abort.signal)
        await this.#relayWhileLeading(leadership)
      } catch (error) {
        if (this.#stopped) break
        this.#options.onError(error)
        await this.#pause(PAUSE_AFTER_ERROR_MS)
      } finally {
        await leadership?.release().catch(() => undefined)
      }
    }
  }

  async #relayWhileLeading(leadership: Leadership): Promise<void> {
    const { db, bus, onRelayed } = this.#options
    let position = await nextPosition(db)
    while (!this.#stopped && !leadership.lost) {
      const rows = await oldestOutbox(db, EVENTS_PER_ROUND_MAX)
      if (rows.length === 0) {
        await this.#pause(IDLE_MS)
        continue
      }
      await bus.publish(
        rows.map((row) => ({
          to: { event: row.type },
          body: Buffer.from(eventText(row)),
          id: row.id,
          contentType: 'application/cloudevents+json',
        })),
      )
      await moveToLog(
        db,
        rows.map((row) => row.no),
        position,
      )
      position += rows.length
      onRelayed(rows.length)
    }
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
  }
}
