/** Values that mean something to the hub, by the name of the member, parameter (`?name`) or header that has them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Json, JsonObject } from '../../../hub/contracts/json.ts'
import { ROOT } from '../../../scripts/checks.ts'
import { COMPANY } from './company.ts'

const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const SKILL = { envelope: text('rules/skill-needed.rule.yaml'), graph: text('rules/skill-needed.json') }
const CASES = text('rules/skill-needed.cases.yaml')

/** Where webhooks may be sent to: nothing listens there, so that each attempt is over at once. */
const NOWHERE = ['http://127.0.0.1:9/hook', 'http://127.0.0.1:9/other?x=1']

export const NAMED_VALUES: Readonly<Record<string, readonly Json[]>> = {
  '?email': ['person1@example.org', 'PERSON2@example.org'],
  '?phone': ['+61255501001', '+61255501002'],
  '?q': ['lovelace', 'given wagga', 'turing 2651'],
  '?fields': ['status', 'name.given,emails', 'number,total', 'id'],
  '?type': ['customer.*', 'customer.updated', 'invoice.created'],
  '?filter': ['data.customer.status == "active"', 'type == "customer.updated"', 'len(data.customer.emails) > 0'],
  '?after': ['0', '1', '10'],
  '?from': ['2026-01-01T00:00:00Z'],
  '?to': ['2036-01-01T00:00:00+11:00'],
  '?result': ['{"stage":"reminder"}', '{}', '{"eligible":false}'],
  '?act': ['read.*', 'key.create', 'mapping.publish'],
  '?subject': ['/v1/customers'],
  '?code': ['mapping.date.unparsable'],
  url: NOWHERE,
  types: [['customer.*'], ['*'], ['invoice.created', 'customer.updated']],
  filter: [null, 'data.customer.status == "active"', 'true'],
  since: ['2026-01-01T00:00:00Z'],
  at: ['2026-03-20T10:00:00+11:00'],
  expiresAt: ['2036-01-01T00:00:00Z'],
  envelope: [SKILL.envelope],
  graph: [SKILL.graph],
  currency: ['AUD', 'EUR'],
  country: ['AU', 'GB'],
  amount: ['10.00', '0.01', '99999999.99'],
}

export const HEADER_VALUES: Readonly<Record<string, readonly string[]>> = {
  'idempotency-key': ['one', 'two', '7f0c2c7e-4f0e-4a55-9a53-2f5b3a2f4d10', 'x'.repeat(64)],
  'last-event-id': ['0', '1', '5'],
  prefer: ['wait=0', 'respond-async', 'wait=0, return=minimal'],
  'content-encoding': ['identity'],
  range: ['bytes=0-9', 'bytes=-5'],
}

type Make = (any: (name: string) => Json) => Json

const LANE = (key: string): JsonObject => ({ system: 'legacy', entity: 'Customer', key })
const CHANGE = (key: string, data: JsonObject | null): JsonObject => ({
  specversion: '1.0',
  id: `fuzz-${key}`,
  source: '/systems/legacy',
  type: data === null ? 'omnihub.change.deleted' : 'omnihub.change.upserted',
  subject: `Customer/${key}`,
  time: '2026-04-01T09:30:00Z',
  ...(data === null ? {} : { data }),
})
const DECISIONS: readonly Make[] = [
  (any) => ({ input: { customer: { id: any('?customer') } }, trace: true }),
  () => ({ input: { status: 'overdue', dueOn: '2026-03-01', balance: { amount: '89.90', currency: 'AUD' } } }),
]
const MAPPING = COMPANY['mappings/legacy/Customer.yaml'] ?? ''

/** Bodies that operations take, by their id: where the schema alone would hardly ever make one. */
const BODIES: Readonly<Record<string, readonly Make[]>> = {
  sendChanges: [
    () => CHANGE('40', { key: '40', given: 'Forty', family: 'Fuzz' }),
    () => [CHANGE('41', { key: '41', given: 'One', family: 'Fuzz' }), CHANGE('42', { key: '42', born: '1999-99-99' })],
    () => CHANGE('41', null),
  ],
  joinCustomers: [(any) => ({ with: any('?customer'), note: 'fuzz' })],
  splitCustomer: [
    () => ({ records: [LANE('1')] }),
    () => ({ records: [{ system: 'crm', entity: 'Customer', key: '2' }] }),
  ],
  decideMatch: [() => ({ a: LANE('3'), b: { system: 'crm', entity: 'Customer', key: 'alike' }, kind: 'must-join' })],
  decide: DECISIONS,
  draftMapping: [() => ({ document: MAPPING, cases: null, note: 'fuzz' })],
  previewMapping: [() => ({ document: MAPPING, records: 5 }), () => ({ revision: 1, records: 5 })],
  draftRule: [() => ({ ...SKILL, cases: CASES })],
  checkRule: [() => SKILL, () => ({ revision: 1 })],
  shadowRule: [() => ({ ...SKILL, decisions: 5 }), () => ({ revision: 1, decisions: 5 })],
  publishMatchingModel: [() => ({ document: parse(text('config/matching.yaml')) as Json })],
  trainMatchingModel: [() => ({ kind: 'person', name: 'fuzz' })],
  createKey: [
    () => ({ name: 'made by the fuzzer', role: 'viewer' }),
    () => ({ name: 'x', role: 'system', system: 'crm' }),
  ],
  editParked: [() => ({ data: { key: '30', given: 'Mended', family: 'Person', born: '1971-01-01' }, revision: 0 })],
  createSubscription: [() => ({ url: NOWHERE[0] ?? '', types: ['customer.*'], filter: null })],
  editCustomer: [
    () => ({ language: 'de' }),
    () => ({ name: { given: 'Edited' }, preferredChannel: 'email' }),
    () => ({ phones: [{ number: '+61255509999', purpose: 'home' }], attributes: { tier: 'gold' } }),
  ],
}

export function exampleBodies({ id }: { id: string }): readonly Make[] {
  return BODIES[id] ?? []
}
