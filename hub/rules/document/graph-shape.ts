/** What must hold for a graph as a whole: one input, no way round in a circle, nothing that no way leads to. */
import type { GraphNode, RuleGraph } from './graph.ts'
import { quoted } from './problems.ts'
import type { Report } from './problems.ts'

export function checkShape(graph: RuleGraph, report: Report): boolean {
  const inputs = graph.nodes.filter(({ kind }) => kind === 'input')
  if (inputs.length !== 1) {
    report('/nodes', {
      code: 'rule.graph.invalid',
      message: `The graph has ${inputs.length} input nodes; it needs exactly one.`,
    })
    return false
  }
  const wrong = graph.edges.findIndex(
    ({ from, to }) => graph.nodes[to]?.kind === 'input' || graph.nodes[from]?.kind === 'output',
  )
  if (wrong >= 0) {
    const message = 'No edge may lead into the input node or out of an output node.'
    report(`/edges/${wrong}`, { code: 'rule.edge.invalid', message })
    return false
  }
  const cyclic = nodeInCircle(graph)
  if (cyclic !== undefined) {
    const message = `The node ${quoted(cyclic.name)} depends on its own output.`
    report(cyclic.pointer, { code: 'rule.graph.cyclic', message, fix: 'Remove an edge of the circle.' })
    return false
  }
  const unreached = unreachedNode(graph)
  if (unreached !== undefined) {
    const message = `No edge leads from the input to the node ${quoted(unreached.name)}.`
    report(unreached.pointer, { code: 'rule.node.unreached', message, fix: 'Join it, or remove it.' })
    return false
  }
  return true
}

/** Takes away what depends on nothing that is left (Kahn, 1962); what stays is in a circle or behind one. */
function nodeInCircle({ nodes, edges }: RuleGraph): GraphNode | undefined {
  const waiting = nodes.map((_, at) => edges.filter(({ to }) => to === at).length)
  const free = nodes.map((_, at) => at).filter((at) => waiting[at] === 0)
  const done = new Set<number>()
  for (let at = free.pop(); at !== undefined; at = free.pop()) {
    done.add(at)
    for (const { from, to } of edges) {
      if (from !== at) continue
      waiting[to] = (waiting[to] ?? 0) - 1
      if (waiting[to] === 0) free.push(to)
    }
  }
  return nodes.find((_, at) => !done.has(at))
}

function unreachedNode({ nodes, edges }: RuleGraph): GraphNode | undefined {
  const reached = new Set([nodes.findIndex(({ kind }) => kind === 'input')])
  for (const at of reached) for (const { from, to } of edges) if (from === at) reached.add(to)
  return nodes.find((_, at) => !reached.has(at))
}
