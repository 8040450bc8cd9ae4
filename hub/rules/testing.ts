/** Small builders of graphs for the tests of this room. */
import type { Json, JsonObject } from '../contracts/json.ts'
import { loadRules } from './rule-set.ts'
import type { RuleSet, RuleSource } from './rule-set.ts'

export const OPEN_ENVELOPE: JsonObject = {
  name: 'test',
  title: 'Test',
  sentence: 'Decides for a test.',
  input: { type: 'object' },
  output: { type: 'object' },
}

export function source(graph: Json, envelope: JsonObject = {}): RuleSource {
  const whole: JsonObject = { ...OPEN_ENVELOPE, ...envelope }
  const name = String(whole['name'])
  return {
    envelope: { file: `${name}.rule.yaml`, text: JSON.stringify(whole) },
    graph: { file: `${name}.json`, text: JSON.stringify(graph) },
  }
}

/** Loads rules that must be right. */
export function load(...sources: RuleSource[]): RuleSet {
  const result = loadRules(sources)
  if (!result.ok) throw new Error(result.errors.map((error) => `${error.code} ${error.message}`).join('\n'))
  return result.rules
}

/** `code where: message` of each error of rules that must be wrong. */
export function faults(...sources: RuleSource[]): string[] {
  const result = loadRules(sources)
  return result.ok ? [] : result.errors.map(({ code, message }) => `${code} ${message}`)
}

export const INPUT: JsonObject = { id: 'in', type: 'inputNode', name: 'Input', content: {} }
export const OUTPUT: JsonObject = { id: 'out', type: 'outputNode', name: 'Output', content: {} }

export function node(id: string, type: string, content: JsonObject): JsonObject {
  return { id, type, name: id, content }
}

/** `a>b` joins two nodes; `a:s>b` does so from the statement s of a switch. */
export function graph(nodes: readonly JsonObject[], ...edges: string[]): JsonObject {
  return {
    contentType: 'application/vnd.gorules.decision',
    nodes: [...nodes],
    edges: edges.map((edge, at) => {
      const [from = '', to = ''] = edge.split('>')
      const [sourceId = '', sourceHandle] = from.split(':')
      return {
        id: `e${at}`,
        type: 'edge',
        sourceId,
        targetId: to,
        ...(sourceHandle === undefined ? {} : { sourceHandle }),
      }
    }),
  }
}

/** Columns are fields, and give the cells their ids; outputs likewise with `=` before: `['score', '=tier']`. */
export function table(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  more: JsonObject = {},
): JsonObject {
  const isOutput = (column: string): boolean => column.startsWith('=')
  return {
    hitPolicy: 'first',
    inputs: columns.filter((column) => !isOutput(column)).map((field) => ({ id: field, name: field, field })),
    outputs: columns.filter(isOutput).map((column) => ({ id: column, name: column, field: column.slice(1) })),
    rules: rows.map((cells, at) => ({
      _id: `r${at + 1}`,
      ...Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])),
    })),
    ...more,
  }
}

export function expressions(values: Record<string, string>, more: JsonObject = {}): JsonObject {
  return { expressions: Object.entries(values).map(([key, value]) => ({ id: key, key, value })), ...more }
}

/** Input, one node, output. */
export function single(type: string, content: JsonObject): JsonObject {
  return graph([INPUT, node('N', type, content), OUTPUT], 'in>N', 'N>out')
}

export const AT = Date.parse('2026-03-02T00:30:00Z')
