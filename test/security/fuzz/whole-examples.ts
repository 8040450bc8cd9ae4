/** Requests whose parts only fit together: a rule and its input, a customer and one of its records, a record and its tag. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { COLLECTIONS } from '../../../hub/api/operations/entities.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../hub/contracts/json.ts'
import { ROOT } from '../../../scripts/checks.ts'
import { COMPANY } from './company.ts'
import { partnerPushes } from './legacy-systems.ts'
import type { FuzzOperation } from './operations.ts'
import type { WholeExample } from './pools.ts'

type Ask = (
  path: string,
  body?: Json,
  more?: { headers?: Record<string, string> },
) => Promise<{ status: number; body: JsonObject }>

const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

const SOAP_SERVICES = ['customers', 'records', 'decisions']
const IMPORTED = [1, 2, 3]
  .map((at) =>
    JSON.stringify({
      specversion: '1.0',
      id: `imported-${at}`,
      source: '/systems/legacy',
      type: 'omnihub.change.upserted',
      subject: `Customer/imported-${at}`,
      time: '2026-04-01T09:30:00Z',
      data: { key: `imported-${at}`, given: 'Imported', family: `Person${at}` },
    }),
  )
  .join('\n')

/** What is only done to systems that the hub reads. */
const SHOP_ACTS = ['backfillSystem', 'reconcileSystem', 'resetSystem', 'resumeSystem']
const MATCHING = parse(text('config/matching.yaml')) as JsonObject

/** By operation id; needs the company's data to be there. */
export async function wholeExamples(ask: Ask): Promise<Record<string, WholeExample[]>> {
  const found = await Promise.all([1, 2, 3].map((key) => customerOf(ask, String(key))))
  const ids = found.filter((id) => id !== undefined)
  const edits = ids.flatMap((id) => [1, 2, 3].map((version) => ({ id, tag: `"${id}.${version}"` })))
  const rule = {
    envelope: text('rules/skill-needed.rule.yaml'),
    graph: text('rules/skill-needed.json'),
    cases: text('rules/skill-needed.cases.yaml'),
  }
  const { cases: _cases, ...uncased } = rule
  const named = { rule: 'skill-needed' }
  const mapping = { system: 'legacy', entity: 'Customer' }
  return {
    decide: decisions(),
    resolveWriteBack: [{ caller: 'admin', json: { winner: 'hub' } }],
    deleteSubscription: [{ caller: 'admin' }],
    getExport: [{ caller: 'admin' }],
    getExportData: [{ caller: 'admin', headers: {} }],
    callSoapService: soapMessages(ids),
    describeSoapService: SOAP_SERVICES.map((service) => ({ params: { service }, query: [['wsdl', '']] })),
    startImport: [{ query: [], type: 'application/x-ndjson', text: IMPORTED }],
    confirmErasure: [{ json: { system: 'legacy' } }, { json: { system: 'crm' } }],
    readmitErased: [{}],
    receivePush: partnerPushes(),
    describeHook: [{ params: { system: 'partner' }, query: [['wsdl', '']] }],
    ...Object.fromEntries(SHOP_ACTS.map((id) => [id, [{ params: { system: 'shop' }, json: {} }]])),
    forgetSystem: [{ params: { system: 'shop' } }],
    publishMatchingModel: ['one', 'two'].map((version) => ({ json: { document: { ...MATCHING, version } } })),
    draftRule: [{ params: named, json: rule }],
    checkRule: [{ params: named, json: rule }],
    shadowRule: [
      { params: { rule: 'dunning-stage' }, json: { revision: 1, decisions: 5 } },
      { params: named, json: uncased },
    ],
    publishRule: ['1', '2', '3'].map((revision) => ({ params: { ...named, revision } })),
    draftMapping: [{ params: mapping, json: { document: COMPANY['mappings/legacy/Customer.yaml'] ?? '' } }],
    publishMapping: ['1', '2', '3'].map((revision) => ({ params: { ...mapping, revision } })),
    rollBackMapping: [{ params: mapping }],
    splitCustomer: ids.map((id, at) => ({
      params: { id },
      json: { records: [{ system: 'crm', entity: 'Customer', key: String(at + 1) }] },
    })),
    editCustomer: [...edits, ...ids.map((id) => ({ id, tag: '*' }))].flatMap(({ id, tag }) =>
      [{ language: 'de' }, { name: { given: 'Edited' } }, { attributes: { tier: 'gold' } }].map((json) => ({
        params: { id },
        headers: { 'if-match': tag },
        json,
      })),
    ),
  }
}

/** The key comes as a header: messages are the same for every caller. */
function soapMessages(ids: readonly string[]): WholeExample[] {
  const bodies: [string, string][] = [
    ['customers', '<FindCustomers xmlns="urn:omnihub:customers:1"><phone>+61255501001</phone></FindCustomers>'],
    ['customers', '<FindCustomers xmlns="urn:omnihub:customers:1"><q>given</q><limit>3</limit></FindCustomers>'],
    ...ids.map((id): [string, string] => [
      'customers',
      `<GetCustomer xmlns="urn:omnihub:customers:1"><id>${id}</id></GetCustomer>`,
    ]),
  ]
  return bodies.map(([service, body]) => ({
    params: { service },
    type: 'text/xml; charset=utf-8',
    text: `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>${body}</soap:Body></soap:Envelope>`,
  }))
}

/**
 * A record of each kind that the hub itself keeps, made by the document's own examples, and how it is edited; and the ids
 * of the writes that made them.
 */
export async function ownRecords(
  ask: Ask,
  operations: readonly FuzzOperation[],
): Promise<{ whole: Record<string, WholeExample[]>; writes: string[] }> {
  const whole: Record<string, WholeExample[]> = {}
  const writes: string[] = []
  const ids = await idsOfEach(ask)
  const makers = operations.filter(
    ({ method, path }) => method === 'POST' && Object.keys(COLLECTIONS).some((name) => path === `/v1/${name}`),
  )
  for (const { id, path, body } of makers) {
    const editor = operations.find(({ path: own, method }) => own === `${path}/{id}` && method === 'PATCH')
    const [example] = body?.examples ?? []
    if (editor === undefined || !isJsonObject(example ?? null)) continue
    const order = withIds(example as Json, '', ids)
    whole[id] = [{ caller: 'admin', headers: { prefer: 'wait=0' }, json: order }]
    const made = await ask(path, order, PATIENT)
    for (const write of (made.body['writes'] ?? []) as JsonObject[]) writes.push(String(write['write']))
    const record = made.body['id']
    if (typeof record !== 'string')
      throw new Error(`${id} was answered with ${made.status} ${JSON.stringify(made.body)}`)
    const tags = { 'if-match': '*', prefer: 'wait=0' }
    whole[editor.id] = (editor.body?.examples ?? []).map((json) => ({ params: { id: record }, headers: tags, json }))
    if (path === '/v1/invoices') {
      const payment = { amount: { amount: '1.00', currency: 'AUD' }, method: 'card', channel: 'web' }
      whole['payInvoice'] = [{ caller: 'admin', params: { id: record }, headers: { prefer: 'wait=0' }, json: payment }]
    }
  }
  return { whole, writes }
}

/** An id of each kind of record, by the name under which others point at it. */
async function idsOfEach(ask: Ask): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (const name of ['customer', 'account', 'invoice', 'order', 'product', 'case', 'offer']) {
    // A customer without invoices may order.
    const key = name === 'customer' ? '15' : '5'
    const { body } = await ask(`/v1/${name}s?system=legacy&key=${key}`)
    const [first] = (body['items'] ?? []) as JsonObject[]
    if (first !== undefined) ids.set(name, String(first['id']))
  }
  return ids
}

/** What the example points at has other ids here. */
function withIds(value: Json, name: string, ids: ReadonlyMap<string, string>): Json {
  if (Array.isArray(value)) return value.map((item) => withIds(item, name, ids))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === 'id' ? (ids.get(name) ?? item) : withIds(item, key, ids)]),
  )
}

const PATIENT = { headers: { prefer: 'wait=20' } }

async function customerOf(ask: Ask, key: string): Promise<string | undefined> {
  const { body } = await ask(`/v1/customers?system=crm&entity=Customer&key=${key}`)
  const [customer] = (body['items'] ?? []) as JsonObject[]
  return customer === undefined ? undefined : String(customer['id'])
}

/** The inputs of the cases beside the rules. */
function decisions(): WholeExample[] {
  return readdirSync(join(ROOT, 'rules'))
    .filter((file) => file.endsWith('.cases.yaml'))
    .flatMap((file) => {
      const cases = parse(text(`rules/${file}`)) as Json
      const rule = file.replace('.cases.yaml', '')
      return (Array.isArray(cases) ? cases : [])
        .filter(isJsonObject)
        .slice(0, 4)
        .map((one) => ({ params: { rule }, json: { input: one['input'] ?? {}, trace: true } }))
    })
}
