/** Parts of simple expressions (quick.ts) and what joins them; each does what the opcode of the engine does (vm.rs). */
import type { Json } from '../json.ts'
import { isJsonObject } from '../json.ts'

/** The expression failed, as the engine's would: types that do not go together. */
export const FAILED: unique symbol = Symbol('failed')
/** Only the engine knows: a calculation that is not exact in doubles, a text that is not plain. */
export const UNSURE: unique symbol = Symbol('unsure')
export type Result = Json | typeof FAILED | typeof UNSURE

/** The value of a member of the context; undefined where there is none. */
export type Lookup = (root: string) => Json | undefined
export type Quick = (lookup: Lookup) => Result

export class NotSimple extends Error {}

export type Range = (lookup: Lookup) => ((value: number) => boolean) | typeof FAILED | typeof UNSURE

export interface Part {
  run: Quick
  /** What a cell with nothing but this asks: that the value under test equals it, is in it, or that it holds. */
  asks: 'equal' | 'in' | 'truth' | 'unknown'
  /** A literal's value. */
  literal?: Json
  /** The items of a list that is written out, kept once. */
  items?: ReadonlySet<Json>
  /** A range is a value of its own kind, which only `in` understands. */
  range?: Range
}

export type Join = (left: Part, right: Part) => Part

export function literal(value: Json): Part {
  return { run: () => value, literal: value, asks: 'equal' }
}

export function list(parts: readonly Part[]): Part {
  const literals = parts.flatMap((part) => (part.literal === undefined ? [] : [part.literal]))
  if (literals.length === parts.length) return { run: () => [...literals], items: new Set(literals), asks: 'in' }
  const runs = parts.map(runOf)
  const run: Quick = (lookup) => {
    const found: Json[] = []
    for (const item of runs) {
      const value = item(lookup)
      if (typeof value === 'symbol') return value
      found.push(value)
    }
    return found
  }
  return { run, asks: 'in' }
}

export function path(root: string, members: readonly string[]): Part {
  return { run: members.length === 0 ? (lookup) => lookup(root) ?? null : pathReader(root, members), asks: 'equal' }
}

function pathReader(root: string, members: readonly string[]): Quick {
  return (lookup) => {
    let value: Json | undefined = lookup(root)
    for (const member of members) {
      if (value === undefined || !isJsonObject(value) || !Object.hasOwn(value, member)) return null
      value = value[member]
    }
    return value ?? null
  }
}

/** Ranges are no values here: only `in` takes them. */
export function runOf(part: Part): Quick {
  if (part.range !== undefined) throw new NotSimple()
  return part.run
}

export const isComposite = (value: Json): boolean => typeof value === 'object' && value !== null

const binary = (apply: (a: Json, b: Json) => Result, asks: Part['asks'] | 'arithmetic'): Join => {
  return (left, right) => {
    const first = runOf(left)
    const second = runOf(right)
    const run: Quick = (lookup) => {
      const a = first(lookup)
      if (typeof a === 'symbol') return a
      const b = second(lookup)
      return typeof b === 'symbol' ? b : apply(a, b)
    }
    if (asks !== 'arithmetic') return { run, asks }
    return { run, asks: left.asks === 'equal' && right.asks === 'equal' ? 'equal' : 'unknown' }
  }
}

/** Values of different types are different, and lists and objects equal nothing. */
export const equal = binary((a, b) => a === b && !isComposite(a), 'truth')
const different = binary((a, b) => a !== b || isComposite(a), 'truth')
const ordered = (holds: (a: number, b: number) => boolean): Join =>
  binary((a, b) => (typeof a === 'number' && typeof b === 'number' ? holds(a, b) : FAILED), 'truth')

/** Doubles that are whole numbers are calculated with exactly; whatever else comes out is the engine's to say. */
const calculated =
  (calculate: (a: number, b: number) => number) =>
  (a: Json, b: Json): Result => {
    if (typeof a !== 'number' || typeof b !== 'number') return FAILED
    if (!Number.isSafeInteger(a) || !Number.isSafeInteger(b)) return UNSURE
    const result = calculate(a, b)
    return Number.isSafeInteger(result) ? result + 0 : UNSURE
  }
const whole = (calculate: (a: number, b: number) => number): Join => binary(calculated(calculate), 'arithmetic')

const difference = whole((a, b) => a - b)
const product = whole((a, b) => a * b)
// A quotient with a fraction may look whole in a double.
const quotient = whole((a, b) => (a % b === 0 ? a / b : Number.NaN))
const remainder = whole((a, b) => a % b)

/** Longer texts are put together by the engine, behind the guard that limits its work. */
const TEXT_MAX = 1_000
const sum = calculated((a, b) => a + b)
const added = binary((a, b) => {
  if (typeof a !== 'string') return sum(a, b)
  if (typeof b !== 'string') return FAILED
  return a.length + b.length <= TEXT_MAX ? a + b : UNSURE
}, 'arithmetic')

/** By how strongly they bind (zen-expression, parser/constants.rs); all bind to the left. */
export const OPERATORS: ReadonlyMap<string, { binds: number; join: Join }> = new Map([
  ['or', { binds: 10, join: or }],
  ['and', { binds: 15, join: and }],
  ['==', { binds: 20, join: equal }],
  ['!=', { binds: 20, join: different }],
  ['<', { binds: 20, join: ordered((a, b) => a < b) }],
  ['<=', { binds: 20, join: ordered((a, b) => a <= b) }],
  ['>', { binds: 20, join: ordered((a, b) => a > b) }],
  ['>=', { binds: 20, join: ordered((a, b) => a >= b) }],
  ['in', { binds: 20, join: within }],
  ['not in', { binds: 20, join: (left, right) => ({ ...not(within(left, right)), asks: 'truth' }) }],
  ['+', { binds: 30, join: added }],
  ['-', { binds: 30, join: difference }],
  ['*', { binds: 60, join: product }],
  ['/', { binds: 60, join: quotient }],
  ['%', { binds: 60, join: remainder }],
  ['??', { binds: 80, join: otherwise }],
])

export function within(left: Part, right: Part): Part {
  const first = runOf(left)
  const { items, range, run } = right
  if (items !== undefined) return { run: (lookup) => isListed(first(lookup), items), asks: 'truth' }
  if (range !== undefined) return { run: (lookup) => isInRange(first(lookup), range, lookup), asks: 'truth' }
  return {
    asks: 'truth',
    run: (lookup) => {
      const a = first(lookup)
      if (typeof a === 'symbol') return a
      const b = run(lookup)
      if (typeof b === 'symbol') return b
      if (isComposite(a)) return FAILED
      if (Array.isArray(b)) return b.includes(a)
      return isJsonObject(b) && typeof a === 'string' ? Object.hasOwn(b, a) : FAILED
    },
  }
}

function isListed(a: Result, items: ReadonlySet<Json>): Result {
  if (typeof a === 'symbol') return a
  return isComposite(a) ? FAILED : items.has(a)
}

function isInRange(a: Result, range: Range, lookup: Lookup): Result {
  if (typeof a === 'symbol') return a
  const includes = range(lookup)
  if (typeof includes === 'symbol') return includes
  return typeof a === 'number' ? includes(a) : FAILED
}

/** `]a..b[` is what lies outside. Brackets that do not match mean something odd, which is left to the engine. */
export function interval(open: string, close: string, left: Part, right: Part): Part {
  const isOutside = open === ']'
  if (isOutside === (close === ')' || close === ']')) throw new NotSimple()
  const withFirst = open !== '('
  const withLast = close === ']' || close === '['
  const first = runOf(left)
  const last = runOf(right)
  const range: Range = (lookup) => {
    const from = first(lookup)
    const to = last(lookup)
    if (from === UNSURE || to === UNSURE) return UNSURE
    if (typeof from !== 'number' || typeof to !== 'number') return FAILED
    if (isOutside) return (value) => from >= value || (withLast ? to <= value : to < value)
    return (value) => (withFirst ? from <= value : from < value) && (withLast ? to >= value : to > value)
  }
  return { run: () => FAILED, range, asks: 'in' }
}

const unary = (part: Part, apply: (value: Json) => Result): Part => {
  const run = runOf(part)
  return {
    asks: part.asks,
    run: (lookup) => {
      const value = run(lookup)
      return typeof value === 'symbol' ? value : apply(value)
    },
  }
}

export const not = (part: Part): Part => unary(part, (value) => (typeof value === 'boolean' ? !value : FAILED))
export const negated = (part: Part): Part => unary(part, (value) => (typeof value === 'number' ? 0 - value : FAILED))
export const truth = (part: Part): Part => unary(part, (value) => (typeof value === 'boolean' ? value : FAILED))

/** The right side is not looked at where the left one decides, so it cannot fail then. */
export function and(left: Part, right: Part): Part {
  const first = runOf(left)
  const second = runOf(right)
  return {
    asks: 'truth',
    run: (lookup) => {
      const found = first(lookup)
      if (typeof found === 'symbol') return found
      return found === true ? second(lookup) : found === false ? false : FAILED
    },
  }
}

export function or(left: Part, right: Part): Part {
  const first = runOf(left)
  const second = runOf(right)
  return {
    asks: 'truth',
    run: (lookup) => {
      const found = first(lookup)
      if (typeof found === 'symbol') return found
      return found === false ? second(lookup) : found === true ? true : FAILED
    },
  }
}

function otherwise(left: Part, right: Part): Part {
  const first = runOf(left)
  const second = runOf(right)
  const run: Quick = (lookup) => {
    const found = first(lookup)
    return found === null ? second(lookup) : found
  }
  return { run, asks: 'unknown' }
}

export function conditional(condition: Part, onTrue: Part, onFalse: Part): Part {
  const [test, first, second] = [runOf(condition), runOf(onTrue), runOf(onFalse)]
  return {
    asks: 'unknown',
    run: (lookup) => {
      const found = test(lookup)
      if (typeof found === 'symbol') return found
      return found === true ? first(lookup) : found === false ? second(lookup) : FAILED
    },
  }
}
