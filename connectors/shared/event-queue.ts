/** What a reader is handed at most at once, and what waits for it at most. */
const BYTES_TAKEN_MAX = 4 * 1024 * 1024
const BYTES_WAITING_MAX = 8 * 1024 * 1024

/**
 * Hands events from a library that pushes to a reader that pulls, and holds the library back meanwhile: `push` resolves
 * only when there is room again. Bounded by number and by bytes, so that wide rows do not fill the memory.
 */
export class EventQueue<T> {
  readonly #capacity: number
  readonly #items: { item: T; bytes: number }[] = []
  #bytes = 0
  #failure: Error | undefined
  #waitingForRoom: (() => void)[] = []
  #wakeReader: (() => void) | undefined

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get isFull(): boolean {
    return this.#items.length >= this.#capacity || this.#bytes >= BYTES_WAITING_MAX
  }

  push(item: T, bytes: number): Promise<void> {
    if (this.#failure) return Promise.resolve()
    this.#items.push({ item, bytes })
    this.#bytes += bytes
    this.#wakeReader?.()
    if (!this.isFull) return Promise.resolve()
    return new Promise((resolve) => this.#waitingForRoom.push(resolve))
  }

  /** The reader gets what is there, then this error, for good. */
  fail(error: Error): void {
    this.#failure ??= error
    this.#wakeReader?.()
    this.#letGo()
  }

  /** Up to `max` items (at least one) as soon as there are any; none after `waitMs`. Rejects with the failure once all items are taken. */
  async take(max: number, waitMs: number): Promise<T[]> {
    if (this.#items.length === 0 && !this.#failure) await this.#something(waitMs)
    if (this.#items.length === 0 && this.#failure) throw this.#failure
    let count = 0
    let bytes = 0
    for (const next of this.#items) {
      if (count > 0 && (count === max || bytes + next.bytes > BYTES_TAKEN_MAX)) break
      count += 1
      bytes += next.bytes
    }
    this.#bytes -= bytes
    const taken = this.#items.splice(0, count).map(({ item }) => item)
    if (!this.isFull) this.#letGo()
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
