/**
 * The members of a customer in the order in which golden records have them. A golden record is always built in this
 * order, so that equal records have equal JSON texts. A test compares it with schemas/customer.schema.json.
 */
import { type Json, type JsonObject, isJsonObject } from '../contracts/json.ts'

export interface ListShape {
  /** Members of an item, in order; the first are what makes it worth keeping. */
  members: readonly string[]
  essential: readonly string[]
  /** Items kept at most, as the schema bounds them. */
  itemsMax: number
  /** Whether at most one item may be the primary one. */
  hasPrimary: boolean
}

export type MemberShape =
  | { kind: 'scalar' }
  | { kind: 'object'; members: readonly string[] }
  | ({ kind: 'list' } & ListShape)
  | { kind: 'attributes' }

const VALIDITY = ['validFrom', 'validTo'] as const
const list = (
  members: readonly string[],
  essential: readonly string[],
  more: Partial<ListShape> = {},
): MemberShape => ({
  kind: 'list',
  members,
  essential,
  itemsMax: 100,
  hasPrimary: false,
  ...more,
})
const SCALAR: MemberShape = { kind: 'scalar' }
const ADDRESS_PARTS = ['lines', 'houseNumber', 'street', 'unit', 'locality', 'city', 'region', 'postalCode', 'country']

export const CUSTOMER_SHAPE: ReadonlyMap<string, MemberShape> = new Map<string, MemberShape>([
  ['kind', SCALAR],
  ['status', SCALAR],
  ['name', { kind: 'object', members: ['prefix', 'given', 'middle', 'family', 'suffix', 'full'] }],
  ['organization', { kind: 'object', members: ['legalName', 'tradeName', 'legalForm'] }],
  ['birthDate', SCALAR],
  ['gender', SCALAR],
  ['emails', list(['address', 'purpose', 'primary', ...VALIDITY], ['address'], { hasPrimary: true })],
  ['phones', list(['number', 'purpose', 'primary', ...VALIDITY], ['number'], { hasPrimary: true })],
  ['addresses', list(['purpose', ...ADDRESS_PARTS, ...VALIDITY], [])],
  ['identifiers', list(['scheme', 'value', 'country'], ['scheme', 'value'])],
  ['preferredChannel', SCALAR],
  ['language', SCALAR],
  ['timeZone', SCALAR],
  ['consents', list(['purpose', 'channel', 'state', 'at'], ['purpose', 'state'], { itemsMax: 200 })],
  ['attributes', { kind: 'attributes' }],
])

/** Absent, null, an empty text, an empty list and an object with nothing in it are all no value. */
export function isNothing(value: Json | undefined): value is null | undefined | '' {
  if (value === undefined || value === null || value === '') return true
  if (typeof value !== 'object') return false
  return Array.isArray(value) ? value.length === 0 : Object.values(value).every(isNothing)
}

/** The members named, in their order, as far as they have a value. Undefined: nothing is left. */
export function shapedObject(value: Json | undefined, members: readonly string[]): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined
  let shaped: JsonObject | undefined
  for (const member of members) {
    const it = value[member]
    if (it === undefined || it === null || it === '' || isNothing(it)) continue
    shaped ??= {}
    shaped[member] = it
  }
  return shaped
}

/** The items that have what an item needs, each in order. */
export function shapedItems(value: Json | undefined, shape: ListShape): JsonObject[] {
  if (!Array.isArray(value)) return []
  const items: JsonObject[] = []
  for (const it of value) {
    const item = shapedObject(it, shape.members)
    if (item !== undefined && shape.essential.every((member) => item[member] !== undefined)) items.push(item)
  }
  return items
}

/** Attributes by name in the order of their code units. */
export function shapedAttributes(value: Json | undefined): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined
  return shapedObject(value, Object.keys(value).sort())
}

/** A document with the members of a customer in their order; what is no member of a customer is left out. */
export function shapedCustomer(document: JsonObject): JsonObject {
  const shaped: JsonObject = {}
  for (const [member, shape] of CUSTOMER_SHAPE) {
    const value = shapedMember(document[member], shape)
    if (value !== undefined) shaped[member] = value
  }
  return shaped
}

function shapedMember(value: Json | undefined, shape: MemberShape): Json | undefined {
  if (shape.kind === 'object') return shapedObject(value, shape.members)
  if (shape.kind === 'attributes') return shapedAttributes(value)
  if (shape.kind === 'scalar') return isNothing(value) ? undefined : value
  const items = shapedItems(value, shape)
  return items.length === 0 ? undefined : items
}
