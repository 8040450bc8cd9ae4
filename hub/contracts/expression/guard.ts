import { CLOSURES, FORBIDDEN_NAMES, KEYWORDS } from './names.ts'
import type { Path, Segment } from './names.ts'
import { LexicalProblem, tokenize } from './lexer.ts'
import type { Token } from './lexer.ts'
import { PATTERN_COST_MAX, patternCost } from './pattern-cost.ts'

/**
 * What an expression may do, checked before the engine sees it.
 *
 * The native engine (0.54) ends the whole process, and not just the call, when its decimals overflow, when something
 * is divided by zero with %, when a result is beyond a 64-bit integer, or when a date format is wrong; it has neither
 * a time nor a memory limit; and it can look at the clock, roll dice, and list the members of an object in another order
 * each time (keys, values), which neither a mapping nor a rule may: the same input must give the same answer every time.
 * So the functions are a list, chains that multiply memory are refused, and numbers are held so small that no operation
 * of the expression can overflow (`Limits`).
 */
export interface Grammar {
  /** Whether `$` means something: the value under test in a cell, or the results so far. */
  dollar?: boolean
  /** Whether date(text) is there: seconds since 1970 of an ISO date or instant. Never the clock. */
  dates?: boolean
}

export interface Analysis {
  /** The source paths read, each at least one step long. */
  reads: Path[]
  limits: Limits
}

export interface Limits {
  /** No number that goes in may be larger, or where it divides, be nearer to zero than one part of it. */
  magnitudeMax: number
  divides: boolean
  /** Whether text is made into numbers, so that the limit holds for texts too. */
  readsNumbers: boolean
  /** Whether text is made into dates; the word "now" would be the clock. */
  readsDates: boolean
}

const CHARACTERS_MAX = 2_000
const NESTING_MAX = 40
const MULTIPLICATIONS_MAX = 3
const CLOSURE_DEPTH_MAX = 2
/** What a signed 64-bit integer holds, with room to spare. */
const RESULT_MAX = 9e18
const MAGNITUDE_MAX = 1e15
/** Items that a sum may go over; expression.ts keeps inputs below it. */
export const SUMMED_ITEMS_MAX = 10_000

export const FUNCTIONS: readonly string[] = [
  ...CLOSURES,
  ...['len', 'contains', 'flatten', 'upper', 'lower', 'trim', 'startsWith', 'endsWith', 'matches', 'extract', 'split'],
  ...['abs', 'sum', 'avg', 'min', 'max', 'floor', 'ceil', 'round', 'isNumeric', 'string', 'number', 'bool', 'type'],
]

/** Throws LexicalProblem with the place of what is not allowed. */
export function analyse(source: string, grammar: Grammar = {}): Analysis {
  if (source.length > CHARACTERS_MAX) {
    throw new LexicalProblem(`the expression is longer than ${CHARACTERS_MAX} characters`, CHARACTERS_MAX)
  }
  const tokens = tokenize(source)
  if (tokens.length === 0) throw new LexicalProblem('the expression is empty', 0)
  checkBrackets(tokens)
  tokens.forEach((token, index) => {
    checkSymbol(tokens, token, index)
    if (token.kind === 'name') checkName(tokens, token, index, grammar)
  })
  const limits = limitsOf(tokens)
  checkLiterals(tokens, limits)
  return { reads: readsOf(tokens), limits }
}

const isFunction = (tokens: readonly Token[], index: number): boolean =>
  tokens[index]?.kind === 'name' && tokens[index + 1]?.text === '(' && tokens[index + 1]?.kind === 'symbol'

const isSymbol = (token: Token | undefined, text: string): boolean => token?.kind === 'symbol' && token.text === text

function checkBrackets(tokens: readonly Token[]): void {
  const open: boolean[] = []
  tokens.forEach((token, index) => {
    if (token.kind !== 'symbol') return
    if ('([{'.includes(token.text) || token.text === '${') {
      const before = tokens[index - 1]
      open.push(token.text === '(' && before?.kind === 'name' && CLOSURES.has(before.text))
      const closures = open.filter(Boolean).length
      if (open.length > NESTING_MAX)
        throw new LexicalProblem(`brackets are nested deeper than ${NESTING_MAX}`, token.at)
      if (closures > CLOSURE_DEPTH_MAX) {
        throw new LexicalProblem(
          `map, filter and the like stand at most ${CLOSURE_DEPTH_MAX} deep in each other`,
          token.at,
        )
      }
    } else if (')]}'.includes(token.text)) open.pop()
  })
}

function checkSymbol(tokens: readonly Token[], token: Token, index: number): void {
  if (token.kind !== 'symbol') return
  const next = tokens[index + 1]
  if (token.text === '=' || token.text === ';')
    throw new LexicalProblem('assignments are not allowed; == compares', token.at)
  if (token.text === '^') throw new LexicalProblem('powers are not allowed; write a * a', token.at)
  if (token.text === '%' && !(next?.kind === 'number' && Number(next.text.replaceAll('_', '')) >= 1)) {
    throw new LexicalProblem('after % a number of at least 1 must be written out', token.at)
  }
  if (token.text === '/' && !divisorIsPlain(tokens, index + 1)) {
    throw new LexicalProblem('after / a field or a number other than 0 must stand', token.at)
  }
  if (token.text === '..' && tokens.some((one, at) => isFunction(tokens, at) && CLOSURES.has(one.text))) {
    throw new LexicalProblem('ranges and map, filter and the like do not go together', token.at)
  }
}

/** A number that isn't 0, or a field by its name and dots; not the result of a calculation, which may be tiny. */
function divisorIsPlain(tokens: readonly Token[], index: number): boolean {
  const token = tokens[index]
  if (token?.kind === 'number') return Number(token.text.replaceAll('_', '')) >= 1e-6
  if (token?.kind !== 'name' || isFunction(tokens, index)) return false
  return true
}

function checkName(tokens: readonly Token[], token: Token, index: number, grammar: Grammar): void {
  if (FORBIDDEN_NAMES.has(token.text)) throw new LexicalProblem(`the name ${token.text} is not allowed`, token.at)
  if (!isFunction(tokens, index)) {
    if (token.text === '$' && grammar.dollar !== true) throw new LexicalProblem('$ stands for nothing here', token.at)
    return
  }
  if (KEYWORDS.has(token.text)) return
  if (isSymbol(tokens[index - 1], '.')) {
    throw new LexicalProblem(
      `methods such as .${token.text}() are not allowed; ${grammar.dates === true ? 'date(text) gives seconds since 1970' : 'use the conversions date and dateTime'}`,
      token.at,
    )
  }
  if (token.text === 'date' && grammar.dates === true) return checkDateArgument(tokens, index)
  if (!FUNCTIONS.includes(token.text)) {
    const available = grammar.dates === true ? [...FUNCTIONS, 'date'] : FUNCTIONS
    throw new LexicalProblem(
      `the function ${token.text} is not available; there are ${available.toSorted().join(', ')}`,
      token.at,
    )
  }
  if (token.text === 'matches' || token.text === 'extract') checkPattern(tokens, index)
  if (token.text === 'number') checkNumberArgument(tokens, index)
}

function closingBracket(tokens: readonly Token[], open: number): number {
  let depth = 0
  for (let index = open; index < tokens.length; index++) {
    const token = tokens[index]
    if (token?.kind !== 'symbol') continue
    if ('([{'.includes(token.text) || token.text === '${') depth++
    else if (')]}'.includes(token.text) && --depth === 0) return index
  }
  return tokens.length
}

/** Patterns are linear in Rust's regex, but compiling one that comes from a record is not bounded. */
function checkPattern(tokens: readonly Token[], index: number): void {
  const end = closingBracket(tokens, index + 1)
  if (tokens[end - 1]?.kind !== 'text' || !isSymbol(tokens[end - 2], ',')) {
    throw new LexicalProblem('the pattern must be written out as a text', tokens[index]?.at ?? 0)
  }
  if (patternCost(tokens[end - 1]?.text ?? '') > PATTERN_COST_MAX) {
    throw new LexicalProblem(
      'the pattern is too large; repeat less often what it repeats, and write [A-Za-z0-9_] for \\w',
      tokens[end - 1]?.at ?? 0,
    )
  }
}

/** Putting texts together could make a number larger than any that went in. */
function checkNumberArgument(tokens: readonly Token[], index: number): void {
  const end = closingBracket(tokens, index + 1)
  const grown = tokens.slice(index + 2, end).find((token) => isSymbol(token, '+') || isSymbol(token, '${'))
  if (grown !== undefined) throw new LexicalProblem('number() takes no texts put together', grown.at)
}

/** The engine takes the word "now" for the clock: it may neither stand there nor be put together. */
function checkDateArgument(tokens: readonly Token[], index: number): void {
  const end = closingBracket(tokens, index + 1)
  const inside = tokens.slice(index + 2, end)
  if (inside.length === 0)
    throw new LexicalProblem('date() needs a date; it does not know the clock', tokens[index]?.at ?? 0)
  const wrong = inside.find(
    (token, at) => token.kind === 'text' || isFunction(inside, at) || isSymbol(token, '+') || isSymbol(token, ','),
  )
  if (wrong !== undefined)
    throw new LexicalProblem('date() takes a field, and nothing calculated or written out', wrong.at)
}

/** Seconds of any date that the engine reads; a sum of dates must stay below what it can give back. */
const DATE_MAX = 1e13

function limitsOf(tokens: readonly Token[]): Limits {
  const count = (...symbols: string[]): number =>
    tokens.filter((token) => token.kind === 'symbol' && symbols.includes(token.text)).length
  const multiplications = count('*', '/')
  if (multiplications > MULTIPLICATIONS_MAX) {
    const at = tokens.find((token) => isSymbol(token, '*') || isSymbol(token, '/'))?.at ?? 0
    throw new LexicalProblem(`at most ${MULTIPLICATIONS_MAX} multiplications and divisions are allowed`, at)
  }
  const sums = tokens.filter(
    (token, index) => isFunction(tokens, index) && (token.text === 'sum' || token.text === 'avg'),
  ).length
  const growth = (count('+', '-') + 1) * SUMMED_ITEMS_MAX ** sums
  const date = tokens.find((token, index) => token.text === 'date' && isFunction(tokens, index))
  if (date !== undefined) checkDateArithmetic(tokens, growth, date)
  return {
    magnitudeMax: Math.min(MAGNITUDE_MAX, RESULT_MAX ** (1 / (multiplications + 1)) / growth),
    divides: count('/') > 0,
    readsDates: date !== undefined,
    readsNumbers: tokens.some((token, index) => token.text === 'number' && isFunction(tokens, index)),
  }
}

function checkDateArithmetic(tokens: readonly Token[], growth: number, date: Token): void {
  const grows = tokens.some((token, index) => {
    const next = tokens[index + 1]
    return isSymbol(token, '*') || (isSymbol(token, '/') && !(next?.kind === 'number' && Number(next.text) >= 1))
  })
  if (grows) throw new LexicalProblem('an expression with date() may only divide, by a number of at least 1', date.at)
  if (DATE_MAX * growth > RESULT_MAX) throw new LexicalProblem('too many sums over dates', date.at)
}

function checkLiterals(tokens: readonly Token[], limits: Limits): void {
  for (const token of tokens) {
    const isNumber = token.kind === 'number' || (token.kind === 'text' && limits.readsNumbers)
    if (isNumber && !numberFits(Number(token.text.replaceAll('_', '')), limits)) {
      throw new LexicalProblem('the number is too large or too small for this expression', token.at)
    }
  }
}

/** Numbers nearer to zero than this have more decimals than the engine's 28. */
const NEAREST_TO_ZERO = 1e-9

export function numberFits(value: number, limits: Limits): boolean {
  if (value === 0 || Number.isNaN(value)) return true
  const size = Math.abs(value)
  return (
    size <= limits.magnitudeMax &&
    size >= (limits.divides ? Math.max(NEAREST_TO_ZERO, 1 / limits.magnitudeMax) : NEAREST_TO_ZERO)
  )
}

function readsOf(tokens: readonly Token[]): Path[] {
  const aliases = new Set(tokens.filter((_, index) => tokens[index - 1]?.text === 'as').map((token) => token.text))
  const reads = new Map<string, Path>()
  tokens.forEach((token, index) => {
    if (token.kind !== 'name' || KEYWORDS.has(token.text) || isFunction(tokens, index)) return
    if (token.text.startsWith('#') || aliases.has(token.text) || isSymbol(tokens[index - 1], '.')) return
    if (isKey(tokens, index)) return
    const path = pathFrom(tokens, index)
    if (path.length === 0) throw new LexicalProblem('after $root the name of a field must follow', token.at)
    reads.set(JSON.stringify(path), path)
  })
  return [...reads.values()]
}

/** `{ name: value }` sets a name, it reads none. */
function isKey(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]
  if (!isSymbol(tokens[index + 1], ':') || !(isSymbol(before, '{') || isSymbol(before, ','))) return false
  let depth = 0
  for (let at = index - 1; at >= 0; at--) {
    const token = tokens[at]
    if (token?.kind !== 'symbol') continue
    if (')]}'.includes(token.text)) depth++
    else if ('([{'.includes(token.text) && --depth < 0) return token.text === '{'
  }
  return false
}

function pathFrom(tokens: readonly Token[], start: number): Path {
  const path: Segment[] = tokens[start]?.text === '$root' ? [] : [tokens[start]?.text ?? '']
  let at = start + 1
  for (;;) {
    const inside = tokens[at + 1]
    if (isSymbol(tokens[at], '.') && inside?.kind === 'name') {
      path.push(inside.text)
      at += 2
    } else if (isSymbol(tokens[at], '[') && inside?.kind === 'text' && isSymbol(tokens[at + 2], ']')) {
      if (FORBIDDEN_NAMES.has(inside.text))
        throw new LexicalProblem(`the name ${inside.text} is not allowed`, inside.at)
      path.push(inside.text)
      at += 3
    } else if (
      isSymbol(tokens[at], '[') &&
      inside?.kind === 'number' &&
      isSymbol(tokens[at + 2], ']') &&
      path.length > 0
    ) {
      path.push(Number(inside.text))
      at += 3
    } else return path
  }
}
