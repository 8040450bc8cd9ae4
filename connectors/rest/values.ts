import type { SettingSchema } from '../../hub/contracts/connector.ts'
import { isJsonObject, type Json, type JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'
import { type JsonPath, parsePath } from '../shared/json-path.ts'
import { isPlainObject, isRawNumber, rawNumber, scalarText } from './raw-json.ts'

/** How a system wraps values, and which fields it wants so, from the settings. */
export interface ValueRule {
  /** An object with `{{ value }}` in it once; undefined: a bare number. */
  wrapper: JsonObject | undefined
  /** Fields that are written so though what is there shows no wrapper (it is null, or the record new). */
  fields: readonly JsonPath[]
  asText: boolean
}

const PLACE = '{{ value }}'

export const VALUES_SCHEMA: SettingSchema = {
  type: 'array',
  title: 'Values',
  description:
    'Values that the system wraps into objects, as {"$decimal": "12.30"}. They are read as the plain value, and wrapped again when written.',
  items: {
    type: 'object',
    title: 'Value rule',
    description: 'One form of wrapped value, or numbers that are written without quotes.',
    properties: {
      wrapper: {
        type: 'object',
        title: 'Wrapper',
        description: 'The object as the system writes it, with "{{ value }}" in the place of the value.',
        examples: [{ $decimal: '{{ value }}' }, { __type: 'Date', iso: '{{ value }}' }],
      },
      fields: {
        type: 'array',
        items: { type: 'string' },
        title: 'Fields',
        description:
          'Paths of fields that are written so in any case. Where the record has such a value, it is so by itself.',
      },
      as: {
        type: 'string',
        enum: ['value', 'text', 'number'],
        default: 'value',
        title: 'As',
        description: 'How the value is written: as it is, as text, or as a number with all its digits.',
      },
    },
    additionalProperties: false,
  },
}

/** Throws `connector.settings`. @param where JSON pointer of the list */
export function valueRules(given: Json | undefined, where: string): ValueRule[] {
  return ((given ?? []) as JsonObject[]).map((rule, place) => {
    const at = `${where}/${place}`
    const wrapper = rule.wrapper as JsonObject | undefined
    if (wrapper !== undefined && JSON.stringify(wrapper).split(`"${PLACE}"`).length !== 2) {
      throw settingsError(`A wrapper has "${PLACE}" in it, once.`, {
        where: `${at}/wrapper`,
        fix: `Write for example {"$decimal": "${PLACE}"}.`,
      })
    }
    const fields = ((rule.fields ?? []) as string[]).map((path, index) => parsePath(path, `${at}/fields/${index}`))
    if (wrapper === undefined && (rule.as !== 'number' || fields.length === 0)) {
      throw settingsError('A rule without a wrapper names the fields that are written as numbers.', {
        where: at,
        fix: 'Give a wrapper, or as: number and fields.',
      })
    }
    const kind = rule.as as string
    return { wrapper: kind === 'number' ? numbered(wrapper) : wrapper, fields, asText: kind === 'text' }
  })
}

/** A number in a wrapper is kept apart from text by a marker of its own. */
const NUMBER_PLACE = '{{ number }}'
function numbered(wrapper: JsonObject | undefined): JsonObject | undefined {
  if (wrapper === undefined) return undefined
  return JSON.parse(JSON.stringify(wrapper).replace(`"${PLACE}"`, `"${NUMBER_PLACE}"`)) as JsonObject
}

/** A document of the system as plain JSON: wrapped values are the values, numbers that a double can't hold are text. */
export function unwrapped(raw: Json, rules: readonly ValueRule[]): Json {
  if (isRawNumber(raw)) return raw.rawJSON
  if (Array.isArray(raw)) return raw.map((item) => unwrapped(item, rules))
  if (!isJsonObject(raw)) return raw
  for (const { wrapper } of rules) {
    const inner = wrapper === undefined ? undefined : innerValue(raw, wrapper)
    if (inner !== undefined) return unwrapped(inner, rules)
  }
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, unwrapped(value, rules)]))
}

/** The value in an object that has exactly the wrapper's form; undefined where it has another. */
function innerValue(raw: Json | undefined, wrapper: Json): Json | undefined {
  if (wrapper === PLACE || wrapper === NUMBER_PLACE) return isPlainObject(raw) || Array.isArray(raw) ? undefined : raw
  if (!isJsonObject(wrapper) || !isPlainObject(raw)) return undefined
  const names = Object.keys(wrapper)
  if (Object.keys(raw).length !== names.length || !names.every((name) => Object.hasOwn(raw, name))) return undefined
  let found: Json | undefined
  for (const name of names) {
    const part = wrapper[name] ?? null
    const holdsPlace = JSON.stringify(part).includes('"{{ ')
    if (holdsPlace) found = innerValue(raw[name], part)
    else if (JSON.stringify(part) !== JSON.stringify(raw[name])) return undefined
  }
  return found
}

/**
 * A value to be written, in the form that the system wants: that of a rule which names the field, else that which the
 * present value has. Members that an object does not name stay as they are.
 * @param present what the record has there, raw
 */
export function wrapped(value: Json, path: JsonPath, present: Json | undefined, rules: readonly ValueRule[]): Json {
  if (value === null) return null
  if (isJsonObject(value)) {
    const inside = new Map(Object.entries(isPlainObject(present) ? present : {}))
    for (const [name, member] of Object.entries(value)) {
      inside.set(name, wrapped(member, [...path, name], inside.get(name), rules))
    }
    return Object.fromEntries(inside)
  }
  if (Array.isArray(value)) {
    const inside = Array.isArray(present) ? present : []
    // A list of wrapped values has them all in one form; a new item takes that of the first, but none of its members.
    return value.map((item, place) => {
      const like = isJsonObject(item) ? undefined : (inside[place] ?? inside[0])
      return wrapped(item, [...path, String(place)], like, rules)
    })
  }
  const named = rules.find(({ fields }) => fields.some((field) => samePath(field, path)))
  const rule = named ?? rules.find(({ wrapper }) => wrapper !== undefined && innerValue(present, wrapper) !== undefined)
  if (rule !== undefined) return inForm(value, rule)
  return isRawNumber(present) || typeof present === 'number' ? asNumber(value) : value
}

function inForm(value: Json, { wrapper, asText }: ValueRule): Json {
  if (wrapper === undefined) return asNumber(value)
  const fill = (part: Json): Json => {
    if (part === PLACE) return asText ? (scalarText(value) ?? value) : value
    if (part === NUMBER_PLACE) return asNumber(value)
    if (!isJsonObject(part)) return part
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, fill(inner)]))
  }
  return fill(wrapper)
}

/** A text of digits as a number with all of them; what is none stays as it is, and the system refuses it. */
function asNumber(value: Json): Json {
  if (typeof value !== 'string') return value
  try {
    return rawNumber(value)
  } catch {
    return value
  }
}

function samePath(field: JsonPath, path: JsonPath): boolean {
  return field.length === path.length && field.every((name, place) => name === path[place])
}

/**
 * Whether a value to be written is there already. Numbers are compared as numbers however many zeros they end with,
 * where the system has a number or a wrapped value; texts as texts. Of an object only the members that it names count.
 * Taking away what is not there is done already.
 */
export function isThere(value: Json, present: Json | undefined, rules: readonly ValueRule[]): boolean {
  if (present === undefined) return value === null
  const plain = unwrapped(present, rules)
  if (isJsonObject(value)) {
    if (!isPlainObject(present) || !isPlainObject(plain)) return false
    return Object.entries(value).every(([name, member]) => {
      return isThere(member, Object.hasOwn(present, name) ? present[name] : undefined, rules)
    })
  }
  if (Array.isArray(value)) {
    if (!Array.isArray(present) || value.length !== present.length) return false
    return value.every((item, place) => isThere(item, present[place], rules))
  }
  const isNumeric = isRawNumber(present) || typeof present === 'number' || isPlainObject(present)
  if (isNumeric && value !== null && plain !== null && typeof plain !== 'object') {
    return decimal(String(value)) === decimal(String(plain))
  }
  return value === plain
}

/** One text for each decimal number; a text that is none is itself. */
function decimal(text: string): string {
  const match = /^(-?)0*(\d+)(?:\.(\d*?)0*)?$/.exec(text)
  if (match === null) return text
  const [, sign = '', whole = '', fraction = ''] = match
  const digits = fraction === '' ? whole : `${whole}.${fraction}`
  return /^0(\.0*)?$/.test(digits) ? '0' : sign + digits
}
