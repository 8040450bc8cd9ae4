/** What the hub wants of one record of a system: canonical values that it should take over. Pure, as all of write-back's thinking. */
import { isDeepStrictEqual } from 'node:util'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { itemIdentity } from '../item-identity.ts'
import { type ItemChange, itemChanges, itemsOf, labelOf, withMembers } from './list-changes.ts'

interface Origin {
  /** When the value was said where it comes from, ISO 8601: an echo of it counts as that old. */
  at: string
  /** The record (its number) that said so; null: the hub's API. */
  from: number | null
  /** How many times the value has been answered with another one on its way: bounds what systems do to each other. */
  hops: number
}

/** One field: null empties it. */
export interface ValueWant extends Origin {
  value: Json
}

/** One item of a list that is to become another: the one whose identity is among `slots`, or was while it waited. */
export interface ItemWant extends Origin {
  slots: string[]
  /** The purpose (of identifiers: the scheme) of the item; null: it says none. */
  label: Json
  /** Identity that it is to have. */
  id: string
  /** Members to set; null removes. */
  set: JsonObject
}

export interface Wants {
  /** By field path. */
  values: Record<string, ValueWant>
  /** By list. */
  items: Record<string, ItemWant[]>
}

export const NO_WANTS: Wants = { values: {}, items: {} }

export function isEmptyWants(wants: Wants): boolean {
  return Object.keys(wants.values).length === 0 && Object.values(wants.items).every((list) => list.length === 0)
}

/** Fields and lists that are wanted, for people. */
export function wantedPaths(wants: Wants): string[] {
  const lists = Object.entries(wants.items).filter(([, list]) => list.length > 0)
  return [...Object.keys(wants.values), ...lists.map(([member]) => member)].sort()
}

/** When the oldest of the wanted values was said; null: nothing is wanted. */
export function oldestWant(wants: Wants): string | null {
  const times = [...Object.values(wants.values), ...Object.values(wants.items).flat()].map(({ at }) => at)
  return times.sort()[0] ?? null
}

export function valueAt(document: JsonObject, path: string): Json | undefined {
  const [member = '', part] = path.split('.')
  const value = document[member]
  if (part === undefined) return value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.hasOwn(value, part) ? value[part] : undefined
}

export function isHeld(document: JsonObject, path: string, { value }: ValueWant): boolean {
  return isDeepStrictEqual(valueAt(document, path) ?? null, value)
}

/** Whether the list says already what is wanted: the item is there, with what makes it, and none of its former selves. */
export function isItemHeld(document: JsonObject, member: string, want: ItemWant): boolean {
  const items = itemsOf(member, document[member])
  if (items.some((item) => isFormer(member, item, want))) return false
  return items.some((item) => itemIdentity(member, item) === want.id && essentialsHold(member, item, want))
}

function isFormer(member: string, item: JsonObject, want: ItemWant): boolean {
  if (labelOf(member, item) !== want.label) return false
  const id = itemIdentity(member, item)
  return id !== want.id && want.slots.includes(id)
}

/** What makes an item beyond its identity: what was said on a question that is the same. */
function essentialsHold(member: string, item: JsonObject, { set }: ItemWant): boolean {
  return member !== 'consents' || set['state'] === undefined || set['state'] === item['state']
}

/** The list with the wanted items in place of those that they replace, and which of the wants found none. */
export function wantedList(document: JsonObject, member: string, wants: readonly ItemWant[]): JsonObject[] {
  return itemsOf(member, document[member]).map((item) => {
    const want = wantFor(member, item, wants)
    return want === undefined ? item : withMembers(item, want.set)
  })
}

/** The want that an item is under: a former self of what is wanted, or the same thing in another state. */
export function wantFor(member: string, item: JsonObject, wants: readonly ItemWant[]): ItemWant | undefined {
  const id = itemIdentity(member, item)
  return (
    wants.find((want) => isFormer(member, item, want)) ??
    wants.find((want) => want.id === id && !essentialsHold(member, item, want))
  )
}

/** The wants that `document` does not fulfil yet, and can. */
export function unfulfilled(wants: Wants, document: JsonObject): Wants {
  const open = unmet(wants, document)
  const items = Object.entries(open.items).map(([member, list]): [string, ItemWant[]] => [
    member,
    list.filter((want) => isFindable(document, member, want)),
  ])
  return { values: open.values, items: Object.fromEntries(items.filter(([, list]) => list.length > 0)) }
}

/** The wants that `document` does not fulfil; among them those whose item has become something else. */
export function unmet(wants: Wants, document: JsonObject): Wants {
  const values = Object.entries(wants.values).filter(([path, want]) => !isHeld(document, path, want))
  const items = Object.entries(wants.items).map(([member, list]): [string, ItemWant[]] => [
    member,
    list.filter((want) => !isItemHeld(document, member, want)),
  ])
  return { values: Object.fromEntries(values), items: Object.fromEntries(items.filter(([, list]) => list.length > 0)) }
}

/** The wants once the record was found to be `after` where `before` was believed: they still mean the same items. */
export function following(wants: Wants, before: JsonObject, after: JsonObject): Wants {
  const items = Object.entries(wants.items).map(([member, list]): [string, ItemWant[]] => {
    const changes = itemChanges(member, before[member], after[member])
    return [member, list.map((want) => followed(member, want, changes))]
  })
  return { values: wants.values, items: Object.fromEntries(items) }
}

function followed(member: string, want: ItemWant, changes: readonly ItemChange[]): ItemWant {
  const slots = changes.flatMap(({ from, to }) => {
    const isOurs = from !== null && to !== null && want.slots.includes(itemIdentity(member, from))
    return isOurs ? [itemIdentity(member, to)] : []
  })
  return slots.length === 0 ? want : { ...want, slots: [...new Set([...want.slots, ...slots])] }
}

/** An item that the system has dropped can't be replaced any more. */
function isFindable(document: JsonObject, member: string, want: ItemWant): boolean {
  return itemsOf(member, document[member]).some((item) => wantFor(member, item, [want]) !== undefined)
}
