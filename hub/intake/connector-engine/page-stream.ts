import type { Page } from '../../contracts/connector.ts'
import type { SessionTools } from './session-tools.ts'

/** Pages of a connector, each asked for within the system's budget, time-out and circuit breaker; one read ahead at most. */
export class PageStream {
  readonly #iterator: AsyncIterator<Page>
  readonly #tools: SessionTools
  #ahead: Promise<IteratorResult<Page>> | undefined

  constructor(pages: AsyncIterable<Page>, tools: SessionTools) {
    this.#iterator = pages[Symbol.asyncIterator]()
    this.#tools = tools
  }

  /** undefined: there are no more. */
  async next(): Promise<Page | undefined> {
    const asked = this.#ahead ?? this.#ask()
    this.#ahead = undefined
    const result = await asked
    return result.done === true ? undefined : result.value
  }

  /** Begins to read the next page, while the last one is being accepted. */
  readAhead(): void {
    this.#ahead ??= this.#ask()
    // Whoever asks for the page gets the error; until then nobody does.
    this.#ahead.catch(() => undefined)
  }

  /** Gives the rest up. */
  close(): void {
    this.#ahead?.catch(() => undefined)
    void this.#iterator.return?.().catch(() => undefined)
  }

  async #ask(): Promise<IteratorResult<Page>> {
    const { guard, budget, config, signal } = this.#tools
    const result = await guard.call(() => this.#iterator.next(), config.timeoutMs, signal)
    if (result.done !== true) budget.records(result.value.records.length)
    return result
  }
}
