import type { Moment } from './calendar.ts'
import { emptyMoment, isReal, momentOf } from './calendar.ts'
import { OptionProblem } from './options.ts'

/**
 * One way of writing a date, read strictly: every letter of the format must be met and the calendar must have the date.
 * The letters are Unicode's (UTS 35), as in date-fns and java.time.
 */
export interface DateFormat {
  text: string
  hasTime: boolean
  /** Whether the text itself says which moment is meant: by an offset, or because it counts from an epoch. */
  hasOffset: boolean
  /** Null: the text isn't of this form. */
  read(text: string): Moment | null
  /** Null: this form can't say it. */
  write(moment: Moment): string | null
}

export interface FormatOptions {
  /** Two-digit years below it are 20xx, the others 19xx. */
  pivot: number | undefined
  /** Language of month names, BCP 47. */
  language: string
}

type NumberField = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'

type Part =
  | { kind: 'number'; field: NumberField; digitsMin: number; digitsMax: number }
  | { kind: 'short-year'; pivot: number }
  | { kind: 'half-hour'; digitsMin: number }
  | { kind: 'half-day' }
  | { kind: 'month-name'; names: readonly string[] }
  | { kind: 'fraction'; digits: number }
  | { kind: 'offset' }
  | { kind: 'literal'; text: string }

const NUMBERS: Readonly<Record<string, { field: NumberField; digitsMin: number; digitsMax: number }>> = {
  yyyy: { field: 'year', digitsMin: 4, digitsMax: 4 },
  MM: { field: 'month', digitsMin: 2, digitsMax: 2 },
  M: { field: 'month', digitsMin: 1, digitsMax: 2 },
  dd: { field: 'day', digitsMin: 2, digitsMax: 2 },
  d: { field: 'day', digitsMin: 1, digitsMax: 2 },
  HH: { field: 'hour', digitsMin: 2, digitsMax: 2 },
  H: { field: 'hour', digitsMin: 1, digitsMax: 2 },
  mm: { field: 'minute', digitsMin: 2, digitsMax: 2 },
  m: { field: 'minute', digitsMin: 1, digitsMax: 2 },
  ss: { field: 'second', digitsMin: 2, digitsMax: 2 },
  s: { field: 'second', digitsMin: 1, digitsMax: 2 },
}

const LETTERS = 'yyyy yy MMMM MMM MM M dd d HH H hh h a mm m ss s S(1 to 9) XXX'
export const NAMED_FORMATS = ['iso', 'epoch-seconds', 'epoch-ms', 'odata'] as const
const FORMAT_LENGTH_MAX = 100
const TEXT_LENGTH_MAX = 64

/** Throws OptionProblem for a format that can't be read. */
export function dateFormat(text: string, options: FormatOptions): DateFormat {
  if (text === 'iso') return ISO
  if (text === 'epoch-seconds') return epochFormat(text, 0)
  if (text === 'epoch-ms') return epochFormat(text, 3)
  if (text === 'odata') return ODATA
  if (text.length > FORMAT_LENGTH_MAX) throw new OptionProblem('the format is too long', 'format')
  const parts = readFormat(text, options)
  const fields = new Set(
    parts.flatMap((part) => (part.kind === 'literal' ? [] : [part.kind === 'number' ? part.field : part.kind])),
  )
  const complete =
    (fields.has('year') || fields.has('short-year')) &&
    (fields.has('month') || fields.has('month-name')) &&
    fields.has('day')
  if (!complete) throw new OptionProblem('a format needs year, month and day', 'format')
  if (fields.has('half-hour') !== fields.has('half-day')) throw new OptionProblem('hh and a go together', 'format')
  return {
    text,
    hasTime: fields.has('hour') || fields.has('half-hour'),
    hasOffset: fields.has('offset'),
    read: (value) => readParts(parts, value),
    write: (moment) => writeParts(parts, moment),
  }
}

function readFormat(text: string, options: FormatOptions): Part[] {
  const parts: Part[] = []
  for (const match of text.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g)) {
    const [token, quoted] = match
    if (token === "'") throw new OptionProblem("a quote ' in the format is not closed", 'format')
    if (quoted !== undefined) parts.push({ kind: 'literal', text: quoted === '' ? "'" : quoted.replaceAll("''", "'") })
    else parts.push(partOf(token, options))
  }
  return parts
}

function partOf(token: string, options: FormatOptions): Part {
  const number = NUMBERS[token]
  if (number !== undefined) return { kind: 'number', ...number }
  if (!/^[A-Za-z]/.test(token) || token === 'T') return { kind: 'literal', text: token }
  if (token === 'yy') {
    if (options.pivot === undefined) {
      throw new OptionProblem(
        'two-digit years need a pivot',
        'format',
        'Add pivot: years below it are 20xx, the others 19xx.',
      )
    }
    return { kind: 'short-year', pivot: options.pivot }
  }
  if (token === 'hh' || token === 'h') return { kind: 'half-hour', digitsMin: token.length }
  if (token === 'a') return { kind: 'half-day' }
  if (token === 'MMM' || token === 'MMMM')
    return { kind: 'month-name', names: monthNames(options.language, token === 'MMM') }
  if (/^S{1,9}$/.test(token)) return { kind: 'fraction', digits: token.length }
  if (/^(X{1,3}|x{1,3}|Z)$/.test(token)) return { kind: 'offset' }
  throw new OptionProblem(
    `${JSON.stringify(token)} means nothing in a format`,
    'format',
    `Known: ${LETTERS}, or ${NAMED_FORMATS.join(', ')}; other letters go in single quotes.`,
  )
}

function monthNames(language: string, short: boolean): string[] {
  try {
    const format = new Intl.DateTimeFormat(language, {
      month: short ? 'short' : 'long',
      day: 'numeric',
      timeZone: 'UTC',
    })
    return Array.from({ length: 12 }, (_, month) => {
      const name = format.formatToParts(Date.UTC(2024, month, 1)).find((part) => part.type === 'month')?.value ?? ''
      return name.toLowerCase().replace(/\.$/, '')
    })
  } catch {
    throw new OptionProblem('the language is not a BCP 47 tag', 'language')
  }
}

/** Where reading a part ended; the fields of the moment are set on the way. */
const FAILED = -1

function readParts(parts: readonly Part[], text: string): Moment | null {
  const moment = emptyMoment()
  let at = 0
  let halfDay: 'am' | 'pm' | undefined
  for (const part of parts) {
    if (part.kind === 'number') {
      const end = numberEnd(text, at, part.digitsMin, part.digitsMax)
      if (end === FAILED) return null
      moment[part.field] = digitsValue(text, at, end)
      at = end
    } else if (part.kind === 'literal') {
      if (!text.startsWith(part.text, at)) return null
      at += part.text.length
    } else if (part.kind === 'half-day') {
      const word = text.slice(at, at + 2).toLowerCase()
      if (word !== 'am' && word !== 'pm') return null
      halfDay = word
      at += 2
    } else {
      at = readSpecial(part, text, at, moment)
      if (at === FAILED) return null
    }
  }
  if (at !== text.length || !fixHalfDay(moment, halfDay)) return null
  return isReal(moment) ? moment : null
}

function fixHalfDay(moment: Moment, halfDay: 'am' | 'pm' | undefined): boolean {
  if (halfDay === undefined) return true
  if (moment.hour < 1 || moment.hour > 12) return false
  moment.hour = (moment.hour % 12) + (halfDay === 'pm' ? 12 : 0)
  return true
}

type SpecialPart = Exclude<Part, { kind: 'number' | 'literal' | 'half-day' }>

function readSpecial(part: SpecialPart, text: string, at: number, moment: Moment): number {
  if (part.kind === 'offset') return readOffset(text, at, moment)
  if (part.kind === 'month-name') return readMonthName(part.names, text, at, moment)
  const [digitsMin, digitsMax] =
    part.kind === 'short-year' ? [2, 2] : part.kind === 'half-hour' ? [part.digitsMin, 2] : [part.digits, part.digits]
  const end = numberEnd(text, at, digitsMin, digitsMax)
  if (end === FAILED) return FAILED
  if (part.kind === 'fraction') moment.fraction = text.slice(at, end)
  else if (part.kind === 'half-hour') moment.hour = digitsValue(text, at, end)
  else {
    const short = digitsValue(text, at, end)
    moment.year = short + (short < part.pivot ? 2000 : 1900)
  }
  return end
}

function numberEnd(text: string, from: number, digitsMin: number, digitsMax: number): number {
  let end = from
  while (end < from + digitsMax && end < text.length && isDigit(text.charCodeAt(end))) end++
  return end - from < digitsMin ? FAILED : end
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function digitsValue(text: string, from: number, to: number): number {
  let value = 0
  for (let i = from; i < to; i++) value = value * 10 + text.charCodeAt(i) - 48
  return value
}

function readOffset(text: string, at: number, moment: Moment): number {
  const sign = text[at]
  if (sign === 'Z' || sign === 'z') {
    moment.offset = 0
    return at + 1
  }
  const match = /^([+-])(\d{2})(?::?(\d{2}))?/.exec(text.slice(at, at + 6))
  if (match === null) return FAILED
  const minutes = Number(match[3] ?? 0)
  if (minutes > 59) return FAILED
  moment.offset = (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 3600 + minutes * 60)
  return at + match[0].length
}

function readMonthName(names: readonly string[], text: string, at: number, moment: Moment): number {
  const rest = text.slice(at, at + TEXT_LENGTH_MAX).toLowerCase()
  let found = -1
  for (const [index, name] of names.entries()) {
    if (rest.startsWith(name) && name.length > (names[found]?.length ?? 0)) found = index
  }
  if (found < 0) return FAILED
  moment.month = found + 1
  const end = at + (names[found]?.length ?? 0)
  return text[end] === '.' ? end + 1 : end
}

function writeParts(parts: readonly Part[], moment: Moment): string | null {
  let text = ''
  for (const part of parts) {
    if (part.kind === 'literal') text += part.text
    else if (part.kind === 'number') text += String(moment[part.field]).padStart(part.digitsMin, '0')
    else if (part.kind === 'half-hour') text += String(moment.hour % 12 || 12).padStart(part.digitsMin, '0')
    else if (part.kind === 'half-day') text += moment.hour < 12 ? 'AM' : 'PM'
    else if (part.kind === 'fraction') text += moment.fraction.padEnd(part.digits, '0').slice(0, part.digits)
    else if (part.kind === 'offset') text += writeOffset(moment.offset ?? 0)
    else if (part.kind === 'month-name') text += capitalised(part.names[moment.month - 1] ?? '')
    else {
      const century = moment.year % 100 < part.pivot ? 2000 : 1900
      if (moment.year - (moment.year % 100) !== century) return null
      text += String(moment.year % 100).padStart(2, '0')
    }
  }
  return text
}

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)

function writeOffset(offset: number): string {
  if (offset === 0) return 'Z'
  const minutes = Math.floor(Math.abs(offset) / 60)
  const pad = (number: number): string => String(number).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`
}

/** Seconds since 1970 are kept to the years 1 to 9999. */
const SECONDS_MIN = -62_135_596_800
const SECONDS_MAX = 253_402_300_799

function fromEpoch(whole: string, fraction: string): Moment | null {
  const seconds = Number(whole)
  const negativeFraction = whole.startsWith('-') && /[1-9]/.test(fraction)
  const size = fraction.length
  const floor = negativeFraction ? seconds - 1 : seconds
  if (!Number.isSafeInteger(floor) || floor < SECONDS_MIN || floor > SECONDS_MAX) return null
  const digits = negativeFraction ? String(10 ** size - Number(fraction)).padStart(size, '0') : fraction
  return momentOf(floor, digits)
}

function epochFormat(text: string, decimals: 0 | 3): DateFormat {
  return {
    text,
    hasTime: true,
    hasOffset: true,
    read(value) {
      if (value.length > 20 || !/^-?\d{1,15}(\.\d{1,9})?$/.test(value)) return null
      const [digits = '', fraction = ''] = value.split('.')
      if (decimals === 0) return fromEpoch(digits, fraction)
      return fraction === '' ? fromMilliseconds(digits) : null
    },
    write: (moment) => writeEpoch(moment, decimals),
  }
}

function fromMilliseconds(digits: string): Moment | null {
  const sign = digits.startsWith('-') ? '-' : ''
  const padded = digits.slice(sign.length).padStart(4, '0')
  return fromEpoch(sign + padded.slice(0, -3), padded.slice(-3))
}

function writeEpoch(moment: Moment, decimals: 0 | 3): string {
  const days = Date.UTC(2000, moment.month - 1, moment.day, moment.hour, moment.minute, moment.second)
  const shifted = new Date(days)
  shifted.setUTCFullYear(moment.year, moment.month - 1, moment.day)
  const seconds = shifted.getTime() / 1000 - (moment.offset ?? 0)
  if (decimals === 0) return String(seconds)
  return String(seconds * 1000 + Number(moment.fraction.padEnd(3, '0').slice(0, 3)))
}

/** OData V2 and old ASP.NET: milliseconds since 1970; the offset written after them doesn't move the moment. */
const ODATA: DateFormat = {
  text: 'odata',
  hasTime: true,
  hasOffset: true,
  read(value) {
    const match = /^\/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\/$/.exec(value)
    return match?.[1] === undefined ? null : fromMilliseconds(match[1])
  },
  write: (moment) => `/Date(${writeEpoch(moment, 3)})/`,
}

const ISO_TEXT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$/

/** ISO 8601 and what databases print: `2024-03-01`, `2024-03-01 08:15:00.123456`, `2024-03-01T08:15Z`. */
const ISO: DateFormat = {
  text: 'iso',
  hasTime: true,
  hasOffset: false,
  read(value) {
    if (value.length > TEXT_LENGTH_MAX) return null
    const match = ISO_TEXT.exec(value)
    if (match === null) return null
    const moment: Moment = {
      year: Number(match[1]),
      month: Number(match[2]),
      day: Number(match[3]),
      hour: Number(match[4] ?? 0),
      minute: Number(match[5] ?? 0),
      second: Number(match[6] ?? 0),
      fraction: match[7] ?? '',
      offset: undefined,
    }
    if (match[8] !== undefined && readOffset(match[8], 0, moment) === FAILED) return null
    return isReal(moment) ? moment : null
  },
  write(moment) {
    const pad = (number: number): string => String(number).padStart(2, '0')
    const fraction = moment.fraction === '' ? '' : `.${moment.fraction}`
    const time = `${pad(moment.hour)}:${pad(moment.minute)}:${pad(moment.second)}${fraction}`
    const offset = moment.offset === undefined ? '' : writeOffset(moment.offset)
    return `${String(moment.year).padStart(4, '0')}-${pad(moment.month)}-${pad(moment.day)}T${time}${offset}`
  },
}
