import type { HubError } from '../../contracts/hub-error.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { isJsonObject } from '../../contracts/json.ts'
import { nearest, quoted, RuleProblems, reportFor } from '../document/problems.ts'
import type { Report } from '../document/problems.ts'
import { readYamlText } from '../document/read-text.ts'

/** One case of `<rule>.cases.yaml`. */
export interface RuleCase {
  /** A sentence. */
  title: string
  /** ms since 1970; undefined: the case does not say. */
  at: number | undefined
  input: JsonObject
  /** The whole result, or the code of the error. */
  expect: { kind: 'result'; result: JsonObject } | { kind: 'error'; code: string }
  /** Rows that decided, by table: an id, or a list of them where several do. */
  decided: ReadonlyMap<string, readonly string[]>
  /** By table and row: the column whose condition did not hold. */
  refused: ReadonlyMap<string, ReadonlyMap<string, string>>
  where: string
}

export type ReadCases = { ok: true; cases: RuleCase[] } | { ok: false; errors: HubError[] }

const KEYS = ['title', 'at', 'input', 'expect', 'error', 'decided', 'refused']

/** Reads a cases file; all that is wrong with it is told, each with its place. */
export function readCases(text: string, file: string): ReadCases {
  const problems = new RuleProblems()
  const report = reportFor(problems, file)
  const list = readYamlText(text, report)
  if (list !== undefined && (!Array.isArray(list) || list.length === 0)) {
    invalid(
      report,
      '',
      'A cases file is a list of at least one case.',
      'Write - title: ..., input: {...}, expect: {...}',
    )
  }
  const read = Array.isArray(list) ? list.map((one, at) => readCase(one, `/${at}`, report, file)) : []
  const cases = read.filter((one) => one !== undefined)
  const titles = new Set<string>()
  for (const { title, where } of cases) {
    if (titles.has(title)) invalid(report, where.slice(file.length + 1), `Two cases have the title ${quoted(title)}.`)
    titles.add(title)
  }
  return problems.errors.length > 0 ? { ok: false, errors: problems.errors } : { ok: true, cases }
}

function invalid(report: Report, pointer: string, message: string, fix?: string): undefined {
  return report(pointer, { code: 'rule.case.invalid', message, ...(fix === undefined ? {} : { fix }) })
}

function readCase(one: Json, pointer: string, report: Report, file: string): RuleCase | undefined {
  if (!isJsonObject(one)) return invalid(report, pointer, 'A case is a map with title, input and expect.')
  const wrong = Object.keys(one).find((name) => !KEYS.includes(name))
  if (wrong !== undefined) {
    const near = nearest(wrong, KEYS)
    const fix = `${near === undefined ? '' : `Did you mean ${near}? `}A case has ${KEYS.join(', ')}.`
    return invalid(report, `${pointer}/${wrong}`, `${quoted(wrong)} is no part of a case.`, fix)
  }
  const { title, input, expect, error } = one
  if (typeof title !== 'string' || title.trim() === '')
    return invalid(report, pointer, 'A case needs a title: one sentence.')
  if (input === undefined || !isJsonObject(input))
    return invalid(report, pointer, `The case ${quoted(title)} needs an input.`)
  const expectation = readExpectation(expect, error)
  if (expectation === undefined) {
    return invalid(
      report,
      pointer,
      `The case ${quoted(title)} needs exactly one of expect (the result) and error (a code).`,
    )
  }
  const at = typeof one['at'] === 'string' ? Date.parse(one['at']) : undefined
  if (Number.isNaN(at) || (one['at'] !== undefined && at === undefined)) {
    return invalid(
      report,
      `${pointer}/at`,
      `The case ${quoted(title)} has a moment that is none.`,
      'Write 2026-03-01T09:00:00Z.',
    )
  }
  const decided = readDecided(one['decided'], `${pointer}/decided`, report)
  const refused = readRefused(one['refused'], `${pointer}/refused`, report)
  if (decided === undefined || refused === undefined) return undefined
  return { title, at, input, expect: expectation, decided, refused, where: `${file}#${pointer}` }
}

function readExpectation(expect: Json | undefined, error: Json | undefined): RuleCase['expect'] | undefined {
  if ((expect === undefined) === (error === undefined)) return undefined
  if (typeof error === 'string') return { kind: 'error', code: error }
  return expect !== undefined && isJsonObject(expect) ? { kind: 'result', result: expect } : undefined
}

function readDecided(value: Json | undefined, pointer: string, report: Report): RuleCase['decided'] | undefined {
  const decided = new Map<string, readonly string[]>()
  if (value !== undefined && !isJsonObject(value))
    return invalid(report, pointer, 'decided is a map of tables to rows.')
  for (const [table, rows] of Object.entries(value ?? {})) {
    const list = [rows].flat()
    if (!list.every((row) => typeof row === 'string' || typeof row === 'number')) {
      return invalid(report, `${pointer}/${table}`, 'A row is named by its id.')
    }
    decided.set(table, list.map(String))
  }
  return decided
}

function readRefused(value: Json | undefined, pointer: string, report: Report): RuleCase['refused'] | undefined {
  const refused = new Map<string, ReadonlyMap<string, string>>()
  const wrong = 'refused is a map of tables to maps of rows to columns.'
  if (value !== undefined && !isJsonObject(value)) return invalid(report, pointer, wrong)
  for (const [table, rows] of Object.entries(value ?? {})) {
    if (!isJsonObject(rows)) return invalid(report, `${pointer}/${table}`, wrong)
    refused.set(table, new Map(Object.entries(rows).map(([row, column]) => [row, String(column)])))
  }
  return refused
}
