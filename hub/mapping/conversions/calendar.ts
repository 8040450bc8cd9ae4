/** Dates and times in the proleptic Gregorian calendar, as plain numbers; no clock and no zone of the machine. */
export interface Moment {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  /** Decimal digits of the second's fraction, as written: `123456` keeps a database's microseconds. */
  fraction: string
  /** Seconds east of UTC; undefined when the text has none. */
  offset: number | undefined
}

export function emptyMoment(): Moment {
  return { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, fraction: '', offset: undefined }
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

function daysIn(year: number, month: number): number {
  if (month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)) return 29
  return MONTH_DAYS[month - 1] ?? 0
}

/** Whether the calendar has it: no 31 February, no hour 24, no leap second. Years 1 to 9999. */
export function isReal(moment: Moment): boolean {
  const { year, month, day, hour, minute, second, offset } = moment
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return false
  return hour < 24 && minute < 60 && second < 60 && (offset === undefined || Math.abs(offset) <= 18 * 3600)
}

/** Seconds since 1970-01-01T00:00:00 of the wall clock, the offset left out. */
export function wallSeconds(moment: Moment): number {
  return (
    daysFromCivil(moment.year, moment.month, moment.day) * 86_400 +
    moment.hour * 3600 +
    moment.minute * 60 +
    moment.second
  )
}

/** Days since 1970-01-01; Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The other way: civil_from_days of the same source. */
export function momentOf(seconds: number, fraction = ''): Moment {
  const days = Math.floor(seconds / 86_400)
  const rest = seconds - days * 86_400
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    fraction,
    offset: 0,
  }
}

const two = (number: number): string => (number < 10 ? `0${number}` : String(number))

export function isoDate(moment: Moment): string {
  const { year } = moment
  const padded = year > 999 ? String(year) : String(year).padStart(4, '0')
  return `${padded}-${two(moment.month)}-${two(moment.day)}`
}

/** `2024-03-01T08:15:00Z`, with the fraction where it isn't zero. */
export function isoUtc(seconds: number, fraction: string): string {
  const moment = momentOf(seconds)
  const digits = fraction.replace(/0+$/, '')
  const time = `${two(moment.hour)}:${two(moment.minute)}:${two(moment.second)}`
  return `${isoDate(moment)}T${time}${digits === '' ? '' : `.${digits}`}Z`
}
