import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { parseExactJson } from '../shared/exact-json.ts'
import { unexpectedError } from '../shared/errors.ts'
import { isTooDeep, JSON_DEPTH_MAX } from '../shared/json-depth.ts'

/**
 * A number that a double can't hold, with the digits as they were written: JSON.stringify writes it out as it came
 * (https://github.com/tc39/proposal-json-parse-with-source). Inside a document it stands where the type says Json.
 */
export interface RawNumber {
  readonly rawJSON: string
}

const { rawJSON, isRawJSON } = JSON as typeof JSON & {
  rawJSON(text: string): RawNumber
  isRawJSON(value: unknown): value is RawNumber
}

export { isRawJSON as isRawNumber }

/** A number token as it stands; throws where the text is no JSON number. */
export function rawNumber(text: string): Json {
  if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) throw new SyntaxError('no number')
  return rawJSON(text) as unknown as Json
}

/** A document as the system wrote it: numbers that a double can't hold are RawNumber. Throws `connector.unexpected`. */
export function parseRaw(text: string): Json {
  const value = parsed(text)
  if (isTooDeep(value)) throw unexpectedError(`The answer of the system is deeper than ${JSON_DEPTH_MAX} levels.`)
  return value
}

function parsed(text: string): Json {
  try {
    // What parseExactJson leaves alone in the first place needs no second look.
    if (!/\d{16}|[\d.]{17}|\d[eE]/.test(text)) return JSON.parse(text) as Json
    return JSON.parse(text, function (_name, value: Json, context?: { source?: string }) {
      if (typeof value !== 'number' || context?.source === undefined) return value
      const exact = parseExactJson(context.source)
      return typeof exact === 'string' ? rawNumber(context.source) : exact
    } as (this: unknown, key: string, value: unknown) => unknown) as Json
  } catch {
    // The parser's own message quotes the text, which may hold personal data.
    throw unexpectedError('The answer of the system is no JSON.')
  }
}

/** The text of a scalar, as a request has it; undefined for null, lists and objects. */
export function scalarText(value: Json | undefined): string | undefined {
  if (isRawJSON(value)) return value.rawJSON
  if (value === undefined || value === null || typeof value === 'object') return undefined
  return String(value)
}

/** Objects only; a RawNumber is none. */
export function isPlainObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJSON(value)
}
