const UTC_END = 90

/**
 * Below zero: `a` is earlier; above: later; zero: the same moment, to a quarter of a microsecond. What can't be read is
 * earlier than all that can.
 */
export function compareInstants(a: string, b: string): number {
  if (a === b) return 0
  // The usual case: both as UTC with equally many digits, where the order of the texts is the order of the moments.
  if (a.length === b.length && a.length >= 20 && a.charCodeAt(a.length - 1) === UTC_END) {
    if (b.charCodeAt(b.length - 1) === UTC_END && a.charCodeAt(10) === 84 && b.charCodeAt(10) === 84)
      return a < b ? -1 : 1
  }
  const first = instantOf(a)
  const second = instantOf(b)
  return first === second ? 0 : first < second ? -1 : 1
}

const WITH_FRACTION = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.(\d{1,9})(.*)$/

/** Milliseconds since 1970 with their fraction; -Infinity: unreadable. */
function instantOf(text: string): number {
  const parts = WITH_FRACTION.exec(text)
  const whole = Date.parse(parts === null ? text : `${parts[1] ?? ''}${parts[3] ?? ''}`)
  if (Number.isNaN(whole)) return -Infinity
  return parts === null ? whole : whole + Number(`0.${parts[2] ?? '0'}`) * 1000
}
