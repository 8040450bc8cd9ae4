import { clusterRecords } from './cluster.ts'
import type { ClusterEdge, Decision } from './cluster.ts'
import type { ScoreContext } from './comparison.ts'
import type { IdentityFeatures } from './features.ts'
import { isValueKind } from './key-kinds.ts'
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
 * holds everything in memory (about 3 KB a record). Of records with one id the last counts.
 */
export function resolveInMemory(
  given: readonly IdentityRecord[],
  model: MatchModel,
  options: { decisions?: readonly Decision[]; context?: Pick<ScoreContext, 'frequencyOf' | 'aloneOf'> } = {},
): Resolution {
  const decisions = options.decisions ?? []
  const records = [...new Map(given.map((record) => [record.id, record])).values()]
  const { context, pairs, keysOverCap } = candidatesInMemory(records, model, options.context ?? {})
  const resolution: Resolution = { clusters: [], edges: [], pairsScored: pairs.length, keysOverCap }
  for (const [one, other] of pairs) scoreInto(resolution.edges, records[one], records[other], model, context)
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

/** The pairs of records (by place in the list) that share a key within its cap, each once; and what scoring them must know. */
export function candidatesInMemory(
  records: readonly IdentityRecord[],
  model: MatchModel,
  known: Pick<ScoreContext, 'frequencyOf' | 'aloneOf'>,
): { context: ScoreContext; pairs: [number, number][]; keysOverCap: number } {
  const keys = records.map((record) => matchKeys(record.features))
  const blocks = blocksOf(keys)
  const generic = genericValues(blocks, model)
  const context: ScoreContext = { ...known, isGeneric: (kind, text) => generic[kind].has(text) }
  const overCap = new Set<string>()
  const pairs: [number, number][] = []
  const seen = new Int32Array(keys.length).fill(-1)
  keys.forEach((own, record) => {
    for (const { kind, text } of own) {
      const name = blockName(kind, text)
      const block = blocks.get(name) ?? []
      if (block.length > model.blocking.blockMax[kind]) {
        overCap.add(name)
        continue
      }
      for (const other of block) {
        if (other <= record || seen[other] === record) continue
        seen[other] = record
        pairs.push([record, other])
      }
    }
  })
  return { context, pairs, keysOverCap: overCap.size }
}

/** Few values are generic: asking for them must not cost a look-up among all. */
function genericValues(blocks: ReadonlyMap<string, number[]>, model: MatchModel): Record<ValueKind, Set<string>> {
  const generic = {
    phone: new Set<string>(),
    email: new Set<string>(),
    identifier: new Set<string>(),
    address: new Set<string>(),
  }
  for (const [name, block] of blocks) {
    const kind = name.slice(0, name.indexOf('|'))
    if (!isValueKind(kind) || block.length <= model.blocking.genericAbove[kind]) continue
    generic[kind].add(name.slice(kind.length + 1))
  }
  return generic
}

function scoreInto(
  edges: ClusterEdge[],
  left: IdentityRecord | undefined,
  right: IdentityRecord | undefined,
  model: MatchModel,
  context: ScoreContext,
): void {
  if (left === undefined || right === undefined) return
  const { weight, amongOthers } = scorePair(left.features, right.features, model, context)
  if (weight < model.reviewBand.from) return
  const [a, b] = left.id < right.id ? [left.id, right.id] : [right.id, left.id]
  edges.push({ a, b, weight, amongOthers })
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
  return matchKeys(features).flatMap(({ kind, text }) => (isValueKind(kind) ? [{ kind, text }] : []))
}
