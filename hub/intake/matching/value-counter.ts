import type { FrequencyField } from '../../identity/comparison.ts'
import type { IdentityFeatures } from '../../identity/features.ts'
import { countValues, type ValueCounts } from '../../identity/snapshot.ts'

/** Different values of one field that are kept at most: some 50 MB for all fields. */
const VALUES_MAX = 500_000

/**
 * Counts values page by page in bounded memory (J. Misra and D. Gries, "Finding repeated elements", 1982): when a field
 * has more different values than fit, every count is lowered by one and those at zero are forgotten. A count is then too
 * low by at most records / valuesMax: two in a million records, while a snapshot keeps the most frequent 5,000 values.
 */
export class ValueCounter {
  readonly #valuesMax: number
  readonly #counts: Record<FrequencyField, Map<string, number>> = {
    given: new Map(),
    family: new Map(),
    name: new Map(),
    area: new Map(),
  }
  #records = 0

  constructor(valuesMax = VALUES_MAX) {
    this.#valuesMax = valuesMax
  }

  add(features: readonly IdentityFeatures[]): void {
    const { records, counts } = countValues(features)
    this.#records += records
    for (const [field, page] of Object.entries(counts) as [FrequencyField, ReadonlyMap<string, number>][]) {
      const kept = this.#counts[field]
      for (const [value, count] of page) kept.set(value, (kept.get(value) ?? 0) + count)
      while (kept.size > this.#valuesMax) lowerAll(kept)
    }
  }

  get counted(): { records: number; counts: ValueCounts } {
    return { records: this.#records, counts: this.#counts }
  }
}

function lowerAll(counts: Map<string, number>): void {
  for (const [value, count] of counts) {
    if (count > 1) counts.set(value, count - 1)
    else counts.delete(value)
  }
}
