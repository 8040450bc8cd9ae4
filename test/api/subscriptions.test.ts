import type { JsonObject } from '../../hub/contracts/json.ts'
import { type RunningApi, startApi } from '../support/api.ts'
import { until } from '../support/engine.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'
import { contact, nameIn, SubscriptionTools } from '../support/subscriptions.ts'
import { isSignedBy, type Received, webhookReceiver } from '../support/webhook-receiver.ts'

/** Attempts after 50 ms, 100 ms and so on in place of days: five in all. */
const PAUSES = [50, 100, 150, 200]

let hub: RunningApi
const tools = new SubscriptionTools(() => hub)
beforeAll(async () => {
  hub = await startApi(PUSH_WORKSPACE, { webhooks: { pauses: PAUSES, timeoutMs: 1_000 } })
})
afterEach(() => tools.cleanUp())
afterAll(() => hub.stop())

describe('A subscription', () => {
  test('brings events as CloudEvents, signed by the Standard Webhooks scheme', async () => {
    const receiver = await tools.newReceiver()
    const { secret } = await tools.subscribe(receiver.url)
    await tools.makePeople(1)
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
    const receiver = await tools.newReceiver()
    const { secret } = await tools.subscribe(receiver.url)
    await tools.makePeople(1)
    const [message] = (await receiver.take(1)) as [Received]
    const { headers, body } = message
    const altered: Pick<Received, 'headers' | 'body'>[] = [
      { headers, body: body.replace('Person', 'person') },
      { headers: { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) }, body },
      { headers: { ...headers, 'webhook-id': 'another' }, body },
      { headers: { ...headers, 'webhook-signature': 'v1,AAAA' }, body },
    ]
    for (const one of altered) expect(isSignedBy(secret, one)).toBe(false)
    const other = await tools.subscribe(receiver.url)
    expect(isSignedBy(other.secret, message)).toBe(false)
  })
})

describe('Delivery', () => {
  test('sends only the types that are asked for, and those for which the filter is true', async () => {
    const receiver = await tools.newReceiver()
    await tools.subscribe(receiver.url, {
      types: ['customer.created'],
      filter: 'startsWith(data.customer.name.given, "Chosen") and type == "customer.created"',
    })
    await tools.send([contact('f1', 'Other'), contact('f2', 'Chosen'), contact('f3', 'Chosenother')])
    await hub.quiet()
    await tools.send([contact('f2', 'Chosen again')])
    await hub.quiet()
    await tools.makePeople(1)
    const all = await receiver.take(2)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(receiver.received).toHaveLength(2)
    expect(all.map(nameIn).sort()).toEqual(['Chosen', 'Chosenother'])
  })

  test('tries again what was not taken, with the same id, and each attempt is in the log', async () => {
    const receiver = await tools.newReceiver()
    receiver.answer([
      500,
      // On a connection that was used before, a break would be tried again at once.
      (response) => response.writeHead(302, { connection: 'close', location: '/elsewhere' }).end(),
      (response) => response.destroy(),
    ])
    const { id, secret } = await tools.subscribe(receiver.url)
    await tools.makePeople(1)
    const messages = await receiver.take(4)
    expect(new Set(messages.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    for (const message of messages) expect(isSignedBy(secret, message)).toBe(true)
    await until(async () => (await tools.deliveries(id)).length === 4, 5_000)
    expect(await tools.deliveries(id)).toMatchObject([
      { attempt: 4, outcome: 'delivered', status: 204, problem: null },
      { attempt: 3, outcome: 'retrying', status: null, problem: 'It broke the connection off.' },
      { attempt: 2, outcome: 'retrying', status: 302, problem: expect.stringContaining('redirects') as string },
      { attempt: 1, outcome: 'retrying', status: 500, event: { id: messages[0]?.event.id, type: 'customer.created' } },
    ])
    expect(await tools.shown(id)).toMatchObject({ state: 'active', waiting: 0, failing: null })
  })

  test('waits as long as the receiver asks for', async () => {
    const receiver = await tools.newReceiver()
    receiver.answer([(response) => response.writeHead(503, { 'retry-after': '1' }).end()])
    await tools.subscribe(receiver.url)
    await tools.makePeople(3)
    const messages = await receiver.take(4)
    // Up to four may be under way when it says so; none begins after that.
    const began = messages.map(({ at }) => at - (messages[0]?.at ?? 0))
    const again = messages.findLast(({ headers }) => headers['webhook-id'] === messages[0]?.headers['webhook-id'])
    expect((again?.at ?? 0) - (messages[0]?.at ?? 0)).toBeGreaterThanOrEqual(950)
    expect(began.filter((ms) => ms > 150 && ms < 950)).toEqual([])
  })

  test('keeps the events of one customer in order while one of them is tried again, and lets others pass', async () => {
    const receiver = await tools.newReceiver()
    let refused = 0
    receiver.answer((response, message) => {
      const refuse = nameIn(message) === 'First' && refused++ < 3
      response.writeHead(refuse ? 500 : 200).end()
    })
    await tools.subscribe(receiver.url)
    await tools.send([contact('o1', 'First')])
    await hub.quiet()
    await tools.send([contact('o1', 'Second')])
    await hub.quiet()
    await tools.send([contact('o1', 'Third'), contact('o2', 'Other')])
    await receiver.take(7)
    const names = receiver.received.map(nameIn)
    expect(names.filter((name) => name !== 'Other')).toEqual(['First', 'First', 'First', 'First', 'Second', 'Third'])
    expect(names.indexOf('Other')).toBeLessThan(names.indexOf('Third'))
  })

  test('ends at once where the receiver is gone, and says so in an event; goes on from there when it is made active', async () => {
    const [receiver, notices] = [await tools.newReceiver(), await tools.newReceiver()]
    receiver.answer(410)
    const { id } = await tools.subscribe(receiver.url)
    await tools.subscribe(notices.url, { types: ['subscription.*'] })
    await tools.makePeople(1)
    const [notice] = await notices.take(1)
    expect(notice?.event).toMatchObject({
      type: 'subscription.disabled',
      subject: id,
      data: { subscription: { id, reason: 'gone', owner: 'admin', host: new URL(receiver.url).host } },
    })
    await tools.makePeople(2)
    await hub.quiet()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(receiver.received).toHaveLength(1)
    expect(await tools.shown(id)).toMatchObject({ state: 'disabled', disabled: { reason: 'gone' }, waiting: 1 })
    receiver.answer(200)
    const again = await hub.ask(`/v1/subscriptions/${id}`, { method: 'PATCH', body: { state: 'active' } })
    expect(again.body).toMatchObject({ state: 'active', disabled: null, failing: null })
    await receiver.take(4)
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(3)
  })

  test('is disabled after the last attempt where nothing was taken meanwhile', async () => {
    const receiver = await tools.newReceiver()
    receiver.answer(500)
    const { id } = await tools.subscribe(receiver.url)
    await tools.makePeople(1)
    await until(async () => (await tools.shown(id)).state === 'disabled', 10_000)
    expect(receiver.received).toHaveLength(PAUSES.length + 1)
    expect(await tools.shown(id)).toMatchObject({
      disabled: { reason: 'failed' },
      waiting: 1,
      failing: { attempts: 5, problem: 'It answered 500.', nextAttemptAt: null },
    })
    expect((await tools.deliveries(id))[0]).toMatchObject({ outcome: 'disabled', attempt: 5 })
  })

  test('gives up one event that is never taken while others are, and says so in an event', async () => {
    const [receiver, notices] = [await tools.newReceiver(), await tools.newReceiver()]
    receiver.answer((response, message) => response.writeHead(nameIn(message) === 'Poison' ? 422 : 200).end())
    const { id } = await tools.subscribe(receiver.url)
    await tools.subscribe(notices.url, { types: ['subscription.event-failed'] })
    await tools.send([contact('g1', 'Poison')])
    await receiver.take(2)
    await tools.makePeople(1)
    const [notice] = await notices.take(1)
    expect(notice?.event.data).toMatchObject({ subscription: { id }, event: { type: 'customer.created' } })
    await until(async () => (await tools.shown(id)).waiting === 0, 5_000)
    expect((await tools.shown(id)).state).toBe('active')
    expect((await tools.deliveries(id))[0]).toMatchObject({ outcome: 'failed', status: 422 })
  })

  test('is not held up by other receivers that are slow, dead or hang', async () => {
    const hanging = await tools.newReceiver()
    hanging.answer(() => undefined)
    const endless = await tools.newReceiver()
    endless.answer((response) => {
      response.writeHead(200)
      const more = setInterval(() => response.write('x'.repeat(65_536)), 5)
      response.on('close', () => {
        clearInterval(more)
      })
    })
    const quick = await tools.newReceiver()
    const dead = await webhookReceiver()
    await dead.close()
    for (let i = 0; i < 5; i++) for (const { url } of [hanging, endless, dead]) await tools.subscribe(url)
    await tools.subscribe(quick.url)
    const began = Date.now()
    await tools.makePeople(50)
    await quick.take(50)
    const lastMs = (quick.received.at(-1)?.at ?? Infinity) - began
    expect(lastMs).toBeLessThan(5_000)
    // Each new event finds the quick one free, while the others hang.
    const next = Date.now()
    await tools.makePeople(1)
    await quick.take(51)
    expect((quick.received.at(-1)?.at ?? Infinity) - next).toBeLessThan(1_500)
  })

  test('begins anew after an event or at a moment, and drops what waits', async () => {
    const receiver = await tools.newReceiver()
    const { id } = await tools.subscribe(receiver.url)
    await tools.makePeople(2)
    const before = await receiver.take(2)
    await until(
      async () => (await tools.deliveries(id)).length === 2,
      5_000,
      () => tools.deliveries(id),
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
      async () => (await tools.deliveries(id)).length === 4,
      5_000,
      () => tools.deliveries(id),
    )
    await replay({ since: String(moment) })
    await receiver.take(6)
    hub.expectProblem(await replay({ after: 999_999_999 }), 422, 'subscription.replay.ahead', '/after')
    hub.expectProblem(await replay({}), 422, 'request.body.invalid')
    hub.expectProblem(await replay({ since: '2026-13-01T00:00:00Z' }), 422, 'request.body.invalid', '/since')
  })

  test('waits while it is paused, and goes on where it stopped', async () => {
    const receiver = await tools.newReceiver()
    const { id } = await tools.subscribe(receiver.url)
    await hub.ask(`/v1/subscriptions/${id}`, { method: 'PATCH', body: { state: 'paused' } })
    await tools.makePeople(3)
    await hub.quiet()
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(receiver.received).toHaveLength(0)
    await hub.ask(`/v1/subscriptions/${id}`, { method: 'PATCH', body: { state: 'active' } })
    await receiver.take(3)
  })

  test('goes on with a changed address, types and filter', async () => {
    const [old, present] = [await tools.newReceiver(), await tools.newReceiver()]
    const { id } = await tools.subscribe(old.url)
    await tools.makePeople(1)
    await old.take(1)
    const body = { url: present.url, types: ['customer.updated'], filter: 'contains(data.changed, "name.given")' }
    const headers = { 'content-type': 'application/merge-patch+json' }
    await hub.ask(`/v1/subscriptions/${id}`, { method: 'PATCH', headers, body: JSON.stringify(body) })
    await tools.send([contact('c1', 'Before')])
    await hub.quiet()
    await tools.send([contact('c1', 'After')])
    const [message] = (await present.take(1)) as [Received]
    expect(nameIn(message)).toBe('After')
    expect(old.received).toHaveLength(1)
  })

  test('sends a test at once, and tells how it ended', async () => {
    const receiver = await tools.newReceiver()
    const { id, secret } = await tools.subscribe(receiver.url, { types: ['invoice.created'] })
    const test = async (): Promise<JsonObject> =>
      (await hub.ask(`/v1/subscriptions/${id}/test`, { method: 'POST' })).body
    expect(await test()).toMatchObject({ delivered: true, status: 204, problem: null })
    const [message] = (await receiver.take(1)) as [Received]
    expect(message.event).toMatchObject({ type: 'subscription.test', subject: id })
    expect(isSignedBy(secret, message)).toBe(true)
    receiver.answer(418)
    expect(await test()).toMatchObject({ delivered: false, status: 418, problem: 'It answered 418.' })
    expect(await tools.deliveries(id)).toMatchObject([
      { outcome: 'failed', event: { type: 'subscription.test', number: null } },
      { outcome: 'delivered' },
    ])
  })

  test('signs with both secrets while a rotation lasts, and with the new one alone after it', async () => {
    const receiver = await tools.newReceiver()
    const { id, secret } = await tools.subscribe(receiver.url)
    const rotate = async (body?: JsonObject): Promise<JsonObject> =>
      (await hub.ask(`/v1/subscriptions/${id}/rotate-secret`, { method: 'POST', ...(body && { body }) })).body
    const rotated = await rotate()
    expect(String(rotated.secret)).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(Date.parse(String(rotated.formerSecretUntil))).toBeGreaterThan(Date.now() + 23 * 3_600_000)
    await tools.makePeople(1)
    const [both] = (await receiver.take(1)) as [Received]
    expect([isSignedBy(secret, both), isSignedBy(String(rotated.secret), both)]).toEqual([true, true])
    const last = await rotate({ overlapSeconds: 0 })
    await tools.makePeople(1)
    const [, alone] = (await receiver.take(2)) as [Received, Received]
    expect([isSignedBy(String(rotated.secret), alone), isSignedBy(String(last.secret), alone)]).toEqual([false, true])
    expect((await hub.ask('/v1/subscriptions')).text).not.toContain('whsec_')
  })
})
