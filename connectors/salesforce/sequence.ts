/**
 * One scale for everything that is read: tenths of a millisecond of Salesforce's own time. Times are kept to the second
 * only, so a snapshot, which may be hours old when it is delivered, yields to a change of the same second that was polled or
 * pushed. Change events stand on the same scale, by the time of their commit (see LogClock).
 */
const PER_MS = 10

export function snapshotSequence(stamp: string): string {
  return String(Date.parse(stamp) * PER_MS)
}

export function changedSequence(stamp: string): string {
  return String(Date.parse(stamp) * PER_MS + 1)
}

/** The sequence of what comes from the stream of change events: never less than before, whatever the clocks say. */
export class LogClock {
  #last: number

  /** @param last of what was read before, or now; see `last` */
  constructor(last: number) {
    this.#last = last
  }

  static at(ms: number): number {
    return Math.floor(ms) * PER_MS
  }

  get last(): number {
    return this.#last
  }

  event(committedAt: number): string {
    this.#last = Math.max(this.#last, LogClock.at(committedAt))
    return String(this.#last)
  }

  /** For records that are read from now on beside the stream: newer than all before, older than every later event. */
  besides(): string {
    this.#last += 1
    return String(this.#last - 1)
  }
}
