/** Lexical forms of XSD's built-in types <-> JSON. https://www.w3.org/TR/xmlschema-2/ */
import type { Json } from '../../hub/contracts/json.ts'
import { rejectedError } from '../shared/errors.ts'
import type { SimpleType } from './wsdl-model.ts'

/** Whose values a double holds; every wider integer is text, whatever its value, so that a field has one type. */
const SMALL_INTEGERS = new Set(['int', 'short', 'byte', 'unsignedInt', 'unsignedShort', 'unsignedByte'])
const BOUNDS: Record<string, readonly [bigint, bigint]> = {
  byte: [-128n, 127n],
  short: [-32_768n, 32_767n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
  unsignedByte: [0n, 255n],
  unsignedShort: [0n, 65_535n],
  unsignedInt: [0n, 2n ** 32n - 1n],
  unsignedLong: [0n, 2n ** 64n - 1n],
}
const WIDE_INTEGERS = new Set([
  'long',
  'unsignedLong',
  'integer',
  'nonNegativeInteger',
  'nonPositiveInteger',
  'positiveInteger',
  'negativeInteger',
])
/** Whose white space is part of the value. */
const SPACED = new Set(['string', 'normalizedString', 'anySimpleType', 'anyType'])

const INTEGER = /^[+-]?\d+$/
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)$/
const DOUBLE = /^([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-?INF|NaN)$/
const ZONE = '(Z|[+-]\\d{2}:\\d{2})?'
const DATE_TIME = new RegExp(`^(-?\\d{4,})-(\\d{2})-(\\d{2})T(\\d{2}):(\\d{2}):(\\d{2})(\\.\\d+)?${ZONE}$`)
const DATE = new RegExp(`^-?\\d{4,}-\\d{2}-\\d{2}${ZONE}$`)
const TIME = new RegExp(`^\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?${ZONE}$`)

export function isInteger({ base }: SimpleType): boolean {
  return SMALL_INTEGERS.has(base) || WIDE_INTEGERS.has(base)
}

export function isTime({ base }: SimpleType): boolean {
  return base === 'dateTime' || base === 'date'
}

/** What is not in the form of its type stays the text that it is: the mapping can say what it makes of it. */
export function valueOf({ base }: SimpleType, written: string): Json {
  if (SPACED.has(base)) return written
  const text = written.trim()
  if (SMALL_INTEGERS.has(base)) return INTEGER.test(text) ? Number(text) : text
  if (WIDE_INTEGERS.has(base) || base === 'decimal') return DECIMAL.test(text) ? withoutPlus(text) : text
  if (base === 'boolean')
    return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text
  if (base === 'double' || base === 'float') return doubleOf(text)
  if (base === 'dateTime') return instantOf(text)
  if (base === 'base64Binary') return text.replace(/\s+/g, '')
  return text
}

function doubleOf(text: string): Json {
  const value = DOUBLE.test(text) ? Number(text) : NaN
  return Number.isFinite(value) ? value : text
}

function withoutPlus(text: string): string {
  return text.startsWith('+') ? text.slice(1) : text
}

/** A time with a zone in UTC, its fraction as written; one without stays as it is: only the mapping knows its zone. */
export function instantOf(text: string): string {
  const match = DATE_TIME.exec(text)
  const zone = match?.[8]
  if (!match || zone === undefined || zone === 'Z') return text
  const ms = Date.parse(`${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}${zone}`)
  if (Number.isNaN(ms)) return text
  const utc = new Date(ms).toISOString()
  return /^\d{4}-/.test(utc) ? `${utc.slice(0, 19)}${match[7] ?? ''}Z` : text
}

/**
 * The lexical form of a value. Throws `connector.rejected` for one that the type does not have; the value is not told.
 * @param where JSON pointer of the value
 */
export function lexicalOf(type: SimpleType, value: Json, where: string): string {
  const text = lexical(type, value)
  if (text === undefined) {
    throw rejectedError(`The value is no xsd:${type.base}, as the WSDL has it.`, { where })
  }
  if (type.values && !type.values.includes(text)) {
    throw rejectedError(`The value is none of those that the WSDL allows: ${type.values.join(', ')}.`, { where })
  }
  return text
}

function lexical({ base }: SimpleType, value: Json): string | undefined {
  if (typeof value === 'object') return undefined
  if (base === 'boolean') {
    const text = String(value)
    return ['true', 'false', '1', '0'].includes(text) ? text : undefined
  }
  const text = String(value)
  if (SMALL_INTEGERS.has(base) || WIDE_INTEGERS.has(base)) return integerText(base, text)
  if (base === 'decimal') return DECIMAL.test(text) ? text : undefined
  if (base === 'double' || base === 'float') return DOUBLE.test(text) ? text : undefined
  if (base === 'dateTime') return DATE_TIME.test(text) ? text : undefined
  if (base === 'date') return DATE.test(text) ? text : undefined
  if (base === 'time') return TIME.test(text) ? text : undefined
  if (base === 'base64Binary') return /^[A-Za-z0-9+/\s]*={0,2}$/.test(text) ? text : undefined
  if (base === 'hexBinary') return /^([0-9a-fA-F]{2})*$/.test(text) ? text : undefined
  return text
}

function integerText(base: string, text: string): string | undefined {
  if (!INTEGER.test(text)) return undefined
  const value = BigInt(withoutPlus(text))
  const [low, high] = BOUNDS[base] ?? [undefined, undefined]
  const isOutside = (low !== undefined && value < low) || (high !== undefined && value > high)
  const sign = {
    nonNegativeInteger: value >= 0n,
    nonPositiveInteger: value <= 0n,
    positiveInteger: value > 0n,
    negativeInteger: value < 0n,
  }
  return isOutside || !(sign[base as keyof typeof sign] ?? true) ? undefined : text
}
