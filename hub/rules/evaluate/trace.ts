/**
 * Why a decision came out as it did. Sentences name tables, rows, columns and what they ask for, never the values of an
 * input: those stand in members of their own (`value`, `result`), so that they can be masked.
 */
import type { Json, JsonObject } from '../../contracts/json.ts'

export interface RuleTrace {
  rule: string
  title: string
  revision: string
  /** The moment for which it was decided, ISO 8601. */
  at: string
  steps: TraceStep[]
}

export type TraceStep = TableStep | ExpressionsStep | SwitchStep | CallStep

interface StepBase {
  /** Name of the node. */
  node: string
  sentence: string
  /** In a loop: which item, from 0. */
  item?: number
}

export interface TableStep extends StepBase {
  kind: 'table'
  decided: DecidedRow[]
  /** Rows that were looked at and did not apply. */
  refused: RefusedRow[]
}

export interface TracedRow {
  /** The row's id in the document. */
  row: string
  /** From 1. */
  number: number
  title?: string
}

export interface DecidedRow extends TracedRow {
  because: TracedCondition[]
  result: JsonObject
}

export interface RefusedRow extends TracedRow {
  /** The first condition that did not hold; absent: a result of the row could not be made. */
  failed?: TracedCondition
}

export interface TracedCondition {
  /** Title of the column. */
  column: string
  /** What is looked at; absent: the test says it itself. */
  field?: string
  test: string
  value: Json
}

export interface ExpressionsStep extends StepBase {
  kind: 'expressions'
  results: { name: string; expression: string; value: Json }[]
}

export interface SwitchStep extends StepBase {
  kind: 'switch'
  /** Conditions that held, '' where there was none. */
  taken: string[]
}

export interface CallStep extends StepBase {
  kind: 'call'
  trace: RuleTrace
}

export function rowName({ row, number, title }: TracedRow): string {
  return `row ${number} "${title ?? row}"`
}

/** A condition in words: `Days late in [1..14]`. */
export function conditionInWords({ column, field, test }: TracedCondition): string {
  if (field === undefined) return test
  if (/(^|[^\w.])\$/.test(test)) return `${column}: ${test}`
  if (/^(==|!=|<|>|in\b|not\s+in\b)/.test(test)) return `${column} ${test}`
  return /^[[(\]]/.test(test) ? `${column} in ${test}` : `${column} is ${test}`
}

export function tableSentence(node: string, decided: readonly DecidedRow[], refused: readonly RefusedRow[]): string {
  if (decided.length === 0) return refused.length === 0 ? `${node}: it has no rows.` : `${node}: no row applied.`
  return decided
    .map((row) => {
      const conditions = row.because.map(conditionInWords).join(' and ')
      const why = conditions === '' ? 'it asks for nothing' : conditions
      return `${node}: ${rowName(row)} decided, because ${why}.`
    })
    .join(' ')
}

/** A trace as lines of text, calls indented below what called. `values`: with the values that were looked at. */
export function traceInWords(trace: RuleTrace, options: { values?: boolean } = {}): string[] {
  return trace.steps.flatMap((step) => {
    const lines = [step.sentence]
    if (step.kind === 'call') lines.push(...traceInWords(step.trace, options).map((line) => `  ${line}`))
    if (step.kind === 'table') {
      for (const { failed, ...row } of step.refused) {
        const why = failed === undefined ? 'a result could not be made' : `not ${conditionInWords(failed)}`
        lines.push(`  ${rowName(row)} did not apply: ${why}`)
      }
      if (options.values === true) {
        const seen = step.decided.flatMap(({ because }) => because)
        for (const { column, value } of seen) lines.push(`  ${column} was ${JSON.stringify(value)}`)
      }
    }
    return lines
  })
}
