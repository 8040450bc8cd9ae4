import { asHubError, type HubError } from '../../../contracts/hub-error.ts'
import { type CaseResult, loadEach, readRule, type RuleSet, type RuleSource, runCases } from '../../../rules/index.ts'
import { EXIT } from '../shared/exit-codes.ts'
import type { Io } from '../shared/io.ts'
import { errorFacts } from '../shared/show-error.ts'
import { indent, json, plural, printable } from '../shared/text.ts'
import { findRules, readRuleTexts, RULE_FILE } from './rule-files.ts'

interface CheckedRule {
  file: string
  errors: readonly HubError[]
  cases: readonly CaseResult[]
  /** Rows of its tables that decide in no case. */
  undecidedRows: readonly string[]
}

interface ReadRule {
  file: string
  source: RuleSource
  cases: string | null
}

/** `omnihub rule check`: every rule is looked at, also after one that is wrong. */
export async function checkRules(folder: string | undefined, asJson: boolean, io: Io): Promise<number> {
  const checked: CheckedRule[] = []
  const read: ReadRule[] = []
  for (const file of await findRules(io, folder)) {
    try {
      const { envelope, graph, cases } = await readRuleTexts(io, file)
      const graphFile = file.replace(RULE_FILE, '.json')
      const source = { envelope: { file, text: envelope }, graph: { file: graphFile, text: graph } }
      read.push({ file, source, cases })
    } catch (error) {
      const known = asHubError(error)
      if (known.family === 'bug') throw error
      checked.push({ file, errors: [known], cases: [], undecidedRows: [] })
    }
  }
  const { rules, faults } = loadEach(read.map(({ source }) => source))
  for (const one of read) checked.push(checkOne(one, rules, faults.get(one.source) ?? []))
  checked.sort((a, b) => (a.file < b.file ? -1 : 1))
  return show(checked, asJson, io)
}

function checkOne({ file, source, cases }: ReadRule, rules: RuleSet, errors: readonly HubError[]): CheckedRule {
  if (errors.length > 0 || cases === null) return { file, errors, cases: [], undecidedRows: [] }
  const reading = readRule(source)
  if (!reading.ok) return { file, errors: reading.errors, cases: [], undecidedRows: [] }
  const ran = runCases(rules, reading.rule.name, cases, file.replace(RULE_FILE, '.cases.yaml'))
  if (!ran.ok) return { file, errors: ran.errors, cases: [], undecidedRows: [] }
  return { file, errors, cases: ran.results, undecidedRows: ran.undecidedRows }
}

function show(checked: readonly CheckedRule[], asJson: boolean, io: Io): number {
  const cases = checked.flatMap((one) => one.cases)
  const failed = cases.filter(({ passed }) => !passed).length
  const wrong = checked.filter(({ errors }) => errors.length > 0).length
  const ok = failed === 0 && wrong === 0
  if (asJson) {
    const rules = checked.map(({ errors, ...rest }) => ({ ...rest, errors: errors.map(errorFacts) }))
    io.out(json({ ok, passed: cases.length - failed, failed, rules }))
  } else {
    for (const one of checked) io.out(textFor(one))
    const wrongText = wrong === 0 ? '' : `, ${plural(wrong, 'rule')} wrong`
    const passed = cases.length - failed
    io.out(
      `${plural(checked.length, 'rule')}, ${plural(cases.length, 'case')}, ${passed} passed, ${failed} failed${wrongText}\n`,
    )
  }
  return ok ? EXIT.done : EXIT.failed
}

function textFor({ file, errors, cases, undecidedRows }: CheckedRule): string {
  const lines = [file]
  for (const { message, fix } of errors) {
    lines.push(`  wrong   ${printable(message)}`)
    if (fix !== undefined) lines.push(`          ${printable(fix)}`)
  }
  for (const { title, where, passed, difference } of cases) {
    lines.push(passed ? `  ok      ${printable(title)}` : `  FAILED  ${printable(title)}   ${where}`)
    if (!passed) lines.push(indent(difference.split('\n').map(printable).join('\n'), '          '))
  }
  if (undecidedRows.length > 0) lines.push(`  no case for ${undecidedRows.map(printable).join(', ')}`)
  if (errors.length === 0 && cases.length === 0) lines.push('  no cases')
  return `${lines.join('\n')}\n`
}
