/** A hub that has what the examples of the API speak of, and what its own ids stand for there. */
import { EXAMPLE } from '../../../hub/api/openapi/examples/values.ts'
import type { COLLECTIONS } from '../../../hub/api/operations/entities.ts'
import { openApiDocument } from '../../../hub/api/openapi/document.ts'
import { OPERATIONS } from '../../../hub/api/operations/index.ts'
import type { Json, JsonObject } from '../../../hub/contracts/json.ts'
import { changeEvent, type RunningApi, sendChanges, startApi } from '../../support/api.ts'
import { until } from '../../support/engine.ts'
import { PUSH_WORKSPACE } from '../../support/push-workspace.ts'
import { allDemoRuleFiles } from '../../support/rule-fixtures.ts'

export interface ExampleCompany {
  hub: RunningApi
  /** What stands in examples -> what it is here. */
  real: Map<string, string>
  /** Makes anew what an example uses up. */
  renew(operation: string): Promise<void>
}

const MARY = {
  Id: '003A1',
  FirstName: 'Mary',
  LastName: 'Smith',
  Email: 'mary.smith@example.com',
  Phone: '+61255501234',
}

export async function startExampleCompany(): Promise<ExampleCompany> {
  const invoices = String(PUSH_WORKSPACE['mappings/billing/Invoice.yaml']).replace('GBP', 'AUD')
  const hub = await startApi({ ...PUSH_WORKSPACE, ...allDemoRuleFiles(), 'mappings/billing/Invoice.yaml': invoices })
  const real = new Map<string, string>()
  await sendChanges(
    hub,
    changeEvent('crm/Contact/003A1', MARY),
    changeEvent('crm/Contact/003A2', {
      ...MARY,
      Id: '003A2',
      FirstName: 'Mario',
      LastName: 'Rossi',
      Email: 'm@example.com',
      Phone: '+61255509999',
    }),
    changeEvent('billing/Account/A-77', {
      no: 'A-77',
      state: 'A',
      first: 'Mary',
      last: 'Smith',
      mail: 'mary.smith@example.com',
      tel: '+61255501234',
    }),
    changeEvent('billing/Invoice/INV-1', { no: 'INV-1', account: 'A-77', total: '54.89' }),
  )
  const customer = await customerWith(hub, 'crm', '003A1')
  real.set(EXAMPLE.customer, customer).set(EXAMPLE.otherCustomer, await customerWith(hub, 'crm', '003A2'))
  real
    .set('https://hooks.example.com/omnihub', 'http://127.0.0.1:9/hook')
    .set('omni_k3x9w2m7p4qa_secret', await hub.keyOf('channel'))
  real.set('>web shop<', '>a channel<')
  const company = { hub, real, renew: (operation: string) => renew(company, operation) }
  // One after another, as the later ones point at the earlier.
  for (const collection of [
    'products',
    'accounts',
    'invoices',
    'orders',
    'payments',
    'stock-levels',
    'cases',
    'interactions',
    'consents',
    'offers',
  ] as const)
    real.set(EXAMPLE[collection], await made(company, collection))
  return company
}

async function customerWith(hub: RunningApi, system: string, key: string): Promise<string> {
  const { body } = await hub.ask(`/v1/customers?system=${system}&key=${key}`)
  return String((body.items as JsonObject[])[0]?.id)
}

/** A record of the hub's own, made as the example says. */
async function made(
  { hub, real }: Pick<ExampleCompany, 'hub' | 'real'>,
  collection: keyof typeof COLLECTIONS,
): Promise<string> {
  const document = openApiDocument(OPERATIONS, '1.0')
  const path = (document['paths'] as Record<string, Record<string, JsonObject>>)[`/v1/${collection}`]?.['post']
  const content = (path?.['requestBody'] as { content: Record<string, { examples: Record<string, { value: Json }> }> })
    .content
  const [example] = Object.values(content['application/json']?.examples ?? {})
  const body = filled(real, JSON.stringify(example?.value))
  const answer = await hub.ask(`/v1/${collection}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=20' },
    body,
  })
  if (answer.status !== 201) throw new Error(`${collection}: ${answer.text}`)
  return String(answer.body.id)
}

/** The text with what is real here in the place of what stands in examples. */
export function filled(real: ReadonlyMap<string, string>, text: string): string {
  return [...real].reduce((filledSoFar, [example, value]) => filledSoFar.replaceAll(example, value), text)
}

async function renew({ hub, real }: ExampleCompany, operation: string): Promise<void> {
  const ask = async (path: string, body: JsonObject): Promise<JsonObject> => {
    const answer = await hub.ask(path, { method: 'POST', body })
    if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`)
    return answer.body
  }
  if (/Subscription|Deliveries/.test(operation)) {
    const { id } = await ask('/v1/subscriptions', { url: 'http://127.0.0.1:9/hook', types: ['customer.*'] })
    real.set(EXAMPLE.subscriptions, String(id))
  }
  if (/^(rotate|revoke)Key$/.test(operation)) {
    const { id } = await ask('/admin/v1/keys', { name: 'web shop', role: 'channel' })
    real.set(EXAMPLE.keys, String(id))
  }
  if (/^(getDecision|replayDecision)$/.test(operation)) {
    const input = { status: 'overdue', dueOn: '2026-03-01', balance: { amount: '89.90', currency: 'AUD' } }
    const { decision } = await ask('/v1/decisions/dunning-stage', { input })
    real.set(EXAMPLE.decisions, String(decision))
    // Decisions are kept a moment after they were told.
    await until(async () => (await hub.ask(`/admin/v1/decisions/${String(decision)}`)).status === 200, 10_000)
  }
  if (/^(get|cancel)Import/.test(operation)) {
    const query = 'system=crm&entity=Contact'
    const headers = { 'content-type': 'application/x-ndjson' }
    const { body } = await hub.ask(`/v1/imports?${query}`, {
      method: 'POST',
      headers,
      body: `${JSON.stringify(MARY)}\n`,
    })
    real.set(EXAMPLE.imports, String(body.id))
  }
  if (/^(get|end)Export/.test(operation)) {
    const { id } = await ask('/v1/exports', { entity: 'customer' })
    real.set(EXAMPLE.exports, String(id))
    const isDone = async (): Promise<boolean> => (await hub.ask(`/v1/exports/${String(id)}`)).body.state === 'completed'
    if (operation === 'getExportData') await until(isDone, 10_000)
  }
  if (/^(getErasure|confirmErasure|readmitErased)$/.test(operation)) {
    const { body } = await hub.ask('/admin/v1/erasures')
    real.set(EXAMPLE.erasures, String((body.items as JsonObject[])[0]?.id))
  }
  if (/Parked$/.test(operation) && operation !== 'listParked') {
    await sendChanges(hub, changeEvent('crm/Contact/parked', { Id: 'parked', Born: 'yesterday' }))
    const { body } = await hub.ask('/admin/v1/parked?limit=200')
    const [parked] = (body.items as JsonObject[]).slice(-1)
    if (parked !== undefined) real.set('/parked/4711', `/parked/${String(parked.no)}`)
  }
}
