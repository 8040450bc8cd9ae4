/** Who is who: each customer record of each system, with the person or organization that it really is. */
export interface TruthEntry {
  system: string
  entity: string
  key: string
  /** Person.id or Organization.id */
  customer: string
}

export interface PairScores {
  /** Pairs of records that truly belong together, pairs that were put together, and how many of the latter are right. */
  truePairs: number
  foundPairs: number
  rightPairs: number
  precision: number
  recall: number
  f1: number
}

/** The name under which `pairScores` looks a record up: system, entity and key, each percent-encoded, joined by `/`. */
export function recordName(record: { system: string; entity: string; key: string }): string {
  return [record.system, record.entity, record.key].map(encodeURIComponent).join('/')
}

/**
 * Pairwise precision, recall and F1 of what a matcher found, over the records of `truth`.
 * `clusterOf` answers with the cluster of a record, by recordName; undefined: the record stands alone.
 */
export function pairScores(truth: readonly TruthEntry[], clusterOf: (name: string) => string | undefined): PairScores {
  const real = new Map<string, number>()
  const found = new Map<string, number>()
  const both = new Map<string, number>()
  for (const entry of truth) {
    const name = recordName(entry)
    const cluster = clusterOf(name) ?? `alone ${name}`
    add(real, entry.customer)
    add(found, cluster)
    add(both, `${entry.customer}|${cluster}`)
  }
  const [truePairs, foundPairs, rightPairs] = [pairsIn(real), pairsIn(found), pairsIn(both)]
  const precision = foundPairs === 0 ? 1 : rightPairs / foundPairs
  const recall = truePairs === 0 ? 1 : rightPairs / truePairs
  const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall)
  return { truePairs, foundPairs, rightPairs, precision, recall, f1 }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

function pairsIn(counts: ReadonlyMap<string, number>): number {
  let pairs = 0
  for (const count of counts.values()) pairs += (count * (count - 1)) / 2
  return pairs
}
