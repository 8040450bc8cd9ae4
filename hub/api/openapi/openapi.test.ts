import { describe, expect, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'
import { inputReader } from '../http/input.ts'
import { OPERATIONS } from '../operations/index.ts'
import { findErrorCodes } from '../../../scripts/docs/error-codes.ts'
import { hubSources } from '../../../scripts/docs/sources.ts'
import { codesOf } from './codes.ts'
import { OPERATIONS_WITH_CODES } from './operation-codes.ts'
import { openApiDocument } from './document.ts'
import { examplesOf } from './examples/examples.ts'
import { REQUESTS } from './examples/requests.ts'
import type { Components } from './examples/schema-example.ts'
import { openApiPage } from './page/page.ts'

const document = openApiDocument(OPERATIONS, '1.2.3')

function references(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(references)
  if (!isJsonObject(value)) return []
  const own = typeof value['$ref'] === 'string' ? [value['$ref']] : []
  return [...own, ...Object.values(value).flatMap(references)]
}

function resolve(pointer: string): Json | undefined {
  return pointer
    .slice(2)
    .split('/')
    .reduce<Json | undefined>((holder, name) => (isJsonObject(holder) ? holder[name] : undefined), document)
}

describe('The OpenAPI document', () => {
  test('has each operation once, under a name of its own', () => {
    const ids = OPERATIONS.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const paths = document['paths'] as Record<string, JsonObject>
    expect(Object.values(paths).flatMap((item) => Object.keys(item))).toHaveLength(OPERATIONS.length)
  })

  test('refers to nothing that is not in it', () => {
    const all = references(document)
    expect(all.length).toBeGreaterThan(50)
    for (const reference of all) expect([reference, resolve(reference)]).toEqual([reference, expect.anything()])
  })

  test('names the parameters of each path, and no others', () => {
    for (const { path, params = {}, id } of OPERATIONS) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      expect([id, Object.keys(params).sort()]).toEqual([id, inPath.sort()])
    }
  })

  test('has schemas that are JSON Schemas', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    const { schemas } = document['components'] as { schemas: Record<string, JsonObject> }
    for (const schema of Object.values(schemas)) expect(ajv.validateSchema(schema)).toBe(true)
    for (const { body } of OPERATIONS)
      if (body?.schema !== undefined) expect(ajv.validateSchema(body.schema)).toBe(true)
  })

  test('has operations whose requests can be read', () => {
    for (const spec of OPERATIONS) expect(() => inputReader(spec)).not.toThrow()
  })

  test('says who may call what', () => {
    for (const { id, path, method, permission } of OPERATIONS) {
      const spec = (document['paths'] as Record<string, Record<string, JsonObject>>)[path]?.[method.toLowerCase()]
      expect([id, (spec?.['security'] as Json[]).length === 0]).toEqual([id, permission === 'public'])
    }
  })
})

describe('Examples', () => {
  test('are written for operations that there are', () => {
    const ids = OPERATIONS.map(({ id }) => id)
    expect(Object.keys(REQUESTS).filter((id) => !ids.includes(id))).toEqual([])
  })

  test('of requests are read by their operations', () => {
    const { schemas } = document['components'] as { schemas: Components }
    for (const spec of OPERATIONS) {
      const checkBody = bodyCheck(spec.body?.told ?? spec.body?.schema)
      for (const { title, request } of examplesOf(spec, schemas)) {
        const body = request.body === undefined || typeof request.body === 'string' ? [] : checkBody(request.body)
        expect([spec.id, title, body]).toEqual([spec.id, title, []])
      }
    }
  })

  test('of answers fit their schemas', () => {
    for (const { id, path, method } of OPERATIONS) {
      const spec = (document['paths'] as Record<string, Record<string, JsonObject>>)[path]?.[method.toLowerCase()]
      for (const answer of Object.values(spec?.['responses'] as Record<string, JsonObject>)) {
        for (const media of Object.values((answer['content'] ?? {}) as Record<string, JsonObject>)) {
          if (media['example'] === undefined) continue
          expect([id, bodyCheck(media['schema'] as JsonObject)(media['example'])]).toEqual([id, []])
        }
      }
    }
  })
})

const named = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false })
named.addSchema(
  JSON.parse(
    JSON.stringify({ components: document['components'] }).replaceAll('"#/components', '"api#/components'),
  ) as JsonObject,
  'api',
)

/** What is wrong with a value by a schema of the document. */
function bodyCheck(schema: JsonObject | undefined): (value: Json) => unknown[] {
  if (schema === undefined) return () => []
  // Parts that many schemas name are compiled once.
  const check = named.compile(
    JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"api#/components')) as JsonObject,
  )
  return (value) =>
    check(value) ? [] : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`)
}

describe('Codes of refusals', () => {
  test('are told at each status that refuses, and are all in the catalogue', () => {
    const catalogue = new Set(findErrorCodes(hubSources()).map(({ code }) => code))
    for (const spec of OPERATIONS) {
      const codes = [400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 428, 429, 503].flatMap((status) =>
        codesOf(spec, status),
      )
      expect([spec.id, codes.filter((code) => !catalogue.has(code))]).toEqual([spec.id, []])
      if (spec.permission !== 'public') expect(codesOf(spec, 401)).toEqual(['auth.invalid', 'auth.missing'])
    }
    const ids = OPERATIONS.map(({ id }) => id)
    expect(OPERATIONS_WITH_CODES.filter((id) => !ids.includes(id))).toEqual([])
    const [edit] = OPERATIONS.filter(({ id }) => id === 'editCustomer')
    expect(codesOf(edit ?? OPERATIONS[0]!, 428)).toEqual(['request.precondition.missing'])
  })
})

describe('The page of the API', () => {
  const page = openApiPage(document)

  test('shows each operation and schema, with links that lead somewhere', () => {
    for (const { id, path } of OPERATIONS) {
      expect(page).toContain(`id="${id}"`)
      expect(page).toContain(`<code>${path}</code>`)
    }
    const targets = new Set([...page.matchAll(/id="([^"]+)"/g)].map(([, id]) => id))
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(targets).toContain(target)
  })

  test('loads nothing and runs nothing', () => {
    // Examples speak of addresses, as text.
    const markup = page.replaceAll(/<(pre|code)>[^]*?<\/\1>/g, '')
    expect(markup).not.toMatch(/<script|<link|<img|<iframe|url\(|https?:\/\/|\son\w+=/i)
    for (const [, target] of page.matchAll(/(?:href|src)="([^"]*)"/g)) expect(target).toMatch(/^(#|\/[a-z])/)
  })

  test('escapes what it shows', () => {
    const wild = openApiPage({ info: { title: '<script>alert(1)</script>', version: '"' }, paths: {}, components: {} })
    expect(wild).not.toContain('<script>')
  })
})
