import type { Lane } from '../../contracts/change.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'
import { UUID } from '../../contracts/uuid.ts'
import { notAReference, pointerOf } from './refusals.ts'

/** What an order points at, as its author names it: by the hub's id, by a system's own name, or both. */
export interface FoundReference {
  /** Into the body. */
  pointer: string
  /** The same without places in lists: `customer`, `lines.product`. */
  path: string
  id: string | null
  /** `system` null: that of the record. */
  lane: { system: string | null; entity: string; key: string } | null
  /** Puts in its place what the target system calls it. */
  replace(name: ReferenceName): void
}

/** What a reference is in a canonical document. */
export type ReferenceName = Lane | Pick<Lane, 'entity' | 'key'>

const NAMES: ReadonlySet<string> = new Set(['id', 'system', 'entity', 'key'])

/**
 * A copy of a document in which all references can be replaced. Objects of `id`, `system`, `entity` and `key` and nothing else
 * are references: no canonical schema has any other such object, and `attributes` holds scalars only. Throws
 * `record.reference.invalid`.
 */
export function withReferences(document: JsonObject): { document: JsonObject; references: FoundReference[] } {
  const references: FoundReference[] = []
  const copy = copied(document, [], references)
  return { document: copy as JsonObject, references }
}

function copied(value: Json, path: readonly (string | number)[], found: FoundReference[]): Json {
  if (Array.isArray(value)) {
    const list = value.map((item, index) => copied(item, [...path, index], found))
    list.forEach((item, index) => {
      if (item !== null && typeof item === 'object' && !Array.isArray(item)) take(list, index, [...path, index], found)
    })
    return list
  }
  if (!isJsonObject(value)) return value
  const copy: JsonObject = {}
  for (const [name, member] of Object.entries(value)) {
    const isOpaque = path.length === 0 && name === 'attributes'
    const inner = isOpaque ? member : copied(member, [...path, name], found)
    Object.defineProperty(copy, name, { value: inner, writable: true, enumerable: true, configurable: true })
    if (!isOpaque) take(copy, name, [...path, name], found)
  }
  return copy
}

/** Notes the member where it is a reference. */
function take(
  holder: JsonObject | Json[],
  name: string | number,
  path: readonly (string | number)[],
  found: FoundReference[],
): void {
  const value = Array.isArray(holder) ? holder[name as number] : holder[name as string]
  if (!isJsonObject(value ?? null)) return
  const reference = value as JsonObject
  const names = Object.keys(reference)
  if (names.length === 0 || !names.every((one) => NAMES.has(one))) return
  const pointer = pointerOf(...path)
  const { id, system, entity, key } = reference
  const hasLane = typeof entity === 'string' && typeof key === 'string'
  const isText = (text: Json | undefined): boolean => text === undefined || (typeof text === 'string' && text !== '')
  if (![id, system, entity, key].every(isText) || (!hasLane && (id === undefined || names.length > 1)))
    throw notAReference(pointer)
  if (id !== undefined && !UUID.test(id as string)) throw notAReference(`${pointer}/id`)
  found.push({
    pointer,
    path: path.filter((part) => typeof part === 'string').join('.'),
    id: id === undefined ? null : (id as string).toLowerCase(),
    lane: hasLane ? { system: (system as string | undefined) ?? null, entity, key } : null,
    replace: (lane) => {
      const plain = { ...lane }
      if (Array.isArray(holder)) holder[name as number] = plain
      else Object.defineProperty(holder, name, { value: plain, writable: true, enumerable: true, configurable: true })
    },
  })
}
