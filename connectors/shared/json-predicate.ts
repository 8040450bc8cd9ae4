import type { SettingSchema } from '../../hub/contracts/connector.ts'
import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from './errors.ts'
import { type JsonPath, parsePath, valueAt } from './json-path.ts'

/** A question about a place in a document. Without `is` and `contains`: whether there is something. */
export interface JsonPredicate {
  path: JsonPath
  is: readonly string[] | undefined
  contains: readonly string[] | undefined
}

/** Members of a predicate in a settings schema. */
export const PREDICATE_PROPERTIES: Record<'path' | 'is' | 'contains', SettingSchema> = {
  path: {
    type: 'string',
    title: 'Path',
    description:
      'Place in the document: names joined by dots. True where there is something: not null, false, "", [] or {}.',
  },
  is: {
    type: 'array',
    title: 'Is',
    description: 'True where the value is one of these texts, numbers, booleans or null instead.',
    examples: [['gone', 410, true, null]],
  },
  contains: {
    type: 'array',
    items: { type: 'string' },
    title: 'Contains',
    description: 'True where the value is a text that has one of these in it instead.',
  },
}

/**
 * @param given `path`, `is` and `contains`, checked against the schema already
 * @param where JSON pointer of `given`
 */
export function parsePredicate(given: JsonObject, where: string): JsonPredicate {
  const { path, is, contains } = given
  if (is !== undefined && contains !== undefined) {
    throw settingsError('"is" and "contains" exclude each other.', { where: `${where}/contains` })
  }
  const values = (is ?? []) as Json[]
  if (values.some((value) => typeof value === 'object' && value !== null)) {
    throw settingsError('"is" must have texts, numbers, booleans and null only.', { where: `${where}/is` })
  }
  return {
    path: parsePath(String(path), `${where}/path`),
    is: is === undefined ? undefined : values.map(String),
    contains: contains as string[] | undefined,
  }
}

/** Numbers and booleans are compared by their text: `1` is `"1"`. A place that there is not is nothing, not even null. */
export function holds({ path, is, contains }: JsonPredicate, document: Json | undefined): boolean {
  const value = valueAt(document, path)
  if (value === undefined) return false
  if (is !== undefined) return (value === null || typeof value !== 'object') && is.includes(String(value))
  if (contains !== undefined) return typeof value === 'string' && contains.some((part) => value.includes(part))
  return isSomething(value)
}

function isSomething(value: Json): boolean {
  if (value === null || value === false || value === '') return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}
