/**
 * Why a decision came out as it did. Sentences name tables, rows, columns and what they ask for, never the values of an
 * input: those stand in members of their own (`value`, `result`), so that they can be masked. Only what the hub filled in
 * is told with its value: nobody sent it, so nobody could know it otherwise.
 */
import type { Json, JsonObject } from '../../contracts/json.ts'
import { filledSentence, refusalInWords } from './words.ts'

export interface RuleTrace {
  rule: string
  title: string
  revision: string
  /** The moment for which it was decided, ISO 8601. */
  at: string
  steps: TraceStep[]
}

export type TraceStep = FillStep | TableStep | ExpressionsStep | SwitchStep | CallStep

interface StepBase {
  /** Name of the node. */
  node: string
  sentence: string
  /** In a loop: which item, from 0. */
  item?: number
}

/** What was filled in before the graph began. */
export interface FillStep extends StepBase {
  kind: 'fill'
  filled: FilledMember[]
}

export interface FilledMember {
  /** The member of the input. */
  name: string
  expression: string
  /** Paths of what it was made from: `customer.createdAt`. */
  from: string[]
  /** What it stands for, in words; null: the envelope does not say. */
  says: string | null
  /** null: there was nothing to fill it in with. */
  value: Json
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

/** A trace as lines of text, calls indented below what called. `values`: with the values that were looked at. */
export function traceInWords(trace: RuleTrace, options: { values?: boolean } = {}): string[] {
  return trace.steps.flatMap((step) => {
    if (step.kind === 'fill') return step.filled.map(filledSentence)
    const lines = [step.sentence]
    if (step.kind === 'call') lines.push(...traceInWords(step.trace, options).map((line) => `  ${line}`))
    if (step.kind === 'table') {
      lines.push(...step.refused.map((row) => `  ${refusalInWords(row)}`))
      if (options.values === true) {
        const seen = step.decided.flatMap(({ because }) => because)
        for (const { column, value } of seen) lines.push(`  ${column} was ${JSON.stringify(value)}`)
      }
    }
    return lines
  })
}
