import { evaluateExpressionSync, evaluateUnaryExpressionSync } from '@gorules/zen-engine'
import type { Json, JsonObject } from '../json.ts'
import { isJsonObject } from '../json.ts'
import { analyse, numberFits, SUMMED_ITEMS_MAX } from './guard.ts'
import type { Grammar, Limits } from './guard.ts'
import { LexicalProblem, tokenize } from './lexer.ts'
import type { Path } from './names.ts'
import { FAILED, quickEffort, quickStandard, quickUnary, UNSURE } from './quick.ts'
import type { Lookup, Quick } from './quick.ts'
import { type Size, workOf } from './work.ts'

export { FAILED } from './quick.ts'
export type { Lookup } from './quick.ts'

/** A value that goes in is too large, too deep or too long for the engine, which would end the process. */
export const BEYOND_LIMITS: unique symbol = Symbol('beyond limits')
export type Evaluated = Json | typeof FAILED | typeof BEYOND_LIMITS

/** What many evaluations together may still cost: units of about a nanosecond, rather too many than too few (work.ts). */
export interface Meter {
  left: number
}

/** An expression in the Zen language, checked. Mappings, rules and flows share it. */
export interface ZenExpression {
  text: string
  /** What it reads, each path at least one step long. */
  reads: readonly Path[]
  /**
   * Never throws. The value may be a part of what was looked up: copy it before changing it. null: there is no value.
   * A unary test gives true or false. BEYOND_LIMITS also where the work would take more than `meter` has left.
   */
  evaluate(lookup: Lookup, meter?: Meter): Evaluated
}

export type ZenResult = { ok: true; expression: ZenExpression } | { ok: false; problem: string; at: number }

export interface ZenOptions extends Grammar {
  /** `unary`: the test in a cell of a decision table, which compares `$` with what is written. Absent: standard. */
  kind?: 'standard' | 'unary'
  /** What one evaluation may cost at most. Absent: WORK_MAX. */
  workMax?: number
}

/**
 * Checks an expression and makes it ready. Simple ones are evaluated here (quick.ts). For the others the engine has no
 * compiled form that can be called without a promise: it parses the text at each call, which costs less than handing
 * a whole record over does. So only the members that the expression reads are handed over (measured: 600,000/s with
 * 2 members, 63,000/s with a record of 42).
 */
export function compileZen(text: string, options: ZenOptions = {}): ZenResult {
  try {
    const isUnary = options.kind === 'unary'
    const { reads, limits } = analyse(text, { ...options, dollar: isUnary || options.dollar === true })
    const problem = syntaxProblem(text, isUnary)
    if (problem !== null) return { ok: false, ...problem }
    const tokens = tokenize(text)
    const quick = isUnary ? quickUnary(tokens) : quickStandard(tokens)
    const engine = byEngine({
      text,
      isUnary,
      reads,
      limits,
      work: workOf(tokens),
      workMax: options.workMax ?? WORK_MAX,
    })
    const evaluate = quick === undefined ? engine : guarded(quick, limits, engine)
    return { ok: true, expression: { text, reads, evaluate } }
  } catch (thrown) {
    if (thrown instanceof LexicalProblem) return { ok: false, problem: thrown.message, at: thrown.at }
    throw thrown
  }
}

/** Asks the engine: evaluated over nothing, an expression with right grammar gives a value or fails on types only. */
function syntaxProblem(text: string, isUnary: boolean): { problem: string; at: number } | null {
  try {
    if (isUnary) evaluateUnaryExpressionSync(text, { $: null })
    else evaluateExpressionSync(text, {})
    return null
  } catch (thrown) {
    const [first = ''] = String(thrown instanceof Error ? thrown.message : thrown).split('\n')
    const kind = /"type":"(\w+)"/.exec(first)?.[1]
    if (kind === 'vmError' || kind === 'valueCastError') return null
    const source = /"source":"((?:[^"\\]|\\.)*)"/.exec(first)?.[1] ?? 'the expression is not complete'
    return { problem: source.replace(/ at \(\d+, \d+\)/, ''), at: Number(/at \((\d+),/.exec(source)?.[1] ?? 0) }
  }
}

/** What a quick expression gives is held to the same limits as what the engine is given. */
function guarded(quick: Quick, limits: Limits, engine: ZenExpression['evaluate']): ZenExpression['evaluate'] {
  return (lookup, meter) => {
    const before = quickEffort.rounds
    const value = quick(lookup)
    if (meter !== undefined && quickEffort.rounds !== before) {
      meter.left -= (quickEffort.rounds - before) * QUICK_ROUND
      if (meter.left < 0) return BEYOND_LIMITS
    }
    if (typeof value === 'boolean' || value === FAILED || value === null) return value
    if (value === UNSURE) return engine(lookup, meter)
    return fits(value, limits, nothing(), 0) ? value : BEYOND_LIMITS
  }
}

interface EngineCall {
  text: string
  isUnary: boolean
  reads: readonly Path[]
  limits: Limits
  work: ReturnType<typeof workOf>
  workMax: number
}

function byEngine({ text, isUnary, reads, limits, work, workMax }: EngineCall): ZenExpression['evaluate'] {
  // A test reads the value under test whether it names it or not.
  const wanted = wantedMembers(isUnary ? [...reads, ['$']] : reads)
  return (lookup, meter) => {
    const context: JsonObject = isUnary ? { $: null } : {}
    const sizes = new Map<string, Size>()
    const all = nothing()
    for (const [root, members] of wanted) {
      const value = lookup(root)
      if (value === undefined) continue
      const part = members === null ? value : picked(value, members)
      const before = { ...all }
      if (!fits(part, limits, all, 0)) return BEYOND_LIMITS
      sizes.set(root, difference(all, before))
      context[root] = part
    }
    const units = CALL + all.nodes * NODE + all.characters + work((root) => sizes.get(root) ?? NONE)
    if (units > workMax) return BEYOND_LIMITS
    if (meter !== undefined) {
      meter.left -= units
      if (meter.left < 0) return BEYOND_LIMITS
    }
    try {
      if (isUnary) return evaluateUnaryExpressionSync(text, context)
      return (evaluateExpressionSync(text, context) as Json | undefined) ?? null
    } catch {
      return FAILED
    }
  }
}

/** The members that are read, as a tree; null: all of it. */
type Wanted = Map<string, Wanted | null>

function wantedMembers(reads: readonly Path[]): Wanted {
  const wanted: Wanted = new Map()
  for (const path of reads) {
    const index = path.findIndex((step) => typeof step === 'number')
    want(wanted, (index < 0 ? path : path.slice(0, index)).map(String))
  }
  return wanted
}

function want(wanted: Wanted, [name = '', ...rest]: readonly string[]): void {
  const known = wanted.get(name)
  if (known === null) return
  if (rest.length === 0) {
    wanted.set(name, null)
    return
  }
  const members: Wanted = known ?? new Map()
  wanted.set(name, members)
  want(members, rest)
}

function picked(value: Json, members: Wanted): Json {
  if (!isJsonObject(value)) return value
  const part: JsonObject = {}
  for (const [name, inner] of members) {
    const member = Object.hasOwn(value, name) ? value[name] : undefined
    if (member !== undefined) part[name] = inner === null ? member : picked(member, inner)
  }
  return part
}

const DEPTH_MAX = 32
const INPUT_CHARACTERS_MAX = 1_000_000
/** Holds an evaluation to about a tenth of a second, and to some tens of megabytes. */
const WORK_MAX = 100_000_000
/** A call of the engine, a value that is handed over to it, and a round of a closure that is done here. */
const CALL = 2_000
const NODE = 300
const QUICK_ROUND = 200
const NONE: Size = { nodes: 0, characters: 0, items: 0 }

function nothing(): Size {
  return { nodes: 0, characters: 0, items: 0 }
}

function difference(a: Size, b: Size): Size {
  return { nodes: a.nodes - b.nodes, characters: a.characters - b.characters, items: a.items - b.items }
}

const NUMERIC = /^[\s_]*[+-]?[\d_]*\.?[\d_]+(?:e[+-]?\d+)?\s*$/i

/** Whether a value is safe to hand to the engine: bounded in depth and size, and its numbers within the limits. */
function fits(value: Json, limits: Limits, cost: Size, depth: number): boolean {
  if (++cost.nodes > SUMMED_ITEMS_MAX) return false
  if (typeof value === 'number') return Number.isFinite(value) && numberFits(value, limits)
  if (typeof value === 'string') {
    cost.characters += value.length
    if (cost.characters > INPUT_CHARACTERS_MAX || (limits.readsDates && value === 'now')) return false
    return !limits.readsNumbers || !NUMERIC.test(value) || numberFits(Number(value.replaceAll('_', '')), limits)
  }
  if (typeof value !== 'object' || value === null) return true
  if (depth >= DEPTH_MAX) return false
  if (Array.isArray(value)) {
    cost.items += value.length
    return value.every((item) => fits(item, limits, cost, depth + 1))
  }
  for (const name of Object.keys(value)) {
    cost.characters += name.length
    if (!fits(value[name] ?? null, limits, cost, depth + 1)) return false
  }
  return true
}
