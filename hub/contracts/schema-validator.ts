/**
 * Checks canonical documents against the schemas of schemas/, which the generated module carries, so that the hub reads
 * no file for it. Each schema is compiled once, when it is first asked for.
 */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import type { CanonicalEntity } from './canonical.ts'
import { canonicalSchema } from './canonical-schema.ts'
import { HubError } from './hub-error.ts'
import type { Json, JsonObject } from './json.ts'
import { type SchemaExtensions, type SchemaForm, dereferenced, extended } from './schema-forms.ts'
import { SCHEMA_FORMATS } from './schema-formats.ts'
import { COMMON_SCHEMA } from './generated/schemas.ts'

export interface SchemaViolation {
  /** JSON pointer (RFC 6901) to the member at fault; to the missing or unknown member itself where that is the fault. */
  pointer: string
  /** The schema keyword that was broken: `required`, `format`, `enum`, `maxLength`, ... */
  keyword: string
  /** What the member must be, in plain words. Never what it is: values are personal data. */
  message: string
}

export interface ValidateOptions {
  /** All violations (at most 100) and not only the first. Slower: for people, not for the pipeline. */
  all?: boolean
  /** Absent: contribution. */
  form?: SchemaForm
}

export interface SchemaValidator {
  /** Empty: the document is valid. */
  validate(entity: CanonicalEntity, document: unknown, options?: ValidateOptions): SchemaViolation[]
}

export const VIOLATIONS_MAX = 100
const NONE: SchemaViolation[] = []
/** A name longer than this is cut in a pointer: it comes from the input. */
const NAME_LENGTH_MAX = 64

/**
 * `extensions`: what a workspace says about `attributes`, by entity. Throws a `config` HubError `schema.extension.invalid`
 * when one of them is no JSON Schema; unknown keywords count, so that a misspelt rule isn't silently no rule.
 */
export function createSchemaValidator(extensions: SchemaExtensions = {}): SchemaValidator {
  const first = newAjv(false)
  const every = newAjv(true)
  const compiled = new Map<string, ValidateFunction>()
  const compile = (entity: CanonicalEntity, form: SchemaForm, all: boolean): ValidateFunction => {
    const name = `${entity} ${form} ${all ? 'all' : 'first'}`
    const known = compiled.get(name)
    if (known !== undefined) return known
    const made = (all ? every : first).compile(checkedPart(canonicalSchema(entity, form, extensions[entity])))
    compiled.set(name, made)
    return made
  }
  for (const [entity, extension] of Object.entries(extensions)) checkExtension(entity, extension, first)
  // The pipeline's calls are nearly all of this form: they find their function by one look-up.
  const contributions = new Map<CanonicalEntity, ValidateFunction>()
  return {
    validate(entity, document, options) {
      let check = options?.form === 'record' ? compile(entity, 'record', false) : contributions.get(entity)
      if (check === undefined) {
        check = compile(entity, 'contribution', false)
        contributions.set(entity, check)
      }
      if (check(document)) return NONE
      if (options?.all !== true) return violations(check.errors)
      const checkAll = compile(entity, options.form ?? 'contribution', true)
      checkAll(document)
      return violations(checkAll.errors)
    },
  }
}

/**
 * Compiles a schema that is not one of the canonical ones (of a rule's input, for instance) by the same settings, with
 * the same words for what is wrong. Throws Ajv's Error when the schema is none; unknown keywords count.
 */
export function compileSchema(schema: JsonObject): (document: unknown) => SchemaViolation[] {
  const checked = checkedPart(schema)
  shared ??= newAjv(false)
  try {
    const check = shared.compile(checked)
    return (document) => (check(document) ? NONE : violations(check.errors))
  } finally {
    // Ajv would remember every schema that it has ever compiled.
    shared.removeSchema(checked)
  }
}

/** Making one takes some milliseconds; schemas have no ids in it, so they cannot meet. */
let shared: Ajv2020 | undefined

function newAjv(allErrors: boolean): Ajv2020 {
  return new Ajv2020({
    allErrors,
    allowUnionTypes: true,
    formats: Object.fromEntries(Object.entries(SCHEMA_FORMATS).map(([name, { accepts }]) => [name, accepts])),
    messages: false,
    // A key such as `__proto__` or `toString` is a key like any other, and an inherited one is none.
    ownProperties: false,
    strict: true,
    strictRequired: false,
    validateFormats: true,
  })
}

/**
 * The schema as it is compiled: without words, and without a `pattern` beside one of our formats. The pattern tells
 * readers of the published schema what the format alone would not; a test proves that the format implies it.
 */
function checkedPart(schema: Json): JsonObject {
  return strip(schema, false) as JsonObject
}

const WORDS = new Set(['title', 'description', 'examples', '$schema', '$id', 'deprecated', 'default'])

function strip(schema: Json, isNames: boolean): Json {
  if (Array.isArray(schema)) return schema.map((member) => strip(member, false))
  if (typeof schema !== 'object' || schema === null) return schema
  const ours = !isNames && typeof schema['format'] === 'string' && schema['format'] in SCHEMA_FORMATS
  const kept = Object.entries(schema).filter(([name]) => isNames || !(WORDS.has(name) || (ours && name === 'pattern')))
  // The members of `properties` are names of the document, not keywords: `title` there is a member called title.
  return Object.fromEntries(kept.map(([name, it]) => [name, strip(it, !isNames && name === 'properties')]))
}

function checkExtension(entity: string, extension: JsonObject, ajv: Ajv2020): void {
  try {
    // An attribute called `constructor` would seem to be there in every object.
    const names = Object.keys((extension['properties'] ?? {}) as JsonObject)
    const inherited = names.find((name) => name in Object.prototype)
    if (inherited !== undefined) throw new Error(`"${inherited}" cannot be the name of an attribute`)
    const checked = checkedPart(extended({ properties: {} }, dereferenced(extension, COMMON_SCHEMA)))
    ajv.compile({ type: 'object', ...checked })
  } catch (cause) {
    throw new HubError({
      code: 'schema.extension.invalid',
      family: 'config',
      message: `The extension of the ${entity} schema is no valid JSON Schema: ${(cause as Error).message}`,
      where: `schemas/${entity}.extension.json`,
      fix: 'Describe the attributes by an object schema of JSON Schema 2020-12: "properties", each with a type, and "required" where one has to be there.',
      cause,
    })
  }
}

function escaped(name: string): string {
  const cut = name.length > NAME_LENGTH_MAX ? `${name.slice(0, NAME_LENGTH_MAX)}...` : name
  return cut.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Ajv tells a broken name twice: by what is wrong with it, and as `propertyNames`. The first says more. */
function violations(errors: readonly ErrorObject[] | null | undefined): SchemaViolation[] {
  const told = (errors ?? []).filter((error) => error.keyword !== 'propertyNames')
  return told.slice(0, VIOLATIONS_MAX).map(violation)
}

function violation(error: ErrorObject): SchemaViolation {
  const params = error.params as Record<string, unknown>
  const member = params['missingProperty'] ?? params['additionalProperty'] ?? params['propertyName']
  const named = error.propertyName ?? member
  const pointer = typeof named === 'string' ? `${error.instancePath}/${escaped(named)}` : error.instancePath
  return { pointer, keyword: error.keyword, message: messageOf(error.keyword, params) }
}

const plural = (count: unknown, one: string): string => `${String(count)} ${one}${count === 1 ? '' : 's'}`

const TYPE_WORDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
}

const MESSAGES: Record<string, (params: Record<string, unknown>) => string> = {
  type: ({ type }) =>
    `must be ${[type]
      .flat()
      .map((it) => TYPE_WORDS[String(it)] ?? String(it))
      .join(' or ')}`,
  required: () => 'must be there',
  additionalProperties: () => 'is not a member of this object; a field of your own goes into attributes',
  unevaluatedProperties: () => 'is not a member of this object; a field of your own goes into attributes',
  enum: ({ allowedValues }) => `must be one of ${(allowedValues as unknown[]).map(String).join(', ')}`,
  const: ({ allowedValue }) => `must be ${JSON.stringify(allowedValue)}`,
  format: ({ format }) => `must be ${SCHEMA_FORMATS[String(format)]?.words ?? `in the format ${String(format)}`}`,
  pattern: ({ pattern }) => `must match ${String(pattern)}`,
  minLength: ({ limit }) => (limit === 1 ? 'must not be empty' : `must have at least ${plural(limit, 'character')}`),
  maxLength: ({ limit }) => `must have at most ${plural(limit, 'character')}`,
  minItems: ({ limit }) => `must have at least ${plural(limit, 'item')}`,
  maxItems: ({ limit }) => `must have at most ${plural(limit, 'item')}`,
  minProperties: ({ limit }) => `must have at least ${plural(limit, 'member')}`,
  maxProperties: ({ limit }) => `must have at most ${plural(limit, 'member')}`,
  minimum: ({ limit }) => `must be ${String(limit)} or more`,
  maximum: ({ limit }) => `must be ${String(limit)} or less`,
  exclusiveMinimum: ({ limit }) => `must be more than ${String(limit)}`,
  exclusiveMaximum: ({ limit }) => `must be less than ${String(limit)}`,
  multipleOf: ({ multipleOf }) => `must be a multiple of ${String(multipleOf)}`,
  uniqueItems: () => 'must not have an item twice',
}

function messageOf(keyword: string, params: Record<string, unknown>): string {
  return MESSAGES[keyword]?.(params) ?? `does not meet the rule "${keyword}" of its schema`
}
