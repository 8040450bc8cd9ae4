/** MySQL's text of a value -> JSON, and back. Text forms are those of a session in UTC. */
import type { Json } from '../../hub/contracts/json.ts'
import { parseExactJson } from '../shared/exact-json.ts'

export type Kind =
  | 'integer'
  | 'decimal'
  | 'float'
  | 'double'
  | 'bit'
  | 'boolean-bit'
  | 'text'
  | 'binary'
  | 'json'
  | 'enum'
  | 'set'
  | 'date'
  | 'datetime'
  | 'timestamp'
  | 'time'
  | 'year'
  | 'geometry'
  | 'other'

const KINDS: Record<string, Kind> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  bigint: 'integer',
  decimal: 'decimal',
  float: 'float',
  double: 'double',
  char: 'text',
  varchar: 'text',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  binary: 'binary',
  varbinary: 'binary',
  tinyblob: 'binary',
  blob: 'binary',
  mediumblob: 'binary',
  longblob: 'binary',
  json: 'json',
  enum: 'enum',
  set: 'set',
  date: 'date',
  datetime: 'datetime',
  timestamp: 'timestamp',
  time: 'time',
  year: 'year',
  geometry: 'geometry',
  point: 'geometry',
  linestring: 'geometry',
  polygon: 'geometry',
}

export function kindOf(dataType: string, columnType: string): Kind {
  if (dataType === 'bit') return columnType === 'bit(1)' ? 'boolean-bit' : 'bit'
  return KINDS[dataType] ?? 'other'
}

/** @param bytes the value as the server sends it in the text protocol, in UTF-8 unless binary */
export function toJson(kind: Kind, bytes: Buffer): Json {
  switch (kind) {
    case 'binary':
    case 'geometry':
      return bytes.toString('base64')
    case 'integer':
    case 'bit':
      return integer(bytes.toString('latin1'))
    case 'boolean-bit':
      return bytes.toString('latin1') === '1'
    case 'float':
      return shortestFloat(Number(bytes.toString('latin1')))
    case 'double':
    case 'year':
      return Number(bytes.toString('latin1'))
    case 'datetime':
      return bytes.toString('latin1').replace(' ', 'T')
    case 'timestamp':
      return `${bytes.toString('latin1').replace(' ', 'T')}Z`
    case 'json':
      return jsonOrText(bytes.toString('utf8'))
    default:
      return bytes.toString('utf8')
  }
}

/** One odd value must not stop a table: as its own text it is complete, and the mapping can say what it makes of it. */
function jsonOrText(text: string): Json {
  try {
    return parseExactJson(text)
  } catch {
    return text
  }
}

function integer(text: string): Json {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : text
}

/** The shortest decimal that names the same 32-bit float: what was written, `0.1`, and not what a double makes of it. */
function shortestFloat(value: number): number {
  for (let digits = 6; digits <= 9; digits += 1) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === Math.fround(value)) return short
  }
  return value
}

/** Text by which a statement names this value again, see parameterSql. */
export function positionText(kind: Kind, bytes: Buffer): string {
  return kind === 'binary' || kind === 'geometry' ? bytes.toString('base64') : bytes.toString('utf8')
}

/** JSON -> a statement's parameter; see parameterSql. */
export function toParameter(value: Json, kind: Kind): string | number | null {
  if (kind === 'json') return value === null ? null : JSON.stringify(value)
  if (value === null) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string' && (kind === 'datetime' || kind === 'timestamp')) return timeParameter(value, kind)
  if (typeof value === 'object') return JSON.stringify(value)
  return typeof value === 'number' && kind === 'double' ? value : String(value)
}

/** ISO 8601 -> MySQL's form. A moment with a zone becomes UTC, in which the session counts; a zone-less column takes it as it is. */
function timeParameter(text: string, kind: Kind): string {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/.exec(text)
  if (!match) return text
  const [, date = '', time = '', fraction = '', zone] = match
  if (kind === 'datetime' || zone === undefined || zone === 'Z') return `${date} ${time}${fraction}`
  const moment = new Date(`${date}T${time}${zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`)
  if (Number.isNaN(moment.getTime())) return text
  return `${moment.toISOString().slice(0, 19).replace('T', ' ')}${fraction}`
}
