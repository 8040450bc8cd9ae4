import { isJsonObject, type Json, type JsonObject, listOf, objectOf } from '../../../contracts/json.ts'
import { A_TIME, EXAMPLE, PARAMETERS } from './values.ts'

/** Schemas of `components`, by name. */
export type Components = Readonly<Record<string, JsonObject>>

const DEPTH_MAX = 8

/** Values of members that say nothing of themselves, by name. */
const BY_NAME: Readonly<Record<string, Json>> = {
  ...PARAMETERS,
  no: 4711,
  revision: 2,
  version: 7,
  position: 4711,
  id: EXAMPLE.customer,
  survivor: EXAMPLE.customer,
  with: EXAMPLE.otherCustomer,
  hash: EXAMPLE.hash,
  at: A_TIME,
  next: null,
  requestId: 'qf0GmXbK-1c',
  actor: 'web shop (k3x9w2m7p4qa)',
  author: 'jo@example.com',
  note: 'Asked by phone.',
  reason: 'The customer asked for it.',
  code: 'mapping.value.unparsable',
  message: 'The value is no date as the mapping expects it.',
  title: 'The CRM',
  connector: 'salesforce',
  mode: 'poll',
  target: 'customer',
  pausedBy: null,
  problem: null,
}

/** A document that fits a schema, made of the examples in it; members that no example is known for get one of their type. */
export function exampleOf(schema: Json | undefined, components: Components, name = '', depth = 0): Json {
  if (!isJsonObject(schema)) return name in BY_NAME ? (BY_NAME[name] ?? null) : {}
  const { $ref: reference, const: constant, default: standard } = schema
  const given = listOf(schema['examples'])[0]
  if (given !== undefined) return given
  if (typeof reference === 'string') {
    const target = reference.split('/').at(-1) ?? ''
    return exampleOf(components[target], components, name, depth)
  }
  if (constant !== undefined) return constant
  const all = listOf(schema['allOf'])
  if (all.length > 0) return mergedExamples([...all, { ...schema, allOf: [] }], components, depth)
  const choices = listOf(schema['enum'])
  if (choices[0] !== undefined) return choices[0]
  if (standard !== undefined) return standard
  const [alternative] = [...listOf(schema['oneOf']), ...listOf(schema['anyOf'])].filter(
    (one) =>
      isJsonObject(one) && (one['type'] !== undefined || one['$ref'] !== undefined || one['properties'] !== undefined),
  )
  if (alternative !== undefined && schema['properties'] === undefined)
    return exampleOf(alternative, components, name, depth)
  return typedExample(schema, components, name, depth)
}

function mergedExamples(schemas: readonly Json[], components: Components, depth: number): Json {
  const parts = schemas.map((one) => exampleOf(one, components, '', depth)).filter(isJsonObject)
  return Object.assign({}, ...parts) as JsonObject
}

function typedExample(schema: JsonObject, components: Components, name: string, depth: number): Json {
  const types = listOf(schema['type'])
  const type = types.find((one) => one !== 'null') ?? (schema['properties'] === undefined ? 'string' : 'object')
  if (type === 'object') return objectExample(schema, components, depth)
  if (type === 'array')
    return depth > DEPTH_MAX ? [] : [exampleOf(schema['items'], components, singular(name), depth + 1)]
  const known = BY_NAME[name]
  if (known !== undefined && (known === null ? types.includes('null') : typeof known === jsType(type))) return known
  if (type === 'boolean') return true
  if (type === 'integer' || type === 'number') return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1
  if (schema['format'] === 'date-time' || /(At|Since|Until|From|To)$/.test(name)) return A_TIME
  if (schema['format'] === 'uuid') return EXAMPLE.customer
  return schema['format'] === 'date' ? A_TIME.slice(0, 10) : '...'
}

function objectExample(schema: JsonObject, components: Components, depth: number): JsonObject {
  const properties = Object.entries(objectOf(schema['properties']))
  if (depth > DEPTH_MAX) return {}
  return Object.fromEntries(properties.map(([name, one]) => [name, exampleOf(one, components, name, depth + 1)]))
}

/** The part of an example that a request needs: what it must have, and nothing that it may. */
export function smallestExample(schema: JsonObject, components: Components): Json {
  const reference = schema['$ref']
  const target = typeof reference === 'string' ? components[reference.split('/').at(-1) ?? ''] : undefined
  if (target !== undefined) return smallestExample(target, components)
  const whole = exampleOf(schema, components)
  if (!isJsonObject(whole) || listOf(schema['examples']).length > 0) return whole
  const required = listOf(schema['required'])
  return Object.fromEntries(Object.entries(whole).filter(([name]) => required.includes(name)))
}

function singular(name: string): string {
  return name.endsWith('s') ? name.slice(0, -1) : name
}

function jsType(type: Json): string {
  return type === 'integer' ? 'number' : String(type)
}
