import { CURRENCY_CODES } from '../../contracts/iso-currencies.ts'
import type { Json } from '../../contracts/json.ts'
import { isJsonObject } from '../../contracts/json.ts'
import { UNPARSABLE } from './conversion.ts'
import type { Conversion, Converted, ScopedPath } from './conversion.ts'
import { readDecimal, rescale, writeDecimal } from './decimal.ts'
import type { Decimal, DecimalStyle, Rounding } from './decimal.ts'
import { OptionProblem } from './options.ts'
import type { ConversionDefinition, OptionDefinition, Options } from './options.ts'
import { readScoped } from './scope.ts'

const DECIMAL_OPTIONS: Readonly<Record<string, OptionDefinition>> = {
  decimal: { type: 'text', values: ['.', ','], description: 'The character before the fraction; . when absent.' },
  thousands: {
    type: 'text',
    description: 'Characters that may group the whole part by threes, such as , or ". "; none when absent.',
  },
  scale: { type: 'integer', minimum: 0, maximum: 20, description: 'Decimals in the result, filled with zeros.' },
  round: {
    type: 'text',
    values: ['half-up', 'half-even', 'down'],
    description: 'How to drop decimals beyond `scale`; without it such a number is unparsable.',
  },
}

function styleOf(options: Options): DecimalStyle {
  const decimal = options.text('decimal') === ',' ? ',' : '.'
  const thousands = options.text('thousands') ?? ''
  if (thousands.includes(decimal))
    throw new OptionProblem('thousands must not contain the decimal character', 'thousands')
  if (/[0-9+-]/.test(thousands)) throw new OptionProblem('thousands must not contain digits or signs', 'thousands')
  return { decimal, thousands }
}

type Reader = (value: Json) => Decimal | null

function readerOf(options: Options, scale: number | undefined): Reader {
  const style = styleOf(options)
  const round = options.text('round') as Rounding | undefined
  if (round !== undefined && scale === undefined) throw new OptionProblem('round needs scale', 'round')
  return (value) => {
    if (typeof value !== 'string' && typeof value !== 'number') return null
    const number = readDecimal(value, style)
    return number === null || scale === undefined ? number : rescale(number, scale, round)
  }
}

/** Written as the system writes it; as a JSON number where it has one now and nothing is lost. */
function nativeNumber(text: string, current: Json | undefined, style: DecimalStyle): Converted {
  if (!/^-?\d+(\.\d+)?$/.test(text)) return UNPARSABLE
  if (typeof current === 'number') {
    const number = Number(text)
    const again = readDecimal(number, { decimal: '.', thousands: '' })
    const wanted = readDecimal(text, { decimal: '.', thousands: '' })
    if (again !== null && wanted !== null && sameNumber(again, wanted)) return number
    return UNPARSABLE
  }
  if (typeof current === 'string' && current.trim().endsWith('-') && text.startsWith('-')) {
    return `${text.slice(1).replace('.', style.decimal)}-`
  }
  return text.replace('.', style.decimal)
}

function sameNumber(a: Decimal, b: Decimal): boolean {
  return (
    a.negative === b.negative && a.whole === b.whole && a.fraction.replace(/0+$/, '') === b.fraction.replace(/0+$/, '')
  )
}

const decimal: ConversionDefinition = {
  name: 'decimal',
  summary: 'A decimal number as text, digit for digit, without floating point; takes a trailing minus.',
  example: "decimal: { decimal: ',', thousands: '.', scale: 2 }",
  options: DECIMAL_OPTIONS,
  bare: true,
  build(options) {
    const read = readerOf(options, options.integer('scale'))
    const style = styleOf(options)
    return {
      name: 'decimal',
      expectation: 'is not a decimal number of this form',
      run(value) {
        const number = read(value)
        return number === null ? UNPARSABLE : writeDecimal(number)
      },
      reads: [],
      inverse: (value, current) => (typeof value === 'string' ? nativeNumber(value, current, style) : UNPARSABLE),
    }
  },
}

const integer: ConversionDefinition = {
  name: 'integer',
  summary: 'A whole number as a JSON number, exact or unparsable (at most 2^53 - 1).',
  example: "integer: { thousands: ',' }",
  options: { thousands: DECIMAL_OPTIONS['thousands'] as OptionDefinition },
  bare: true,
  build(options) {
    const read = readerOf(options, 0)
    return {
      name: 'integer',
      expectation: 'is not a whole number up to 2^53 - 1',
      run(value) {
        const decimals = read(value)
        if (decimals === null) return UNPARSABLE
        const number = Number(writeDecimal(decimals))
        return Number.isSafeInteger(number) ? number : UNPARSABLE
      },
      reads: [],
      inverse: (value, current) => {
        if (typeof value !== 'number' || !Number.isSafeInteger(value)) return UNPARSABLE
        return typeof current === 'string' ? String(value) : value
      },
    }
  },
}

/** Decimals of the ISO 4217 currencies whose minor unit isn't a hundredth (ISO 4217:2015 table A.1). */
const MINOR_UNITS = new Map<string, number>([
  ...[
    'BIF',
    'CLP',
    'DJF',
    'GNF',
    'ISK',
    'JPY',
    'KMF',
    'KRW',
    'PYG',
    'RWF',
    'UGX',
    'VND',
    'VUV',
    'XAF',
    'XOF',
    'XPF',
  ].map((code) => [code, 0] as const),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((code) => [code, 3] as const),
])

const money: ConversionDefinition = {
  name: 'money',
  summary:
    "An amount with its currency: { amount: '12.34', currency: EUR }. The amount has at least the currency's own decimals.",
  example: "money: { currencyFrom: WAERS, decimal: ',' }",
  options: {
    ...DECIMAL_OPTIONS,
    currency: { type: 'text', description: 'ISO 4217 code; else `currencyFrom`, else the default currency.' },
    currencyFrom: {
      type: 'path',
      description: 'The field that holds the ISO 4217 code; where it is absent, `currency` counts.',
    },
    minorUnits: {
      type: 'boolean',
      description: "The system counts the currency's smallest unit, in whole numbers: cents, pence.",
    },
  },
  main: 'currency',
  bare: true,
  build: (options, context) => buildMoney(options, options.text('currency') ?? context.defaults.currency),
}

function buildMoney(options: Options, fixed: string | undefined): Conversion {
  const from = options.path('currencyFrom')
  if (fixed === undefined && from === undefined) {
    throw new OptionProblem('money needs a currency', undefined, 'Give currency, currencyFrom or defaults.currency.')
  }
  if (fixed !== undefined && !CURRENCY_CODES.has(fixed))
    throw new OptionProblem('the currency is not an ISO 4217 code such as EUR', 'currency')
  const scale = options.integer('scale')
  const isMinor = options.flag('minorUnits')
  if (isMinor && scale !== undefined) throw new OptionProblem('minorUnits and scale exclude each other', 'scale')
  const read = readerOf(options, isMinor ? 0 : scale)
  const style = styleOf(options)
  return {
    name: 'money',
    expectation: 'is not an amount of this form in a known currency',
    run(value, record, item) {
      const stated = from === undefined ? undefined : readScoped(from, record, item)
      const currency = typeof stated === 'string' && stated.trim() !== '' ? stated.trim().toUpperCase() : fixed
      if (currency === undefined || !CURRENCY_CODES.has(currency)) return UNPARSABLE
      const number = read(value)
      if (number === null) return UNPARSABLE
      if (isMinor) return { amount: writeDecimal(inMainUnit(number, decimalsOf(currency))), currency }
      const fraction = scale === undefined ? number.fraction.padEnd(decimalsOf(currency), '0') : number.fraction
      return { amount: writeDecimal({ ...number, fraction }), currency }
    },
    reads: from === undefined ? [] : [from],
    inverse(value, current) {
      if (!isJsonObject(value) || typeof value['amount'] !== 'string') return UNPARSABLE
      if (!isMinor) return nativeNumber(value['amount'], current, style)
      const units = inMinorUnits(value['amount'], decimalsOf(String(value['currency'])))
      if (units === null) return UNPARSABLE
      return current === undefined && Number.isSafeInteger(Number(units))
        ? Number(units)
        : nativeNumber(units, current, style)
    },
    ...(from === undefined ? {} : { beside: (value) => currencyBeside(from, value) }),
  }
}

function decimalsOf(currency: string): number {
  return MINOR_UNITS.get(currency) ?? 2
}

function currencyBeside(from: ScopedPath, value: Json): readonly { from: ScopedPath; value: Json }[] {
  const currency = isJsonObject(value) ? value['currency'] : undefined
  return typeof currency === 'string' ? [{ from, value: currency }] : []
}

/** 3899 cents -> 38.99. */
function inMainUnit({ negative, whole }: Decimal, decimals: number): Decimal {
  const digits = whole.padStart(decimals + 1, '0')
  const cut = digits.length - decimals
  return { negative, whole: digits.slice(0, cut), fraction: digits.slice(cut) }
}

/** 38.99 -> 3899 cents; null: it has a part of a cent. */
function inMinorUnits(amount: string, decimals: number): string | null {
  const number = readDecimal(amount, { decimal: '.', thousands: '' })
  const exact = number === null ? null : rescale(number, decimals, undefined)
  if (exact === null) return null
  const digits = `${exact.whole}${exact.fraction}`.replace(/^0+(?=\d)/, '')
  return exact.negative && digits !== '0' ? `-${digits}` : digits
}

export const NUMBER_CONVERSIONS: readonly ConversionDefinition[] = [decimal, integer, money]
