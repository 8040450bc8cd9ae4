/** Watermarks as they stand in messages: times with or without a zone, dates, counters. Compared exactly, as big integers. */

export interface Watermark {
  kind: 'counter' | 'time'
  /** A counter's value, or nanoseconds since 1970; times without a zone are taken as UTC, all in the same way. */
  value: bigint
  form: 'counter' | 'zoned' | 'local' | 'date'
}

const TIME = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?)?(Z|[+-]\d{2}:\d{2})?$/
const NANOS_PER_MS = 1_000_000n

/** Undefined for a text that is neither a number nor a time. */
export function readWatermark(text: string): Watermark | undefined {
  const given = text.trim()
  if (/^-?\d{1,40}$/.test(given)) return { kind: 'counter', value: BigInt(given), form: 'counter' }
  const match = TIME.exec(given)
  if (!match) return undefined
  const [, day = '', clock = '00:00:00', fraction = '', zone] = match
  const ms = Date.parse(`${day}T${clock}${zone ?? 'Z'}`)
  if (Number.isNaN(ms)) return undefined
  const form = match[2] === undefined ? 'date' : zone === undefined ? 'local' : 'zoned'
  return { kind: 'time', value: BigInt(ms) * NANOS_PER_MS + BigInt(fraction.padEnd(9, '0')), form }
}

/** The same watermark, ms (of a counter: units) earlier. */
export function earlier(mark: Watermark, by: number): Watermark {
  return { ...mark, value: mark.value - (mark.kind === 'time' ? BigInt(by) * NANOS_PER_MS : BigInt(by)) }
}

/** As text for a request, never later than the watermark itself: times are cut to milliseconds. */
export function writeWatermark({ kind, value, form }: Watermark): string {
  if (kind === 'counter') return String(value)
  const ms = value >= 0n ? value / NANOS_PER_MS : (value - NANOS_PER_MS + 1n) / NANOS_PER_MS
  const text = new Date(Number(ms)).toISOString()
  if (form === 'date') return text.slice(0, 10)
  const local = text.slice(0, -1).replace(/\.000$/, '')
  return form === 'local' ? local : `${local}Z`
}

/** Exactly as it was, for checkpoints. */
export function storeWatermark({ kind, value, form }: Watermark): string {
  return `${kind} ${form} ${value}`
}

export function loadWatermark(text: string): Watermark | undefined {
  const [kind, form, value = ''] = text.split(' ')
  if ((kind !== 'counter' && kind !== 'time') || !/^-?\d+$/.test(value)) return undefined
  if (form !== 'counter' && form !== 'zoned' && form !== 'local' && form !== 'date') return undefined
  return { kind, form, value: BigInt(value) }
}
