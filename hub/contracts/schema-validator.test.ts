import { describe, expect, test } from '@jest/globals'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { CANONICAL_ENTITIES } from './canonical.ts'
import { canonicalSchema, schemaVersion } from './canonical-schema.ts'
import { HubError } from './hub-error.ts'
import { type Json, type JsonObject, isJsonObject } from './json.ts'
import { type SchemaViolation, VIOLATIONS_MAX, createSchemaValidator } from './schema-validator.ts'

const EXAMPLES = join(import.meta.dirname, '../../schemas/examples')
const examples = (entity: string, kind: string): { title: string; content: JsonObject }[] =>
  globSync(`${entity}/${kind}/*.json`, { cwd: EXAMPLES })
    .sort()
    .map((file) => ({
      title: basename(file, '.json').replaceAll('-', ' '),
      content: JSON.parse(readFileSync(join(EXAMPLES, file), 'utf8')) as JsonObject,
    }))

const validator = createSchemaValidator()
const errorOf = (run: () => unknown): HubError => {
  try {
    run()
  } catch (error) {
    if (error instanceof HubError) return error
  }
  throw new Error('no HubError was thrown')
}

describe.each(CANONICAL_ENTITIES)('the examples of %s', (entity) => {
  test.each(examples(entity, 'valid'))('$title: valid', ({ content }) => {
    expect(validator.validate(entity, content)).toEqual([])
    expect(validator.validate(entity, content, { all: true })).toEqual([])
  })

  test.each(examples(entity, 'invalid'))('$title: refused', ({ content }) => {
    const found = validator.validate(entity, content['document'])
    expect(found.map(({ pointer, keyword }) => ({ pointer, keyword }))).toEqual([content['expect']])
    expect(validator.validate(entity, content['document'], { all: true })).toEqual(found)
  })

  test('there are some of both kinds, and the example in the schema itself is valid', () => {
    expect(examples(entity, 'valid').length).toBeGreaterThanOrEqual(2)
    expect(examples(entity, 'invalid').length).toBeGreaterThanOrEqual(2)
    for (const example of canonicalSchema(entity, 'contribution')['examples'] as JsonObject[]) {
      expect(validator.validate(entity, example)).toEqual([])
    }
  })

  test('as a record each wants what the hub adds, and takes it', () => {
    const added = {
      id: 'c-1',
      version: 1,
      createdAt: '2026-03-14T09:26:53Z',
      updatedAt: '2026-03-14T09:26:53Z',
      sources: [{ system: 'crm', entity: 'Contact', key: '003A1' }],
    }
    for (const { content } of examples(entity, 'valid')) {
      expect(validator.validate(entity, { ...content, ...added }, { form: 'record' })).toEqual([])
      const missing = validator.validate(entity, content, { form: 'record', all: true })
      expect(missing.map(({ pointer }) => pointer).sort()).toEqual([
        '/createdAt',
        '/id',
        '/sources',
        '/updatedAt',
        '/version',
      ])
    }
  })
})

describe('schema validator', () => {
  test('stops at the first violation unless asked for all', () => {
    const broken = { kind: 'robot', status: 'gone', language: 'en_AU' }
    expect(validator.validate('customer', broken)).toHaveLength(1)
    const all = validator.validate('customer', broken, { all: true })
    expect(all.map(({ pointer }) => pointer)).toEqual(['/kind', '/status', '/language'])
  })

  test('never repeats a value in a message', () => {
    const secret = 'Hunter2-Hunter2'
    const documents: Json[] = [
      { kind: secret },
      { kind: 'person', birthDate: secret, language: secret, timeZone: secret, name: { given: secret.repeat(20) } },
      { kind: 'person', emails: [{ address: secret }], phones: [{ number: secret }], status: secret },
    ]
    const told = documents.flatMap((it) => validator.validate('customer', it, { all: true }))
    expect(told.length).toBeGreaterThan(6)
    for (const { message } of told) expect(message).not.toContain(secret)
  })

  test('tells at most a hundred violations', () => {
    const emails = Array.from({ length: 100 }, () => ({ address: 'no', purpose: 'no' }))
    expect(validator.validate('customer', { kind: 'person', emails }, { all: true })).toHaveLength(VIOLATIONS_MAX)
  })

  test('escapes and cuts names from the input in pointers', () => {
    const pointerTo = (name: string): string | undefined =>
      validator.validate('customer', JSON.parse(`{"kind":"person",${JSON.stringify(name)}:1}`))[0]?.pointer
    expect(pointerTo('a/b~c')).toBe('/a~1b~0c')
    expect(pointerTo('x'.repeat(1000))).toBe(`/${'x'.repeat(64)}...`)
    expect(pointerTo('__proto__')).toBe('/__proto__')
    expect(pointerTo('toString')).toBe('/toString')
  })

  test.each([undefined, null, 1, 'text', true, [], () => 1])('refuses %p as a document', (document) => {
    expect(validator.validate('order', document)).toEqual([
      { pointer: '', keyword: 'type', message: 'must be an object' },
    ])
  })

  test('says the version of a schema', () => {
    expect(schemaVersion('customer')).toMatch(/^\d+\.\d+$/)
  })
})

describe('extensions of a workspace', () => {
  const loyalty: JsonObject = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    required: ['tier'],
    properties: {
      tier: { title: 'Tier', type: 'string', enum: ['silver', 'gold'] },
      since: { $ref: 'https://omnihub.dev/schemas/common/1.0#/$defs/date' },
    },
  }
  const extended = createSchemaValidator({ customer: loyalty })
  const codes = (attributes: Json): Pick<SchemaViolation, 'pointer' | 'keyword'>[] =>
    extended.validate('customer', { kind: 'person', attributes }).map(({ pointer, keyword }) => ({ pointer, keyword }))

  test('add rules for attributes, with the shared parts at hand', () => {
    expect(codes({ tier: 'gold', since: '2026-01-31', other: 1 })).toEqual([])
    expect(codes({ tier: 'tin' })).toEqual([{ pointer: '/attributes/tier', keyword: 'enum' }])
    expect(codes({ tier: 'gold', since: '2026-01-32' })).toEqual([{ pointer: '/attributes/since', keyword: 'format' }])
    expect(codes({})).toEqual([{ pointer: '/attributes/tier', keyword: 'required' }])
  })

  test("leave the hub's own limits in force, and other entities alone", () => {
    expect(codes({ tier: 'gold', nested: {} })).toEqual([{ pointer: '/attributes/nested', keyword: 'type' }])
    expect(extended.validate('order', { attributes: {} })).toEqual([])
  })

  test('show in the schema that documentation is made from', () => {
    const { attributes } = canonicalSchema('customer', 'record', loyalty)['properties'] as JsonObject
    expect(JSON.stringify(attributes)).toContain('"Tier"')
  })

  test.each<[string, JsonObject]>([
    ['a misspelt keyword', { type: 'object', propertees: {} }],
    ['a type that does not exist', { type: 'object', properties: { tier: { type: 'word' } } }],
    ['a name that every object has', { type: 'object', properties: { constructor: { type: 'string' } } }],
    ['a shared part that does not exist', { $ref: 'https://omnihub.dev/schemas/common/1.0#/$defs/nothing' }],
  ])('%s is refused when the validator is made', (_, extension) => {
    const error = errorOf(() => createSchemaValidator({ customer: extension }))
    expect(error).toMatchObject({
      code: 'schema.extension.invalid',
      family: 'config',
      where: 'schemas/customer.extension.json',
    })
  })
})

describe('the canonical schemas', () => {
  const missingWords = (schema: Json, path: string): string[] => {
    if (!isJsonObject(schema)) return []
    const properties = isJsonObject(schema['properties']) ? Object.entries(schema['properties']) : []
    const here = properties.flatMap(([name, it]) => {
      const words = it as JsonObject
      const lacks = ['title', 'description', 'examples'].filter((word) => words[word] === undefined)
      return [...lacks.map((word) => `${path}/${name} lacks ${word}`), ...missingWords(it, `${path}/${name}`)]
    })
    return [...here, ...missingWords(schema['items'] ?? null, `${path}/*`)]
  }
  const unbounded = (schema: Json, path: string): string[] => {
    if (Array.isArray(schema)) return schema.flatMap((it, at) => unbounded(it, `${path}/${at}`))
    if (!isJsonObject(schema)) return []
    const { type } = schema
    const bounded = schema['enum'] ?? schema['format'] ?? schema['maxLength'] ?? schema['pattern']
    const lacks =
      (type === 'string' && bounded === undefined) ||
      (type === 'array' && schema['maxItems'] === undefined) ||
      (type === 'integer' && schema['maximum'] === undefined) ||
      (type === 'object' && schema['additionalProperties'] === undefined)
    return [
      ...(lacks ? [path] : []),
      ...Object.entries(schema).flatMap(([name, it]) => unbounded(it, `${path}/${name}`)),
    ]
  }

  test.each(CANONICAL_ENTITIES)('%s: every property has a title, a description and an example', (entity) => {
    expect(missingWords(canonicalSchema(entity, 'record'), entity)).toEqual([])
  })

  test.each(CANONICAL_ENTITIES)('%s: texts, lists, numbers and objects are bounded', (entity) => {
    expect(unbounded(canonicalSchema(entity, 'record'), entity)).toEqual([])
  })

  test.each(CANONICAL_ENTITIES)('%s: the record form resolves references', (entity) => {
    const text = JSON.stringify(canonicalSchema(entity, 'record'))
    expect(text).not.toContain('"$ref"')
    if (entity !== 'customer') expect(text).toContain("The hub's id of the record pointed at")
  })
})
