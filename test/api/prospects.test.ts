import type { JsonObject } from '../../hub/contracts/json.ts'
import { readWorkspace } from '../../hub/app/workspace.ts'
import { type Answer, changeEvent, type RunningApi, sendChanges, startApi } from '../support/api.ts'
import { expectBalanced, makeWorkspace } from '../support/core.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'

let hub: RunningApi
let channel: string

beforeAll(async () => {
  hub = await startApi(PUSH_WORKSPACE)
  channel = await hub.keyOf('channel')
})
afterAll(() => hub.stop())

const come = (body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  hub.ask('/v1/customers', { method: 'POST', key: channel, body, headers })

const email = (address: string): JsonObject => ({ kind: 'person', emails: [{ address }] })
const sourcesOf = ({ body }: Answer): unknown[] => (body.sources as JsonObject[]).map(({ system }) => system)

describe('A prospect', () => {
  test('is noted with an id at once, as a customer of the status prospect', async () => {
    const answer = await come({ ...email('ann@example.com'), name: { given: 'Ann', family: 'Archer' } })
    expect(answer).toMatchObject({ status: 201, body: { status: 'prospect', matched: false, version: 1 } })
    const id = String(answer.body.id)
    expect(answer.headers.get('location')).toBe(`/v1/customers/${id}`)
    expect(answer.headers.get('etag')).toBe(`"${id}.1"`)
    const read = await hub.ask(`/v1/customers/${id}`, { key: channel })
    expect(read.body).toMatchObject({
      id,
      name: { given: 'Ann', family: 'Archer' },
      sources: [{ system: 'hub', entity: 'customer' }],
    })
    expect((await hub.ask('/v1/customers?email=ann@example.com')).body.items).toMatchObject([{ id }])
  })

  test('is the same one on every channel, by e-mail, phone or a device, and is one record however often it comes', async () => {
    const web = await come(email('bea@example.com'))
    const id = web.body.id
    const device = { scheme: 'device', value: 'a1b2c3d4e5' }
    const app = await come({ ...email('Bea@Example.com'), identifiers: [device] })
    expect(app).toMatchObject({ status: 200, body: { id, matched: true } })
    expect(app.headers.get('content-location')).toBe(`/v1/customers/${String(id)}`)
    const phone = { number: '+442079460321' }
    const later = await come({
      kind: 'person',
      name: { given: 'Bea', family: 'Baker' },
      identifiers: [device],
      phones: [phone],
    })
    expect(later).toMatchObject({ status: 200, body: { id, name: { given: 'Bea', family: 'Baker' }, phones: [phone] } })
    for (let i = 0; i < 14; i++) {
      expect((await come({ kind: 'person', phones: [phone] })).body).toMatchObject({ id, matched: true })
    }
    expect(sourcesOf(await hub.ask(`/v1/customers/${String(id)}`))).toEqual(['hub'])
  })

  test('is one, though it comes several times at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => come(email('cat@example.com'))))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  })

  test('is not taken for somebody of another name who has the same telephone', async () => {
    const phones = [{ number: '+442079460555' }]
    const one = await come({ kind: 'person', name: { given: 'Dan', family: 'Drew' }, phones })
    const other = await come({ kind: 'person', name: { given: 'Eve', family: 'Drew' }, phones })
    expect(other.status).toBe(201)
    expect(other.body.id).not.toBe(one.body.id)
  })

  test('is told from others with the same address by the name, and is one each, with a name or without', async () => {
    const named = (given: string) => ({ ...email('home@example.com'), name: { given, family: 'Jones' } })
    const comers = [
      named('Kit'),
      named('Lea'),
      email('home@example.com'),
      email('home@example.com'),
      named('Lea'),
      named('Kit'),
    ]
    const ids: unknown[] = []
    for (const body of comers) ids.push((await come(body)).body.id)
    const [kit, lea, somebody] = ids
    expect(new Set([kit, lea, somebody]).size).toBe(3)
    expect(ids.slice(3)).toEqual([somebody, lea, kit])
  })

  test('is edited like any customer, in the record that the hub has of it', async () => {
    const { body, headers } = await come({ ...email('fay@example.com'), name: { given: 'Fay' } })
    const path = `/v1/customers/${String(body.id)}`
    const edit = (patch: JsonObject, ifMatch: string) =>
      hub.ask(path, {
        method: 'PATCH',
        key: channel,
        body: JSON.stringify(patch),
        headers: { 'content-type': 'application/merge-patch+json', 'if-match': ifMatch },
      })
    const edited = await edit({ name: { family: 'Fox' }, language: 'en' }, headers.get('etag') ?? '')
    expect(edited).toMatchObject({
      status: 200,
      body: { name: { given: 'Fay', family: 'Fox' }, language: 'en', version: 2 },
    })
    const { body: sources } = await hub.ask(`${path}/sources`)
    expect(sources.records).toMatchObject([
      { system: 'hub', document: { name: { family: 'Fox' } }, mappingRevision: 0 },
    ])
    hub.expectProblem(await edit({ status: 'active' }, '*'), 422, 'customer.edit.no-system-of-record', '/status')
    hub.expectProblem(await edit({ language: 'de' }, headers.get('etag') ?? ''), 412, 'customer.changed-meanwhile')
  })

  test('keeps its id when a system of record gets the person, whose word then counts, the status first', async () => {
    const prospect = await come({
      ...email('gil@example.com'),
      name: { given: 'Gilbert', family: 'Gray' },
      phones: [{ number: '+442079460777' }],
      language: 'fr',
    })
    const { id } = prospect.body
    await sendChanges(
      hub,
      changeEvent(
        'crm/Contact/G1',
        { Id: 'G1', FirstName: 'Gil', LastName: 'Gray', Email: 'gil@example.com', Phone: '+44 20 7946 0777' },
        { time: '2020-01-01T00:00:00Z' },
      ),
    )
    const customer = await hub.ask(`/v1/customers?system=crm&key=G1`)
    expect(customer.body.items).toMatchObject([
      { id, status: 'active', name: { given: 'Gil', family: 'Gray' }, language: 'fr' },
    ])
    const { body } = await hub.ask(`/v1/customers/${String(id)}/timeline`)
    const events = (body.items as { type: string; data: JsonObject }[]).reverse()
    expect(events.map(({ type }) => type)).toEqual(['customer.created', 'customer.updated'])
    expect(events[0]?.data).toMatchObject({ customer: { id, status: 'prospect' } })
    expect(events[1]?.data).toMatchObject({
      customer: { id, status: 'active' },
      changed: expect.arrayContaining(['status', 'sources']) as unknown,
    })
    const again = await come(email('gil@example.com'))
    expect(again).toMatchObject({ status: 200, body: { id, matched: true, status: 'active' } })
    const { body: refs } = await hub.ask(
      `/v1/customers?system=hub&key=${String((prospect.body.sources as JsonObject[])[0]?.key)}`,
    )
    expect(refs.items).toMatchObject([{ id }])
  })

  test('who is a customer already is told so', async () => {
    await sendChanges(
      hub,
      changeEvent('crm/Contact/H1', {
        Id: 'H1',
        FirstName: 'Hal',
        LastName: 'Hunt',
        Email: 'hal@example.com',
        Phone: '+44 20 7946 0888',
      }),
    )
    const { body } = await hub.ask('/v1/customers?system=crm&key=H1')
    const [known] = body.items as JsonObject[]
    const answer = await come({
      ...email('hal@example.com'),
      name: { given: 'Hal', family: 'Hunt' },
      phones: [{ number: '+442079460888' }],
    })
    expect(answer).toMatchObject({ status: 200, body: { id: known?.id, matched: true, status: 'active' } })
  })

  test('comes once for an Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'visit-1' }
    const body = { kind: 'person', name: { given: 'Ivy', family: 'Irwin' } }
    const first = await come(body, headers)
    const again = await come(body, headers)
    expect(again).toMatchObject({ status: 201, body: { id: first.body.id } })
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    hub.expectProblem(
      await come(email('x@example.com'), headers),
      422,
      'request.idempotency-key.reused',
      'Idempotency-Key',
    )
    // Without a key, somebody without an address is somebody else each time.
    expect((await come(body)).body.id).not.toBe(first.body.id)
  })

  test.each<[string, unknown, string, string]>([
    ['another status', { ...email('z@example.com'), status: 'active' }, 'request.body.invalid', '/status'],
    ['no kind', { emails: [] }, 'request.body.invalid', '/kind'],
    ['an id', { ...email('z@example.com'), id: 'x' }, 'customer.edit.member-of-the-hub', '/id'],
    ['nothing of anybody', { kind: 'person', name: {}, language: 'en' }, 'customer.create.nobody', ''],
    ['a wrong address', email('nowhere'), 'customer.edit.invalid', '/emails/0/address'],
    ['an unknown member', { ...email('z@example.com'), nick: 'Z' }, 'customer.edit.invalid', '/nick'],
  ])('is refused with %s, and nothing is kept', async (_, body, code, pointer) => {
    const answer = await come(body)
    hub.expectProblem(answer, 422, code)
    expect(answer.body.pointer).toBe(pointer)
    expect((await hub.ask('/v1/customers?email=z@example.com')).body.items).toEqual([])
  })

  test('may not be noted by who may not edit customers', async () => {
    const viewer = await hub.keyOf('viewer')
    const answer = await hub.ask('/v1/customers', { method: 'POST', key: viewer, body: email('z@example.com') })
    hub.expectProblem(answer, 403, 'auth.forbidden')
  })
})

describe('The hub as a system', () => {
  test('is shown with what it has, is not read and can not be paused, and its ledger balances', async () => {
    const { body } = await hub.ask('/admin/v1/systems')
    const own = (body.items as JsonObject[]).find(({ name }) => name === 'hub')
    expect(own).toMatchObject({ entities: [{ entity: 'customer', mode: 'hub', records: expect.any(Number) }] })
    for (const act of ['pause', 'resume', 'backfill', 'reconciliations']) {
      hub.expectProblem(await hub.ask(`/admin/v1/systems/hub/${act}`, { method: 'POST' }), 409, 'system.is-the-hub')
    }
    const mapping = { document: 'source: customer\ntarget: customer\nfields: { kind: { constant: person } }\n' }
    const drafted = await hub.ask('/admin/v1/mappings/hub/customer', { method: 'PUT', body: mapping })
    hub.expectProblem(drafted, 404, 'system.unknown')
    const lines = (await hub.ask('/admin/v1/cross-references?system=hub')).text.trim().split('\n')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ system: 'hub', entity: 'customer' })
    await hub.quiet()
    await expectBalanced(hub.db)
  })

  test('is nobody else: no system can have its name, and nobody can push for it', async () => {
    const workspace = await makeWorkspace({ 'config/systems/hub.yaml': 'connector: push\n' })
    await expect(readWorkspace(workspace.folder)).rejects.toMatchObject({ code: 'workspace.system.invalid' })
    workspace.remove()
    const event = changeEvent('hub/customer/1', { kind: 'person', name: { given: 'X' } })
    const answer = await hub.ask('/v1/changes', {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(event),
    })
    expect(answer.status).toBe(422)
  })
})
