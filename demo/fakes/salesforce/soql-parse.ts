import { badRequest, type SalesforceFault } from './errors.ts'

/** The part of SOQL that the fake knows: one object, its own fields, simple comparisons. */
export interface SoqlQuery {
  object: string
  /** Names as written; `COUNT()` alone for a count. */
  fields: string[]
  isCount: boolean
  where: Condition | undefined
  orderBy: { field: string; descending: boolean }[]
  limit: number | undefined
  offset: number
}

export type Condition =
  | { kind: 'and' | 'or'; parts: Condition[] }
  | { kind: 'not'; part: Condition }
  | { kind: 'compare'; field: string; operator: string; values: Literal[] }

export type Literal = { kind: 'text' | 'number' | 'bare'; text: string }

interface Token {
  kind: 'word' | 'text' | 'number' | 'sign'
  text: string
  at: number
}

const TOKEN =
  /\s+|'((?:[^'\\]|\\.)*)'|(\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))?)|(-?\d+(?:\.\d+)?)|([A-Za-z_][\w.]*(?:\(\))?)|(!=|<>|<=|>=|[=<>(),])/gy

export function parseSoql(text: string): SoqlQuery {
  return new Parser(tokens(text), text).query()
}

function tokens(text: string): Token[] {
  const found: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (match === null) throw malformed(`unexpected token: '${text.slice(at, at + 1)}'`, text, at)
    const [, quoted, date, number, word, sign] = match
    if (quoted !== undefined) found.push({ kind: 'text', text: unescaped(quoted), at })
    else if (date !== undefined) found.push({ kind: 'word', text: date, at })
    else if (number !== undefined) found.push({ kind: 'number', text: number, at })
    else if (word !== undefined) found.push({ kind: 'word', text: word, at })
    else if (sign !== undefined) found.push({ kind: 'sign', text: sign, at })
  }
  return found
}

function unescaped(text: string): string {
  const special: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }
  return text.replace(/\\(.)/gs, (_, next: string) => special[next] ?? next)
}

function malformed(what: string, text: string, at: number): SalesforceFault {
  const line = text.slice(0, at).split('\n')
  return badRequest(
    'MALFORMED_QUERY',
    `\n${text.slice(0, 80)}\n^\nERROR at Row:${line.length}:Column:${(line.at(-1) ?? '').length + 1}\n${what}`,
  )
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #text: string
  #at = 0

  constructor(tokens: readonly Token[], text: string) {
    this.#tokens = tokens
    this.#text = text
  }

  query(): SoqlQuery {
    this.#expect('SELECT')
    const fields = [this.#word()]
    while (this.#sign(',')) fields.push(this.#word())
    this.#expect('FROM')
    const object = this.#word()
    const where = this.#keyword('WHERE') ? this.#or() : undefined
    const orderBy = this.#keyword('ORDER') ? this.#order() : []
    const limit = this.#keyword('LIMIT') ? Number(this.#number()) : undefined
    const offset = this.#keyword('OFFSET') ? Number(this.#number()) : 0
    if (this.#at < this.#tokens.length) throw this.#unexpected()
    const isCount = /^count\(\)$/i.test(fields[0] ?? '')
    return { object, fields, isCount, where, orderBy, limit, offset }
  }

  #order(): SoqlQuery['orderBy'] {
    this.#expect('BY')
    const order = []
    do {
      const field = this.#word()
      const descending = this.#keyword('DESC')
      if (!descending) this.#keyword('ASC')
      if (this.#keyword('NULLS') && !this.#keyword('FIRST')) this.#expect('LAST')
      order.push({ field, descending })
    } while (this.#sign(','))
    return order
  }

  /** AND and OR side by side want parentheses, as in the real language. */
  #or(): Condition {
    const parts = [this.#unary()]
    const word = this.#peekWord('AND') ? 'AND' : 'OR'
    while (this.#keyword(word)) parts.push(this.#unary())
    if (this.#peekWord('AND') || this.#peekWord('OR')) throw this.#unexpected()
    const [only] = parts
    return parts.length === 1 && only ? only : { kind: word === 'AND' ? 'and' : 'or', parts }
  }

  #unary(): Condition {
    if (this.#keyword('NOT')) return { kind: 'not', part: this.#unary() }
    if (this.#sign('(')) {
      const inner = this.#or()
      if (!this.#sign(')')) throw this.#unexpected()
      return inner
    }
    return this.#comparison()
  }

  #comparison(): Condition {
    const field = this.#word()
    if (this.#keyword('LIKE')) return { kind: 'compare', field, operator: 'LIKE', values: [this.#literal()] }
    const not = this.#keyword('NOT')
    if (not || this.#peekWord('IN')) {
      this.#expect('IN')
      if (!this.#sign('(')) throw this.#unexpected()
      const values = [this.#literal()]
      while (this.#sign(',')) values.push(this.#literal())
      if (!this.#sign(')')) throw this.#unexpected()
      return { kind: 'compare', field, operator: not ? 'NOT IN' : 'IN', values }
    }
    const operator = ['=', '!=', '<>', '<=', '>=', '<', '>'].find((sign) => this.#sign(sign))
    if (operator === undefined) throw this.#unexpected()
    return { kind: 'compare', field, operator: operator === '<>' ? '!=' : operator, values: [this.#literal()] }
  }

  #literal(): Literal {
    const token = this.#tokens[this.#at]
    if (token === undefined || token.kind === 'sign') throw this.#unexpected()
    this.#at += 1
    return { kind: token.kind === 'word' ? 'bare' : token.kind, text: token.text }
  }

  #word(): string {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'word') throw this.#unexpected()
    this.#at += 1
    return token.text
  }

  #number(): string {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'number') throw this.#unexpected()
    this.#at += 1
    return token.text
  }

  #peekWord(word: string): boolean {
    const token = this.#tokens[this.#at]
    return token?.kind === 'word' && token.text.toUpperCase() === word
  }

  #keyword(word: string): boolean {
    if (!this.#peekWord(word)) return false
    this.#at += 1
    return true
  }

  #expect(word: string): void {
    if (!this.#keyword(word)) throw this.#unexpected()
  }

  #sign(sign: string): boolean {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'sign' || token.text !== sign) return false
    this.#at += 1
    return true
  }

  #unexpected(): SalesforceFault {
    const token = this.#tokens[this.#at]
    const what = token === undefined ? "unexpected token: '<EOF>'" : `unexpected token: '${token.text}'`
    return malformed(what, this.#text, token?.at ?? this.#text.length)
  }
}
