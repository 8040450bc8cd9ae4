/** Breaks a request in one place (or in several): what is drawn depends on the random numbers handed in, and on nothing else. */
import { isJsonObject, type Json, type JsonObject } from '../../../hub/contracts/json.ts'
import { BROKEN_JSON, HOSTILE_TEXTS, HOSTILE_VALUES } from './hostile.ts'
import { brokenXml } from './mutate-xml.ts'
import type { Random } from './random.ts'
import type { FuzzRequest } from './requests.ts'

type Mutation = (request: FuzzRequest, random: Random) => FuzzRequest | null

/** `times` mutations, of those that the request allows. */
export function mutated(request: FuzzRequest, random: Random, times: number): FuzzRequest {
  let current = request
  for (let at = 0; at < times; at++) {
    for (let attempt = 0; attempt < 10; attempt++) {
      const [name, mutation] = random.pick(MUTATIONS)
      const next = mutation(current, random)
      if (next === null) continue
      current = { ...next, broken: [...next.broken, name] }
      break
    }
  }
  return current
}

const MUTATIONS: readonly (readonly [string, Mutation])[] = [
  ['body value', bodyValue],
  ['body value', bodyValue],
  ['body value', bodyValue],
  ['XML', xml],
  ['XML', xml],
  ['member left out', memberLeftOut],
  ['member added', memberAdded],
  ['broken JSON', brokenJson],
  ['body cut off', bodyCut],
  ['bytes changed', bytesChanged],
  ['body dropped', (request) => (request.body === undefined ? null : { ...request, body: undefined })],
  [
    'body added',
    (request) => (request.body === undefined ? { ...request, body: { type: 'application/json', json: {} } } : null),
  ],
  ['media type', mediaType],
  [
    'chunked',
    (request) => (request.body === undefined ? null : { ...request, body: { ...request.body, chunked: true } }),
  ],
  ['path value', pathValue],
  ['path value', pathValue],
  ['query value', queryValue],
  ['query value', queryValue],
  ['query added', queryAdded],
  ['query repeated', queryRepeated],
  ['header', header],
  ['header', header],
  ['method', method],
]

function bodyValue(request: FuzzRequest, random: Random): FuzzRequest | null {
  return withJson(request, (json) => {
    const places = placesIn(json)
    const place = random.pick(places)
    const old = valueAt(json, place)
    return replaced(json, place, random.chance(0.3) ? twisted(old, random) : random.pick(HOSTILE_VALUES))
  })
}

function xml(request: FuzzRequest, random: Random): FuzzRequest | null {
  const { body } = request
  const text = typeof body?.text === 'string' ? body.text : ''
  return body === undefined || !text.startsWith('<')
    ? null
    : { ...request, body: { ...body, text: brokenXml(text, random) } }
}

/** Nearly what it was: of another type, doubled, longer, negative. */
function twisted(value: Json, random: Random): Json {
  if (typeof value === 'string') {
    const hostile = random.pick(HOSTILE_TEXTS)
    return random.pick<Json>([
      value + hostile,
      hostile + value,
      value.slice(1),
      value.toUpperCase(),
      [value],
      Number(value) || 0,
    ])
  }
  if (typeof value === 'number') return random.pick<Json>([-value, value + 0.5, value * 1e12, String(value), [value]])
  if (Array.isArray(value))
    return random.pick<Json>([[...value, ...value], [...value, null], value[0] ?? null, { 0: value[0] ?? null }])
  if (isJsonObject(value)) return random.pick<Json>([[value], Object.values(value), JSON.stringify(value), { value }])
  return random.pick<Json>([[value], String(value), 0])
}

function memberLeftOut(request: FuzzRequest, random: Random): FuzzRequest | null {
  return withJson(request, (json) => {
    const places = placesIn(json).filter((place) => place.length > 0)
    return places.length === 0 ? null : replaced(json, random.pick(places), undefined)
  })
}

function memberAdded(request: FuzzRequest, random: Random): FuzzRequest | null {
  return withJson(request, (json) => {
    const places = placesIn(json).filter((place) => isJsonObject(valueAt(json, place)))
    if (places.length === 0) return null
    const place = random.pick(places)
    const name = random.chance(0.6) ? random.pick(PLANTED) : random.pick(HOSTILE_TEXTS).slice(0, 500)
    const members = Object.entries(valueAt(json, place) as JsonObject)
    return replaced(json, place, Object.fromEntries([...members, [name, random.pick(HOSTILE_VALUES)]]))
  })
}

/** What callers would like to set themselves. */
const PLANTED = [
  'id',
  'version',
  'createdAt',
  'updatedAt',
  'sources',
  'attributes',
  'role',
  'owner',
  'system',
  'state',
  'kind',
  'constructor',
  'prototype',
]

function brokenJson(request: FuzzRequest, random: Random): FuzzRequest | null {
  const { body } = request
  if (body === undefined) return null
  const text = random.pick(BROKEN_JSON).replaceAll('@', () => String(textOfBody(request)))
  return { ...request, body: { type: body.type, text } }
}

function bodyCut(request: FuzzRequest, random: Random): FuzzRequest | null {
  const text = textOfBody(request)
  if (text === undefined) return null
  return { ...request, body: { type: request.body?.type ?? null, text: text.subarray(0, random.below(text.length)) } }
}

function bytesChanged(request: FuzzRequest, random: Random): FuzzRequest | null {
  const text = textOfBody(request)
  if (text === undefined || text.length === 0) return null
  const bytes = Buffer.from(text)
  for (let at = 0; at < 1 + random.below(4); at++) bytes[random.below(bytes.length)] = random.below(256)
  return { ...request, body: { type: request.body?.type ?? null, text: bytes } }
}

const MEDIA_TYPES = [
  null,
  '',
  'text/plain',
  'application/xml',
  'application/json; charset=utf-16',
  'APPLICATION/JSON',
  'application/json;',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'application/merge-patch+json',
  'application/cloudevents+json',
  'application/x-ndjson',
  'application/octet-stream',
  'a/b/c',
  '*/*',
]

function mediaType(request: FuzzRequest, random: Random): FuzzRequest | null {
  return request.body === undefined ? null : { ...request, body: { ...request.body, type: random.pick(MEDIA_TYPES) } }
}

function pathValue(request: FuzzRequest, random: Random): FuzzRequest | null {
  const names = Object.keys(request.params)
  if (names.length === 0) return null
  const name = random.pick(names)
  const old = request.params[name] ?? ''
  const next = random.chance(0.3) ? old.toUpperCase() : random.pick(HOSTILE_TEXTS)
  return { ...request, params: { ...request.params, [name]: next } }
}

function queryValue(request: FuzzRequest, random: Random): FuzzRequest | null {
  const names = request.operation.query.map(({ name }) => name)
  if (names.length === 0) return null
  const name = random.pick(names)
  const rest = request.query.filter(([other]) => other !== name)
  const old = request.query.find(([other]) => other === name)?.[1] ?? ''
  return {
    ...request,
    query: [...rest, [name, random.chance(0.2) ? old + random.pick(HOSTILE_TEXTS) : random.pick(HOSTILE_TEXTS)]],
  }
}

function queryAdded(request: FuzzRequest, random: Random): FuzzRequest {
  const name = random.pick([
    'teapot',
    '__proto__',
    'constructor',
    'limit[]',
    'limit[$gt]',
    'access_token',
    'apikey',
    '',
    'q',
    '\u0000',
  ])
  return { ...request, query: [...request.query, [name, random.pick(HOSTILE_TEXTS).slice(0, 500)]] }
}

function queryRepeated(request: FuzzRequest, random: Random): FuzzRequest | null {
  return request.query.length === 0 ? null : { ...request, query: [...request.query, random.pick(request.query)] }
}

const HEADERS: readonly (readonly [string, readonly string[]])[] = [
  [
    'if-match',
    [
      '',
      '*',
      '"',
      'W/',
      '"a", "b"',
      'x'.repeat(5_000),
      '"\u00ff"',
      '"00000000-0000-0000-0000-000000000000.999999999999"',
    ],
  ],
  ['if-none-match', ['*', '"', 'W/"x"', ',,,', '"\u00ff"', '"'.repeat(200)]],
  ['idempotency-key', ['', ' ', 'x'.repeat(10_000), '\u00ff\u00fe', "'; drop table x; --", '../../x']],
  ['prefer', ['wait=-1', 'wait=1e9', 'wait=NaN', 'wait=', ';;;', 'wait=0;wait=30']],
  ['last-event-id', ['-1', 'x', '99999999999999999999', '1e3', '0x1', '']],
  [
    'authorization',
    [
      '',
      'Bearer',
      'Bearer ',
      'Basic YWRtaW46YWRtaW4=',
      'Bearer omni_a_b',
      'Bearer eyJhbGciOiJub25lIn0.e30.',
      `Bearer ${'x'.repeat(9_000)}`,
    ],
  ],
  ['x-request-id', ['x y', '\u00ff', 'x'.repeat(5_000), '<script>', '']],
  ['x-forwarded-for', ['127.0.0.1', "' or 1=1"]],
  ['x-http-method-override', ['DELETE']],
  ['x-original-url', ['/admin/v1/keys']],
  ['host', ['evil.invalid', 'localhost:0', '']],
  ['accept', ['text/html', 'application/xml;q=1', 'x'.repeat(3_000), ';;;']],
  ['accept-encoding', ['gzip, br', 'identity;q=0', 'x']],
  ['content-encoding', ['gzip', 'br', 'deflate, gzip', 'x']],
  ['transfer-encoding', ['chunked']],
  ['range', ['bytes=0-0', 'bytes=-1,0-']],
  ['origin', ['null', 'https://evil.invalid']],
  ['cookie', ['session=1; omni=admin']],
  ['expect', ['100-continue']],
  ['ce-specversion', ['1.0', '9', '']],
  ['ce-source', ['/systems/crm', 'x']],
]

function header(request: FuzzRequest, random: Random): FuzzRequest {
  const [name, values] = random.pick(HEADERS)
  return { ...request, headers: { ...request.headers, [name]: random.pick(values) } }
}

function method(request: FuzzRequest, random: Random): FuzzRequest | null {
  const next = random.pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'PURGE'])
  return next === request.method ? null : { ...request, method: next }
}

/** The bytes of the body as it is sent; undefined: there is none. */
export function textOfBody({ body }: FuzzRequest): Buffer | undefined {
  if (body === undefined) return undefined
  if (body.text !== undefined) return Buffer.isBuffer(body.text) ? body.text : Buffer.from(body.text)
  return Buffer.from(JSON.stringify(body.json ?? null))
}

type Place = readonly (string | number)[]
const PLACES_MAX = 400

function placesIn(value: Json, above: Place = [], found: Place[] = []): Place[] {
  if (found.length >= PLACES_MAX) return found
  found.push(above)
  if (Array.isArray(value)) value.forEach((item, at) => placesIn(item, [...above, at], found))
  else if (isJsonObject(value))
    for (const [name, member] of Object.entries(value)) placesIn(member, [...above, name], found)
  return found
}

function valueAt(value: Json, place: Place): Json {
  return place.reduce<Json>((at, step) => (at as Record<string | number, Json>)[step] ?? null, value)
}

/** The value with another one at a place; undefined takes it out. */
export function replaced(value: Json, [step, ...rest]: Place, by: Json | undefined): Json | undefined {
  if (step === undefined) return by
  if (Array.isArray(value)) {
    return value.flatMap((item, at) => {
      if (at !== step) return [item]
      const next = replaced(item, rest, by)
      return next === undefined ? [] : [next]
    })
  }
  const entries = Object.entries(value as JsonObject).flatMap(([name, member]): [string, Json][] => {
    if (name !== step) return [[name, member]]
    const next = replaced(member, rest, by)
    return next === undefined ? [] : [[name, next]]
  })
  return Object.fromEntries(entries)
}

function withJson(request: FuzzRequest, change: (json: Json) => Json | null | undefined): FuzzRequest | null {
  const { body } = request
  if (body === undefined || body.json === undefined) return null
  const json = change(body.json)
  return json === undefined ? null : { ...request, body: { ...body, json } }
}
