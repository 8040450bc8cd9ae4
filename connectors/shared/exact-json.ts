import type { Json } from '../../hub/contracts/json.ts'

/**
 * JSON.parse that loses no digits: a number that a double can't hold comes as its text, as everywhere in connectors.
 * Uses the source text that the reviver gets (https://tc39.es/proposal-json-parse-with-source/).
 */
export function parseExactJson(text: string): Json {
  // Below 16 digits in a row every integer is safe and every decimal prints as it was written.
  if (!/\d{16}|\d\.\d{15}|[eE]/.test(text)) return JSON.parse(text) as Json
  return JSON.parse(text, function (_name, value: Json, context?: { source?: string }) {
    if (typeof value !== 'number' || context?.source === undefined) return value
    return isExact(value, context.source) ? value : context.source
  } as (this: unknown, key: string, value: unknown) => unknown) as Json
}

function isExact(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false
  if (/^-?\d+$/.test(source)) return Number.isSafeInteger(value)
  const digits = source
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+/, '')
    .replace(/0+$/, '')
  return digits.length <= 15
}
