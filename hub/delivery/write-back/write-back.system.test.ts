import { jest } from '@jest/globals'
import { withClient } from '../../../demo/databases.ts'
import { startPostgres } from '../../../scripts/servers/postgres.ts'
import type { TestServer } from '../../../scripts/servers/server.ts'
import { expectBalanced } from '../../../test/support/core.ts'
import { until } from '../../../test/support/engine.ts'
import {
  readShared,
  SHARED_SYSTEMS,
  type SharedPerson,
  updatesOf,
  urlOf,
} from '../../../test/support/shared-customers.ts'
import { startSharedHub, type SharedHub } from '../../../test/support/shared-hub.ts'

jest.setTimeout(60_000)

const ADA: SharedPerson = {
  given: 'Ada',
  family: 'Byron',
  birthDate: '1815-12-10',
  email: 'ada@example.com',
  phone: '+61491570156',
  tier: 'gold',
}
const BOB: SharedPerson = { ...ADA, given: 'Bob', family: 'Marley', email: 'bob@example.com', phone: '+61491570157' }
/** Systems that are polled are read once, so that an edit in them is unknown until the hub writes there. */
const UNREAD = { pollEvery: '1h' }
const policy = (onConflict: string): string =>
  `{ fields: [name, birthDate, emails, phones, attributes.tier], onConflict: ${onConflict} }`

let server: TestServer
let hub: SharedHub

beforeAll(async () => {
  server = await startPostgres({ fsync: false })
})
afterAll(() => server.stop())
afterEach(() => hub.stop())

describe('A change of a field reaches every system that holds it', () => {
  test('One made in any of the systems is in all others, once, and comes back as no news', async () => {
    hub = await startSharedHub(server.url, [ADA, BOB])
    await hub.edit('crm', 0, { email: 'countess@example.com', birthDate: '1816-01-01' })
    await hub.everywhere(0, { email: 'countess@example.com', birthDate: '1816-01-01' })
    await hub.edit('erp', 0, { phone: '+61491570158', given: 'Augusta', tier: 'platinum' })
    await hub.everywhere(0, { phone: '+61491570158', given: 'Augusta', tier: 'platinum', family: 'Byron' })
    await hub.edit('inventory', 0, { tier: null })
    await hub.everywhere(0, { tier: null })
    await until(async () => (await hub.rows()).length === 0, 10_000, hub.tell)
    for (const system of SHARED_SYSTEMS) expect(await updatesOf(hub.environment, system)).toBe(3)
    for (const system of SHARED_SYSTEMS) expect((await readShared(hub.environment, system))[1]).toEqual(BOB)
    await hub.api.quiet()
    await expectBalanced(hub.api.db)
  })

  test('What differed from the start stays as it is until it changes', async () => {
    hub = await startSharedHub(server.url, [ADA], {}, { crm: { tier: 'silver', email: 'old@example.com' } })
    await hub.edit('billing', 0, { phone: '+61491570158' })
    await hub.everywhere(0, { phone: '+61491570158' })
    await hub.settled()
    expect(await hub.personIn('crm', 0)).toMatchObject({ tier: 'silver', email: 'old@example.com' })
    expect(await hub.personIn('erp', 0)).toMatchObject({ tier: 'gold', email: 'ada@example.com' })
    await hub.edit('erp', 0, { email: 'new@example.com', tier: 'bronze' })
    await until(async () => (await hub.personIn('crm', 0))?.tier === 'bronze', 10_000, hub.tell)
    await hub.settled()
    // Another address than the one that changed is another address still.
    expect(await hub.personIn('crm', 0)).toMatchObject({ tier: 'bronze', email: 'old@example.com' })
    expect(await hub.personIn('inventory', 0)).toMatchObject({ tier: 'bronze', email: 'new@example.com' })
  })

  test('A system that writes values in its own way starts no ring, and all have its way in the end', async () => {
    hub = await startSharedHub(server.url, [ADA])
    await withClient(urlOf(hub.environment, 'billing'), (client) =>
      client.query(`create function loud() returns trigger language plpgsql as $$ begin new.grade := upper(new.grade); return new; end $$;
        create trigger loud before update on person for each row execute function loud()`),
    )
    await hub.edit('crm', 0, { tier: 'diamond' })
    await hub.everywhere(0, { tier: 'DIAMOND' })
    await hub.settled()
    for (const system of SHARED_SYSTEMS) expect(await updatesOf(hub.environment, system)).toBeLessThanOrEqual(2)
  })

  test('A field that a mapping can not write back stops the system with the reason', async () => {
    hub = await startSharedHub(server.url, [], { write: { billing: '{ fields: [emails, identifiers, gender] }' } })
    await until(async () => (await hub.systemState('billing')) === 'stopped', 10_000, hub.tell)
    const told = await hub.api.ask('/admin/v1/systems/billing')
    expect(JSON.stringify(told.body)).toContain('write-back.field.irreversible')
    expect(JSON.stringify(told.body)).toContain('gender')
  })
})

describe('Where a system has changed what the hub is about to write', () => {
  test('system-wins: its value is taken over and reaches the others', async () => {
    hub = await startSharedHub(server.url, [ADA], { ...UNREAD, write: { crm: policy('system-wins') } })
    await hub.edit('crm', 0, { tier: 'of the crm' })
    await hub.edit('erp', 0, { tier: 'of the erp', email: 'new@example.com' })
    await hub.everywhere(0, { tier: 'of the crm', email: 'new@example.com' })
    await hub.settled()
  })

  test('hub-wins: its value is written over it', async () => {
    hub = await startSharedHub(server.url, [ADA], { ...UNREAD, write: { crm: policy('hub-wins') } })
    await hub.edit('crm', 0, { tier: 'of the crm', phone: '+61491570158' })
    await hub.edit('erp', 0, { tier: 'of the erp', phone: '+61491570159' })
    await hub.everywhere(0, { tier: 'of the erp', phone: '+61491570159' })
    await hub.settled()
  })

  test.each([
    ['hub', 'of the erp'],
    ['system', 'of the crm'],
  ])('park: it waits in sight until a steward decides for the %s', async (winner, tier) => {
    hub = await startSharedHub(server.url, [ADA], { ...UNREAD, write: { crm: policy('park') } })
    await hub.edit('crm', 0, { tier: 'of the crm' })
    await hub.edit('erp', 0, { tier: 'of the erp' })
    const parked = await hub.inState('conflict')
    expect(parked).toMatchObject({
      system: 'crm',
      entity: 'Person',
      key: 'crm-0',
      state: 'conflict',
      fields: ['attributes.tier'],
      wanted: [{ field: 'attributes.tier', value: 'of the erp' }],
      conflict: { fields: { tier: 'of the erp' }, expected: { tier: 'gold' }, current: { tier: 'of the crm' } },
    })
    const customer = String(parked.customer)
    const shown = await hub.api.ask(`/v1/customers/${customer}/write-backs`)
    const ofCrm = (shown.body.items as { system: string }[]).filter(({ system }) => system === 'crm')
    expect(ofCrm).toMatchObject([{ state: 'conflict', fields: ['attributes.tier'] }])
    const path = `/admin/v1/write-backs/${String(parked.no)}/resolve`
    const viewer = await hub.api.ask(path, { method: 'POST', key: await hub.api.keyOf('viewer'), body: { winner } })
    expect(viewer.status).toBe(403)
    const steward = await hub.api.keyOf('steward')
    const decided = await hub.api.ask(path, { method: 'POST', key: steward, body: { winner, note: 'asked her' } })
    expect(decided).toMatchObject({ status: 200 })
    await hub.everywhere(0, { tier })
    await hub.settled()
    const { rows } = await hub.api.db.query<{ facts: string }>({
      text: `select facts from audit_entry where act = 'write-back.resolve'`,
    })
    expect(rows.map(({ facts }) => JSON.parse(facts) as object)).toMatchObject([
      { winner, system: 'crm', note: 'asked her' },
    ])
    hub.api.expectProblem(await hub.api.ask(path, { method: 'POST', body: { winner } }), 404, 'write-back.unknown')
  })

  test('A record that was deleted meanwhile is a conflict with nothing, and no hub value brings it back', async () => {
    hub = await startSharedHub(server.url, [ADA], { ...UNREAD, write: { crm: policy('hub-wins') } })
    await withClient(urlOf(hub.environment, 'crm'), (client) => client.query('delete from person'))
    await hub.edit('erp', 0, { tier: 'platinum' })
    const parked = await hub.inState('conflict')
    expect(parked).toMatchObject({ system: 'crm', conflict: { current: null } })
    const path = `/admin/v1/write-backs/${String(parked.no)}/resolve`
    const refused = await hub.api.ask(path, { method: 'POST', body: { winner: 'hub' } })
    hub.api.expectProblem(refused, 409, 'write-back.record-gone')
    expect((await hub.api.ask(path, { method: 'POST', body: { winner: 'system' } })).status).toBe(200)
    await hub.settled()
    expect(await readShared(hub.environment, 'crm')).toEqual([])
  })

  test('A write that the system refuses is told with its reason, and tried again when somebody says so', async () => {
    hub = await startSharedHub(server.url, [ADA])
    const crm = (sql: string) => withClient(urlOf(hub.environment, 'crm'), (client) => client.query(sql))
    await crm(`alter table person add constraint tiers check (tier in ('gold', 'silver'))`)
    await hub.edit('erp', 0, { tier: 'platinum' })
    const failed = await hub.inState('failed')
    expect(failed).toMatchObject({
      system: 'crm',
      problem: { code: 'connector.rejected', fields: ['attributes.tier'] },
    })
    await crm('alter table person drop constraint tiers')
    const path = `/admin/v1/write-backs/${String(failed.no)}/retry`
    expect((await hub.api.ask(path, { method: 'POST' })).body).toEqual({ no: failed.no, state: 'pending' })
    await hub.everywhere(0, { tier: 'platinum' })
  })
})

describe('An edit through the API', () => {
  const PATCH_TYPE = { 'content-type': 'application/merge-patch+json' }

  async function adaNow() {
    const found = await hub.api.ask('/v1/customers?email=ada@example.com')
    const [customer] = found.body.items as { id: string }[]
    const read = await hub.api.ask(`/v1/customers/${customer?.id ?? ''}`)
    return { path: `/v1/customers/${customer?.id ?? ''}`, etag: read.headers.get('etag') ?? '', body: read.body }
  }

  const patch = (path: string, body: unknown, headers: Record<string, string>, key?: string) =>
    hub.api.ask(path, {
      method: 'PATCH',
      body: JSON.stringify(body),
      headers: { ...PATCH_TYPE, ...headers },
      ...(key === undefined ? {} : { key }),
    })

  test('Shows at once, is written back, names its author, and gives way when a system changes the field later', async () => {
    hub = await startSharedHub(server.url, [ADA])
    const { path, etag } = await adaNow()
    const channel = await hub.api.keyOf('channel')
    const change = { attributes: { tier: 'diamond' }, name: { given: 'Augusta' }, birthDate: null }
    const answer = await patch(path, change, { 'if-match': etag }, channel)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ name: { given: 'Augusta', family: 'Byron' }, attributes: { tier: 'diamond' } })
    expect(answer.body).not.toHaveProperty('birthDate')
    const fields = ['attributes.tier', 'birthDate', 'name.given']
    expect(answer.body.writeBack).toHaveLength(4)
    expect(answer.body.writeBack).toMatchObject(
      SHARED_SYSTEMS.toSorted().map((system) => ({ system, state: 'pending', fields })),
    )
    const { provenance } = { provenance: (await hub.api.ask(`${path}/provenance`)).body.fields }
    expect(provenance).toMatchObject({
      'attributes.tier': { rule: 'override', override: { author: expect.stringContaining('a channel') } },
    })
    await hub.everywhere(0, { tier: 'diamond', given: 'Augusta', birthDate: null })
    await hub.settled()
    await hub.edit('inventory', 0, { tier: 'stone' })
    await hub.everywhere(0, { tier: 'stone', given: 'Augusta', birthDate: null })
    expect((await hub.api.ask(path)).body).toMatchObject({ attributes: { tier: 'stone' }, name: { given: 'Augusta' } })
  })

  test('Lists are replaced whole, and what changed in them is written to the systems that hold it', async () => {
    hub = await startSharedHub(server.url, [ADA], {}, { erp: { email: 'other@example.com' } })
    const { path, etag, body } = await adaNow()
    const emails = (body.emails as { address: string }[]).map((one) =>
      one.address === 'ada@example.com' ? { ...one, address: 'countess@example.com' } : one,
    )
    const answer = await patch(path, { emails }, { 'if-match': etag })
    expect(answer.body).toMatchObject({ emails })
    await until(async () => (await hub.personIn('crm', 0))?.email === 'countess@example.com', 10_000, hub.tell)
    await hub.settled()
    expect(await hub.personIn('erp', 0)).toMatchObject({ email: 'other@example.com' })
    expect(await hub.personIn('inventory', 0)).toMatchObject({ email: 'countess@example.com' })
    await hub.edit('billing', 0, { email: 'lady@example.com' })
    await until(async () => (await hub.personIn('crm', 0))?.email === 'lady@example.com', 10_000, hub.tell)
    await hub.settled()
    const addresses = ((await hub.api.ask(path)).body.emails as { address: string }[]).map(({ address }) => address)
    expect(addresses.toSorted()).toEqual(['lady@example.com', 'other@example.com'])
  })

  test('Says on which version it was made, is done once for a key, and keeps the schema', async () => {
    hub = await startSharedHub(server.url, [ADA])
    const { path, etag } = await adaNow()
    const { expectProblem } = hub.api
    expectProblem(await patch(path, { gender: 'female' }, {}), 428, 'request.precondition.missing')
    expectProblem(await patch(path, { gender: 'female' }, { 'if-match': '"x.1"' }), 412, 'customer.changed-meanwhile')
    const wrong = await patch(path, { birthDate: 'yesterday' }, { 'if-match': etag })
    expectProblem(wrong, 422, 'customer.edit.invalid', '/birthDate')
    const nested = await patch(path, { emails: [{ address: 'no address' }] }, { 'if-match': etag })
    expectProblem(nested, 422, 'customer.edit.invalid', '/emails/0/address')
    expectProblem(
      await patch(path, { version: 9 }, { 'if-match': etag }),
      422,
      'customer.edit.member-of-the-hub',
      '/version',
    )
    const typed = await hub.api.ask(path, {
      method: 'PATCH',
      body: { gender: 'female' },
      headers: { 'if-match': etag },
    })
    expect(typed.status).toBe(415)
    const once = { 'if-match': etag, 'idempotency-key': 'one' }
    const first = await patch(path, { gender: 'female' }, once)
    expect(first.status).toBe(200)
    const again = await patch(path, { gender: 'female' }, once)
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([200, first.text, first.headers.get('etag')])
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expectProblem(await patch(path, { gender: 'male' }, once), 422, 'request.idempotency-key.reused')
    expectProblem(await patch(path, { gender: 'male' }, { 'if-match': etag }), 412, 'customer.changed-meanwhile')
    const history = await hub.api.ask(`${path}/history`)
    expect((history.body.items as unknown[]).length).toBe(Number(first.body.version))
    const viewer = await patch(path, {}, { 'if-match': '*' }, await hub.api.keyOf('viewer'))
    expect(viewer.status).toBe(403)
  })
})
