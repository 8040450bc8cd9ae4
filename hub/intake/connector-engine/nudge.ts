/** Waits, or until the signal aborts; never rejects. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Nudge().wait(ms, signal)
}

/** A wait that somebody can cut short. A nudge while nobody waits counts for the next wait. */
export class Nudge {
  #pending = false
  #wake: (() => void) | undefined

  nudge(): void {
    this.#pending = true
    this.#wake?.()
  }

  /** Resolves after `ms`, on a nudge, or when the signal aborts. One waiter at a time. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#pending || signal.aborted) {
      this.#pending = false
      return Promise.resolve()
    }
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        this.#wake = undefined
        this.#pending = false
        resolve()
      }
      // A longer one would fire at once: timers count in 32 bits.
      const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1))
      signal.addEventListener('abort', done)
      this.#wake = done
    })
  }
}
