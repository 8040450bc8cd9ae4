import type { Json } from '../../contracts/json.ts'
import { emptyMoment, isoDate, isoUtc, momentOf, wallSeconds } from './calendar.ts'
import type { Moment } from './calendar.ts'
import { onText, textOf, UNPARSABLE } from './conversion.ts'
import type { Conversion, Converted } from './conversion.ts'
import { dateFormat } from './date-format.ts'
import type { DateFormat } from './date-format.ts'
import { OptionProblem } from './options.ts'
import type { ConversionDefinition, OptionDefinition, Options } from './options.ts'
import { timeZone } from './time-zone.ts'
import type { TimeZone } from './time-zone.ts'

const FORMAT_OPTIONS: Readonly<Record<string, OptionDefinition>> = {
  format: {
    type: 'texts',
    description:
      'One format or several, the first that fits counts: letters as in yyyy-MM-dd HH:mm:ss.SSS XXX, or iso (the default), epoch-seconds, epoch-ms, odata.',
  },
  pivot: {
    type: 'integer',
    minimum: 0,
    maximum: 100,
    description: 'For two-digit years, which need it: those below it are 20xx, the others 19xx.',
  },
  language: { type: 'text', description: 'Language of month names (MMM, MMMM), BCP 47; en when absent.' },
}

function formatsOf(options: Options): DateFormat[] {
  const texts = options.texts('format') ?? ['iso']
  if (texts.length === 0 || texts.length > 20) throw new OptionProblem('give 1 to 20 formats', 'format')
  const rules = { pivot: options.integer('pivot'), language: options.text('language') ?? 'en' }
  return texts.map((text) => dateFormat(text, rules))
}

/** The first format that fits, tried in order; `only` spares the loop for the usual single format. */
function readerOf(formats: readonly DateFormat[]): (text: string) => Moment | null {
  const [only] = formats
  if (formats.length === 1 && only !== undefined) return (text) => only.read(text)
  return (text) => {
    for (const format of formats) {
      const moment = format.read(text)
      if (moment !== null) return moment
    }
    return null
  }
}

function zoneOf(name: string, option: string | undefined): TimeZone {
  const zone = timeZone(name)
  if (zone === null) throw new OptionProblem('the zone is not an IANA time zone such as Australia/Sydney', option)
  return zone
}

const utcSeconds = (moment: Moment, zone: TimeZone | undefined): number =>
  moment.offset === undefined
    ? (zone?.toUtc(wallSeconds(moment)) ?? wallSeconds(moment))
    : wallSeconds(moment) - moment.offset

/** The format that the system's value has now, so that it is written back the same way; else the first. */
function nativeFormat(formats: readonly DateFormat[], current: Json | undefined): DateFormat | undefined {
  const now = current === undefined ? UNPARSABLE : textOf(current)
  return (now === UNPARSABLE ? undefined : formats.find((format) => format.read(now) !== null)) ?? formats[0]
}

/** A count of seconds or milliseconds goes back as a number where the system has a number. */
function asNative(text: string | null, current: Json | undefined): Converted {
  if (text === null) return UNPARSABLE
  return typeof current === 'number' && /^-?\d+$/.test(text) ? Number(text) : text
}

const shown = (formats: readonly DateFormat[]): string => formats.map((format) => format.text).join(' or ')

function buildDate(options: Options): Conversion {
  const formats = formatsOf(options)
  const read = readerOf(formats)
  const zoneName = options.text('zone')
  const zone = zoneName === undefined ? undefined : zoneOf(zoneName, 'zone')
  return {
    name: 'date',
    expectation: `is not a date of the form ${shown(formats)}`,
    run: onText((text) => {
      const moment = read(text)
      if (moment === null) return UNPARSABLE
      if (zone === undefined || moment.offset === undefined) return isoDate(moment)
      const utc = utcSeconds(moment, undefined)
      const local = momentOf(utc + zone.offsetAt(utc))
      return local.year >= 1 && local.year <= 9999 ? isoDate(local) : UNPARSABLE
    }),
    reads: [],
    inverse(value, current) {
      const match = typeof value === 'string' ? /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) : null
      const format = nativeFormat(formats, current)
      if (match === null || format === undefined) return UNPARSABLE
      const day = { ...emptyMoment(), year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) }
      if (format.text === 'iso' && (typeof current !== 'string' || current.length <= 10)) return value
      if (zone === undefined || !format.hasOffset) return asNative(format.write({ ...day, offset: 0 }), current)
      const utc = zone.toUtc(wallSeconds(day))
      return asNative(format.write({ ...day, offset: wallSeconds(day) - utc }), current)
    },
  }
}

function buildDateTime(options: Options, defaultZone: string | undefined): Conversion {
  const formats = formatsOf(options)
  const read = readerOf(formats)
  const stated = options.text('zone')
  const zoneName = stated ?? defaultZone
  const zone = zoneName === undefined ? undefined : zoneOf(zoneName, stated === undefined ? undefined : 'zone')
  const needsZone = formats.find((format) => !format.hasOffset && format.text !== 'iso')
  if (zone === undefined && needsZone !== undefined) {
    throw new OptionProblem(
      `times of the form ${needsZone.text} do not say their zone`,
      'format',
      'Give zone or defaults.timeZone (UTC, or a name such as Europe/Berlin).',
    )
  }
  return {
    name: 'dateTime',
    expectation: `is not a date and time${zone === undefined ? ' with its offset,' : ''} of the form ${shown(formats)}`,
    run: onText((text) => {
      const moment = read(text)
      if (moment === null || (moment.offset === undefined && zone === undefined)) return UNPARSABLE
      const utc = utcSeconds(moment, zone)
      return utc < -62_135_596_800 || utc > 253_402_300_799 ? UNPARSABLE : isoUtc(utc, moment.fraction)
    }),
    reads: [],
    inverse(value, current) {
      const moment =
        typeof value === 'string' ? dateFormat('iso', { pivot: undefined, language: 'en' }).read(value) : null
      const format = nativeFormat(formats, current)
      if (moment?.offset === undefined || format === undefined) return UNPARSABLE
      const utc = utcSeconds(moment, undefined)
      const offset = format.text.startsWith('epoch') || format.text === 'odata' ? 0 : (zone?.offsetAt(utc) ?? 0)
      const local: Moment = { ...momentOf(utc + offset), fraction: moment.fraction, offset }
      const zoneless =
        format.text === 'iso' &&
        zone !== undefined &&
        typeof current === 'string' &&
        !/(Z|[+-]\d{2}:?\d{2})$/i.test(current)
      const written = format.write(zoneless ? { ...local, offset: undefined } : local)
      return asNative(
        zoneless && typeof current === 'string' && current[10] === ' ' ? (written?.replace('T', ' ') ?? null) : written,
        current,
      )
    },
  }
}

export const DATE_CONVERSIONS: readonly ConversionDefinition[] = [
  {
    name: 'date',
    summary:
      'A calendar date, as YYYY-MM-DD. Strict: 31 February is unparsable. The day is the one written, unless `zone` is given.',
    example: 'date: { format: yyyyMMdd }',
    options: {
      ...FORMAT_OPTIONS,
      zone: { type: 'text', description: 'IANA zone whose calendar counts, for moments (an offset, an epoch).' },
    },
    main: 'format',
    bare: true,
    build: (options) => buildDate(options),
  },
  {
    name: 'dateTime',
    summary: 'A moment, as ISO 8601 in UTC. Times without an offset are read in `zone`.',
    example: "dateTime: { format: 'dd/MM/yyyy HH:mm', zone: Europe/Berlin }",
    options: {
      ...FORMAT_OPTIONS,
      zone: { type: 'text', description: 'IANA zone of times without an offset; else defaults.timeZone.' },
    },
    main: 'format',
    bare: true,
    build: (options, context) => buildDateTime(options, context.defaults.timeZone),
  },
]
