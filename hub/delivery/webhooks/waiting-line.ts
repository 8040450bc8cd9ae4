import type { WaitingRow } from '../../store/webhook-queries.ts'

/** An event that waits, and whether an attempt is under way. */
export type Waiting = WaitingRow

/**
 * What one subscription waits for, in lanes: of each customer only the oldest event is tried, and the next when that one
 * has left. While the receiver fails, only events that were tried already are tried: each as its pauses say, one at a time,
 * so that a dead receiver costs a handful of attempts and not one for each event.
 *
 * Pure: times are handed in, in ms.
 */
export class WaitingLine {
  readonly #lanes = new Map<string, Waiting[]>()
  /** Lanes whose first event was never tried, oldest first. */
  readonly #fresh = new Set<string>()
  /** Lanes whose first event is to be tried again. */
  readonly #again = new Set<string>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Adds events, in their order. */
  add(rows: readonly Waiting[]): void {
    for (const row of rows) {
      const lane = this.#lanes.get(row.lane)
      this.#size++
      if (lane !== undefined) {
        lane.push(row)
        continue
      }
      this.#lanes.set(row.lane, [row])
      this.#offer(row)
    }
  }

  /** Takes the next event to try now, and holds its lane until it is put back or removed; undefined where none is due. */
  take(now: number, failing: boolean): Waiting | undefined {
    const due = this.#firstDue(now)
    const lane = due?.lane ?? (failing && this.#again.size > 0 ? undefined : first(this.#fresh))
    if (lane === undefined) return undefined
    this.#fresh.delete(lane)
    this.#again.delete(lane)
    return this.#lanes.get(lane)?.[0]
  }

  /** The attempt is over and the event stays: tried again when it is due, or as if it had not been tried. */
  putBack(row: Waiting): void {
    if (this.#lanes.get(row.lane)?.[0] === row) this.#offer(row)
  }

  /** The event has left; the next of its lane may go. */
  remove(row: Waiting): void {
    const lane = this.#lanes.get(row.lane)
    if (lane?.[0] !== row) return
    lane.shift()
    this.#size--
    const [next] = lane
    if (next === undefined) this.#lanes.delete(row.lane)
    else this.#offer(next)
  }

  /** When the next event is due, in ms; undefined where that is only known when an attempt ends. */
  nextDue(failing: boolean): number | undefined {
    if (this.#fresh.size > 0 && !(failing && this.#again.size > 0)) return 0
    let soonest: number | undefined
    for (const lane of this.#again) {
      const dueAt = this.#lanes.get(lane)?.[0]?.dueAt ?? Infinity
      if (soonest === undefined || dueAt < soonest) soonest = dueAt
    }
    return soonest
  }

  #offer(row: Waiting): void {
    if (row.attempts === 0) this.#fresh.add(row.lane)
    else this.#again.add(row.lane)
  }

  #firstDue(now: number): Waiting | undefined {
    let found: Waiting | undefined
    for (const lane of this.#again) {
      const row = this.#lanes.get(lane)?.[0]
      if (row !== undefined && row.dueAt <= now && row.dueAt < (found?.dueAt ?? Infinity)) found = row
    }
    return found
  }
}

function first(lanes: ReadonlySet<string>): string | undefined {
  for (const lane of lanes) return lane
  return undefined
}
