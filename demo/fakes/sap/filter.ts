import type { FieldDefinition, Row, Value } from './definition.ts'
import { SapRefusal } from './refusal.ts'
import { compareValues } from './store.ts'
import { timeOf } from './values.ts'

type Test = (row: Row) => boolean
/** A field, or a literal that is `constant`. */
interface Operand {
  read(row: Row): Value
  field?: FieldDefinition
  constant?: Value
}

const TOKEN =
  /\s*(?:((?:datetimeoffset|datetime|time|guid|binary|duration|X)?'(?:[^']|'')*')|([()]|,)|(-?\d[\w.:+-]*)|([A-Za-z_][\w/]*))/y

/** Compiles `$filter` (and, or, not, comparisons, startswith, endswith, substringof, contains). Throws a SapRefusal (400). */
export function compileFilter(text: string, fields: readonly FieldDefinition[]): Test {
  const parser = new FilterParser(tokens(text), fields)
  return parser.parse()
}

function tokens(text: string): string[] {
  const found: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const match = TOKEN.exec(text)
    if (!match) throw wrong('it has a character that is none of the language')
    found.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '')
  }
  return found
}

function wrong(why: string): SapRefusal {
  return new SapRefusal(400, '/IWFND/CM_MGW_RT/011', `Invalid $filter: ${why}`)
}

class FilterParser {
  readonly #tokens: string[]
  readonly #fields: ReadonlyMap<string, FieldDefinition>
  #at = 0

  constructor(list: string[], fields: readonly FieldDefinition[]) {
    this.#tokens = list
    this.#fields = new Map(fields.map((field) => [field.name, field]))
  }

  parse(): Test {
    const test = this.#or()
    if (this.#at < this.#tokens.length) throw wrong('it goes on after its end')
    return test
  }

  #take(): string {
    return this.#tokens[this.#at++] ?? ''
  }

  #has(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false
    this.#at += 1
    return true
  }

  #expect(token: string): void {
    if (!this.#has(token)) throw wrong(`"${token}" is missing`)
  }

  #or(): Test {
    const tests = [this.#and()]
    while (this.#has('or')) tests.push(this.#and())
    return tests.length === 1 ? (tests[0] as Test) : (row) => tests.some((test) => test(row))
  }

  #and(): Test {
    const tests = [this.#one()]
    while (this.#has('and')) tests.push(this.#one())
    return tests.length === 1 ? (tests[0] as Test) : (row) => tests.every((test) => test(row))
  }

  #one(): Test {
    if (this.#has('not')) {
      const test = this.#one()
      return (row) => !test(row)
    }
    if (this.#has('(')) {
      const test = this.#or()
      this.#expect(')')
      return test
    }
    const name = this.#tokens[this.#at] ?? ''
    if (['startswith', 'endswith', 'substringof', 'contains'].includes(name)) return this.#function(name)
    return this.#comparison()
  }

  #function(name: string): Test {
    this.#at += 1
    this.#expect('(')
    const first = this.#operand()
    this.#expect(',')
    const second = this.#operand()
    this.#expect(')')
    // substringof has its operands the other way round.
    const [whole, part] = name === 'substringof' ? [second, first] : [first, second]
    if (this.#has('eq') && this.#take() !== 'true') throw wrong('a function can only be compared with true')
    return (row) => {
      const [text, wanted] = [String(whole.read(row) ?? ''), String(part.read(row) ?? '')]
      if (name === 'startswith') return text.startsWith(wanted)
      return name === 'endswith' ? text.endsWith(wanted) : text.includes(wanted)
    }
  }

  #comparison(): Test {
    const left = this.#operand()
    const operator = this.#take()
    const right = this.#operand()
    const compare = COMPARISONS[operator]
    if (!compare) throw wrong('a comparison is missing')
    const [a, b] = [fitting(left, right), fitting(right, left)]
    return (row) => compare(a(row), b(row))
  }

  #operand(): Operand {
    const token = this.#take()
    const field = this.#fields.get(token)
    if (field) {
      const isNumber = field.type === 'Decimal' || field.type === 'Int64'
      const read = (row: Row): Value => {
        const value = row[field.name] ?? null
        return isNumber && value !== null ? Number(value) : value
      }
      return { read, field }
    }
    const constant = literalOf(token)
    return { read: () => constant, constant }
  }
}

/** A literal that is a whole day, as the other side's type writes it. */
function fitting(operand: Operand, other: Operand): (row: Row) => Value {
  const { constant } = operand
  if (other.field?.type !== 'DateTime' || typeof constant !== 'string' || constant.length !== 10) return operand.read
  return () => `${constant}T00:00:00`
}

const COMPARISONS: Record<string, (a: Value, b: Value) => boolean> = {
  eq: (a, b) => (a === null || b === null ? a === b : compareValues(a, b) === 0),
  ne: (a, b) => (a === null || b === null ? a !== b : compareValues(a, b) !== 0),
  gt: (a, b) => a !== null && b !== null && compareValues(a, b) > 0,
  ge: (a, b) => a !== null && b !== null && compareValues(a, b) >= 0,
  lt: (a, b) => a !== null && b !== null && compareValues(a, b) < 0,
  le: (a, b) => a !== null && b !== null && compareValues(a, b) <= 0,
}

/** A literal of either version as a canonical value. Throws a SapRefusal (400). */
export function literalOf(token: string): Value {
  if (token === 'null') return null
  if (token === 'true' || token === 'false') return token === 'true'
  const [, prefix = '', quoted] = /^([A-Za-z]*)'(.*)'$/s.exec(token) ?? []
  if (quoted !== undefined) {
    const text = quoted.replaceAll("''", "'")
    if (prefix === 'datetime') return text.replace(/T00:00:00$/, '') === text ? text : text.slice(0, 10)
    if (prefix === 'time') return timeOf(text) ?? ''
    return prefix === 'X' ? Buffer.from(text, 'hex').toString('base64') : text
  }
  if (/^\d{4}-\d\d-\d\d/.test(token) || /^\d\d:\d\d/.test(token) || /^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(token))
    return token
  const number = /^(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)[LMdf]?$/i.exec(token)?.[1]
  if (number === undefined) throw wrong(`there is no property "${token.slice(0, 40)}"`)
  return Number(number)
}
