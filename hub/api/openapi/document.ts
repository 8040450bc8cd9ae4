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
import { rolesWith } from '../../security/permissions.ts'
import type { AnswerSpec, OperationSpec, ParamSpec } from '../operations/operation.ts'

/** The API as an OpenAPI 3.1 document: its operations, and the very schemas that records are checked against. */
export function openApiDocument(
  operations: readonly OperationSpec[],
  version: string,
  extensions: SchemaExtensions = {},
): JsonObject {
  const paths: Record<string, JsonObject> = {}
  for (const spec of operations) {
    paths[spec.path] = { ...paths[spec.path], [spec.method.toLowerCase()]: operationObject(spec) }
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
      schemas: { ...canonicalComponents(extensions), problem: PROBLEM },
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

function operationObject(spec: OperationSpec): JsonObject {
  const roles = spec.permission === 'public' ? [] : [...rolesWith(spec.permission)]
  const open = spec.authentication === 'connector' ? 'No API key: authenticated by the connector.' : 'No key needed.'
  const who = roles.length === 0 ? open : `Roles: ${roles.join(', ')}.`
  const parameters = [
    ...parameterObjects(spec.params ?? {}, 'path'),
    ...parameterObjects(spec.query ?? {}, 'query'),
    ...Object.entries(spec.headers ?? {}).map(([name, { description }]) => ({
      name,
      in: 'header',
      description,
      schema: { type: 'string' },
    })),
  ]
  return {
    operationId: spec.id,
    tags: [spec.tag],
    summary: spec.summary,
    description: `${spec.description}\n\n${who}`,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(spec.body === undefined ? {} : { requestBody: bodyObject(spec.body) }),
    responses: answers(spec),
    security: roles.length === 0 ? [] : [{ bearer: [] }, { apiKey: [] }],
  }
}

function parameterObjects(specs: Readonly<Record<string, ParamSpec>>, place: 'path' | 'query'): JsonObject[] {
  return Object.entries(specs).map(([name, spec]) => ({
    name,
    in: place,
    description: spec.description,
    ...(place === 'path' || spec.required === true ? { required: true } : {}),
    ...(spec.list === true ? { style: 'form', explode: false } : {}),
    schema: spec.list === true ? { type: 'array', items: scalarSchema(spec) } : scalarSchema(spec),
    ...(spec.example === undefined ? {} : { example: spec.example }),
  }))
}

function scalarSchema(spec: ParamSpec): JsonObject {
  const { type, format, maxLength, minimum, maximum } = spec
  return {
    type,
    ...(format === undefined ? {} : { format }),
    ...(spec.enum === undefined ? {} : { enum: [...spec.enum] }),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(spec.default === undefined ? {} : { default: spec.default }),
  }
}

function bodyObject(body: NonNullable<OperationSpec['body']>): JsonObject {
  const content = Object.fromEntries(body.types.map((type) => [type, { schema: body.schema ?? {} }]))
  return { description: body.description, required: body.required !== false, content }
}

function answers(spec: OperationSpec): JsonObject {
  const own = Object.entries(spec.answers).map(([status, answer]) => [status, answerObject(Number(status), answer)])
  return { ...Object.fromEntries(own), default: problemAnswer('What went wrong.') } as JsonObject
}

function answerObject(status: number, answer: AnswerSpec): JsonObject {
  const isProblem = status >= 400 && answer.schema === undefined && answer.type === undefined
  const headers = Object.entries(answer.headers ?? {}).map(([name, description]): [string, JsonObject] => [
    name,
    { description, schema: { type: 'string' } },
  ])
  const described = { ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }) }
  if (isProblem) return { ...problemAnswer(answer.description), ...described }
  const { schema, type = 'application/json' } = answer
  const content =
    schema === undefined && answer.type === undefined ? {} : { content: { [type]: { schema: schema ?? {} } } }
  return { description: answer.description, ...described, ...content }
}

function problemAnswer(description: string): JsonObject {
  return { description, content: { 'application/problem+json': { schema: reference('problem') } } }
}

/** Refers to a schema of the document, by its name in `components`. */
export function reference(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` }
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
  const { $schema: _schema, $id: _id, ...schema } = recordForm(CANONICAL_SCHEMAS[entity], COMMON_SCHEMA)
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
