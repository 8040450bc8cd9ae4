import type { Json } from '../../hub/contracts/json.ts'

/**
 * JSON.parse that loses no digits: a number that a double can't hold comes as its text, as everywhere in connectors.
 * Uses the source text that the reviver gets (https://tc39.es/proposal-json-parse-with-source/).
 */
export function parseExactJson(text: string): Json {
  // A number of up to 15 digits always prints as it was written.
  if (!/\d{16}|[\d.]{17}|\d[eE]/.test(text)) return JSON.parse(text) as Json
  return JSON.parse(text, function (_name, value: Json, context?: { source?: string }) {
    if (typeof value !== 'number' || context?.source === undefined) return value
    return isExact(value, context.source) ? value : context.source
  } as (this: unknown, key: string, value: unknown) => unknown) as Json
}

function isExact(value: number, source: string): boolean {
  if (/^-?\d+$/.test(source)) return Number.isSafeInteger(value)
  return Number.isFinite(value) && plain(String(value)) === plain(source)
}

/** Digits without zeros at either end, and the power of ten: one text for each decimal number, however it is written. */
function plain(number: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = /^-?(\d+)\.?(\d*)(?:[eE]\+?(-?\d+))?$/.exec(number) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return '0'
  return `${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`
}
