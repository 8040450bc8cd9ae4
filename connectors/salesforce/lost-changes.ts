import type { SoqlSource } from './source.ts'
import { type ChannelPlace, KNOWN_IDS_MAX, type KnownState } from './stream-place.ts'

const SUSPECTS_MAX = 1000
const WAIT_MS = 5000

/** What there is to know before the first event: which changes are the newest. */
export async function baseline(source: SoqlSource): Promise<KnownState> {
  if ((await source.info()).watermark === undefined) return { stamp: '', ids: [] }
  const newest = await source.newest(KNOWN_IDS_MAX)
  const stamp = newest[0]?.stamp ?? new Date(0).toISOString()
  const ids = newest.filter((each) => each.stamp === stamp).map(({ id }) => id)
  return { stamp, ids, ...(ids.length === KNOWN_IDS_MAX ? { isFull: true } : {}) }
}

/**
 * Finds out whether a replay was complete. A replay id that has expired is not always refused: the stream may just go on with
 * new events. So, after each new connection, the records that have changed since the last event known are looked up: each must
 * get an event. One that has none some seconds after the last event came was lost with others.
 */
export class LostChanges {
  /** By channel: Id and the second of its change, ms. */
  readonly #suspects = new Map<string, Map<string, number>>()
  readonly #now: () => number
  #quietSince: number

  constructor(now: () => number) {
    this.#now = now
    this.#quietSince = now()
  }

  async suspect(channel: string, place: ChannelPlace, source: SoqlSource): Promise<void> {
    const { stamp, ids, isFull } = place.known
    if (stamp === '') return
    const changed = await source.changedSince(stamp, SUSPECTS_MAX)
    const suspects = changed.filter((each) => each.stamp !== stamp || (isFull !== true && !ids.includes(each.id)))
    this.#suspects.delete(channel)
    if (suspects.length === 0) return
    this.#suspects.set(channel, new Map(suspects.map((each) => [each.id, Date.parse(each.stamp)])))
    this.#quietSince = this.#now()
  }

  /** An event has come for these records. */
  clear(channel: string, ids: readonly string[], committedAt: number): void {
    this.#quietSince = this.#now()
    const suspects = this.#suspects.get(channel)
    for (const id of ids) if (committedAt >= (suspects?.get(id) ?? Infinity)) suspects?.delete(id)
    if (suspects?.size === 0) this.#suspects.delete(channel)
  }

  /** How long to wait for an event at most before asking `lost`; undefined where nothing is suspected. */
  get waitMs(): number | undefined {
    return this.#suspects.size === 0 ? undefined : Math.max(0, this.#quietSince + WAIT_MS - this.#now())
  }

  /** Told once: the channels of which changes were lost. */
  lost(): string[] {
    if (this.waitMs !== 0) return []
    const channels = [...this.#suspects.keys()]
    this.#suspects.clear()
    return channels
  }
}
