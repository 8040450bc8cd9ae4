/**
 * The simple expressions, evaluated here and not in the engine: fields, literals, comparisons, `in` lists and ranges,
 * `and`, `or`. They are what most cells of decision tables and most conditions are made of, and a call of the native
 * engine costs about a microsecond for each, with its texts and numbers converted twice (measured; bench/decisions.ts).
 * Whatever is not simple is left to the engine. A property test holds both against each other (quick.test.ts).
 *
 * Numbers: the engine reads a double by its shortest text, as an exact decimal. Order and equality of two doubles are
 * those of their shortest texts, so comparing the doubles gives the engine's answer, as long as a literal has no more
 * digits than a double keeps.
 */
import type { Json } from '../json.ts'
import { isJsonObject } from '../json.ts'
import { FORBIDDEN_NAMES } from './names.ts'
import type { Token } from './lexer.ts'

/** The expression failed, as the engine's would: types that do not go together. */
export const FAILED: unique symbol = Symbol('failed')
export type Result = Json | typeof FAILED

/** The value of a member of the context; undefined where there is none. */
export type Lookup = (root: string) => Json | undefined
export type Quick = (lookup: Lookup) => Result

/** What a double keeps of any decimal text. */
const DIGITS_MAX = 15
const WORDS = new Set(['and', 'or', 'not', 'in', 'true', 'false', 'null', 'as'])
const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>='])

class NotSimple extends Error {}

/** A function for the expression; undefined where only the engine can evaluate it. */
export function quickStandard(tokens: readonly Token[]): Quick | undefined {
  return attempt(tokens, (reader) => reader.logical())
}

/** The same for a unary test, which compares `$` with what is written. */
export function quickUnary(tokens: readonly Token[]): Quick | undefined {
  return attempt(tokens, (reader) => reader.unaryTests())
}

function attempt(tokens: readonly Token[], read: (reader: Reader) => Part): Quick | undefined {
  try {
    const reader = new Reader(tokens)
    const part = read(reader)
    return reader.atEnd() && part.range === undefined ? part.run : undefined
  } catch (thrown) {
    if (thrown instanceof NotSimple) return undefined
    throw thrown
  }
}

type Range = (lookup: Lookup) => ((value: number) => boolean) | typeof FAILED

interface Part {
  run: Quick
  /** A literal's value. */
  literal?: Json
  /** The items of a list that is written out, kept once. */
  items?: ReadonlySet<Json>
  /** A range is a value of its own kind, which only `in` understands. */
  range?: Range
}

type Join = (left: Part, right: Part) => Part

const reference: Part = { run: (lookup) => lookup('$') ?? null }

class Reader {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  atEnd(): boolean {
    return this.#at === this.#tokens.length
  }

  #isSymbol(text: string): boolean {
    const token = this.#tokens[this.#at]
    return token?.kind === 'symbol' && token.text === text
  }

  #isWord(text: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead]
    return token?.kind === 'name' && token.text === text
  }

  #opensList(): boolean {
    return this.#isSymbol('[') || this.#isSymbol('(') || this.#isSymbol(']')
  }

  #take(condition: boolean): boolean {
    if (condition) this.#at++
    return condition
  }

  /** `or` binds weaker than `and`, both weaker than comparisons. */
  logical(): Part {
    let left = this.#conjunction()
    while (this.#take(this.#isWord('or'))) left = or(left, this.#conjunction())
    return left
  }

  #conjunction(): Part {
    let left = this.#comparison()
    while (this.#take(this.#isWord('and'))) left = and(left, this.#comparison())
    return left
  }

  #comparison(): Part {
    let left = this.#operand()
    for (let next = this.#operator(); next !== undefined; next = this.#operator()) left = next(left, this.#operand())
    return left
  }

  /** Tests of a cell are joined from left to right, `and` and `or` alike; a comma is `or`. */
  unaryTests(): Part {
    let left = this.#unaryTest()
    for (;;) {
      if (this.#take(this.#isWord('and'))) left = and(left, this.#unaryTest())
      else if (this.#take(this.#isWord('or') || this.#isSymbol(','))) left = or(left, this.#unaryTest())
      else return asTruth(left)
    }
  }

  #unaryTest(): Part {
    const operator = this.#operator()
    const isListed = this.#opensList()
    const operand = this.#operand()
    if (operator !== undefined) return operator(reference, operand)
    return isListed ? within(reference, operand) : equal(reference, operand)
  }

  #operator(): Join | undefined {
    const token = this.#tokens[this.#at]
    if (token?.kind === 'symbol' && COMPARISONS.has(token.text)) {
      this.#at++
      return operatorOf(token.text)
    }
    if (this.#take(this.#isWord('in'))) return within
    if (this.#isWord('not') && this.#isWord('in', 1)) {
      this.#at += 2
      return (left, right) => not(within(left, right))
    }
    return undefined
  }

  #operand(): Part {
    return this.#opensList() ? this.#rangeOrList() : this.#value()
  }

  #rangeOrList(): Part {
    const open = this.#tokens[this.#at++]?.text ?? ''
    if (open === '[' && this.#take(this.#isSymbol(']'))) return list([])
    const first = this.#value()
    if (this.#take(this.#isSymbol('..'))) {
      const last = this.#value()
      const close = this.#tokens[this.#at++]
      if (close?.kind !== 'symbol' || !')](['.includes(close.text)) throw new NotSimple()
      return interval(open, close.text, first.run, last.run)
    }
    if (open !== '[') throw new NotSimple()
    const items = [first]
    while (this.#take(this.#isSymbol(','))) items.push(this.#value())
    if (!this.#take(this.#isSymbol(']'))) throw new NotSimple()
    return list(items)
  }

  /** A literal or a path; never a calculation. */
  #value(): Part {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw new NotSimple()
    const next = this.#tokens[this.#at + 1]
    if (token.kind === 'symbol' && token.text === '-' && next?.kind === 'number') {
      this.#at += 2
      return literal(-numberOf(next))
    }
    this.#at++
    if (token.kind === 'number') return literal(numberOf(token))
    if (token.kind === 'text') return literal(token.text)
    if (token.kind !== 'name') throw new NotSimple()
    if (token.text === 'true' || token.text === 'false') return literal(token.text === 'true')
    if (token.text === 'null') return literal(null)
    return this.#path(token.text)
  }

  #path(root: string): Part {
    if (WORDS.has(root) || root.startsWith('#') || root === '$root') throw new NotSimple()
    const members: string[] = []
    while (this.#take(this.#isSymbol('.'))) {
      const name = this.#tokens[this.#at++]
      if (name?.kind !== 'name' || WORDS.has(name.text) || FORBIDDEN_NAMES.has(name.text)) throw new NotSimple()
      members.push(name.text)
    }
    if (this.#isSymbol('(') || this.#isSymbol('[')) throw new NotSimple()
    return { run: path(root, members) }
  }
}

function numberOf(token: Token): number {
  const text = token.text.replaceAll('_', '')
  if (text.replaceAll(/[^0-9]/g, '').length > DIGITS_MAX) throw new NotSimple()
  return Number(text)
}

function literal(value: Json): Part {
  return { run: () => value, literal: value }
}

function list(parts: readonly Part[]): Part {
  const literals = parts.flatMap((part) => (part.literal === undefined ? [] : [part.literal]))
  if (literals.length === parts.length) return { run: () => [...literals], items: new Set(literals) }
  return { run: (lookup) => parts.map((part) => part.run(lookup) as Json) }
}

function path(root: string, members: readonly string[]): Quick {
  if (members.length === 0) return (lookup) => lookup(root) ?? null
  return (lookup) => {
    let value: Json | undefined = lookup(root)
    for (const member of members) {
      if (value === undefined || !isJsonObject(value) || !Object.hasOwn(value, member)) return null
      value = value[member]
    }
    return value ?? null
  }
}

const ORDER: Record<string, (a: number, b: number) => boolean> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

function operatorOf(symbol: string): Join {
  if (symbol === '==') return equal
  if (symbol === '!=') return (left, right) => not(equal(left, right))
  const holds = ORDER[symbol]
  if (holds === undefined) throw new NotSimple()
  return (left, right) => {
    const first = runOf(left)
    const second = runOf(right)
    return {
      run: (lookup) => {
        const a = first(lookup)
        const b = second(lookup)
        return typeof a === 'number' && typeof b === 'number' ? holds(a, b) : FAILED
      },
    }
  }
}

function runOf(part: Part): Quick {
  if (part.range !== undefined) throw new NotSimple()
  return part.run
}

const isComposite = (value: Json): boolean => typeof value === 'object' && value !== null

/** Values of different types are different, and lists and objects equal nothing. */
function equal(left: Part, right: Part): Part {
  const first = runOf(left)
  const second = runOf(right)
  return {
    run: (lookup) => {
      const a = first(lookup)
      const b = second(lookup)
      if (a === FAILED || b === FAILED) return FAILED
      return a === b && !isComposite(a)
    },
  }
}

function within(left: Part, right: Part): Part {
  const first = runOf(left)
  const { items, range, run } = right
  if (items !== undefined) {
    return {
      run: (lookup) => {
        const a = first(lookup)
        return a === FAILED || isComposite(a) ? FAILED : items.has(a)
      },
    }
  }
  if (range !== undefined) {
    return {
      run: (lookup) => {
        const a = first(lookup)
        const includes = range(lookup)
        return includes === FAILED || typeof a !== 'number' ? FAILED : includes(a)
      },
    }
  }
  return { run: (lookup) => isWithin(first(lookup), run(lookup)) }
}

function isWithin(a: Result, b: Result): Result {
  if (a === FAILED || b === FAILED || isComposite(a)) return FAILED
  if (Array.isArray(b)) return b.includes(a)
  return isJsonObject(b) && typeof a === 'string' ? Object.hasOwn(b, a) : FAILED
}

/** `]a..b[` is what lies outside. Brackets that do not match mean something odd, which is left to the engine. */
function interval(open: string, close: string, first: Quick, last: Quick): Part {
  const isOutside = open === ']'
  if (isOutside === (close === ')' || close === ']')) throw new NotSimple()
  const withFirst = open !== '('
  const withLast = close === ']' || close === '['
  const range: Range = (lookup) => {
    const from = first(lookup)
    const to = last(lookup)
    if (typeof from !== 'number' || typeof to !== 'number') return FAILED
    if (isOutside) return (value) => from >= value || (withLast ? to <= value : to < value)
    return (value) => (withFirst ? from <= value : from < value) && (withLast ? to >= value : to > value)
  }
  return { run: () => FAILED, range }
}

function not(part: Part): Part {
  const run = runOf(part)
  return {
    run: (lookup) => {
      const found = run(lookup)
      return typeof found === 'boolean' ? !found : FAILED
    },
  }
}

/** The right side is not looked at where the left one decides, so it cannot fail then. */
function and(left: Part, right: Part): Part {
  const first = runOf(left)
  const second = runOf(right)
  return {
    run: (lookup) => {
      const found = first(lookup)
      return found === true ? second(lookup) : found === false ? false : FAILED
    },
  }
}

function or(left: Part, right: Part): Part {
  const first = runOf(left)
  const second = runOf(right)
  return {
    run: (lookup) => {
      const found = first(lookup)
      return found === false ? second(lookup) : found === true ? true : FAILED
    },
  }
}

function asTruth(part: Part): Part {
  const run = runOf(part)
  return {
    run: (lookup) => {
      const found = run(lookup)
      return typeof found === 'boolean' ? found : FAILED
    },
  }
}
