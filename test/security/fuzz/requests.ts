/** Requests of one operation as fast-check arbitraries: what it takes, from the document and from what is there. */
import * as fc from 'fast-check'
import type { Json, JsonObject } from '../../../hub/contracts/json.ts'
import { mayDo, ROLES } from '../../../hub/security/permissions.ts'
import type { Pools, WholeExample } from './pools.ts'
import type { FuzzOperation, FuzzParam } from './operations.ts'
import { type SchemaContext, valuesOf } from './schema-values.ts'

/** Who asks: a role, or somebody with another key than one that is valid. */
export type Caller = (typeof ROLES)[number] | 'nobody' | 'wrong-key'

export interface FuzzRequest {
  operation: FuzzOperation
  method: string
  /** Values of the path's parameters, still to be percent-encoded. */
  params: Record<string, string>
  /** In order; a name may be there twice. */
  query: (readonly [string, string])[]
  headers: Record<string, string>
  caller: Caller
  /** `json` becomes text when it is sent; undefined: no body. */
  body: { type: string | null; json?: Json; text?: string | Buffer; chunked?: boolean } | undefined
  /** What was done to it; empty: nothing. */
  broken: string[]
}

/** Requests that the operation should take, as far as its declaration says. */
export function requestsOf(
  operation: FuzzOperation,
  pools: Pools,
  schemas: SchemaContext['schemas'],
): fc.Arbitrary<FuzzRequest> {
  const context: SchemaContext = { schemas, known: (name) => pools.values(name) }
  const free = fc
    .record({
      params: paramsOf(operation, pools, context),
      query: queryOf(operation, context),
      headers: headersOf(operation, pools),
      caller: callersOf(operation),
      body: bodyOf(operation, pools, context),
    })
    .map((parts): FuzzRequest => ({ operation, method: operation.method, broken: [], ...parts }))
  const whole = pools.whole(operation)
  if (whole.length === 0) return free
  const right = fc.tuple(free, fc.constantFrom(...whole)).map(([request, example]) => asExample(request, example))
  return fc.oneof({ arbitrary: right, weight: 1 }, { arbitrary: free, weight: 1 })
}

function asExample(request: FuzzRequest, example: WholeExample): FuzzRequest {
  const { params, headers, query, json, text } = example
  const type = example.type ?? request.operation.body?.types[0] ?? 'application/json'
  return {
    ...request,
    params: { ...request.params, ...params },
    headers: { ...request.headers, ...headers },
    ...(example.caller === undefined ? {} : { caller: example.caller }),
    ...(query === undefined ? {} : { query }),
    ...(json === undefined ? {} : { body: { type, json } }),
    ...(text === undefined ? {} : { body: { type, text } }),
  }
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function paramsOf(
  operation: FuzzOperation,
  pools: Pools,
  context: SchemaContext,
): fc.Arbitrary<Record<string, string>> {
  if (operation.params.length === 0) return fc.constant({})
  const made = fc.record(
    Object.fromEntries(operation.params.map(({ name, schema }) => [name, valuesOf(schema, context, name).map(textOf)])),
  )
  const there = pools.paths(operation)
  if (there.length === 0) return made
  return fc.oneof({ arbitrary: fc.constantFrom(...there), weight: 8 }, { arbitrary: made, weight: 1 })
}

function queryOf(operation: FuzzOperation, context: SchemaContext): fc.Arbitrary<[string, string][]> {
  const given = operation.query.map((param) => ({
    required: param.required,
    values: paramValues(param, context).map((text): [string, string] => [param.name, text]),
  }))
  const needed = given.filter(({ required }) => required)
  const free = given.filter(({ required }) => !required)
  // Many parameters exclude each other: mostly one or two of them, now and then any number.
  const some = (maxLength: number) => fc.subarray(free, { maxLength: Math.min(maxLength, free.length) })
  return fc
    .oneof({ arbitrary: some(2), weight: 4 }, { arbitrary: some(free.length), weight: 1 })
    .chain((chosen) => fc.tuple(...[...needed, ...chosen].map(({ values }) => values)))
}

function paramValues({ name, isList, schema }: FuzzParam, context: SchemaContext): fc.Arbitrary<string> {
  const one = valuesOf(schema, context, `?${name}`).map(textOf)
  return isList ? fc.array(one, { minLength: 1, maxLength: 3 }).map((all) => all.join(',')) : one
}

function headersOf({ headers }: FuzzOperation, pools: Pools): fc.Arbitrary<Record<string, string>> {
  const given = headers.map((name) => {
    const known = fc.constantFrom(...pools.headers(name))
    // A key that came with another request is refused: mostly a new one.
    const isKey = name === 'idempotency-key'
    const values = isKey ? fc.oneof({ arbitrary: fc.uuid(), weight: 4 }, { arbitrary: known, weight: 1 }) : known
    // Without it the hub would wait for systems, and the run for the hub.
    if (name === 'prefer') return [name, values] as const
    return [name, fc.oneof({ arbitrary: values, weight: 5 }, { arbitrary: fc.constant(undefined), weight: 1 })] as const
  })
  return fc
    .record(Object.fromEntries(given))
    .map((all) =>
      Object.fromEntries(Object.entries(all).filter((one): one is [string, string] => one[1] !== undefined)),
    )
}

/** Mostly somebody who may; now and then anybody else. */
function callersOf({ spec }: FuzzOperation): fc.Arbitrary<Caller> {
  const { permission } = spec
  const all: Caller[] = [...ROLES, 'nobody', 'wrong-key']
  const allowed = ROLES.filter((role) => permission === 'public' || mayDo(role, permission))
  return fc.oneof(
    { arbitrary: fc.constantFrom<Caller>(...allowed), weight: 6 },
    { arbitrary: fc.constantFrom<Caller>(...all), weight: 1 },
  )
}

function bodyOf(operation: FuzzOperation, pools: Pools, context: SchemaContext): fc.Arbitrary<FuzzRequest['body']> {
  const { body, spec } = operation
  if (body === null) return fc.constant(undefined)
  const types = fc.constantFrom(...body.types).map((type) => (type === '*/*' ? 'application/json' : type))
  const examples = pools.bodies(operation)
  const isOpen = body.schema['properties'] === undefined && spec.edits !== undefined
  const edited = isOpen ? patchSchema(context.schemas[spec.edits ?? '']) : body.schema
  const fitting = valuesOf(edited, context)
  const values =
    examples.length === 0
      ? fitting
      : fc.oneof({ arbitrary: fc.constantFrom(...examples), weight: 3 }, { arbitrary: fitting, weight: 2 })
  const whole = fc.tuple(types, values).map(([type, json]): FuzzRequest['body'] => ({ type, json }))
  if (body.required) return whole
  return fc.oneof({ arbitrary: whole, weight: 3 }, { arbitrary: fc.constant(undefined), weight: 1 })
}

/** A merge patch has any of the members, and none that only the hub sets is worth trying each time. */
function patchSchema(record: JsonObject | undefined): JsonObject {
  const { required: _required, ...rest } = record ?? {}
  return rest
}
