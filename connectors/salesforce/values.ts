import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { parseExactJson } from '../shared/exact-json.ts'
import type { FieldInfo } from './object-info.ts'

const NUMBERS = new Set(['int', 'double', 'currency', 'percent', 'long'])
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** A record of the REST API. Only `fields`, so that nothing else of the answer gets in. */
export function restData(fields: readonly FieldInfo[], record: Record<string, Json>): JsonObject {
  return Object.fromEntries(fields.map((field) => [field.name, restValue(field, record[field.name] ?? null)]))
}

function restValue(field: FieldInfo, value: Json): Json {
  return field.type === 'datetime' && typeof value === 'string' ? timeText(value) : value
}

/**
 * A value that came as text: a cell of CSV, an element of an outbound message. CSV writes null and an empty text the same;
 * Salesforce stores no empty text, so it is null. Numbers that a double can't hold stay text.
 */
export function textValue({ type }: Pick<FieldInfo, 'type'>, text: string): Json {
  if (text === '') return null
  if (type === 'boolean') return text === 'true' || text === '1'
  if (type === 'datetime') return timeText(text)
  if (!NUMBERS.has(type)) return text
  return JSON_NUMBER.test(text) ? parseExactJson(text) : text
}

/** The same form whichever API it came from: `2024-02-29T18:29:59.000Z`. */
export function timeText(text: string): string {
  const ms = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  return Number.isNaN(ms) ? text : new Date(ms).toISOString()
}

/** Whether a stored value is the one that was written or last seen: as the field compares, not as it is spelled. */
export function isSame(field: FieldInfo, stored: Json, wanted: Json): boolean {
  const [a, b] = [nothing(stored), nothing(wanted)]
  if (a === null || b === null) return a === b
  if (NUMBERS.has(field.type)) return isSameNumber(String(a), String(b))
  if (field.type === 'datetime') return second(String(a)) === second(String(b))
  if (field.type === 'boolean') return String(a) === String(b)
  if (field.type === 'id' || field.type === 'reference') return String(a).slice(0, 15) === String(b).slice(0, 15)
  if (field.type === 'multipicklist') return choices(String(a)) === choices(String(b))
  return String(a).trim() === String(b).trim()
}

function nothing(value: Json): Json {
  return typeof value === 'string' && value.trim() === '' ? null : value
}

function isSameNumber(a: string, b: string): boolean {
  if (a === b) return true
  // More digits than a double has are compared as they stand.
  const isExact = (text: string): boolean => JSON_NUMBER.test(text) && typeof parseExactJson(text) === 'number'
  return isExact(a) && isExact(b) && Number(a) === Number(b)
}

/** Times are stored to the second. */
function second(text: string): string {
  const ms = Date.parse(timeText(text))
  return Number.isNaN(ms) ? text : String(Math.floor(ms / 1000))
}

function choices(text: string): string {
  return text.split(';').sort().join(';')
}
