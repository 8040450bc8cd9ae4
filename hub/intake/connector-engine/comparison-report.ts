import type { JsonObject } from '../../contracts/json.ts'
import { Fingerprint } from './fingerprint.ts'
import { hubDigest, type Sides, systemDigest, type Verdict } from './suspects.ts'

const EXAMPLES_MAX = 100

/** What a comparison of a system with the hub has found so far. */
export class ComparisonReport {
  readonly #system = new Fingerprint()
  readonly #hub = new Fingerprint()
  readonly #examples: { key: string; what: string }[] = []
  readonly counts = { missing: 0, differing: 0, extra: 0, parked: 0, changedMeanwhile: 0, repaired: 0 }
  /** Records read from the system. */
  read = 0

  /** A record on which both sides agree. */
  same(digest: string): void {
    this.#system.add(digest)
    this.#hub.add(digest)
  }

  /** A record as it was found on both sides at the last look. */
  both({ system, hub }: Sides): void {
    if (system?.kind === 'upsert') this.#system.add(systemDigest(system))
    if (hub !== undefined && !hub.deleted) this.#hub.add(hubDigest(hub))
  }

  /** A difference that was still there at the second look. */
  found(what: Exclude<Verdict, 'same'> | 'parked', key: string): void {
    this.counts[what]++
    if (this.#examples.length < EXAMPLES_MAX) this.#examples.push({ key, what })
  }

  /** Whether both sides have the very same records; those that live traffic moved while they were compared are left out. */
  get matches(): boolean {
    const { missing, differing, extra, parked } = this.counts
    return missing + differing + extra + parked === 0 && this.#system.hash === this.#hub.hash
  }

  toJson(): JsonObject {
    return {
      matches: this.matches,
      system: { count: this.#system.count, hash: this.#system.hash },
      hub: { count: this.#hub.count, hash: this.#hub.hash },
      ...this.counts,
      read: this.read,
      examples: this.#examples.map((example) => ({ ...example })),
    }
  }
}
