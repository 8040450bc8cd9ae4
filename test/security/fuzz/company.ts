/** The company that is attacked: systems that only push, a record of each canonical entity, the demo company's rules, masked roles. */
import type { JsonObject } from '../../../hub/contracts/json.ts'
import { allDemoRuleFiles } from '../../support/rule-fixtures.ts'
import { LEGACY_FILES } from './legacy-systems.ts'

/** What a masked role must never be shown. Nothing that the fuzzer sends has them. */
export const SENTINELS = ['1931-07-23', 'SENTINEL-ID-4711', 'sentinel.person@hidden.example'] as const

/** Fields of a legacy record that are copied as they are, by canonical entity. */
const COPIES: Readonly<Record<string, readonly string[]>> = {
  account: ['number', 'status'],
  invoice: ['number', 'status', 'dueOn'],
  payment: ['number', 'status', 'direction', 'method'],
  order: ['number', 'status', 'orderedOn'],
  product: ['number', 'name', 'status'],
  'stock-level': ['onHand', 'unit'],
  case: ['number', 'subject', 'status'],
  interaction: ['channel', 'subject', 'at'],
  consent: ['purpose', 'channel', 'state', 'at'],
  offer: ['number', 'name', 'status'],
}
const REFERENCES: Readonly<Record<string, readonly string[]>> = {
  account: ['customer'],
  invoice: ['customer', 'account'],
  payment: ['customer', 'account', 'invoice'],
  order: ['customer', 'account'],
  'stock-level': ['product'],
  case: ['customer'],
  interaction: ['customer', 'case'],
  consent: ['customer'],
  offer: ['customer', 'product'],
}
const MONEY: Readonly<Record<string, string>> = {
  invoice: 'total',
  payment: 'amount',
  order: 'total',
  product: 'price',
  offer: 'price',
}
const MORE: Readonly<Record<string, string>> = {
  invoice: '  balance: { from: total, convert: { money: { currency: AUD } } }\n',
  'stock-level': '  location.code: place\n',
}
/** `stock-level` -> `StockLevel`, the record type in the legacy system. */
export function recordType(entity: string): string {
  return entity.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())
}

function mappingOf(entity: string): string {
  const lines = (COPIES[entity] ?? []).map((name) => `  ${name}: ${name}`)
  const references = (REFERENCES[entity] ?? []).map(
    (name) => `  ${name}: { ref: { entity: ${recordType(name)}, key: ${name} } }`,
  )
  const money = MONEY[entity]
  const amounts = money === undefined ? [] : [`  ${money}: { from: ${money}, convert: { money: { currency: AUD } } }`]
  const fields = [...lines, ...references, ...amounts].join('\n')
  return `source: ${recordType(entity)}\ntarget: ${entity}\nkey: key\nfields:\n${fields}\n${MORE[entity] ?? ''}`
}

const CUSTOMER_MAPPING = `source: Customer
target: customer
key: key
defaults: { region: AU, country: AU }
fields:
  kind: { constant: person }
  status: { constant: active }
  name.given: given
  name.family: family
  birthDate: born
  emails:
    - { address: { from: email, convert: email }, purpose: { constant: home } }
  phones:
    - { number: { from: phone, convert: phone }, purpose: { constant: home } }
  addresses:
    - { lines: [street], city: city, postalCode: code, country: { constant: AU }, purpose: { constant: home } }
  identifiers:
    - { scheme: { constant: national-id }, value: id }
  language: { constant: en }
`

const UNSEEN = '{ birthDate: masked, identifiers: hidden, emails: masked }'

export const COMPANY: Readonly<Record<string, string>> = {
  'config/systems/legacy.yaml': 'connector: push\ntitle: The legacy system\n',
  'config/systems/crm.yaml': 'connector: push\ntitle: The CRM\n',
  'config/access.yaml': `roles:\n  viewer: { customer: ${UNSEEN}, invoice: { total: hidden } }\n  channel: { customer: ${UNSEEN} }\n`,
  'mappings/legacy/Customer.yaml': CUSTOMER_MAPPING,
  'mappings/crm/Customer.yaml': CUSTOMER_MAPPING,
  ...Object.fromEntries(
    Object.keys(COPIES).map((entity) => [`mappings/legacy/${recordType(entity)}.yaml`, mappingOf(entity)]),
  ),
  ...LEGACY_FILES,
  ...allDemoRuleFiles(),
}

const SMALL: Readonly<Record<string, JsonObject>> = {
  account: { number: 'A1', status: 'active' },
  invoice: { number: 'I1', status: 'open', dueOn: '2026-02-01', total: '89.90' },
  payment: { number: 'P1', status: 'settled', direction: 'in', method: 'card', amount: '10.00' },
  order: { number: 'O1', status: 'placed', orderedOn: '2026-02-01', total: '20.00' },
  product: { number: 'M1', name: 'Plan', status: 'active', price: '30.00' },
  'stock-level': { onHand: '5', unit: 'piece', place: 'W1' },
  case: { number: 'C1', subject: 'No line', status: 'open' },
  interaction: { channel: 'phone', subject: 'A call', at: '2026-03-01T10:00:00Z' },
  consent: { purpose: 'marketing', channel: 'email', state: 'granted', at: '2026-03-01T10:00:00Z' },
  offer: { number: 'F1', name: 'More', status: 'presented', price: '5.00' },
}

export const CUSTOMERS = 24
const RECORDS_OF_EACH = 6
const FAMILIES = ['Lovelace', 'Turing', 'Hopper', 'Noether', 'Curie', 'Gauss', 'Euler', 'Franklin']

function change(lane: `${string}/${string}/${string}`, data: JsonObject): JsonObject {
  const [system = '', entity = '', key = ''] = lane.split('/')
  return {
    specversion: '1.0',
    id: lane,
    source: `/systems/${system}`,
    type: 'omnihub.change.upserted',
    subject: `${entity}/${key}`,
    time: '2026-03-01T09:30:00Z',
    data,
  }
}

/** Changes that make the company's data: the same ones each time. */
export function seedChanges(): JsonObject[] {
  const customers = Array.from({ length: CUSTOMERS }, (_, at) => change(`legacy/Customer/${at}`, person(at)))
  // Copies in another system, so that customers have more than one record, and pairs that wait for a steward.
  const copies = Array.from({ length: 6 }, (_, at) => change(`crm/Customer/${at}`, person(at)))
  const alike = change('crm/Customer/alike', { ...person(3), given: 'Gven3', phone: null, email: null, id: null })
  // Born on no day: parked, with something waiting behind it.
  const parked = Array.from({ length: 40 }, (_, at) =>
    change(`legacy/Customer/${100 + at}`, { ...person(100 + at), born: '1971-99-99' }),
  )
  const records = Object.entries(SMALL).flatMap(([entity, data]) =>
    Array.from({ length: RECORDS_OF_EACH }, (_, at) => {
      const references = (REFERENCES[entity] ?? []).map((name) => [name, String(at)])
      return change(`legacy/${recordType(entity)}/${at}`, {
        key: String(at),
        ...data,
        ...Object.fromEntries(references),
      })
    }),
  )
  return [...customers, ...copies, alike, ...parked, ...records]
}

function person(at: number): JsonObject {
  const sentinel = at === 0
  return {
    key: String(at),
    given: `Given${at}`,
    family: FAMILIES[at % FAMILIES.length] ?? '',
    born: sentinel ? SENTINELS[0] : `19${60 + (at % 40)}-0${1 + (at % 9)}-1${at % 9}`,
    email: sentinel ? SENTINELS[2] : `person${at}@example.org`,
    phone: `+6125550${1000 + at}`,
    street: `${at + 1} Mill Road`,
    city: 'Wagga Wagga',
    code: String(2650 + at),
    id: sentinel ? SENTINELS[1] : `ID-${1000 + at}`,
  }
}
