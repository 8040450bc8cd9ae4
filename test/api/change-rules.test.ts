/** Rules in the path of changes: they add to what mappings make, keep out what is wrong, and tell what is unlikely. */
import type { JsonObject } from '../../hub/contracts/json.ts'
import { changeEvent, type RunningApi, sendChanges, startApi } from '../support/api.ts'
import { expectBalanced } from '../support/core.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'
import {
  demoRule,
  demoRuleFiles,
  dunningGraph,
  expressionRule,
  FINDINGS,
  INVOICE_DUNNING,
  INVOICE_MAPPING,
} from '../support/rule-fixtures.ts'

const CUSTOMER_INPUT = { type: 'object', properties: { customer: { type: 'object' }, source: { type: 'object' } } }
const VIP = expressionRule(
  {
    name: 'vip',
    onChange: { entity: 'customer', does: 'enrich' },
    input: CUSTOMER_INPUT,
    output: { type: 'object' },
  },
  {
    'attributes.origin': 'source.system',
    'attributes.greeting': 'customer.name.family == "Broken" ? null : "Dear " + (customer.name.family ?? "customer")',
  },
)
const NO_TEST_PEOPLE = expressionRule(
  {
    name: 'no-test-people',
    onChange: { entity: 'customer', does: 'validate' },
    input: CUSTOMER_INPUT,
    output: FINDINGS,
  },
  {
    findings:
      'customer.name.family == "Test" ? [{check: "test-person", severity: "error", field: "name.family", do: "Give the real name."}] : []',
  },
)

let hub: RunningApi
beforeAll(async () => {
  hub = await startApi({
    ...PUSH_WORKSPACE,
    'mappings/billing/Invoice.yaml': INVOICE_MAPPING,
    ...demoRuleFiles('dunning-stage'),
    ...demoRuleFiles('data-quality'),
    ...INVOICE_DUNNING,
    ...VIP,
    ...NO_TEST_PEOPLE,
  })
}, 60_000)
afterAll(() => hub.stop())

async function send(...events: JsonObject[]): Promise<void> {
  await sendChanges(hub, ...events)
  await expectBalanced(hub.db)
}

const contact = (id: string, more: JsonObject = {}): JsonObject =>
  changeEvent(`crm/Contact/${id}`, { Id: id, FirstName: 'Ada', LastName: 'Lovelace', Born: '1985-12-10', ...more })

async function customer(key: string): Promise<JsonObject> {
  const { body } = await hub.ask(`/v1/customers?system=crm&key=${key}`)
  return (body.items as JsonObject[])[0] ?? {}
}

describe('An enrichment', () => {
  test('adds fields to what the mapping made, and the provenance names the rule', async () => {
    await send(contact('1'))
    const golden = await customer('1')
    expect(golden.attributes).toEqual({ greeting: 'Dear Lovelace', origin: 'crm' })
    const { body } = await hub.ask(`/v1/customers/${String(golden.id)}/provenance`)
    const fields = body.fields as Record<string, JsonObject>
    expect(fields['attributes.origin']).toMatchObject({ value: 'crm', madeBy: { rule: 'vip', revision: 1 } })
    expect(fields['name.given']).not.toHaveProperty('madeBy')
    const { body: sources } = await hub.ask(`/v1/customers/${String(golden.id)}/sources`)
    expect((sources.records as JsonObject[])[0]?.enriched).toEqual({
      'attributes.greeting': 'vip#1',
      'attributes.origin': 'vip#1',
    })
  })

  test('that says nothing of a field leaves it as it is', async () => {
    await send(contact('2', { LastName: 'Broken', Email: 'b@broken.au' }))
    expect((await customer('2')).attributes).toEqual({ origin: 'crm' })
  })

  test('decides for the time of the change, and a rule that it calls counts from the next change on', async () => {
    const invoice = async (id: string): Promise<unknown> => {
      const record = { no: id, account: 'A1', due: '2026-03-01', total: '89.90' }
      await send(changeEvent(`billing/Invoice/${id}`, record, { time: '2026-03-12T00:00:00Z' }))
      const { body } = await hub.ask(`/v1/invoices?system=billing&key=${id}`)
      return ((body.items as JsonObject[])[0]?.attributes as JsonObject).dunningStage
    }
    expect(await invoice('1')).toBe('reminder')
    const path = '/admin/v1/rules/dunning-stage'
    const draft = { envelope: demoRule('dunning-stage.rule.yaml'), graph: dunningGraph(14) }
    const { body } = await hub.ask(path, { method: 'PUT', body: draft })
    await hub.ask(`${path}/revisions/${String(body.revision)}/publish`, { method: 'POST' })
    expect(await invoice('2')).toBe('none')
    await hub.ask(`${path}/roll-back`, { method: 'POST' })
    expect(await invoice('3')).toBe('reminder')
  })
})

describe('A validation', () => {
  test('parks a change with the reason, and the change applies once it is corrected', async () => {
    await send(contact('9', { LastName: 'Test' }))
    const { body } = await hub.ask('/admin/v1/parked')
    const [parked] = body.items as JsonObject[]
    expect(parked).toMatchObject({
      system: 'crm',
      key: '9',
      code: 'rule.change-refused',
      message: 'The rule no-test-people refuses the change: test-person.',
      where: '/name/family',
      fix: 'Give the real name.',
    })
    const path = `/admin/v1/parked/${String(parked?.no)}`
    const data = { Id: '9', FirstName: 'Ada', LastName: 'Real', Born: '1985-12-10' }
    expect((await hub.ask(`${path}/dry-run`, { method: 'POST', body: { data } })).body).toMatchObject({
      kind: 'document',
    })
    await hub.ask(path, { method: 'PUT', body: { data, revision: 0 } })
    expect((await hub.ask(`${path}/replay`, { method: 'POST' })).body).toEqual({ released: 1, parked: 0 })
    expect((await customer('9')).name).toMatchObject({ family: 'Real' })
  })
})

describe('An edit through the API', () => {
  test('is held to the same validations, and to what it changes only', async () => {
    await send(contact('20', { LastName: 'Somerville' }))
    const { id } = await customer('20')
    const patch = async (body: JsonObject) => {
      const { headers } = await hub.ask(`/v1/customers/${String(id)}`)
      const given = { 'content-type': 'application/merge-patch+json', 'if-match': headers.get('etag') ?? '' }
      return hub.ask(`/v1/customers/${String(id)}`, { method: 'PATCH', headers: given, body: JSON.stringify(body) })
    }
    hub.expectProblem(await patch({ name: { family: 'Test' } }), 422, 'rule.change-refused', '/name/family')
    expect((await customer('20')).name).toMatchObject({ family: 'Somerville' })
    expect((await patch({ name: { family: 'Greig' } })).status).toBe(200)
  })
})

describe('A note', () => {
  const notes = async (id: unknown): Promise<JsonObject[]> =>
    (await hub.ask(`/v1/customers/${String(id)}/notes`)).body.items as JsonObject[]

  test('tells what is unlikely in the golden record, stops nothing, and goes when that is mended', async () => {
    await send(contact('5', { LastName: 'Byron', Email: 'test@byron.au' }))
    const { id } = await customer('5')
    const [note] = await notes(id)
    expect(note).toMatchObject({ customer: id, rule: 'data-quality', revision: 1 })
    const checks = (items: JsonObject[]): unknown[] =>
      items.flatMap(({ findings }) => (findings as JsonObject[]).map(({ check }) => check))
    expect(checks(await notes(id))).toContain('email-made-up')
    await send(contact('5', { LastName: 'Byron', Email: 'ada@byron.au' }))
    expect(checks(await notes(id))).not.toContain('email-made-up')
    const { body } = await hub.ask('/admin/v1/notes?rule=data-quality&limit=1')
    expect(body.items).toHaveLength(1)
    expect(body.next).not.toBeNull()
    expect((await hub.ask(`/admin/v1/notes?rule=data-quality&cursor=${String(body.next)}`)).status).toBe(200)
  })

  test('of a customer that is joined goes with it', async () => {
    await send(
      contact('6', { LastName: 'King', Email: 'k@king.au' }),
      contact('7', { LastName: 'Noel', Born: '1950-01-01' }),
    )
    const [one, two] = [await customer('6'), await customer('7')]
    await hub.ask(`/v1/customers/${String(one.id)}/join`, { method: 'POST', body: { with: two.id } })
    await hub.quiet()
    const { rows } = await hub.db.query<{ id: string }>({
      text: 'select customer_id::text as id from customer_note where customer_id = any ($1::uuid[])',
      values: [[one.id, two.id]],
    })
    expect(rows).toHaveLength(1)
    hub.expectProblem(
      await hub.ask('/v1/customers/018f0000-0000-7000-8000-000000000000/notes'),
      404,
      'customer.unknown',
    )
  })
})
