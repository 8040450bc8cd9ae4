import type { Json } from '../../hub/contracts/json.ts'
import { scalarText } from './raw-json.ts'

export const WATERMARK_FORMATS = [
  'isoMillis',
  'isoSeconds',
  'isoMicros',
  'date',
  'epochSeconds',
  'epochMillis',
  'counter',
] as const
export type WatermarkFormat = (typeof WATERMARK_FORMATS)[number]

const MICROS = 1_000_000n
const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:\s?(Z|z|[+-]\d\d(?::?\d\d)?))?)?$/

/**
 * The time of change or the counter of a record as a number that compares: microseconds since 1970, or the counter.
 * A time without a zone counts as UTC. undefined: there is none, or it is unreadable.
 */
export function readWatermark(value: Json | undefined, format: WatermarkFormat): bigint | undefined {
  const text = scalarText(value)
  if (text === undefined) return undefined
  if (format === 'counter') return /^-?\d{1,30}$/.test(text) ? BigInt(text) : undefined
  if (/^-?\d{1,15}(\.\d+)?$/.test(text)) {
    const [whole = '0', fraction = ''] = text.split('.')
    const scale = format === 'epochMillis' ? 1000n : MICROS
    const digits = format === 'epochMillis' ? 3 : 6
    return BigInt(whole) * scale + BigInt(fraction.padEnd(digits, '0').slice(0, digits))
  }
  return isoMicros(text)
}

function isoMicros(text: string): bigint | undefined {
  const match = ISO.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hours = '00', minutes = '00', seconds = '00', fraction = '', zone = 'Z'] = match
  const offset = zone.length === 3 ? `${zone}:00` : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2').toUpperCase()
  const at = Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}${offset}`)
  return Number.isNaN(at) ? undefined : BigInt(at) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6))
}

/** How a request has it; never later than the watermark is. */
export function writeWatermark(watermark: bigint, format: WatermarkFormat): string {
  if (format === 'counter') return String(watermark)
  if (format === 'epochSeconds') return String(floored(watermark, MICROS))
  if (format === 'epochMillis') return String(floored(watermark, 1000n))
  const millis = floored(watermark, 1000n)
  const iso = isoText(Number(millis))
  if (format === 'date') return iso.slice(0, 10)
  if (format === 'isoSeconds') return `${iso.slice(0, 19)}Z`
  if (format === 'isoMillis') return iso
  return `${iso.slice(0, 23)}${String(watermark - millis * 1000n).padStart(3, '0')}Z`
}

function floored(value: bigint, unit: bigint): bigint {
  const whole = value / unit
  return value < 0n && whole * unit !== value ? whole - 1n : whole
}

const FIRST_MS = 0
const LAST_MS = Date.UTC(9999, 11, 31)

/** Years that ISO 8601 writes with four digits. */
function isoText(millis: number): string {
  return new Date(Math.min(Math.max(millis, FIRST_MS), LAST_MS)).toISOString()
}

/** The time of a record, where its watermark is one. */
export function timeOf(watermark: bigint, format: WatermarkFormat): string | undefined {
  return format === 'counter' ? undefined : writeWatermark(watermark, 'isoMicros')
}

/** So many seconds, or so many numbers of a counter, before. */
export function before(watermark: bigint, lookBack: number, format: WatermarkFormat): bigint {
  return watermark - BigInt(lookBack) * (format === 'counter' ? 1n : MICROS)
}

/** The place of now by a clock in ms; a counter has none. */
export function watermarkOfNow(nowMs: number, format: WatermarkFormat): bigint | undefined {
  return format === 'counter' ? undefined : BigInt(Math.floor(nowMs)) * 1000n
}

/** The smallest step that requests can tell apart, so that a place that is exclusive may be asked for inclusively. */
export function stepOf(format: WatermarkFormat): bigint {
  if (format === 'counter') return 1n
  if (format === 'date') return 86_400n * MICROS
  if (format === 'isoSeconds' || format === 'epochSeconds') return MICROS
  return format === 'isoMicros' ? 1n : 1000n
}
