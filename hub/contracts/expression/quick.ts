/**
 * The simple expressions, evaluated here and not in the engine: fields, literals, comparisons, lists, ranges, logic,
 * whole numbers and the plainest functions. They are what most cells of decision tables and most conditions are made
 * of, and a call of the native engine costs one to some microseconds for each, with its texts and numbers converted
 * twice (measured; bench/decisions.ts). Whatever is not simple is left to the engine: the whole expression when it is
 * read, or one evaluation of it (UNSURE). A property test holds both against each other (quick.test.ts).
 *
 * Numbers: the engine reads a double by its shortest text, as an exact decimal. Order and equality of two doubles are
 * those of their shortest texts, so comparing the doubles gives the engine's answer, as long as a literal has no more
 * digits than a double keeps.
 */
import { FORBIDDEN_NAMES } from './names.ts'
import type { Token } from './lexer.ts'
import { callOf, closureOf, isQuickClosure, isQuickFunction } from './quick-functions.ts'
import type { Part, Quick } from './quick-parts.ts'
import { conditional, equal, interval, list, literal, negated, not, NotSimple, OPERATORS, path } from './quick-parts.ts'
import { and, or, truth, within } from './quick-parts.ts'

export { FAILED, UNSURE } from './quick-parts.ts'
export { quickEffort } from './quick-functions.ts'
export type { Lookup, Quick } from './quick-parts.ts'

/** What a double keeps of any decimal text. */
const DIGITS_MAX = 15
const WORDS = new Set(['and', 'or', 'not', 'in', 'true', 'false', 'null', 'as'])
const COMPARISON = 20
const NEGATION = 50
const SIGN = 200

/** A function for the expression; undefined where only the engine can evaluate it. */
export function quickStandard(tokens: readonly Token[]): Quick | undefined {
  return attempt(tokens, (reader) => reader.expression())
}

/** The same for a unary test, which compares `$` with what is written. */
export function quickUnary(tokens: readonly Token[]): Quick | undefined {
  return attempt(tokens, (reader) => reader.tests())
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

const reference: Part = path('$', [])

class Reader {
  readonly #tokens: readonly Token[]
  #at = 0
  /** In a cell `and`, `or` and commas part tests from each other; only the body of a closure has its own. */
  #joinsTests = false
  #closures = 0
  #isCell = false

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  atEnd(): boolean {
    return this.#at === this.#tokens.length
  }

  #isSymbol(text: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead]
    return token?.kind === 'symbol' && token.text === text
  }

  #isWord(text: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead]
    return token?.kind === 'name' && token.text === text
  }

  #take(condition: boolean): boolean {
    if (condition) this.#at++
    return condition
  }

  #need(symbol: string): void {
    if (!this.#take(this.#isSymbol(symbol))) throw new NotSimple()
  }

  /** Tests of a cell are joined from left to right, `and` and `or` alike; a comma is `or`. */
  tests(): Part {
    this.#joinsTests = true
    this.#isCell = true
    let left = this.#test()
    for (;;) {
      if (this.#take(this.#isWord('and'))) left = and(left, this.#test())
      else if (this.#take(this.#isWord('or') || this.#isSymbol(','))) left = or(left, this.#test())
      else return truth(left)
    }
  }

  #test(): Part {
    const operator = this.#operator()
    if (operator !== undefined) {
      if (OPERATORS.get(operator)?.binds !== COMPARISON) throw new NotSimple()
      this.#skip(operator)
      return join(operator, reference, this.expression())
    }
    const part = this.expression()
    if (part.asks === 'unknown') throw new NotSimple()
    if (part.asks === 'truth') return part
    return part.asks === 'in' ? within(reference, part) : equal(reference, part)
  }

  /** Operators are read by how strongly they bind, as the engine's parser does. */
  expression(least = 0): Part {
    let left = this.#signed()
    for (let operator = this.#operator(); operator !== undefined; operator = this.#operator()) {
      const binds = OPERATORS.get(operator)?.binds ?? -1
      if (binds < least || (this.#joinsTests && (operator === 'and' || operator === 'or'))) break
      // In the body of a closure in a cell, the engine's `or` binds as strongly as `and` to its right.
      if (operator === 'or' && this.#isCell && this.#closures > 0) throw new NotSimple()
      this.#skip(operator)
      left = join(operator, left, this.expression(binds + 1))
    }
    if (least > 0 || !this.#take(this.#isSymbol('?'))) return left
    const onTrue = this.expression()
    this.#need(':')
    return conditional(left, onTrue, this.expression())
  }

  #operator(): string | undefined {
    const token = this.#tokens[this.#at]
    if (token === undefined || token.kind === 'text' || token.kind === 'number') return undefined
    if (token.kind === 'name' && token.text === 'not') return this.#isWord('in', 1) ? 'not in' : undefined
    return OPERATORS.has(token.text) ? token.text : undefined
  }

  #skip(operator: string): void {
    this.#at += operator === 'not in' ? 2 : 1
  }

  #signed(): Part {
    if (this.#take(this.#isWord('not'))) return not(this.expression(NEGATION))
    if (this.#take(this.#isSymbol('-'))) {
      const part = this.expression(SIGN)
      return typeof part.literal === 'number' ? literal(0 - part.literal) : negated(part)
    }
    if (this.#isSymbol('[') || this.#isSymbol('(') || this.#isSymbol(']')) return this.#bracketed()
    return this.#value()
  }

  /** A range, a list, or a calculation in brackets. */
  #bracketed(): Part {
    const open = this.#tokens[this.#at++]?.text ?? ''
    if (open === '[' && this.#take(this.#isSymbol(']'))) return this.#plain(list([]))
    const first = this.expression()
    if (this.#take(this.#isSymbol('..'))) {
      const last = this.expression()
      const close = this.#tokens[this.#at++]
      if (close?.kind !== 'symbol' || !')](['.includes(close.text)) throw new NotSimple()
      return this.#plain(interval(open, close.text, first, last))
    }
    if (open === '(') {
      this.#need(')')
      if (first.range !== undefined) throw new NotSimple()
      return this.#plain(first)
    }
    if (open !== '[') throw new NotSimple()
    const items = [first]
    while (this.#take(this.#isSymbol(','))) items.push(this.expression())
    this.#need(']')
    return this.#plain(list(items))
  }

  /** What is called, indexed or asked for a member right after is not simple. */
  #plain(part: Part): Part {
    if (this.#isSymbol('(') || this.#isSymbol('.')) throw new NotSimple()
    // In a cell, `[a][b]` would be an index too.
    if (this.#isSymbol('[')) throw new NotSimple()
    return part
  }

  #value(): Part {
    const token = this.#tokens[this.#at++]
    if (token === undefined || token.kind === 'symbol') throw new NotSimple()
    if (token.kind === 'number') return this.#plain(literal(numberOf(token)))
    if (token.kind === 'text') return this.#plain(literal(token.text))
    if (token.text === 'true' || token.text === 'false') return this.#plain(literal(token.text === 'true'))
    if (token.text === 'null') return this.#plain(literal(null))
    return this.#isSymbol('(') ? this.#call(token.text) : this.#path(token.text)
  }

  #call(name: string): Part {
    this.#need('(')
    const first = this.expression()
    if (isQuickClosure(name)) {
      this.#need(',')
      const body = this.#closureBody()
      this.#need(')')
      return this.#plain(closureOf(name, first, body, this.#closures > 0))
    }
    if (!isQuickFunction(name)) throw new NotSimple()
    const parts = [first]
    while (this.#take(this.#isSymbol(','))) parts.push(this.expression())
    this.#need(')')
    return this.#plain(callOf(name, parts))
  }

  #closureBody(): Part {
    const outer = this.#joinsTests
    this.#joinsTests = false
    this.#closures++
    const body = this.expression()
    this.#closures--
    this.#joinsTests = outer
    return body
  }

  #path(root: string): Part {
    const isItem = root === '#' && this.#closures > 0
    if (WORDS.has(root) || root === '$root' || (root.startsWith('#') && !isItem)) throw new NotSimple()
    const members: string[] = []
    while (this.#take(this.#isSymbol('.'))) {
      const name = this.#tokens[this.#at++]
      if (name?.kind !== 'name' || WORDS.has(name.text) || FORBIDDEN_NAMES.has(name.text)) throw new NotSimple()
      members.push(name.text)
    }
    const part = this.#plain(path(root, members))
    return isItem && members.length === 0 ? { ...part, asks: 'unknown' } : part
  }
}

function join(operator: string, left: Part, right: Part): Part {
  const found = OPERATORS.get(operator)
  if (found === undefined) throw new NotSimple()
  return found.join(left, right)
}

function numberOf(token: Token): number {
  const text = token.text.replaceAll('_', '')
  if (text.replaceAll(/[^0-9]/g, '').length > DIGITS_MAX) throw new NotSimple()
  return Number(text)
}
