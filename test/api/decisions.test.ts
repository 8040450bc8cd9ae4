/** Business rules as channels ask them: the customer read by name, precise refusals, nothing of the server's making. */
import type { JsonObject } from '../../hub/contracts/json.ts'
import { changeEvent, type RunningApi, sendChanges, startApi } from '../support/api.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'
import { allDemoRuleFiles } from '../support/rule-fixtures.ts'

const INVOICE = `source: Invoice
target: invoice
key: no
fields:
  number: no
  customer: { ref: { entity: Account, key: account } }
  status: { constant: open }
  dueOn: due
  total: { from: total, convert: { money: { currency: AUD } } }
  balance: { from: total, convert: { money: { currency: AUD } } }
`
const AT = '2026-03-20T10:00:00+11:00'

let hub: RunningApi
let ada: string
let grace: string
let invoice: string

beforeAll(async () => {
  hub = await startApi({
    ...PUSH_WORKSPACE,
    ...allDemoRuleFiles(),
    'mappings/billing/Invoice.yaml': INVOICE,
    'rules/broken.rule.yaml': 'name: broken\ntitle: Broken\n',
    'rules/graphless.rule.yaml': 'name: graphless\n',
  })
  await sendChanges(
    hub,
    changeEvent('crm/Contact/1', {
      Id: '1',
      FirstName: 'Ada',
      LastName: 'Lovelace',
      Born: '1985-12-10',
      Email: 'ada@lovelace.au',
    }),
    changeEvent('billing/Account/A1', {
      no: 'A1',
      state: 'A',
      first: 'Ada',
      last: 'Lovelace',
      born: '19851210',
      mail: 'ada@lovelace.au',
    }),
    changeEvent('crm/Contact/2', { Id: '2', FirstName: 'Grace', LastName: 'Hopper', Email: 'grace@hopper.us' }),
    changeEvent('billing/Invoice/1', { no: '1', account: 'A1', due: '2026-02-01', total: '89.90' }),
    changeEvent('billing/Invoice/2', { no: '2', account: 'A1', due: '2026-03-18', total: '50.00' }),
  )
  const idOf = async (path: string): Promise<string> => {
    const { body } = await hub.ask(path)
    return String((body.items as JsonObject[])[0]?.id)
  }
  ada = await idOf('/v1/customers?system=crm&key=1')
  grace = await idOf('/v1/customers?system=crm&key=2')
  invoice = await idOf('/v1/invoices?system=billing&key=1')
}, 60_000)
afterAll(() => hub.stop())

const decide = (rule: string, body: JsonObject, key?: string) =>
  hub.ask(`/v1/decisions/${rule}`, { method: 'POST', body, ...(key === undefined ? {} : { key }) })

const DUNNING = { status: 'overdue', dueOn: '2026-03-01', balance: { amount: '89.90', currency: 'AUD' } }

describe('A decision', () => {
  test('is the rule applied to the input, with the reasons in words where they are asked for', async () => {
    const { status, body } = await decide('dunning-stage', { input: DUNNING, at: AT, trace: true })
    expect(status).toBe(200)
    expect(body).toMatchObject({ rule: 'dunning-stage', revision: 1, result: { stage: 'reminder', daysLate: 12 } })
    expect(body.trace).toContain('Grace period: graceDays is 7.')
    expect((await decide('dunning-stage', { input: DUNNING, at: AT })).body).not.toHaveProperty('trace')
  })

  test('reads the customer by name where the rule says so, and tells which one it was', async () => {
    const { body } = await decide('data-quality', { input: { customer: { id: ada } }, at: AT })
    expect(body.customer).toBe(ada)
    const checks = ((body.result as JsonObject).findings as JsonObject[]).map(({ check }) => check)
    expect(checks).toEqual(['address-missing'])
  })

  test('reads the records of the customer, and only what the rule takes', async () => {
    const input = { customer: { id: ada }, monthsToContractEnd: 20, usagePercent: 10, hasApp: true }
    const { status, body } = await decide('next-best-action', { input, at: AT })
    expect({ status, body }).toMatchObject({ status: 200 })
    expect(JSON.stringify(body.result)).toContain('pay')
  })

  test('takes what the caller sends in place of what the hub has', async () => {
    const input = { customer: { id: ada }, invoices: [], monthsToContractEnd: 20, usagePercent: 10, hasApp: true }
    const { body } = await decide('next-best-action', { input, at: AT })
    expect(JSON.stringify(body.result)).not.toContain('pay')
  })
})

describe('A customer who is named is enough', () => {
  const plan = { speed: 500, listPrice: { amount: '40.00', currency: 'GBP' } }
  const payment = { amount: { amount: '89.90', currency: 'AUD' }, method: 'card', channel: 'web' }
  const order = { total: { amount: '20.00', currency: 'GBP' } }

  test('for every rule of the demo company, with nothing but the question itself beside it', async () => {
    const questions: Record<string, JsonObject> = {
      'contact-change': { channel: 'web', verified: true, members: ['emails'] },
      'credit-limit': {},
      'data-quality': {},
      'dunning-stage': { invoice: { id: invoice } },
      'next-best-action': {},
      'offer-price': { technology: 'fibre', plan, termMonths: 12 },
      'order-acceptance': { order },
      'payment-acceptance': { invoice: { id: invoice }, payment },
      'preferred-channel': { purpose: 'billing' },
      'service-level': {},
      'skill-needed': { topic: 'fault' },
    }
    const { body: list } = await hub.ask('/v1/rules')
    expect((list.items as JsonObject[]).map(({ name }) => name)).toEqual(Object.keys(questions))
    for (const [rule, question] of Object.entries(questions)) {
      const { status, body } = await decide(rule, { input: { customer: { id: ada }, ...question } })
      expect({ rule, status, body }).toMatchObject({ rule, status: 200, body: { customer: ada } })
    }
  })

  test('and what is made of what is known is told, kept and decided again the same', async () => {
    const { body } = await decide('credit-limit', { input: { customer: { id: ada } }, trace: true })
    expect(body.trace).toContain(
      'monthsAsCustomer is 0, filled in from customer.createdAt and now: whole months since the hub first had the customer.',
    )
    await hub.core.rules.decisionLog.flushed()
    const answer = await hub.ask(`/admin/v1/decisions/${String(body.decision)}/replay`, { method: 'POST' })
    const { then, decision } = answer.body as Record<string, JsonObject>
    expect(decision?.filled).toMatchObject({ monthsAsCustomer: 0, missedPayments: 0, kind: 'person' })
    expect((decision?.filled as JsonObject).customer).not.toHaveProperty('name')
    expect(then).toMatchObject({ difference: '', result: body.result })
  })

  test('but what is sent counts, to ask what would be if', async () => {
    const sent = { customer: { id: ada }, status: 'active', monthsAsCustomer: 40 }
    const { body } = await decide('credit-limit', { input: sent })
    expect(body.result).toMatchObject({ limit: { amount: '1200' } })
  })

  test('and an invoice that is named by its id brings its customer, and how it stands', async () => {
    const named = { invoice: { id: invoice }, payment }
    const { body } = await decide('payment-acceptance', { input: named })
    expect(body).toMatchObject({ customer: ada, result: { accept: true, settles: true } })
    const { body: dunning } = await decide('dunning-stage', { input: { invoice: { id: invoice } }, at: AT })
    expect(dunning).toMatchObject({ customer: ada, result: { stage: 'final-notice', daysLate: 40 } })
  })

  test('and an invoice that is not there, or is not of this customer, is refused with its place', async () => {
    const wrong = (id: string, customer: string): ReturnType<typeof decide> =>
      decide('dunning-stage', { input: { customer: { id: customer }, invoice: { id } } })
    const pointer = '/input/invoice/id'
    hub.expectProblem(await wrong(invoice, grace), 422, 'rule.input.invalid', pointer)
    hub.expectProblem(await wrong(ada, ada), 404, 'record.unknown', pointer)
    hub.expectProblem(await wrong('1', ada), 422, 'rule.input.invalid', pointer)
  })
})

describe('A decision is refused', () => {
  test('where there is no such rule', async () => {
    hub.expectProblem(await decide('credit-limi', { input: {} }), 404, 'rule.unknown')
  })

  test('where the file of the rule is wrong: that rule only', async () => {
    hub.expectProblem(await decide('broken', { input: {} }), 409, 'rule.not-loaded')
    hub.expectProblem(await decide('graphless', { input: {} }), 409, 'rule.not-loaded')
  })

  test('where the input is not what the rule takes, with a pointer into the request', async () => {
    const wrong = { ...DUNNING, status: 'lost' }
    hub.expectProblem(await decide('dunning-stage', { input: wrong }), 422, 'rule.input.invalid', '/input/status')
    hub.expectProblem(await decide('dunning-stage', { input: {} }), 422, 'rule.input.invalid', '/input/status')
    const unnamed = { customer: { id: 'ada' } }
    hub.expectProblem(await decide('data-quality', { input: unnamed }), 422, 'rule.input.invalid', '/input/customer/id')
    hub.expectProblem(await decide('dunning-stage', { input: [] as never }), 422, 'request.body.invalid', '/input')
    hub.expectProblem(await decide('dunning-stage', { input: DUNNING, at: 'soon' }), 422, 'request.body.invalid', '/at')
  })

  test('where there is no such customer, or it was erased', async () => {
    const nobody = { customer: { id: '018f0000-0000-7000-8000-000000000000' } }
    hub.expectProblem(await decide('data-quality', { input: nobody }), 404, 'customer.unknown')
    const gone = '018f0000-0000-7000-8000-00000000000e'
    await hub.db.query({
      text: `insert into customer (id, state, version, cause, changed, golden, search, created_at, updated_at)
             values ($1, 3, 1, 'created', '{}', '{}', '', now(), now())`,
      values: [gone],
    })
    hub.expectProblem(await decide('data-quality', { input: { customer: { id: gone } } }), 410, 'customer.erased')
  })

  test('to those whose role does not allow it', async () => {
    const viewer = await hub.keyOf('viewer')
    const channel = await hub.keyOf('channel')
    hub.expectProblem(await decide('dunning-stage', { input: DUNNING }, viewer), 403, 'auth.forbidden')
    expect((await decide('dunning-stage', { input: DUNNING }, channel)).status).toBe(200)
  })
})

test('The list of rules tells channel developers what each takes and gives', async () => {
  const { body } = await hub.ask('/v1/rules')
  const items = body.items as JsonObject[]
  expect(items.map(({ name }) => name)).toEqual([
    'contact-change',
    'credit-limit',
    'data-quality',
    'dunning-stage',
    'next-best-action',
    'offer-price',
    'order-acceptance',
    'payment-acceptance',
    'preferred-channel',
    'service-level',
    'skill-needed',
  ])
  expect(items[1]?.fills).toContainEqual({
    member: 'monthsAsCustomer',
    from: ['now', 'customer.createdAt'],
    says: 'whole months since the hub first had the customer',
  })
  expect(items[4]).toMatchObject({ reads: ['invoices', 'cases', 'interactions'], input: { type: 'object' } })
  expect((await hub.ask('/v1/rules/dunning-stage')).body).toEqual(items[3])
  hub.expectProblem(await hub.ask('/v1/rules/none'), 404, 'rule.unknown')
})
