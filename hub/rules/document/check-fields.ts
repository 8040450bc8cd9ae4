/**
 * Looks whether what a graph reads can be there: a field that neither the input's schema nor a node before it gives is
 * a misspelt name, or a node that should pass its input on. The engine would say null, and the wrong row would decide.
 */
import type { ZenExpression } from '../../contracts/expression/zen-expression.ts'
import type { Rule } from '../rule.ts'
import type { RuleSet } from '../rule-set.ts'
import { CLOCK_NAMES } from './clock-names.ts'
import type { GraphNode } from './graph.ts'
import { nearest, quoted } from './problems.ts'
import type { RuleProblem } from './problems.ts'

/** Names of members; undefined: any may be there. */
type Known = ReadonlySet<string> | undefined

export function fieldProblems(rule: Rule, rules: RuleSet): (RuleProblem & { pointer: string })[] {
  const { nodes, edges } = rule.graph
  const given = new Map<number, Known>()
  const incoming = (at: number): Known => union(edges.filter(({ to }) => to === at).map(({ from }) => outputOf(from)))
  const outputOf = (at: number): Known => {
    if (!given.has(at))
      given.set(
        at,
        membersGiven(nodes[at] as GraphNode, rule, rules, () => incoming(at)),
      )
    return given.get(at)
  }
  return nodes.flatMap((node, at) => {
    const known = incoming(at)
    if (known === undefined) return []
    return missing(node, known).map(({ name, text }) => {
      const near = nearest(name, [...known])
      return {
        pointer: node.pointer,
        code: 'rule.field.unknown',
        message: `The node ${quoted(node.name)} reads ${quoted(name)} in ${quoted(text)}, which nothing before it gives.`,
        fix: `${near === undefined ? '' : `Did you mean ${near}? `}Describe it in the input schema, or let the node before pass its input through.`,
      }
    })
  })
}

function union(all: readonly Known[]): Known {
  const names = new Set<string>()
  for (const one of all) {
    if (one === undefined) return undefined
    for (const name of one) names.add(name)
  }
  return names
}

function membersGiven(node: GraphNode, rule: Rule, rules: RuleSet, incoming: () => Known): Known {
  if (node.kind === 'input') {
    const { members } = rule.envelope.input
    return members && union([members, new Set(rule.envelope.timeZone === undefined ? [] : CLOCK_NAMES)])
  }
  if (node.kind === 'output' || node.kind === 'switch') return incoming()
  const { outputPath, passThrough } = node.transform
  const own = outputPath === undefined ? ownMembers(node, rules) : new Set(outputPath.slice(0, 1))
  return passThrough ? union([own, incoming()]) : own
}

function ownMembers(node: Extract<GraphNode, { kind: 'table' | 'expressions' | 'call' }>, rules: RuleSet): Known {
  if (node.kind === 'table') return new Set(node.outputs.map(([name = '']) => name))
  if (node.kind === 'expressions') return new Set(node.expressions.map(({ path: [name = ''] }) => name))
  return union(rules.versions(node.rule).map(({ envelope }) => envelope.output.members))
}

function missing(node: GraphNode, known: ReadonlySet<string>): { name: string; text: string }[] {
  const found = new Map<string, { name: string; text: string }>()
  for (const { reads, text } of expressionsOf(node)) {
    for (const [root = ''] of reads) {
      const name = String(root)
      if (!name.startsWith('$') && !known.has(name)) found.set(name, { name, text })
    }
  }
  return [...found.values()]
}

/** With an input field of its own, what the rest of a node reads is not known here. */
function* expressionsOf(node: GraphNode): Iterable<ZenExpression> {
  if (node.kind === 'switch') for (const { condition } of node.statements) if (condition !== undefined) yield condition
  if (node.kind === 'input' || node.kind === 'output' || node.kind === 'switch') return
  if (node.transform.inputField !== undefined) {
    yield node.transform.inputField
    return
  }
  if (node.kind === 'expressions') for (const { value } of node.expressions) yield value
  if (node.kind !== 'table') return
  for (const { field } of node.columns) if (field !== undefined) yield field
  for (const row of node.rows) {
    for (const { expression } of row.tests) yield expression
    for (const { value } of row.results) yield value
  }
}
