import { CANONICAL_ENTITIES } from '../../contracts/canonical.ts'
import { canonicalSchema } from '../../contracts/canonical-schema.ts'
import { commonWithRecordParts, dereferenced } from '../../contracts/schema-forms.ts'
import { COMMON_SCHEMA } from '../../contracts/generated/schemas.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { isJsonObject } from '../../contracts/json.ts'
import { LIMITS } from '../limits.ts'

const COMMON = commonWithRecordParts(COMMON_SCHEMA)

/** By `$id`, each entity in both forms: `.../customer/1.0` and `.../customer-record/1.0`. Made when first asked for. */
let canonical: Map<string, JsonObject> | undefined

function canonicalById(): Map<string, JsonObject> {
  canonical ??= new Map(
    CANONICAL_ENTITIES.flatMap((entity) => [
      canonicalSchema(entity, 'contribution'),
      canonicalSchema(entity, 'record'),
    ]).map((schema) => [String(schema['$id']), schema]),
  )
  return canonical
}

/**
 * The schema with every `$ref` to a canonical schema, or to a part of one (`<id>#/properties/status`), replaced by what
 * it names; what stands beside a `$ref` wins. Throws an Error that names a reference which leads nowhere.
 */
export function resolvedSchema(schema: JsonObject): JsonObject {
  const resolve = (value: Json, depth: number): Json => {
    if (depth > LIMITS.depthMax) throw new Error('it is nested too deep')
    if (Array.isArray(value)) return value.map((item) => resolve(item, depth + 1))
    if (!isJsonObject(value)) return value
    const { $ref: reference, ...beside } = value
    const rest = Object.fromEntries(Object.entries(beside).map(([name, it]) => [name, resolve(it, depth + 1)]))
    return typeof reference === 'string' ? { ...withoutId(referenced(reference)), ...rest } : rest
  }
  return dereferenced(resolve(schema, 0) as JsonObject, COMMON)
}

function referenced(reference: string): JsonObject {
  const [id = '', fragment = ''] = reference.split('#')
  const schema = canonicalById().get(id)
  if (schema === undefined && id.includes('/schemas/common/')) return { $ref: reference }
  if (schema === undefined) {
    throw new Error(
      `${JSON.stringify(reference)} names no canonical schema; there are ${[...canonicalById().keys()].join(', ')}`,
    )
  }
  let part: Json | undefined = schema
  for (const name of fragment.split('/').slice(1)) {
    const key = name.replaceAll('~1', '/').replaceAll('~0', '~')
    part = part !== undefined && isJsonObject(part) && Object.hasOwn(part, key) ? part[key] : undefined
  }
  if (part === undefined || !isJsonObject(part)) throw new Error(`${JSON.stringify(reference)} names no part of ${id}`)
  return part
}

function withoutId({ $id: _id, $schema: _schema, ...schema }: JsonObject): JsonObject {
  return schema
}
