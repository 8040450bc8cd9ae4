/** SQL Server's values <-> JSON, and the SQL by which each type is read and named exactly. */
import type { Json } from '../../hub/contracts/json.ts'
import { rejectedError } from '../shared/errors.ts'

/** What the driver gives for a column, as selectSql asks for it. */
export type Cell = string | number | boolean | Buffer | null

/** A parameter of a statement. Null has a type too: the server converts no text to binary, not even null. */
export interface Parameter {
  binary: boolean
  value: string | Buffer | null
}

export type Kind =
  | 'integer'
  | 'bigint'
  | 'decimal'
  | 'money'
  | 'float'
  | 'real'
  | 'bit'
  | 'text'
  | 'unicode'
  | 'longText'
  | 'binary'
  | 'image'
  | 'rowversion'
  | 'date'
  | 'time'
  | 'datetime'
  | 'smalldatetime'
  | 'datetime2'
  | 'datetimeoffset'
  | 'guid'
  | 'xml'
  | 'clr'
  | 'variant'
  | 'other'

export interface ValueType {
  kind: Kind
  /** `decimal(38,10)`, for casts. */
  type: string
}

const KINDS: Record<string, Kind> = {
  tinyint: 'integer',
  smallint: 'integer',
  int: 'integer',
  bigint: 'bigint',
  decimal: 'decimal',
  numeric: 'decimal',
  money: 'money',
  smallmoney: 'money',
  float: 'float',
  real: 'real',
  bit: 'bit',
  char: 'text',
  varchar: 'text',
  nchar: 'unicode',
  nvarchar: 'unicode',
  sysname: 'unicode',
  text: 'longText',
  ntext: 'longText',
  binary: 'binary',
  varbinary: 'binary',
  image: 'image',
  timestamp: 'rowversion',
  rowversion: 'rowversion',
  date: 'date',
  time: 'time',
  datetime: 'datetime',
  smalldatetime: 'smalldatetime',
  datetime2: 'datetime2',
  datetimeoffset: 'datetimeoffset',
  uniqueidentifier: 'guid',
  xml: 'xml',
  hierarchyid: 'clr',
  geometry: 'clr',
  geography: 'clr',
  sql_variant: 'variant',
}

/** @param maxLength bytes, -1 for `(max)` */
export function valueType(name: string, maxLength: number, precision: number, scale: number): ValueType {
  const kind = KINDS[name] ?? 'other'
  if (kind === 'decimal') return { kind, type: `decimal(${precision},${scale})` }
  if (kind === 'time' || kind === 'datetime2' || kind === 'datetimeoffset') return { kind, type: `${name}(${scale})` }
  if (kind === 'text' || kind === 'unicode' || kind === 'binary') {
    const characters = kind === 'unicode' ? maxLength / 2 : maxLength
    return { kind, type: `${name === 'sysname' ? 'nvarchar' : name}(${maxLength < 0 ? 'max' : characters})` }
  }
  return { kind, type: name === 'timestamp' ? 'rowversion' : name }
}

/**
 * A column as it is read. What the driver would round (decimals to doubles) or shift (times to Date) comes as the
 * server's text, in styles that no language setting changes
 * (https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql).
 */
export function selectSql(column: string, { kind }: ValueType): string {
  switch (kind) {
    case 'decimal':
      return `CONVERT(varchar(41), ${column})`
    case 'money':
      return `CONVERT(varchar(30), ${column}, 2)`
    case 'date':
      return `CONVERT(varchar(10), ${column}, 23)`
    case 'smalldatetime':
      return `CONVERT(varchar(19), ${column}, 120)`
    case 'time':
    case 'datetime':
    case 'datetime2':
    case 'datetimeoffset':
      return `CONVERT(varchar(34), ${column}, 121)`
    case 'longText':
    case 'xml':
    case 'other':
      return `CONVERT(nvarchar(max), ${column})`
    case 'image':
    case 'clr':
      return `CONVERT(varbinary(max), ${column})`
    default:
      return column
  }
}

export function toJson(kind: Kind, cell: Cell): Json {
  if (cell === null) return null
  if (Buffer.isBuffer(cell)) {
    return kind === 'rowversion' ? `0x${cell.toString('hex').toUpperCase()}` : cell.toString('base64')
  }
  switch (kind) {
    case 'bigint':
      return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell)
    case 'real':
      return shortestFloat(Number(cell))
    case 'datetime':
    case 'smalldatetime':
    case 'datetime2':
    case 'datetimeoffset':
      return String(cell).replace(' ', 'T').replace(' ', '')
    default:
      return cell
  }
}

/** The shortest decimal that names the same 32-bit float: what was written, `0.1`, and not what a double makes of it. */
function shortestFloat(value: number): number {
  for (let digits = 6; digits <= 9; digits += 1) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === Math.fround(value)) return short
  }
  return value
}

/** A parameter as a value of the column's own type: compared with text, a number would be text, and an index no help. */
export function parameterSql(parameter: string, { kind, type }: ValueType): string {
  switch (kind) {
    case 'unicode':
    case 'binary':
    case 'image':
    case 'rowversion':
    case 'variant':
    case 'other':
      return parameter
    case 'text':
      // Not the declared length: a cast would cut a longer text without a word.
      return `CAST(${parameter} AS varchar(${type.includes('max') ? 'max' : '8000'}))`
    case 'longText':
      return `CAST(${parameter} AS nvarchar(max))`
    case 'date':
      return `CONVERT(date, ${parameter}, 23)`
    case 'time':
    case 'datetime':
    case 'smalldatetime':
    case 'datetime2':
    case 'datetimeoffset':
      return `CONVERT(${type}, ${parameter}, 121)`
    default:
      return `CAST(${parameter} AS ${type})`
  }
}

/** JSON (or its text, as in keys and positions) -> a parameter, see parameterSql. Throws `connector.rejected`. */
export function toParameter(value: Json, { kind }: ValueType): Parameter {
  const binary = kind === 'binary' || kind === 'image' || kind === 'rowversion' || kind === 'clr'
  if (value === null) return { binary, value: null }
  if (binary) return { binary, value: bytesOf(String(value), kind) }
  if (kind === 'bit' && typeof value === 'boolean') return { binary, value: value ? '1' : '0' }
  if (typeof value === 'string' && /^(small)?datetime/.test(kind)) return { binary, value: timeText(value, kind) }
  return { binary, value: typeof value === 'object' ? JSON.stringify(value) : String(value) }
}

function bytesOf(text: string, kind: Kind): Buffer {
  if (kind === 'rowversion' ? /^0x[0-9a-f]{16}$/i.test(text) : /^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    return kind === 'rowversion' ? Buffer.from(text.slice(2), 'hex') : Buffer.from(text, 'base64')
  }
  throw rejectedError(`A binary value must be ${kind === 'rowversion' ? '0x and 16 hexadecimal digits' : 'base64'}.`)
}

/** ISO 8601 -> the form of style 121. A zone-less column takes the time as it stands; what is no time goes as it is, for the server to refuse. */
function timeText(text: string, kind: Kind): string {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(\.\d+)?)? ?(Z|[+-]\d\d:?\d\d)?$/.exec(text)
  if (!match) return text
  const [, date = '', minutes = '00:00', seconds = ':00', fraction = '', zone = 'Z'] = match
  const digits = kind === 'datetime' ? 3 : kind === 'smalldatetime' ? 0 : 7
  const time = `${date} ${minutes}${seconds}${digits === 0 ? '' : fraction.slice(0, digits + 1)}`
  if (kind !== 'datetimeoffset') return time
  return `${time} ${zone === 'Z' ? '+00:00' : zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`
}
