import type { MatchModel } from './model.ts'

export interface ClusterMember {
  /** A name that the record has whatever the order of arrival (its lane's name): ties are broken by it, as text. */
  id: string
}

/** The score of two records of the component, as scorePair gives it. */
export interface ClusterEdge {
  a: string
  b: string
  weight: number
  amongOthers: number
}

export interface Decision {
  a: string
  b: string
  kind: 'must-join' | 'must-not-join'
  /** When it was taken, as text that sorts by time (ISO 8601); a later one on the same two records replaces an earlier one. */
  at?: string
}

/**
 * Splits one component into customers: lists of ids, each sorted, sorted by their first. A function of the sets handed
 * in: the order of members, edges and decisions makes no difference.
 *
 * Groups grow by average linkage: the two groups with the highest average weight over all pairs between them become one,
 * until none reaches the model's joinThreshold. A record in the middle of a chain therefore joins nobody whom the rest
 * of its group contradicts. Two records that stand alone weigh `weight`; as soon as a group has more than one record,
 * `amongOthers` counts, because then being in another system says nothing more. Pairs without an edge count as `unscored`.
 *
 * Decisions: of several on the same two records the latest counts (without times must-not-join). must-not-join is always
 * kept. must-join comes before every score; where it would bring two records together that must not be, directly or by
 * way of others, the later of the must-joins wins and the one that contradicts gives way (equal times: by ids).
 */
export function clusterRecords(
  members: readonly ClusterMember[],
  edges: readonly ClusterEdge[],
  decisions: readonly Decision[],
  model: MatchModel,
): string[][] {
  const ids = [...new Set(members.map((member) => member.id))].sort(byText)
  const numbers = new Map(ids.map((id, at) => [id, at]))
  const groups = new Groups(ids.length)
  applyDecisions(groups, numbers, decisions)
  const linkage = new Linkage(groups, model)
  for (const { a, b, weight, amongOthers } of edges) {
    const left = numbers.get(a)
    const right = numbers.get(b)
    if (left !== undefined && right !== undefined && left !== right) linkage.add(left, right, weight, amongOthers)
  }
  linkage.agglomerate()
  return groups.lists().map((list) => list.map((at) => ids[at] ?? ''))
}

/** Code units, not a locale's order: the same on every machine. */
function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Records in groups; a group is named by its lowest record, so that its name does not tell how it grew. */
class Groups {
  readonly #group: number[]
  readonly #members: number[][]
  /** Groups that must not become one. */
  readonly #apart: Set<number>[]

  constructor(size: number) {
    this.#group = Array.from({ length: size }, (_, at) => at)
    this.#members = this.#group.map((at) => [at])
    this.#apart = this.#group.map(() => new Set())
  }

  of(record: number): number {
    return this.#group[record] ?? record
  }

  size(group: number): number {
    return this.#members[group]?.length ?? 0
  }

  names(): number[] {
    return this.#members.flatMap((list, at) => (list.length > 0 ? [at] : []))
  }

  forbid(a: number, b: number): void {
    this.#apart[a]?.add(b)
    this.#apart[b]?.add(a)
  }

  mayJoin(a: number, b: number): boolean {
    return this.#apart[a]?.has(b) !== true
  }

  join(a: number, b: number): void {
    const [keep, drop] = a < b ? [a, b] : [b, a]
    const moved = this.#members[drop] ?? []
    for (const record of moved) this.#group[record] = keep
    this.#members[keep]?.push(...moved)
    this.#members[drop] = []
    for (const other of this.#apart[drop] ?? []) {
      this.#apart[other]?.delete(drop)
      this.forbid(keep, other)
    }
    this.#apart[drop]?.clear()
  }

  lists(): number[][] {
    return this.#members.filter((list) => list.length > 0).map((list) => [...list].sort((a, b) => a - b))
  }
}

function applyDecisions(groups: Groups, numbers: ReadonlyMap<string, number>, decisions: readonly Decision[]): void {
  const latest = new Map<string, Decision & { left: number; right: number }>()
  for (const decision of decisions) {
    const one = numbers.get(decision.a)
    const other = numbers.get(decision.b)
    if (one === undefined || other === undefined || one === other) continue
    const [left, right] = one < other ? [one, other] : [other, one]
    const pair = `${left},${right}`
    const earlier = latest.get(pair)
    const order = earlier === undefined ? 1 : byText(decision.at ?? '', earlier.at ?? '')
    if (order > 0 || (order === 0 && decision.kind === 'must-not-join')) latest.set(pair, { ...decision, left, right })
  }
  const all = [...latest.values()]
  for (const { kind, left, right } of all) if (kind === 'must-not-join') groups.forbid(left, right)
  const joins = all
    .filter(({ kind }) => kind === 'must-join')
    .sort((x, y) => byText(y.at ?? '', x.at ?? '') || x.left - y.left || x.right - y.right)
  for (const { left, right } of joins) {
    const one = groups.of(left)
    const other = groups.of(right)
    if (one !== other && groups.mayJoin(one, other)) groups.join(one, other)
  }
}

/** What is known between two groups. */
interface Link {
  /** Sum and number of the scored pairs' amongOthers. */
  sum: number
  scored: number
  /** Weight of the only pair, for two single records. */
  alone: number
}

class Linkage {
  readonly #groups: Groups
  readonly #model: MatchModel
  readonly #links = new Map<number, Map<number, Link>>()
  readonly #pairs = new Map<string, { left: number; right: number; weight: number; amongOthers: number }>()

  constructor(groups: Groups, model: MatchModel) {
    this.#groups = groups
    this.#model = model
  }

  /** The same two records twice: the higher weight counts, whichever came first. */
  add(one: number, other: number, weight: number, amongOthers: number): void {
    const [left, right] = one < other ? [one, other] : [other, one]
    const name = `${left},${right}`
    const known = this.#pairs.get(name)
    if (known !== undefined && (known.weight > weight || (known.weight === weight && known.amongOthers >= amongOthers)))
      return
    this.#pairs.set(name, { left, right, weight, amongOthers })
  }

  agglomerate(): void {
    this.#link()
    const best = new Map<number, Candidate>()
    for (const group of this.#groups.names()) this.#refresh(group, best)
    for (;;) {
      const next = highest(best.values())
      if (next === undefined || next.weight < this.#model.joinThreshold) return
      this.#join(next.a, next.b, best)
    }
  }

  #link(): void {
    const max = this.#model.clustering.weightMax
    const clamp = (weight: number): number => Math.max(-max, Math.min(max, weight))
    // Sums of floating-point numbers depend on their order: it is that of the ids.
    const sorted = [...this.#pairs.values()].sort((x, y) => x.left - y.left || x.right - y.right)
    for (const { left, right, weight, amongOthers } of sorted) {
      const a = this.#groups.of(left)
      const b = this.#groups.of(right)
      if (a === b) continue
      const known = this.#links.get(a)?.get(b)
      const link = { sum: (known?.sum ?? 0) + clamp(amongOthers), scored: (known?.scored ?? 0) + 1, alone: weight }
      this.#put(a, b, link)
    }
  }

  #put(a: number, b: number, link: Link): void {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const row = this.#links.get(from)
      if (row === undefined) this.#links.set(from, new Map([[to, link]]))
      else row.set(to, link)
    }
  }

  #weight(a: number, b: number, link: Link): number {
    if (!this.#groups.mayJoin(a, b)) return -Infinity
    const pairs = this.#groups.size(a) * this.#groups.size(b)
    if (pairs === 1) return link.alone
    return (link.sum + (pairs - link.scored) * this.#model.clustering.unscored) / pairs
  }

  /** Finds a group's best partner anew. */
  #refresh(group: number, best: Map<number, Candidate>): void {
    best.delete(group)
    const candidates: Candidate[] = []
    for (const [other, link] of this.#links.get(group) ?? []) {
      candidates.push({
        weight: this.#weight(group, other, link),
        a: Math.min(group, other),
        b: Math.max(group, other),
      })
    }
    const first = highest(candidates)
    if (first !== undefined) best.set(group, first)
  }

  #join(a: number, b: number, best: Map<number, Candidate>): void {
    const rowB = this.#links.get(b) ?? new Map<number, Link>()
    this.#groups.join(a, b)
    this.#links.delete(b)
    best.delete(b)
    this.#links.get(a)?.delete(b)
    for (const [other, link] of rowB) {
      if (other === a) continue
      this.#links.get(other)?.delete(b)
      const known = this.#links.get(a)?.get(other)
      this.#put(a, other, {
        sum: link.sum + (known?.sum ?? 0),
        scored: link.scored + (known?.scored ?? 0),
        alone: -Infinity,
      })
    }
    // Whoever looked to one of the two must look again, and so must all neighbours: their weights to the group changed.
    this.#refresh(a, best)
    for (const other of this.#links.get(a)?.keys() ?? []) this.#refresh(other, best)
  }
}

interface Candidate {
  weight: number
  a: number
  b: number
}

function highest(candidates: Iterable<Candidate>): Candidate | undefined {
  let first: Candidate | undefined
  for (const candidate of candidates) {
    if (first === undefined || comesBefore(candidate, first)) first = candidate
  }
  return first
}

function comesBefore(x: Candidate, y: Candidate): boolean {
  if (x.weight !== y.weight) return x.weight > y.weight
  return x.a !== y.a ? x.a < y.a : x.b < y.b
}
