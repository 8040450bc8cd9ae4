import type { Json, JsonObject } from '../../contracts/json.ts'
import { textOf, UNPARSABLE } from '../conversions/conversion.ts'
import type { Converted, ScopedPath } from '../conversions/conversion.ts'
import { readPath, readScoped } from '../conversions/scope.ts'
import type { FieldNode } from '../document/document.ts'
import { copyJson } from './values.ts'

/** What generated code calls for everything that isn't worth being generated. */

const EACH_ITEMS_MAX = 10_000

/**
 * A list to repeat over; a single object counts as a list of one (SOAP peers write one-element lists so). Text that is a
 * JSON list or object counts as that: a database without a JSON type, or a view, has nothing but text for it.
 */
export function itemsOf(value: Json | undefined): readonly Json[] {
  const list = typeof value === 'string' ? listInText(value) : value
  if (list === undefined || list === null) return []
  if (!Array.isArray(list)) return [list]
  return list.length > EACH_ITEMS_MAX ? list.slice(0, EACH_ITEMS_MAX) : list
}

function listInText(text: string): Json {
  if (!/^\s*[[{]/.test(text)) return text
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}

/** The parts of a key as one text: each part's `%` and `:` escaped where there are several, so that no key imitates another. */
export function keyText(parts: readonly (Json | undefined)[]): string | undefined | typeof UNPARSABLE {
  const texts: string[] = []
  for (const part of parts) {
    if (part === undefined || part === null) return undefined
    const text = textOf(part)
    if (text === UNPARSABLE) return UNPARSABLE
    const trimmed = text.trim()
    if (trimmed === '') return undefined
    texts.push(parts.length === 1 ? trimmed : trimmed.replaceAll('%', '%25').replaceAll(':', '%3A'))
  }
  return texts.join(':')
}

export function keyReader(from: readonly ScopedPath[]): (record: JsonObject, item: Json) => Converted {
  return (record, item) => keyText(from.map((path) => readScoped(path, record, item)))
}

/** Several source values as a list, absent and blank ones left out; undefined where nothing is left. */
export function listReader(
  from: readonly ScopedPath[],
  keepSpaces: boolean,
): (record: JsonObject, item: Json) => Converted {
  return (record, item) => {
    const values: Json[] = []
    for (const path of from) {
      const value = readScoped(path, record, item)
      if (value === undefined || value === null) continue
      if (typeof value === 'string') {
        const trimmed = value.trim()
        if (trimmed !== '') values.push(keepSpaces ? value : trimmed)
      } else values.push(value)
    }
    return values.length === 0 ? undefined : values
  }
}

/** The value before any conversion, for fields whose source isn't one path: undefined is absent. */
export function sourceReader(field: FieldNode): (record: JsonObject, item: Json) => Converted {
  const { source } = field
  switch (source.kind) {
    case 'path':
      return (record, item) => readScoped(source.from, record, item)
    case 'paths':
      return listReader(source.from, field.keepSpaces)
    case 'ref':
      return keyReader(source.key)
    case 'expression':
      return (record, item) => source.expression.evaluate(record, item)
    case 'constant':
      return () => copyJson(source.value)
  }
}

export { copyJson, readPath }
