/**
 * How much an expression may make of what it is given, before it is asked: the engine has neither a time nor a memory
 * limit, and a short expression over a small input can ask for terabytes (`flatMap(split(a, ""), split(a, ""))`).
 *
 * The estimate is an upper bound in units of about a nanosecond. Sizes are sums over all rounds of a closure, so that
 * going over a list costs what is in the list, and not its length times its size: only what is read from outside a
 * closure counts once for each of its rounds. Measured with the engine 0.54: a round costs 30 ns and more, a value that
 * is made 60 ns, a character 1 ns, a value that goes in 300 ns; patterns are compiled anew at every call.
 */
import { CLOSURES, KEYWORDS } from './names.ts'
import { patternCost } from './pattern-cost.ts'
import type { Token } from './lexer.ts'

/** What a value is made of. */
export interface Size {
  characters: number
  nodes: number
  /** Members of lists, those of lists within them included. */
  items: number
}

/** Sizes of the members that are handed over, by name. */
export type SizeOf = (root: string) => Size

/** Going over a character costs at most so much less than compiling the pattern (measured, with groups). */
const PATTERN_COST_OF_A_CHARACTER = 500
const NOTHING: Size = { characters: 0, nodes: 0, items: 0 }
const UNITS = { token: 10, round: 30, node: 150, character: 3 } as const

/** These make lists of the characters of a text, or of parts of it. */
const SPLITTING = new Set(['split', 'extract'])

/** What stands between two places of an expression, closures apart. */
interface Range {
  tokens: number
  /** How often each outer name is read; `#` is the item of the closure around it. */
  roots: ReadonlyMap<string, number>
  literals: number
  additions: number
  /** It makes new texts, lists or objects, or goes over whole texts. */
  makes: boolean
  splits: boolean
  /** Units that its patterns cost at each call, and for each character that they go over. */
  patterns: number
  closures: readonly Closure[]
}

interface Closure {
  name: string
  alias: string | undefined
  list: Range
  body: Range
}

interface Measured extends Size {
  work: number
}

/** A closure that is being gone through: its item, and how it is called. */
interface Scope {
  alias: string | undefined
  size: Size
}

export function workOf(tokens: readonly Token[]): (sizeOf: SizeOf) => number {
  const range = new RangeReader(tokens).read(0, tokens.length)
  return (sizeOf) => {
    const { work, characters, nodes } = measure(range, 1, [], sizeOf)
    // What comes out is copied once more, whatever it is.
    return work + characters * UNITS.character + nodes * UNITS.node
  }
}

/** `rounds`: how often the range is evaluated in all; `scopes`: the closures around it, the innermost last. */
function measure(range: Range, rounds: number, scopes: readonly Scope[], sizeOf: SizeOf): Measured {
  let characters = rounds * range.literals
  let nodes = rounds * range.tokens
  let items = 0
  for (const [root, count] of range.roots) {
    const size = sizeIn(root, rounds, scopes, sizeOf)
    characters += size.characters * count
    nodes += size.nodes * count
    items += size.items * count
  }
  let work = rounds * (UNITS.round + range.tokens * UNITS.token + range.patterns)
  for (const closure of range.closures) {
    const found = measureClosure(closure, rounds, scopes, sizeOf)
    characters += found.characters
    nodes += found.nodes
    items += found.items
    work += found.work
  }
  if (range.splits) {
    nodes += characters
    items += characters
  }
  // Texts that are put together one after the other are copied each time.
  const copies = UNITS.character + range.additions + range.patterns / PATTERN_COST_OF_A_CHARACTER
  if (range.makes) work += characters * copies + nodes * UNITS.node
  return { characters, nodes, items, work }
}

function measureClosure(closure: Closure, rounds: number, scopes: readonly Scope[], sizeOf: SizeOf): Measured {
  const list = measure(closure.list, rounds, scopes, sizeOf)
  const body = measure(closure.body, list.items, [...scopes, { alias: closure.alias, size: list }], sizeOf)
  const work = list.work + body.work
  if (closure.name === 'map' || closure.name === 'flatMap') {
    return { ...body, items: body.items + list.items, nodes: body.nodes + list.items, work }
  }
  return closure.name === 'filter' ? { ...list, work } : { ...NOTHING, nodes: rounds, work }
}

function sizeIn(root: string, rounds: number, scopes: readonly Scope[], sizeOf: SizeOf): Size {
  const innermost = scopes.at(-1)
  if (innermost !== undefined && (root === '#' || root === innermost.alias)) return innermost.size
  const named = scopes.find(({ alias }) => alias === root)
  const { characters, nodes, items } = named?.size ?? sizeOf(root)
  return { characters: characters * rounds, nodes: nodes * rounds, items: items * rounds }
}

class RangeReader {
  readonly #tokens: readonly Token[]

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  read(from: number, to: number): Range {
    const roots = new Map<string, number>()
    const closures: Closure[] = []
    const range = { tokens: 0, literals: 0, additions: 0, makes: false, splits: false, patterns: 0 }
    for (let at = from; at < to; at++) {
      const token = this.#tokens[at] as Token
      range.tokens++
      if (token.kind === 'text') range.literals += token.text.length
      else if (token.kind === 'symbol') {
        if (token.text === '+' || token.text === '${') range.additions++
        if ('+[{'.includes(token.text) || token.text === '${') range.makes = true
      } else if (token.kind === 'name' && !KEYWORDS.has(token.text) && !this.#isSymbol(at - 1, '.')) {
        if (!this.#isSymbol(at + 1, '(')) {
          const root = this.#rootAt(at)
          if (this.#tokens[at - 1]?.text !== 'as') roots.set(root, (roots.get(root) ?? 0) + 1)
        } else if (CLOSURES.has(token.text)) {
          const { closure, end } = this.#closure(token.text, at + 1, to)
          closures.push(closure)
          at = end
        } else {
          range.makes = true
          range.splits ||= SPLITTING.has(token.text)
          if (token.text === 'matches' || token.text === 'extract') range.patterns += this.#patternCost(at + 1)
        }
      }
    }
    return { ...range, roots, closures }
  }

  /** `$root.l` and `$root["l"]` read the member l. */
  #rootAt(at: number): string {
    const { text } = this.#tokens[at] as Token
    const isStep = this.#isSymbol(at + 1, '.') || this.#isSymbol(at + 1, '[')
    return text === '$root' && isStep ? (this.#tokens[at + 2]?.text ?? text) : text
  }

  #closure(name: string, open: number, to: number): { closure: Closure; end: number } {
    const end = Math.min(this.#closing(open), to)
    const comma = this.#comma(open + 1, end)
    const aliased = this.#tokens.findIndex((token, at) => at > open && at < comma && token.text === 'as')
    const alias = aliased < 0 ? undefined : this.#tokens[aliased + 1]?.text
    const closure = { name, alias, list: this.read(open + 1, comma), body: this.read(comma + 1, end) }
    return { closure, end }
  }

  #patternCost(open: number): number {
    const pattern = this.#tokens[this.#closing(open) - 1]
    return pattern?.kind === 'text' ? patternCost(pattern.text) : 0
  }

  #closing(open: number): number {
    return this.#ahead(open, (depth) => depth === 0)
  }

  /** The comma between a closure's list and its body; its end where there is none. */
  #comma(from: number, end: number): number {
    let depth = 0
    for (let at = from; at < end; at++) {
      if (this.#opens(at)) depth++
      else if (this.#closes(at)) depth--
      else if (depth === 0 && this.#isSymbol(at, ',')) return at
    }
    return end
  }

  #ahead(from: number, isThere: (depth: number) => boolean): number {
    let depth = 0
    for (let at = from; at < this.#tokens.length; at++) {
      if (this.#opens(at)) depth++
      else if (this.#closes(at) && isThere(--depth)) return at
    }
    return this.#tokens.length
  }

  #opens(at: number): boolean {
    const token = this.#tokens[at]
    return token?.kind === 'symbol' && ('([{'.includes(token.text) || token.text === '${')
  }

  #closes(at: number): boolean {
    const token = this.#tokens[at]
    return token?.kind === 'symbol' && ')]}'.includes(token.text)
  }

  #isSymbol(at: number, text: string): boolean {
    const token = this.#tokens[at]
    return token?.kind === 'symbol' && token.text === text
  }
}
