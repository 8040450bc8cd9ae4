import { badRequest, type SalesforceFault } from './errors.ts'
import { type Field, lengthOf, type ObjectType } from './schema.ts'

export type Value = string | number | boolean | null
/** A record as it is kept: never changed in place, so that whoever holds it has a snapshot. */
export type StoredRecord = Readonly<Record<string, Value>>

const NUMBERS = new Set(['int', 'double', 'currency', 'percent'])

/**
 * A value as it is stored: texts are trimmed and an empty one is none, as in the real system. Throws the fault that a
 * value of the wrong kind gets.
 */
export function accepted(object: ObjectType, field: Field, given: unknown): Value {
  if (given === null || given === undefined || given === '') return nothing(field)
  if (field.type === 'boolean') {
    if (typeof given === 'boolean') return given
    throw unreadable('boolean', given)
  }
  if (NUMBERS.has(field.type)) return acceptedNumber(field, given)
  if (typeof given !== 'string' && typeof given !== 'number') throw unreadable('string', given)
  const text = String(given).trim()
  if (text === '') return nothing(field)
  if (field.type === 'date' && !/^\d{4}-\d\d-\d\d$/.test(text)) throw unreadable('date', given)
  if (field.type === 'datetime') return acceptedTime(text)
  if (text.length > lengthOf(field)) {
    const message = `${field.label ?? field.name}: data value too large: (max length=${lengthOf(field)})`
    throw badRequest('STRING_TOO_LONG', message, [field.name])
  }
  if (field.type === 'email' && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text)) {
    throw badRequest('INVALID_EMAIL_ADDRESS', `${field.label ?? field.name}: invalid email address`, [field.name])
  }
  if (field.type === 'picklist' && field.values && !field.values.includes(text)) {
    const message = `${field.label ?? field.name}: bad value for restricted picklist field`
    throw badRequest('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, [field.name])
  }
  void object
  return text
}

function nothing(field: Field): Value {
  if (field.type === 'boolean')
    throw badRequest('INVALID_TYPE_ON_FIELD_IN_RECORD', `${field.name}: value not of required type`, [field.name])
  if (field.required === true) {
    throw badRequest('REQUIRED_FIELD_MISSING', `Required fields are missing: [${field.name}]`, [field.name])
  }
  return null
}

function acceptedNumber(field: Field, given: unknown): number {
  const number = typeof given === 'string' && /^-?\d+(\.\d+)?$/.test(given) ? Number(given) : given
  if (typeof number !== 'number') throw unreadable('double', given)
  if (field.type === 'int' && !Number.isInteger(number)) throw unreadable('int', given)
  if (Math.abs(number) >= 10 ** (field.digits ?? (field.type === 'int' ? 8 : 16))) {
    const message = `${field.label ?? field.name}: value outside of valid range on numeric field: ${number}`
    throw badRequest('NUMBER_OUTSIDE_VALID_RANGE', message, [field.name])
  }
  return Number(number.toFixed(field.scale ?? 0))
}

function acceptedTime(text: string): string {
  const normal = text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')
  const ms = Date.parse(normal)
  if (Number.isNaN(ms)) throw unreadable('datetime', text)
  return timeText(ms)
}

/** The system keeps times to the second, whatever the milliseconds in its answers suggest. */
export function timeText(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString()
}

function unreadable(type: string, given: unknown): SalesforceFault {
  const kind = typeof given === 'string' ? 'VALUE_STRING' : typeof given === 'number' ? 'VALUE_NUMBER' : 'START_OBJECT'
  return badRequest(
    'JSON_PARSER_ERROR',
    `Cannot deserialize instance of ${type} from ${kind} value or request may be missing a required field at [line:1, column:2]`,
  )
}

/** As the REST API writes a value: times with an offset without its colon. */
export function restValue(field: Field, value: Value | undefined): Value {
  if (typeof value === 'string' && field.type === 'datetime') return value.replace(/Z$/, '+0000')
  return value ?? null
}

/** As Bulk API 2.0 writes a value into CSV: what is null and what is empty look the same. */
export function csvValue(value: Value | undefined): string {
  if (value === null || value === undefined) return ''
  const text = String(value)
  return typeof value === 'string' ? `"${text.replaceAll('"', '""')}"` : `"${text}"`
}
