/** Runs the cases that stand beside a rule: in the tests, in the CLI, and before every publication. */
import { HubError } from '../../contracts/hub-error.ts'
import type { RuleTrace, TableStep } from '../evaluate/trace.ts'
import type { Rule } from '../rule.ts'
import type { RuleSet } from '../rule-set.ts'
import { differenceOf } from './difference.ts'
import { readCases } from './read-cases.ts'
import type { RuleCase } from './read-cases.ts'

export interface CaseResult {
  title: string
  where: string
  passed: boolean
  /** What differs, for people; empty where the case passed. */
  difference: string
}

export type CasesResult =
  | {
      ok: true
      results: CaseResult[]
      passed: number
      failed: number
      /** Rows of the rule's own tables that decided in no case: `table/row`. */
      undecidedRows: string[]
    }
  | { ok: false; errors: HubError[] }

/**
 * `name`: the rule. A case that says no moment takes the first at which the rule holds, so it must not depend on it.
 * Tables of called rules are named `node > table`.
 */
export function runCases(rules: RuleSet, name: string, casesText: string, file = 'cases'): CasesResult {
  const read = readCases(casesText, file)
  if (!read.ok) return read
  const undecided = new Set(rules.versions(name).flatMap(rowsOf))
  const results = read.cases.map((one) => runCase(rules, name, one, undecided))
  const passed = results.filter((result) => result.passed).length
  return { ok: true, results, passed, failed: results.length - passed, undecidedRows: [...undecided] }
}

function rowsOf({ graph }: Rule): string[] {
  return graph.nodes.flatMap((node) => (node.kind === 'table' ? node.rows.map(({ id }) => `${node.name}/${id}`) : []))
}

function runCase(rules: RuleSet, name: string, one: RuleCase, undecided: Set<string>): CaseResult {
  const difference = differenceFor(rules, name, one, undecided)
  return { title: one.title, where: one.where, passed: difference === '', difference }
}

function differenceFor(rules: RuleSet, name: string, one: RuleCase, undecided: Set<string>): string {
  try {
    const rule = ruleAt(rules, name, one.at)
    const at = one.at ?? rule.validFrom ?? 0
    const { result, trace } = rule.decide(one.input, { at, trace: true })
    const steps = trace === undefined ? [] : tableSteps(trace, '')
    for (const { table, step } of steps) for (const { row } of step.decided) undecided.delete(`${table}/${row}`)
    if (one.expect.kind === 'error') return `- ${one.expect.code}\n+ a result`
    const lines = [
      differenceOf(one.expect.result, result),
      decidedDifference(one, steps),
      refusedDifference(one, steps),
    ]
    return lines.filter((line) => line !== '').join('\n')
  } catch (thrown) {
    if (!(thrown instanceof HubError)) throw thrown
    if (one.expect.kind === 'error' && one.expect.code === thrown.code) return ''
    const wanted = one.expect.kind === 'error' ? `- ${one.expect.code}\n` : ''
    return `${wanted}+ ${thrown.code}: ${thrown.message}`
  }
}

function ruleAt(rules: RuleSet, name: string, at: number | undefined): Rule {
  const [first] = rules.versions(name)
  return at === undefined && first !== undefined ? first : rules.at(name, at ?? 0)
}

interface NamedStep {
  table: string
  step: TableStep
}

function tableSteps(trace: RuleTrace, prefix: string): NamedStep[] {
  return trace.steps.flatMap((step) => {
    if (step.kind === 'call') return tableSteps(step.trace, `${prefix}${step.node} > `)
    return step.kind === 'table' ? [{ table: prefix + step.node, step }] : []
  })
}

function decidedDifference({ decided }: RuleCase, steps: readonly NamedStep[]): string {
  const lines: string[] = []
  for (const [table, rows] of decided) {
    const found = steps.filter((one) => one.table === table).flatMap(({ step }) => step.decided.map(({ row }) => row))
    if (found.join() !== rows.join())
      lines.push(`- ${table} decided by ${rows.join(', ')}`, `+ ${table} decided by ${found.join(', ') || 'no row'}`)
  }
  return lines.join('\n')
}

function refusedDifference({ refused }: RuleCase, steps: readonly NamedStep[]): string {
  const lines: string[] = []
  for (const [table, rows] of refused) {
    const all = steps.filter((one) => one.table === table).flatMap(({ step }) => step.refused)
    for (const [row, column] of rows) {
      const found = all.filter((one) => one.row === row).map(({ failed }) => failed?.column ?? 'its result')
      if (!found.includes(column))
        lines.push(
          `- ${table}: ${row} refused by ${column}`,
          `+ ${table}: ${row} refused by ${found.join(', ') || 'nothing'}`,
        )
    }
  }
  return lines.join('\n')
}
