import { canonicalSchema } from '../../contracts/canonical-schema.ts'
import type { CanonicalEntity } from '../../contracts/canonical.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'

/** Members that name the person, whatever their form. */
const OF_THE_PERSON: ReadonlySet<string> = new Set(['customer', 'account', 'attributes'])
const ADDRESS = /address$/i
/** Texts of a form that can hold no name: amounts, days, codes. */
const PLAIN_FORMATS: ReadonlySet<string> = new Set(['decimal', 'currency', 'date', 'date-time', 'code'])
const REFERENCE: ReadonlySet<string> = new Set(['system', 'entity', 'key'])

/**
 * What of a document of this entity says nothing of a person: numbers, amounts, days, states, and references to products,
 * orders and invoices. Any other text goes, unless its path is among `keep`; so do addresses and attributes. A member that its
 * schema does not know goes too.
 */
export function cutterFor(entity: CanonicalEntity, keep: readonly string[]): (document: JsonObject) => JsonObject {
  const schema = canonicalSchema(entity, 'contribution')
  const kept = new Set(keep)
  return (document) => cutObject(document, schema, '', kept)
}

function cutObject(value: JsonObject, schema: JsonObject, path: string, kept: ReadonlySet<string>): JsonObject {
  const properties = isJsonObject(schema.properties) ? schema.properties : {}
  const entries = Object.entries(value).flatMap(([name, member]): [string, Json][] => {
    const at = path === '' ? name : `${path}.${name}`
    const isOfPerson = OF_THE_PERSON.has(name) || ADDRESS.test(name)
    if (isOfPerson && ![...kept].some((one) => one === at || one.startsWith(`${at}.`))) return []
    const cut = cutValue(member, schemaOf(properties, name), at, kept)
    return cut === undefined ? [] : [[name, cut]]
  })
  return Object.fromEntries(entries)
}

function schemaOf(properties: JsonObject, name: string): JsonObject {
  const own = Object.hasOwn(properties, name) ? properties[name] : undefined
  return isJsonObject(own) ? own : {}
}

function cutValue(value: Json, schema: JsonObject, path: string, kept: ReadonlySet<string>): Json | undefined {
  if (kept.has(path)) return value
  if (Array.isArray(value)) {
    const items = isJsonObject(schema.items) ? schema.items : {}
    return value.flatMap((item) => cutValue(item, items, path, kept) ?? [])
  }
  if (isJsonObject(value)) {
    if (isReference(schema)) return value
    const cut = cutObject(value, schema, path, kept)
    return Object.keys(cut).length === 0 ? undefined : cut
  }
  if (typeof value === 'string') return isPlain(schema) ? value : undefined
  // A number or a truth value that the schema does not know could be a birthday as well.
  return schema.type === undefined ? undefined : value
}

function isPlain({ enum: choices, format }: JsonObject): boolean {
  return Array.isArray(choices) || (typeof format === 'string' && PLAIN_FORMATS.has(format))
}

/** `{system?, entity, key}`: of what is no person, since those members have gone before. */
function isReference({ properties }: JsonObject): boolean {
  return isJsonObject(properties) && Object.keys(properties).every((name) => REFERENCE.has(name)) && 'key' in properties
}
