import { clusterRecords } from './cluster.ts'
import type { ClusterEdge, Decision } from './cluster.ts'
import type { ScoreContext } from './comparison.ts'
import type { IdentityFeatures } from './features.ts'
import { VALUE_KINDS } from './key-kinds.ts'
import type { ValueKind } from './key-kinds.ts'
import { matchKeys } from './keys.ts'
import type { MatchKey } from './keys.ts'
import type { MatchModel } from './model.ts'
import { scorePair } from './score.ts'

export interface IdentityRecord {
  /** The record's lane name; see ClusterMember. */
  id: string
  features: IdentityFeatures
}

export interface Resolution {
  /** Customers: lists of record ids, each sorted, sorted by their first. */
  clusters: string[][]
  /** Scored pairs within or above the review band, by ids; `a` before `b`. */
  edges: ClusterEdge[]
  /** How many pairs were scored, and how many keys were over their cap. */
  pairsScored: number
  keysOverCap: number
}

/**
 * Resolves a whole set of records at once, with the same functions and in the same way as the change pipeline does bit
 * by bit: keys, candidates up to the cap, scores, edges, components, clusters. For tests, training and previews; it
 * holds everything in memory (about 3 KB a record).
 */
export function resolveInMemory(
  records: readonly IdentityRecord[],
  model: MatchModel,
  options: { decisions?: readonly Decision[]; context?: Pick<ScoreContext, 'frequencyOf' | 'aloneOf'> } = {},
): Resolution {
  const decisions = options.decisions ?? []
  const keys = records.map((record) => matchKeys(record.features))
  const blocks = blocksOf(keys)
  const context: ScoreContext = {
    isGeneric: (kind, text) => (blocks.get(blockName(kind, text))?.length ?? 0) > model.blocking.genericAbove[kind],
    ...options.context,
  }
  const resolution: Resolution = { clusters: [], edges: [], pairsScored: 0, keysOverCap: 0 }
  for (const [one, other] of candidatePairs(blocks, keys, model, resolution))
    scoreInto(resolution, records, one, other, model, context)
  const components = componentsOf(records, resolution.edges, decisions, model)
  const edgesOf = groupByComponent(resolution.edges, components)
  const decisionsOf = groupByComponent(decisions, components)
  for (const component of membersOf(records, components)) {
    const name = components.get(component[0]?.id ?? '') ?? ''
    const found = resolveComponent(component, edgesOf.get(name) ?? [], decisionsOf.get(name) ?? [], model, context)
    resolution.clusters.push(...found)
  }
  resolution.clusters.sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1))
  return resolution
}

/**
 * The customers of one component: records that join edges (weight of at least joinThreshold) and must-join decisions
 * connect. Up to the model's fullPairsMax records every pair is scored here, from the features, and `edges` are not
 * needed; beyond, `edges` must hold every pair that shares a key and reaches the review band's lower end.
 */
export function resolveComponent(
  records: readonly IdentityRecord[],
  edges: readonly ClusterEdge[],
  decisions: readonly Decision[],
  model: MatchModel,
  context: ScoreContext = {},
): string[][] {
  if (records.length < 2) return records.map((record) => [record.id])
  if (records.length > model.clustering.fullPairsMax) return clusterRecords(records, edges, decisions, model)
  const all: ClusterEdge[] = []
  records.forEach((one, at) => {
    for (const other of records.slice(at + 1)) {
      const { weight, amongOthers } = scorePair(one.features, other.features, model, context)
      all.push({ a: one.id, b: other.id, weight, amongOthers })
    }
  })
  return clusterRecords(records, all, decisions, model)
}

function blockName(kind: string, text: string): string {
  return `${kind}|${text}`
}

function blocksOf(keys: readonly MatchKey[][]): Map<string, number[]> {
  const blocks = new Map<string, number[]>()
  keys.forEach((own, record) => {
    for (const key of own) {
      const name = blockName(key.kind, key.text)
      const block = blocks.get(name)
      if (block === undefined) blocks.set(name, [record])
      else block.push(record)
    }
  })
  return blocks
}

/** Each pair that shares a key once, from the record that comes first in the list. */
function* candidatePairs(
  blocks: ReadonlyMap<string, number[]>,
  keys: readonly MatchKey[][],
  model: MatchModel,
  resolution: Resolution,
): Generator<[number, number]> {
  for (const [name, block] of blocks) {
    if (
      block.length > model.blocking.blockMax[name.slice(0, name.indexOf('|')) as keyof typeof model.blocking.blockMax]
    )
      resolution.keysOverCap++
  }
  const seen = new Int32Array(keys.length).fill(-1)
  for (let record = 0; record < keys.length; record++) {
    for (const key of keys[record] ?? []) {
      const block = blocks.get(blockName(key.kind, key.text)) ?? []
      if (block.length > model.blocking.blockMax[key.kind]) continue
      for (const other of block) {
        if (other <= record || seen[other] === record) continue
        seen[other] = record
        yield [record, other]
      }
    }
  }
}

function scoreInto(
  resolution: Resolution,
  records: readonly IdentityRecord[],
  one: number,
  other: number,
  model: MatchModel,
  context: ScoreContext,
): void {
  const left = records[one]
  const right = records[other]
  if (left === undefined || right === undefined) return
  resolution.pairsScored++
  const { weight, amongOthers } = scorePair(left.features, right.features, model, context)
  if (weight < model.reviewBand.from) return
  const [a, b] = left.id < right.id ? [left.id, right.id] : [right.id, left.id]
  resolution.edges.push({ a, b, weight, amongOthers })
}

/** The name of its component for every record id: union-find over join edges and must-joins. */
function componentsOf(
  records: readonly IdentityRecord[],
  edges: readonly ClusterEdge[],
  decisions: readonly Decision[],
  model: MatchModel,
): Map<string, string> {
  const parent = new Map(records.map(({ id }) => [id, id]))
  const find = (id: string): string => {
    let root = id
    for (let up = parent.get(root); up !== undefined && up !== root; up = parent.get(root)) root = up
    for (let at = id; at !== root;) {
      const next = parent.get(at) ?? root
      parent.set(at, root)
      at = next
    }
    return root
  }
  const join = (a: string, b: string): void => {
    if (parent.has(a) && parent.has(b)) parent.set(find(a), find(b))
  }
  for (const { a, b, weight } of edges) if (weight >= model.joinThreshold) join(a, b)
  for (const { a, b, kind } of decisions) if (kind === 'must-join') join(a, b)
  return new Map(records.map(({ id }) => [id, find(id)]))
}

function membersOf(records: readonly IdentityRecord[], components: ReadonlyMap<string, string>): IdentityRecord[][] {
  const groups = new Map<string, IdentityRecord[]>()
  for (const record of records) {
    const name = components.get(record.id) ?? record.id
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [record])
    else group.push(record)
  }
  return [...groups.values()]
}

/** What lies within one component; what reaches across two cannot matter to either. */
function groupByComponent<T extends { a: string; b: string }>(
  items: readonly T[],
  components: ReadonlyMap<string, string>,
): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const name = components.get(item.a)
    if (name === undefined || name !== components.get(item.b)) continue
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [item])
    else group.push(item)
  }
  return groups
}

/** The values of a record that can turn out generic: the keys whose holders must be counted before it is scored. */
export function genericCandidates(features: IdentityFeatures): { kind: ValueKind; text: string }[] {
  return matchKeys(features).filter((key): key is MatchKey & { kind: ValueKind } =>
    (VALUE_KINDS as readonly string[]).includes(key.kind),
  )
}
