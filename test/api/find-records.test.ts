import type { JsonObject } from '../../hub/contracts/json.ts'
import { changeEvent, type RunningApi, sendChanges, startApi } from '../support/api.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'

/** Billing with accounts that customers have, invoices with dates, and the CRM's cases about them. */
const WORKSPACE: Record<string, string> = {
  ...PUSH_WORKSPACE,
  'mappings/billing/Ledger.yaml': `source: Ledger
target: account
key: no
fields:
  number: no
  name: name
  customer: { ref: { entity: Account, key: holder } }
`,
  'mappings/billing/Invoice.yaml': `source: Invoice
target: invoice
key: no
fields:
  number: no
  account: { ref: { entity: Ledger, key: ledger } }
  status: state
  dueOn: due
  total: { from: total, convert: { money: { currency: GBP } } }
`,
  'mappings/crm/Case.yaml': `source: Case
target: case
key: Id
fields:
  subject: Subject
  status: Status
  openedAt: Opened
  invoice: { ref: { system: billing, entity: Invoice, key: About } }
`,
  'config/access.yaml': `roles:
  viewer:
    customer: { emails.address: masked, birthDate: hidden }
    case: { subject: hidden }
`,
}

let hub: RunningApi
let viewer: string
let mary: string

beforeAll(async () => {
  hub = await startApi(WORKSPACE)
  viewer = await hub.keyOf('viewer')
  await sendChanges(
    hub,
    changeEvent('billing/Account/A1', {
      no: 'A1',
      first: 'Mary',
      last: 'Smith',
      born: '19710312',
      mail: 'm@example.com',
      state: 'A',
    }),
    changeEvent('billing/Ledger/L1', { no: 'L1', name: 'Household Łódź', holder: 'A1' }),
    ...[
      { no: 'I1', ledger: 'L1', state: 'overdue', due: '2026-01-31', total: '12.50' },
      { no: 'I2', ledger: 'L1', state: 'open', due: '2026-02-28', total: '99.90' },
      { no: 'I3', ledger: 'nobody', state: 'overdue', due: '2026-03-31', total: '1.00' },
    ].map((invoice) => changeEvent(`billing/Invoice/${invoice.no}`, invoice)),
    changeEvent('crm/Case/C1', {
      Id: 'C1',
      Subject: 'Wrong amount',
      Status: 'open',
      Opened: '2026-02-03T23:30:00+11:00',
      About: 'I1',
    }),
    changeEvent('crm/Case/C2', {
      Id: 'C2',
      Subject: 'Router amounts to nothing',
      Status: 'new',
      Opened: '2026-02-04T09:00:00Z',
    }),
  )
  const { body } = await hub.ask('/v1/customers?system=billing&key=A1')
  mary = String((body.items as JsonObject[])[0]?.id)
})
afterAll(() => hub.stop())

async function found(path: string, member = 'number'): Promise<string[]> {
  const { body, text, status } = await hub.ask(path)
  if (status !== 200) throw new Error(text)
  // Records of one batch get their numbers in no order that matters.
  return (body.items as JsonObject[]).map((item) => String(item[member])).sort()
}

const idOf = async (collection: string, key: string): Promise<string> =>
  String((await found(`/v1/${collection}?system=${collection === 'cases' ? 'crm' : 'billing'}&key=${key}`, 'id'))[0])

describe('Records are found', () => {
  test('by members with one value, in any case, and all parameters must hold', async () => {
    expect(await found('/v1/invoices?number=i1')).toEqual(['I1'])
    expect(await found('/v1/invoices?status=overdue')).toEqual(['I1', 'I3'])
    expect(await found(`/v1/invoices?status=overdue&customer=${mary}`)).toEqual(['I1'])
    expect(await found('/v1/invoices?status=overdue&number=I2')).toEqual([])
  })

  test('by days, whose both ends belong to the range, in UTC', async () => {
    expect(await found('/v1/invoices?dueFrom=2026-01-31&dueTo=2026-02-28')).toEqual(['I1', 'I2'])
    expect(await found('/v1/invoices?dueFrom=2026-03-01')).toEqual(['I3'])
    expect(await found('/v1/cases?openedFrom=2026-02-03&openedTo=2026-02-03', 'subject')).toEqual(['Wrong amount'])
  })

  test('by what they point at, by words however they are written, and by when they changed', async () => {
    expect(await found(`/v1/cases?invoice=${await idOf('invoices', 'I1')}`, 'subject')).toEqual(['Wrong amount'])
    expect(await found('/v1/cases?q=AMOUNT', 'subject')).toEqual(['Router amounts to nothing', 'Wrong amount'])
    expect(await found('/v1/accounts?q=lodz')).toEqual(['L1'])
    expect(await found('/v1/invoices?updatedSince=2999-01-01T00:00:00Z')).toEqual([])
    expect(await found('/v1/invoices?updatedSince=2001-01-01T00:00:00%2B11:00')).toHaveLength(3)
  })

  test('as they are now: a page does not lose or repeat a record that changes between two pages', async () => {
    const first = await hub.ask('/v1/invoices?status=overdue&limit=1')
    const { number } = (first.body.items as JsonObject[])[0] ?? {}
    const paid = { no: String(number), ledger: 'L1', state: 'paid', due: '2026-01-31', total: '12.50' }
    await sendChanges(hub, changeEvent(`billing/Invoice/${String(number)}`, paid))
    const next = encodeURIComponent(String(first.body.next))
    const other = number === 'I1' ? 'I3' : 'I1'
    expect(await found(`/v1/invoices?status=overdue&limit=1&cursor=${next}`)).toEqual([other])
    expect(await found('/v1/invoices?status=paid')).toEqual([number])
    await sendChanges(hub, changeEvent('billing/Invoice/I1', { ...paid, no: 'I1' }))
    await sendChanges(hub, changeEvent('billing/Invoice/I3', null))
    expect(await found('/v1/invoices?status=overdue')).toEqual([])
  })

  test.each([
    ['invoices?status=late', 'request.query.invalid', '?status'],
    ['invoices?dueFrom=2026-02-30', 'request.query.invalid', '?dueFrom'],
    ['invoices?updatedSince=yesterday', 'request.query.invalid', '?updatedSince'],
    ['invoices?due=2026-01-01', 'request.query.unknown', '?due'],
    ['invoices?order=17', 'request.query.invalid', '?order'],
    ['invoices?system=billing&key=I1&status=open', 'request.query.conflict', '?status'],
    ['cases?q=%20%2B', 'request.query.invalid', '?q'],
    ['products?include=customer', 'request.query.unknown', '?include'],
    ['invoices?fields=number,totl', 'request.fields.unknown', '?fields'],
  ])('bad input is told precisely: %s', async (query, code, pointer) => {
    hub.expectProblem(await hub.ask(`/v1/${query}`), 400, code, pointer)
  })

  test('an id that is nobody’s is 404, with the parameter that names it', async () => {
    const nobody = '0191e2a0-7b1c-7000-8000-123456789012'
    hub.expectProblem(await hub.ask(`/v1/cases?invoice=${nobody}`), 404, 'record.unknown', '?invoice')
    hub.expectProblem(await hub.ask(`/v1/invoices?account=${nobody}`), 404, 'record.unknown', '?account')
  })

  test('a role may not search a field that it does not see', async () => {
    hub.expectProblem(await hub.ask('/v1/cases?q=amount', { key: viewer }), 403, 'access.masked-parameter', '?q')
  })
})

describe('Answers have what was asked for', () => {
  test('fields of records and customers, in lists too; the tag stays that of the whole', async () => {
    const path = `/v1/customers/${mary}`
    const part = await hub.ask(`${path}?fields=id,name.given,emails.address`)
    expect(part.body).toEqual({ id: mary, name: { given: 'Mary' }, emails: [{ address: 'm@example.com' }] })
    expect(part.headers.get('etag')).toBe((await hub.ask(path)).headers.get('etag'))
    expect((await hub.ask('/v1/customers?fields=name.family')).body.items).toEqual([{ name: { family: 'Smith' } }])
    expect((await hub.ask('/v1/invoices?fields=number,account.id&number=I2')).body.items).toEqual([
      { number: 'I2', account: { id: await idOf('accounts', 'L1') } },
    ])
    const invoice = `/v1/invoices/${await idOf('invoices', 'I2')}`
    const tag = (await hub.ask(invoice)).headers.get('etag') ?? ''
    expect(await hub.ask(`${invoice}?fields=number`, { headers: { 'if-none-match': tag } })).toMatchObject({
      status: 304,
    })
  })

  test('fields within what is brought along, and the rest of it whole', async () => {
    const { body } = await hub.ask(`/v1/customers/${mary}?include=invoices,accounts&fields=id,invoices.number`)
    expect(body).toMatchObject({
      id: mary,
      invoices: expect.arrayContaining([{ number: 'I1' }, { number: 'I2' }]) as unknown,
      accounts: [{ number: 'L1', version: expect.any(Number) }],
    })
    expect(Object.keys(body).sort()).toEqual(['accounts', 'id', 'invoices'])
    hub.expectProblem(
      await hub.ask(`/v1/customers/${mary}?fields=invoices.number`),
      400,
      'request.fields.unknown',
      '?fields',
    )
  })

  test('what records point at, once each, through the account to the customer', async () => {
    const { body } = await hub.ask('/v1/invoices?include=customer,account,order&fields=number')
    expect(body.items).toHaveLength(2)
    expect(body.items).toContainEqual({ number: 'I1' })
    expect(body.included).toMatchObject({
      customers: [{ id: mary, kind: 'person' }],
      accounts: [{ number: 'L1' }],
      orders: [],
    })
    const one = await hub.ask(`/v1/cases/${await idOf('cases', 'C1')}?include=invoice`)
    expect(one.body).toMatchObject({ subject: 'Wrong amount', included: { invoices: [{ number: 'I1' }] } })
  })

  test('masking holds, whichever fields are chosen and whatever they stand in', async () => {
    const ask = async (path: string) => (await hub.ask(path, { key: viewer })).body
    expect(await ask(`/v1/customers/${mary}?fields=birthDate,emails.address`)).toEqual({ emails: [{ address: '***' }] })
    expect((await ask('/v1/customers?fields=emails')).items).toMatchObject([{ emails: [{ address: '***' }] }])
    const { included } = await ask('/v1/invoices?include=customer&number=I1')
    expect(included).toMatchObject({ customers: [{ name: { given: 'Mary' }, emails: [{ address: '***' }] }] })
    expect(JSON.stringify(included)).not.toMatch(/birthDate|1971/)
    expect((await ask('/v1/cases?fields=subject,status')).items).toHaveLength(2)
    expect(JSON.stringify(await ask('/v1/cases?fields=subject,status'))).not.toMatch(/subject|mount/)
  })
})
