/** T-SQL text as tokens: enough of the language to rewrite it without touching what stands in quotes. */
export interface Token {
  kind: 'word' | 'name' | 'string' | 'number' | 'binary' | 'variable' | 'sign'
  /** A name without its brackets, a string without its quotes, a binary value with its 0x. */
  text: string
}

const PATTERNS: [Token['kind'] | 'space', RegExp][] = [
  ['space', /\s+|--[^\n]*|\/\*[\s\S]*?\*\//y],
  ['name', /\[(?:[^\]]|\]\])*\]|"(?:[^"]|"")*"/y],
  ['string', /[Nn]?'(?:[^']|'')*'/y],
  ['binary', /0x[0-9A-Fa-f]*/y],
  ['number', /\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y],
  ['variable', /@@?[\w$#]+/y],
  ['word', /[\p{L}_#][\p{L}\p{N}_$#]*/uy],
  ['sign', /<>|<=|>=|!=|[-+*/%=<>(),.;]/y],
]

/** Throws for a character that no token begins with. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  next: while (at < text.length) {
    for (const [kind, pattern] of PATTERNS) {
      pattern.lastIndex = at
      const match = pattern.exec(text)?.[0]
      if (match === undefined) continue
      at += match.length
      if (kind !== 'space') tokens.push({ kind, text: plain(kind, match) })
      continue next
    }
    throw new SyntaxError(`Incorrect syntax near '${text.slice(at, at + 10)}'.`)
  }
  return tokens
}

function plain(kind: Token['kind'], text: string): string {
  if (kind === 'name' && text.startsWith('[')) return text.slice(1, -1).replaceAll(']]', ']')
  if (kind === 'name') return text.slice(1, -1).replaceAll('""', '"')
  if (kind === 'string') return text.replace(/^[Nn]?'|'$/g, '').replaceAll("''", "'")
  return text
}

export function isWord(token: Token | undefined, ...words: string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text.toUpperCase())
}

export function isSign(token: Token | undefined, sign: string): boolean {
  return token?.kind === 'sign' && token.text === sign
}

/** The index after the bracket that closes the one at `open`. */
export function afterBracket(tokens: readonly Token[], open: number): number {
  let depth = 0
  for (let at = open; at < tokens.length; at += 1) {
    if (isSign(tokens[at], '(')) depth += 1
    if (isSign(tokens[at], ')') && --depth === 0) return at + 1
  }
  throw new SyntaxError("Incorrect syntax near ')'.")
}

/** Parts between commas outside of brackets. */
export function splitByComma(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (isSign(token, '(')) depth += 1
    if (isSign(token, ')')) depth -= 1
    if (depth === 0 && isSign(token, ',')) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts
}
