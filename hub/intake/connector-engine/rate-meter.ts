const WINDOW_SECONDS = 10

/** How many a second, over the last ten seconds. */
export class RateMeter {
  readonly #counts = new Array<number>(WINDOW_SECONDS).fill(0)
  #second = 0
  #since: number | undefined

  /** @param now ms */
  add(count: number, now: number): void {
    this.#forget(now)
    this.#since ??= now
    this.#counts[this.#second % WINDOW_SECONDS] = (this.#counts[this.#second % WINDOW_SECONDS] ?? 0) + count
  }

  perSecond(now: number): number {
    this.#forget(now)
    if (this.#since === undefined) return 0
    const seconds = Math.min(WINDOW_SECONDS, Math.max(1, (now - this.#since) / 1_000))
    return Math.round((this.#counts.reduce((sum, count) => sum + count, 0) / seconds) * 10) / 10
  }

  #forget(now: number): void {
    const second = Math.floor(now / 1_000)
    if (second <= this.#second) return
    const gone = Math.min(second - this.#second, WINDOW_SECONDS)
    for (let i = 1; i <= gone; i++) this.#counts[(second - gone + i) % WINDOW_SECONDS] = 0
    this.#second = second
  }
}
