import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Controller, Get } from '@nestjs/common'
import { connect } from 'node:net'
import { Registry } from 'prom-client'
import { HubError } from '../../contracts/hub-error.ts'
import { hashSecret, mintKey, type StoredApiKey } from '../../security/api-key.ts'
import { KeyVerifier } from '../../security/key-verifier.ts'
import type { Role } from '../../security/permissions.ts'
import { operation } from '../operations/operation.ts'
import { Input, Operation } from './decorators.ts'
import { createHttpServer, type HttpServer } from './http-server.ts'
import type { Input as InputOf } from './input.ts'
import type { ReadinessCheck } from './service-controller.ts'

const ANSWER = { 200: { description: 'It.' } }
const COMMON = { tag: 'Test', summary: 'A test', description: 'A test.', answers: ANSWER } as const
const readOperation = operation({
  ...COMMON,
  id: 'readThing',
  method: 'GET',
  path: '/things/{id}',
  permission: 'records.read',
  params: { id: { type: 'string', format: 'uuid', description: 'Its id.' } },
  query: {
    limit: { type: 'integer', minimum: 1, maximum: 100, default: 10, description: 'How many.' },
    include: { type: 'string', list: true, enum: ['a', 'b'], description: 'What else.' },
    deep: { type: 'boolean', description: 'How deep.' },
    since: { type: 'string', format: 'date-time', description: 'From when on.' },
  },
})
const writeOperation = operation({
  ...COMMON,
  id: 'writeThing',
  method: 'POST',
  path: '/things',
  permission: 'mappings.write',
  body: {
    description: 'It.',
    types: ['application/json'],
    bytesMax: 1000,
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['note'],
      properties: { note: { type: 'string', maxLength: 900 }, kind: { type: 'string', enum: ['x', 'y'] } },
    },
  },
})
const oldOperation = operation({
  ...COMMON,
  id: 'oldThing',
  method: 'GET',
  path: '/old-things',
  permission: 'records.read',
  deprecated: { since: '2026-03-01', sunset: '2026-09-01', instead: 'Use readThing.' },
})
const failOperation = operation({ ...COMMON, id: 'fail', method: 'GET', path: '/fail', permission: 'public' })
const waitOperation = operation({ ...COMMON, id: 'wait', method: 'GET', path: '/wait', permission: 'public' })

let release: () => void = () => undefined
let failure: unknown

@Controller()
class TestController {
  @Operation(readOperation)
  read(@Input() input: InputOf<typeof readOperation>): object {
    return { id: input.params.id, query: input.query, role: input.principal?.role }
  }

  @Operation(writeOperation)
  write(@Input() input: InputOf<typeof writeOperation>): object {
    return { body: input.body }
  }

  @Operation(oldOperation)
  old(): object {
    return {}
  }

  @Operation(failOperation)
  fail(): object {
    throw failure
  }

  @Operation(waitOperation)
  async wait(): Promise<object> {
    await new Promise<void>((resolve) => {
      release = resolve
    })
    return { waited: true }
  }
}

const keys: StoredApiKey[] = []
const logged: { level: string; facts: object; text: string }[] = []

function keyOf(role: Role): string {
  const { id, secret, key } = mintKey()
  const dates = { createdAt: '2026-01-01T00:00:00Z', expiresAt: null, revokedAt: null, limits: null, rotatedTo: null }
  keys.push({ id, name: role, role, system: null, secretHash: hashSecret(secret), ...dates })
  return key
}

async function start(readiness: ReadinessCheck[] = []): Promise<{ server: HttpServer; url: string }> {
  const log = (level: string) => (facts: object, text: string) => void logged.push({ level, facts, text })
  const verifier = new KeyVerifier({
    store: { usable: async () => keys },
    adminKey: 'the admin key',
    now: () => performance.now(),
  })
  const server = await createHttpServer({
    verifier,
    log: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    registry: new Registry(),
    readiness,
    changesBytesMax: 2_000_000,
    openApi: '{"openapi":"3.1.0"}',
    docs: '<!doctype html>',
    controllers: [TestController],
    providers: [],
  })
  return { server, url: (await server.listen(0, '127.0.0.1')).url }
}

const ID = '0191e2a0-7b1c-7000-8000-123456789012'
let url: string
let server: HttpServer
let viewer: string
let engineer: string
let databaseIsThere = true

beforeAll(async () => {
  viewer = keyOf('viewer')
  engineer = keyOf('engineer')
  const database = {
    name: 'database',
    check: async () => (databaseIsThere ? undefined : Promise.reject(new Error('gone'))),
  }
  ;({ server, url } = await start([database]))
})
afterAll(() => server.close(1000))

async function ask(path: string, options: RequestInit & { key?: string } = {}) {
  const { key, ...init } = options
  const headers = new Headers(init.headers)
  if (key !== undefined) headers.set('authorization', `Bearer ${key}`)
  const answer = await fetch(url + path, { ...init, headers })
  const text = await answer.text()
  const isJson = (answer.headers.get('content-type') ?? '').includes('json')
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    body: isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {},
  }
}

function expectProblem(answer: Awaited<ReturnType<typeof ask>>, status: number, code: string, pointer?: string): void {
  expect(answer.body).toMatchObject({
    status,
    code,
    type: `urn:omnihub:problem:${code}`,
    ...(pointer === undefined ? {} : { pointer }),
  })
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.body['requestId']).toBe(answer.headers.get('x-request-id'))
}

describe('The gate', () => {
  test('lets a role do what it may, with the key in either header', async () => {
    expect(await ask(`/things/${ID}`, { key: viewer })).toMatchObject({ status: 200, body: { id: ID, role: 'viewer' } })
    expect(await ask(`/things/${ID}`, { headers: { 'x-api-key': viewer } })).toMatchObject({ status: 200 })
    expect(await ask(`/things/${ID}`, { key: 'the admin key' })).toMatchObject({ body: { role: 'admin' } })
  })

  test('refuses without a key, with a wrong one, and for a role that may not', async () => {
    const missing = await ask(`/things/${ID}`)
    expectProblem(missing, 401, 'auth.missing')
    expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="omnihub"')
    expectProblem(await ask(`/things/${ID}`, { key: mintKey().key }), 401, 'auth.invalid')
    expectProblem(await ask('/things', { method: 'POST', key: viewer, body: '{}' }), 403, 'auth.forbidden')
  })

  test('tells who uses what will go', async () => {
    const { status, headers } = await ask('/old-things', { key: viewer })
    expect(status).toBe(200)
    expect(headers.get('deprecation')).toBe('@1772323200')
    expect(headers.get('sunset')).toBe('Tue, 01 Sep 2026 00:00:00 GMT')
    expect((await ask(`/things/${ID}`, { key: viewer })).headers.get('deprecation')).toBeNull()
  })

  test('refuses a stranger before it reads a byte of the body', async () => {
    const { hostname, port } = new URL(url)
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          'POST /things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n',
        )
      })
      socket.on('data', (data) => {
        resolve(String(data))
        socket.destroy()
      })
      socket.on('error', reject)
    })
    expect(answer).toMatch(/^HTTP\/1.1 401 /)
  })

  test('stops the start on a route that declares no operation', async () => {
    @Controller()
    class BareController {
      @Get('/bare')
      bare(): string {
        return 'open to all'
      }
    }
    const verifier = new KeyVerifier({ store: { usable: async () => [] }, adminKey: 'the admin key', now: () => 0 })
    const silent = () => undefined
    await expect(
      createHttpServer({
        verifier,
        log: { debug: silent, info: silent, warn: silent, error: silent },
        registry: new Registry(),
        readiness: [],
        changesBytesMax: 1000,
        openApi: '',
        docs: '',
        controllers: [BareController],
        providers: [],
      }),
    ).rejects.toThrow('The route GET /bare declares no operation.')
  })
})

describe('Parameters', () => {
  const get = (query: string) => ask(`/things/${ID}${query}`, { key: viewer })

  test('are converted, with defaults', async () => {
    expect((await get('')).body['query']).toEqual({ limit: 10 })
    const since = '2026-01-01T00:00:00Z'
    expect((await get(`?limit=5&include=a,b&deep=true&since=${since}`)).body['query']).toEqual({
      limit: 5,
      include: ['a', 'b'],
      deep: true,
      since,
    })
  })

  test('that are unknown are refused with the nearest name', async () => {
    const answer = await get('?limt=5')
    expectProblem(answer, 400, 'request.query.unknown', '?limt')
    expect(answer.body['fix']).toContain('Did you mean `limit`?')
    expectProblem(await get('?__proto__=1'), 400, 'request.query.unknown')
    expectProblem(await get('?constructor=1'), 400, 'request.query.unknown')
  })

  test.each([
    'limit=0',
    'limit=101',
    'limit=1e1',
    'limit=',
    'include=c',
    'include=',
    'deep=yes',
    'since=yesterday',
    'since=2026-02-31T99:00:00Z',
  ])('that are wrong are refused by name: %s', async (query) => {
    expectProblem(await get(`?${query}`), 400, 'request.query.invalid', `?${query.split('=')[0]}`)
  })

  test('that are there twice are refused', async () => {
    expectProblem(await get('?limit=1&limit=2'), 400, 'request.query.repeated', '?limit')
  })

  test('of the path are checked too', async () => {
    expectProblem(await ask('/things/1', { key: viewer }), 400, 'request.path.invalid', '{id}')
  })
})

describe('Bodies', () => {
  const post = (body: string | Buffer, type = 'application/json') =>
    ask('/things', {
      method: 'POST',
      key: engineer,
      body: new Uint8Array(Buffer.from(body)),
      headers: { 'content-type': type },
    })

  test('that fit are handed over', async () => {
    expect(await post('{"note":"é😀"}', 'Application/JSON; charset=utf-8')).toMatchObject({
      status: 200,
      body: { body: { note: 'é😀' } },
    })
  })

  test.each([
    ['{"note":', 400, 'request.body.malformed', ''],
    [Buffer.from([0x22, 0xff, 0x22]), 400, 'request.body.malformed', ''],
    ['', 400, 'request.body.missing', ''],
    ['[]', 422, 'request.body.invalid', ''],
    ['{}', 422, 'request.body.invalid', '/note'],
    ['{"note":1}', 422, 'request.body.invalid', '/note'],
    ['{"note":"a","kind":"z"}', 422, 'request.body.invalid', '/kind'],
    ['{"note":"a","nope":1}', 422, 'request.body.invalid', '/nope'],
    ['{"note":"a\\u0000"}', 400, 'request.body.invalid', '/note'],
    ['{"note":"\\ud800"}', 400, 'request.body.invalid', '/note'],
    ['{"note":"a","note":"b"}', 400, 'request.body.duplicate-name', '/note'],
    ['{"note":1e999}', 400, 'request.body.inexact-number', ''],
    ['{"__proto__":{}}', 400, 'request.body.forbidden-name', ''],
  ])('%s is refused precisely', async (body, status, code, pointer) => {
    expectProblem(await post(body), status, code, pointer)
  })

  test('of another type are refused', async () => {
    const answer = await post('note: a', 'application/yaml')
    expectProblem(answer, 415, 'request.content-type.unsupported')
    expect(answer.body['fix']).toContain('application/json')
  })

  test('that are too large are refused, announced or not', async () => {
    expectProblem(await post(`{"note":"${'x'.repeat(2000)}"}`), 413, 'request.body.too-large')
    const chunks = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let i = 0; i < 5; i++) controller.enqueue(Buffer.alloc(1000, 0x20))
        controller.close()
      },
    })
    const options = {
      method: 'POST',
      key: engineer,
      body: chunks,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    }
    expectProblem(await ask('/things', options as RequestInit), 413, 'request.body.too-large')
  })
})

describe('What is not there', () => {
  test('is a problem too: address, method, encoding', async () => {
    expectProblem(await ask('/nowhere'), 404, 'request.not-found')
    const wrongMethod = await ask('/health/live', { method: 'DELETE' })
    expectProblem(wrongMethod, 405, 'request.method-not-allowed')
    expect(wrongMethod.headers.get('allow')).toBe('GET, HEAD')
    expect(await ask('/things/%E0%A4%A', { key: viewer })).toMatchObject({
      status: 400,
      body: { code: 'request.malformed' },
    })
    expect(await ask(`/things/${'x'.repeat(5000)}`, { key: viewer })).toMatchObject({
      status: 414,
      body: { code: 'request.url.too-long' },
    })
  })

  test('and so is what is not even HTTP', async () => {
    const { hostname, port } = new URL(url)
    const answer = await new Promise<string>((resolve, reject) => {
      let text = ''
      const socket = connect(Number(port), hostname, () => socket.write('GET / HTTP/9.9\r\nx\r\n\r\n'))
      socket.on('data', (data) => (text += String(data)))
      socket.on('close', () => resolve(text))
      socket.on('error', reject)
    })
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(answer).toContain('"code":"request.malformed"')
  })
})

describe('Errors of handlers', () => {
  test('keep what is for operators out of the answer and in the log', async () => {
    failure = new HubError({
      code: 'store.away',
      family: 'retry',
      message: 'Later.',
      internal: 'host db-7',
      retryAfterMs: 1500,
      facts: { queue: 3 },
    })
    const later = await ask('/fail')
    expectProblem(later, 503, 'store.away')
    expect(later.headers.get('retry-after')).toBe('2')
    expect(later.body).toMatchObject({ retryAfterMs: 1500, queue: 3 })
    expect(later.text).not.toContain('db-7')
    failure = new TypeError('Cannot read secret of undefined')
    const bug = await ask('/fail', { headers: { 'x-request-id': 'caller-7' } })
    expectProblem(bug, 500, 'hub.internal')
    expect(bug.text).not.toContain('secret')
    expect(bug.body['requestId']).toBe('caller-7')
    expect(logged.at(-1)).toMatchObject({
      level: 'error',
      facts: { requestId: 'caller-7', operation: 'fail', status: 500 },
    })
  })

  test('do not trust an error that only looks like one of the framework', async () => {
    failure = Object.assign(new Error('boom'), { statusCode: 599 })
    expectProblem(await ask('/fail'), 500, 'hub.internal')
  })
})

describe('The service', () => {
  test('is live, ready while what it needs is there, and says what is missing', async () => {
    expect(await ask('/health/live')).toMatchObject({ status: 200, body: { status: 'live' } })
    expect(await ask('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'ready', checks: { database: 'ok' } },
    })
    databaseIsThere = false
    expect(await ask('/health/ready')).toMatchObject({
      status: 503,
      body: { status: 'not ready', checks: { database: 'failed' } },
    })
    databaseIsThere = true
  })

  test('counts by operation and status, never by what a caller sent', async () => {
    await ask(`/things/${ID}?limit=7`, { key: viewer })
    const { text } = await ask('/metrics')
    const figure = (name: string): number => Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1])
    const counted = figure('omnihub_http_request_duration_seconds_count{operation="readThing",status="200"}')
    expect(counted).toBeGreaterThan(0)
    expect(figure('omnihub_http_request_duration_seconds_bucket{le="\\+Inf",operation="readThing",status="200"}')).toBe(
      counted,
    )
    expect(figure('omnihub_http_request_duration_seconds_sum{operation="readThing",status="200"}')).toBeGreaterThan(0)
    expect(text).toContain('# TYPE omnihub_http_request_duration_seconds histogram')
    expect(text).not.toContain(ID)
  })

  test('answers HEAD like GET without a body, and sets its security headers', async () => {
    const head = await ask('/health/live', { method: 'HEAD' })
    expect(head).toMatchObject({ status: 200, text: '' })
    expect(head.headers.get('x-content-type-options')).toBe('nosniff')
    expect((await ask('/docs')).headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(head.headers.get('cache-control')).toBe('no-store')
  })

  test('lets a request under way end when it is stopped, and waits no longer than it was told', async () => {
    const first = await start()
    const pending = fetch(`${first.url}/wait`)
    await new Promise((resolve) => setTimeout(resolve, 50))
    const closed = first.server.close(5000)
    expect(first.server.stopping.aborted).toBe(true)
    const released = performance.now()
    release()
    expect(await (await pending).json()).toEqual({ waited: true })
    await closed
    expect(performance.now() - released).toBeLessThan(1000)
    await expect(fetch(`${first.url}/health/live`)).rejects.toThrow()

    const second = await start()
    const stuck = fetch(`${second.url}/wait`).catch(() => 'torn')
    await new Promise((resolve) => setTimeout(resolve, 50))
    const started = performance.now()
    await second.server.close(100)
    expect(performance.now() - started).toBeLessThan(2000)
    expect(await stuck).toBe('torn')
  })

  test.each([
    ['that was opened ahead of need', ''],
    ['whose last request ends while it stops', 'GET /wait HTTP/1.1\r\nhost: here\r\n\r\n'],
  ])('does not wait for a connection %s', async (_title, request) => {
    const { server: stopped, url: address } = await start()
    const socket = connect(Number(new URL(address).port), '127.0.0.1')
    socket.on('error', () => undefined).resume()
    socket.write(request)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const closed = stopped.close(5000)
    await new Promise((resolve) => setTimeout(resolve, 50))
    if (request !== '') release()
    const begin = performance.now()
    await closed
    expect(performance.now() - begin).toBeLessThan(1000)
  })
})
