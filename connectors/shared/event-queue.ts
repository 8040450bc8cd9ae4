/**
 * Hands events from a library that pushes to a reader that pulls, and holds the library back meanwhile: `push` resolves
 * only when there is room again.
 */
export class EventQueue<T> {
  readonly #capacity: number
  #items: T[] = []
  #failure: Error | undefined
  #waitingForRoom: (() => void)[] = []
  #wakeReader: (() => void) | undefined

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get isFull(): boolean {
    return this.#items.length >= this.#capacity
  }

  push(item: T): Promise<void> {
    if (this.#failure) return Promise.resolve()
    this.#items.push(item)
    this.#wakeReader?.()
    if (this.#items.length < this.#capacity) return Promise.resolve()
    return new Promise((resolve) => this.#waitingForRoom.push(resolve))
  }

  /** The reader gets what is there, then this error, for good. */
  fail(error: Error): void {
    this.#failure ??= error
    this.#wakeReader?.()
    this.#letGo()
  }

  /** Up to `max` items as soon as there is one; none after `waitMs`. Rejects with the failure once all items are taken. */
  async take(max: number, waitMs: number): Promise<T[]> {
    if (this.#items.length === 0 && !this.#failure) await this.#something(waitMs)
    if (this.#items.length === 0 && this.#failure) throw this.#failure
    const taken = this.#items.splice(0, max)
    if (this.#items.length < this.#capacity) this.#letGo()
    return taken
  }

  #something(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#wakeReader = undefined
        resolve()
      }
      const timer = setTimeout(done, waitMs)
      this.#wakeReader = done
    })
  }

  #letGo(): void {
    const waiting = this.#waitingForRoom
    this.#waitingForRoom = []
    for (const resolve of waiting) resolve()
  }
}
