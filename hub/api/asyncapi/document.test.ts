import { describe, expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { EVENT_CATALOGUE } from '../../contracts/event-catalogue.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'
import { asyncApiDocument } from './document.ts'

const document = asyncApiDocument('1.2.3')
const { messages, schemas } = document['components'] as Record<'messages' | 'schemas', Record<string, JsonObject>>

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

describe('The AsyncAPI document', () => {
  test('fits the published JSON Schema of AsyncAPI 3.0', () => {
    const path = createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0.json')
    // It brings the meta-schema of draft 7 with it.
    const ajv = new Ajv({ strict: false, validateFormats: false, meta: false, validateSchema: false })
    const check = ajv.compile(JSON.parse(readFileSync(path, 'utf8')) as JsonObject)
    expect(check(document) ? [] : check.errors?.slice(0, 5)).toEqual([])
    // The check can fail: what is no channel is found.
    expect(check({ ...document, channels: { wrong: { address: 5 } } })).toBe(false)
  })

  test('refers to nothing that is not in it', () => {
    const all = references(document)
    expect(all.length).toBeGreaterThan(200)
    for (const reference of all) expect([reference, resolve(reference)]).toEqual([reference, expect.anything()])
  })

  test('has every type of event of the catalogue in each channel that carries events', () => {
    const channels = document['channels'] as Record<string, { messages: JsonObject }>
    const types = EVENT_CATALOGUE.map(({ type }) => type).sort()
    expect(Object.keys(channels['eventStream']?.messages ?? {}).sort()).toEqual(types)
    expect(Object.keys(channels['events']?.messages ?? {}).sort()).toEqual(types)
    expect(Object.keys(channels['webhook']?.messages ?? {}).sort()).toEqual([...types, 'subscription.test'].sort())
  })

  test('has examples that fit their schemas', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
    ajv.addSchema({ $id: 'events', components: { schemas } })
    for (const [name, message] of Object.entries(messages)) {
      const [example] = message['examples'] as { payload: Json }[]
      const check = ajv.compile({ $ref: `events${(message['payload'] as { $ref: string }).$ref}` })
      expect([name, check(example?.payload) ? [] : check.errors]).toEqual([name, []])
    }
  })
})
