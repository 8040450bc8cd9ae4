/** What subscribers may have and see: the content of events, whose subscriptions they are, what is refused. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { changeEvent, type RunningApi, startApi } from '../support/api.ts'
import { until } from '../support/engine.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'
import { type MadeSubscription, SubscriptionTools } from '../support/subscriptions.ts'

let hub: RunningApi
const tools = new SubscriptionTools(() => hub)
beforeAll(async () => {
  hub = await startApi(PUSH_WORKSPACE)
})
afterEach(() => tools.cleanUp())
afterAll(() => hub.stop())

describe('What is sent', () => {
  test('is what the role of the key may see, and a filter tells of nothing else', async () => {
    const view = (text: string, role: string): string =>
      role === 'channel' ? text.replace(/"family":"[^"]*"/g, '"family":"***"') : text
    const other = await startApi(PUSH_WORKSPACE, { webhooks: { view } })
    tools.later(() => other.stop())
    const [channel, engineer] = [await other.keyOf('channel'), await other.keyOf('engineer')]
    const [seeing, guessing, whole] = [await tools.newReceiver(), await tools.newReceiver(), await tools.newReceiver()]
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
    const receiver = await tools.newReceiver()
    await tools.subscribe(receiver.url, { types: ['*'] })
    const invoice = { no: 'A1', account: 'AC1', total: '12.50' }
    const account = { no: 'AC1', state: 'A', first: 'Ada', last: 'Byron', born: '19010101', mail: 'ada@example.com' }
    await tools.send([changeEvent('billing/Account/AC1', account), changeEvent('billing/Invoice/A1', invoice)])
    await hub.quiet()
    await tools.send([changeEvent('billing/Account/AC1', { ...account, first: 'Augusta' })])
    await tools.send([changeEvent('billing/Invoice/A1', { ...invoice, total: '13.00' })])
    await hub.quiet()
    await tools.send([changeEvent('billing/Invoice/A1', null)])
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
    const receiver = await tools.newReceiver()
    const [own, foreign] = [await hub.keyOf('channel'), await hub.keyOf('channel')]
    const { id } = await tools.subscribe(receiver.url, {}, own)
    const path = `/v1/subscriptions/${id}`
    const ids = async (key?: string) =>
      (
        (await hub.ask('/v1/subscriptions', key === undefined ? {} : { key })).body
          .items as unknown as MadeSubscription[]
      ).map((one) => one.id)
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
    const receiver = await tools.newReceiver()
    const key = await hub.keyOf('channel')
    const { id } = await tools.subscribe(receiver.url, {}, key)
    const rotated = await hub.ask(`/admin/v1/keys/${key.split('_')[1]}/rotate`, { method: 'POST', body: {} })
    const successor = String(rotated.body.key)
    expect((await hub.ask(`/v1/subscriptions/${id}`, { key: successor })).body).toMatchObject({
      owner: successor.split('_')[1],
      state: 'active',
    })
    await hub.ask(`/admin/v1/keys/${key.split('_')[1]}`, { method: 'DELETE' })
    await tools.makePeople(1)
    await receiver.take(1)
    expect(await tools.shown(id)).toMatchObject({ state: 'active' })
  })

  test('end with their key', async () => {
    const receiver = await tools.newReceiver()
    const key = await hub.keyOf('channel')
    const { id } = await tools.subscribe(receiver.url, {}, key)
    await hub.ask(`/admin/v1/keys/${key.split('_')[1]}`, { method: 'DELETE' })
    await until(async () => (await tools.shown(id)).state === 'disabled', 5_000)
    expect(await tools.shown(id)).toMatchObject({ disabled: { reason: 'owner-revoked' } })
    await tools.makePeople(1)
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
    const { id } = await tools.subscribe('http://127.0.0.1:1/', {
      types: ['*'],
      filter: 'data.invoice.status == "open"',
    })
    const change = (body: JsonObject) => hub.ask(`/v1/subscriptions/${id}`, { method: 'PATCH', body })
    hub.expectProblem(await change({ types: ['customer.*'] }), 422, 'events.filter.invalid', '/filter')
    hub.expectProblem(await change({ state: 'disabled' }), 422, 'request.body.invalid', '/state')
    hub.expectProblem(await change({}), 422, 'request.body.invalid')
    expect(await tools.shown(id)).toMatchObject({ types: ['*'] })
    expect((await change({ types: ['customer.*'], filter: null })).status).toBe(200)
  })
})
