/**
 * The formats that the canonical schemas use, each really checked. Written for speed: the common form of a value is
 * decided by character codes or one linear expression; nothing here can backtrack.
 */
import { COUNTRY_CODES } from './iso-countries.ts'
import { CURRENCY_CODES } from './iso-currencies.ts'

export interface SchemaFormat {
  accepts(text: string): boolean
  /** Completes "must be ...", with an example that is nobody's. */
  words: string
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** The number that the two digits at `at` make; NaN-free: -1 where they are no digits. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}

function startsWithDate(text: string): boolean {
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return false
  const century = twoDigits(text, 0)
  const yearOfCentury = twoDigits(text, 2)
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  if (century < 0 || yearOfCentury < 0 || month < 1 || month > 12 || day < 1) return false
  const year = century * 100 + yearOfCentury
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return year > 0 && day <= (month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0))
}

/** YYYY-MM-DD, a day that the calendar has, from year 1. */
export function isDate(text: string): boolean {
  return text.length === 10 && startsWithDate(text)
}

const AFTER_SECONDS = /^(?:\.[0-9]{1,9})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$/

/** RFC 3339 with capital T and Z. Leap seconds are refused: neither JavaScript nor PostgreSQL keeps them. */
export function isDateTime(text: string): boolean {
  if (text.length < 20 || text.length > 35 || text.charCodeAt(10) !== 84 || !startsWithDate(text)) return false
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return false
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  const second = twoDigits(text, 17)
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return false
  return (text.length === 20 && text.charCodeAt(19) === 90) || AFTER_SECONDS.test(text.slice(19))
}

// Nothing that RFC 5322 would want in quotes: no blanks, controls, brackets, commas, colons, backslashes or quotes.
const LOCAL_PART = /^[^\s\p{Cc}\p{Cs}"(),:;<>@[\\\]]{1,64}$/u
const DOMAIN_LABEL = /^[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u
const PLAIN_ADDRESS = /^[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9]+\.)+[a-z]{2,24}$/i

/** local@domain with at least two labels; letters beyond ASCII in both (RFC 6531); no quotes, comments or IP literals. */
export function isEmail(text: string): boolean {
  if (text.length > 254) return false
  const at = text.lastIndexOf('@')
  // Most addresses are plain: one expression settles them, given that no label or local part can be too long.
  if (at < 1 || at > 64) return false
  if (text.length - at < 60 && PLAIN_ADDRESS.test(text)) return true
  const local = text.slice(0, at)
  if (!LOCAL_PART.test(local) || local.startsWith('.') || local.endsWith('.') || local.includes('..')) return false
  const labels = text.slice(at + 1).split('.')
  const last = labels.at(-1) ?? ''
  return labels.length >= 2 && last.length >= 2 && !/^[0-9]+$/.test(last) && labels.every((it) => DOMAIN_LABEL.test(it))
}

/** A plus sign and 7 to 15 digits, the first not zero (ITU-T E.164). Whether the number exists is the mapping's matter. */
export function isE164(text: string): boolean {
  const digits = text.length - 1
  if (digits < 7 || digits > 15 || text.charCodeAt(0) !== 43 || text.charCodeAt(1) === 48) return false
  for (let at = 1; at <= digits; at += 1) {
    const code = text.charCodeAt(at)
    if (code < 48 || code > 57) return false
  }
  return true
}

const DECIMAL = /^-?(?:0|[1-9][0-9]{0,27})(?:\.[0-9]{1,10})?$/
const CODE = /^[a-z][a-z0-9-]{0,63}$/
const ATTRIBUTE_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/
const COMMON_LANGUAGE = /^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?$/
const LANGUAGE_START = /^[A-Za-z]{2,3}(?:-|$)/

/** Well formed by BCP 47, its language of two or three letters: longer ones are reserved and mean a word like `german`. */
export function isLanguageTag(text: string): boolean {
  if (COMMON_LANGUAGE.test(text)) return true
  if (text.length > 35 || !LANGUAGE_START.test(text)) return false
  try {
    Intl.getCanonicalLocales(text)
    return true
  } catch {
    return false
  }
}

const ZONE_SHAPE = /^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Z][A-Za-z0-9_+-]*){0,3}$/
const ZONES_KEPT_MAX = 2000
const knownZones = new Set<string>()

/** A zone or alias of the time zone database that the runtime knows. Names are kept once found: asking is slow. */
export function isTimeZone(text: string): boolean {
  if (knownZones.has(text)) return true
  if (text.length > 64 || !ZONE_SHAPE.test(text)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
  } catch {
    return false
  }
  if (knownZones.size < ZONES_KEPT_MAX) knownZones.add(text)
  return true
}

/** By name, as `format` names them in the schemas. */
export const SCHEMA_FORMATS: Readonly<Record<string, SchemaFormat>> = {
  date: { accepts: isDate, words: 'a date of the calendar as YYYY-MM-DD, such as 2026-03-14' },
  'date-time': {
    accepts: isDateTime,
    words: 'a date and time with seconds and Z or an offset, such as 2026-03-14T09:26:53Z',
  },
  email: { accepts: isEmail, words: 'an e-mail address without a display name, such as name@example.com' },
  e164: { accepts: isE164, words: 'a phone number in E.164 form, such as +61255501234' },
  decimal: {
    accepts: (text) => DECIMAL.test(text),
    words: 'a decimal number as text, such as 12.34: no exponent, no leading zeros, at most 28 and 10 digits',
  },
  country: { accepts: (text) => COUNTRY_CODES.has(text), words: 'an ISO 3166-1 alpha-2 country code, such as AU' },
  currency: { accepts: (text) => CURRENCY_CODES.has(text), words: 'an ISO 4217 currency code, such as AUD' },
  language: { accepts: isLanguageTag, words: 'a BCP 47 language tag, such as en-AU' },
  'time-zone': { accepts: isTimeZone, words: 'a name of the IANA time zone database, such as Australia/Sydney' },
  code: {
    accepts: (text) => CODE.test(text),
    words: 'a code of lower-case letters, digits and hyphens, a letter first, such as tax-id',
  },
  'attribute-name': {
    accepts: (text) => ATTRIBUTE_NAME.test(text),
    words: 'named by a letter and then at most 63 letters, digits, hyphens and underscores',
  },
}
