/** What a fake does wrong, or is hard about, on request. Counts are how many more requests it happens to. */
export class HttpFaults {
  /** The next requests are never answered. */
  hang = 0
  /** The next answers break off in the middle. */
  dropMidResponse = 0
  /** The next writes are done, but their connections break before the answer. */
  dropAfterWrite = 0
  /** Every answer waits so long, ms. */
  delayMs = 0
  /** Every request is answered so, whatever it asks. */
  answer: { status: number; headers?: Record<string, string>; body: string } | undefined
  /** Every request is told to come back later. */
  throttle: { retryAfterSeconds: number; as?: 'seconds' | 'date' } | undefined
  /** Requests that came while throttled. */
  throttled = 0
  /** The last record of a page comes again on the next one. */
  repeatRecords = false
  /** The records of each page come in the opposite order. */
  reverseRecords = false

  take(fault: 'hang' | 'dropMidResponse' | 'dropAfterWrite'): boolean {
    if (this[fault] === 0) return false
    this[fault] -= 1
    return true
  }

  /** The header Retry-After; undefined: the request may pass. */
  retryAfter(now: number): string | undefined {
    if (this.throttle === undefined) return undefined
    this.throttled += 1
    const { retryAfterSeconds, as = 'seconds' } = this.throttle
    return as === 'seconds' ? String(retryAfterSeconds) : new Date(now + retryAfterSeconds * 1000).toUTCString()
  }
}
