import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { problem, scriptedServer, type ScriptedServer } from '../test/scripted-server.ts'
import { answerInfo, isOnItsWay, OmnihubClient, OmnihubError, type Retry, taken } from './index.ts'

let server: ScriptedServer
let hub: OmnihubClient
let retried: Retry[]

beforeAll(async () => {
  server = await scriptedServer()
})
afterAll(() => server.close())
beforeEach(() => {
  retried = []
  hub = new OmnihubClient({ url: `${server.url}/`, key: 'omni_key', onRetry: (retry) => retried.push(retry) })
})

async function failure(call: PromiseLike<unknown>): Promise<OmnihubError> {
  try {
    await call
  } catch (error) {
    if (error instanceof OmnihubError) return error
    throw error
  }
  throw new Error('the call succeeded')
}

const torn = (response: { destroy(): void }): void => response.destroy()
const tooBusy = problem(503, 'store.unavailable')

describe('A request', () => {
  test('carries the key, the parameters in their places and what kind of answer is wanted', async () => {
    server.answer({ status: 200, body: { id: 'a b' } })
    await hub.getCustomer({ id: 'a b/c', include: ['accounts', 'invoices'] })
    expect(server.asked[0]).toMatchObject({ method: 'GET', url: '/v1/customers/a%20b%2Fc?include=accounts,invoices' })
    expect(server.asked[0]?.headers).toMatchObject({ authorization: 'Bearer omni_key' })
    expect(server.asked[0]?.headers.accept).toContain('application/json')
  })

  test('escapes what a query must not have', async () => {
    server.answer({ status: 200, body: { items: [], next: null } })
    await hub.listCustomers({ phone: '+61255501234', q: 'a&b=c,d', limit: 2, cursor: undefined })
    expect(server.asked[0]?.url).toBe('/v1/customers?phone=%2B61255501234&q=a%26b%3Dc%2Cd&limit=2')
  })

  test('asks for a new token each time where the key is a function', async () => {
    let count = 0
    const own = new OmnihubClient({ url: server.url, key: () => Promise.resolve(`token-${++count}`) })
    server.answer({ status: 200, body: {} })
    await own.getLedger()
    await own.getLedger()
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
  })

  test('is not sent where a part of its path is missing', async () => {
    server.answer({ status: 200, body: {} })
    const error = await failure(hub.getCustomer({ id: '' }))
    expect(error).toMatchObject({ code: 'client.usage', pointer: '{id}', operation: 'getCustomer' })
    expect(server.asked).toHaveLength(0)
  })

  test('does not follow a redirect, which would take the key along', async () => {
    server.answer({ status: 302, headers: { location: 'http://127.0.0.1:9/' } })
    expect(await failure(hub.getLedger({ retries: 0 }))).toMatchObject({ code: 'client.network' })
  })

  test('goes to an address of http or https only', () => {
    expect(() => new OmnihubClient({ url: 'hub.example.com' })).toThrow('is no address of a hub')
  })
})

describe('A refusal', () => {
  test('is an error with all that the problem document says', async () => {
    const errors = [{ code: 'x', pointer: '/0/id', detail: 'It is missing.' }]
    server.answer(problem(422, 'changes.invalid', { pointer: '/0', fix: 'Mend it.', errors, rule: 'r' }))
    const error = await failure(hub.sendChanges({ body: [] }))
    expect(error).toMatchObject({
      name: 'OmnihubError',
      code: 'changes.invalid',
      status: 422,
      message: 'It is so.',
      pointer: '/0',
      fix: 'Mend it.',
      requestId: 'r1',
      operation: 'sendChanges',
      problems: errors,
    })
    expect(error.facts['rule']).toBe('r')
    expect(server.asked).toHaveLength(1)
  })

  test('of something on the way has a code of the client', async () => {
    server.answer({ status: 403, headers: { 'content-type': 'text/html' }, body: '<h1>Proxy</h1>' })
    expect(await failure(hub.getLedger())).toMatchObject({ code: 'client.answer.unexpected', status: 403 })
  })

  test('an answer that is no JSON is told too', async () => {
    server.answer({ status: 200, body: '{"half":' })
    expect(await failure(hub.getLedger())).toMatchObject({ code: 'client.answer.unexpected', status: 200 })
  })
})

describe('A request is repeated', () => {
  test('when the hub can not serve it now, until it can', async () => {
    server.answer(tooBusy, tooBusy, { status: 200, body: { accepted: 1 } })
    expect(await hub.getLedger()).toEqual({ accepted: 1 })
    expect(retried.map(({ attempt, error }) => [attempt, error.code])).toEqual([
      [1, 'store.unavailable'],
      [2, 'store.unavailable'],
    ])
  })

  test('not before the time that Retry-After names', async () => {
    server.answer(
      { ...problem(429, 'request.rate-limited'), headers: { 'retry-after': '1' } },
      { status: 200, body: {} },
    )
    await hub.getLedger()
    const [first, second] = server.asked
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990)
  })

  test('not at all where Retry-After is further away than one wants to wait', async () => {
    server.answer({ ...problem(429, 'request.rate-limited'), headers: { 'retry-after': '3600' } })
    expect(await failure(hub.getLedger())).toMatchObject({ status: 429, retryAfterMs: 3_600_000 })
    expect(server.asked).toHaveLength(1)
  })

  test('when the connection breaks', async () => {
    server.answer(torn, { status: 200, body: { accepted: 2 } })
    expect(await hub.getLedger()).toEqual({ accepted: 2 })
  })

  test('as often as was said, then the last error is told', async () => {
    server.answer(tooBusy)
    expect(await failure(hub.getLedger({ retries: 1 }))).toMatchObject({ code: 'store.unavailable' })
    expect(server.asked).toHaveLength(2)
  })

  test('with the same Idempotency-Key where it takes one, so that it has one effect', async () => {
    server.answer(torn, tooBusy, { status: 200, body: {} })
    await hub.editCustomer({ id: 'c', ifMatch: '"1"', body: { status: 'closed' } })
    const keys = server.asked.map(({ headers }) => headers['idempotency-key'])
    expect(keys).toHaveLength(3)
    expect(keys[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(new Set(keys).size).toBe(1)
    server.answer({ status: 200, body: {} })
    await hub.editCustomer({ id: 'c', ifMatch: '"1"', body: {} }, { idempotencyKey: 'mine' })
    expect(server.asked[0]?.headers['idempotency-key']).toBe('mine')
    expect(server.asked[0]?.headers['if-match']).toBe('"1"')
  })

  test('not where a second time might be a second effect; a refusal for the rate had none', async () => {
    server.answer(torn)
    expect(await failure(hub.joinCustomers({ id: 'a', body: { with: 'b' } }))).toMatchObject({ code: 'client.network' })
    expect(server.asked).toHaveLength(1)
    server.answer(problem(429, 'request.rate-limited'), { status: 200, body: { survivor: 'a' } })
    expect(await hub.joinCustomers({ id: 'a', body: { with: 'b' } })).toEqual({ survivor: 'a' })
  })

  test('not where the fault is its own', async () => {
    server.answer(problem(404, 'customer.unknown'))
    expect(await failure(hub.getCustomer({ id: 'x' }))).toMatchObject({ code: 'customer.unknown', status: 404 })
    expect(server.asked).toHaveLength(1)
  })
})

describe('A call ends', () => {
  test('when its time is over', async () => {
    server.answer(() => undefined)
    const error = await failure(hub.getLedger({ timeoutMs: 50, retries: 1 }))
    expect(error).toMatchObject({ code: 'client.timeout', operation: 'getLedger' })
    expect(server.asked).toHaveLength(2)
  })

  test('after the time of the client, where it says nothing itself, and later by what the hub is to wait', async () => {
    const own = new OmnihubClient({ url: server.url, key: 'k', timeoutMs: 60, retries: 0 })
    server.answer(() => undefined)
    expect(await failure(own.getLedger())).toMatchObject({ message: expect.stringContaining('within 60 ms') })
    const body = { amount: { amount: '1.00', currency: 'AUD' } }
    const [started, error] = [performance.now(), await failure(own.createPayment({ waitSeconds: 1, body }))]
    expect(error).toMatchObject({ code: 'client.timeout', message: expect.stringContaining('within 1060 ms') })
    expect(performance.now() - started).toBeGreaterThan(1_000)
  })

  test('of lines when they are all sent, however long that takes', async () => {
    const own = new OmnihubClient({ url: server.url, key: 'k', timeoutMs: 60, retries: 0 })
    async function* slowly(): AsyncGenerator<{ Id: string }> {
      for (const Id of ['1', '2', '3']) {
        await new Promise((resolve) => setTimeout(resolve, 50))
        yield { Id }
      }
    }
    server.answer({ status: 202, body: { id: 'i' } })
    await own.startImport({ system: 'crm', entity: 'Contact', body: slowly() })
    expect(server.asked[0]?.body).toBe('{"Id":"1"}\n{"Id":"2"}\n{"Id":"3"}\n')
    expect(server.asked[0]?.headers['content-type']).toBe('application/x-ndjson')
  })

  test('when an answer begins and does not go on', async () => {
    server.answer((response) => response.writeHead(200).write('{'))
    expect(await failure(hub.getLedger({ timeoutMs: 50, retries: 0 }))).toMatchObject({ code: 'client.timeout' })
  })

  test('when its signal says so, with the reason of the signal, also between two attempts', async () => {
    const abort = new AbortController()
    const reason = new Error('the page was left')
    server.answer({ ...problem(503, 'x'), headers: { 'retry-after': '30' } })
    const call = hub.getLedger({ signal: abort.signal })
    setTimeout(() => abort.abort(reason), 50)
    await expect(call).rejects.toBe(reason)
    await expect(hub.getLedger({ signal: abort.signal })).rejects.toBe(reason)
    expect(server.asked).toHaveLength(1)
  })
})

describe('Pages', () => {
  const pageOf = (ids: string[], next: string | null) => ({
    status: 200,
    body: { items: ids.map((id) => ({ id })), next },
  })

  test('are one page when awaited', async () => {
    server.answer(pageOf(['a'], 'n'))
    expect(await hub.listCustomers()).toMatchObject({ items: [{ id: 'a' }], next: 'n' })
    expect(server.asked).toHaveLength(1)
  })

  test('are all items when iterated, each page being asked for when it is needed', async () => {
    server.answer(pageOf(['a', 'b'], 'n&1'), pageOf([], 'n2'), pageOf(['c'], null))
    const found: string[] = []
    for await (const { id } of hub.listCustomers({ q: 'smith', limit: 2 })) {
      if (found.length === 0) expect(server.asked).toHaveLength(1)
      found.push(id)
    }
    expect(found).toEqual(['a', 'b', 'c'])
    expect(server.asked.map(({ url }) => url)).toEqual([
      '/v1/customers?q=smith&limit=2',
      '/v1/customers?q=smith&limit=2&cursor=n%261',
      '/v1/customers?q=smith&limit=2&cursor=n2',
    ])
  })

  test('end early where nobody wants more', async () => {
    server.answer(pageOf(['a', 'b'], 'n'))
    expect((await hub.listCustomers().all(2)).map(({ id }) => id)).toEqual(['a', 'b'])
    expect(await hub.listCustomers().all(0)).toEqual([])
    expect(server.asked).toHaveLength(1)
  })

  test('throw what the hub refuses', async () => {
    server.answer(pageOf(['a'], 'n'), problem(400, 'request.cursor.invalid'))
    expect(await failure(hub.listCustomers().all())).toMatchObject({ code: 'request.cursor.invalid' })
  })
})

describe('A record that was read', () => {
  const READ = { status: 200, headers: { etag: '"c.1"', 'x-request-id': 'r7' }, body: { id: 'c', status: 'active' } }

  test('tells what its answer said beside it', async () => {
    server.answer({
      ...READ,
      headers: { ...READ.headers, deprecation: '@1772000000', sunset: 'Sun, 01 Nov 2026 00:00:00 GMT' },
    })
    const info = answerInfo(await hub.getCustomer({ id: 'c' }))
    expect(info).toMatchObject({ status: 200, etag: '"c.1"', requestId: 'r7', operation: 'getCustomer' })
    expect(info?.deprecation).toEqual({ since: '@1772000000', sunset: 'Sun, 01 Nov 2026 00:00:00 GMT' })
    expect(answerInfo({})).toBeUndefined()
  })

  test('is edited for the version that was read, and the answer can be edited again', async () => {
    server.answer(READ, { ...READ, headers: { etag: '"c.2"' }, body: { id: 'c', status: 'closed' } }, problem(412, 'x'))
    const customer = await hub.getCustomer({ id: 'c' })
    const closed = await hub.edit(customer, { status: 'closed', preferredChannel: null })
    expect(closed.status).toBe('closed')
    expect(server.asked[1]).toMatchObject({
      method: 'PATCH',
      url: '/v1/customers/c',
      body: '{"status":"closed","preferredChannel":null}',
      headers: { 'if-match': '"c.1"', 'content-type': 'application/merge-patch+json' },
    })
    expect(await failure(hub.edit(closed, { status: 'active' }))).toMatchObject({ status: 412 })
    expect(server.asked[2]?.headers['if-match']).toBe('"c.2"')
  })

  test('is the same object while it is the newest', async () => {
    server.answer(READ, { status: 304 }, { ...READ, body: { id: 'c', status: 'closed' } })
    const customer = await hub.getCustomer({ id: 'c' })
    expect(await hub.refresh(customer)).toBe(customer)
    expect(server.asked[1]?.headers['if-none-match']).toBe('"c.1"')
    expect(await hub.refresh(customer)).toMatchObject({ status: 'closed' })
    server.answer({ status: 304 })
    expect(await hub.getCustomer({ id: 'c' }, { ifNoneMatch: '"c.1"' })).toBeUndefined()
  })

  test('as an item of a list is edited for the version that the list had', async () => {
    const items = [{ id: 'c', version: 7 }, { id: 'd' }]
    server.answer({ status: 200, body: { items, next: null } }, READ)
    const [one, part] = await hub.listCustomers().all()
    if (one === undefined || part === undefined) throw new Error('two were answered')
    await hub.edit(one, { status: 'closed' })
    expect(server.asked[1]).toMatchObject({ url: '/v1/customers/c', headers: { 'if-match': '"c.7"' } })
    expect(await failure(hub.edit(part, { status: 'closed' }))).toMatchObject({ code: 'client.usage' })
  })

  test('tells a write that is on its way from one that was taken', async () => {
    const writes = [{ write: 'w', id: 'p', system: 'billing', entity: 'Payment', key: null, state: 'pending' }]
    server.answer({ status: 202, body: { id: 'p', writes } }, { status: 201, body: { id: 'p', writes: [] } })
    const body = { amount: { amount: '1.00', currency: 'AUD' } }
    const later = await hub.createPayment({ waitSeconds: 5, body })
    expect(server.asked[0]?.headers['prefer']).toBe('wait=5')
    expect(isOnItsWay(later)).toBe(true)
    expect(() => taken(later)).toThrow(expect.objectContaining({ code: 'client.on-its-way', status: 202 }))
    expect(taken(await hub.createPayment({ body }))).toMatchObject({ id: 'p' })
  })

  test('can not be edited as a copy, which might be of any version', async () => {
    server.answer(READ)
    const copy = { ...(await hub.getCustomer({ id: 'c' })) }
    expect(await failure(hub.edit(copy, { status: 'closed' }))).toMatchObject({ code: 'client.usage' })
    expect(await failure(hub.refresh(copy))).toMatchObject({ code: 'client.usage' })
    expect(server.asked).toHaveLength(1)
  })
})
