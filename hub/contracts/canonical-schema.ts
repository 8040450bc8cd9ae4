import type { CanonicalEntity } from './canonical.ts'
import type { JsonObject } from './json.ts'
import { type SchemaForm, commonWithRecordParts, dereferenced, extended, recordForm } from './schema-forms.ts'
import { CANONICAL_SCHEMAS, COMMON_SCHEMA } from './generated/schemas.ts'

const COMMON = commonWithRecordParts(COMMON_SCHEMA)

/**
 * The JSON Schema (2020-12) of an entity in one of its two forms, complete in itself (no references left), with titles,
 * descriptions and examples; `extension` is what the workspace says about `attributes`. For validation and for OpenAPI.
 */
export function canonicalSchema(entity: CanonicalEntity, form: SchemaForm, extension?: JsonObject): JsonObject {
  const contribution = CANONICAL_SCHEMAS[entity]
  const schema = form === 'record' ? recordForm(contribution, COMMON_SCHEMA) : contribution
  return dereferenced(extension === undefined ? schema : extended(schema, extension), COMMON)
}

/** `https://omnihub.dev/schemas/customer/1.0` is version `1.0`. */
export function schemaVersion(entity: CanonicalEntity): string {
  return String(CANONICAL_SCHEMAS[entity]['$id']).split('/').at(-1) ?? ''
}
