/** Operations as the OpenAPI document has them, with what only the hub itself knows of them. */
import { OPERATIONS } from '../../../hub/api/operations/index.ts'
import type { OperationSpec } from '../../../hub/api/operations/operation.ts'
import type { Json, JsonObject } from '../../../hub/contracts/json.ts'

export interface FuzzOperation {
  id: string
  method: string
  path: string
  params: FuzzParam[]
  query: FuzzParam[]
  headers: string[]
  body: { types: string[]; schema: JsonObject; required: boolean; examples: Json[] } | null
  /** By status, `default` included. */
  responses: Readonly<Record<string, FuzzResponse>>
  spec: OperationSpec
}

export interface FuzzParam {
  name: string
  required: boolean
  isList: boolean
  schema: Json
}

export interface FuzzResponse {
  content: Readonly<Record<string, { schema: JsonObject }>>
}

interface Content {
  schema: JsonObject
  examples?: Record<string, { value: Json }>
}

interface Item {
  operationId: string
  parameters?: { name: string; in: string; required?: boolean; style?: string; schema: JsonObject }[]
  requestBody?: { required?: boolean; content: Record<string, Content> }
  responses: Record<string, { content?: Record<string, { schema: JsonObject }> }>
}

/** Every operation of the document, in its order; throws where the hub knows nothing of one. */
export function operationsOf(document: JsonObject): FuzzOperation[] {
  const paths = document['paths'] as unknown as Record<string, Record<string, Item>>
  return Object.entries(paths).flatMap(([path, items]) =>
    Object.entries(items).map(([method, item]) => operationOf(path, method.toUpperCase(), item)),
  )
}

function operationOf(path: string, method: string, item: Item): FuzzOperation {
  const spec = OPERATIONS.find(({ id }) => id === item.operationId)
  if (spec === undefined) throw new Error(`The document has an operation ${item.operationId} that the hub has not.`)
  const parameters = item.parameters ?? []
  const content = item.requestBody?.content ?? {}
  const [first] = Object.values(content)
  return {
    id: item.operationId,
    method,
    path,
    params: parameters.filter((one) => one.in === 'path').map(paramOf),
    query: parameters.filter((one) => one.in === 'query').map(paramOf),
    headers: parameters.filter((one) => one.in === 'header').map(({ name }) => name),
    body:
      first === undefined
        ? null
        : {
            types: Object.keys(content),
            schema: first.schema,
            required: item.requestBody?.required === true,
            examples: Object.values(first.examples ?? {}).map(({ value }) => value),
          },
    responses: Object.fromEntries(
      Object.entries(item.responses).map(([status, answer]) => [status, { content: answer.content ?? {} }]),
    ),
    spec,
  }
}

function paramOf({ name, required, style, schema }: NonNullable<Item['parameters']>[number]): FuzzParam {
  const isList = schema['type'] === 'array' || style === 'form'
  return { name, required: required === true, isList, schema: isList ? (schema['items'] ?? {}) : schema }
}
