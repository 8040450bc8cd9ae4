/**
 * What compiling a regular expression costs the engine, in nanoseconds, roughly and rather too much. It compiles a
 * pattern at every call, so a costly one in a closure would take seconds: one `\w` is a table of all letters of Unicode
 * (measured 200 microseconds), and a counted repetition writes its part out so many times.
 */
const COSTS = { pattern: 60_000, literal: 1_000, set: 3_000, unicode: 250_000, digits: 45_000 } as const
/** Of a pattern in an expression. Three milliseconds a call: a dozen `\w`, or a thousand plain characters. */
export const PATTERN_COST_MAX = 3_000_000

const COSTS_OF_ESCAPES: ReadonlyMap<string, number> = new Map([
  ...[...'wWpP'].map((letter): [string, number] => [letter, COSTS.unicode]),
  ...[...'dDsSbB'].map((letter): [string, number] => [letter, COSTS.digits]),
])

interface Part {
  cost: number
  /** Of what a repetition would repeat. */
  last: number
}

export function patternCost(pattern: string): number {
  const open: Part[] = [{ cost: 0, last: 0 }]
  let at = 0
  while (at < pattern.length) {
    const top = open.at(-1) as Part
    const character = pattern.charAt(at)
    const repetition = /^\{(\d+)(?:,(\d*))?\}/.exec(pattern.slice(at, at + 24))
    if (character === '(') {
      open.push({ cost: 0, last: 0 })
      at++
    } else if (character === ')' && open.length > 1) {
      open.pop()
      const below = open.at(-1) as Part
      below.cost += top.cost
      below.last = top.cost
      at++
    } else if (repetition !== null) {
      const times = Math.max(Number(repetition[1]), Number(repetition[2] ?? 0), 1)
      top.cost += top.last * (times - 1)
      top.last *= times
      at += repetition[0].length
    } else {
      const { cost, length } = piece(pattern, at)
      top.cost += cost
      top.last = cost
      at += length
    }
  }
  return open.reduce<number>((sum, { cost }) => sum + cost, COSTS.pattern)
}

/** One character, escape or set, and how long it is written. */
function piece(pattern: string, at: number): { cost: number; length: number } {
  const character = pattern.charAt(at)
  if (character === '[') {
    const end = endOfSet(pattern, at)
    const inside = pattern.slice(at, end)
    const classes = inside.match(/\\[wWpPdDsS]/g)?.length ?? 0
    return { cost: COSTS.set + classes * COSTS.unicode, length: end - at }
  }
  if (character === '\\') {
    const [escape = '\\'] = /^\\(?:[pP](?:\{[^}]*\}|.)|.)/s.exec(pattern.slice(at, at + 60)) ?? []
    return { cost: COSTS_OF_ESCAPES.get(escape.charAt(1)) ?? COSTS.literal, length: escape.length }
  }
  return { cost: character === '.' ? COSTS.set : COSTS.literal, length: 1 }
}

function endOfSet(pattern: string, at: number): number {
  let depth = 0
  for (let end = at; end < pattern.length; end++) {
    const character = pattern.charAt(end)
    if (character === '\\') end++
    else if (character === '[') depth++
    else if (character === ']' && end > at + 1 && --depth === 0) return end + 1
  }
  return pattern.length
}
