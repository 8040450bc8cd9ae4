/**
 * The two forms of a canonical schema, both derived from the one document that is written by hand
 * (schemas/<entity>.schema.json):
 * - contribution: what one source says about a record; it has no id;
 * - record: what the API answers: the same members, what the hub adds (schemas/common.schema.json, `$defs/record`), and
 *   references that carry the id of the record they point at once the hub knows it.
 *
 * Pure: documents in, documents out; scripts and the validator share it.
 */
import type { CanonicalEntity } from './canonical.ts'
import { type Json, type JsonObject, isJsonObject } from './json.ts'

/** How entity schemas refer to shared parts: this, then the name of the part. */
export const COMMON_PREFIX = 'https://omnihub.dev/schemas/common/1.0#/$defs/'
const LOCAL_PREFIX = '#/$defs/'

/** `contribution`: as one source says it. `record`: as the API answers. */
export type SchemaForm = 'contribution' | 'record'

/** A copy of `schema` with a function's answer in place of every object that has a `$ref`. */
function mapReferences(schema: Json, replace: (reference: string, holder: JsonObject) => Json): Json {
  if (Array.isArray(schema)) return schema.map((member) => mapReferences(member, replace))
  if (!isJsonObject(schema)) return schema
  if (typeof schema['$ref'] === 'string') return replace(schema['$ref'], schema)
  return Object.fromEntries(Object.entries(schema).map(([name, member]) => [name, mapReferences(member, replace)]))
}

/** The name of the shared part that a `$ref` means; undefined: it means something else. */
export function sharedPartName(reference: string): string | undefined {
  if (reference.startsWith(COMMON_PREFIX)) return reference.slice(COMMON_PREFIX.length)
  return reference.startsWith(LOCAL_PREFIX) ? reference.slice(LOCAL_PREFIX.length) : undefined
}

/** One part of schemas/common.schema.json. Throws an Error that names a part which is not there. */
export function sharedPart(common: JsonObject, name: string): JsonObject {
  const parts = common['$defs']
  const part = isJsonObject(parts) ? parts[name] : undefined
  if (!isJsonObject(part)) throw new Error(`schemas/common.schema.json has no part named ${name}`)
  return part
}

/** `schema` with every reference to a shared part replaced by the part; what stands beside a `$ref` wins. */
export function dereferenced(schema: JsonObject, common: JsonObject): JsonObject {
  const replace = (reference: string, holder: JsonObject): Json => {
    const name = sharedPartName(reference)
    if (name === undefined) return holder
    const { $ref: _, ...beside } = holder
    return { ...(mapReferences(sharedPart(common, name), replace) as JsonObject), ...beside }
  }
  return mapReferences(schema, replace) as JsonObject
}

/** The name of the record form's variant of a shared part: `reference` -> `resolvedReference`. */
function resolvedName(part: string): string {
  return `resolved${part.charAt(0).toUpperCase()}${part.slice(1)}`
}

/** The shared parts that have a reference somewhere inside; their record form differs. */
function partsWithReferences(common: JsonObject): Set<string> {
  const found = new Set(['reference'])
  const parts = Object.keys(common['$defs'] as JsonObject)
  // A part may hold a part that holds a reference: once more for each level there can be.
  for (const _ of parts) {
    for (const part of parts) {
      mapReferences(sharedPart(common, part), (reference, holder) => {
        if (found.has(sharedPartName(reference) ?? '')) found.add(part)
        return holder
      })
    }
  }
  return found
}

/** `schema` with the record form's variants in place of the shared parts that have one, named from outside of common. */
function withResolvedParts(schema: JsonObject, resolvable: ReadonlySet<string>): JsonObject {
  return mapReferences(schema, (reference, holder) => {
    const name = sharedPartName(reference)
    if (name === undefined) return holder
    return { ...holder, $ref: COMMON_PREFIX + (resolvable.has(name) ? resolvedName(name) : name) }
  }) as JsonObject
}

/**
 * The shared parts and the record form's variants of those with references inside: `resolvedReference`, which has the
 * hub's id of what it points at, and whatever holds one (`resolvedLine`).
 */
export function commonWithRecordParts(common: JsonObject): JsonObject {
  const resolvable = partsWithReferences(common)
  const id = {
    title: 'Id',
    description: "The hub's id of the record pointed at; absent: the hub does not have that record (yet).",
    type: 'string',
    minLength: 1,
    maxLength: 2048,
    examples: ['0b0f2c5e-6f0e-4f0e-9f57-2b8f4f1f6c11'],
  }
  const variants = [...resolvable].map((name): [string, JsonObject] => {
    const part = sharedPart(common, name)
    const variant = { ...withResolvedParts(part, resolvable), title: `Resolved ${String(part['title']).toLowerCase()}` }
    if (name !== 'reference') return [resolvedName(name), variant]
    return [resolvedName(name), { ...variant, properties: { ...(part['properties'] as JsonObject), id } }]
  })
  return { ...common, $defs: { ...(common['$defs'] as JsonObject), ...Object.fromEntries(variants) } }
}

/**
 * The record form of an entity's schema; its references to shared parts want `commonWithRecordParts`.
 * `id` comes first and the hub's own members last, which is the order in which documentation shows them.
 */
export function recordForm(contribution: JsonObject, common: JsonObject): JsonObject {
  const added = withResolvedParts(sharedPart(common, 'record'), new Set())
  const { id, ...own } = added['properties'] as JsonObject
  const resolved = withResolvedParts(withoutExamples(contribution), partsWithReferences(common))
  return {
    ...resolved,
    $id: String(contribution['$id']).replace(/\/([^/]+)\/([^/]+)$/, '/$1-record/$2'),
    title: `${String(contribution['title'])} record`,
    required: [...((added['required'] ?? []) as string[]), ...((contribution['required'] ?? []) as string[])],
    properties: { ...(id === undefined ? {} : { id }), ...(resolved['properties'] as JsonObject), ...own },
  }
}

/** The examples of a whole contribution are no examples of a record, which has more members. */
function withoutExamples(schema: JsonObject): JsonObject {
  const { examples: _, ...rest } = schema
  return rest
}

/** The schema with a workspace's description of `attributes` beside the hub's own limits on them: both hold. */
export function extended(schema: JsonObject, extension: JsonObject): JsonObject {
  const properties = schema['properties'] as JsonObject
  const { $schema: _schema, $id: _id, ...rules } = extension
  const attributes = { allOf: [properties['attributes'] ?? {}, rules] }
  return { ...schema, properties: { ...properties, attributes } }
}

/** Schemas of a workspace for `attributes`, by entity: the content of schemas/<entity>.extension.json. */
export type SchemaExtensions = Partial<Record<CanonicalEntity, JsonObject>>
