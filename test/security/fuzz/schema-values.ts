/** From a JSON Schema, as the OpenAPI document has it, to a fast-check arbitrary of values that fit it (or nearly do). */
import * as fc from 'fast-check'
import { isJsonObject, type Json, type JsonObject } from '../../../hub/contracts/json.ts'

/** Values that a member of this name may well have: ids that are there, names that mean something. Undefined: none are known. */
export type Known = (name: string) => readonly Json[] | undefined

export interface SchemaContext {
  /** `components.schemas` of the document. */
  schemas: Readonly<Record<string, JsonObject>>
  known: Known
}

const DEPTH_MAX = 6
const ITEMS_MAX = 3
/** How much more often a known value is taken than one that merely fits. */
const KNOWN_WEIGHT = 4

/** `name`: of the member that holds the value. */
export function valuesOf(schema: Json, context: SchemaContext, name = '', depth = 0): fc.Arbitrary<Json> {
  const known = context.known(name)
  const fitting = fittingValues(schema, context, name, depth)
  if (known === undefined || known.length === 0) return fitting
  return fc.oneof({ arbitrary: fc.constantFrom(...known), weight: KNOWN_WEIGHT }, { arbitrary: fitting, weight: 1 })
}

function fittingValues(schema: Json, context: SchemaContext, name: string, depth: number): fc.Arbitrary<Json> {
  if (!isJsonObject(schema) || depth > DEPTH_MAX) return plainValues()
  const reference = schema['$ref']
  if (typeof reference === 'string') return fittingValues(resolved(reference, context), context, name, depth + 1)
  if ('const' in schema) return fc.constant(schema['const'] ?? null)
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...schema['enum'])
  const alternatives = (schema['oneOf'] ?? schema['anyOf']) as Json[] | undefined
  if (alternatives !== undefined) {
    const { oneOf: _one, anyOf: _any, ...rest } = schema
    const merged = alternatives.map((one) => fittingValues(both(rest, one), context, name, depth + 1))
    return fc.oneof(...merged)
  }
  if (Array.isArray(schema['allOf'])) {
    const { allOf, ...rest } = schema
    const whole = (allOf as Json[]).reduce((sum, one) => both(sum, inlined(one, context)), rest as Json)
    return fittingValues(whole, context, name, depth + 1)
  }
  const types = typesOf(schema)
  if (types.length === 0) return plainValues()
  return fc.oneof(...types.map((type) => ofType(type, schema, context, depth)))
}

function resolved(reference: string, { schemas }: SchemaContext): JsonObject {
  return schemas[reference.replace('#/components/schemas/', '')] ?? {}
}

function inlined(schema: Json, context: SchemaContext): Json {
  const reference = isJsonObject(schema) ? schema['$ref'] : undefined
  return typeof reference === 'string' ? resolved(reference, context) : schema
}

/** Both schemas at once, as far as members and what is required go. */
function both(a: Json, b: Json): JsonObject {
  const [left, right] = [isJsonObject(a) ? a : {}, isJsonObject(b) ? b : {}]
  const properties = { ...(left['properties'] as JsonObject), ...(right['properties'] as JsonObject) }
  const required = [
    ...((left['required'] as string[] | undefined) ?? []),
    ...((right['required'] as string[] | undefined) ?? []),
  ]
  return {
    ...left,
    ...right,
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
    ...(required.length === 0 ? {} : { required }),
  }
}

function typesOf(schema: JsonObject): string[] {
  const { type } = schema
  if (typeof type === 'string') return [type]
  if (Array.isArray(type)) return type as string[]
  return 'properties' in schema || 'required' in schema ? ['object'] : []
}

function ofType(type: string, schema: JsonObject, context: SchemaContext, depth: number): fc.Arbitrary<Json> {
  if (type === 'object') return objects(schema, context, depth)
  if (type === 'array') return lists(schema, context, depth)
  if (type === 'string') return texts(schema)
  if (type === 'integer') return integers(schema)
  if (type === 'number') return fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 })
  if (type === 'boolean') return fc.boolean()
  return fc.constant(null)
}

function objects(schema: JsonObject, context: SchemaContext, depth: number): fc.Arbitrary<Json> {
  const properties = (schema['properties'] ?? {}) as JsonObject
  const required = new Set((schema['required'] ?? []) as string[])
  const names = [...new Set([...Object.keys(properties), ...required])]
  if (names.length === 0) return plainObjects()
  // What a schema merely allows is mostly left out, and the deeper the more: values stay small.
  const entries = names.map((name) => {
    const values = valuesOf(properties[name] ?? {}, context, name, depth + 1)
    return [name, required.has(name) ? values : sometimes(values, depth)] as const
  })
  return fc.record(Object.fromEntries(entries)).map((value) => {
    const kept = Object.entries(value).filter((entry): entry is [string, Json] => entry[1] !== undefined)
    return Object.fromEntries(kept)
  })
}

function sometimes(values: fc.Arbitrary<Json>, depth: number): fc.Arbitrary<Json | undefined> {
  return fc.oneof({ arbitrary: values, weight: 2 }, { arbitrary: fc.constant(undefined), weight: 1 + 2 * depth })
}

function lists(schema: JsonObject, context: SchemaContext, depth: number): fc.Arbitrary<Json> {
  const minLength = Number(schema['minItems'] ?? 0)
  const maxLength = Math.max(minLength, Math.min(Number(schema['maxItems'] ?? ITEMS_MAX), ITEMS_MAX))
  return fc.array(valuesOf(schema['items'] ?? {}, context, 'item', depth + 1), { minLength, maxLength })
}

function texts(schema: JsonObject): fc.Arbitrary<string> {
  const { format, pattern } = schema
  const form = typeof format === 'string' ? FORMATS[format] : undefined
  if (form !== undefined) return form
  if (typeof pattern === 'string') {
    try {
      return fc.stringMatching(new RegExp(pattern, 'u'))
    } catch {
      // A pattern that the generator cannot follow: any text of the length.
    }
  }
  const minLength = Number(schema['minLength'] ?? 0)
  const maxLength = Math.max(minLength, Math.min(Number(schema['maxLength'] ?? 40), 60))
  const unit = fc.constantFrom('grapheme', 'grapheme-ascii', 'binary-ascii') as fc.Arbitrary<'grapheme'>
  return unit.chain((one) => fc.string({ unit: one, minLength, maxLength }))
}

const MOMENTS = { min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }
const FORMATS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid(),
  date: fc.date(MOMENTS).map((date) => date.toISOString().slice(0, 10)),
  'date-time': fc.date(MOMENTS).map((date) => date.toISOString()),
  email: fc.emailAddress(),
  uri: fc.webUrl(),
}

function integers(schema: JsonObject): fc.Arbitrary<number> {
  const min = Number(schema['minimum'] ?? -1_000)
  const max = Number(schema['maximum'] ?? Math.max(min, 1_000_000))
  return fc.oneof(
    fc.integer({ min: clamp(min), max: clamp(max) }),
    fc.integer({ min: clamp(min), max: Math.min(clamp(max), clamp(min) + 5) }),
  )
}

function clamp(value: number): number {
  return Math.max(-(2 ** 31), Math.min(value, 2 ** 31 - 1))
}

function plainValues(): fc.Arbitrary<Json> {
  return fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>
}

function plainObjects(): fc.Arbitrary<Json> {
  return fc.dictionary(fc.string({ maxLength: 8 }), plainValues(), { maxKeys: 3 }) as fc.Arbitrary<Json>
}
