import { eventLogRange } from '../../store/event-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import type { EventTailPort } from '../ports.ts'

export interface EventTailOptions {
  db: Queryable
  onError(error: unknown): void
}

/** How often the end of the log is looked for while somebody waits: how late an event of another process is at most. */
const LOOK_MS = 100

/** One look at the end of the log for all streams of this process, and none while nobody waits. */
export class EventTail implements EventTailPort {
  readonly #options: EventTailOptions
  readonly #waiting = new Set<() => void>()
  #position = -1
  #timer: NodeJS.Timeout | undefined

  constructor(options: EventTailOptions) {
    this.#options = options
  }

  async position(): Promise<number> {
    await this.#look()
    return this.#position
  }

  /** Events were written to the log just now, by this process: those who wait need not wait for the next look. */
  nudge(): void {
    if (this.#waiting.size > 0) void this.#look().catch(this.#options.onError)
  }

  grown(position: number, signal: AbortSignal): Promise<void> {
    if (this.#position > position || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.delete(check)
        signal.removeEventListener('abort', done)
        if (this.#waiting.size === 0) this.#rest()
        resolve()
      }
      const check = (): void => {
        if (this.#position > position) done()
      }
      this.#waiting.add(check)
      signal.addEventListener('abort', done)
      this.#timer ??= setInterval(() => {
        this.nudge()
      }, LOOK_MS)
    })
  }

  #rest(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  async #look(): Promise<void> {
    const { last } = await eventLogRange(this.#options.db)
    if (last <= this.#position) return
    this.#position = last
    for (const check of [...this.#waiting]) check()
  }
}
