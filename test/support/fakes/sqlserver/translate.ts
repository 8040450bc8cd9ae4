/**
 * T-SQL -> PostgreSQL, for the statements that the connector and its tests send, and none besides: what is not known is
 * refused as a syntax error. Catalogue views and functions of the same names are made by prelude.ts.
 */
import { afterBracket, isSign, isWord, splitByComma, type Token, tokenize } from './tokens.ts'
import { castSql, typeOf } from './types.ts'

/** Key columns of a tracked table with their PostgreSQL types. */
export type KeysOf = (table: string) => { name: string; type: string }[]

export interface Translation {
  sql: string
  /** Names of the parameters $1, $2, ... without the @. */
  parameters: string[]
}

export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const quotedText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Names the server knows in other words. */
const WORDS: Record<string, string> = { COUNT_BIG: 'count', SYSUTCDATETIME: 'tsql.sysutcdatetime' }

class Rewriter {
  readonly parameters: string[] = []
  readonly #keysOf: KeysOf

  constructor(keysOf: KeysOf) {
    this.#keysOf = keysOf
  }

  /** A SELECT (or what may stand around one), with TOP and locking hints moved to where PostgreSQL has them. */
  query(tokens: readonly Token[]): string {
    const out: string[] = []
    let limit: string | undefined
    let isLocking = false
    for (let at = 0; at < tokens.length;) {
      const token = tokens[at] as Token
      if (isWord(token, 'TOP') && isSign(tokens[at + 1], '(')) {
        const end = afterBracket(tokens, at + 1)
        limit = this.query(tokens.slice(at + 2, end - 1))
        at = end
      } else if (isWord(token, 'WITH') && isSign(tokens[at + 1], '(')) {
        isLocking = true
        at = afterBracket(tokens, at + 1)
      } else if (token.kind === 'word' && isSign(tokens[at + 1], '(')) {
        const end = afterBracket(tokens, at + 1)
        out.push(this.#call(token.text.toUpperCase(), token.text, tokens.slice(at + 2, end - 1)))
        at = end
      } else if (isSign(token, '(')) {
        const end = afterBracket(tokens, at)
        out.push(`(${this.query(tokens.slice(at + 1, end - 1))})`)
        at = end
      } else {
        out.push(this.#plain(token))
        at += 1
      }
    }
    if (limit !== undefined) out.push(`LIMIT ${limit}`)
    if (isLocking) out.push('FOR UPDATE')
    return out.join(' ').replaceAll(' . ', '.')
  }

  #plain({ kind, text }: Token): string {
    if (kind === 'name') return quotedName(text)
    if (kind === 'string') return quotedText(text)
    if (kind === 'binary') return `'\\x${text.slice(2)}'::bytea`
    if (kind === 'word') return WORDS[text.toUpperCase()] ?? text
    if (kind !== 'variable') return text
    const name = text.slice(1)
    if (!this.parameters.includes(name)) this.parameters.push(name)
    return `$${this.parameters.indexOf(name) + 1}`
  }

  #call(name: string, asWritten: string, inside: readonly Token[]): string {
    switch (name) {
      case 'CAST': {
        const as = inside.findLastIndex((token) => isWord(token, 'AS'))
        return castSql(this.query(inside.slice(0, as)), typeOf(inside.slice(as + 1)))
      }
      case 'CONVERT': {
        const [type = [], value = []] = splitByComma(inside)
        return castSql(this.query(value), typeOf(type))
      }
      case 'DATEADD': {
        const [unit = [], count = [], value = []] = splitByComma(inside)
        return `tsql.dateadd('${unit[0]?.text.toLowerCase()}', ${this.query(count)}, ${this.query(value)})`
      }
      case 'CHANGETABLE':
        return this.#changeTable(inside)
      default:
        return `${isWord({ kind: 'word', text: name }, 'IN', 'VALUES', 'AND', 'OR', 'NOT', 'EXISTS', 'FROM', 'AS', 'ON') ? name : (WORDS[name] ?? asWritten)} (${this.query(inside)})`
    }
  }

  /** CHANGES [dbo].[t], version */
  #changeTable(inside: readonly Token[]): string {
    const [table = [], version = []] = splitByComma(inside.slice(1))
    const name = this.query(table)
    const keys = this.#keysOf(name).map(
      (key) => `(c.key ->> ${quotedText(key.name)})::${key.type} AS ${quotedName(key.name)}`,
    )
    return `(SELECT c.version AS sys_change_version, c.operation AS sys_change_operation, c.context AS sys_change_context, ${keys.join(', ')}
      FROM tsql.net_changes(${quotedText(name)}::regclass, ${this.query(version)}) AS c)`
  }
}

export function translate(tokens: readonly Token[], keysOf: KeysOf): Translation {
  const rewriter = new Rewriter(keysOf)
  return { sql: rewriter.query(tokens), parameters: rewriter.parameters }
}

/** Tables whose changes are asked for, quoted for PostgreSQL. */
export function changeTables(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token, at) => {
    if (!isWord(token, 'CHANGETABLE')) return []
    const [table = []] = splitByComma(tokens.slice(at + 3, afterBracket(tokens, at + 1) - 1))
    return [translate(table, () => []).sql]
  })
}

/** Statements between semicolons. */
export function statementsOf(text: string): Token[][] {
  const statements: Token[][] = [[]]
  for (const token of tokenize(text)) {
    if (isSign(token, ';')) statements.push([])
    else statements.at(-1)?.push(token)
  }
  return statements.filter((statement) => statement.length > 0)
}
