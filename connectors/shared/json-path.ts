import { isJsonObject, type Json, type JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from './errors.ts'

/** Names of members and places in lists, from the outside in; empty: the value itself. */
export type JsonPath = readonly string[]

const DEPTH_MAX = 32

/**
 * Reads `data.items.0.id`. A dot that is part of a name stands as `\.` (`@odata\.nextLink`), a backslash as `\\`. A name that
 * is a number names the place in a list. Throws `connector.settings`.
 * @param where JSON pointer of the setting
 */
export function parsePath(text: string, where: string): JsonPath {
  const names: string[] = ['']
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === '.') names.push('')
    else if (character !== '\\') names.push((names.pop() ?? '') + character)
    else if (/[.\\]/.test(text.charAt(at + 1))) names.push((names.pop() ?? '') + text.charAt((at += 1)))
    else names.push('\0')
  }
  if (names.every((name) => name !== '' && !name.includes('\0')) && names.length <= DEPTH_MAX) return names
  throw settingsError('This is no path into a document.', {
    where,
    fix: `Write names joined by dots, at most ${DEPTH_MAX}: data.items. A dot inside a name is \\. and a backslash \\\\.`,
  })
}

/** undefined: there is no such place. A member is found only where the document itself has it. */
export function valueAt(value: Json | undefined, path: JsonPath): Json | undefined {
  let current = value
  for (const name of path) {
    if (Array.isArray(current)) current = /^\d+$/.test(name) ? current[Number(name)] : undefined
    else current = isJsonObject(current) && Object.hasOwn(current, name) ? current[name] : undefined
  }
  return current
}

/** A copy with the value at that place; objects on the way are made where there are none. undefined takes it out. */
export function withValueAt(document: JsonObject, [name = '', ...rest]: JsonPath, value: Json | undefined): JsonObject {
  const members = new Map(Object.entries(document))
  const inner = members.get(name)
  const replaced = rest.length === 0 ? value : withValueAt(isJsonObject(inner) ? inner : {}, rest, value)
  if (replaced === undefined) members.delete(name)
  else members.set(name, replaced)
  // fromEntries makes plain members of all names, also of `__proto__`.
  return Object.fromEntries(members)
}
