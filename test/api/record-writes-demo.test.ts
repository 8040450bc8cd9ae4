/** Records that channels make in the demo company's systems: billing, and the CRM and the ERP, which name them themselves. */
import { jest } from '@jest/globals'
import type { JsonObject } from '../../hub/contracts/json.ts'
import type { Answer } from '../support/api.ts'
import { type DemoHub, startDemoHub } from '../support/demo-hub.ts'
import { until } from '../support/engine.ts'

jest.setTimeout(60_000)

let hub: DemoHub
beforeAll(async () => {
  hub = await startDemoHub(['billing', 'crm', 'erp'])
})
afterAll(async () => {
  await hub.stop()
})

const post = (path: string, body: JsonObject, headers: Record<string, string> = {}): Promise<Answer> =>
  hub.api.ask(path, { method: 'POST', body, headers: { prefer: 'wait=20', ...headers } })
const writeOf = ({ body }: Answer): JsonObject => (body.writes as JsonObject[])[0] ?? {}

async function customerOf(system: string, key: string): Promise<string> {
  const { body } = await hub.api.ask(`/v1/customers?system=${system}&key=${key}`)
  return String((body.items as JsonObject[])[0]?.id)
}

test('An invoice and its payment are in billing’s own database', async () => {
  const [account] = await hub.rows('billing', 'SELECT account_no AS key FROM customer_account ORDER BY 1 LIMIT 1')
  const customer = await customerOf('billing', String(account?.key))
  const total = { amount: '12.34', currency: 'GBP' }
  const bill = {
    ...{ kind: 'invoice', status: 'open', issuedOn: '2026-11-01', dueOn: '2026-11-15', total, balance: total },
    ...{ net: { amount: '10.28', currency: 'GBP' }, tax: { amount: '2.06', currency: 'GBP' } },
  }
  const made = await post('/v1/invoices', { ...bill, customer: { id: customer } })
  expect(made.body).toMatchObject({ ...bill, customer: { id: customer } })
  const paid = await post('/v1/payments', {
    ...{ customer: { id: customer }, invoice: { id: made.body.id ?? null }, amount: total, method: 'cheque' },
    ...{ status: 'settled', paidAt: '2026-11-02T10:00:00Z' },
  })
  expect(paid.status).toBe(201)
  const long = { customer: { id: customer }, amount: total, method: 'cheque', reason: 'r'.repeat(41) }
  hub.api.expectProblem(await post('/v1/payments', long), 409, 'record.write.refused')
  const [invoiceNo, paymentNo] = [made, paid].map((answer) => String(writeOf(answer).key))
  const rows = () => hub.rows('billing', `SELECT * FROM payment WHERE payment_id = ${paymentNo ?? ''}`)
  await until(
    async () => (await rows()).length === 1,
    10_000,
    () => hub.log.lines.slice(-5),
  )
  expect(await rows()).toMatchObject([
    { account_no: account?.key, invoice_no: Number(invoiceNo), amount: '12.34', method: 'CH', state: 'S' },
  ])
})

test('A case and a call are in the CRM, under ids that the CRM gave and ids of the hub that were given at once', async () => {
  const [contact] = await hub.rows('crm', 'SELECT id FROM contact ORDER BY id LIMIT 1')
  const customer = await customerOf('crm', String(contact?.id))
  const problem = {
    kind: 'problem',
    channel: 'web',
    subject: 'No picture',
    priority: 'high',
    customer: { id: customer },
  }
  const made = await post('/v1/cases', problem, { 'idempotency-key': 'case-1' })
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({ ...problem, status: 'new', customer: { key: contact?.id, id: customer } })
  expect(writeOf(made)).toMatchObject({ system: 'crm', entity: 'Case', key: made.body.number })
  const again = await post('/v1/cases', problem, { 'idempotency-key': 'case-1' })
  expect([again.body.id, again.body.number]).toEqual([made.body.id, made.body.number])
  const call = { channel: 'phone', direction: 'inbound', subject: 'About it', customer: { id: customer } }
  const noted = await post('/v1/interactions', { ...call, case: { id: made.body.id ?? null } })
  expect(noted.status).toBe(201)
  expect(noted.body).toMatchObject({ ...call, case: { entity: 'Case', id: made.body.id }, customer: { id: customer } })
  const changed = await hub.api.ask(`/v1/cases/${String(made.body.id)}`, {
    ...{ method: 'PATCH', body: JSON.stringify({ status: 'resolved', resolution: 'Plugged in' }) },
    headers: { 'content-type': 'application/merge-patch+json', 'if-match': made.headers.get('etag') ?? '' },
  })
  expect(changed.body).toMatchObject({ id: made.body.id, status: 'resolved', resolution: 'Plugged in' })
  const found = `SELECT status, priority, subject FROM support_case WHERE id = '${String(made.body.number)}'`
  await until(async () => (await hub.rows('crm', found))[0]?.status === 'Solved', 10_000)
  expect(await hub.rows('crm', found)).toEqual([{ status: 'Solved', priority: 'High', subject: 'No picture' }])
})

test('A record that was read before the answer with its key came is one record, and both ids lead to it', async () => {
  const [contact] = await hub.rows('crm', 'SELECT id FROM contact ORDER BY id LIMIT 1')
  const customer = await customerOf('crm', String(contact?.id))
  const made = await post('/v1/cases', {
    ...{ kind: 'question', channel: 'web', subject: 'Read too early', customer: { id: customer } },
  })
  const { id, write } = writeOf(made)
  // As it would be, had the process that sent it died before it could keep the answer, and another read the case meanwhile.
  const other = '01a20000-0000-7000-8000-00000000000a'
  const query = (text: string) => hub.api.db.query({ text })
  await query(`update source_record set public_id = '${other}' where public_id = '${String(id)}'`)
  await query(`update record_write set state = 1, key = null where id = '${String(write)}'`)
  expect((await hub.api.ask(`/v1/cases/${String(id)}`)).body).toMatchObject({ code: 'record.on-its-way', write })
  await until(async () => (await hub.api.ask(`/v1/writes/${String(write)}`)).body.state === 'written', 10_000)
  expect(await hub.rows('crm', `SELECT 1 FROM support_case WHERE subject = 'Read too early'`)).toHaveLength(1)
  const [byOrder, byRecord] = await Promise.all([id, other].map((one) => hub.api.ask(`/v1/cases/${String(one)}`)))
  expect([byOrder?.body.id, byRecord?.body.id]).toEqual([other, other])
  expect(byOrder?.body).toEqual(byRecord?.body)
  const changed = await hub.api.ask(`/v1/cases/${String(id)}`, {
    ...{ method: 'PATCH', body: JSON.stringify({ status: 'closed' }) },
    headers: { 'content-type': 'application/merge-patch+json', 'if-match': byOrder?.headers.get('etag') ?? '' },
  })
  expect(changed.body).toMatchObject({ id: other, status: 'closed' })
})

test('An order is in the ERP, which prices it; what the ERP refuses is told', async () => {
  const [partner] = await hub.rows('erp', `SELECT "PARNR" AS id FROM "PARTNR" ORDER BY 1 LIMIT 1`)
  const customer = await customerOf('erp', String(partner?.id))
  const material = '000000000000001024'
  const sent = await hub.api.ask('/v1/changes', {
    ...{ method: 'POST', headers: { 'content-type': 'application/cloudevents+json' } },
    body: JSON.stringify({
      ...{ specversion: '1.0', id: 'm1', source: '/systems/erp', type: 'omnihub.change.upserted' },
      ...{
        subject: `MATMAS/${material}`,
        data: { E1MARAM: [{ MATNR: material, E1MAKTM: [{ MAKTX: 'SET-TOP BOX' }] }] },
      },
    }),
  })
  expect(sent.body).toEqual({ accepted: 1, duplicates: 0 })
  await hub.api.quiet()
  const { body } = await hub.api.ask(`/v1/products?system=erp&key=${material}`)
  const product = String((body.items as JsonObject[])[0]?.id)
  const order = (quantity: string): JsonObject => ({
    ...{ customer: { id: customer }, lines: [{ product: { id: product }, quantity }] },
  })
  const made = await post('/v1/orders', order('2'))
  expect(made.body).toMatchObject({
    ...{ customer: { entity: 'Partner', id: customer }, status: 'placed', total: { currency: 'GBP' } },
    lines: [{ product: { id: product }, quantity: '2' }],
  })
  expect(made.status).toBe(201)
  const number = String(writeOf(made).key)
  const found = `SELECT "PARNR", "MATNR", "BSTNK" FROM "AUFTRG" WHERE "AUFNR" = '${number}'`
  await until(async () => (await hub.rows('erp', found)).length === 1, 10_000)
  expect(await hub.rows('erp', found)).toMatchObject([{ PARNR: partner?.id, MATNR: material }])
  const refused = await post('/v1/orders', order('0'))
  hub.api.expectProblem(refused, 409, 'record.write.refused')
  const second = {
    ...order('1'),
    lines: [...(order('1').lines as JsonObject[]), ...(order('1').lines as JsonObject[])],
  }
  hub.api.expectProblem(await post('/v1/orders', second), 422, 'record.field.not-writable', '/lines')
})
