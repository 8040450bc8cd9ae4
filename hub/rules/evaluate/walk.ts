/**
 * The order in which a graph's nodes run, and what comes out at its end: as the engine does it (zen-engine,
 * decision_graph/walker.rs), to the order in which values are merged. A switch takes away the edges of the statements
 * that do not hold, and with them whatever nothing leads to or from any more; then the walk begins again.
 */
import type { Json, JsonObject } from '../../contracts/json.ts'
import type { GraphNode, RuleGraph } from '../document/graph.ts'
import { runNode, takenStatements } from './nodes.ts'
import type { Run } from './run.ts'
import { merge, mergedAlone } from './values.ts'

export interface WalkPlan {
  graph: RuleGraph
  input: number
  /** Edges that come in and go out of each node, the last first, as the engine's graph lists them. */
  incoming: readonly (readonly number[])[]
  outgoing: readonly (readonly number[])[]
  /** Without a switch the order is always the same; undefined: there is a switch. */
  order: readonly number[] | undefined
}

export function planWalk(graph: RuleGraph): WalkPlan {
  const edgesAt = (end: 'from' | 'to'): number[][] =>
    graph.nodes.map((_, node) => graph.edges.flatMap((edge, at) => (edge[end] === node ? [at] : [])).reverse())
  const plan: WalkPlan = {
    graph,
    input: graph.nodes.findIndex(({ kind }) => kind === 'input'),
    incoming: edgesAt('to'),
    outgoing: edgesAt('from'),
    order: undefined,
  }
  if (graph.nodes.some(({ kind }) => kind === 'switch')) return plan
  const order: number[] = []
  const walk = new Walk(plan)
  for (let node = walk.next(); node !== undefined; node = walk.next()) {
    order.push(node)
    // The first output node that is reached ends the walk.
    if (graph.nodes[node]?.kind === 'output') break
  }
  return { ...plan, order }
}

/** Runs the graph over an input and gives what comes out, which may share parts with the input. */
export function runGraph(plan: WalkPlan, input: JsonObject, run: Run): Json {
  const data = new Array<Json | undefined>(plan.graph.nodes.length)
  if (plan.order !== undefined) {
    for (const at of plan.order) execute(plan, at, data, input, run, undefined)
    return ending(plan, data, undefined)
  }
  const walk: Walk = new Walk(plan, (at) => {
    const node = plan.graph.nodes[at]
    if (node?.kind !== 'switch') return undefined
    return takenStatements(node, incomingOf(plan, at, data, walk), run)
  })
  for (let at = walk.next(); at !== undefined; at = walk.next()) {
    // After a switch the walk comes by again at nodes that have run.
    if (data[at] !== undefined) continue
    execute(plan, at, data, input, run, walk)
    if (plan.graph.nodes[at]?.kind === 'output') break
  }
  return ending(plan, data, walk)
}

function execute(
  plan: WalkPlan,
  at: number,
  data: (Json | undefined)[],
  input: JsonObject,
  run: Run,
  walk: Walk | undefined,
): void {
  const node = plan.graph.nodes[at] as GraphNode
  const output = node.kind === 'input' ? input : outputOf(node, incomingOf(plan, at, data, walk), run)
  data[at] = output
  run.nodes[node.name] = output
}

function outputOf(node: GraphNode, input: Json, run: Run): Json {
  return node.kind === 'table' || node.kind === 'expressions' || node.kind === 'call'
    ? runNode(node, input, run)
    : input
}

function incomingOf(plan: WalkPlan, at: number, data: readonly (Json | undefined)[], walk: Walk | undefined): Json {
  const edges = plan.incoming[at] ?? []
  const only = edges.length === 1 ? plan.graph.edges[edges[0] ?? 0] : undefined
  if (only !== undefined) {
    const value = data[only.from]
    return value === undefined ? {} : mergedAlone(value)
  }
  let merged: Json = {}
  for (const edge of edges) {
    if (walk?.hasEdge(edge) === false) continue
    const value = data[plan.graph.edges[edge]?.from ?? -1]
    if (value !== undefined) merged = merge(merged, value)
  }
  return merged
}

/** What the nodes gave that lead no further, merged in the order of the document. */
function ending(plan: WalkPlan, data: readonly (Json | undefined)[], walk: Walk | undefined): Json {
  let result: Json | undefined
  for (let at = 0; at < data.length; at++) {
    const value = data[at]
    if (value === undefined || leadsOn(plan, at, walk) || walk?.isVisited(at) === false) continue
    result = result === undefined ? mergedAlone(value) : merge(result, value)
  }
  return result ?? {}
}

function leadsOn(plan: WalkPlan, at: number, walk: Walk | undefined): boolean {
  const edges = plan.outgoing[at] ?? []
  return walk === undefined ? edges.length > 0 : edges.some((edge) => walk.hasEdge(edge))
}

class Walk {
  readonly #plan: WalkPlan
  readonly #decideSwitch: (node: number) => ReadonlySet<string> | undefined
  readonly #edges: boolean[]
  readonly #nodes: boolean[]
  readonly #decided = new Set<number>()
  #visited = new Set<number>()
  #waiting: number[]

  constructor(plan: WalkPlan, decideSwitch: (node: number) => ReadonlySet<string> | undefined = () => undefined) {
    this.#plan = plan
    this.#decideSwitch = decideSwitch
    this.#edges = plan.graph.edges.map(() => true)
    this.#nodes = plan.graph.nodes.map(() => true)
    this.#waiting = [plan.input]
  }

  hasEdge(edge: number): boolean {
    return this.#edges[edge] === true
  }

  isVisited(node: number): boolean {
    return this.#nodes[node] === true && this.#visited.has(node)
  }

  /** The next node whose inputs are all there; undefined: the walk is over. */
  next(): number | undefined {
    for (let node = this.#waiting.pop(); node !== undefined; node = this.#waiting.pop()) {
      if (this.#visited.has(node)) continue
      const unresolved = this.#neighbours(node, 'incoming').filter((from) => !this.#visited.has(from))
      if (unresolved.length > 0) {
        this.#waiting.push(node, ...unresolved)
        continue
      }
      this.#visited.add(node)
      if (this.#cut(node)) {
        this.#visited = new Set()
        this.#waiting = this.#nodes[this.#plan.input] === true ? [this.#plan.input] : []
        continue
      }
      this.#waiting.push(...this.#neighbours(node, 'outgoing'))
      return node
    }
    return undefined
  }

  #neighbours(node: number, direction: 'incoming' | 'outgoing'): number[] {
    const end = direction === 'incoming' ? 'from' : 'to'
    return this.#edgesOf(node, direction).map((edge) => this.#plan.graph.edges[edge]?.[end] ?? -1)
  }

  #edgesOf(node: number, direction: 'incoming' | 'outgoing'): number[] {
    return (this.#plan[direction][node] ?? []).filter((edge) => this.#edges[edge] === true)
  }

  /** Takes away the ways that a switch does not take; false: none, or the node is no switch that is new. */
  #cut(node: number): boolean {
    if (this.#decided.has(node)) return false
    const taken = this.#decideSwitch(node)
    if (taken === undefined) return false
    this.#decided.add(node)
    const gone = this.#edgesOf(node, 'outgoing').filter(
      (edge) => !taken.has(this.#plan.graph.edges[edge]?.handle ?? ''),
    )
    for (const edge of gone) this.#removeEdge(edge)
    return gone.length > 0
  }

  #removeEdge(edge: number): void {
    const ends = this.#plan.graph.edges[edge]
    if (ends === undefined || this.#edges[edge] !== true) return
    this.#edges[edge] = false
    for (const [node, near, far] of [
      [ends.to, 'incoming', 'outgoing'],
      [ends.from, 'outgoing', 'incoming'],
    ] as const) {
      if (this.#edgesOf(node, near).length > 0) continue
      for (const other of this.#edgesOf(node, far)) this.#removeEdge(other)
      if (this.#edgesOf(node, 'outgoing').length === 0) this.#nodes[node] = false
    }
  }
}
