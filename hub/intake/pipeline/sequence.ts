/**
 * Which of two changes of one lane is the newer one.
 *
 * Sequences of kind `integer` compare as numbers of any length, all others as text, by code unit. A change without a
 * sequence, and a change whose sequence equals the lane's, takes the order of acceptance.
 */
export type SequenceKind = 'none' | 'text' | 'integer'

export interface Position {
  kind: SequenceKind
  sequence: string | null
  /** The order of acceptance: change_entry.no. */
  changeNo: number
}

const INTEGER = /^([+-]?)0*(\d+)$/

/** Negative: `a` is older than `b`; positive: newer; zero: the very same change. */
export function comparePositions(a: Position, b: Position): number {
  if (a.sequence !== null && b.sequence !== null) {
    const order =
      a.kind === 'integer' && b.kind === 'integer'
        ? compareIntegers(a.sequence, b.sequence)
        : compareTexts(a.sequence, b.sequence)
    if (order !== 0) return order
  }
  return a.changeNo - b.changeNo
}

function compareTexts(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

/** Compares decimal integers of any length without making BigInts of them. */
function compareIntegers(a: string, b: string): number {
  const left = INTEGER.exec(a)
  const right = INTEGER.exec(b)
  if (left === null || right === null) return compareTexts(a, b)
  const leftSign = signOf(left)
  const rightSign = signOf(right)
  if (leftSign !== rightSign) return leftSign - rightSign
  const leftDigits = left[2] ?? ''
  const rightDigits = right[2] ?? ''
  const byLength = leftDigits.length - rightDigits.length
  return leftSign * (byLength === 0 ? compareTexts(leftDigits, rightDigits) : byLength)
}

function signOf(match: RegExpExecArray): number {
  if (match[2] === '0') return 0
  return match[1] === '-' ? -1 : 1
}
