import { changeEvent, type RunningApi, startApi } from '../support/api.ts'
import { expectBalanced } from '../support/core.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'

let hub: RunningApi
beforeAll(async () => {
  hub = await startApi(PUSH_WORKSPACE)
})
afterAll(() => hub.stop())

const SINGLE = { 'content-type': 'application/cloudevents+json' }
const BATCH = { 'content-type': 'application/cloudevents-batch+json' }
const send = (body: unknown, headers: Record<string, string> = Array.isArray(body) ? BATCH : SINGLE, key?: string) =>
  hub.ask('/v1/changes', {
    method: 'POST',
    headers,
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    ...(key === undefined ? {} : { key }),
  })
const person = { Id: '1', FirstName: 'Mary', LastName: 'Smith' }

describe('POST /v1/changes', () => {
  test('accepts one event and a batch, and knows what it has accepted before', async () => {
    const one = changeEvent('crm/Contact/1', person)
    expect(await send(one)).toMatchObject({ status: 202, body: { accepted: 1, duplicates: 0 } })
    const two = changeEvent('crm/Contact/2', { ...person, Id: '2' })
    expect(await send([one, two, two])).toMatchObject({ status: 202, body: { accepted: 1, duplicates: 2 } })
    expect(await send([])).toMatchObject({ status: 202, body: { accepted: 0, duplicates: 0 } })
    expect(await hub.quiet()).toMatchObject({ accepted: 2, applied: 2, inFlight: 0 })
  })

  test('accepts binary mode', async () => {
    const headers = {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': 'binary-1',
      'ce-source': '/systems/crm',
      'ce-type': 'omnihub.change.upserted',
      'ce-subject': 'Contact/3',
    }
    expect(await send(JSON.stringify({ ...person, Id: '3' }), headers)).toMatchObject({
      status: 202,
      body: { accepted: 1 },
    })
  })

  test('names each fault of a batch, accepts nothing of it, and the ledger stands as before', async () => {
    await hub.quiet()
    const before = await hub.ledger()
    const bad = [
      changeEvent('crm/Contact/9', person),
      changeEvent('crm/Contact/9', person, { subject: 'x' }),
      changeEvent('nobody/X/1', {}),
    ]
    const answer = await send(bad)
    hub.expectProblem(answer, 422, 'change.subject.invalid', '/1/subject')
    expect(answer.body.errors).toMatchObject([
      { code: 'change.subject.invalid', pointer: '/1/subject' },
      { code: 'change.system.unknown', pointer: '/2/source' },
    ])
    expect(await hub.ledger()).toEqual(before)
  })

  test.each([
    ['nothing', '', 400, 'change.body.empty', ''],
    ['half a text', '[{"id":', 400, 'change.json.malformed', '/0/id'],
    ['nesting of a million levels', '['.repeat(1e6), 400, 'change.json.too-deep', undefined],
    ['bytes that are no UTF-8', Buffer.from([0x5b, 0xff, 0x5d]), 400, 'change.body.not-utf8', ''],
    ['a NUL', `[{"data":{"a":"\\u0000"}}]`, 422, 'change.text.nul', '/0/data/a'],
    ['half a surrogate pair', `[{"data":{"a":"\\ud800"}}]`, 422, 'change.text.surrogate', '/0/data/a'],
    ['a member twice', `[{"id":"1","id":"2"}]`, 400, 'change.json.duplicate-name', '/0/id'],
  ])('refuses %s precisely', async (_title, body, status, code, pointer) => {
    hub.expectProblem(await send(body, BATCH), status, code, pointer)
  })

  test('refuses other content types, and bodies that are too large before they are read', async () => {
    hub.expectProblem(await send('<a/>', { 'content-type': 'text/xml' }), 415, 'request.content-type.unsupported')
    hub.expectProblem(await send('{}', { 'content-type': 'application/json' }), 415, 'change.content-type.unsupported')
    hub.expectProblem(await send(' '.repeat(11 * 1024 * 1024), BATCH), 413, 'request.body.too-large')
  })

  test('lets a system send its own changes only', async () => {
    const key = await hub.keyOf('system', 'crm')
    expect(await send(changeEvent('crm/Contact/4', { ...person, Id: '4' }), SINGLE, key)).toMatchObject({ status: 202 })
    const foreign = await send([changeEvent('crm/Contact/4', person), changeEvent('billing/Account/1', {})], BATCH, key)
    hub.expectProblem(foreign, 403, 'change.system.forbidden', '/1/source')
    hub.expectProblem(await hub.ask('/v1/customers', { key }), 403, 'auth.forbidden')
    hub.expectProblem(
      await send(changeEvent('crm/Contact/5', person), SINGLE, await hub.keyOf('channel')),
      403,
      'auth.forbidden',
    )
  })

  test('keeps a number that a double can not hold', async () => {
    const event = JSON.stringify(changeEvent('crm/Contact/big', { Id: 'big', FirstName: 'B', LastName: 'G', Big: 0 }))
    await send(event.replace('"Big":0', '"Big":9007199254740993'))
    await hub.quiet()
    const found = await hub.ask('/v1/customers?system=crm&key=big')
    const [customer] = found.body.items as { id: string }[]
    const sources = await hub.ask(`/v1/customers/${customer?.id}/sources`)
    expect(sources.body.records).toMatchObject([{ raw: { Big: '9007199254740993' } }])
  })

  test('leaves a ledger that balances', async () => {
    await hub.quiet()
    await expectBalanced(hub.db)
  })
})
