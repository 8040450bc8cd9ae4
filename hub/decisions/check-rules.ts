import { HubError } from '../contracts/hub-error.ts'
import { loadEach, readRule, type RuleSet, type RuleSource, runCases } from '../rules/index.ts'
import type { RuleRevisionRow } from '../store/rule-queries.ts'
import { sourceOf } from './rule-registry.ts'

export interface FailingCase {
  title: string
  where: string
  /** `-` what was expected, `+` what came. */
  difference: string
}

/** What comes of putting a revision in force. */
export interface RuleCheck {
  /** What stands against it. */
  problems: HubError[]
  /** How many of its cases hold. */
  passed: number
  failing: FailingCase[]
  /** Rows that decide in no case: `table/row`. */
  undecidedRows: string[]
  /** Cases of rules that call it which would no longer hold: told, since that may be what is wanted. */
  callers: { rule: string; failing: FailingCase[] }[]
  /** The rules as they would be. */
  rules: RuleSet
}

type Layer = Omit<RuleRevisionRow, 'createdAt'>

/**
 * Checks a revision on top of what is in force. What was in force `before` and calls it must go on; that which could not be
 * loaded before either (made by a newer hub, say) is not its fault.
 */
export function checkLayers(inForce: readonly Layer[], top: Layer, before: readonly Layer[] = inForce): RuleCheck {
  const below = inForce.filter((row) => !covers(top, row))
  const sound = soundOf(before)
  const layers = [top, ...below]
  const sources = layers.map(sourceOf)
  const { rules, faults } = loadEach(sources)
  const problems = layers.flatMap((layer, index) => {
    const own = faults.get(sources[index] ?? NO_SOURCE) ?? []
    if (layer === top) return own
    const isFault = own.length > 0 && sound.has(nameOf(layer)) && callsOf(layer).includes(top.rule)
    return isFault ? [callerBroken(layer, own[0])] : []
  })
  const check: RuleCheck = { problems, passed: 0, failing: [], undecidedRows: [], callers: [], rules }
  if (problems.length > 0) return check
  readCases(check, top)
  check.callers = callersOf(rules, below, top.rule).flatMap((row) => {
    const failing = failingOf(rules, row)
    return failing.length === 0 ? [] : [{ rule: row.rule, failing }]
  })
  return check
}

const NO_SOURCE: RuleSource = { envelope: { file: '', text: '' }, graph: { file: '', text: '' } }

/** Whether a layer would never decide again with the other one on it. */
function covers(upper: Layer, lower: Layer): boolean {
  if (upper.rule !== lower.rule) return false
  const from = (row: Layer): number => (row.validFrom === null ? -Infinity : Date.parse(row.validFrom))
  const to = (row: Layer): number => (row.validTo === null ? Infinity : Date.parse(row.validTo))
  return from(upper) <= from(lower) && to(upper) >= to(lower)
}

function nameOf({ rule, revision }: Layer): string {
  return `${rule}#${revision}`
}

/** The layers that can be loaded. */
function soundOf(rows: readonly Layer[]): ReadonlySet<string> {
  const sources = rows.map(sourceOf)
  const { faults } = loadEach(sources)
  return new Set(rows.filter((_, index) => !faults.has(sources[index] ?? NO_SOURCE)).map(nameOf))
}

function callsOf(layer: Layer): readonly string[] {
  const reading = readRule(sourceOf(layer))
  return reading.ok ? reading.rule.calls : []
}

function readCases(check: RuleCheck, top: Layer): void {
  if (top.cases === null) return
  const ran = runCases(check.rules, top.rule, top.cases, casesFile(top))
  if (!ran.ok) {
    check.problems.push(...ran.errors)
    return
  }
  check.passed = ran.passed
  check.failing = ran.results.filter(({ passed }) => !passed).map(shown)
  check.undecidedRows = ran.undecidedRows
}

function failingOf(rules: RuleSet, row: Layer): FailingCase[] {
  if (row.cases === null) return []
  const ran = runCases(rules, row.rule, row.cases, casesFile(row))
  return ran.ok ? ran.results.filter(({ passed }) => !passed).map(shown) : []
}

function shown({ title, where, difference }: FailingCase): FailingCase {
  return { title, where, difference }
}

function casesFile({ rule, file }: Layer): string {
  return `${file === null ? rule : `rules/${file}`}.cases.yaml`
}

/** The rules that call one, themselves or through others. */
function callersOf(rules: RuleSet, rows: readonly Layer[], called: string): Layer[] {
  const found = new Set([called])
  for (let size = 0; size < found.size;) {
    size = found.size
    for (const name of rules.names()) {
      const calls = rules.versions(name).flatMap((version) => version.calls)
      if (calls.some((call) => found.has(call))) found.add(name)
    }
  }
  found.delete(called)
  return rows.filter(({ rule }) => found.has(rule))
}

function callerBroken({ rule }: Layer, error: HubError | undefined): HubError {
  return new HubError({
    code: 'rule.caller-broken',
    family: 'config',
    status: 422,
    message: `The rule ${rule}, which is in force, could not go on with this: ${error?.message ?? ''}`,
    ...(error?.where === undefined ? {} : { where: error.where }),
    fix: `Keep what ${rule} needs, or publish a ${rule} first that does without it.`,
  })
}

/** Throws where what is in force after an act can no longer be loaded though it could be before. */
export function refuseLosses(before: readonly Layer[], after: readonly Layer[]): void {
  const sound = soundOf(before)
  const sources = after.map(sourceOf)
  const { faults } = loadEach(sources)
  after.forEach((layer, index) => {
    const [error] = faults.get(sources[index] ?? NO_SOURCE) ?? []
    const isNew = !before.some((row) => nameOf(row) === nameOf(layer))
    if (error !== undefined && (isNew || sound.has(nameOf(layer)))) throw callerBroken(layer, error)
  })
}
