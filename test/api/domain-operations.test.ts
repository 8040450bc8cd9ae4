/** What channels do for customers: decided by the demo company's rules, then carried to a real system of record. */
import type { JsonObject } from '../../hub/contracts/json.ts'
import type { Answer } from '../support/api.ts'
import { ACCOUNT, ADA, type BillingHub, INVOICE, PAYMENT, startBillingHub } from '../support/billing-hub.ts'
import { demoRuleFiles } from '../support/rule-fixtures.ts'
import { until } from '../support/engine.ts'

const RULES = ['payment-acceptance', 'contact-change', 'order-acceptance', 'dunning-stage', 'credit-limit']
const FILES = {
  ...Object.assign({}, ...RULES.map(demoRuleFiles)),
  'config/systems/web.yaml': 'title: Web\nconnector: push\nentities:\n  Product: {}\n',
  'mappings/web/Product.yaml':
    'source: Product\ntarget: product\nfields:\n  name: name\n  price: { from: price, convert: { money: { currency: GBP } } }\n',
  'config/access.yaml': 'roles:\n  channel:\n    customer: { phones: masked }\n',
} as Record<string, string>

let hub: BillingHub
let customer = ''
let channel = ''
beforeAll(async () => {
  hub = await startBillingHub(FILES)
  customer = await hub.customerOf('LC-1')
  channel = await hub.api.keyOf('channel')
})
afterAll(() => hub.stop())

const payments = () => hub.billing.store.all(PAYMENT)
const gbp = (amount: string): JsonObject => ({ amount, currency: 'GBP' })
const invoice = async (key = '500000001'): Promise<string> => String((await hub.recordOf('invoices', key)).id)

/** Decisions are written in the background. */
async function logged(id: unknown): Promise<JsonObject> {
  let answer = await hub.api.ask(`/admin/v1/decisions/${String(id)}`)
  await until(async () => (answer = await hub.api.ask(`/admin/v1/decisions/${String(id)}`)).status === 200, 5_000)
  return answer.body
}

async function newInvoice(no: number, more: JsonObject = {}): Promise<string> {
  const [{ row } = { row: {} }] = hub.billing.store.all(INVOICE)
  hub.billing.store.put(INVOICE, { ...row, invoice_no: no, total_cents: 10_000, open_cents: 10_000, ...more })
  await until(async () => (await hub.recordOf('invoices', String(no))).id !== undefined, 10_000)
  return invoice(String(no))
}

async function pay(
  id: string,
  body: JsonObject,
  headers: Record<string, string> = { prefer: 'wait=0' },
): Promise<Answer> {
  return hub.post(`/v1/invoices/${id}/payments`, { method: 'card', ...body }, headers)
}

describe('POST /v1/invoices/{id}/payments', () => {
  test('pays in the system of the invoice, and answers with the payment, the invoice, the decision and the write', async () => {
    const id = await invoice()
    const answer = await pay(
      id,
      { amount: gbp('10.00'), paidAt: '2026-10-10T10:00:00Z', reference: 'web-17', channel: 'web' },
      { prefer: 'wait=10' },
    )
    expect(answer).toMatchObject({
      status: 201,
      body: {
        payment: {
          amount: gbp('10.00'),
          method: 'card',
          status: 'settled',
          reason: 'web-17',
          invoice: { id },
          customer: { id: customer },
        },
        invoice: { id, number: '500000001' },
        decision: { rule: 'payment-acceptance', result: { accept: true, settles: false, remaining: gbp('28.99') } },
        writes: [{ system: 'billing', entity: 'Payment', state: 'written' }],
      },
    })
    expect(answer.headers.get('location')).toBe(`/v1/payments/${String((answer.body.payment as JsonObject).id)}`)
    expect(payments().map(({ row }) => row)).toMatchObject([
      { account_no: 'LC-1', invoice_no: '500000001', amount: '10.00', method: 'CC', reference: 'web-17' },
    ])
    expect(await logged((answer.body.decision as JsonObject).id)).toMatchObject({ result: { accept: true }, customer })
  })

  test('the rule’s no is told with its reason, decision and revision, is kept in the log, and nothing is changed', async () => {
    const before = payments().length
    const answer = await pay(await invoice(), { amount: gbp('38.00') })
    hub.api.expectProblem(answer, 409, 'rule.refused')
    expect(answer.body).toMatchObject({
      rule: 'payment-acceptance',
      revision: 1,
      decision: expect.any(String),
      reason: expect.any(String),
    })
    expect(await logged(answer.body.decision)).toMatchObject({ result: { accept: false } })
    expect((await hub.api.ask('/admin/v1/record-writes')).body.items).toEqual([])
    expect(payments()).toHaveLength(before)
  })

  test('of several at the same moment only as many are taken as there is to pay', async () => {
    const id = await newInvoice(500_000_100)
    const answers = await Promise.all(Array.from({ length: 6 }, () => pay(id, { amount: gbp('40.00') })))
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 409, 409, 409, 409])
    const rest = await pay(id, { amount: gbp('20.00') }, { prefer: 'wait=10' })
    expect(rest.body).toMatchObject({ decision: { result: { accept: true, settles: true } } })
    hub.api.expectProblem(await pay(id, { amount: gbp('0.01') }), 409, 'rule.refused')
  })

  test('the same goes for payments that are made as records', async () => {
    const id = await newInvoice(500_000_101)
    const record = (amount: string): JsonObject => ({
      customer: { id: customer },
      invoice: { id },
      amount: gbp(amount),
      method: 'card',
    })
    const first = await hub.post('/v1/payments', record('99.00'), { prefer: 'wait=0' })
    expect(first).toMatchObject({ status: 202, body: { decision: { result: { accept: true } } } })
    hub.api.expectProblem(await hub.post('/v1/payments', record('99.00'), { prefer: 'wait=0' }), 409, 'rule.refused')
  })

  test('counts once for an Idempotency-Key, and is decided on once', async () => {
    const id = await newInvoice(500_000_102)
    const headers = { 'idempotency-key': 'pay-all', prefer: 'wait=0' }
    const body = { amount: gbp('100.00') }
    const [one, two] = await Promise.all([pay(id, body, headers), pay(id, body, headers)])
    const again = await pay(id, body, headers)
    expect([one, two, again].map(({ body: { decision } }) => decision)).toEqual(
      Array.from({ length: 3 }, () => one.body.decision),
    )
  })

  test.each<[string, JsonObject, number, string, string]>([
    ['nothing', { amount: gbp('0.00') }, 422, 'payment.amount.not-positive', '/amount/amount'],
    ['less than nothing', { amount: gbp('-1') }, 422, 'payment.amount.not-positive', '/amount/amount'],
    [
      'another currency',
      { amount: { amount: '1', currency: 'EUR' } },
      422,
      'payment.currency.other',
      '/amount/currency',
    ],
    ['no amount', {}, 422, 'request.body.invalid', '/amount'],
    ['a number as amount', { amount: { amount: 5, currency: 'GBP' } }, 422, 'request.body.invalid', '/amount/amount'],
    ['an unknown method', { amount: gbp('1'), method: 'shells' }, 422, 'request.body.invalid', '/method'],
    ['no moment', { amount: gbp('1'), paidAt: 'yesterday' }, 422, 'record.invalid', '/paidAt'],
    ['something else', { amount: gbp('1'), tip: true }, 422, 'request.body.invalid', '/tip'],
  ])('%s is refused where it is wrong', async (_, body, status, code, pointer) => {
    hub.api.expectProblem(await pay(await invoice(), body), status, code, pointer)
  })

  test('an invoice that is cancelled, or that nobody knows, is not paid', async () => {
    const id = await newInvoice(500_000_103, { state: 'X' })
    hub.api.expectProblem(await pay(id, { amount: gbp('1') }), 409, 'payment.invoice-cancelled', '{id}')
    const nobody = '0191e2a0-7b1c-7000-8000-123456789012'
    hub.api.expectProblem(await pay(nobody, { amount: gbp('1') }), 404, 'record.unknown', '{id}')
  })
})

describe('POST /v1/customers/{id}/contact-changes', () => {
  const change = (body: JsonObject, headers: Record<string, string> = {}, key?: string): Promise<Answer> =>
    hub.api.ask(`/v1/customers/${customer}/contact-changes`, {
      method: 'POST',
      body,
      headers,
      ...(key === undefined ? {} : { key }),
    })
  const add = (address: string): JsonObject => ({ op: 'add', member: 'emails', item: { address, purpose: 'work' } })

  test('changes the customer at once, says what is written where, and reaches the system', async () => {
    const body = { channel: 'web', verified: true, changes: [add('ada@work.example')] }
    const answer = await change(body, {}, channel)
    expect(answer).toMatchObject({
      status: 200,
      body: {
        decision: { rule: 'contact-change', result: { accept: true, notifyOldAddress: true } },
        writeBack: expect.any(Array),
      },
    })
    const { emails } = answer.body.customer as { emails: JsonObject[] }
    expect(emails.map(({ address }) => address)).toEqual(['ada@example.com', 'ada@work.example'])
    expect(answer.headers.get('etag')).toBe((await hub.api.ask(`/v1/customers/${customer}`)).headers.get('etag'))
    const replaced = await change({
      channel: 'web',
      verified: true,
      changes: [{ op: 'replace', member: 'emails', of: 'ADA@example.com', item: { address: 'countess@example.com' } }],
    })
    expect(replaced.status).toBe(200)
    await until(() => hub.billing.store.all(ACCOUNT)[0]?.row.email === 'countess@example.com', 10_000)
  })

  test('is refused by the rule where the customer has not shown who they are, and nothing is changed', async () => {
    const before = await hub.api.ask(`/v1/customers/${customer}`)
    const answer = await change({ channel: 'web', changes: [add('thief@example.com')] })
    hub.api.expectProblem(answer, 409, 'rule.refused')
    expect(answer.body).toMatchObject({ rule: 'contact-change', reason: 'Please confirm first that it is you.' })
    expect((await hub.api.ask(`/v1/customers/${customer}`)).body.emails).toEqual(before.body.emails)
  })

  test('takes changes side by side, each on what the other left, and counts once for a key', async () => {
    const send = (n: number) =>
      change(
        { channel: 'agent', verified: true, changes: [add(`side${n}@example.com`)] },
        { 'idempotency-key': `side-${n}` },
      )
    const answers = await Promise.all([send(1), send(2), send(1)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    const { emails } = (await hub.api.ask(`/v1/customers/${customer}`)).body as { emails: JsonObject[] }
    expect(emails.filter(({ address }) => String(address).startsWith('side'))).toHaveLength(2)
  })

  test('bad changes are told where they are, and a version that is not the newest where it is named', async () => {
    const one = (it: JsonObject): JsonObject => ({ channel: 'agent', verified: true, changes: [it] })
    hub.api.expectProblem(
      await change(one({ op: 'remove', member: 'emails', of: 'nobody@example.com' })),
      422,
      'customer.contact.not-there',
      '/changes/0/of',
    )
    hub.api.expectProblem(await change(one(add('nowhere'))), 422, 'customer.edit.invalid')
    hub.api.expectProblem(
      await change(one({ op: 'set', member: 'emails' })),
      422,
      'request.body.invalid',
      '/changes/0/op',
    )
    hub.api.expectProblem(
      await change(one(add('late@example.com')), { 'if-match': '"x"' }),
      412,
      'customer.changed-meanwhile',
    )
    const masked = one({ op: 'remove', member: 'phones', of: '+441144960222' })
    hub.api.expectProblem(await change(masked, {}, channel), 403, 'access.masked-field', '/phones')
  })
})

describe('POST /v1/orders', () => {
  // One who owes nothing.
  let customer = ''
  beforeAll(async () => {
    const account = {
      ...ADA.account,
      account_no: 'LC-2',
      full_name: 'Lovell, Bernard',
      email: 'bl@example.com',
      phone: '0161 496 0333',
    }
    hub.billing.store.put(ACCOUNT, account)
    await until(async () => (customer = await hub.customerOf('LC-2')) !== 'undefined', 10_000)
  })
  const order = (body: JsonObject): Promise<Answer> =>
    hub.post('/v1/orders', { customer: { id: customer }, channel: 'web', ...body })

  test('is decided by the rule on what its lines cost, and kept where no system takes orders', async () => {
    const headers = { 'content-type': 'application/cloudevents-batch+json' }
    const event = {
      specversion: '1.0',
      id: 'p1',
      source: '/systems/web',
      type: 'omnihub.change.upserted',
      subject: 'Product/P1',
      time: '2026-01-01T00:00:00Z',
      data: { name: 'Cable', price: '9.99' },
    }
    await hub.api.ask('/v1/changes', { method: 'POST', headers, body: JSON.stringify([event]) })
    await hub.api.quiet()
    const product = String(((await hub.api.ask('/v1/products')).body.items as JsonObject[])[0]?.id)
    const answer = await order({ lines: [{ product: { id: product }, quantity: '2' }] })
    expect(answer).toMatchObject({
      status: 201,
      body: {
        customer: { id: customer },
        decision: { rule: 'order-acceptance', result: { accept: true } },
        writes: [{ system: 'hub', state: 'written' }],
      },
    })
    const decision = await logged((answer.body.decision as JsonObject).id)
    expect(decision.input).toMatchObject({ order: { total: gbp('19.98') } })
  })

  test('is refused by the rule with its reason, and told where it is wrong', async () => {
    const before = ((await hub.api.ask('/v1/orders')).body.items as unknown[]).length
    const lines = [{ description: 'A mainframe', quantity: '1', unitPrice: gbp('900000') }]
    const answer = await order({ lines })
    hub.api.expectProblem(answer, 409, 'rule.refused')
    expect(answer.body).toMatchObject({ rule: 'order-acceptance', reason: expect.any(String) })
    hub.api.expectProblem(await order({ lines, total: gbp('1') }), 422, 'order.total.mismatch', '/total')
    hub.api.expectProblem(await order({ lines: [{ quantity: 'two' }] }), 422, 'record.invalid', '/lines/0/quantity')
    hub.api.expectProblem(
      await order({ lines: [{ description: 'Unpriced', quantity: '1' }] }),
      409,
      'rule.cannot-decide',
    )
    expect((await hub.api.ask('/v1/orders')).body.items).toHaveLength(before)
  })
})
