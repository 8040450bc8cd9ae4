/** Writes to the database what callers of a server have changed, one change after the other; a failure is told and the next goes on. */
export class WriteQueue {
  readonly #onError: (error: unknown) => void
  #last: Promise<void> = Promise.resolve()

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  add(write: () => Promise<void>): void {
    this.#last = this.#last.then(write).catch(this.#onError)
  }
}
