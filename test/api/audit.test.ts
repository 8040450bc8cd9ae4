import { OPERATIONS } from '../../hub/api/operations/index.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { changeEvent, type RunningApi, sendChanges, startApi } from '../support/api.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'

let hub: RunningApi
let customer = ''
beforeAll(async () => {
  hub = await startApi(PUSH_WORKSPACE)
  const event = changeEvent('crm/Contact/1', {
    Id: '1',
    FirstName: 'Mary',
    LastName: 'Smith',
    Born: '1971-03-12',
    Email: 'mary@example.com',
  })
  await sendChanges(hub, event)
  const { body } = await hub.ask('/v1/customers?email=mary%40example.com')
  customer = String((body.items as JsonObject[])[0]?.id)
})
afterAll(() => hub.stop())

async function entries(query: string): Promise<JsonObject[]> {
  await hub.audit.flush()
  const { status, body } = await hub.ask(`/admin/v1/audit?${query}`)
  expect(status).toBe(200)
  return body.items as JsonObject[]
}

const BODIES: Record<string, object> = {
  previewMapping: { document: 'x' },
  decide: { input: {} },
  shadowRule: { revision: 1 },
  createCustomer: { kind: 'person', emails: [{ address: 'somebody@example.net' }] },
  payInvoice: { amount: { amount: '1.00', currency: 'AUD' }, method: 'card', channel: 'web' },
  changeContactData: { channel: 'web', changes: [{ op: 'remove', member: 'emails', of: 'nobody@example.net' }] },
  startExport: { entity: 'product' },
}

const fill = (path: string): string =>
  path
    .replace('{id}', customer)
    .replace('{no}', '1')
    .replace('{system}', 'crm')
    .replace('{entity}', 'Contact')
    .replace(/\{\w+\}/g, '1')

describe('Reads of personal data', () => {
  test('are noted for each operation that answers with such data, whatever the answer', async () => {
    const key = await hub.keyOf('admin')
    const personal = OPERATIONS.filter((spec) => spec.personal === true && spec.id !== 'followEvents')
    expect(personal.length).toBeGreaterThan(25)
    for (const { id, method, path } of personal) {
      const body = method === 'GET' ? {} : { body: BODIES[id] ?? { data: {} } }
      await hub.ask(fill(path), { method, key, ...body })
    }
    const noted = await entries('act=read.*&limit=200')
    const acts = new Set(noted.filter(({ actor }) => String(actor).startsWith('a admin')).map(({ act }) => act))
    const silent = personal.map(({ id }) => `read.${id}`).filter((act) => !acts.has(act))
    expect(silent).toEqual([])
  })

  test('are noted with the records and with the names of parameters, never with what was looked for', async () => {
    await hub.ask('/v1/customers?q=smith&limit=7')
    await hub.ask('/v1/customers?email=mary%40example.com')
    await hub.ask(`/v1/customers/${customer}?include=invoices`)
    const all = await entries('act=read.*&limit=200')
    const text = JSON.stringify(all)
    for (const value of ['mary', 'Mary', 'smith', '1971-03-12', 'example.com']) expect(text).not.toContain(value)
    expect(all).toContainEqual(
      expect.objectContaining({
        act: 'read.listCustomers',
        facts: { requests: 1, parameters: ['limit', 'q'] },
        records: [customer],
      }),
    )
    expect(all).toContainEqual(
      expect.objectContaining({
        act: 'read.getCustomer',
        facts: { requests: 1, parameters: ['include'] },
        records: [customer],
      }),
    )
  })

  test('are noted when somebody begins to follow events', async () => {
    const answer = await fetch(`${hub.url}/v1/events?customer=${customer}`, {
      headers: { authorization: `Bearer ${hub.adminKey}` },
    })
    await answer.body?.cancel()
    expect(await entries('act=read.followEvents')).toMatchObject([
      { actor: 'admin key (admin)', facts: { parameters: ['customer'] } },
    ])
  })

  test('can be found by the record, the caller and the time', async () => {
    const since = new Date(Date.now() - 3_600_000).toISOString()
    const seen = await entries(`subject=${customer}&from=${since}&limit=200`)
    expect(seen.length).toBeGreaterThan(2)
    for (const { records } of seen) expect(records).toContain(customer)
    expect(await entries(`subject=${customer}&to=${since}`)).toEqual([])
    expect(await entries('actor=nobody')).toEqual([])
    const [first] = await entries('limit=1')
    const { body } = await hub.ask('/admin/v1/audit?limit=1')
    const next = await hub.ask(`/admin/v1/audit?limit=1&cursor=${String(body.next)}`)
    expect((next.body.items as JsonObject[])[0]?.no).toBeLessThan(Number(first?.no))
  })
})

describe('Administrative acts', () => {
  test('are in the trail as soon as they are answered', async () => {
    const { body } = await hub.ask('/admin/v1/keys', { method: 'POST', body: { name: 'web shop', role: 'channel' } })
    const { rows } = await hub.db.query({
      text: `select act, facts from audit_entry where subject = 'keys/${String(body.id)}'`,
    })
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(String(body.key).split('_').slice(2).join('_'))
    await hub.ask(`/admin/v1/keys/${String(body.id)}`, { method: 'DELETE' })
    expect((await entries(`subject=keys/${String(body.id)}`)).map(({ act }) => act)).toEqual([
      'key.revoke',
      'key.create',
    ])
  })

  test('leave no trace where they were refused', async () => {
    const before = (await entries('act=key.*&limit=200')).length
    await hub.ask('/admin/v1/keys/aaaaaaaaaaaa', { method: 'DELETE' })
    await hub.ask('/admin/v1/keys', { method: 'POST', body: { name: 'x', role: 'system', system: 'nobody' } })
    expect(await entries('act=key.*&limit=200')).toHaveLength(before)
  })
})

describe('Verification over the API', () => {
  test('answers what was found and the head to be noted elsewhere', async () => {
    await hub.audit.flush()
    const { body } = await hub.ask('/admin/v1/audit/verify', { method: 'POST' })
    expect(body).toMatchObject({ sound: true, waiting: 0, faults: [] })
    const again = await hub.ask('/admin/v1/audit/verify', { method: 'POST', body: { heads: [body.head] } })
    expect(again.body).toMatchObject({ sound: true })
    const forged = { ...(body.head as JsonObject), hash: '0'.repeat(64) }
    const differs = await hub.ask('/admin/v1/audit/verify', { method: 'POST', body: { heads: [forged] } })
    expect(differs.body).toMatchObject({ sound: false, faults: [{ kind: 'head-differs' }] })
  })

  test('is for admins only', async () => {
    const key = await hub.keyOf('steward')
    hub.expectProblem(await hub.ask('/admin/v1/audit', { key }), 403, 'auth.forbidden')
    hub.expectProblem(await hub.ask('/admin/v1/audit/verify', { method: 'POST', key }), 403, 'auth.forbidden')
  })
})
