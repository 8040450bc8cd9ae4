import type { CrowdTest, MatchKeyView, MatchView } from './matcher.ts'

/** A record whose matches are looked at in this batch. */
export interface Rematched {
  no: number
  /** Null: it belongs to no customer any more. */
  view: MatchView | null
  /** The keys under which the store still has it. */
  oldKeys: readonly MatchKeyView[]
}

export interface Candidates {
  /** Each pair once, smaller number first. */
  pairs: { a: number; b: number }[]
  /** Values that too many records hold to be evidence: see crowdTest. */
  crowded: Set<string>
  /** Records outside the batch for which a key or a value became common, or stopped being so. */
  recheck: number[]
}

/** Which keys to ask the store for, and how many holders of each are worth knowing. */
export function keysToLookUp(records: readonly Rematched[]): { hash: number; limit: number }[] {
  const limits = new Map<number, number>()
  for (const { view, oldKeys } of records) {
    for (const key of view?.keys ?? []) {
      if (!limits.has(key.hash)) limits.set(key.hash, largest(key))
    }
    // The store still counts these records under their old keys: one more is asked for, for each.
    for (const key of oldKeys) limits.set(key.hash, (limits.get(key.hash) ?? largest(key)) + 1)
  }
  return [...limits].map(([hash, limit]) => ({ hash, limit }))
}

function largest(key: MatchKeyView): number {
  return Math.max(key.blockMax, key.crowdAbove ?? 0)
}

/**
 * Pairs up the records of a batch with whoever shares a key with them, in the batch or in the store. A key that too
 * many hold yields no pairs, and a value that too many hold is marked as crowded: both are decided by how many hold it
 * once the batch is applied, so that the order of arrival does not matter.
 *
 * `stored`: holders by key hash as the store has them, this batch's own records included.
 */
export function findCandidates(
  records: readonly Rematched[],
  stored: ReadonlyMap<number, readonly number[]>,
): Candidates {
  const batch = new Set(records.map((record) => record.no))
  const keys = new Map<number, { key: MatchKeyView; inBatch: number[] }>()
  for (const { no, view, oldKeys } of records) {
    for (const key of oldKeys) if (!keys.has(key.hash)) keys.set(key.hash, { key, inBatch: [] })
    for (const key of view?.keys ?? []) {
      const known = keys.get(key.hash)
      if (known === undefined) keys.set(key.hash, { key, inBatch: [no] })
      else known.inBatch.push(no)
    }
  }
  const pairs = new Map<string, { a: number; b: number }>()
  const crowded = new Set<string>()
  const recheck = new Set<number>()
  for (const [hash, { key, inBatch }] of keys) {
    const holders = stored.get(hash) ?? []
    const others = holders.filter((no) => !batch.has(no))
    const count = others.length + inBatch.length
    if (key.crowdAbove !== null && count > key.crowdAbove) crowded.add(crowdName(key.kind, key.text))
    if (crosses(key.blockMax, holders.length, count) || crosses(key.crowdAbove, holders.length, count)) {
      for (const no of others) recheck.add(no)
    }
    if (count <= key.blockMax) addPairs(pairs, inBatch, others)
  }
  return {
    pairs: [...pairs.values()],
    crowded,
    recheck: [...recheck],
  }
}

function crosses(limit: number | null, before: number, after: number): boolean {
  return limit !== null && before > limit !== after > limit
}

function addPairs(
  pairs: Map<string, { a: number; b: number }>,
  inBatch: readonly number[],
  others: readonly number[],
): void {
  inBatch.forEach((no, i) => {
    for (const other of [...others, ...inBatch.slice(i + 1)]) {
      if (other === no) continue
      const pair = no < other ? { a: no, b: other } : { a: other, b: no }
      pairs.set(pairName(pair), pair)
    }
  })
}

export function pairName({ a, b }: { a: number; b: number }): string {
  return `${a} ${b}`
}

export function crowdName(kind: string, text: string): string {
  return `${kind}\n${text}`
}

export function crowdTest(crowded: ReadonlySet<string>): CrowdTest {
  return (kind, text) => crowded.has(crowdName(kind, text))
}
