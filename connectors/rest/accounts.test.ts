import type { IncomingMessage } from 'node:http'
import type { FakeRest } from '../../demo/fakes/rest/index.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { authOf } from './auth.ts'
import {
  entityOf,
  fakeRest,
  type Opened,
  openRest,
  pagesOf,
  SECRET,
  serve,
  stopServers,
  thingOptions,
} from '../../test/support/rest-connector.ts'
import { restSettings } from './settings.ts'

let fake: FakeRest
const opened: Opened[] = []

beforeEach(async () => {
  fake = fakeRest()
  await fake.listen()
})

afterEach(async () => {
  for (const { connector } of opened.splice(0)) await connector.close()
  await fake.close()
  await stopServers()
})

async function open(
  auth: JsonObject,
  at: { url: string } = fake,
  more: JsonObject = {},
  now = Date.now,
): Promise<Opened> {
  const made = await openRest(at, { auth, check: { path: '/version', version: 'version' }, ...more }, now)
  opened.push(made)
  return made
}

const oauth = (more: JsonObject = {}): JsonObject => ({
  scheme: 'oauth2',
  tokenUrl: `${fake.url}/oauth/token`,
  clientId: 'test',
  clientSecret: SECRET,
  ...more,
})

describe('an account', () => {
  test.each<[string, () => JsonObject, () => JsonObject]>([
    ['apiKey', () => ({ scheme: 'apiKey', key: SECRET }), () => ({ scheme: 'apiKey', key: 'wrong' })],
    ['bearer', () => ({ scheme: 'bearer', token: SECRET }), () => ({ scheme: 'bearer', token: 'wrong' })],
    [
      'basic',
      () => ({ scheme: 'basic', username: 'test', password: SECRET }),
      () => ({ scheme: 'basic', username: 'test', password: 'wrong' }),
    ],
    ['oauth2', () => oauth(), () => oauth({ clientSecret: 'wrong' })],
    ['oauth2 by Basic', () => oauth({ clientAuth: 'basic' }), () => oauth({ clientAuth: 'basic', clientId: 'wrong' })],
  ])('by %s is taken, and a wrong one told', async (_, good, wrong) => {
    expect(await (await open(good())).connector.check()).toMatchObject({ serverVersion: '4.2.0' })
    const checked = (await open(wrong())).connector.check()
    await expect(checked).rejects.toMatchObject({ code: 'connector.auth', family: 'config' })
  })

  test('none is asked for where there is none', async () => {
    await expect((await open({ scheme: 'none' })).connector.check()).rejects.toMatchObject({ code: 'connector.auth' })
  })
})

describe('a token', () => {
  test('is got once, for many requests at the same time', async () => {
    const { connector } = await open(oauth())
    await Promise.all(Array.from({ length: 10 }, () => connector.check()))
    expect(fake.access.tokensGiven).toBe(1)
  })

  test('is renewed once where it is refused, and the request repeated', async () => {
    const { connector } = await open(oauth())
    await connector.check()
    fake.access.expireTokens()
    await Promise.all(Array.from({ length: 10 }, () => connector.check()))
    expect(fake.access.tokensGiven).toBe(2)
  })

  test('that is refused again is a wrong account: nobody logs in for ever', async () => {
    const seen = { tokens: 0, others: 0 }
    const { url } = await serve((request, _body, response) => {
      const isToken = request.url === '/token'
      seen[isToken ? 'tokens' : 'others'] += 1
      response.statusCode = isToken ? 200 : 401
      response.end('{"access_token":"never good"}')
    })
    const { connector } = await open(oauth({ tokenUrl: `${url}/token` }), { url })
    await expect(connector.check()).rejects.toMatchObject({ code: 'connector.auth' })
    expect(seen).toEqual({ tokens: 2, others: 2 })
  })

  test('is renewed in time before it ends', async () => {
    let now = Date.now()
    fake.access.tokenSeconds = 100
    const { connector } = await open(oauth(), fake, {}, () => now)
    await connector.check()
    now += 80_000
    await connector.check()
    expect(fake.access.tokensGiven).toBe(1)
    now += 15_000
    await connector.check()
    expect(fake.access.tokensGiven).toBe(2)
  })

  test('whose server is away or throttles is tried later, and told without the secret', async () => {
    const { connector, said } = await open(oauth())
    fake.faults.throttle = { retryAfterSeconds: 9 }
    await expect(connector.check()).rejects.toMatchObject({ code: 'connector.throttled', retryAfterMs: 9000 })
    fake.faults.throttle = undefined
    await fake.down()
    const checked = connector.check()
    await expect(checked).rejects.toMatchObject({ code: 'connector.unreachable' })
    await expect(checked).rejects.not.toThrow(SECRET)
    expect(said.join()).not.toContain(SECRET)
    await fake.up()
  })
})

test('A refresh token that the server changes is used on, and said to be changed', async () => {
  const used: (string | null)[] = []
  const { url } = await serve((request, body, response) => {
    response.setHeader('content-type', 'application/json')
    if (request.url !== '/token') {
      response.statusCode =
        request.headers.authorization === `Bearer access-${used.length}` && used.length > 1 ? 200 : 401
      response.end('{"version":"1"}')
      return
    }
    used.push(new URLSearchParams(body).get('refresh_token'))
    response.end(JSON.stringify({ access_token: `access-${used.length}`, refresh_token: `refresh-${used.length}` }))
  })
  const auth = {
    scheme: 'oauth2',
    grant: 'refreshToken',
    tokenUrl: `${url}/token`,
    clientId: 'c',
    refreshToken: 'refresh-0',
  }
  const { connector, said } = await open(auth, { url })
  await connector.check()
  expect(used).toEqual(['refresh-0', 'refresh-1'])
  expect(said.join()).toMatch(/changed the refresh token/)
  expect(said.join()).not.toMatch(/refresh-\d/)
})

test.each<[string, JsonObject, (request: IncomingMessage) => unknown, string]>([
  ['a header', { in: 'header', name: 'X-Session' }, ({ headers }) => headers['x-session'], 'tok'],
  ['a header with a prefix', { prefix: 'Session ' }, ({ headers }) => headers.authorization, 'Session tok'],
  [
    'the query',
    { in: 'query', name: 'sid' },
    ({ url }) => new URL(url ?? '', 'http://h').searchParams.get('sid'),
    'tok',
  ],
  ['a cookie', { in: 'cookie', name: 'SID' }, ({ headers }) => headers.cookie, 'SID=tok'],
])('The token of a login goes into %s', async (_, send, read, expected) => {
  const seen: unknown[] = []
  const { url } = await serve((request, body, response) => {
    response.setHeader('set-cookie', ['other=1', 'T=tok; Path=/; HttpOnly'])
    if (request.url === '/api/login') seen.push(JSON.parse(body))
    else seen.push(read(request))
    response.end('{"version":"1"}')
  })
  const login = { path: '/login', body: { u: '{{ username }}', p: '{{ password }}' } }
  const auth = { scheme: 'session', username: "o'neil", password: SECRET, login, found: { cookie: 'T' }, send }
  await (await open(auth, { url })).connector.check()
  expect(seen).toEqual([{ u: "o'neil", p: SECRET }, expected])
})

describe('the settings of an account', () => {
  test.each<[JsonObject, string]>([
    [{ scheme: 'digest' }, '/settings/auth/scheme'],
    [{ scheme: 'bearer' }, '/settings/auth/token'],
    [{ scheme: 'bearer', token: 't', username: 'u' }, '/settings/auth/username'],
    [{ scheme: 'oauth2', clientId: 'c' }, '/settings/auth/tokenUrl'],
    [{ scheme: 'session', found: { body: 'a' } }, '/settings/auth/login'],
    [{ scheme: 'session', login: { path: '/x', bodi: {} }, found: { body: 'a' } }, '/settings/auth/login/bodi'],
  ])('%j are refused with a pointer', (auth, where) => {
    const act = (): unknown => restSettings({ baseUrl: 'https://h', auth })
    expect(act).toThrow(expect.objectContaining({ code: 'connector.settings', where }) as Error)
  })

  test.each<[JsonObject, string]>([
    [{ scheme: 'oauth2', tokenUrl: 'x', clientId: 'c' }, '/settings/auth/tokenUrl'],
    [{ scheme: 'oauth2', tokenUrl: 'https://h', clientId: 'c', grant: 'refreshToken' }, '/settings/auth/refreshToken'],
    [{ scheme: 'session', login: { path: '/x', method: 'POST' }, found: {} }, '/settings/auth/found'],
    [
      { scheme: 'session', login: { path: '/x', method: 'POST' }, found: { body: 'a', header: 'b' } },
      '/settings/auth/found',
    ],
    [
      { scheme: 'session', login: { path: '/{{ user }}', method: 'POST' }, found: { body: 'a' } },
      '/settings/auth/login/path',
    ],
  ])('%j are refused when they are used', (auth, where) => {
    const parts = { context: {}, http: {}, timeoutMs: 1, tlsAuthority: undefined, errors: [] } as never
    expect(() => authOf(auth, parts)).toThrow(expect.objectContaining({ where }) as Error)
  })
})

test('Every request asks for the rate budget, logins too', async () => {
  const made = await open(oauth())
  await pagesOf(made.connector.backfill?.(entityOf(thingOptions('cursor')), null))
  expect(made.calls).toBe(fake.requests)
})
