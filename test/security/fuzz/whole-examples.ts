/** Requests whose parts only fit together: a rule and its input, a customer and one of its records, a record and its tag. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { isJsonObject, type Json, type JsonObject } from '../../../hub/contracts/json.ts'
import { ROOT } from '../../../scripts/checks.ts'
import { COMPANY } from './company.ts'
import { partnerPushes } from './legacy-systems.ts'
import type { WholeExample } from './pools.ts'

type Ask = (path: string) => Promise<{ status: number; body: JsonObject }>

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
    editCustomer: edits.flatMap(({ id, tag }) =>
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
