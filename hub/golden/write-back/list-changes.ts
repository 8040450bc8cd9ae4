import { isDeepStrictEqual } from 'node:util'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { CUSTOMER_SHAPE, type ListShape, shapedItems } from '../customer-shape.ts'
import { itemIdentity } from '../item-identity.ts'

/** What became of one item of a list: `from` null: it was added; `to` null: it was removed. */
export interface ItemChange {
  from: JsonObject | null
  to: JsonObject | null
  /** It did not change, but it is said once more, against what was to come in its place. */
  insists?: true
}

export function listShape(member: string): ListShape | undefined {
  const shape = CUSTOMER_SHAPE.get(member)
  return shape?.kind === 'list' ? shape : undefined
}

export function itemsOf(member: string, value: Json | undefined): JsonObject[] {
  const shape = listShape(member)
  return shape === undefined ? [] : shapedItems(value, shape)
}

/**
 * How one record's list became another. What means the same thing, then what is there for the same purpose, then the
 * last two that are left over count as one item that changed; everything else was added or removed.
 */
export function itemChanges(member: string, before: Json | undefined, after: Json | undefined): ItemChange[] {
  const olds = itemsOf(member, before)
  const news = itemsOf(member, after)
  pairs(olds, news, isDeepStrictEqual)
  const same = pairs(olds, news, (a, b) => itemIdentity(member, a) === itemIdentity(member, b))
  const moved = pairs(olds, news, (a, b) => labelOf(member, a) === labelOf(member, b))
  const last = olds.length === 1 && news.length === 1 ? pairs(olds, news, () => true) : []
  return [
    ...same,
    ...moved,
    ...last,
    ...olds.map((from) => ({ from, to: null })),
    ...news.map((to) => ({ from: null, to })),
  ]
}

/** What tells the items of a record apart: their purpose, of identifiers their scheme. */
export function labelOf(member: string, item: JsonObject): Json {
  return item[member === 'identifiers' ? 'scheme' : 'purpose'] ?? null
}

/** Takes the pairs that suit out of both lists. */
function pairs(
  olds: JsonObject[],
  news: JsonObject[],
  suit: (from: JsonObject, to: JsonObject) => boolean,
): { from: JsonObject; to: JsonObject }[] {
  const found: { from: JsonObject; to: JsonObject }[] = []
  for (const from of [...olds]) {
    const at = news.findIndex((to) => suit(from, to))
    const [to] = at < 0 ? [] : news.splice(at, 1)
    if (to === undefined) continue
    olds.splice(olds.indexOf(from), 1)
    found.push({ from, to })
  }
  return found
}

/** The members in which an item changed; null: it lost that one. */
export function changedMembers(from: JsonObject, to: JsonObject): JsonObject {
  const set: JsonObject = {}
  for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
    if (!isDeepStrictEqual(from[name], to[name])) set[name] = to[name] ?? null
  }
  return set
}

export function withMembers(item: JsonObject, set: JsonObject): JsonObject {
  const changed = { ...item, ...set }
  for (const [name, value] of Object.entries(set)) if (value === null) Reflect.deleteProperty(changed, name)
  return changed
}
