import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { Controller } from '@nestjs/common'
import { connect } from 'node:net'
import { Registry } from 'prom-client'
import { HubError } from '../../contracts/hub-error.ts'
import { hashSecret, mintKey } from '../../security/api-key.ts'
import { KeyVerifier } from '../../security/key-verifier.ts'
import { DEFAULT_LIMITS, RateLimits } from '../../security/rate-limits.ts'
import { until } from '../../../test/support/engine.ts'
import { operation } from '../operations/operation.ts'
import { Input, Operation } from './decorators.ts'
import type { Input as InputOf } from './input.ts'
import { createHttpServer, type HttpServer } from './http-server.ts'

const COMMON = {
  method: 'GET',
  tag: 'Test',
  summary: 'A test',
  description: 'A test.',
  permission: 'records.read',
  answers: { 200: { description: 'It.' } },
} as const
const quickOperation = operation({ ...COMMON, id: 'quick', path: '/quick' })
const slowOperation = operation({ ...COMMON, id: 'slow', path: '/slow' })
const writeOperation = operation({
  ...COMMON,
  id: 'write',
  method: 'POST',
  path: '/write',
  body: { description: 'It.', types: ['application/json'], schema: { type: 'object' } },
})
const linesOperation = operation({
  ...COMMON,
  id: 'lines',
  method: 'POST',
  path: '/lines',
  body: { description: 'It.', types: ['application/x-ndjson'], stream: true },
})
const adminOperation = operation({ ...COMMON, id: 'forAdmins', path: '/for-admins', permission: 'keys.manage' })

/** Ends the answer that is under way; undefined while none is. */
let release: (() => void) | undefined

@Controller()
class TestController {
  @Operation(quickOperation)
  quick(): object {
    return {}
  }

  @Operation(slowOperation)
  async slow(): Promise<object> {
    await new Promise<void>((resolve) => {
      release = resolve
    })
    release = undefined
    return {}
  }

  @Operation(writeOperation)
  write(): object {
    return {}
  }

  @Operation(linesOperation)
  async lines(@Input() input: InputOf<typeof linesOperation>): Promise<object> {
    let bytes = 0
    for await (const piece of input.stream ?? []) bytes += (piece as Buffer).length
    return { bytes }
  }

  @Operation(adminOperation)
  forAdmins(): object {
    return {}
  }
}

const TIMES = { head: 300, request: 600, silence: 5_000, sweep: 50 }
let server: HttpServer
let url = ''
let clock = 1_000
/** The look at what was published last, while one is needed. */
let look: Promise<void> | undefined
const minted = { bounded: mintKey(), own: mintKey() }

beforeAll(async () => {
  const dates = { createdAt: '2026-01-01T00:00:00Z', expiresAt: null, revokedAt: null, rotatedTo: null }
  const common = { name: 'x', role: 'viewer', system: null, ...dates } as const
  const stored = [
    { ...common, id: minted.bounded.id, limits: null, secretHash: hashSecret(minted.bounded.secret) },
    {
      ...common,
      id: minted.own.id,
      limits: { perSecond: 1, burst: 1, concurrent: 1 },
      secretHash: hashSecret(minted.own.secret),
    },
  ]
  const silent = (): void => undefined
  server = await createHttpServer({
    verifier: new KeyVerifier({
      store: { usable: () => Promise.resolve(stored) },
      adminKey: 'an admin key',
      now: () => performance.now(),
    }),
    limits: new RateLimits({ ...DEFAULT_LIMITS, viewer: { perSecond: 2, burst: 3, concurrent: 1 } }, () => clock),
    times: TIMES,
    current: () => look,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    registry: new Registry(),
    readiness: [],
    changesBytesMax: 1024 * 1024,
    openApi: '{}',
    docs: '',
    controllers: [TestController],
    providers: [],
  })
  url = (await server.listen(0, '127.0.0.1')).url
})
afterAll(() => server.close(500))

async function get(path: string, key = minted.bounded.key): Promise<Response & { code: string }> {
  const answer = await fetch(url + path, { headers: { authorization: `Bearer ${key}` } })
  const { code } = (await answer.json()) as { code: string }
  return Object.assign(answer, { code })
}

/** What comes back on a socket of our own until the other side ends it, and after how many ms that was. */
function raw(...parts: [string, number][]): Promise<{ text: string; ms: number }> {
  const began = performance.now()
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      resolve({ text, ms: performance.now() - began })
    })
    for (const [part, after] of parts) setTimeout(() => socket.write(part), after)
  })
}

describe('The limits of a key', () => {
  test('are told with each answer, and refuse with the time to wait', async () => {
    clock += 60_000
    const first = await get('/quick')
    expect([first.headers.get('ratelimit-policy'), first.headers.get('ratelimit')]).toEqual([
      '"key";q=3;w=2',
      '"key";r=2;t=1',
    ])
    await get('/quick')
    await get('/quick')
    const refused = await get('/quick')
    expect([refused.status, refused.code, refused.headers.get('retry-after')]).toEqual([
      429,
      'request.rate-limited',
      '1',
    ])
    clock += 500
    expect((await get('/quick')).status).toBe(200)
  })

  test('count what the key may not do', async () => {
    clock += 60_000
    const codes = []
    for (let i = 0; i < 4; i++) codes.push((await get('/for-admins')).status)
    expect(codes).toEqual([403, 403, 403, 429])
  })

  test('of its own come before those of its role', async () => {
    expect((await get('/quick', minted.own.key)).status).toBe(200)
    expect((await get('/quick', minted.own.key)).status).toBe(429)
  })

  test('bound what it has under way, and the place is free again when the answer or the caller has gone', async () => {
    clock += 60_000
    const under = get('/slow')
    await until(() => release !== undefined, 5_000)
    expect((await get('/quick')).code).toBe('request.too-many-at-once')
    release?.()
    expect((await under).status).toBe(200)
    const gone = new AbortController()
    const left = fetch(`${url}/slow`, {
      headers: { authorization: `Bearer ${minted.bounded.key}` },
      signal: gone.signal,
    }).catch(() => undefined)
    await until(() => release !== undefined, 5_000)
    clock += 60_000
    expect((await get('/quick')).code).toBe('request.too-many-at-once')
    gone.abort()
    await left
    // The hub hears a moment later that the caller has gone; asking costs of the rate.
    await until(async () => {
      clock += 60_000
      return (await get('/quick')).status === 200
    }, 5_000)
    expect(release).toBeDefined()
    release?.()
  })

  test('do not hold for admins', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => get('/quick', 'an admin key')))
    expect(answers.every(({ status, headers }) => status === 200 && headers.get('ratelimit') === null)).toBe(true)
  })
})

describe('The head of a request', () => {
  const head = (extra: string, path = '/quick'): string =>
    `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer an admin key\r\nconnection: close\r\n${extra}\r\n`

  test('has at most 100 headers', async () => {
    const headers = (count: number): string => Array.from({ length: count }, (_, i) => `x-${i}: 1\r\n`).join('')
    expect((await raw([head(headers(97)), 0])).text).toMatch(/^HTTP\/1.1 200/)
    const { text } = await raw([head(headers(98)), 0])
    expect(text).toMatch(/^HTTP\/1.1 431/)
    expect(text).toContain('request.headers.too-large')
  })

  test('has at most 16 KiB', async () => {
    const { text } = await raw([head(`x-long: ${'x'.repeat(17_000)}\r\n`), 0])
    expect(text).toMatch(/^HTTP\/1.1 431/)
  })

  test.each([
    ['too large', `GET /quick HTTP/1.1\r\nx-long: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['of two lengths', 'POST /write HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx', 400],
    [
      'of a length and in chunks',
      'POST /write HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
  ])('that is %s is answered with the headers of every answer, and an id', async (_, sent, status) => {
    const { text } = await raw([sent, 0])
    const [top = '', body = ''] = text.split('\r\n\r\n')
    expect(top).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    for (const header of ['x-content-type-options: nosniff', 'cache-control: no-store', 'connection: close'])
      expect(top).toContain(header)
    expect(top).toContain(`x-request-id: ${String((JSON.parse(body) as { requestId: unknown }).requestId)}`)
  })

  test('has an address of at most 8,192 characters', async () => {
    const { text } = await raw([head('', `/quick?q=${'x'.repeat(8_200)}`), 0])
    expect(text).toMatch(/^HTTP\/1.1 414/)
    expect(text).toContain('request.url.too-long')
  })
})

describe('A caller that takes its time', () => {
  test('over the head of a request is answered 408 and closed', async () => {
    const { text, ms } = await raw(['GET /quick HTTP/1.1\r\n', 0], ['x-one: 1\r\n', 100], ['x-two: 1\r\n', 200])
    expect(text).toMatch(/^HTTP\/1.1 408/)
    expect(ms).toBeLessThan(2_000)
  })

  test('over the body of a request is answered 408 and closed', async () => {
    const drops = Array.from({ length: 8 }, (_, i): [string, number] => ['x', 100 * (i + 1)])
    const { text, ms } = await raw(
      [
        'POST /write HTTP/1.1\r\nhost: x\r\nauthorization: Bearer an admin key\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n',
        0,
      ],
      ...drops,
    )
    expect(text).toMatch(/^HTTP\/1.1 408/)
    expect(ms).toBeLessThan(2_500)
  })
})

describe('A body that is a stream', () => {
  const head = (path: string, type: string): string =>
    `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer an admin key\r\ncontent-type: ${type}\r\ncontent-length: 10\r\nconnection: close\r\n\r\n`

  test('may take as long as its bytes come', async () => {
    const late = TIMES.request * 2.5
    const { text, ms } = await raw([`${head('/lines', 'application/x-ndjson')}12345`, 0], ['67890', late])
    expect(text).toContain('{"bytes":10}')
    expect(ms).toBeGreaterThan(late)
  })

  test('is handed over as bytes to operations that want them so, within their bounds', async () => {
    const { text } = await raw([`${head('/write', 'application/x-ndjson')}1234567890`, 0])
    expect(text).toContain('415 Unsupported Media Type')
    const slow = await raw([`${head('/write', 'application/json')}12345`, 0], ['67890', TIMES.request * 2.5])
    expect(slow.text).toContain('408')
  })
})

describe('What a request is decided by', () => {
  const write = () =>
    fetch(`${url}/write`, {
      method: 'POST',
      headers: { authorization: 'Bearer an admin key', 'content-type': 'application/json' },
      body: '{}',
    })
  afterEach(() => {
    look = undefined
  })

  test('is what was published last: a request that changes something waits for that, a read does not', async () => {
    let seen = (): void => undefined
    look = new Promise((resolve) => {
      seen = resolve
    })
    let isWritten = false
    const written = write().then(({ status }) => {
      isWritten = true
      return status
    })
    expect((await get('/quick', 'an admin key')).status).toBe(200)
    expect(isWritten).toBe(false)
    seen()
    expect(await written).toBe(200)
  })

  test('is asked for anew where it can not be found out', async () => {
    const away = { code: 'store.unavailable', family: 'retry', message: 'The database is away.' } as const
    look = Promise.reject(new HubError(away))
    const answer = await write()
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, 'store.unavailable'])
  })
})
