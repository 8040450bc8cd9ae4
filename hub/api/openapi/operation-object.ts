import type { JsonObject } from '../../contracts/json.ts'
import { rolesWith } from '../../security/permissions.ts'
import type { AnswerSpec, BodySpec, Deprecation, OperationSpec, ParamSpec } from '../operations/operation.ts'
import { codesOf } from './codes.ts'
import { answerExample, examplesOf, type ShownExample } from './examples/examples.ts'
import type { Components } from './examples/schema-example.ts'
import { refusalsOf } from './refusals.ts'

/** An operation as an Operation Object of OpenAPI 3.1. */
export function operationObject(spec: OperationSpec, schemas: Components): JsonObject {
  const roles = spec.permission === 'public' ? [] : [...rolesWith(spec.permission)]
  const open = spec.authentication === 'connector' ? 'No API key: authenticated by the connector.' : 'No key needed.'
  const who = roles.length === 0 ? open : `Roles: ${roles.join(', ')}.`
  const examples = examplesOf(spec, schemas)
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
    ...(spec.body === undefined ? {} : { requestBody: bodyObject(bodyOf(spec, spec.body), examples) }),
    responses: answers(spec, schemas),
    security: roles.length === 0 ? [] : [{ bearer: [] }, { apiKey: [] }],
    ...(roles.length === 0 ? {} : { 'x-roles': roles }),
    ...deprecation(spec.deprecated),
    ...(spec.idempotent === true ? { 'x-idempotent': true } : {}),
    'x-codeSamples': examples.flatMap(codeSamples),
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
    ...deprecation(spec.deprecated),
  }))
}

/** The schema of a parameter, or of an item of one that is a list. */
export function scalarSchema(spec: ParamSpec): JsonObject {
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

function deprecation(deprecated: Deprecation | undefined): JsonObject {
  if (deprecated === undefined) return {}
  const { since, sunset, instead } = deprecated
  return {
    deprecated: true,
    'x-since': since,
    'x-deprecation': `Since ${since}; it may be gone from ${sunset} on. ${instead}`,
    'x-sunset': sunset,
  }
}

/** As Redoc and others show them. */
function codeSamples({ title, curl, typescript }: ShownExample): JsonObject[] {
  return [
    { lang: 'Shell', label: title, source: curl },
    ...(typescript === undefined ? [] : [{ lang: 'TypeScript', label: title, source: typescript }]),
  ]
}

/** A patch of a customer has a schema of its own here, as those of other records have. */
function bodyOf({ method, edits }: OperationSpec, body: BodySpec): BodySpec {
  return method === 'PATCH' && edits === 'customer' ? { ...body, told: reference('customer-patch') } : body
}

function bodyObject(body: BodySpec, examples: readonly ShownExample[]): JsonObject {
  const content = body.types.map((type): [string, JsonObject] => {
    const shown = examples.flatMap(({ title, request }): [string, JsonObject][] =>
      request.body === undefined || request.contentType !== type ? [] : [[title, { value: request.body }]],
    )
    return [
      type,
      {
        schema: body.told ?? body.schema ?? {},
        ...(shown.length === 0 ? {} : { examples: Object.fromEntries(shown) }),
      },
    ]
  })
  return { description: body.description, required: body.required !== false, content: Object.fromEntries(content) }
}

function answers(spec: OperationSpec, schemas: Components): JsonObject {
  const refusals = Object.entries(refusalsOf(spec)).map(([status, description]): [string, JsonObject] => [
    status,
    problemAnswer(description),
  ])
  const own = Object.entries(spec.answers).map(([status, answer]): [string, JsonObject] => [
    status,
    answerObject(Number(status), answer, schemas),
  ])
  const all = Object.entries({ ...Object.fromEntries(refusals), ...Object.fromEntries(own) })
  const coded = all.map(([status, answer]): [string, JsonObject] => {
    const codes = Number(status) < 400 ? [] : codesOf(spec, Number(status))
    return [status, codes.length === 0 ? answer : { ...answer, 'x-error-codes': codes }]
  })
  return { ...Object.fromEntries(coded), default: problemAnswer('What went wrong.') }
}

function answerObject(status: number, answer: AnswerSpec, schemas: Components): JsonObject {
  const isProblem = status >= 400 && answer.schema === undefined && answer.type === undefined
  const headers = Object.entries(answer.headers ?? {}).map(([name, description]): [string, JsonObject] => [
    name,
    { description, schema: { type: 'string' } },
  ])
  const described = { ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }) }
  if (isProblem) return { ...problemAnswer(answer.description), ...described }
  const { schema, type = 'application/json' } = answer
  if (schema === undefined && answer.type === undefined) return { description: answer.description, ...described }
  // What is no JSON, or no answer of ours, has no example that would say anything.
  const isShown = schema !== undefined && schema['properties'] !== undefined
  const example = isShown || schema?.['$ref'] !== undefined || schema?.['allOf'] !== undefined
  const media = { schema: schema ?? {}, ...(example ? { example: answerExample(schema, schemas) } : {}) }
  return { description: answer.description, ...described, content: { [type]: media } }
}

function problemAnswer(description: string): JsonObject {
  return { description, content: { 'application/problem+json': { schema: reference('problem') } } }
}

/** Refers to a schema of the document, by its name in `components`. */
export function reference(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` }
}
