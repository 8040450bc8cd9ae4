/**
 * Decimals as text, never as floats: what a system wrote is what the canonical document says, digit for digit.
 */

/** A decimal taken apart: `-0012.340` has the digits `12` and `340`. */
export interface Decimal {
  negative: boolean
  whole: string
  fraction: string
}

export interface DecimalStyle {
  /** The character before the fraction. */
  decimal: '.' | ','
  /** Characters that may group the whole part by threes; empty for none. */
  thousands: string
}

export type Rounding = 'half-up' | 'half-even' | 'down'

const DIGITS_MAX = 60
const EXPONENT_MAX = 40

/**
 * Reads a number: sign before or after (`12-`, as SAP writes it), group separators only where they belong, exponents
 * only for JSON numbers (their shortest form has them above 1e21). Null: not a number.
 */
export function readDecimal(value: string | number, style: DecimalStyle): Decimal | null {
  if (typeof value === 'number') return Number.isFinite(value) ? readShortest(String(value)) : null
  let text = value.trim()
  if (text.length > DIGITS_MAX * 2) return null
  let negative = false
  const first = text.charCodeAt(0)
  const last = text.charCodeAt(text.length - 1)
  if (first === MINUS || first === PLUS) {
    negative = first === MINUS
    text = text.slice(1).trimStart()
  } else if (last === MINUS || last === PLUS) {
    negative = last === MINUS
    text = text.slice(0, -1).trimEnd()
  }
  const point = text.lastIndexOf(style.decimal)
  const wholeText = point < 0 ? text : text.slice(0, point)
  const fraction = point < 0 ? '' : text.slice(point + 1)
  const whole = ungroup(wholeText, style.thousands)
  if (whole === null || !isDigits(fraction) || (whole === '' && fraction === '')) return null
  return decimalOf(negative, whole, fraction)
}

const PLUS = 43
const MINUS = 45

function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 48 || code > 57) return false
  }
  return true
}

/** The digits of a whole part whose groups are right: `1.234.567` yes, `1.23` no. One separator throughout. */
function ungroup(text: string, thousands: string): string | null {
  if (isDigits(text)) return text
  for (const separator of thousands) {
    if (!text.includes(separator)) continue
    const [head = '', ...groups] = text.split(separator)
    const right =
      head.length >= 1 &&
      head.length <= 3 &&
      isDigits(head) &&
      groups.every((group) => group.length === 3 && isDigits(group))
    return right ? head + groups.join('') : null
  }
  return null
}

function readShortest(text: string): Decimal | null {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text)
  if (match === null) return null
  const exponent = Number(match[4] ?? 0)
  if (Math.abs(exponent) > EXPONENT_MAX) return null
  let whole = match[2] ?? ''
  let fraction = match[3] ?? ''
  if (exponent > 0) {
    whole += fraction.slice(0, exponent).padEnd(exponent, '0')
    fraction = fraction.slice(exponent)
  } else if (exponent < 0) {
    const moved = whole.padStart(-exponent + 1, '0')
    fraction = moved.slice(exponent) + fraction
    whole = moved.slice(0, exponent)
  }
  return decimalOf(match[1] === '-', whole, fraction)
}

function decimalOf(negative: boolean, whole: string, fraction: string): Decimal | null {
  if (whole.length + fraction.length > DIGITS_MAX) return null
  let zeros = 0
  while (zeros < whole.length - 1 && whole.charCodeAt(zeros) === 48) zeros++
  return { negative, whole: whole === '' ? '0' : whole.slice(zeros), fraction }
}

/** The number with exactly `scale` decimals; null where that would lose digits and no rounding is given. */
export function rescale(number: Decimal, scale: number, rounding: Rounding | undefined): Decimal | null {
  const { fraction } = number
  if (fraction.length <= scale) return { ...number, fraction: fraction.padEnd(scale, '0') }
  const kept = fraction.slice(0, scale)
  const dropped = fraction.slice(scale)
  if (/^0*$/.test(dropped)) return { ...number, fraction: kept }
  if (rounding === undefined) return null
  const digits = number.whole + kept
  if (!roundsUp(digits, dropped, rounding)) return { ...number, fraction: kept }
  const raised = (BigInt(digits) + 1n).toString().padStart(digits.length, '0')
  const cut = raised.length - scale
  return { negative: number.negative, whole: raised.slice(0, cut) || '0', fraction: raised.slice(cut) }
}

function roundsUp(digits: string, dropped: string, rounding: Rounding): boolean {
  if (rounding === 'down') return false
  const first = dropped.charCodeAt(0) - 48
  if (first !== 5) return first > 5
  if (rounding === 'half-up' || /[1-9]/.test(dropped.slice(1))) return true
  return (digits.charCodeAt(digits.length - 1) - 48) % 2 === 1
}

/** Canonical text: `-12.34`, no group separators, no minus before a zero. */
export function writeDecimal(number: Decimal, style: DecimalStyle = { decimal: '.', thousands: '' }): string {
  const text = number.fraction === '' ? number.whole : number.whole + style.decimal + number.fraction
  return number.negative && /[1-9]/.test(text) ? `-${text}` : text
}
