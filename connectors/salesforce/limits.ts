import { throttledError } from '../shared/errors.ts'

export type CallKind = 'live' | 'snapshot'

const STALE_MS = 10 * 60 * 1000

/**
 * How much of the day's API calls is left, as each answer says it, and who may still call. What was said more than ten
 * minutes ago says nothing: then one call may find out.
 */
export class CallLimits {
  readonly #floors: Record<CallKind, number>
  readonly #now: () => number
  #known: { leftPercent: number; at: number } | undefined

  /** @param floors percent that must be left, for each kind of call */
  constructor(floors: Record<CallKind, number>, now: () => number) {
    this.#floors = floors
    this.#now = now
  }

  note(headers: Headers): void {
    const [, used, limit] = /api-usage=(\d+)\/(\d+)/.exec(headers.get('sforce-limit-info') ?? '') ?? []
    if (used === undefined || !(Number(limit) > 0)) return
    this.#known = { leftPercent: 100 * (1 - Number(used) / Number(limit)), at: this.#now() }
  }

  /** Throws `connector.throttled` where the calls that are left are not for this kind. */
  admit(kind: CallKind): void {
    if (this.#known === undefined || this.#now() - this.#known.at > STALE_MS) return
    const floor = this.#floors[kind]
    if (this.#known.leftPercent >= floor) return
    const left = Math.max(0, Math.floor(this.#known.leftPercent))
    throw throttledError(`Only ${left} % of the day's API calls are left; ${kind} calls wait below ${floor} %.`, {
      retryAfterMs: STALE_MS,
      fix: "Wait, raise the organization's limit, or lower snapshotFloorPercent and floorPercent.",
    })
  }
}
