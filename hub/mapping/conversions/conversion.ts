import type { Json, JsonObject } from '../../contracts/json.ts'
import type { Path } from '../document/path.ts'

/** What a conversion answers for a value it can't read. One value for all, so that failing costs nothing. */
export const UNPARSABLE: unique symbol = Symbol('unparsable')

/** `undefined` = there is no value (absent). */
export type Converted = Json | undefined | typeof UNPARSABLE

/** A path that reads from the record, or from the item of a repeated list. */
export interface ScopedPath {
  path: Path
  scope: 'record' | 'item'
}

/** The values that a conversion may look at besides its own. `item` is the record itself outside repeated lists. */
export interface Scope {
  record: JsonObject
  item: Json
}

/** One step of a field: built once when the mapping is loaded, run for each record. */
export interface Conversion {
  name: string
  /** Ends the sentence `The value ...`; never shows the value: `is not a date of the form yyyyMMdd`. */
  expectation: string
  /** Never throws, whatever JSON it gets. */
  run(value: Json, record: JsonObject, item: Json): Converted
  /** Other source values that it looks at. */
  reads: readonly ScopedPath[]
  /**
   * The way back: from a canonical value to what the system should have. `current` is what this step got from the
   * system's record as it is now, where there is one. Answers UNPARSABLE where this value has no way back.
   */
  inverse: ((value: Json, current: Json | undefined, scope: Scope) => Converted) | null
  /** What the way back sets beside the value's own field, where the record has nothing there: the currency of an amount. */
  beside?: (value: Json) => readonly { from: ScopedPath; value: Json }[]
  /** Why there is no inverse. */
  irreversible?: string
  /**
   * The same as `run` for a non-empty text, as a JavaScript expression over the variable given, for conversions that
   * can't fail and are so cheap that a call would cost more. Holds no text from the mapping.
   */
  inline?: (variable: string) => string
}

/** A scalar as text: numbers by their shortest form. Lists and objects are no text. */
export function textOf(value: Json): string | typeof UNPARSABLE {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return UNPARSABLE
}

/** Makes `run` of a function over text. */
export function onText(convert: (text: string, record: JsonObject, item: Json) => Converted): Conversion['run'] {
  return (value, record, item) => {
    if (typeof value === 'string') return convert(value, record, item)
    const text = textOf(value)
    return text === UNPARSABLE ? UNPARSABLE : convert(text, record, item)
  }
}

/** For conversions whose canonical values are read back as they are: an upper-case text, an E.164 number. */
export const unchanged: NonNullable<Conversion['inverse']> = (value) => value
