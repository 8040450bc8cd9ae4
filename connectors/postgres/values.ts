/** PostgreSQL's text of a value -> JSON, and back. The session options of database.ts fix the text forms. */
import type { Json } from '../../hub/contracts/json.ts'
import { parseExactJson } from '../shared/exact-json.ts'
import { arrayLiteral, parseArrayLiteral } from './array-literal.ts'

export type ToJson = (text: string) => Json

/** A row of pg_type, as far as it matters here. */
export interface TypeInfo {
  name: string
  /** `b` base, `d` domain, `e` enum, `c` composite, `r` range, ... */
  kind: string
  isArray: boolean
  /** Element type of an array, base type of a domain. */
  inner: number
  delimiter: string
}

const CONVERTERS: Record<string, ToJson> = {
  bool: (text) => text === 't',
  int2: Number,
  int4: Number,
  oid: Number,
  int8: integer,
  float4: float,
  float8: float,
  json: parseExactJson,
  jsonb: parseExactJson,
  bytea: (text) => Buffer.from(text.slice(2), 'hex').toString('base64'),
  timestamp: timestamp,
  timestamptz: timestamp,
}

/** Everything without a converter of its own (numeric, text, uuid, date, time, interval, enums, ranges, ...) stays text. */
export function converterFor(oid: number, types: ReadonlyMap<number, TypeInfo>): ToJson {
  const convert = exactConverterFor(oid, types)
  return (text) => {
    try {
      return convert(text)
    } catch {
      // One odd value must not stop a table; as its own text it is complete, and the mapping can say what it makes of it.
      return text
    }
  }
}

function exactConverterFor(oid: number, types: ReadonlyMap<number, TypeInfo>): ToJson {
  const type = types.get(oid)
  if (type === undefined) return (text) => text
  if (type.kind === 'd') return exactConverterFor(type.inner, types)
  if (type.isArray) {
    const element = exactConverterFor(type.inner, types)
    return (text) => parseArrayLiteral(text, type.delimiter, element)
  }
  return CONVERTERS[type.name] ?? ((text) => text)
}

function integer(text: string): Json {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : text
}

function float(text: string): Json {
  const number = Number(text)
  return Number.isFinite(number) ? number : text
}

/** `2024-01-02 03:04:05.123456+00` -> `2024-01-02T03:04:05.123456Z`, without a zone where the column has none; `infinity` and years BC stay as they are. */
function timestamp(text: string): string {
  return text.replace(/^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)(\+00)?$/, (_, date, time, zone) =>
    zone === undefined ? `${date}T${time}` : `${date}T${time}Z`,
  )
}

/** The base type's name below domains; `array` for an array. */
export function baseTypeName(oid: number, types: ReadonlyMap<number, TypeInfo>): string {
  const type = types.get(oid)
  if (type === undefined) return 'unknown'
  if (type.kind === 'd') return baseTypeName(type.inner, types)
  return type.isArray ? 'array' : type.name
}

/** JSON -> the text of a statement's parameter, which the statement casts to the column's type. */
export function toParameter(value: Json, baseType: string): string | null {
  if (baseType === 'json' || baseType === 'jsonb') return value === null ? null : JSON.stringify(value)
  if (value === null) return null
  if (baseType === 'bytea' && typeof value === 'string') return `\\x${Buffer.from(value, 'base64').toString('hex')}`
  if (baseType === 'array' && Array.isArray(value)) return arrayLiteral(value)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
