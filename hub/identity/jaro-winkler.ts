/**
 * Jaro-Winkler similarity, 0 to 1, of two strings by UTF-16 unit.
 * Source: W. E. Winkler, "String Comparator Metrics and Enhanced Decision Rules in the Fellegi-Sunter Model of Record
 * Linkage", 1990: matches within half the longer length less one, half the transpositions, prefix scale 0.1 over at
 * most four characters. Without Winkler's later options (similar characters, long strings, a threshold for the prefix).
 */
export function jaroWinkler(a: string, b: string): number {
  const similarity = jaro(a, b)
  const prefixMax = Math.min(4, a.length, b.length)
  let prefix = 0
  while (prefix < prefixMax && a.charCodeAt(prefix) === b.charCodeAt(prefix)) prefix++
  return similarity + prefix * 0.1 * (1 - similarity)
}

/** Longer strings than this are cut: no name is longer, and the work is quadratic. */
const LENGTH_MAX = 128
const matchedA = new Uint8Array(LENGTH_MAX)
const matchedB = new Uint8Array(LENGTH_MAX)

export function jaro(first: string, second: string): number {
  if (first === second) return first === '' ? 0 : 1
  const a = first.length > LENGTH_MAX ? first.slice(0, LENGTH_MAX) : first
  const b = second.length > LENGTH_MAX ? second.slice(0, LENGTH_MAX) : second
  if (a.length === 0 || b.length === 0) return 0
  const matches = markMatches(a, b)
  if (matches === 0) return 0
  let outOfOrder = 0
  let other = 0
  for (let at = 0; at < a.length; at++) {
    if (matchedA[at] === 0) continue
    while (matchedB[other] === 0) other++
    if (a.charCodeAt(at) !== b.charCodeAt(other)) outOfOrder++
    other++
  }
  // Whole pairs count: Winkler's own code divides as integers.
  const transpositions = outOfOrder >> 1
  return (matches / a.length + matches / b.length + (matches - transpositions) / matches) / 3
}

function markMatches(a: string, b: string): number {
  matchedA.fill(0, 0, a.length)
  matchedB.fill(0, 0, b.length)
  const reach = Math.max(0, (Math.max(a.length, b.length) >> 1) - 1)
  let matches = 0
  for (let at = 0; at < a.length; at++) {
    const code = a.charCodeAt(at)
    const last = Math.min(b.length - 1, at + reach)
    for (let other = Math.max(0, at - reach); other <= last; other++) {
      if (matchedB[other] === 0 && b.charCodeAt(other) === code) {
        matchedA[at] = 1
        matchedB[other] = 1
        matches++
        break
      }
    }
  }
  return matches
}

/** Whether one slip of the finger turns one into the other: a letter more, less or other, or two neighbours exchanged. */
export function oneSlipApart(a: string, b: string): boolean {
  const short = a.length <= b.length ? a : b
  const long = a.length <= b.length ? b : a
  const longer = long.length - short.length
  if (longer > 1) return false
  let at = 0
  while (at < short.length && short.charCodeAt(at) === long.charCodeAt(at)) at++
  if (longer === 1) return sameFrom(short, at, long, at + 1)
  if (sameFrom(short, at + 1, long, at + 1)) return true
  return (
    short.charCodeAt(at) === long.charCodeAt(at + 1) &&
    short.charCodeAt(at + 1) === long.charCodeAt(at) &&
    sameFrom(short, at + 2, long, at + 2)
  )
}

/** Whether both go on alike from there to their ends, which are equally far. */
function sameFrom(a: string, atA: number, b: string, atB: number): boolean {
  for (let left = atA, right = atB; left < a.length; left++, right++) {
    if (a.charCodeAt(left) !== b.charCodeAt(right)) return false
  }
  return true
}
