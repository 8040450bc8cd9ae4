import type { Lookup } from '../../contracts/expression/zen-expression.ts'
import { FAILED } from '../../contracts/expression/zen-expression.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import type { Row, TableNode, Test } from '../document/graph.ts'
import type { Run } from './run.ts'
import type { DecidedRow, RefusedRow, TracedCondition } from './trace.ts'
import { itemName, tableSentence } from './words.ts'
import { place } from './values.ts'

/**
 * A decision table over one input. First: the results of the first row that applies, null where none does. Collect: a
 * list of the results of all that apply. As in the engine, a test that fails on types does not hold, and a row whose
 * result cannot be made does not apply.
 */
export function decideTable(table: TableNode, input: JsonObject, run: Run, item: number | undefined): Json {
  const reading = new TableReading(table, input, run)
  const collected: JsonObject[] = []
  for (const row of table.rows) {
    const result = reading.resultOf(row)
    if (result === undefined) continue
    collected.push(result)
    if (table.hitPolicy === 'first') break
  }
  run.spend(reading.cells)
  reading.tell(item)
  return table.hitPolicy === 'collect' ? collected : (collected[0] ?? null)
}

class TableReading {
  cells = 1
  readonly #table: TableNode
  readonly #run: Run
  readonly #lookup: Lookup
  /** The value under test. */
  #reference: Json = null
  /** Values of the columns' fields, each calculated once, when first tested. */
  readonly #references: (Json | typeof FAILED | undefined)[]
  readonly #decided: DecidedRow[] = []
  readonly #refused: RefusedRow[] = []

  constructor(table: TableNode, input: JsonObject, run: Run) {
    this.#table = table
    this.#run = run
    const inner = run.lookup(input)
    this.#lookup = (root) => (root === '$' ? this.#reference : inner(root))
    this.#references = new Array<Json | typeof FAILED | undefined>(table.columns.length)
  }

  /** undefined: the row does not apply. */
  resultOf(row: Row): JsonObject | undefined {
    this.cells += row.tests.length + 1
    for (const test of row.tests) if (!this.#holds(test)) return this.#refuse(row, test)
    const result: JsonObject = {}
    for (const { path, value } of row.results) {
      const found = this.#run.evaluate(value, this.#lookup, this.#table.name)
      if (found === FAILED) return this.#refuse(row, undefined)
      place(result, path, found)
    }
    if (this.#run.steps !== undefined) {
      const because = row.tests.map((test) => this.#condition(test))
      this.#decided.push({ ...traced(row), because, result })
    }
    return result
  }

  #holds({ column, expression }: Test): boolean {
    const reference = this.#referenceOf(column)
    if (reference === FAILED) return false
    this.#reference = reference
    return this.#run.evaluate(expression, this.#lookup, this.#table.name) === true
  }

  #referenceOf(column: number): Json | typeof FAILED {
    const known = this.#references[column]
    if (known !== undefined) return known
    const field = this.#table.columns[column]?.field
    const value = field === undefined ? null : this.#run.evaluate(field, this.#lookup, this.#table.name)
    this.#references[column] = value
    return value
  }

  #refuse(row: Row, test: Test | undefined): undefined {
    if (this.#run.steps === undefined) return
    this.#refused.push({ ...traced(row), ...(test === undefined ? {} : { failed: this.#condition(test) }) })
  }

  #condition({ column, expression }: Test): TracedCondition {
    const { name = '', field } = this.#table.columns[column] ?? {}
    const value = this.#referenceOf(column)
    return {
      column: name,
      ...(field === undefined ? {} : { field: field.text }),
      test: expression.text,
      value: value === FAILED ? null : value,
    }
  }

  tell(item: number | undefined): void {
    this.#run.steps?.push({
      kind: 'table',
      node: this.#table.name,
      sentence: tableSentence(itemName(this.#table.name, item), this.#decided, this.#refused),
      ...(item === undefined ? {} : { item }),
      decided: this.#decided,
      refused: this.#refused,
    })
  }
}

function traced({ id, number, title }: Row): { row: string; number: number; title?: string } {
  return { row: id, number, ...(title === undefined ? {} : { title }) }
}
