/** Steps of a trace as sentences that a person reads who does not know the rule's language. */
import type { Json } from '../../contracts/json.ts'
import { isJsonObject } from '../../contracts/json.ts'
import type { DecidedRow, FilledMember, RefusedRow, TracedCondition, TracedRow } from './trace.ts'

function rowName({ row, number, title }: TracedRow): string {
  return `row ${number} "${title ?? row}"`
}

/** A node that goes over a list, at one of its items: they are counted from 1 for people. */
export function itemName(node: string, item: number | undefined): string {
  return item === undefined ? node : `${node}, item ${item + 1}`
}

/** `Days late is over 14, up to 28`; or that it is not so. */
export function conditionInWords({ column, field, test }: TracedCondition, holds = true): string {
  const isOwnSentence = field === undefined || readsColumn(test)
  if (isOwnSentence) {
    const said = test.replaceAll(/(?<![\w.])\$(?![\w$])/g, () => column)
    return holds ? said : `it is not so that ${said}`
  }
  return `${column} ${holds ? 'is' : 'is not'} ${phraseOf(test)}`
}

function readsColumn(test: string): boolean {
  return /(?:^|[^\w.])\$/.test(test)
}

/** Tests are few and asked for at each decision. */
const phrases = new Map<string, string>()
const PHRASES_MAX = 5_000

function phraseOf(test: string): string {
  let phrase = phrases.get(test)
  if (phrase === undefined) {
    phrase = compared(test) ?? between(test) ?? listed(test) ?? test
    if (phrases.size >= PHRASES_MAX) phrases.clear()
    phrases.set(test, phrase)
  }
  return phrase
}

const COMPARED: Readonly<Record<string, string>> = {
  '>=': 'at least',
  '<=': 'at most',
  '>': 'more than',
  '<': 'less than',
  '==': '',
  '!=': 'other than',
}

function compared(test: string): string | undefined {
  const [, sign = '', rest = ''] = /^(>=|<=|==|!=|>|<)\s*(\S.*)$/s.exec(test) ?? []
  const words = COMPARED[sign]
  return words === undefined || hasSeveral(rest) ? undefined : `${words} ${rest}`.trim()
}

/** An interval: round brackets leave the end out, and `]a..b[` means the same. */
function between(test: string): string | undefined {
  const [, open = '', low = '', high = '', close = ''] =
    /^([[(\]])\s*([^,]+?)\s*\.\.\s*([^,]+?)\s*([\])[])$/.exec(test) ?? []
  if (open === '') return undefined
  const hasLow = open === '['
  const hasHigh = close === ']'
  if (hasLow && hasHigh) return `from ${low} to ${high}`
  if (hasLow) return `from ${low} to below ${high}`
  return hasHigh ? `over ${low}, up to ${high}` : `over ${low} and below ${high}`
}

function listed(test: string): string | undefined {
  const [, not, list = ''] = /^(not\s+)?in\s*\[([^[\]]*)\]$/.exec(test) ?? []
  const isList = list !== ''
  const items = literals(isList ? list : test)
  if (items === undefined || (items.length < 2 && !isList)) return undefined
  const all = items.length === 1 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1) ?? ''}`
  return not === undefined ? all : `other than ${all}`
}

/** The items of a list of texts and numbers; undefined: it is something else. */
function literals(text: string): string[] | undefined {
  const item = /\s*("[^"]*"|'[^']*'|-?\d+(?:\.\d+)?)\s*(,|$)/y
  const items: string[] = []
  while (item.lastIndex < text.length) {
    const found = item.exec(text)
    if (found === null) return undefined
    items.push(found[1] ?? '')
  }
  return items
}

function hasSeveral(text: string): boolean {
  return /,|\band\b|\bor\b/.test(text)
}

export function tableSentence(node: string, decided: readonly DecidedRow[], refused: readonly RefusedRow[]): string {
  if (decided.length === 0) return refused.length === 0 ? `${node}: it has no rows.` : `${node}: no row applied.`
  return decided.map((row) => `${node}: ${rowName(row)} decided, because ${reasonOf(row, refused)}.`).join(' ')
}

function reasonOf({ because }: DecidedRow, refused: readonly RefusedRow[]): string {
  if (because.length > 0) return because.map((condition) => conditionInWords(condition)).join(' and ')
  return refused.length === 0 ? 'it asks for nothing' : 'it asks for nothing and no row before it applied'
}

export function refusalInWords({ failed, ...row }: RefusedRow): string {
  const why = failed === undefined ? 'a result could not be made' : conditionInWords(failed, false)
  return `${rowName(row)} did not apply: ${why}`
}

/** A longer formula explains nothing to who reads it in a sentence; it stands in the step, and in the rule. */
const FORMULA_CHARACTERS_MAX = 80

/** `Days late: daysLate is date(today) - date(dueOn); owed and mustPay are calculated.` What is only handed on is not told. */
export function expressionsSentence(node: string, results: readonly { name: string; expression: string }[]): string {
  const told = results.filter(({ name, expression }) => name !== expression)
  const isShort = ({ expression }: { expression: string }): boolean => expression.length <= FORMULA_CHARACTERS_MAX
  const parts = told.filter(isShort).map(({ name, expression }) => `${name} is ${expression}`)
  const long = told.filter((result) => !isShort(result)).map(({ name }) => name)
  if (long.length > 0) parts.push(`${listInWords(long)} ${long.length === 1 ? 'is' : 'are'} calculated`)
  return `${node}: ${parts.length === 0 ? 'values are handed on' : parts.join('; ')}.`
}

/** `conditions`: those that held, '' for the way without one. */
export function switchSentence(node: string, conditions: readonly string[]): string {
  if (conditions.length === 0) return `${node}: no condition held.`
  const held = conditions.filter((text) => text !== '')
  if (held.length === 0) return `${node}: no condition held, so it went the way for everything else.`
  const rest = held.length < conditions.length ? ', and the way for everything else' : ''
  return `${node}: it went the way for ${listInWords(held)}${rest}.`
}

/** `monthsAsCustomer is 31, filled in from customer.createdAt and now: whole months since the hub first had the customer.` */
export function filledSentence({ name, expression, from, says, value }: FilledMember): string {
  const how = says ?? (from.includes(expression) ? '' : expression)
  const why = how === '' ? '' : `: ${how}`
  if (value === null) return `${name} was not sent, and nothing is known of it from ${sourcesOf(from)}${why}.`
  return `${name} is ${valueInWords(value)}, filled in from ${sourcesOf(from)}${why}.`
}

/** What is read whole speaks for its parts; the clock comes last. */
function sourcesOf(from: readonly string[]): string {
  const isClock = (path: string): boolean => path === 'now' || path === 'today'
  const own = from.filter((path) => !from.some((other) => path !== other && path.startsWith(`${other}.`)))
  return listInWords([...own.filter((path) => !isClock(path)), ...own.filter(isClock)])
}

function listInWords(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`
}

const VALUE_CHARACTERS_MAX = 100

function valueInWords(value: Json): string {
  if (isJsonObject(value) && Object.keys(value).sort().join() === 'amount,currency') {
    return `${String(value['amount'])} ${String(value['currency'])}`
  }
  const text = JSON.stringify(value)
  return text.length > VALUE_CHARACTERS_MAX ? `${text.slice(0, VALUE_CHARACTERS_MAX)}...` : text
}
