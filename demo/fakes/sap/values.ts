import type { FieldDefinition, FieldType, Value } from './definition.ts'
import { SapRefusal } from './refusal.ts'

/** The type that a field has in the metadata of each version. */
export const EDM: Record<'2' | '4', Record<FieldType, string>> = {
  '2': {
    String: 'Edm.String',
    Boolean: 'Edm.Boolean',
    Int32: 'Edm.Int32',
    Int64: 'Edm.Int64',
    Decimal: 'Edm.Decimal',
    Double: 'Edm.Double',
    Date: 'Edm.DateTime',
    Time: 'Edm.Time',
    DateTime: 'Edm.DateTime',
    Timestamp: 'Edm.DateTimeOffset',
    Guid: 'Edm.Guid',
    Binary: 'Edm.Binary',
  },
  '4': {
    String: 'Edm.String',
    Boolean: 'Edm.Boolean',
    Int32: 'Edm.Int32',
    Int64: 'Edm.Int64',
    Decimal: 'Edm.Decimal',
    Double: 'Edm.Double',
    Date: 'Edm.Date',
    Time: 'Edm.TimeOfDay',
    DateTime: 'Edm.DateTimeOffset',
    Timestamp: 'Edm.DateTimeOffset',
    Guid: 'Edm.Guid',
    Binary: 'Edm.Binary',
  },
}

/** A canonical value as it stands in an answer. @param exact V4: the client asked for IEEE754Compatible */
export function writeValue(version: '2' | '4', { type }: FieldDefinition, value: Value, exact: boolean): Value {
  if (value === null) return null
  const text = String(value)
  if (version === '2') {
    if (type === 'Date') return `/Date(${Date.parse(`${text}T00:00:00Z`)})/`
    if (type === 'DateTime') return `/Date(${Date.parse(`${text}Z`)})/`
    if (type === 'Timestamp') return `/Date(${Date.parse(text)}+0000)/`
    if (type === 'Time') return durationOf(text)
    return type === 'Double' ? text : value
  }
  if (type === 'DateTime') return `${text}Z`
  return type === 'Int64' || type === 'Decimal' ? (exact ? text : Number(text)) : value
}

function durationOf(time: string): string {
  const [hours = '', minutes = '', seconds = ''] = time.split(':')
  return `PT${hours}H${minutes}M${seconds}S`
}

/** A value of a body as a canonical value. Throws a SapRefusal (400) as SAP would. */
export function readValue(version: '2' | '4', field: FieldDefinition, given: unknown): Value {
  const { type, name, nullable = true, maxLength } = field
  if (given === null) {
    if (nullable) return null
    throw new SapRefusal(400, '/IWBEP/CM_MGW_RT/021', `Property '${name}' must not be null`)
  }
  const bad = (): never => {
    throw new SapRefusal(400, '/IWFND/CM_MGW_RT/022', `Failed to read property '${name}' at offset`)
  }
  const text = typeof given === 'string' ? given : undefined
  if (type === 'String') {
    if (text === undefined) return bad()
    if (maxLength !== undefined && text.length > maxLength) {
      throw new SapRefusal(400, '/IWFND/CM_MGW_RT/023', `Property '${name}' has a value longer than ${maxLength}`)
    }
    return text
  }
  if (type === 'Boolean') return typeof given === 'boolean' ? given : bad()
  if (type === 'Int32')
    return typeof given === 'number' && Number.isInteger(given) && Math.abs(given) < 2 ** 31 ? given : bad()
  if (type === 'Int64' || type === 'Decimal') {
    const pattern = type === 'Int64' ? /^-?\d+$/ : /^-?\d+(\.\d+)?$/
    return pattern.test(String(given as string)) ? String(given as string) : bad()
  }
  if (type === 'Double') {
    const number = version === '2' ? Number(text ?? Number.NaN) : given
    return typeof number === 'number' && Number.isFinite(number) ? number : bad()
  }
  if (text === undefined) return bad()
  return version === '2' ? (fromV2(type, text) ?? bad()) : (fromV4(type, text) ?? bad())
}

function fromV2(type: FieldType, text: string): string | undefined {
  if (type === 'Time') return timeOf(text)
  if (type !== 'Date' && type !== 'DateTime' && type !== 'Timestamp') return text
  const ticks = /^\/Date\((-?\d+)([+-]\d{4})?\)\/$/.exec(text)?.[1]
  const iso = ticks === undefined ? undefined : new Date(Number(ticks)).toISOString()
  if (type === 'Date') return iso?.slice(0, 10)
  const short = iso?.replace('.000Z', 'Z')
  return type === 'DateTime' ? short?.slice(0, -1) : short
}

function fromV4(type: FieldType, text: string): string | undefined {
  if (type === 'Date') return /^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined
  if (type === 'Time') return /^\d\d:\d\d:\d\d(\.\d+)?$/.test(text) ? text : undefined
  if (type !== 'Timestamp' && type !== 'DateTime') return text
  if (Number.isNaN(Date.parse(text)) || !text.includes('T')) return undefined
  return type === 'DateTime' ? text.replace('Z', '') : text
}

export function timeOf(duration: string): string | undefined {
  const match = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(\.\d+)?S)?$/.exec(duration)
  if (!match) return undefined
  const [, hours = '0', minutes = '0', seconds = '0', fraction = ''] = match
  return `${hours.padStart(2, '0')}:${minutes.padStart(2, '0')}:${seconds.padStart(2, '0')}${fraction}`
}
