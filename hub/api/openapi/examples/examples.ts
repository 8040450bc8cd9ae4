import { isJsonObject, type Json, type JsonObject } from '../../../contracts/json.ts'
import { CANONICAL_ENTITIES } from '../../../contracts/canonical.ts'
import { CANONICAL_SCHEMAS } from '../../../contracts/generated/schemas.ts'
import type { BodySpec, OperationSpec } from '../../operations/operation.ts'
import { curlText, type ShownRequest, typescriptText } from './code.ts'
import { type RequestExample, REQUESTS } from './requests.ts'
import { type Components, exampleOf, smallestExample } from './schema-example.ts'
import { A_TIME, EXAMPLE, etagOf, PARAMETERS } from './values.ts'

/** One example of a request, in the forms in which it is shown. */
export interface ShownExample {
  title: string
  request: ShownRequest
  /** What it is answered with. */
  status: number
  curl: string
  typescript: string | undefined
}

/** The examples of an operation: those that were written for it, else one that is made of its declaration. */
export function examplesOf(spec: OperationSpec, components: Components): ShownExample[] {
  const written = REQUESTS[spec.id] ?? [{}]
  return written.map((example) => {
    const request = requestOf(spec, example, components)
    return {
      title: example.title ?? spec.summary,
      request,
      status: example.status ?? firstGood(spec),
      curl: curlText(spec, request),
      typescript: typescriptText(spec, request),
    }
  })
}

function firstGood(spec: OperationSpec): number {
  return Number(Object.keys(spec.answers).find((status) => status.startsWith('2')) ?? 200)
}

function requestOf(spec: OperationSpec, example: RequestExample, components: Components): ShownRequest {
  const path = Object.keys(spec.params ?? {}).map((name): [string, string] => [name, partOf(spec, name)])
  const query = Object.entries(spec.query ?? {}).flatMap(([name, param]): [string, string][] =>
    param.required === true ? [[name, param.example ?? PARAMETERS[name] ?? param.enum?.[0] ?? '...']] : [],
  )
  const body = bodyOf(spec.body, example, components)
  return {
    path: { ...Object.fromEntries(path), ...example.path },
    query: { ...Object.fromEntries(query), ...example.query },
    headers: { ...preconditionOf(spec), ...example.headers },
    contentType: body === undefined ? undefined : (example.contentType ?? typeOf(spec.body)),
    body,
  }
}

function partOf({ path, params }: OperationSpec, name: string): string {
  const example = params?.[name]?.example
  if (example !== undefined) return example
  const collection = path.split('/').find((part) => part in EXAMPLE) as keyof typeof EXAMPLE | undefined
  if (name !== 'id') return PARAMETERS[name] ?? EXAMPLE.customer
  return collection === undefined ? EXAMPLE.customer : EXAMPLE[collection]
}

/** An edit names the version that it edits. */
function preconditionOf(spec: OperationSpec): Record<string, string> {
  const isEdit = spec.method === 'PATCH' && spec.headers?.['if-match'] !== undefined
  return isEdit ? { 'if-match': etagOf(partOf(spec, 'id')) } : {}
}

function typeOf(body: BodySpec | undefined): string | undefined {
  const types = body?.types ?? []
  return types.includes('application/json') ? 'application/json' : types[0]
}

function bodyOf(body: BodySpec | undefined, example: RequestExample, components: Components): Json | undefined {
  if (example.body !== undefined || body === undefined) return example.body
  const schema = body.told ?? body.schema
  // What may be absent is left out: the simplest request is the best first one.
  if (schema === undefined || body.required === false) return undefined
  return smallestExample(schema, { ...components, ...RECORD_EXAMPLES })
}

/** What a good answer looks like, by its schema. */
export function answerExample(schema: JsonObject, components: Components): Json {
  return exampleOf(schema, { ...components, ...RECORD_EXAMPLES })
}

/** Records have better examples than their members could be put together to; new ones point at others by the hub's ids. */
const RECORD_EXAMPLES: Components = Object.fromEntries(
  CANONICAL_ENTITIES.flatMap((entity): [string, JsonObject][] => {
    const [example] = CANONICAL_SCHEMAS[entity]['examples'] as [JsonObject]
    const sources = [{ system: 'crm', entity: 'Contact', key: '003A1' }]
    const hubs = { sources, version: 7, createdAt: A_TIME, updatedAt: A_TIME }
    return [
      [entity, { examples: [{ id: idOf(entity), ...example, ...hubs }] }],
      [`new-${entity}`, { examples: [pointingByIds(example)] }],
    ]
  }),
)

function idOf(entity: string): string {
  const ids: Readonly<Record<string, string>> = EXAMPLE
  return ids[entity] ?? ids[`${entity}s`] ?? EXAMPLE.customer
}

function pointingByIds(value: Json, name = ''): Json {
  if (Array.isArray(value)) return value.map((one) => pointingByIds(one, name))
  if (!isJsonObject(value)) return value
  if (typeof value['entity'] === 'string' && typeof value['key'] === 'string') return { id: idOf(name) }
  return Object.fromEntries(Object.entries(value).map(([member, one]) => [member, pointingByIds(one, member)]))
}
