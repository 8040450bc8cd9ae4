/** Oracle's values <-> JSON, and the SQL by which each type is read and named exactly. */
import type { Json } from '../../hub/contracts/json.ts'
import { rejectedError } from '../shared/errors.ts'
import type { Bind, Cell } from './session.ts'

export type Kind =
  | 'integer'
  | 'number'
  | 'float'
  | 'double'
  | 'text'
  | 'national'
  | 'long'
  | 'clob'
  | 'raw'
  | 'blob'
  | 'date'
  | 'timestamp'
  | 'timestampTz'
  | 'timestampLtz'
  | 'yearInterval'
  | 'dayInterval'
  | 'rowid'
  | 'json'
  | 'xml'
  | 'boolean'
  | 'other'

export interface ValueType {
  kind: Kind
  /** As declared, `NUMBER(38,10)`. */
  type: string
}

const KINDS: Record<string, Kind> = {
  FLOAT: 'number',
  BINARY_FLOAT: 'float',
  BINARY_DOUBLE: 'double',
  CHAR: 'text',
  VARCHAR2: 'text',
  NCHAR: 'national',
  NVARCHAR2: 'national',
  LONG: 'long',
  CLOB: 'clob',
  NCLOB: 'clob',
  RAW: 'raw',
  'LONG RAW': 'long',
  BLOB: 'blob',
  DATE: 'date',
  ROWID: 'rowid',
  UROWID: 'rowid',
  JSON: 'json',
  XMLTYPE: 'xml',
  BOOLEAN: 'boolean',
}

/** @param scale null where a NUMBER has none: then it may have a fraction */
export function valueType(name: string, length: number, precision: number | null, scale: number | null): ValueType {
  if (name === 'NUMBER') {
    const size =
      precision === null ? (scale === 0 ? '(38)' : '') : scale === 0 ? `(${precision})` : `(${precision},${scale})`
    return { kind: scale !== null && scale <= 0 ? 'integer' : 'number', type: `NUMBER${size}` }
  }
  if (/^TIMESTAMP\(\d\)/.test(name)) {
    const kind = name.endsWith('LOCAL TIME ZONE')
      ? 'timestampLtz'
      : name.endsWith('TIME ZONE')
        ? 'timestampTz'
        : 'timestamp'
    return { kind, type: name }
  }
  if (name.startsWith('INTERVAL')) return { kind: name.includes('YEAR') ? 'yearInterval' : 'dayInterval', type: name }
  const kind = KINDS[name] ?? 'other'
  const isSized = kind === 'text' || kind === 'national' || kind === 'raw'
  return { kind, type: isSized ? `${name}(${length}${kind === 'text' ? ' CHAR' : ''})` : name }
}

const DAY_AND_TIME = 'YYYY-MM-DD"T"HH24:MI:SS'

function digitsOf({ type }: ValueType): number {
  return Number(/\((\d)\)/.exec(type)?.[1] ?? 6)
}

const fraction = (digits: number): string => (digits === 0 ? '' : `.FF${digits}`)

/** A column as it is read: times as text, because the driver makes milliseconds of them. */
export function selectSql(column: string, value: ValueType): string {
  switch (value.kind) {
    case 'date':
      return `TO_CHAR(${column}, '${DAY_AND_TIME}')`
    case 'timestamp':
      return `TO_CHAR(${column}, '${DAY_AND_TIME}${fraction(digitsOf(value))}')`
    case 'timestampTz':
      return `TO_CHAR(${column}, '${DAY_AND_TIME}${fraction(digitsOf(value))}TZH:TZM')`
    case 'timestampLtz':
      return `TO_CHAR(SYS_EXTRACT_UTC(${column}), '${DAY_AND_TIME}${fraction(digitsOf(value))}"Z"')`
    case 'yearInterval':
    case 'dayInterval':
      return `TO_CHAR(${column})`
    case 'rowid':
      return `ROWIDTOCHAR(${column})`
    case 'json':
      return `JSON_SERIALIZE(${column} RETURNING CLOB)`
    case 'xml':
      return `XMLSERIALIZE(CONTENT ${column} AS CLOB)`
    default:
      return column
  }
}

export function toJson(kind: Kind, cell: Cell): Json {
  if (cell === null) return null
  if (Buffer.isBuffer(cell)) return cell.toString('base64')
  switch (kind) {
    case 'integer':
      return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell)
    case 'number':
      // Oracle leaves the zero before the point out.
      return String(cell).replace(/^(-?)\./, '$10.')
    case 'float':
      return shortestFloat(Number(cell))
    case 'double':
      return Number(cell)
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

/** A bind as a value of the column's own type: compared with text, a number would be no help to an index. */
export function bindSql(bind: string, { kind }: ValueType): string {
  switch (kind) {
    case 'integer':
    case 'number':
      return `TO_NUMBER(${bind})`
    case 'float':
      return `TO_BINARY_FLOAT(${bind})`
    case 'double':
      return `TO_BINARY_DOUBLE(${bind})`
    case 'date':
      return `TO_DATE(${bind}, '${DAY_AND_TIME}')`
    case 'timestamp':
      return `TO_TIMESTAMP(${bind}, '${DAY_AND_TIME}.FF9')`
    case 'timestampTz':
    case 'timestampLtz':
      return `TO_TIMESTAMP_TZ(${bind}, '${DAY_AND_TIME}.FF9TZH:TZM')`
    case 'yearInterval':
      return `TO_YMINTERVAL(${bind})`
    case 'dayInterval':
      return `TO_DSINTERVAL(${bind})`
    case 'rowid':
      return `CHARTOROWID(${bind})`
    case 'json':
      return `JSON(${bind})`
    case 'xml':
      return `XMLTYPE(${bind})`
    case 'boolean':
      return `TO_BOOLEAN(${bind})`
    default:
      return bind
  }
}

/** JSON (or its text, as in keys and positions) -> a bind, see bindSql. Throws `connector.rejected`. */
export function toBind(value: Json, { kind }: ValueType): Bind {
  const binary = kind === 'raw' || kind === 'blob'
  const carrier: Bind['kind'] = binary
    ? 'binary'
    : kind === 'clob' || kind === 'xml' || kind === 'json'
      ? 'long'
      : kind === 'national'
        ? 'national'
        : 'text'
  // Oracle has no empty text: it is null.
  if (value === null || value === '') return { kind: carrier, value: null }
  if (binary) {
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(String(value))) throw rejectedError('A binary value must be base64.')
    return { kind: carrier, value: Buffer.from(String(value), 'base64') }
  }
  if (kind === 'json') return { kind: carrier, value: JSON.stringify(value) }
  if (typeof value === 'boolean' && kind !== 'boolean') return { kind: carrier, value: value ? '1' : '0' }
  if (typeof value === 'string' && (kind === 'date' || kind.startsWith('timestamp'))) {
    return { kind: carrier, value: timeText(value, kind) }
  }
  return { kind: carrier, value: typeof value === 'object' ? JSON.stringify(value) : String(value) }
}

/** ISO 8601 in the one form that bindSql reads. A zone-less column takes the time as it stands; what is no time goes as it is, for Oracle to refuse. */
function timeText(text: string, kind: Kind): string {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:\.(\d+))?)?(Z|[+-]\d\d:?\d\d)?$/.exec(text)
  if (!match) return text
  const [, day = '', minutes = '00:00', seconds = ':00', digits = '', zone = 'Z'] = match
  if (kind === 'date') return `${day}T${minutes}${seconds}`
  const time = `${day}T${minutes}${seconds}.${digits.slice(0, 9).padEnd(9, '0')}`
  if (kind === 'timestamp') return time
  return `${time}${zone === 'Z' ? '+00:00' : zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`
}
