/** The functions of simple expressions (quick.ts), as the engine has them (functions/internal.rs, compiler.rs). */
import type { Json } from '../json.ts'
import type { Lookup, Part, Quick, Result } from './quick-parts.ts'
import { FAILED, isComposite, NotSimple, runOf, UNSURE } from './quick-parts.ts'

interface Definition {
  asks: Part['asks']
  arguments: number
  apply(values: readonly Json[]): Result
}

const DECIMAL = /^-?(?:\d{1,15}|\d{1,9}\.\d{1,6})$/
const DATE = /^([1-9]\d{3})-(\d\d)-(\d\d)$/
/** One byte for each character. */
const ASCII = /^[ -~]*$/

function numberOf(value: Json): Result {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value !== 'string') return FAILED
  return DECIMAL.test(value) ? Number(value) + 0 : UNSURE
}

/** Seconds since 1970 of a plain date; everything else a date can be is the engine's to read. */
function secondsOf(value: Json): Result {
  const parts = typeof value === 'string' ? DATE.exec(value) : null
  if (parts === null) return UNSURE
  const [, year, month, day] = parts.map(Number) as [number, number, number, number]
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() / 1_000 : UNSURE
}

/** The engine counts the bytes of a text. */
function lengthOf(value: Json): Result {
  if (Array.isArray(value)) return value.length
  if (typeof value !== 'string') return FAILED
  return value.length <= TEXT_MAX && ASCII.test(value) ? value.length : UNSURE
}

function contains([value = null, sought = null]: readonly Json[]): Result {
  if (typeof value === 'string') {
    if (typeof sought !== 'string') return FAILED
    return value.length <= TEXT_MAX ? value.includes(sought) : UNSURE
  }
  return Array.isArray(value) ? !isComposite(sought) && value.includes(sought) : FAILED
}

const ofTexts =
  (holds: (text: string, part: string) => boolean) =>
  ([text = null, part = null]: readonly Json[]): Result =>
    typeof text === 'string' && typeof part === 'string' ? holds(text, part) : FAILED

const ofNumber =
  (apply: (value: number) => number) =>
  ([value = null]: readonly Json[]): Result => {
    if (typeof value !== 'number') return FAILED
    return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? apply(value) + 0 : UNSURE
  }

const FUNCTIONS: ReadonlyMap<string, Definition> = new Map<string, Definition>([
  ['len', { asks: 'equal', arguments: 1, apply: ([value = null]) => lengthOf(value) }],
  ['number', { asks: 'equal', arguments: 1, apply: ([value = null]) => numberOf(value) }],
  ['date', { asks: 'equal', arguments: 1, apply: ([value = null]) => secondsOf(value) }],
  ['floor', { asks: 'equal', arguments: 1, apply: ofNumber(Math.floor) }],
  ['ceil', { asks: 'equal', arguments: 1, apply: ofNumber(Math.ceil) }],
  ['abs', { asks: 'equal', arguments: 1, apply: ofNumber(Math.abs) }],
  ['contains', { asks: 'truth', arguments: 2, apply: contains }],
  ['startsWith', { asks: 'truth', arguments: 2, apply: ofTexts((text, part) => text.startsWith(part)) }],
  ['endsWith', { asks: 'truth', arguments: 2, apply: ofTexts((text, part) => text.endsWith(part)) }],
])

export function isQuickFunction(name: string): boolean {
  return FUNCTIONS.has(name)
}

export function callOf(name: string, parts: readonly Part[]): Part {
  const definition = FUNCTIONS.get(name)
  if (definition?.arguments !== parts.length) throw new NotSimple()
  const runs = parts.map(runOf)
  const { apply, asks } = definition
  const run: Quick = (lookup) => {
    const values: Json[] = []
    for (const argument of runs) {
      const value = argument(lookup)
      if (typeof value === 'symbol') return value
      values.push(value)
    }
    return apply(values)
  }
  return { run, asks }
}

/** Longer lists and texts go to the engine, behind the guard that limits its work. */
const ITEMS_MAX = 1_000
const INNER_ITEMS_MAX = 100
const TEXT_MAX = 1_000

/** Rounds of closures so far. Evaluations do not wait for anything, so what is added during one is its own. */
export const quickEffort = { rounds: 0 }

type Fold = (items: readonly Json[], body: Quick, lookup: Lookup) => Result

/** Goes over the items until the body gives what stops it; the body must give true or false. */
const search =
  (stopAt: boolean, found: boolean): Fold =>
  (items, body, lookup) => {
    for (const item of items) {
      const value = body(scope(item, lookup))
      if (typeof value === 'symbol') return value
      if (typeof value !== 'boolean') return FAILED
      if (value === stopAt) return found
    }
    return !found
  }

const chosen = (items: readonly Json[], body: Quick, lookup: Lookup): Json[] | typeof FAILED | typeof UNSURE => {
  const kept: Json[] = []
  for (const item of items) {
    const value = body(scope(item, lookup))
    if (typeof value === 'symbol') return value
    if (typeof value !== 'boolean') return FAILED
    if (value) kept.push(item)
  }
  return kept
}

const scope = (item: Json, lookup: Lookup): Lookup => {
  return (root) => (root === '#' ? item : lookup(root))
}

const CLOSURES: ReadonlyMap<string, { asks: Part['asks']; fold: Fold }> = new Map<
  string,
  { asks: Part['asks']; fold: Fold }
>([
  ['some', { asks: 'truth', fold: search(true, true) }],
  ['all', { asks: 'truth', fold: search(false, false) }],
  ['none', { asks: 'truth', fold: search(true, false) }],
  [
    'count',
    {
      asks: 'equal',
      fold: (items, body, lookup) => {
        const kept = chosen(items, body, lookup)
        return typeof kept === 'symbol' ? kept : kept.length
      },
    },
  ],
  ['filter', { asks: 'in', fold: chosen }],
])

export function isQuickClosure(name: string): boolean {
  return CLOSURES.has(name)
}

/** `isInner`: it stands in another closure. */
export function closureOf(name: string, list: Part, body: Part, isInner: boolean): Part {
  const closure = CLOSURES.get(name)
  if (closure === undefined) throw new NotSimple()
  const items = runOf(list)
  const inner = runOf(body)
  const itemsMax = isInner ? INNER_ITEMS_MAX : ITEMS_MAX
  const run: Quick = (lookup) => {
    const found = items(lookup)
    if (typeof found === 'symbol') return found
    if (!Array.isArray(found)) return FAILED
    if (found.length > itemsMax) return UNSURE
    quickEffort.rounds += found.length
    return closure.fold(found, inner, lookup)
  }
  return { run, asks: closure.asks }
}
