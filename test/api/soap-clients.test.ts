/** Other people's SOAP clients, which know only the WSDL, on every operation: they get what REST callers get. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as nodeSoap from 'soap'
import { OPERATIONS } from '../../hub/api/operations/index.ts'
import { SOAP_SERVICES, soapService } from '../../hub/api/soap/services.ts'
import { isJsonObject, type Json, type JsonObject } from '../../hub/contracts/json.ts'
import { ensurePackages, REQUIREMENTS } from '../../scripts/servers/packages.ts'
import { changeEvent, type RunningApi, sendChanges, startApi } from '../support/api.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'
import { demoRuleFiles } from '../support/rule-fixtures.ts'
import { type SoapCall, type SoapOutcome, zeep } from '../support/soap.ts'

let hub: RunningApi
let key = ''
const ids: Record<string, string> = {}
let caller = { username: 'a steward', password: '' }

beforeAll(async () => {
  await ensurePackages([REQUIREMENTS.zeep, REQUIREMENTS.xmllint], (text) => console.log(text))
  const masked =
    '{ kind: masked, status: masked, birthDate: masked, emails.address: hidden, phones: masked, name.given: masked }'
  const access = `roles:\n  viewer: { customer: ${masked}, invoice: { total: masked, number: masked } }\n`
  hub = await startApi({ ...PUSH_WORKSPACE, ...demoRuleFiles('service-level'), 'config/access.yaml': access })
  key = hub.adminKey
  caller = { username: 'admin', password: key }
  const person = { Born: '1971-03-12', Street: '1 High Street', City: 'Leeds', Postcode: 'LS1 1AA' }
  await sendChanges(
    hub,
    changeEvent('crm/Contact/1', {
      Id: '1',
      FirstName: 'Mary',
      LastName: "O'Connor <&>",
      Email: 'mary@example.com',
      Phone: '+44 20 7946 0958',
      ...person,
    }),
    changeEvent('crm/Contact/2', { Id: '2', FirstName: 'Tom', LastName: 'Baker', Email: 'tom@example.com' }),
    changeEvent('crm/Contact/3', { Id: '3', FirstName: 'Zoë', LastName: 'Ünal', Email: 'zoe@example.com' }),
    changeEvent('billing/Account/A1', {
      no: 'A1',
      state: 'A',
      first: 'Mary',
      last: "O'Connor <&>",
      born: '19710312',
      mail: 'mary@example.com',
      tel: '+44 20 7946 0958',
    }),
    changeEvent('billing/Invoice/I1', { no: 'I1', account: 'A1', total: '12.50' }),
  )
  ids['mary'] = await idOf('/v1/customers?system=crm&key=1')
  ids['tom'] = await idOf('/v1/customers?system=crm&key=2')
  ids['zoe'] = await idOf('/v1/customers?system=crm&key=3')
  ids['invoice'] = await idOf('/v1/invoices?system=billing&key=I1')
})
afterAll(() => hub.stop())

async function idOf(path: string): Promise<string> {
  const { body } = await hub.ask(path)
  return String((body.items as JsonObject[])[0]?.id)
}

/** Without what is nothing, since XML has no empty lists; times as moments. */
function bare(value: Json): Json {
  if (Array.isArray(value)) return value.map(bare)
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value)) return new Date(value).toISOString()
  if (!isJsonObject(value)) return value
  const members = Object.entries(value).map(([name, member]): [string, Json] => [name, bare(member)])
  const isNothing = (member: Json): boolean => typeof member === 'object' && Object.keys(member ?? {}).length === 0
  return Object.fromEntries(members.filter(([, member]) => !isNothing(member)))
}

/** The body that REST answers with, made of the elements of an answer. */
function bodyOf(answer: JsonObject | undefined, entity?: string): Json {
  const { etag: _e, location: _l, contentLocation: _c, httpStatus: _h, masked: _m, ...rest } = answer ?? {}
  const { idempotencyReplayed: _i, preferenceApplied: _p, other, ...members } = rest
  const record = entity === undefined ? {} : (members[entity] as JsonObject)
  const own = Object.entries(members).filter(([name]) => name !== entity)
  return bare({ ...record, ...Object.fromEntries(own), ...(other as JsonObject | undefined) })
}

interface Read {
  call: Omit<SoapCall, 'port'>
  path: string
  /** The element that holds the record. */
  entity?: string
  body?: JsonObject
}

function reads(): Read[] {
  const { mary = '', invoice = '' } = ids
  const customers = (operation: string, args: JsonObject, path: string, entity?: string): Read => ({
    call: { service: 'customers', operation, arguments: args },
    path,
    ...(entity === undefined ? {} : { entity }),
  })
  const collections = [
    'Accounts',
    'Invoices',
    'Payments',
    'Orders',
    'Products',
    'StockLevels',
    'Cases',
    'Interactions',
    'Consents',
    'Offers',
  ]
  const lists = collections.map((name): Read => {
    const collection = name.replace(/(?!^)[A-Z]/g, '-$&').toLowerCase()
    return {
      call: { service: 'records', operation: `List${name}`, arguments: { limit: 10 } },
      path: `/v1/${collection}?limit=10`,
    }
  })
  const rule = { rule: 'service-level' }
  return [
    customers('FindCustomers', { phone: '+442079460958' }, '/v1/customers?phone=%2B442079460958'),
    customers(
      'FindCustomers',
      { limit: 1, fields: ['id', 'name.family'] },
      '/v1/customers?limit=1&fields=id,name.family',
    ),
    customers(
      'GetCustomer',
      { id: mary, include: ['invoices', 'orders'] },
      `/v1/customers/${mary}?include=invoices,orders`,
      'customer',
    ),
    customers('GetProvenance', { id: mary }, `/v1/customers/${mary}/provenance`),
    customers('GetSources', { id: mary }, `/v1/customers/${mary}/sources`),
    customers('GetHistory', { id: mary }, `/v1/customers/${mary}/history`),
    customers('GetTimeline', { id: mary, limit: 50 }, `/v1/customers/${mary}/timeline?limit=50`),
    customers('GetNotes', { id: mary }, `/v1/customers/${mary}/notes`),
    customers('GetWriteBacks', { id: mary }, `/v1/customers/${mary}/write-backs`),
    ...lists,
    {
      call: { service: 'records', operation: 'GetInvoice', arguments: { id: invoice, include: ['customer'] } },
      path: `/v1/invoices/${invoice}?include=customer`,
      entity: 'invoice',
    },
    { call: { service: 'decisions', operation: 'ListRules', arguments: {} }, path: '/v1/rules' },
    { call: { service: 'decisions', operation: 'GetRule', arguments: rule }, path: '/v1/rules/service-level' },
  ]
}

/** Every message against the schema of its service, by xmllint, which shares no code with zeep or with us. */
async function validate(outcomes: readonly SoapOutcome[], calls: readonly SoapCall[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'soap-messages-'))
  try {
    for (const { name } of SOAP_SERVICES) {
      const xsd = await hub.ask(`/soap/${name}?xsd`, { key: null })
      await writeFile(join(folder, `${name}.xsd`), xsd.text)
      const files: string[] = []
      for (const [no, { sent, received, fault }] of outcomes.entries()) {
        if (calls[no]?.service !== name) continue
        for (const [kind, message] of [
          ['sent', sent],
          ['received', received],
        ] as const) {
          if (fault !== undefined && kind === 'received') continue
          const file = join(folder, `${no}-${kind}.xml`)
          await writeFile(file, inBody(message))
          files.push(file)
        }
      }
      if (files.length > 0)
        await promisify(execFile)('/usr/bin/xmllint', ['--noout', '--schema', join(folder, `${name}.xsd`), ...files], {
          maxBuffer: 1e8,
        })
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The element in the Body, with the declarations that the envelope has around it. */
function inBody(message: string): string {
  const [, content = ''] = /<[\w-]+:Body[^>]*>(.*)<\/[\w-]+:Body>/s.exec(message) ?? []
  const around = [...message.matchAll(/xmlns:[\w-]+="[^"]*"/g)].map(([declaration]) => declaration)
  const own = (/^<[^>]*>/.exec(content)?.[0] ?? '').match(/xmlns:[\w-]+=/g) ?? []
  const missing = [...new Set(around)].filter((one) => !own.some((name) => one.startsWith(name)))
  return content.replace(/^<[^\s/>]+/, (start) => `${start} ${missing.join(' ')}`)
}

/** What a caller may send of each record that it makes; all of them find their place in the hub itself. */
function documents(product: Json): Record<string, JsonObject> {
  const customer = { id: ids['mary'] ?? '' }
  const money = { amount: '10.50', currency: 'GBP' }
  return {
    account: { number: 'S-1', kind: 'service', customer, openedOn: '2026-02-28', paymentTermDays: 14 },
    invoice: {
      number: 'S-2',
      customer,
      total: money,
      lines: [{ number: '1', quantity: '2', net: money }, { number: '2' }],
    },
    payment: { amount: money, customer, direction: 'in', paidAt: '2026-03-01T10:00:00+01:00' },
    order: { number: 'S-3', customer, status: 'draft', shippingAddress: { lines: ['1 <High> Street', 'Flat 2'] } },
    product: { name: 'Tea & cake', price: money, taxRate: '0.20' },
    'stock-level': {
      product: { id: product },
      onHand: '3.5',
      location: { code: 'L1' },
    },
    case: { subject: 'It does not work', customer, description: 'First\r\nsecond\tline', priority: 'high' },
    interaction: { channel: 'phone', customer, durationSeconds: 300, at: '2026-03-01T10:00:00Z' },
    consent: { purpose: 'marketing', state: 'granted', customer },
    offer: { name: 'Half price', customer, validTo: '2026-12-31', discount: '0.5' },
  }
}

interface Write {
  call: Omit<SoapCall, 'port'>
  /** Where REST shows what was made; the id is that of the answer. */
  collection?: string
  entity?: string
}

const pascal = (name: string): string => name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())
const camel = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
const COLLECTIONS: Record<string, string> = { 'stock-level': 'stock-levels' }
const collectionOf = (entity: string): string => COLLECTIONS[entity] ?? `${entity}s`

/** Each later call takes ids and versions from the answers of earlier ones. */
function writes(): Write[] {
  const all: Write[] = []
  const add = (service: SoapCall['service'], operation: string, args: JsonObject, more: Partial<Write> = {}): number =>
    all.push({ call: { service, operation, arguments: args }, ...more }) - 1
  // The fifth record is a product; each takes three calls, the first one four.
  for (const [entity, document] of Object.entries(documents({ $from: [13, 'product', 'id'] }))) {
    const name = camel(entity)
    const shown = { collection: collectionOf(entity), entity: name }
    // What points at a record may be given by the hub's id alone.
    const made = add(
      'records',
      `Create${pascal(entity)}`,
      { [name]: document, idempotencyKey: `key-${entity}`, wait: 10 },
      shown,
    )
    const id = { $from: [made, name, 'id'] }
    const read = add('records', `Get${pascal(entity)}`, { id }, shown)
    const change =
      entity === 'product'
        ? { description: 'Both', taxRate: { $nil: true } }
        : entity === 'stock-level'
          ? { onHand: '4' }
          : { attributes: { member: [{ name: 'soap', value: { boolean: false } }] } }
    add('records', `Edit${pascal(entity)}`, { id, ifMatch: { $from: [read, 'etag'] }, [name]: change, wait: 10 }, shown)
    if (entity === 'account') add('records', 'GetWrite', { write: { $from: [made, 'writes', 0, 'write'] } })
  }
  const prospect = { kind: 'person', name: { given: 'Pia', family: 'Pro' }, emails: [{ address: 'pia@example.com' }] }
  const shown = { collection: 'customers', entity: 'customer' }
  add('customers', 'CreateCustomer', { customer: prospect }, shown)
  const id = ids['mary'] ?? ''
  const change = { op: 'add', member: 'emails', item: { $object: { address: 'm@work.example', purpose: 'work' } } }
  add('customers', 'ChangeContactData', { id, channel: 'phone', verified: true, changes: [change] })
  const read = add('customers', 'GetCustomer', { id })
  const patch = {
    preferredChannel: 'email',
    birthDate: { $nil: true },
    name: { middle: 'Ann', family: { $nil: true } },
    addresses: { $nil: true },
  }
  add('customers', 'EditCustomer', { id, ifMatch: { $from: [read, 'etag'] }, customer: patch }, shown)
  add('customers', 'JoinCustomers', { id: ids['tom'] ?? '', with: ids['zoe'] ?? '', note: 'The same' })
  add('customers', 'SplitCustomer', { id: ids['tom'] ?? '', records: [{ system: 'crm', entity: 'Contact', key: '3' }] })
  // The second record is an invoice, made by the fifth call.
  const amount = { amount: '1.50', currency: 'GBP' }
  add('records', 'PayInvoice', { id: { $from: [4, 'invoice', 'id'] }, amount, method: 'card', wait: 10 })
  const input = { $object: { customer: { id } } }
  add('decisions', 'Decide', { rule: 'service-level', input, at: '2026-03-20T10:00:00+11:00', trace: true })
  return all
}

const offered = SOAP_SERVICES.flatMap(({ name }) => [...soapService(name, OPERATIONS).plans.keys()])

describe('zeep, which knows only the WSDL', () => {
  test.each(['Soap', 'Soap12'] as const)('reads by the port %s what REST answers', async (port) => {
    const calls = reads().map(({ call }) => ({ ...call, port }))
    const outcomes = await zeep(hub.url, caller, calls)
    for (const [no, { call, path, entity }] of reads().entries()) {
      const rest = await hub.ask(path)
      const { answer, fault } = outcomes[no] ?? {}
      expect([call.operation, fault ?? bodyOf(answer, entity)]).toEqual([call.operation, bare(rest.body)])
    }
    await validate(outcomes, calls)
  })

  test('reads what a role sees, in answers that keep the schema', async () => {
    const viewer = { username: 'a viewer', password: await hub.keyOf('viewer') }
    const calls = reads()
      .map(({ call }) => call)
      .filter(({ service }) => service !== 'decisions')
    const outcomes = await zeep(hub.url, viewer, calls)
    await validate(outcomes, calls)
    const text = outcomes.map(({ fault, received }) => JSON.stringify(fault ?? '') + received).join('')
    expect(text).not.toMatch(/mary@example|1971|7946|12\.50|<kind>person/)
    // The ways to look for a customer by what the role does not see are closed.
    expect(outcomes.filter(({ fault }) => fault !== undefined).map(({ fault }) => fault?.detail?.['code'])).toEqual([
      'access.masked-parameter',
    ])
    const { customer, masked } = outcomes[2]?.answer ?? {}
    expect(customer).toMatchObject({ name: { given: '***', family: "O'Connor <&>" } })
    expect(masked).toEqual(expect.arrayContaining(['/GetCustomerResponse/customer/birthDate']))
  })

  test('makes, changes, joins, splits and decides with every operation that there is', async () => {
    const steps = writes()
    const calls = steps.map(({ call }) => call)
    const called = new Set([...calls, ...reads().map(({ call }) => call)].map(({ operation }) => operation))
    expect(offered.filter((name) => !called.has(name))).toEqual([])
    const outcomes = await zeep(hub.url, caller, calls)
    for (const [no, { call, collection, entity }] of steps.entries()) {
      const { answer, fault } = outcomes[no] ?? {}
      expect([call.operation, fault]).toEqual([call.operation, undefined])
      if (collection === undefined || entity === undefined) continue
      const record = answer?.[entity] as JsonObject
      const rest = await hub.ask(`/v1/${collection}/${String(record.id)}`)
      expect([call.operation, rest.status]).toEqual([call.operation, 200])
      // Later steps have changed what was made: the last word is compared.
      const isLast = !steps
        .slice(no + 1)
        .some((step) => step.entity === entity && step.call.operation.startsWith('Edit'))
      if (isLast) expect([call.operation, bare(record)]).toEqual([call.operation, bare(rest.body)])
    }
    await validate(outcomes, calls)
    const mary = (await hub.ask(`/v1/customers/${ids['mary']}`)).body
    expect(mary).toMatchObject({ preferredChannel: 'email', name: { given: 'Mary', middle: 'Ann' } })
    expect(mary).not.toHaveProperty('birthDate')
    expect(outcomes.at(-1)?.answer).toMatchObject({ rule: 'service-level', customer: ids['mary'] })
  })
})

describe('The page for channel developers', () => {
  test('has an example that does what it says', async () => {
    const page = await readFile(new URL('../../docs/channel-developers/soap.md', import.meta.url), 'utf8')
    const [, example = ''] = /```python\n(.*?)```/s.exec(page) ?? []
    const env = { OMNIHUB_URL: hub.url, OMNIHUB_KEY: key, OMNIHUB_KEY_NAME: 'admin', PYTHONDONTWRITEBYTECODE: '1' }
    const { stdout } = await promisify(execFile)('/usr/bin/python3', ['-c', example], { env })
    expect(stdout.trim().split('\n')).toEqual(['Mary True', 'sms', 'request.path.invalid /GetCustomer/id'])
  })
})

describe('The soap package, which makes its methods of the WSDL', () => {
  test('finds, edits and is told of faults', async () => {
    const client = await nodeSoap.createClientAsync(`${hub.url}/soap/customers?wsdl`)
    client.setSecurity(new nodeSoap.WSSecurity('admin', key, { passwordType: 'PasswordText', hasNonce: true }))
    const call = async (name: string, args: object): Promise<JsonObject> => {
      const method = client[`${name}Async`] as (args: object) => Promise<[JsonObject]>
      return (await method(args))[0]
    }
    const found = await call('FindCustomers', { email: 'tom@example.com' })
    expect(found.items).toMatchObject([{ id: ids['tom'], name: { given: 'Tom', family: 'Baker' }, kind: 'person' }])
    const { etag } = await call('GetCustomer', { id: ids['tom'] })
    const edited = await call('EditCustomer', {
      ...{ id: ids['tom'], ifMatch: etag },
      customer: { language: 'en-GB', emails: [{ address: 'tom.baker@example.com', primary: true }] },
    })
    expect(edited.customer).toMatchObject({
      language: 'en-GB',
      emails: [{ address: 'tom.baker@example.com', primary: true }],
    })
    expect((await hub.ask(`/v1/customers/${ids['tom']}`)).body).toMatchObject({ language: 'en-GB' })
    const stale = call('EditCustomer', { id: ids['tom'], ifMatch: etag, customer: { language: 'en' } })
    const fault = {
      faultcode: 'soap:Client',
      detail: { HubFault: { code: 'customer.changed-meanwhile', status: '412' } },
    }
    await expect(stale).rejects.toMatchObject({ root: { Envelope: { Body: { Fault: fault } } } })
    client.setSecurity(new nodeSoap.WSSecurity('admin', key, { passwordType: 'PasswordDigest', hasNonce: true }))
    await expect(call('GetCustomer', { id: ids['tom'] })).rejects.toThrow('A PasswordDigest can not be checked')
  })
})
