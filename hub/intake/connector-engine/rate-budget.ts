import type { SystemConfig } from './system-config.ts'
import { pause } from './nudge.ts'

/**
 * What a system may be asked for: a second's worth may be used at once, and what a page took too much is waited for before
 * the next one. All readers of a system share it; one hub process runs a system at a time, so it holds for all of them.
 */
export class RateBudget {
  readonly #buckets: { perSecond: number; unit: 'records' | 'calls'; left: number }[] = []
  readonly #now: () => number
  #filledAt: number

  constructor(rate: SystemConfig['rate'], now: () => number) {
    this.#now = now
    this.#filledAt = now()
    const { recordsPerSecond, callsPerSecond } = rate
    if (recordsPerSecond !== undefined) this.#add(recordsPerSecond, 'records')
    if (callsPerSecond !== undefined) this.#add(callsPerSecond, 'calls')
  }

  #add(perSecond: number, unit: 'records' | 'calls'): void {
    this.#buckets.push({ perSecond, unit, left: Math.max(1, perSecond) })
  }

  /** Resolves when the system may be called; counts that call. Rejects when the signal aborts. */
  async call(signal: AbortSignal): Promise<void> {
    for (;;) {
      this.#fill()
      const waitMs = Math.max(0, ...this.#buckets.map((bucket) => (bucket.left > 0 ? 0 : waitOf(bucket))))
      if (waitMs === 0) break
      await pause(Math.max(5, waitMs), signal)
      signal.throwIfAborted()
    }
    this.#take('calls', 1)
  }

  records(count: number): void {
    this.#take('records', count)
  }

  #take(unit: 'records' | 'calls', count: number): void {
    for (const bucket of this.#buckets) if (bucket.unit === unit) bucket.left -= count
  }

  #fill(): void {
    const now = this.#now()
    const seconds = Math.max(0, now - this.#filledAt) / 1_000
    this.#filledAt = now
    for (const bucket of this.#buckets) {
      bucket.left = Math.min(Math.max(1, bucket.perSecond), bucket.left + seconds * bucket.perSecond)
    }
  }
}

function waitOf({ left, perSecond }: { left: number; perSecond: number }): number {
  // A little above nothing, since nothing is not enough for a call.
  return ((0.001 - left) / perSecond) * 1_000
}
