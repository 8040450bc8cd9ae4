/**
 * One pass over the bytes of a JSON text before JSON.parse sees it. It costs about as much as reading the bytes, and
 * finds what JSON.parse would accept in silence or pay dearly for: nesting that eats memory, strings that PostgreSQL
 * can't store, numbers that a double can't hold. Whether the text is JSON at all is left to JSON.parse: up to the first
 * syntax error both see the same text, and after it nothing counts.
 */
export interface JsonScan {
  /** Deepest nesting of objects and arrays; the scan ends where it exceeds its limit. */
  depth: number
  /** Object members in the text, so that fewer names after parsing betray a name given twice. */
  members: number
  /** Length in bytes of the longest string or number as written. */
  longest: number
  /** Whether a string holds an escaped NUL or half a surrogate pair. */
  badEscape: boolean
  /** Start and end offsets, in turn, of numbers that might not fit a double exactly. */
  numbers: number[]
}

const QUOTE = 0x22
const PLUS = 0x2b
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const COLON = 0x3a
const UPPER_E = 0x45
const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
const LOWER_E = 0x65
const LOWER_U = 0x75
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** Every decimal of up to 15 significant digits survives the way through a double (IEEE 754: DBL_DIG). */
const SAFE_NUMBER_LENGTH = 15

export function scanJson(bytes: Uint8Array, depthMax: number): JsonScan {
  const scan: JsonScan = { depth: 0, members: 0, longest: 0, badEscape: false, numbers: [] }
  const length = bytes.length
  let depth = 0
  let members = 0
  let at = 0
  while (at < length) {
    const byte = bytes[at] as number
    if (byte === QUOTE) {
      at = afterString(bytes, at + 1, scan)
      continue
    }
    if (byte === COLON) members++
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++
      if (depth > scan.depth) {
        scan.depth = depth
        if (depth > depthMax) return scan
      }
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--
    else if (byte === MINUS || (byte >= ZERO && byte <= NINE)) {
      at = afterNumber(bytes, at, scan)
      continue
    }
    at++
  }
  scan.members = members
  return scan
}

/** From the byte after the opening quote to the byte after the closing one. */
function afterString(bytes: Uint8Array, start: number, scan: JsonScan): number {
  const length = bytes.length
  let at = start
  while (at < length) {
    const byte = bytes[at]
    if (byte === QUOTE) break
    if (byte !== BACKSLASH) at++
    else if (bytes[at + 1] !== LOWER_U) at += 2
    else at = afterUnicodeEscape(bytes, at, scan)
  }
  if (at - start > scan.longest) scan.longest = at - start
  return at + 1
}

/** Most of the world escapes emoji as two halves (`\ud83d\ude00`): a whole pair is no reason to look closer. */
function afterUnicodeEscape(bytes: Uint8Array, at: number, scan: JsonScan): number {
  const unit = hexUnit(bytes, at + 2)
  if (unit === 0 || (unit >= 0xdc00 && unit <= 0xdfff)) scan.badEscape = true
  if (unit < 0xd800 || unit > 0xdbff) return at + 6
  const paired = bytes[at + 6] === BACKSLASH && bytes[at + 7] === LOWER_U
  const low = paired ? hexUnit(bytes, at + 8) : -1
  if (low >= 0xdc00 && low <= 0xdfff) return at + 12
  scan.badEscape = true
  return at + 6
}

/** Four hexadecimal digits as a number; -1 where they are not (JSON.parse will say so). */
function hexUnit(bytes: Uint8Array, at: number): number {
  let unit = 0
  for (let place = at; place < at + 4; place++) {
    const byte = bytes[place] ?? 0
    const lower = byte | 0x20
    if (byte >= ZERO && byte <= NINE) unit = unit * 16 + byte - ZERO
    else if (lower >= 0x61 && lower <= 0x66) unit = unit * 16 + lower - 0x57
    else return -1
  }
  return unit
}

function afterNumber(bytes: Uint8Array, start: number, scan: JsonScan): number {
  let at = start + 1
  let exponent = false
  for (; ; at++) {
    const byte = bytes[at] ?? 0
    if (byte >= ZERO && byte <= NINE) continue
    if (byte === LOWER_E || byte === UPPER_E) exponent = true
    else if (byte !== POINT && byte !== PLUS && byte !== MINUS) break
  }
  if (at - start > scan.longest) scan.longest = at - start
  if (exponent || at - start > SAFE_NUMBER_LENGTH) scan.numbers.push(start, at)
  return at
}

const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/**
 * The text with each number that a double can't hold put in quotes, so that it arrives as its exact text; null where
 * all of them fit. `numbers` as scanJson gave them.
 */
export function quoteInexactNumbers(bytes: Buffer, numbers: readonly number[]): Buffer | null {
  const inexact: number[] = []
  for (let pair = 0; pair + 1 < numbers.length; pair += 2) {
    const [start, end] = [numbers[pair] as number, numbers[pair + 1] as number]
    if (!isExact(bytes.toString('latin1', start, end))) inexact.push(start, end)
  }
  if (inexact.length === 0) return null
  const quoted = Buffer.allocUnsafe(bytes.length + inexact.length)
  let [from, to] = [0, 0]
  for (const edge of inexact) {
    to += bytes.copy(quoted, to, from, edge)
    quoted[to++] = QUOTE
    from = edge
  }
  bytes.copy(quoted, to, from)
  return quoted
}

/** Whether the number as written and the double that it becomes are the same decimal. Not a JSON number: nothing to keep. */
export function isExact(written: string): boolean {
  const wanted = decimalParts(written)
  if (wanted === null) return true
  const held = Number(written)
  return Number.isFinite(held) && wanted === decimalParts(String(held))
}

/** Sign, significant digits and power of ten as one comparable text; null where it is not a JSON number. */
function decimalParts(written: string): string | null {
  const parts = NUMBER.exec(written)
  if (parts === null) return null
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts
  let first = 0
  const digits = whole + fraction
  while (first < digits.length && digits.charCodeAt(first) === ZERO) first++
  if (first === digits.length) return '0'
  let last = digits.length
  while (digits.charCodeAt(last - 1) === ZERO) last--
  const power = Number(exponent) - fraction.length + (digits.length - last)
  return `${sign}${digits.slice(first, last)}e${power}`
}
