import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { HttpClient, type HttpClientOptions, retryAfterMs, statusError } from './http.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

let server: Server
let handler: Handler
let base: string
const clients: HttpClient[] = []

beforeEach(async () => {
  server = createServer((request, response) => handler(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function client(options: Partial<HttpClientOptions> = {}, stop = new AbortController()): HttpClient {
  const context = { call: () => Promise.resolve(), signal: stop.signal }
  const made = new HttpClient({ context, baseUrl: base, timeoutMs: 2000, maxBytes: 10_000, ...options })
  clients.push(made)
  return made
}

function json(value: string, status = 200, headers: Record<string, string> = {}): Handler {
  return (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(value)
}

describe('a request', () => {
  test('goes to the path below the base URL, with query, headers and body as given', async () => {
    const seen: unknown[] = []
    handler = (request, response) => {
      request.on('data', (body: Buffer) => seen.push(request.method, request.url, request.headers, body.toString()))
      request.on('end', () => response.end('{}'))
    }
    const query = { q: "O'Neil & co", many: ['1', '2'], none: undefined }
    await client().send({
      method: 'patch',
      path: '/things/a%2Fb?x=1',
      query,
      headers: { 'X-A': 'ü' },
      body: '{"ü":1}',
    })
    expect(seen).toEqual([
      'PATCH',
      '/api/things/a%2Fb?x=1&q=O%27Neil+%26+co&many=1&many=2',
      expect.objectContaining({ 'x-a': 'ü', 'content-length': '8', accept: 'application/json' }),
      '{"ü":1}',
    ])
  })

  test('is answered with status, headers and exact numbers, whatever the status', async () => {
    handler = json('{"id":9007199254740993,"n":null}', 418, { ETag: '"1"' })
    const response = await client().send({ path: 'x' })
    expect(response.status).toBe(418)
    expect(response.headers.get('etag')).toBe('"1"')
    expect(response.json()).toEqual({ id: '9007199254740993', n: null })
  })

  test('asks the rate budget before every try, redirects included', async () => {
    let calls = 0
    const context = { call: () => Promise.resolve(void (calls += 1)), signal: new AbortController().signal }
    handler = (request, response) => {
      if (request.url === '/api/old') response.writeHead(302, { location: '/api/new' }).end()
      else response.end('new')
    }
    const response = await client({ context }).send({ path: 'old' })
    expect([calls, response.text(), response.url]).toEqual([2, 'new', `${base}`.replace('/api', '/api/new')])
  })

  test('reads compressed answers, and text in the charset that they name', async () => {
    handler = (_request, response) =>
      response
        .writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain; charset=iso-8859-1' })
        .end(gzipSync(Buffer.from('Müller', 'latin1')))
    expect((await client().send({ path: '' })).text()).toBe('Müller')
  })

  test('may be answered without a body though a content encoding is named', async () => {
    handler = (_request, response) => response.writeHead(304, { 'content-encoding': 'gzip' }).end()
    expect((await client().send({ path: '' })).body.length).toBe(0)
  })
})

describe('a peer in trouble', () => {
  test('that answers nothing is unreachable after the time-out', async () => {
    handler = () => undefined
    await expect(client({ timeoutMs: 60 }).send({ path: '' })).rejects.toMatchObject({
      code: 'connector.unreachable',
      family: 'retry',
    })
  })

  test('that sends a byte now and then is unreachable after the time-out for the whole answer', async () => {
    handler = (_request, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write(' '), 10)
      response.on('close', () => clearInterval(timer))
    }
    await expect(client({ timeoutMs: 100 }).send({ path: '' })).rejects.toMatchObject({ code: 'connector.unreachable' })
  })

  test.each([
    ['with a length', { 'content-length': '1000' }],
    ['chunked', {}],
    ['compressed', { 'content-encoding': 'gzip' }],
  ])('that drops the connection in the middle of a body %s is unreachable', async (_how, headers) => {
    handler = (_request, response) => {
      response.writeHead(200, headers as Record<string, string>).write(gzipSync('{"a":1}').subarray(0, 12))
      setTimeout(() => response.socket?.destroy(), 20)
    }
    await expect(client().send({ path: '' })).rejects.toMatchObject({ code: 'connector.unreachable' })
  })

  test('that is not there is unreachable, told without path and query', async () => {
    const port = (server.address() as AddressInfo).port
    await new Promise((resolve) => server.close(resolve))
    const sent = client().send({ path: 'secret', query: { token: 'secret' } })
    await expect(sent).rejects.toMatchObject({ code: 'connector.unreachable' })
    await expect(sent).rejects.toThrow(new RegExp(`127.0.0.1:${port}.*ECONNREFUSED`))
    await expect(sent).rejects.not.toThrow(/secret/)
  })

  test('that speaks no HTTP gives an unexpected answer', async () => {
    handler = (request) => request.socket.end('SSH-2.0-server\r\n\r\n')
    await expect(client().send({ path: '' })).rejects.toMatchObject({ code: 'connector.unexpected' })
  })

  test('that closed a kept connection meanwhile is asked again, but no write is sent twice', async () => {
    let requests = 0
    handler = (request, response) => {
      requests += 1
      if (requests === 2 || requests === 4) request.socket.resetAndDestroy()
      else response.end('{}')
    }
    const one = client()
    await one.send({ path: '1' })
    expect((await one.send({ path: '2' })).status).toBe(200)
    expect(requests).toBe(3)
    await expect(one.send({ method: 'POST', path: '3', body: '{}' })).rejects.toMatchObject({
      code: 'connector.unreachable',
    })
    expect(requests).toBe(4)
  })

  test('whose JSON is none gives an unexpected answer that does not quote it', async () => {
    handler = json('{"name":"Ada"')
    const response = await client().send({ path: '' })
    expect(() => response.json()).toThrow(expect.objectContaining({ code: 'connector.unexpected' }) as Error)
    expect(() => response.json()).not.toThrow(/Ada/)
  })
})

describe('an answer that is too large', () => {
  test.each<[string, Handler]>([
    ['by its own word', json('x'.repeat(20_000))],
    ['without a word', (_, response) => void (response.write('x'.repeat(9_000)), response.end('x'.repeat(9_000)))],
    [
      'when it is unpacked',
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(1e6))),
    ],
  ])('%s is refused, and the next is read', async (_how, oversize) => {
    const one = client()
    handler = oversize
    await expect(one.send({ path: '' })).rejects.toMatchObject({ code: 'connector.settings', family: 'config' })
    handler = json('{}')
    expect((await one.send({ path: '' })).json()).toEqual({})
  })
})

describe('a redirect', () => {
  test('to another origin is refused, so that no credentials go there', async () => {
    handler = (_request, response) => response.writeHead(307, { location: 'http://localhost:1/api?token=secret' }).end()
    const sent = client().send({ path: '', headers: { authorization: 'Bearer x' } })
    await expect(sent).rejects.toMatchObject({ code: 'connector.settings' })
    await expect(sent).rejects.not.toThrow(/secret/)
  })

  test('in a circle ends', async () => {
    handler = (_request, response) => response.writeHead(302, { location: '/api' }).end()
    await expect(client().send({ path: '' })).rejects.toMatchObject({ code: 'connector.unexpected' })
  })

  test('keeps a write as it is with 307, makes it a GET with 303, and is refused with 302', async () => {
    const seen: (string | undefined)[] = []
    let status = 307
    handler = (request, response) => {
      request.resume()
      seen.push(request.method)
      if (request.url === '/api/from') response.writeHead(status, { location: 'to' }).end()
      else response.end('{}')
    }
    const write = { method: 'POST', path: 'from', body: '{}', headers: { 'content-type': 'application/json' } }
    await client().send(write)
    status = 303
    await client().send(write)
    status = 302
    await expect(client().send(write)).rejects.toMatchObject({ code: 'connector.settings' })
    expect(seen).toEqual(['POST', 'POST', 'POST', 'GET', 'POST'])
  })

  test('of an address: one of another origin than the base URL is refused', async () => {
    await expect(client().send({ url: 'http://localhost:1/next' })).rejects.toMatchObject({
      code: 'connector.settings',
    })
  })
})

describe('the stop signal', () => {
  test('ends a waiting request at once, and lets none begin', async () => {
    const stop = new AbortController()
    handler = () => setTimeout(() => stop.abort(), 20)
    const one = client({ timeoutMs: 60_000 }, stop)
    const startedAt = Date.now()
    await expect(one.send({ path: '' })).rejects.toMatchObject({ code: 'connector.stopped' })
    await expect(one.send({ path: '' })).rejects.toMatchObject({ code: 'connector.stopped' })
    expect(Date.now() - startedAt).toBeLessThan(1000)
  })

  test('ends a half-read answer at once', async () => {
    const stop = new AbortController()
    handler = (_request, response) => {
      response.writeHead(200).write('[')
      setTimeout(() => stop.abort(), 20)
    }
    await expect(client({}, stop).send({ path: '' })).rejects.toMatchObject({ code: 'connector.stopped' })
  })
})

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  test.each([
    [{ 'retry-after': '3' }, 3000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT' }, 7000],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT', date: 'Thu, 01 Jan 2026 00:00:02 GMT' }, 5000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, 0],
    [{ 'retry-after': '99999999999' }, 86_400_000],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('%j is a wait of %s ms', (headers, expected) => {
    expect(retryAfterMs(new Headers(headers as Record<string, string>), now)).toBe(expected)
  })
})

describe('a status alone', () => {
  test.each([
    [400, 'connector.rejected'],
    [401, 'connector.auth'],
    [403, 'connector.forbidden'],
    [404, 'connector.rejected'],
    [408, 'connector.unreachable'],
    [429, 'connector.throttled'],
    [500, 'connector.busy'],
    [502, 'connector.unreachable'],
    [503, 'connector.busy'],
    [504, 'connector.unreachable'],
    [304, 'connector.unexpected'],
  ])('%i means %s', (status, code) => {
    expect(statusError({ status, headers: new Headers() }, 0).code).toBe(code)
  })

  test('takes the wait that the system asks for', () => {
    const headers = new Headers({ 'retry-after': '2' })
    expect(statusError({ status: 429, headers }, 0).retryAfterMs).toBe(2000)
    expect(statusError({ status: 503, headers }, 0)).toMatchObject({ code: 'connector.busy', retryAfterMs: 2000 })
    expect(statusError({ status: 403, headers }, 0).code).toBe('connector.throttled')
  })
})

describe('a base URL', () => {
  test.each(['ftp://h/x', 'nonsense', 'https://user:pw@h/', 'https://h/?a=1'])('%s is refused', (baseUrl) => {
    expect(() => client({ baseUrl })).toThrow(
      expect.objectContaining({ code: 'connector.settings', where: '/settings/baseUrl' }) as Error,
    )
    expect(() => client({ baseUrl })).not.toThrow(/pw@/)
  })
})
