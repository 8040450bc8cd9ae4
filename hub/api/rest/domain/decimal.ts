/**
 * Amounts as canonical documents have them: decimal text without exponent. Reckoned in whole numbers of any length, so that no
 * cent is lost. Pure.
 */

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/

interface Scaled {
  units: bigint
  /** Digits behind the point. */
  scale: number
}

function read(text: string): Scaled {
  const [, sign = '', whole = '', fraction = ''] = DECIMAL.exec(text) ?? []
  if (whole === '') throw new Error('no decimal text')
  const units = BigInt(`${whole}${fraction}`)
  return { units: sign === '-' ? -units : units, scale: fraction.length }
}

function write({ units, scale }: Scaled): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const [whole, fraction] = [digits.slice(0, digits.length - scale), digits.slice(digits.length - scale)]
  return `${units < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${fraction}`}`
}

function aligned(a: Scaled, b: Scaled): { left: bigint; right: bigint; scale: number } {
  const scale = Math.max(a.scale, b.scale)
  return { left: a.units * 10n ** BigInt(scale - a.scale), right: b.units * 10n ** BigInt(scale - b.scale), scale }
}

export function plus(a: string, b: string): string {
  const { left, right, scale } = aligned(read(a), read(b))
  return write({ units: left + right, scale })
}

export function minus(a: string, b: string): string {
  const { left, right, scale } = aligned(read(a), read(b))
  return write({ units: left - right, scale })
}

/** Rounded half up to `digits` behind the point, where there would be more. */
export function times(a: string, b: string, digits: number): string {
  const [left, right] = [read(a), read(b)]
  const units = left.units * right.units
  const scale = left.scale + right.scale
  if (scale <= digits) return write({ units, scale })
  const divisor = 10n ** BigInt(scale - digits)
  const half = divisor / 2n
  const rounded = units < 0n ? -((-units + half) / divisor) : (units + half) / divisor
  return write({ units: rounded, scale: digits })
}

/** Negative, zero or positive, as `a` is less than, equal to or more than `b`. */
export function compare(a: string, b: string): number {
  const { left, right } = aligned(read(a), read(b))
  return left < right ? -1 : left > right ? 1 : 0
}
