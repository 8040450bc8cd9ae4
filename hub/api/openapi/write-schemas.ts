import { CANONICAL_ENTITIES, type CanonicalEntity } from '../../contracts/canonical.ts'
import { CANONICAL_SCHEMAS, COMMON_SCHEMA } from '../../contracts/generated/schemas.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'
import { dereferenced, extended, type SchemaExtensions } from '../../contracts/schema-forms.ts'

/** What an order of a record may point at: as a channel knows it, or as a system does. */
const REFERENCE: JsonObject = {
  title: 'Reference',
  description:
    'Names another record: by the id that the hub gives it, or by entity and key in a system (absent: that of the record).',
  anyOf: [
    {
      type: 'object',
      additionalProperties: false,
      required: ['id'],
      properties: { id: { type: 'string', format: 'uuid', description: "The hub's id." } },
    },
    {
      type: 'object',
      additionalProperties: false,
      required: ['entity', 'key'],
      properties: {
        id: { type: 'string', format: 'uuid', description: 'As the hub answers it; entity and key count.' },
        system: { type: 'string', minLength: 1, maxLength: 128 },
        entity: { type: 'string', minLength: 1, maxLength: 256 },
        key: { type: 'string', minLength: 1, maxLength: 512 },
      },
    },
  ],
}

/** `new-payment`: a payment as it is ordered; `payment-patch`: a merge patch of one. Of all entities. */
export function writeComponents(extensions: SchemaExtensions): Record<string, JsonObject> {
  const schemas = CANONICAL_ENTITIES.flatMap((entity) => {
    const whole = newSchema(entity, extensions[entity])
    return [
      [`new-${entity}`, whole],
      [`${entity}-patch`, patchSchema(whole)],
    ] as const
  })
  return { 'part.orderReference': REFERENCE, ...Object.fromEntries(schemas) }
}

function newSchema(entity: CanonicalEntity, extension: JsonObject | undefined): JsonObject {
  const { $schema: _schema, $id: _id, examples: _examples, ...schema } = CANONICAL_SCHEMAS[entity]
  const pointing = withOrderReferences(schema) as JsonObject
  const whole = dereferenced(pointing, COMMON_SCHEMA)
  const described = { ...whole, title: `New ${String(schema['title']).toLowerCase()}` }
  return extension === undefined ? described : extended(described, extension)
}

/** References are told apart before the shared parts are put in, and those inside of parts with them. */
function withOrderReferences(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(withOrderReferences)
  if (!isJsonObject(schema)) return schema
  const { $ref } = schema
  if (typeof $ref === 'string' && $ref.endsWith('#/$defs/reference')) {
    const { examples: _, ...beside } = schema
    return { ...beside, $ref: '#/components/schemas/part.orderReference' }
  }
  if (typeof $ref === 'string' && $ref.endsWith('#/$defs/line')) {
    const parts = (COMMON_SCHEMA['$defs'] ?? {}) as Record<string, JsonObject>
    return withOrderReferences(parts['line'] ?? {})
  }
  return Object.fromEntries(Object.entries(schema).map(([name, member]) => [name, withOrderReferences(member)]))
}

/** Any member alone, or null for none. */
function patchSchema({ properties, title, description }: JsonObject): JsonObject {
  const members = Object.entries(properties as Record<string, JsonObject>).map(([name, schema]): [string, Json] => [
    name,
    { anyOf: [withoutRequired(schema), { type: 'null' }] },
  ])
  return {
    title: `Patch of a ${String(title).replace(/^New /, '')}`,
    description: description ?? '',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(members),
  }
}

/** Of an object, a patch may bring some members only. */
function withoutRequired(schema: JsonObject): JsonObject {
  const { required: _, ...rest } = schema
  return schema['type'] === 'object' ? rest : schema
}
