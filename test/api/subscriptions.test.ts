import { Ajv2020 } from 'ajv/dist/2020.js'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { changeEvent, type RunningApi, startApi } from '../support/api.ts'
import { until } from '../support/engine.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'
import { isSignedBy, type Received, type WebhookReceiver, webhookReceiver } from '../support/webhook-receiver.ts'

/** Attempts after 50 ms, 100 ms and so on in place of days: five in all. */
const PAUSES = [50, 100, 150, 200]

let hub: RunningApi
beforeAll(async () => {
  hub = await startApi(PUSH_WORKSPACE, { webhooks: { pauses: PAUSES, timeoutMs: 1_000 } })
})
afterAll(() => hub.stop())

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

async function newReceiver(): Promise<WebhookReceiver> {
  const receiver = await webhookReceiver()
  endings.push(() => receiver.close())
  return receiver
}

interface Made {
  id: string
  secret: string
}

async function subscribe(url: string, more: JsonObject = {}, key?: string): Promise<Made> {
  const body = { url, types: ['customer.*'], ...more }
  const answer = await hub.ask('/v1/subscriptions', { method: 'POST', body, ...(key === undefined ? {} : { key }) })
  if (answer.status !== 201) throw new Error(answer.text)
  const { id, secret } = answer.body as unknown as Made
  endings.push(() => hub.ask(`/v1/subscriptions/${id}`, { method: 'DELETE' }))
  return { id, secret }
}

let people = 0
async function send(events: readonly JsonObject[]): Promise<void> {
  const headers = { 'content-type': 'application/cloudevents-batch+json' }
  const answer = await hub.ask('/v1/changes', { method: 'POST', headers, body: JSON.stringify(events) })
  if (answer.status !== 202) throw new Error(answer.text)
}

const contact = (key: string, given: string): JsonObject =>
  changeEvent(`crm/Contact/${key}`, {
    Id: key,
    FirstName: given,
    LastName: `Family${key}`,
    Email: `${key}@example.com`,
  })

/** New people, whose names begin with `Person`. */
async function makePeople(count: number): Promise<string[]> {
  const keys = Array.from({ length: count }, () => `s${++people}`)
  await send(keys.map((key) => contact(key, `Person${key}`)))
  return keys
}

const shown = async (id: string): Promise<JsonObject> => (await hub.ask(`/v1/subscriptions/${id}`)).body
const nameIn = ({ event }: Received): string =>
  ((event.data as JsonObject).customer as { name: { given: string } }).name.given
const deliveries = async (id: string): Promise<JsonObject[]> =>
  (await hub.ask(`/v1/subscriptions/${id}/deliveries?limit=200`)).body.items as JsonObject[]

describe('A subscription', () => {
  test('brings events as CloudEvents, signed by the Standard Webhooks scheme', async () => {
    const receiver = await newReceiver()
    const { secret } = await subscribe(receiver.url)
    await makePeople(1)
    const [message] = (await receiver.take(1)) as [Received]
    expect(message.headers).toMatchObject({
      'content-type': 'application/cloudevents+json',
      'webhook-id': message.event.id,
      'omnihub-event-number': expect.stringMatching(/^\d+$/) as string,
    })
    expect(Math.abs(Number(message.headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(10)
    expect(message.event).toMatchObject({ specversion: '1.0', type: 'customer.created', source: '/omnihub' })
    expect(isSignedBy(secret, message)).toBe(true)
  })

  test('shows a receiver that a message was forged, changed, or stolen from another time or id', async () => {
    const receiver = await newReceiver()
    const { secret } = await subscribe(receiver.url)
    await makePeople(1)
    const [message] = (await receiver.take(1)) as [Received]
    const { headers, body } = message
    const altered: Pick<Received, 'headers' | 'body'>[] = [
      { headers, body: body.replace('Person', 'person') },
      { headers: { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) }, body },
      { headers: { ...headers, 'webhook-id': 'another' }, body },
      { headers: { ...headers, 'webhook-signature': 'v1,AAAA' }, body },
    ]
    for (const one of altered) expect(isSignedBy(secret, one)).toBe(false)
    const other = await subscribe(receiver.url)
    expect(isSignedBy(other.secret, message)).toBe(false)
  })
})

describe('Delivery', () => {
  test('sends only the types that are asked for, and those for which the filter is true', async () => {
    const receiver = await newReceiver()
    await subscribe(receiver.url, {
      types: ['customer.created'],
      filter: 'startsWith(data.customer.name.given, "Chosen") and type == "customer.created"',
    })
    await send([contact('f1', 'Other'), contact('f2', 'Chosen'), contact('f3', 'Chosenother')])
    await hub.quiet()
    await send([contact('f2', 'Chosen again')])
    await hub.quiet()
    await makePeople(1)
    const all = await receiver.take(2)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(receiver.received).toHaveLength(2)
    expect(all.map(nameIn).sort()).toEqual(['Chosen', 'Chosenother'])
  })

  test('tries again what was not taken, with the same id, and each attempt is in the log', async () => {
    const receiver = await newReceiver()
    receiver.answer([
      500,
      // On a connection that was used before, a break would be tried again at once.
      (response) => response.writeHead(302, { connection: 'close', location: '/elsewhere' }).end(),
      (response) => response.destroy(),
    ])
    const { id, secret } = await subscribe(receiver.url)
    await makePeople(1)
    const messages = await receiver.take(4)
    expect(new Set(messages.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    for (const message of messages) expect(isSignedBy(secret, message)).toBe(true)
    await until(async () => (await deliveries(id)).length === 4, 5_000)
    expect(await deliveries(id)).toMatchObject([
      { attempt: 4, outcome: 'delivered', status: 204, problem: null },
      { attempt: 3, outcome: 'retrying', status: null, problem: 'It broke the connection off.' },
      { attempt: 2, outcome: 'retrying', status: 302, problem: expect.stringContaining('redirects') as string },
      { attempt: 1, outcome: 'retrying', status: 500, event: { id: messages[0]?.event.id, type: 'customer.created' } },
    ])
    expect(await shown(id)).toMatchObject({ state: 'active', waiting: 0, failing: null })
  })

  test('waits as long as the receiver asks for', async () => {
    const receiver = await newReceiver()
    receiver.answer([(response) => response.writeHead(503, { 'retry-after': '1' }).end()])
    await subscribe(receiver.url)
    await makePeople(3)
    const messages = await receiver.take(4)
    // Up to four may be under way when it says so; none begins after that.
    const began = messages.map(({ at }) => at - (messages[0]?.at ?? 0))
    const again = messages.findLast(({ headers }) => headers['webhook-id'] === messages[0]?.headers['webhook-id'])
    expect((again?.at ?? 0) - (messages[0]?.at ?? 0)).toBeGreaterThanOrEqual(950)
    expect(began.filter((ms) => ms > 150 && ms < 950)).toEqual([])
  })

  test('keeps the events of one customer in order while one of them is tried again, and lets others pass', async () => {
    const receiver = await newReceiver()
    let refused = 0
    receiver.answer((response, message) => {
      const refuse = nameIn(message) === 'First' && refused++ < 3
      response.writeHead(refuse ? 500 : 200).end()
    })
    await subscribe(receiver.url)
    await send([contact('o1', 'First')])
    await hub.quiet()
    await send([contact('o1', 'Second')])
    await hub.quiet()
    await send([contact('o1', 'Third'), contact('o2', 'Other')])
    await receiver.take(7)
    const names = receiver.received.map(nameIn)
    expect(names.filter((name) => name !== 'Other')).toEqual(['First', 'First', 'First', 'First', 'Second', 'Third'])
    expect(names.indexOf('Other')).toBeLessThan(names.indexOf('Third'))
  })

  test('ends at once where the receiver is gone, and says so in an event; goes on from there when it is made active', async () => {
    const [receiver, notices] = [await newReceiver(), await newReceiver()]
    receiver.answer(410)
    const { id } = await subscribe(receiver.url)
    await subscribe(notices.url, { types: ['subscription.*'] })
    await makePeople(1)
    const [notice] = await notices.take(1)
    expect(notice?.event).toMatchObject({
      type: 'subscription.disabled',
      subject: id,
      data: { subscription: { id, reason: 'gone', owner: 'admin', host: new URL(receiver.url).host } },
    })
    await makePeople(2)
    await hub.quiet()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(receiver.received).toHaveLength(1)
    expect(await shown(id)).toMatchObject({ state: 'disabled', disabled: { reason: 'gone' }, waiting: 1 })
    receiver.answer(200)
    const again = await hub.ask(`/v1/subscriptions/${id}`, { method: 'PATCH', body: { state: 'active' } })
    expect(again.body).toMatchObject({ state: 'active', disabled: null, failing: null })
    await receiver.take(4)
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(3)
  })

  test('is disabled after the last attempt where nothing was taken meanwhile', async () => {
    const receiver = await newReceiver()
    receiver.answer(500)
    const { id } = await subscribe(receiver.url)
    await makePeople(1)
    await until(async () => (await shown(id)).state === 'disabled', 10_000)
    expect(receiver.received).toHaveLength(PAUSES.length + 1)
    expect(await shown(id)).toMatchObject({
      disabled: { reason: 'failed' },
      waiting: 1,
      failing: { attempts: 5, problem: 'It answered 500.', nextAttemptAt: null },
    })
    expect((await deliveries(id))[0]).toMatchObject({ outcome: 'disabled', attempt: 5 })
  })

  test('gives up one event that is never taken while others are, and says so in an event', async () => {
    const [receiver, notices] = [await newReceiver(), await newReceiver()]
    receiver.answer((response, message) => response.writeHead(nameIn(message) === 'Poison' ? 422 : 200).end())
    const { id } = await subscribe(receiver.url)
    await subscribe(notices.url, { types: ['subscription.event-failed'] })
    await send([contact('g1', 'Poison')])
    await receiver.take(2)
    await makePeople(1)
    const [notice] = await notices.take(1)
    expect(notice?.event.data).toMatchObject({ subscription: { id }, event: { type: 'customer.created' } })
    await until(async () => (await shown(id)).waiting === 0, 5_000)
    expect((await shown(id)).state).toBe('active')
    expect((await deliveries(id))[0]).toMatchObject({ outcome: 'failed', status: 422 })
  })

  test('is not held up by other receivers that are slow, dead or hang', async () => {
    const hanging = await newReceiver()
    hanging.answer(() => undefined)
    const endless = await newReceiver()
    endless.answer((response) => {
      response.writeHead(200)
      const more = setInterval(() => response.write('x'.repeat(65_536)), 5)
      response.on('close', () => {
        clearInterval(more)
      })
    })
    const quick = await newReceiver()
    const dead = await webhookReceiver()
    await dead.close()
    for (let i = 0; i < 5; i++) for (const { url } of [hanging, endless, dead]) await subscribe(url)
    await subscribe(quick.url)
    const began = Date.now()
    await makePeople(50)
    await quick.take(50)
    const lastMs = (quick.received.at(-1)?.at ?? Infinity) - began
    expect(lastMs).toBeLessThan(5_000)
    // Each new event finds the quick one free, while the others hang.
    const next = Date.now()
    await makePeople(1)
    await quick.take(51)
    expect((quick.received.at(-1)?.at ?? Infinity) - next).toBeLessThan(1_500)
  })

  test('begins anew after an event or at a moment, and drops what waits', async () => {
    const receiver = await newReceiver()
    const { id } = await subscribe(receiver.url)
    await makePeople(2)
    const before = await receiver.take(2)
    await until(
      async () => (await deliveries(id)).length === 2,
      5_000,
      () => deliveries(id),
    )
    const numbers = before.map(({ headers }) => Number(headers['omnihub-event-number']))
    const replay = (body: JsonObject) => hub.ask(`/v1/subscriptions/${id}/replay`, { method: 'POST', body })
    const answer = await replay({ after: Math.min(...numbers) - 1 })
    expect(answer.status).toBe(202)
    const again = (await receiver.take(4)).slice(2)
    expect(again.map(({ headers }) => headers['webhook-id']).sort()).toEqual(
      before.map(({ headers }) => headers['webhook-id']).sort(),
    )
    const moment = (await hub.ask(`/v1/subscriptions/${id}`)).body.createdAt
    await until(
      async () => (await deliveries(id)).length === 4,
      5_000,
      () => deliveries(id),
    )
    await replay({ since: String(moment) })
    await receiver.take(6)
    hub.expectProblem(await replay({ after: 999_999_999 }), 422, 'subscription.replay.ahead', '/after')
    hub.expectProblem(await replay({}), 422, 'request.body.invalid')
    hub.expectProblem(await replay({ since: '2026-13-01T00:00:00Z' }), 422, 'request.body.invalid', '/since')
  })

  test('waits while it is paused, and goes on where it stopped', async () => {
    const receiver = await newReceiver()
    const { id } = await subscribe(receiver.url)
    await hub.ask(`/v1/subscriptions/${id}`, { method: 'PATCH', body: { state: 'paused' } })
    await makePeople(3)
    await hub.quiet()
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(receiver.received).toHaveLength(0)
    await hub.ask(`/v1/subscriptions/${id}`, { method: 'PATCH', body: { state: 'active' } })
    await receiver.take(3)
  })

  test('goes on with a changed address, types and filter', async () => {
    const [old, present] = [await newReceiver(), await newReceiver()]
    const { id } = await subscribe(old.url)
    await makePeople(1)
    await old.take(1)
    const body = { url: present.url, types: ['customer.updated'], filter: 'contains(data.changed, "name.given")' }
    const headers = { 'content-type': 'application/merge-patch+json' }
    await hub.ask(`/v1/subscriptions/${id}`, { method: 'PATCH', headers, body: JSON.stringify(body) })
    await send([contact('c1', 'Before')])
    await hub.quiet()
    await send([contact('c1', 'After')])
    const [message] = (await present.take(1)) as [Received]
    expect(nameIn(message)).toBe('After')
    expect(old.received).toHaveLength(1)
  })

  test('sends a test at once, and tells how it ended', async () => {
    const receiver = await newReceiver()
    const { id, secret } = await subscribe(receiver.url, { types: ['invoice.created'] })
    const test = async (): Promise<JsonObject> =>
      (await hub.ask(`/v1/subscriptions/${id}/test`, { method: 'POST' })).body
    expect(await test()).toMatchObject({ delivered: true, status: 204, problem: null })
    const [message] = (await receiver.take(1)) as [Received]
    expect(message.event).toMatchObject({ type: 'subscription.test', subject: id })
    expect(isSignedBy(secret, message)).toBe(true)
    receiver.answer(418)
    expect(await test()).toMatchObject({ delivered: false, status: 418, problem: 'It answered 418.' })
    expect(await deliveries(id)).toMatchObject([
      { outcome: 'failed', event: { type: 'subscription.test', number: null } },
      { outcome: 'delivered' },
    ])
  })

  test('signs with both secrets while a rotation lasts, and with the new one alone after it', async () => {
    const receiver = await newReceiver()
    const { id, secret } = await subscribe(receiver.url)
    const rotate = async (body?: JsonObject): Promise<JsonObject> =>
      (await hub.ask(`/v1/subscriptions/${id}/rotate-secret`, { method: 'POST', ...(body && { body }) })).body
    const rotated = await rotate()
    expect(String(rotated.secret)).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(Date.parse(String(rotated.formerSecretUntil))).toBeGreaterThan(Date.now() + 23 * 3_600_000)
    await makePeople(1)
    const [both] = (await receiver.take(1)) as [Received]
    expect([isSignedBy(secret, both), isSignedBy(String(rotated.secret), both)]).toEqual([true, true])
    const last = await rotate({ overlapSeconds: 0 })
    await makePeople(1)
    const [, alone] = (await receiver.take(2)) as [Received, Received]
    expect([isSignedBy(String(rotated.secret), alone), isSignedBy(String(last.secret), alone)]).toEqual([false, true])
    expect((await hub.ask('/v1/subscriptions')).text).not.toContain('whsec_')
  })
})

describe('What is sent', () => {
  test('is what the role of the key may see, and a filter tells of nothing else', async () => {
    const view = (text: string, role: string): string =>
      role === 'channel' ? text.replace(/"family":"[^"]*"/g, '"family":"***"') : text
    const other = await startApi(PUSH_WORKSPACE, { webhooks: { view } })
    endings.push(() => other.stop())
    const [channel, engineer] = [await other.keyOf('channel'), await other.keyOf('engineer')]
    const [seeing, guessing, whole] = [await newReceiver(), await newReceiver(), await newReceiver()]
    const filter = 'data.customer.name.family == "Secret"'
    for (const [receiver, key, wish] of [
      [seeing, channel, {}],
      [guessing, channel, { filter }],
      [whole, engineer, { filter }],
    ] as const) {
      const body = { url: receiver.url, types: ['customer.created'], ...wish }
      await other.ask('/v1/subscriptions', { method: 'POST', key, body })
    }
    const change = changeEvent('crm/Contact/m1', {
      Id: 'm1',
      FirstName: 'Ann',
      LastName: 'Secret',
      Email: 'm1@example.com',
    })
    const headers = { 'content-type': 'application/cloudevents+json' }
    await other.ask('/v1/changes', { method: 'POST', headers, body: JSON.stringify(change) })
    const [[masked], [plain]] = [await seeing.take(1), await whole.take(1)]
    expect(masked?.body).toContain('"family":"***"')
    expect(masked?.body).not.toContain('"family":"Secret"')
    expect(plain?.body).toContain('"family":"Secret"')
    expect(guessing.received).toHaveLength(0)
  })

  test('is what the AsyncAPI document says', async () => {
    const document = (await hub.ask('/asyncapi.json', { key: null })).body
    const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
    ajv.addSchema({ $id: 'events', components: document.components as JsonObject })
    const receiver = await newReceiver()
    await subscribe(receiver.url, { types: ['*'] })
    const invoice = { no: 'A1', account: 'AC1', total: '12.50' }
    const account = { no: 'AC1', state: 'A', first: 'Ada', last: 'Byron', born: '19010101', mail: 'ada@example.com' }
    await send([changeEvent('billing/Account/AC1', account), changeEvent('billing/Invoice/A1', invoice)])
    await hub.quiet()
    await send([changeEvent('billing/Account/AC1', { ...account, first: 'Augusta' })])
    await send([changeEvent('billing/Invoice/A1', { ...invoice, total: '13.00' })])
    await hub.quiet()
    await send([changeEvent('billing/Invoice/A1', null)])
    const messages = await receiver.take(5)
    expect(messages.map(({ event }) => event.type).sort()).toEqual([
      'customer.created',
      'customer.updated',
      'invoice.created',
      'invoice.deleted',
      'invoice.updated',
    ])
    for (const { event } of messages) {
      const check = ajv.compile({ $ref: `events#/components/schemas/event.${String(event.type)}` })
      expect([event.type, check(event) ? [] : check.errors]).toEqual([event.type, []])
      const { properties } = (document.components as { schemas: Record<string, JsonObject> }).schemas[
        `event.${String(event.type)}`
      ] as { properties: { data: { properties: JsonObject } } & JsonObject }
      // Nothing is sent that the document does not tell of.
      expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(event)))
      expect(Object.keys(properties.data.properties)).toEqual(
        expect.arrayContaining(Object.keys(event.data as JsonObject)),
      )
    }
  })
})

describe('Subscriptions', () => {
  test('belong to the key that made them: others neither see nor change them, an admin does', async () => {
    const receiver = await newReceiver()
    const [own, foreign] = [await hub.keyOf('channel'), await hub.keyOf('channel')]
    const { id } = await subscribe(receiver.url, {}, own)
    const path = `/v1/subscriptions/${id}`
    const ids = async (key?: string) =>
      ((await hub.ask('/v1/subscriptions', key === undefined ? {} : { key })).body.items as unknown as Made[]).map(
        (one) => one.id,
      )
    expect(await ids(own)).toEqual([id])
    expect(await ids(foreign)).toEqual([])
    expect(await ids()).toContain(id)
    const requests = [
      ['GET', path],
      ['PATCH', path, { state: 'paused' }],
      ['DELETE', path],
      ['POST', `${path}/test`],
      ['POST', `${path}/rotate-secret`],
      ['POST', `${path}/replay`, { after: 0 }],
      ['GET', `${path}/deliveries`],
    ] as const
    for (const [method, address, body] of requests)
      hub.expectProblem(await hub.ask(address, { method, key: foreign, body }), 404, 'subscription.unknown', '{id}')
    expect(receiver.received).toHaveLength(0)
    expect((await hub.ask(path, { key: own })).status).toBe(200)
  })

  test('go over to the key that takes the place of theirs', async () => {
    const receiver = await newReceiver()
    const key = await hub.keyOf('channel')
    const { id } = await subscribe(receiver.url, {}, key)
    const rotated = await hub.ask(`/admin/v1/keys/${key.split('_')[1]}/rotate`, { method: 'POST', body: {} })
    const successor = String(rotated.body.key)
    expect((await hub.ask(`/v1/subscriptions/${id}`, { key: successor })).body).toMatchObject({
      owner: successor.split('_')[1],
      state: 'active',
    })
    await hub.ask(`/admin/v1/keys/${key.split('_')[1]}`, { method: 'DELETE' })
    await makePeople(1)
    await receiver.take(1)
    expect(await shown(id)).toMatchObject({ state: 'active' })
  })

  test('end with their key', async () => {
    const receiver = await newReceiver()
    const key = await hub.keyOf('channel')
    const { id } = await subscribe(receiver.url, {}, key)
    await hub.ask(`/admin/v1/keys/${key.split('_')[1]}`, { method: 'DELETE' })
    await until(async () => (await shown(id)).state === 'disabled', 5_000)
    expect(await shown(id)).toMatchObject({ disabled: { reason: 'owner-revoked' } })
    await makePeople(1)
    await hub.quiet()
    expect(receiver.received).toHaveLength(0)
  })

  test.each([
    [{ url: 'https://example.com/x', types: ['customer.craeted'] }, 'subscription.type.unknown', '/types/0'],
    [{ url: 'https://example.com/x', types: [] }, 'request.body.invalid', '/types'],
    [{ url: 'https://example.com/x' }, 'request.body.invalid', '/types'],
    [{ url: 'example.com', types: ['*'] }, 'egress.url.invalid', '/url'],
    [{ url: 'http://example.com/x', types: ['*'] }, 'egress.url.not-https', '/url'],
    [{ url: 'ftp://example.com/x', types: ['*'] }, 'egress.url.not-https', '/url'],
    [{ url: 'https://10.0.0.1/', types: ['*'] }, 'egress.forbidden', '/url'],
    [{ url: 'https://169.254.169.254/latest', types: ['*'] }, 'egress.forbidden', '/url'],
    [{ url: 'https://me:pass@example.com/', types: ['*'] }, 'egress.url.invalid', '/url'],
    [{ url: 'https://no-such-host.invalid/', types: ['*'] }, 'egress.unresolved', '/url'],
    [{ url: 'http://127.0.0.1:1/', types: ['*'], filter: 'type ==' }, 'events.filter.invalid', '/filter'],
    [{ url: 'http://127.0.0.1:1/', types: ['*'], filter: 'typ == "x"' }, 'events.filter.invalid', '/filter'],
    [
      { url: 'http://127.0.0.1:1/', types: ['customer.*'], filter: 'data.invoice == 1' },
      'events.filter.invalid',
      '/filter',
    ],
    [{ url: 'http://127.0.0.1:1/', types: ['*'], secret: 'mine' }, 'request.body.invalid', '/secret'],
  ])('are refused where they can not work: %j', async (body, code, pointer) => {
    hub.expectProblem(await hub.ask('/v1/subscriptions', { method: 'POST', body }), 422, code, pointer)
  })

  test('tell of a wrong filter in a change too, also when only the types change under it', async () => {
    const { id } = await subscribe('http://127.0.0.1:1/', { types: ['*'], filter: 'data.invoice.status == "open"' })
    const change = (body: JsonObject) => hub.ask(`/v1/subscriptions/${id}`, { method: 'PATCH', body })
    hub.expectProblem(await change({ types: ['customer.*'] }), 422, 'events.filter.invalid', '/filter')
    hub.expectProblem(await change({ state: 'disabled' }), 422, 'request.body.invalid', '/state')
    hub.expectProblem(await change({}), 422, 'request.body.invalid')
    expect(await shown(id)).toMatchObject({ types: ['*'] })
    expect((await change({ types: ['customer.*'], filter: null })).status).toBe(200)
  })
})
