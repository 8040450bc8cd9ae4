/** The JSON document of the Zen editor (JDM) to a checked graph. */
import type { Json, JsonObject } from '../../contracts/json.ts'
import { isJsonObject } from '../../contracts/json.ts'
import { LIMITS } from '../limits.ts'
import type { GraphEdge, GraphNode, RuleGraph } from './graph.ts'
import { checkShape } from './graph-shape.ts'
import { nearest, quoted, step } from './problems.ts'
import type { Report } from './problems.ts'
import { NodeReader } from './read-node.ts'
import { readTable } from './read-table.ts'

const KINDS: Record<string, (reader: NodeReader) => GraphNode | undefined> = {
  inputNode: (reader) => reader.input(),
  outputNode: (reader) => reader.output(),
  decisionTableNode: readTable,
  expressionNode: (reader) => reader.expressions(),
  switchNode: (reader) => reader.switch(),
  decisionNode: (reader) => reader.call(),
}

const REFUSED: Record<string, string> = {
  functionNode: 'A rule is a table that a person can read: write it as expressions, tables and calls of rules.',
  customNode: 'Use tables, expressions, switches and calls of rules.',
}

/** Reads and checks a graph; undefined: something was reported. */
export function readGraph(document: Json, report: Report): RuleGraph | undefined {
  if (!isJsonObject(document)) {
    return report('', { code: 'rule.graph.invalid', message: 'The document must be an object with nodes and edges.' })
  }
  const nodes = listOf(document, 'nodes', LIMITS.nodesMax, report)
  const edges = listOf(document, 'edges', LIMITS.edgesMax, report)
  if (nodes === undefined || edges === undefined) return undefined
  let isRight = true
  const budget = { cells: 0 }
  const read = nodes.map((node, at) => {
    const one = readNode(node, `/nodes/${at}`, report, budget)
    isRight &&= one !== undefined
    return one
  })
  if (!isRight) return undefined
  const known = read.filter((node) => node !== undefined)
  const places = placesOf(known, report)
  const joined = places === undefined ? undefined : readEdges(edges, known, places, report)
  if (joined === undefined) return undefined
  const graph: RuleGraph = { nodes: known, edges: joined }
  return checkShape(graph, report) ? graph : undefined
}

function listOf(document: JsonObject, name: string, most: number, report: Report): Json[] | undefined {
  const list = document[name]
  if (!Array.isArray(list)) {
    const message = `The document has no list of ${name}.`
    return report(`/${name}`, {
      code: 'rule.graph.invalid',
      message,
      fix: 'Save it with the Zen editor as JSON (JDM).',
    })
  }
  if (list.length > most) {
    const message = `The document has ${list.length} ${name}; ${most} are allowed.`
    return report(`/${name}`, { code: 'rule.graph.too-large', message, fix: 'Make parts of it rules of their own.' })
  }
  return list
}

function readNode(node: Json, pointer: string, report: Report, budget: { cells: number }): GraphNode | undefined {
  if (!isJsonObject(node) || typeof node['id'] !== 'string' || typeof node['name'] !== 'string') {
    return report(pointer, {
      code: 'rule.node.invalid',
      message: 'A node is an object with the texts id, name and type.',
    })
  }
  const type = String(node['type'])
  const name = node['name'] === '' ? node['id'] : node['name']
  const refused = Object.hasOwn(REFUSED, type) ? REFUSED[type] : undefined
  if (refused !== undefined) {
    const message = `The node ${quoted(name)} is a ${type}; rules run no code from documents.`
    return report(`${pointer}/type`, { code: 'rule.node.refused', message, fix: refused })
  }
  const read = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined
  if (read === undefined) {
    const near = nearest(type, Object.keys(KINDS))
    return report(`${pointer}/type`, {
      code: 'rule.node.unknown',
      message: `The node ${quoted(name)} has the unknown type ${quoted(type)}.`,
      fix: `${near === undefined ? '' : `Did you mean ${near}? `}There are ${Object.keys(KINDS).join(', ')}.`,
    })
  }
  return read(new NodeReader({ id: node['id'], name, pointer, content: node['content'], report, budget }))
}

/** Node id -> place. Names must differ too: traces, cases and `$nodes` go by them. */
function placesOf(nodes: readonly GraphNode[], report: Report): Map<string, number> | undefined {
  const places = new Map<string, number>()
  const names = new Set<string>()
  for (const [at, node] of nodes.entries()) {
    const twice = places.has(node.id) ? 'id' : names.has(node.name) ? 'name' : undefined
    if (twice !== undefined) {
      const message = `Two nodes have the ${twice} ${quoted(node[twice])}.`
      return report(`${node.pointer}/${twice}`, {
        code: 'rule.node.invalid',
        message,
        fix: 'Give one of them another.',
      })
    }
    places.set(node.id, at)
    names.add(node.name)
  }
  return places
}

function readEdges(
  edges: readonly Json[],
  nodes: readonly GraphNode[],
  places: ReadonlyMap<string, number>,
  report: Report,
): GraphEdge[] | undefined {
  const read: GraphEdge[] = []
  for (const [at, edge] of edges.entries()) {
    const pointer = `/edges${step(at)}`
    if (!isJsonObject(edge))
      return report(pointer, { code: 'rule.edge.invalid', message: 'An edge must be an object.' })
    const ends = ['sourceId', 'targetId'].map((end) => places.get(String(edge[end])))
    const missing = ends.findIndex((place) => place === undefined)
    if (missing >= 0) {
      const end = missing === 0 ? 'sourceId' : 'targetId'
      const message = `The edge leads ${missing === 0 ? 'from' : 'to'} ${quoted(String(edge[end]))}, which is no node.`
      return report(`${pointer}/${end}`, {
        code: 'rule.edge.dangling',
        message,
        fix: 'Remove the edge, or join it to a node.',
      })
    }
    const [from = 0, to = 0] = ends
    const handle = typeof edge['sourceHandle'] === 'string' ? edge['sourceHandle'] : undefined
    const source = nodes[from]
    if (source?.kind === 'switch' && !source.statements.some(({ id }) => id === handle)) {
      const message = `The edge leaves the switch ${quoted(source.name)} from no statement of it.`
      const fix = 'Join it to one of the statements of the switch.'
      return report(`${pointer}/sourceHandle`, { code: 'rule.edge.dangling', message, fix })
    }
    read.push({ from, to, handle })
  }
  return read
}
