import { schemaError, settingsError } from '../../shared/errors.ts'
import { joinKey, splitKey } from '../../shared/record-key.ts'
import type { ODataOptions } from '../entity-options.ts'
import type { Property } from './model.ts'

/** Below every value that a field of the type really has. */
export const FIRST_TIME: Readonly<Record<string, string>> = {
  'Edm.DateTime': '1753-01-01T00:00:00',
  'Edm.Date': '1753-01-01',
  'Edm.DateTimeOffset': '1753-01-01T00:00:00Z',
}

const DAY_SECONDS = 86_400
const LOOK_BACK_SECONDS = 120
const TIMES_OF_DAY = new Set(['Edm.Time', 'Edm.TimeOfDay'])
const COUNTERS = /^Edm\.(Byte|SByte|Int\d\d|Decimal|String)$/

/** Whether only the day of a change is known. */
export function isDayOnly(watermark: readonly Property[]): boolean {
  const [only] = watermark
  return watermark.length === 1 && only !== undefined && (only.isDay || only.type === 'Edm.Date')
}

/**
 * Whether the fields are a time: one timestamp, a day, or a day and a time of day. Otherwise one counter. Throws
 * `connector.schema` for fields of other types.
 */
export function isTimed(watermark: readonly Property[], options: ODataOptions): boolean {
  const [first, second] = watermark
  const isDate = first !== undefined && FIRST_TIME[first.type] !== undefined
  if (isDate && (second === undefined || (TIMES_OF_DAY.has(second.type) && watermark.length === 2))) return true
  if (first !== undefined && watermark.length === 1 && COUNTERS.test(first.type)) return false
  throw schemaError('The change fields must be one timestamp, a date, a date and a time of day, or one counter.', {
    where: `${options.where}/changeFields`,
  })
}

/** Where only a day is known, a record may change on and on without its watermark moving: nothing is settled before the day is over everywhere. */
export function lookBackSeconds(watermark: readonly Property[], options: ODataOptions): number {
  const given = options.lookBackSeconds
  if (!isDayOnly(watermark)) return given ?? LOOK_BACK_SECONDS
  if (given === undefined) return 2 * DAY_SECONDS
  if (given >= DAY_SECONDS) return given
  throw settingsError('The change fields tell only a day: the look-back must be at least 86400 seconds.', {
    where: `${options.where}/lookBackSeconds`,
    fix: 'Leave it out for two days, or name a field with the time of the change too.',
  })
}

/** `seconds` before a watermark. */
export function earlier(watermark: readonly Property[], text: string, seconds: number): string {
  const [date = '', time] = splitKey(text, watermark.length) ?? []
  const hasZone = /(Z|[+-]\d\d:\d\d)$/.test(date)
  const whole =
    date.length === 10 ? `${date}T${time ?? '00:00:00'}` : date.replace(/T00:00:00(\.0+)?$/, `T${time ?? '00:00:00'}`)
  // Dates without zone are shifted as if they were in UTC: what matters is the distance alone.
  const at = new Date(Date.parse(hasZone ? whole : `${whole}Z`) - seconds * 1000).toISOString()
  const local = hasZone ? at : at.slice(0, -1)
  if (date.length === 10) return time === undefined ? at.slice(0, 10) : joinKey([at.slice(0, 10), at.slice(11, 19)])
  return time === undefined ? local : joinKey([`${at.slice(0, 10)}T00:00:00`, at.slice(11, 19)])
}

/** Below 0, 0 or above 0 as `a` comes before, with or after `b`. */
export function compareWatermarks(watermark: readonly Property[], a: string, b: string): number {
  const [left, right] = [splitKey(a, watermark.length) ?? [], splitKey(b, watermark.length) ?? []]
  for (const [at, property] of watermark.entries()) {
    const compared = compareValues(property, left[at] ?? '', right[at] ?? '')
    if (compared !== 0) return compared
  }
  return 0
}

function compareValues({ type }: Property, a: string, b: string): number {
  if (type === 'Edm.DateTimeOffset') {
    // Fractions beyond milliseconds decide only where the milliseconds agree.
    const distance = Date.parse(a) - Date.parse(b)
    if (distance !== 0) return distance
  }
  if (type !== 'Edm.String' && /^-?[\d.]+$/.test(a) && /^-?[\d.]+$/.test(b)) return Number(a) - Number(b)
  const [left, right] = [a.replace('Z', ''), b.replace('Z', '')]
  return left < right ? -1 : left > right ? 1 : 0
}
