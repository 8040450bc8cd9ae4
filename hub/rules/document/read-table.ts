import type { ZenExpression } from '../../contracts/expression/zen-expression.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { LIMITS } from '../limits.ts'
import type { Column, Row, TableNode, Test } from './graph.ts'
import { quoted, step } from './problems.ts'
import type { NodeReader } from './read-node.ts'

interface Head {
  id: string
  name: string
}

/** Reads a decision table; undefined: something was reported. */
export function readTable(reader: NodeReader): TableNode | undefined {
  const content = reader.content()
  const inputs = content && reader.list(content, 'inputs', LIMITS.columnsMax)
  const outputs = content && reader.list(content, 'outputs', LIMITS.columnsMax)
  const rules = content && reader.list(content, 'rules', LIMITS.rowsMax)
  const hitPolicy = content && reader.hitPolicy(content)
  const transform = content && reader.transform(content)
  if (!inputs || !outputs || !rules || !hitPolicy || !transform) return undefined
  reader.budget.cells += (inputs.length + outputs.length) * rules.length
  if (reader.budget.cells > LIMITS.cellsMax) {
    const message = `the tables have more than ${LIMITS.cellsMax} cells together.`
    return reader.wrong('/rules', message, 'Make parts of the rule rules of their own.', 'rule.graph.too-large')
  }
  const heads = readHeads(reader, inputs, 'inputs', new Set())
  const results = heads && readHeads(reader, outputs, 'outputs', new Set(heads.map(({ id }) => id)))
  const columns = heads && readColumns(reader, inputs, heads)
  if (!heads || !results || !columns) return undefined
  const paths: (readonly string[])[] = []
  for (const [at, output] of outputs.entries()) {
    const path = reader.path(output['field'], `/outputs/${at}/field`)
    if (path === undefined) return undefined
    paths.push(path)
  }
  if (!reader.areApart(paths, '/outputs')) return undefined
  const rows = readRows(reader, rules, { heads, results, columns, paths })
  if (rows === undefined) return undefined
  return { kind: 'table', ...reader.base, hitPolicy, columns, rows, outputs: paths, transform }
}

function readHeads(
  reader: NodeReader,
  columns: readonly JsonObject[],
  list: string,
  taken: Set<string>,
): Head[] | undefined {
  const heads: Head[] = []
  for (const [at, { id, name, field }] of columns.entries()) {
    if (typeof id !== 'string' || id === '' || taken.has(id)) {
      return reader.wrong(`/${list}/${at}/id`, 'every column needs an id of its own.')
    }
    taken.add(id)
    const title = typeof name === 'string' && name.trim() !== '' ? name : field
    heads.push({ id, name: typeof title === 'string' && title.trim() !== '' ? title : id })
  }
  return heads
}

function readColumns(reader: NodeReader, inputs: readonly JsonObject[], heads: readonly Head[]): Column[] | undefined {
  const columns: Column[] = []
  for (const [at, { name }] of heads.entries()) {
    const text = inputs[at]?.['field']
    if (text === undefined || text === null || (typeof text === 'string' && text.trim() === '')) {
      columns.push({ name, field: undefined })
      continue
    }
    if (typeof text !== 'string') return reader.wrong(`/inputs/${at}/field`, 'a field must be a text.')
    const field = reader.expression(text, 'standard', `/inputs/${at}/field`)
    if (field === undefined) return undefined
    columns.push({ name, field })
  }
  return columns
}

interface Table {
  heads: readonly Head[]
  results: readonly Head[]
  columns: readonly Column[]
  paths: readonly (readonly string[])[]
}

function readRows(reader: NodeReader, rules: readonly JsonObject[], table: Table): Row[] | undefined {
  const rows: Row[] = []
  const ids = new Set<string>()
  let isRight = true
  for (const [at, rule] of rules.entries()) {
    const id = typeof rule['_id'] === 'string' && rule['_id'] !== '' ? rule['_id'] : String(at + 1)
    if (ids.has(id)) isRight = reader.wrong(`/rules/${at}/_id`, `two rows have the id ${quoted(id)}.`) ?? false
    ids.add(id)
    const row = readRow(reader, rule, at, table)
    const title = typeof rule['_description'] === 'string' ? rule['_description'].trim() : ''
    if (row === undefined) isRight = false
    else rows.push({ id, number: at + 1, title: title === '' ? undefined : title, ...row })
  }
  return isRight ? rows : undefined
}

function readRow(
  reader: NodeReader,
  rule: JsonObject,
  at: number,
  table: Table,
): Pick<Row, 'tests' | 'results'> | undefined {
  const tests: Test[] = []
  const results: Row['results'][number][] = []
  const read = (head: Head, kind: 'unary' | 'standard'): ZenExpression | null | undefined => {
    const inside = `/rules/${at}${step(head.id)}`
    const text = rule[head.id]
    if (typeof text !== 'string') return reader.missingCell(inside, at + 1, head.name)
    return text.trim() === '' ? null : reader.expression(text.trim(), kind, inside)
  }
  for (const [column, head] of table.heads.entries()) {
    const expression = read(head, table.columns[column]?.field === undefined ? 'standard' : 'unary')
    if (expression === undefined) return undefined
    if (expression !== null) tests.push({ column, expression })
  }
  for (const [index, head] of table.results.entries()) {
    const value = read(head, 'standard')
    if (value === undefined) return undefined
    if (value !== null) results.push({ path: table.paths[index] ?? [], value })
  }
  return { tests, results }
}
