import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { rejectedError, settingsError } from '../shared/errors.ts'
import { type JsonPath, parsePath } from '../shared/json-path.ts'
import { pointerTo } from '../shared/settings.ts'
import { isPlainObject, scalarText } from './raw-json.ts'

/**
 * Placeholders in requests: `{{ key }}`, `{{ fields.name }}`. A place names a value and nothing more: no functions, no
 * conditions; what a value becomes on its way is the mapping's part. Values are encoded for where they stand.
 *
 * A placeholder that is all of a query parameter, header or JSON value leaves it out where it has no value, and in JSON
 * keeps the value's type. One within a text must have a value that is no list and no object.
 */
export interface TextTemplate {
  /** Texts and placeholders in turn, as they stand. */
  parts: readonly (string | JsonPath)[]
}

export type JsonTemplate =
  | { kind: 'text'; text: TextTemplate }
  | { kind: 'list'; items: JsonTemplate[] }
  | { kind: 'object'; members: [string, JsonTemplate][] }
  | { kind: 'value'; value: Json }

/** What placeholders stand for; undefined: there is no value. */
export type Lookup = (path: JsonPath) => Json | undefined

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g

/**
 * Throws `connector.settings` for a placeholder that is none of the names.
 * @param names the first names of the placeholders that have a meaning here
 * @param where JSON pointer of the text
 */
export function parseText(text: string, names: readonly string[], where: string): TextTemplate {
  const parts: (string | JsonPath)[] = []
  let end = 0
  for (const match of text.matchAll(PLACEHOLDER)) {
    const path = parsePath(match[1] ?? '', where)
    if (!names.includes(path[0] ?? '')) {
      throw settingsError(`There is no placeholder {{ ${path.join('.')} }} here.`, {
        where,
        fix: names.length === 0 ? 'Write the value itself.' : `There are ${names.join(', ')}.`,
      })
    }
    if (match.index > end) parts.push(text.slice(end, match.index))
    parts.push(path)
    end = match.index + match[0].length
  }
  if (end < text.length) parts.push(text.slice(end))
  if (parts.some((part) => typeof part === 'string' && part.includes('{{'))) {
    throw settingsError('A placeholder is not closed.', { where, fix: 'Write it as {{ name }}.' })
  }
  return { parts }
}

export function parseJson(value: Json, names: readonly string[], where: string): JsonTemplate {
  if (typeof value === 'string') return { kind: 'text', text: parseText(value, names, where) }
  if (Array.isArray(value)) {
    return { kind: 'list', items: value.map((item, place) => parseJson(item, names, `${where}/${place}`)) }
  }
  if (!isPlainObject(value)) return { kind: 'value', value }
  const members = Object.entries(value).map(([name, member]): [string, JsonTemplate] => {
    return [name, parseJson(member, names, pointerTo(where, name))]
  })
  return { kind: 'object', members }
}

/** The placeholders in a template. */
export function placesOf(template: TextTemplate | JsonTemplate): JsonPath[] {
  if ('parts' in template) return template.parts.filter((part) => typeof part !== 'string')
  if (template.kind === 'text') return placesOf(template.text)
  if (template.kind === 'list') return template.items.flatMap(placesOf)
  return template.kind === 'object' ? template.members.flatMap(([, member]) => placesOf(member)) : []
}

/** undefined: the text is one placeholder without a value. Throws `connector.rejected` where a value is missing. */
export function textOf(
  { parts }: TextTemplate,
  lookup: Lookup,
  encode = (text: string): string => text,
): string | undefined {
  const [only] = parts
  if (parts.length === 1 && only !== undefined && typeof only !== 'string') {
    const value = lookup(only)
    return value === undefined || value === null ? undefined : encode(scalarOf(only, value))
  }
  return parts.map((part) => (typeof part === 'string' ? part : encode(scalarOf(part, lookup(part))))).join('')
}

function scalarOf(path: JsonPath, value: Json | undefined): string {
  const text = scalarText(value)
  if (text !== undefined) return text
  throw rejectedError(`{{ ${path.join('.')} }} has no value that can stand in a text of the request.`)
}

/** The path of a request. A value is one segment, or a part of one, whatever characters it has. */
export function pathOf(template: TextTemplate, lookup: Lookup): string {
  const path = textOf(template, lookup, (text) => encodeURIComponent(wellFormed(text))) ?? ''
  const own = path.split('?')[0] ?? ''
  // `.` and `..` would name another resource, whether they are encoded or not; so would nothing at all.
  const isOther = template.parts.length > 0 && own.split('/').some((part) => /^(\.|%2e){1,2}$/i.test(part))
  const isEmpty = template.parts.some((part) => typeof part !== 'string' && scalarText(lookup(part)) === '')
  if (!isOther && !isEmpty) return path
  throw rejectedError('The key can not stand in an address: it is empty, "." or "..".', { where: '/key' })
}

/** undefined: it is one placeholder without a value. Members and items without a value are left out. */
export function jsonOf(template: JsonTemplate, lookup: Lookup): Json | undefined {
  if (template.kind === 'value') return template.value
  if (template.kind === 'list') {
    return template.items.map((item) => jsonOf(item, lookup)).filter((item) => item !== undefined)
  }
  if (template.kind === 'object') {
    const members = template.members.map(([name, member]) => [name, jsonOf(member, lookup)] as const)
    return Object.fromEntries(members.filter(([, value]) => value !== undefined)) as JsonObject
  }
  const { parts } = template.text
  const [only] = parts
  if (parts.length === 1 && only !== undefined && typeof only !== 'string') return lookup(only)
  return textOf(template.text, lookup)
}

function wellFormed(text: string): string {
  if (text.isWellFormed()) return text
  throw rejectedError('A value for an address has half a surrogate pair.', { where: '/key' })
}
