import { CANONICAL_ENTITIES, type CanonicalEntity } from '../../contracts/canonical.ts'
import { CANONICAL_SCHEMAS, COMMON_SCHEMA } from '../../contracts/generated/schemas.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'
import {
  commonWithRecordParts,
  extended,
  recordForm,
  type SchemaExtensions,
  sharedPartName,
} from '../../contracts/schema-forms.ts'
import type { OperationSpec } from '../operations/operation.ts'
import { operationObject } from './operation-object.ts'
import { writeComponents } from './write-schemas.ts'

/** The API as an OpenAPI 3.1 document: its operations, and the very schemas that records are checked against. */
export function openApiDocument(
  operations: readonly OperationSpec[],
  version: string,
  extensions: SchemaExtensions = {},
): JsonObject {
  const schemas = componentSchemas(extensions)
  const paths: Record<string, JsonObject> = {}
  for (const spec of operations) {
    paths[spec.path] = { ...paths[spec.path], [spec.method.toLowerCase()]: operationObject(spec, schemas) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Omnihub',
      version,
      description:
        'One API for the customers that a company has spread over its systems. Errors are problem+json (RFC 9457) with a `code`; docs/errors.md lists the codes.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key: `omni_<id>_<secret>`.' },
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
      },
    },
  }
}

const PROBLEM: JsonObject = {
  title: 'Problem',
  description: 'RFC 9457. Some codes bring further members.',
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string', description: '`urn:omnihub:problem:<code>`' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong, for people.' },
    code: { type: 'string', description: 'What is wrong, for programs.' },
    pointer: {
      type: 'string',
      description: 'Where: a JSON pointer into the body, `?name` of a parameter or `{name}` of the path.',
    },
    fix: { type: 'string', description: 'What to do about it.' },
    retryAfterMs: { type: 'integer' },
    errors: {
      type: 'array',
      description: 'Each fault of a request that has several, at most 100.',
      items: {
        type: 'object',
        properties: {
          code: { type: 'string' },
          pointer: { type: 'string' },
          detail: { type: 'string' },
          fix: { type: 'string' },
        },
      },
    },
    requestId: { type: 'string' },
  },
}

/** All schemas to which operations refer, by name. */
export function componentSchemas(extensions: SchemaExtensions): Record<string, JsonObject> {
  return { ...canonicalComponents(extensions), ...writeComponents(extensions), problem: PROBLEM }
}

/** The canonical records (`customer`, ...) and the parts that they share (`part.address`, ...). */
export function canonicalComponents(extensions: SchemaExtensions): Record<string, JsonObject> {
  const parts = commonWithRecordParts(COMMON_SCHEMA)['$defs'] as Record<string, JsonObject>
  const records = CANONICAL_ENTITIES.map((entity): [string, JsonObject] => [
    entity,
    recordSchema(entity, extensions[entity]),
  ])
  const shared = Object.entries(parts).map(([name, part]): [string, JsonObject] => [partName(name), part])
  return Object.fromEntries([...records, ...shared].map(([name, schema]) => [name, localized(schema) as JsonObject]))
}

function recordSchema(entity: CanonicalEntity, extension: JsonObject | undefined): JsonObject {
  // Answers may bring more beside a record, such as what it points at, which a closed schema could never hold.
  const {
    $schema: _,
    $id: _id,
    additionalProperties: _closed,
    ...schema
  } = recordForm(CANONICAL_SCHEMAS[entity], COMMON_SCHEMA)
  return extension === undefined ? schema : extended(schema, extension)
}

function partName(name: string): string {
  return `part.${name}`
}

/** References to shared parts lead to the document's own components. */
export function localized(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(localized)
  if (!isJsonObject(schema)) return schema
  const members = Object.entries(schema).map(([name, member]): [string, Json] => {
    const shared = name === '$ref' && typeof member === 'string' ? sharedPartName(member) : undefined
    return [name, shared === undefined ? localized(member) : `#/components/schemas/${partName(shared)}`]
  })
  return Object.fromEntries(members)
}
