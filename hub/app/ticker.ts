import { setTimeout as sleep } from 'node:timers/promises'

/** Does something over and over with a pause in between, never twice at once; a failure is told and the next turn comes. */
export class Ticker {
  readonly #pauseMs: number
  readonly #work: () => Promise<void>
  readonly #onError: (error: unknown) => void
  readonly #abort = new AbortController()
  #running: Promise<void> | undefined

  constructor(pauseMs: number, work: () => Promise<void>, onError: (error: unknown) => void) {
    this.#pauseMs = pauseMs
    this.#work = work
    this.#onError = onError
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Resolves when the turn under way has ended. */
  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort
    while (!signal.aborted) {
      await this.#work().catch(this.#onError)
      await sleep(this.#pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }
}
