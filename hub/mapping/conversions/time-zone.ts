import type { Moment } from './calendar.ts'
import { momentOf, wallSeconds } from './calendar.ts'

/**
 * Offsets of IANA zones, from the platform's own zone data (Intl), kept per year as a short list of when they change:
 * asking Intl costs microseconds, a look into the list does not.
 */
export interface TimeZone {
  name: string
  /** Seconds east of UTC at a moment given in seconds since 1970 (UTC). */
  offsetAt(seconds: number): number
  /**
   * The moment (seconds since 1970, UTC) at which the zone's clocks show this wall time (as seconds). Where clocks are
   * put back and show it twice, the first; where they are put forward and skip it, the time with the offset from before
   * the change, as java.time and Temporal ("compatible") do.
   */
  toUtc(wall: number): number
}

interface YearOffsets {
  /** Ascending; the offset number i holds from starts[i]. */
  starts: number[]
  offsets: number[]
}

const YEARS_KEPT_MAX = 400
const DAY = 86_400

/** Null: the platform knows no such zone. */
export function timeZone(name: string): TimeZone | null {
  if (name === 'UTC' || name === 'Z') return { name: 'UTC', offsetAt: () => 0, toUtc: (wall) => wall }
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
  } catch {
    return null
  }
  const years = new Map<number, YearOffsets>()
  const offsetAt = (seconds: number): number => {
    const { year } = momentOf(seconds)
    let known = years.get(year)
    if (known === undefined) {
      if (years.size >= YEARS_KEPT_MAX) years.clear()
      known = offsetsOfYear(format, year)
      years.set(year, known)
    }
    let index = known.starts.length - 1
    while (index > 0 && (known.starts[index] ?? 0) > seconds) index--
    return known.offsets[index] ?? 0
  }
  return { name, offsetAt, toUtc: (wall) => wallToUtc(offsetAt, wall) }
}

function wallToUtc(offsetAt: (seconds: number) => number, wall: number): number {
  const before = offsetAt(wall - DAY)
  const after = offsetAt(wall + DAY)
  const first = wall - before
  if (before === after || offsetAt(first) === before) return first
  const second = wall - after
  return offsetAt(second) === after ? second : first
}

function offsetsOfYear(format: Intl.DateTimeFormat, year: number): YearOffsets {
  const moment = (month: number): number =>
    wallSeconds({ year, month, day: 1, hour: 0, minute: 0, second: 0, fraction: '', offset: 0 } satisfies Moment)
  const starts = [moment(1)]
  const offsets = [intlOffset(format, moment(1))]
  // Half-months, because one zone (Morocco's) changes twice within a few weeks.
  for (let half = 1; half <= 24; half++) {
    const to = half === 24 ? moment(1) + 366 * DAY : moment(Math.floor(half / 2) + 1) + (half % 2) * 15 * DAY
    const from = starts.at(-1) ?? to
    const offset = intlOffset(format, to)
    if (offset === offsets.at(-1)) continue
    starts.push(changeBetween(format, from, to, offset))
    offsets.push(offset)
  }
  return { starts, offsets }
}

/** The first second with the new offset. */
function changeBetween(format: Intl.DateTimeFormat, from: number, to: number, offset: number): number {
  let low = from
  let high = to
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (intlOffset(format, middle) === offset) high = middle
    else low = middle
  }
  return high
}

/** Reads `GMT`, `GMT+10:00` or, for the local mean times of long ago, `GMT-00:01:15`. */
function intlOffset(format: Intl.DateTimeFormat, seconds: number): number {
  const name = format.formatToParts(seconds * 1000).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
  const match = /^GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(name)
  if (match?.[1] === undefined) return 0
  const size = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0)
  return match[1] === '-' ? -size : size
}
