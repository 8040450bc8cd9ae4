/** The words of a Zen expression, by the rules of the engine's own lexer (zen-expression 0.54, lexer.rs). */
export interface Token {
  kind: 'name' | 'number' | 'text' | 'symbol'
  /** Of a text: its content, without quotes. */
  text: string
  /** Offset of the first character. */
  at: number
}

export class LexicalProblem extends Error {
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.name = 'LexicalProblem'
    this.at = at
  }
}

const NAME = /[A-Za-z_$#][A-Za-z0-9_$#]*/y
const NUMBER = /\d[\d_]*(?:\.(?!\.)[\d_]*)?(?:e[+-]?\d+)?/y
const SYMBOL = /\.\.|\?\?|==|!=|>=|<=|[()[\]{},:+\-*/^%?<>=!;.]/y

/**
 * Cuts an expression into tokens. A template (`text ${name} text`) gives its literal parts as texts and each `${`, `}`
 * as symbols, so that what stands inside is seen like everything else.
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  let inTemplate = false
  while (at < source.length) {
    const character = source.charAt(at)
    if (inTemplate && character === '}') {
      tokens.push({ kind: 'symbol', text: '}', at })
      ;({ at, inTemplate } = readTemplateText(source, at + 1, tokens))
    } else if (character === '`') {
      if (inTemplate) throw new LexicalProblem('a template inside a template is not possible', at)
      ;({ at, inTemplate } = readTemplateText(source, at + 1, tokens))
    } else if (character === ' ' || character === '\n' || character === '\t') {
      at++
    } else if (character === '"' || character === "'") {
      const end = source.indexOf(character, at + 1)
      if (end < 0) throw new LexicalProblem('the text is not closed', at)
      tokens.push({ kind: 'text', text: source.slice(at + 1, end), at })
      at = end + 1
    } else {
      const token = readWord(source, at)
      tokens.push(token)
      at += token.text.length
    }
  }
  if (inTemplate) throw new LexicalProblem('the template is not closed', source.length)
  return tokens
}

function readWord(source: string, at: number): Token {
  for (const [kind, pattern] of [
    ['name', NAME],
    ['number', NUMBER],
    ['symbol', SYMBOL],
  ] as const) {
    pattern.lastIndex = at
    const match = pattern.exec(source)
    if (match !== null) return { kind, text: match[0], at }
  }
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0)
  throw new LexicalProblem(
    `${JSON.stringify(character)} means nothing here; write unusual field names as $root["name"]`,
    at,
  )
}

function readTemplateText(source: string, from: number, tokens: Token[]): { at: number; inTemplate: boolean } {
  for (let at = from; at < source.length; at++) {
    if (source[at] === '`') {
      tokens.push({ kind: 'text', text: source.slice(from, at), at: from })
      return { at: at + 1, inTemplate: false }
    }
    if (source[at] === '$' && source[at + 1] === '{') {
      tokens.push({ kind: 'text', text: source.slice(from, at), at: from }, { kind: 'symbol', text: '${', at })
      return { at: at + 2, inTemplate: true }
    }
  }
  throw new LexicalProblem('the template is not closed', from)
}
