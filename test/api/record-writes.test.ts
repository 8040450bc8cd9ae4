/** Records that channels make and change, carried to a system of record that speaks its own protocol. */
import { COMMANDS, GROUPS } from '../../hub/app/cli/commands.ts'
import { runCli } from '../../hub/app/cli/shared/program.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { type BillingHub, INVOICE, PAYMENT, startBillingHub } from '../support/billing-hub.ts'
import type { Answer } from '../support/api.ts'
import { testIo } from '../support/cli.ts'
import { until } from '../support/engine.ts'
import { expressionRule, FINDINGS } from '../support/rule-fixtures.ts'

/** A system that only pushes, with a customer whom billing does not know. */
const WEB = {
  'config/systems/web.yaml': 'title: Web\nconnector: push\nentities:\n  Person: {}\n',
  'mappings/web/Person.yaml':
    'source: Person\ntarget: customer\nfields:\n  kind: { constant: person }\n  name.given: given\n  name.family: family\n',
}

/** No payments of more than 1,000, whichever way they come; and stewards do not see what invoices are about. */
const POLICIES = {
  ...expressionRule(
    {
      name: 'small-payments',
      onChange: { entity: 'payment', does: 'validate' },
      input: { type: 'object', properties: { payment: { type: 'object' }, source: { type: 'object' } } },
      output: FINDINGS,
    },
    {
      findings:
        'number(payment.amount.amount) > 1000 ? [{check: "too-much", severity: "error", field: "amount", do: "Pay in parts."}] : []',
    },
  ),
  'config/access.yaml': 'roles:\n  steward: { invoice: { total: hidden } }\n',
}

let hub: BillingHub
let customer = ''
let invoice = ''
beforeAll(async () => {
  hub = await startBillingHub({ ...WEB, ...POLICIES })
  customer = await hub.customerOf('LC-1')
  invoice = String((await hub.recordOf('invoices', '500000001')).id)
})
afterAll(async () => {
  await hub.stop()
})
afterEach(() => {
  hub.billing.faults.hang = 0
})

const payment = (more: JsonObject = {}): JsonObject => ({
  ...{ customer: { id: customer }, invoice: { id: invoice }, amount: { amount: '12.50', currency: 'GBP' } },
  ...{ method: 'card', status: 'settled', paidAt: '2026-10-10T10:00:00Z', ...more },
})
const AT_ONCE = { prefer: 'wait=0' }
const writeOf = ({ body }: Answer): JsonObject => (body.writes as JsonObject[])[0] ?? {}
const payments = () => hub.billing.store.all(PAYMENT)
const stateOf = async (write: unknown): Promise<unknown> =>
  (await hub.api.ask(`/v1/writes/${String(write)}`)).body.state

/** What the command line prints. */
async function typed(...words: string[]): Promise<string> {
  const io = testIo()
  const access = ['--url', hub.api.url, '--key', await hub.api.keyOf('admin')]
  expect(await runCli([...words, ...access], { commands: COMMANDS, groups: GROUPS, version: '0' }, io)).toBe(0)
  return io.stdout()
}

async function untilWritten(write: unknown): Promise<void> {
  await until(
    async () => (await stateOf(write)) === 'written',
    15_000,
    () => hub.log.lines.slice(-10),
  )
}

async function invoiceNow(): Promise<{ etag: string; body: JsonObject }> {
  const { headers, body } = await hub.api.ask(`/v1/invoices/${invoice}`)
  return { etag: headers.get('etag') ?? '', body }
}

describe('A new record', () => {
  test('is made in its system in that system’s terms, and read back under the id that was given out', async () => {
    const channel = await hub.api.keyOf('channel')
    const answer = await hub.api.ask('/v1/payments', {
      ...{ method: 'POST', body: payment(), key: channel, headers: { prefer: 'wait=10' } },
    })
    expect(answer.body).toMatchObject({
      ...{ amount: { amount: '12.50', currency: 'GBP' }, direction: 'in', paidOn: '2026-10-10', status: 'settled' },
      ...{ customer: { entity: 'CustomerAccount', key: 'LC-1', id: customer }, invoice: { id: invoice } },
    })
    const id = String(answer.body.id)
    const key = String(writeOf(answer).key)
    expect(answer.status).toBe(201)
    expect(writeOf(answer)).toEqual({
      ...{ write: expect.any(String), id, system: 'billing', entity: 'Payment', key, state: 'written', problem: null },
    })
    expect(answer.headers.get('location')).toBe(`/v1/payments/${id}`)
    expect(answer.headers.get('preference-applied')).toBe('wait=10')
    expect(Number(key)).toBeGreaterThan(900_000_000)
    expect(hub.billing.store.get(PAYMENT, undefined, key)?.row).toMatchObject({
      ...{ account_no: 'LC-1', invoice_no: '500000001', amount: '12.50', currency: 'GBP', method: 'CC', state: 'S' },
      paid: '2026-10-10T11:00:00',
    })
    const read = await hub.api.ask(`/v1/payments/${id}`)
    expect(read.headers.get('etag')).toBe(answer.headers.get('etag'))
    const { writes: _, ...record } = answer.body
    expect(read.body).toEqual(record)
    await hub.api.quiet()
    const timeline = (await hub.api.ask(`/v1/customers/${customer}/timeline`)).body.items as JsonObject[]
    expect(timeline).toContainEqual(expect.objectContaining({ type: 'payment.created', subject: id }))
  })

  test('counts once for an Idempotency-Key, also side by side, and the answer tells how it is now', async () => {
    const before = payments().length
    const headers = { 'idempotency-key': 'pay-1', ...AT_ONCE }
    const [one, two] = await Promise.all([
      hub.post('/v1/payments', payment({ reason: 'once' }), headers),
      hub.post('/v1/payments', payment({ reason: 'once' }), headers),
    ])
    expect(one.body.id).toBe(two.body.id)
    expect([one, two].filter(({ headers: h }) => h.get('idempotency-replayed') === 'true')).toHaveLength(1)
    const again = await hub.post('/v1/payments', payment({ reason: 'once' }), { 'idempotency-key': 'pay-1' })
    expect([again.status, again.body.id, again.headers.get('idempotency-replayed')]).toEqual([201, one.body.id, 'true'])
    expect(payments()).toHaveLength(before + 1)
    const other = await hub.post('/v1/payments', payment({ reason: 'twice' }), { 'idempotency-key': 'pay-1' })
    hub.api.expectProblem(other, 422, 'request.idempotency-key.reused', 'Idempotency-Key')
  })

  test('is kept while its system is away, told as on its way, and made once the system is back', async () => {
    await hub.billing.down()
    const answer = await hub.post('/v1/payments', payment({ reason: 'later' }), { prefer: 'respond-async' })
    expect(answer.status).toBe(202)
    expect(answer.headers.get('preference-applied')).toBe('respond-async')
    const { write, id } = writeOf(answer)
    expect(answer.headers.get('location')).toBe(`/v1/writes/${String(write)}`)
    await until(async () => (await stateOf(write)) === 'retrying', 10_000)
    const early = await hub.api.ask(`/v1/payments/${String(id)}`)
    hub.api.expectProblem(early, 404, 'record.on-its-way', '{id}')
    expect(early.body.write).toBe(write)
    const listed = await hub.api.ask('/admin/v1/record-writes?state=retrying&system=billing')
    expect(listed.body.items).toMatchObject([{ write, kind: 'create', record: 'payment', wanted: { reason: 'later' } }])
    await hub.billing.up()
    expect((await hub.api.ask(`/admin/v1/record-writes/${String(write)}/retry`, { method: 'POST' })).status).toBe(200)
    await until(async () => (await hub.api.ask(`/v1/payments/${String(id)}`)).status === 200, 15_000)
  })

  test('is one record, though the process that sent it was killed before the answer came', async () => {
    const before = payments().length
    hub.billing.faults.hang = 1
    const sent = hub.post('/v1/payments', payment({ reason: 'killed' }), AT_ONCE)
    const { write } = writeOf(await sent)
    await until(() => hub.billing.faults.hang === 0, 10_000)
    await hub.stopEngine()
    const { rows } = await hub.api.db.query({ text: `select state from record_write where id = '${String(write)}'` })
    expect(rows).toEqual([{ state: 1 }])
    // The answer to the write itself is lost next.
    hub.billing.faults.dropAfterWrite = 1
    hub.startEngine()
    await untilWritten(write)
    expect(payments()).toHaveLength(before + 1)
    const made = payments().filter(({ row }) => row.reference === 'killed')
    expect(made).toMatchObject([{ version: 1, row: { last_request: `omnihub-record-${String(write)}` } }])
  })

  test('that the hub itself is the system of record of is there at once', async () => {
    const call = { channel: 'phone', subject: 'Asked about the invoice', customer: { id: customer } }
    const made = await hub.post('/v1/interactions', call, AT_ONCE)
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ subject: call.subject, customer: { id: customer } })
    expect(writeOf(made)).toMatchObject({ system: 'hub', state: 'written', key: made.body.id })
    const changed = await hub.patch(
      `/v1/interactions/${String(made.body.id)}`,
      { summary: 'Explained', subject: null },
      { 'if-match': made.headers.get('etag') ?? '' },
    )
    expect([changed.status, changed.body.id]).toEqual([200, made.body.id])
    expect(changed.body).toMatchObject({ summary: 'Explained', channel: 'phone' })
    expect(changed.body).not.toHaveProperty('subject')
  })
})

describe('A change of a record', () => {
  test('is written where the system has what was read, by whatever name of the version', async () => {
    const { etag, body } = await invoiceNow()
    const path = `/v1/invoices/${invoice}`
    hub.api.expectProblem(await hub.patch(path, { status: 'paid' }, {}), 428, 'request.precondition.missing')
    const stale = await hub.patch(path, { status: 'paid' }, { 'if-match': '"old"' })
    hub.api.expectProblem(stale, 412, 'record.changed-meanwhile', 'If-Match')
    const patch = { balance: { amount: '26.49' }, dueOn: '2026-11-01' }
    const answer = await hub.patch(path, patch, { 'if-match': etag })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      id: invoice,
      balance: { amount: '26.49', currency: 'GBP' },
      dueOn: '2026-11-01',
    })
    expect(hub.billing.store.get(INVOICE, undefined, '500000001')?.row).toMatchObject({
      ...{ open_cents: 2649, due: '2026-11-01', state: 'O', total_cents: 3899 },
    })
    const none = await hub.patch(path, patch, { 'if-match': answer.headers.get('etag') ?? '' })
    expect([none.status, writeOf(none).state]).toEqual([200, 'written'])
    const byVersion = `"${invoice}.${String(none.body.version)}"`
    const next = await hub.patch(path, { dueOn: '2026-11-02' }, { 'if-match': byVersion })
    expect([next.status, next.body.dueOn]).toEqual([200, '2026-11-02'])
    expect(next.body.version).not.toBe(body.version)
    await hub.api.quiet()
    const timeline = (await hub.api.ask(`/v1/customers/${customer}/timeline`)).body.items as JsonObject[]
    expect(timeline).toContainEqual(expect.objectContaining({ type: 'invoice.updated', subject: invoice }))
  })

  test('ends in conflict where the system has changed the same meanwhile, and can be given up or sent again', async () => {
    await hub.stopEngine()
    const { etag } = await invoiceNow()
    const sent = await hub.patch(`/v1/invoices/${invoice}`, { dueOn: '2026-12-01' }, { 'if-match': etag, ...AT_ONCE })
    expect([sent.status, writeOf(sent).state]).toEqual([202, 'pending'])
    hub.billing.store.put(INVOICE, { invoice_no: 500_000_001, due: '2026-11-20' })
    hub.startEngine()
    const { write } = writeOf(sent)
    await until(async () => (await stateOf(write)) === 'conflict', 10_000)
    expect(hub.billing.store.get(INVOICE, undefined, '500000001')?.row.due).toBe('2026-11-20')
    expect((await hub.api.ask(`/v1/writes/${String(write)}`)).body.problem).toMatchObject({
      code: 'record.write.conflict',
    })
    expect(await typed('record-write', 'list', '--state', 'conflict')).toMatch(
      new RegExp(`${String(write)} +patch invoice +billing/Invoice/500000001 +conflict`),
    )
    expect(await typed('record-write', 'discard', String(write))).toBe(`${String(write)} is failed.\n`)
    expect((await hub.api.ask(`/v1/writes/${String(write)}`)).body.problem).toMatchObject({
      code: 'record.write.discarded',
    })
    await until(async () => (await invoiceNow()).body.dueOn === '2026-11-20', 10_000)
  })

  test('that the system refuses is told in the system’s words, within the wait and after', async () => {
    hub.billing.store.put(INVOICE, { invoice_no: 500_000_001, locked: true })
    const { etag } = await invoiceNow()
    const headers = { 'if-match': etag, 'idempotency-key': 'locked-1', prefer: 'wait=10' }
    const refused = await hub.patch(`/v1/invoices/${invoice}`, { status: 'paid' }, headers)
    hub.api.expectProblem(refused, 409, 'record.write.refused')
    expect(refused.body.detail).toMatch(/billing/)
    const [told] = refused.body.writes as JsonObject[]
    expect(told).toMatchObject({ state: 'failed', problem: { message: expect.stringMatching(/refuses/) } })
    const again = await hub.patch(`/v1/invoices/${invoice}`, { status: 'paid' }, headers)
    hub.api.expectProblem(again, 409, 'record.write.refused')
    hub.billing.store.put(INVOICE, { invoice_no: 500_000_001, locked: false })
    const retried = await hub.api.ask(`/admin/v1/record-writes/${String(told?.write)}/retry`, { method: 'POST' })
    expect(retried.body.state).toBe('pending')
    await untilWritten(told?.write)
    await until(async () => (await invoiceNow()).body.status === 'paid', 10_000)
  })
})

describe('What can be known to be wrong is told before anything is kept', () => {
  const count = async (): Promise<unknown> =>
    (await hub.api.db.query({ text: 'select count(*)::integer as n from record_write' })).rows[0]

  test('with the member at fault', async () => {
    const before = await count()
    const expectRefused = async (path: string, body: JsonObject, status: number, code: string, pointer: string) => {
      hub.api.expectProblem(await hub.post(path, body), status, code, pointer)
    }
    const to = '/v1/payments'
    await expectRefused(
      to,
      payment({ amount: { amount: 'ten', currency: 'GBP' } }),
      422,
      'record.invalid',
      '/amount/amount',
    )
    await expectRefused(to, payment({ id: customer }), 422, 'record.member-of-the-hub', '/id')
    await expectRefused(to, payment({ number: 'P-1' }), 422, 'record.field.not-writable', '/number')
    await expectRefused(to, payment({ direction: 'out' }), 422, 'record.field.not-writable', '/direction')
    await expectRefused(to, payment({ method: 'wallet' }), 422, 'record.field.not-writable', '/method')
    await expectRefused(to, payment({ attributes: { tier: 1 } }), 422, 'record.field.not-writable', '/attributes')
    const { method: _, ...without } = payment()
    await expectRefused(to, without, 422, 'record.field.missing', '/method')
    const total = { amount: '5.001', currency: 'GBP' }
    const [net, tax, balance] = [total, total, total]
    const bill = { customer: { id: customer }, dueOn: '2026-12-01', total, net, tax, balance }
    await expectRefused('/v1/invoices', bill, 422, 'record.field.not-writable', '/total')
    const system = await hub.post('/v1/payments?system=crm', payment())
    hub.api.expectProblem(system, 409, 'record.create.not-taken', '?system')
    const { etag } = await invoiceNow()
    const number = await hub.patch(`/v1/invoices/${invoice}`, { number: '7' }, { 'if-match': etag })
    hub.api.expectProblem(number, 422, 'record.field.not-writable', '/number')
    expect(await count()).toEqual(before)
  })

  test('with the reference that leads nowhere, or to nothing in that system', async () => {
    const nobody = '00000000-0000-7000-8000-000000000000'
    const post = async (more: JsonObject) => hub.post('/v1/payments', payment(more))
    hub.api.expectProblem(await post({ customer: { id: nobody } }), 422, 'record.reference.unknown', '/customer')
    hub.api.expectProblem(await post({ customer: { id: 'me' } }), 422, 'record.reference.invalid', '/customer/id')
    hub.api.expectProblem(await post({ customer: { key: 'LC-1' } }), 422, 'record.reference.invalid', '/customer')
    const strange = { entity: 'Invoice', key: '1' }
    hub.api.expectProblem(await post({ invoice: strange }), 422, 'record.reference.unknown', '/invoice')
    await hub.api.ask('/v1/changes', {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify({
        ...{ specversion: '1.0', id: 'p1', source: '/systems/web', type: 'omnihub.change.upserted' },
        ...{ subject: 'Person/1', data: { given: 'Grace', family: 'Hopper' } },
      }),
    })
    await hub.api.quiet()
    const grace = ((await hub.api.ask('/v1/customers?system=web&key=1')).body.items as JsonObject[])[0]?.id ?? null
    hub.api.expectProblem(await post({ customer: { id: grace } }), 409, 'record.reference.not-in-system', '/customer')
    const lane = { system: 'web', entity: 'Person', key: '1' }
    hub.api.expectProblem(await post({ customer: lane }), 409, 'record.reference.not-in-system', '/customer')
  })

  test('with the shared rule that does not allow it, and what to do', async () => {
    const before = payments().length
    const refused = await hub.post('/v1/payments', payment({ amount: { amount: '1000.01', currency: 'GBP' } }))
    hub.api.expectProblem(refused, 422, 'rule.change-refused')
    expect(JSON.stringify(refused.body)).toContain('Pay in parts.')
    expect(payments()).toHaveLength(before)
  })

  test('with the member that the role does not see; what it does see it may change, by the version', async () => {
    const steward = await hub.api.keyOf('steward')
    const path = `/v1/invoices/${invoice}`
    const read = await hub.api.ask(path, { key: steward })
    expect(read.headers.get('etag')).toBeNull()
    expect(read.body).not.toHaveProperty('total')
    const tag = `"${invoice}.${String(read.body.version)}"`
    const send = (body: JsonObject) =>
      hub.api.ask(path, {
        ...{ method: 'PATCH', key: steward, body: JSON.stringify(body) },
        headers: { 'content-type': 'application/merge-patch+json', 'if-match': tag },
      })
    const unseen = await send({ total: { amount: '1.00', currency: 'GBP' } })
    hub.api.expectProblem(unseen, 403, 'access.masked-field', '/total/amount')
    const seen = await send({ dueOn: '2026-12-24' })
    expect([seen.status, seen.body.dueOn]).toEqual([200, '2026-12-24'])
    expect(seen.body).not.toHaveProperty('total')
  })

  test('with the role that may not', async () => {
    const viewer = await hub.api.keyOf('viewer')
    const answer = await hub.api.ask('/v1/payments', { method: 'POST', key: viewer, body: payment() })
    expect(answer.status).toBe(403)
    expect((await hub.api.ask('/v1/payments/00000000-0000-7000-8000-000000000000')).status).toBe(404)
    expect((await hub.api.ask('/v1/writes/00000000-0000-7000-8000-000000000000')).status).toBe(404)
  })
})
