/** The operations of the OpenAPI document as a client sees them: names of parameters, kinds of bodies and answers. */
import { isJsonObject, type Json, type JsonObject, listOf, objectOf } from '../../hub/contracts/json.ts'
import { type DocumentOperation, operationsOf } from '../api/compatibility.ts'

export interface ClientParameter {
  /** As callers name it: `ifMatch`. */
  name: string
  /** As the API names it: `if-match`. */
  wire: string
  place: 'path' | 'query' | 'header'
  required: boolean
  schema: JsonObject
  description: string
  /** Why and until when it is still there. */
  deprecation?: string
}

export type AnswerKind = 'json' | 'text' | 'lines' | 'events' | 'response' | 'none'

export interface ClientOperation {
  id: string
  method: string
  path: string
  summary: string
  description: string
  parameters: ClientParameter[]
  body?: {
    required: boolean
    description: string
    type: string
    batchType?: string
    schema: JsonObject | undefined
    lines: boolean
  }
  /** `isLater`: 202 beside others, which means that it is still to be done. */
  answer: { kind: AnswerKind; schemas: { schema: JsonObject; isLater: boolean }[] }
  /** Answers of one page of a list. */
  pageItem?: Json
  /** `If-None-Match` may be answered with 304. */
  conditional: boolean
  /** Whether sending the same request twice does what once would do. */
  idempotent: boolean
  /** Whether it takes an Idempotency-Key. */
  keyed: boolean
  codes: string[]
  deprecation?: string
}

/** Headers that the client sends by itself, or that have a form of their own in it. */
const OWN_HEADERS = new Set(['idempotency-key', 'if-none-match', 'prefer', 'accept', 'content-type', 'authorization'])
const SAFE_TO_REPEAT = new Set(['GET', 'PUT', 'DELETE', 'HEAD'])

/** All operations in the order of the document. Throws an Error where two parameters of one would have the same name. */
export function readOperations(document: JsonObject): ClientOperation[] {
  // SOAP has generators of its own, from the WSDL.
  const operations = operationsOf(document).filter(({ spec }) => !listOf(spec['tags']).includes('SOAP'))
  return operations.map(readOperation)
}

function readOperation({ id, method, path, spec }: DocumentOperation): ClientOperation {
  const given = listOf(spec['parameters']).map(objectOf)
  const headers = new Set(given.filter((one) => one['in'] === 'header').map((one) => String(one['name'])))
  const responses = Object.entries(objectOf(spec['responses']))
  const body = bodyOf(objectOf(spec['requestBody']))
  const answer = answerOf(responses)
  const keyed = headers.has('idempotency-key')
  const parameters = given.flatMap(parameterOf)
  const operation: ClientOperation = {
    id,
    method,
    path,
    summary: String(spec['summary'] ?? ''),
    description: String(spec['description'] ?? ''),
    parameters,
    ...(body === undefined ? {} : { body }),
    answer,
    ...pageItemOf(answer),
    conditional: responses.some(([status]) => status === '304'),
    idempotent: SAFE_TO_REPEAT.has(method) || keyed || spec['x-idempotent'] === true,
    keyed,
    codes: responses.flatMap(([, response]) => listOf(objectOf(response)['x-error-codes']).map(String)),
    ...deprecationOf(spec),
  }
  const names = [...parameters.map(({ name }) => name), ...(body === undefined ? [] : ['body'])]
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new Error(`${operation.id} has two parameters that the client would call ${twice}`)
  return operation
}

function parameterOf(spec: JsonObject): ClientParameter[] {
  const wire = String(spec['name'])
  const place = spec['in'] as ClientParameter['place']
  if (place === 'header' && wire === 'prefer') return [WAIT]
  if (place === 'header' && OWN_HEADERS.has(wire)) return []
  return [
    {
      name: wire.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
      wire,
      place,
      required: spec['required'] === true,
      schema: objectOf(spec['schema']),
      description: String(spec['description'] ?? ''),
      ...deprecationOf(spec),
    },
  ]
}

/** `Prefer: wait=N` (RFC 7240), as a number. */
const WAIT: ClientParameter = {
  name: 'waitSeconds',
  wire: 'prefer',
  place: 'header',
  required: false,
  schema: { type: 'integer' },
  description: 'How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`).',
}

function deprecationOf(spec: JsonObject): { deprecation?: string } {
  if (spec['deprecated'] !== true) return {}
  return { deprecation: String(spec['x-deprecation'] ?? 'It will go.') }
}

function bodyOf(spec: JsonObject): ClientOperation['body'] {
  const content = Object.entries(objectOf(spec['content']))
  const batchType = content.map(([name]) => name).find((name) => name.includes('-batch+'))
  // Where several things can be sent at once, plain JSON would not tell one from several.
  const plain = batchType === undefined ? content.find(([name]) => name === 'application/json') : undefined
  const [type, media] = plain ?? content[0] ?? []
  if (type === undefined) return undefined
  const schema = objectOf(media)['schema']
  return {
    required: spec['required'] === true,
    description: String(spec['description'] ?? ''),
    type,
    ...(batchType === undefined ? {} : { batchType }),
    schema: isJsonObject(schema) && Object.keys(schema).length > 0 ? schema : undefined,
    lines: /ndjson|jsonl/.test(type),
  }
}

function answerOf(responses: readonly [string, Json][]): ClientOperation['answer'] {
  const good = responses.filter(([status]) => status.startsWith('2'))
  const contents = good.flatMap(([status, response]) =>
    Object.entries(objectOf(objectOf(response)['content'])).map(([type, media]) => ({ status, type, media })),
  )
  const schemas = contents.map(({ status, media }) => ({
    schema: objectOf(objectOf(media)['schema']),
    isLater: status === '202' && contents.length > 1,
  }))
  return { kind: kindOf(contents[0]?.type), schemas }
}

function kindOf(type: string | undefined): AnswerKind {
  if (type === undefined) return 'none'
  if (type === 'text/event-stream') return 'events'
  if (/ndjson|jsonl/.test(type)) return 'lines'
  if (/^application\/(.*\+)?json/.test(type)) return 'json'
  return type.startsWith('text/') ? 'text' : 'response'
}

function pageItemOf(answer: ClientOperation['answer']): { pageItem?: Json } {
  const schema = answer.schemas[0]?.schema ?? {}
  const parts = [schema, ...listOf(schema['allOf']).map(objectOf)]
  const properties = objectOf(Object.assign({}, ...parts.map((part) => objectOf(part['properties']))) as JsonObject)
  const items = objectOf(properties['items'])
  const isPage = answer.kind === 'json' && answer.schemas.length === 1 && properties['next'] !== undefined
  return isPage && items['type'] === 'array' ? { pageItem: items['items'] ?? {} } : {}
}
