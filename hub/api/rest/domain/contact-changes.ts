import { HubError } from '../../../contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../contracts/json.ts'

export type ContactMember = 'emails' | 'phones' | 'addresses'

/** One change of one way to reach a customer. */
export interface ContactChange {
  op: 'add' | 'replace' | 'remove'
  member: ContactMember
  /** The new item, for `add` and `replace`. */
  item?: JsonObject
  /** Which item, for `replace` and `remove`: the address or number itself, or some members by which it can be told. */
  of?: string | JsonObject
}

/** What an item is told from others by; postal addresses by all that they say. */
const ESSENCE: Readonly<Record<ContactMember, string | null>> = { emails: 'address', phones: 'number', addresses: null }

/**
 * The lists of a customer after some changes, one after the other. Pure. Throws HubErrors with a pointer into the request:
 * `customer.contact.incomplete`, `customer.contact.there-already`, `customer.contact.not-there`, `customer.contact.several`.
 */
export function withContactChanges(core: JsonObject, changes: readonly ContactChange[]): JsonObject {
  const result = { ...core }
  changes.forEach((change, index) => {
    const list = itemsOf(result[change.member])
    result[change.member] = changed(list, change, `/changes/${index}`)
  })
  return result
}

function itemsOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter((item) => isJsonObject(item)) : []
}

function changed(list: readonly JsonObject[], change: ContactChange, pointer: string): JsonObject[] {
  const { op, member, item, of } = change
  if (op !== 'remove' && item === undefined) throw incomplete(`${pointer}/item`, `"${op}" wants the new item.`)
  if (op === 'remove' && item !== undefined) throw incomplete(`${pointer}/item`, '"remove" wants no item.')
  if (op === 'add' && of !== undefined) throw incomplete(`${pointer}/of`, '"add" changes no item that is there.')
  if (op !== 'add' && of === undefined) throw incomplete(`${pointer}/of`, `"${op}" wants to know which item.`)
  const at = of === undefined ? -1 : placeOf(list, member, of, `${pointer}/of`)
  const others = list.filter((_, place) => place !== at)
  if (item === undefined) return others
  if (others.some((one) => isSame(one, item, member))) throw thereAlready(`${pointer}/item`)
  // Of several ways there is one that is the first.
  const told = item.primary === true ? others.map(withoutPrimary) : others
  const place = at < 0 ? told.length : at
  return [...told.slice(0, place), item, ...told.slice(place)]
}

function withoutPrimary(item: JsonObject): JsonObject {
  const { primary: _, ...rest } = item
  return rest
}

function placeOf(list: readonly JsonObject[], member: ContactMember, of: string | JsonObject, pointer: string): number {
  const essence = ESSENCE[member]
  if (typeof of === 'string' && essence === null)
    throw incomplete(pointer, 'A postal address is named by some of its members: {"street": "...", "city": "..."}.')
  const wanted: JsonObject = typeof of === 'string' ? { [essence ?? '']: of } : of
  const names = Object.keys(wanted)
  if (names.length === 0) throw incomplete(pointer, 'It names no member.')
  const found = list.flatMap((item, place) =>
    names.every((name) => isEqual(item[name], wanted[name], member, name)) ? [place] : [],
  )
  const [first, second] = found
  if (first === undefined) throw notThere(pointer)
  if (second !== undefined) throw several(pointer)
  return first
}

function isSame(one: JsonObject, other: JsonObject, member: ContactMember): boolean {
  const essence = ESSENCE[member]
  if (essence !== null) return isEqual(one[essence], other[essence], member, essence) && one.purpose === other.purpose
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].every((name) => isEqual(one[name], other[name], member, name))
}

function isEqual(a: Json | undefined, b: Json | undefined, member: ContactMember, name: string): boolean {
  if (typeof a === 'string' && typeof b === 'string') {
    if (member === 'phones' && name === 'number') return a.replaceAll(/\D/g, '') === b.replaceAll(/\D/g, '')
    return a.trim().toLowerCase() === b.trim().toLowerCase()
  }
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
}

/** A change does not say all that it must, or says what has no meaning in it. */
function incomplete(where: string, message: string): HubError {
  return new HubError({ code: 'customer.contact.incomplete', family: 'reject', message, where })
}

function thereAlready(where: string): HubError {
  return new HubError({
    code: 'customer.contact.there-already',
    family: 'reject',
    message: 'The customer has this already.',
    where,
    fix: 'Leave the change out, or replace the item that is there.',
  })
}

function notThere(where: string): HubError {
  return new HubError({
    code: 'customer.contact.not-there',
    family: 'reject',
    message: 'The customer has no such item.',
    where,
    fix: 'Read the customer again.',
  })
}

function several(where: string): HubError {
  return new HubError({
    code: 'customer.contact.several',
    family: 'reject',
    message: 'The customer has several items like this.',
    where,
    fix: 'Name more of its members: {"address": "...", "purpose": "work"}.',
  })
}
