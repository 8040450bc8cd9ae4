import { isJsonObject, type Json, type JsonObject } from '../../../hub/contracts/json.ts'
import { rejectedError } from '../../shared/errors.ts'
import type { EntityType, ODataVersion, Property, ServiceModel } from './model.ts'

/** Types whose values are texts in records, because JSON numbers or doubles can't hold them all exactly. */
const TEXT_NUMBERS = new Set(['Edm.Decimal', 'Edm.Int64'])
const DOUBLES = new Set(['Edm.Double', 'Edm.Single'])
const INTEGERS: Record<string, [number, number]> = {
  'Edm.Byte': [0, 255],
  'Edm.SByte': [-128, 127],
  'Edm.Int16': [-32_768, 32_767],
  'Edm.Int32': [-2_147_483_648, 2_147_483_647],
}

/**
 * An entity as it came, as plain data: dates and times in ISO 8601, decimals and 64-bit integers as text, expanded
 * collections as lists, and without what the protocol adds. `unknown` is told the fields that the model does not have.
 */
export function readEntity(
  model: ServiceModel,
  type: EntityType,
  raw: JsonObject,
  unknown: (name: string) => void = () => undefined,
): JsonObject {
  const data: JsonObject = {}
  for (const [name, value] of Object.entries(raw)) {
    if (name === '__metadata' || name.includes('@')) continue
    const property = type.properties.get(name)
    const navigation = property ? undefined : type.navigations.get(name)
    if (property) put(data, name, readProperty(model, property, value))
    else if (navigation) {
      if (isDeferred(value)) continue
      put(data, name, readRelated(model, navigation.target(), value))
    } else {
      unknown(name)
      put(data, name, value)
    }
  }
  return data
}

/** Own properties only, whatever their names. */
function put(data: JsonObject, name: string, value: Json): void {
  Object.defineProperty(data, name, { value, enumerable: true, writable: true, configurable: true })
}

function isDeferred(value: Json): boolean {
  return isJsonObject(value) && value.__deferred !== undefined
}

function readRelated(model: ServiceModel, type: EntityType | undefined, value: Json): Json {
  const list = isJsonObject(value) && Array.isArray(value.results) ? value.results : value
  const one = (each: Json): Json => (isJsonObject(each) && type ? readEntity(model, type, each) : each)
  return Array.isArray(list) ? list.map(one) : one(list)
}

function readProperty(model: ServiceModel, property: Property, value: Json): Json {
  if (value === null) return null
  if (property.many) {
    const list = isJsonObject(value) && Array.isArray(value.results) ? value.results : value
    return Array.isArray(list) ? list.map((each) => readProperty(model, { ...property, many: false }, each)) : list
  }
  const members = model.complexTypes.get(property.type)
  if (members && isJsonObject(value)) {
    const known = new Map(members.map((member): [string, Property] => [member.name, member]))
    const data: JsonObject = {}
    for (const [name, each] of Object.entries(value)) {
      if (name === '__metadata' || name.includes('@')) continue
      const member = known.get(name)
      put(data, name, member ? readProperty(model, member, each) : each)
    }
    return data
  }
  return readScalar(model.version, property, value)
}

function readScalar(version: ODataVersion, { type, isDay }: Property, value: Json): Json {
  if (TEXT_NUMBERS.has(type)) return typeof value === 'number' ? String(value) : value
  if (DOUBLES.has(type) && typeof value === 'string') {
    const number = Number(value)
    return value.trim() !== '' && Number.isFinite(number) ? number : value
  }
  if (typeof value !== 'string' || version === '4') return value
  if (type === 'Edm.DateTime') return readTicks(value, isDay ? 'day' : 'local')
  if (type === 'Edm.DateTimeOffset') return readTicks(value, 'instant')
  return type === 'Edm.Time' ? readDuration(value) : value
}

/** `/Date(1577836800000)/`, with an offset or without: the ticks are UTC in both cases. */
function readTicks(text: string, as: 'day' | 'local' | 'instant'): string {
  const ticks = /^\/Date\((-?\d+)(?:[+-]\d+)?\)\/$/.exec(text)?.[1]
  if (ticks === undefined) return text
  const date = new Date(Number(ticks))
  if (Number.isNaN(date.getTime())) return text
  const iso = date.toISOString()
  if (as === 'day') return iso.replace(/T.*/, '')
  const short = iso.replace(/\.000Z$/, 'Z')
  return as === 'instant' ? short : short.slice(0, -1)
}

/** `PT13H20M05.5S` as `13:20:05.5`; what is no time of day stays as it is. */
function readDuration(text: string): string {
  const match = /^PT(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(\.\d+)?S)?$/.exec(text)
  if (!match) return text
  const [, hours = '0', minutes = '0', seconds = '0', fraction = ''] = match
  return `${hours.padStart(2, '0')}:${minutes.padStart(2, '0')}:${seconds.padStart(2, '0')}${fraction}`
}

/** The value as a literal of a URL (keys, `$filter`), not yet percent-encoded. Throws `connector.rejected` where it is none of its type. */
export function literal(version: ODataVersion, property: Property, value: string): string {
  const { type } = property
  if (type === 'Edm.String') return quoted(value)
  const bad = (): never => {
    throw rejectedError(`A value is no ${type}, as the field "${property.name}" needs it.`)
  }
  if (type === 'Edm.Boolean') return /^(true|false)$/.test(value) ? value : bad()
  if (/Int|Byte/.test(type)) return /^-?\d+$/.test(value) ? `${value}${longSuffix(version, type)}` : bad()
  if (type === 'Edm.Decimal') return /^-?\d+(\.\d+)?$/.test(value) ? `${value}${version === '2' ? 'M' : ''}` : bad()
  if (DOUBLES.has(type)) {
    if (!Number.isFinite(Number(value)) || value.trim() === '') return bad()
    return version === '4' ? value : `${value}${type === 'Edm.Double' ? 'd' : 'f'}`
  }
  return (version === '4' ? literalOfV4(type, value) : literalOfV2(type, value)) ?? bad()
}

function longSuffix(version: ODataVersion, type: string): string {
  return version === '2' && type === 'Edm.Int64' ? 'L' : ''
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

function literalOfV4(type: string, value: string): string | undefined {
  if (type === 'Edm.Duration') return `duration${quoted(value)}`
  if (type === 'Edm.Binary') return `binary${quoted(value)}`
  // Written without quotes: nothing but what the type can be may stand in a filter.
  const form = BARE[type]
  return form === undefined ? quoted(value) : form.test(value) ? value : undefined
}

const BARE: Readonly<Record<string, RegExp>> = {
  'Edm.Date': /^\d{4}-\d\d-\d\d$/,
  'Edm.DateTimeOffset': /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/,
  'Edm.TimeOfDay': /^\d\d:\d\d(:\d\d(\.\d+)?)?$/,
  'Edm.Guid': /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
}

function literalOfV2(type: string, value: string): string | undefined {
  if (type === 'Edm.DateTime')
    return isLocal(value) ? `datetime'${value.length === 10 ? `${value}T00:00:00` : value}'` : undefined
  if (type === 'Edm.DateTimeOffset') return isInstant(value) ? `datetimeoffset'${value}'` : undefined
  if (type === 'Edm.Time') return isTime(value) ? `time'${duration(value)}'` : undefined
  if (type === 'Edm.Guid') return `guid${quoted(value)}`
  if (type === 'Edm.Binary') return `X'${Buffer.from(value, 'base64').toString('hex').toUpperCase()}'`
  return quoted(value)
}

const isLocal = (text: string): boolean => /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?)?$/.test(text)
const isInstant = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)
const isTime = (text: string): boolean => /^\d\d:\d\d:\d\d(\.\d+)?$/.test(text)

function duration(time: string): string {
  const [hours = '', minutes = '', seconds = ''] = time.split(':')
  return `PT${hours}H${minutes}M${seconds}S`
}

/**
 * A value as it goes into the body of a change. Throws `connector.rejected` with the field's name where it is none of the
 * field's type, so that nothing is sent that one server would refuse and another cut to fit.
 */
export function writtenValue(version: ODataVersion, property: Property, value: Json): Json {
  const { name, type } = property
  if (value === null) return null
  const bad = (): never => {
    throw rejectedError(`The field "${name}" takes no such value: it is of type ${type}.`, { where: `/fields/${name}` })
  }
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
  if (property.many || !type.startsWith('Edm.')) return bad()
  if (type === 'Edm.Boolean') return typeof value === 'boolean' ? value : bad()
  if (text === undefined) return bad()
  const range = INTEGERS[type]
  if (range) {
    const number = Number(text)
    return /^-?\d+$/.test(text) && number >= range[0] && number <= range[1] ? number : bad()
  }
  if (type === 'Edm.Int64') return /^-?\d+$/.test(text) ? text : bad()
  if (type === 'Edm.Decimal') return /^-?\d+(\.\d+)?$/.test(text) ? text : bad()
  if (DOUBLES.has(type)) {
    if (text.trim() === '' || !Number.isFinite(Number(text))) return bad()
    return version === '2' ? text : Number(text)
  }
  if (typeof value !== 'string') return bad()
  if (version === '4') return value
  if (type === 'Edm.DateTime')
    return isLocal(value) ? `/Date(${Date.parse(value.length === 10 ? value : `${value}Z`)})/` : bad()
  if (type === 'Edm.DateTimeOffset') return isInstant(value) ? `/Date(${Date.parse(value)}+0000)/` : bad()
  if (type === 'Edm.Time') return isTime(value) ? duration(value) : bad()
  return value
}

/** Whether two values of a field mean the same: `1.50` is `1.5`, `...T10:00:00+02:00` is `...T08:00:00Z`. */
export function isSame(property: Property, a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined || a === null || b === null) return (a ?? null) === (b ?? null)
  return comparable(property, a) === comparable(property, b)
}

function comparable({ type }: Property, value: Json): string {
  if (typeof value === 'object') return JSON.stringify(value)
  const text = String(value)
  if (type === 'Edm.Decimal' || type === 'Edm.Int64') return plainDecimal(text)
  if (DOUBLES.has(type) || type in INTEGERS) return String(Number(text))
  if (type === 'Edm.DateTimeOffset' && isInstant(text) && !/\.\d{4}/.test(text)) return String(Date.parse(text))
  if (type === 'Edm.DateTime') return text.replace(/T00:00:00(\.0+)?$/, '').replace(/\.0+$/, '')
  return text
}

/** One text for each decimal number, however it is written. */
function plainDecimal(text: string): string {
  const match = /^(-?)0*(\d+)(?:\.(\d*?)0*)?$/.exec(text)
  if (!match) return text
  const [, sign = '', whole = '', fraction = ''] = match
  const number = fraction === '' ? whole : `${whole}.${fraction}`
  return number === '0' ? '0' : sign + number
}
