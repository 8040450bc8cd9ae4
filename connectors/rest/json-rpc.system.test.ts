/**
 * The rest connector alone, from config and mapping documents, with an application that has other manners than REST: one address,
 * errors in answers with status 200, wrapped decimals and dates, and a time as its lock that records lack at first.
 */
import { jest } from '@jest/globals'
import { type FakeJsonRpc, FakeJsonRpc as Fake, date, decimal } from '../../demo/fakes/json-rpc/index.ts'
import type { Connector, EntityConfig, WriteResult } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { ConnectorEngine } from '../../hub/intake/connector-engine/connector-engine.ts'
import { resolveReferences } from '../../hub/intake/connector-engine/references.ts'
import { parseSystemConfig } from '../../hub/intake/connector-engine/system-config.ts'
import { readWorkspace } from '../../hub/app/workspace.ts'
import { type CompiledMapping, compileMapping, parseMappingOrThrow } from '../../hub/mapping/index.ts'
import { type RunningApi, startApi } from '../../test/support/api.ts'
import { expectBalanced, makeWorkspace } from '../../test/support/core.ts'
import { keptLog, type ToldStatus, toldStatuses, until } from '../../test/support/engine.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { rest } from './index.ts'

jest.setTimeout(90_000)

const PASSWORD = 'the-rpc-password'
const CUSTOMERS = 250

const SYSTEM = `title: Legacy application
connector: rest
settings:
  baseUrl: \${env:RPC_URL}
  timeoutMs: 1500
  auth:
    scheme: session
    username: hub
    password: \${env:RPC_PASSWORD}
    login: { path: /rpc, body: { method: session.open, params: { user: '{{ username }}', password: '{{ password }}' } } }
    found: { body: result.session }
  check: { method: POST, path: /rpc, body: { method: system.version, session: '{{ session }}' }, version: result.version }
  errors:
    - { body: { path: error.0.code, is: [E_SESSION, E_LOGIN] }, means: auth, code: error.0.code }
    - { body: { path: error.0.code, is: [E_RIGHT] }, means: forbidden, code: error.0.code }
    - { body: { path: error.0.code, is: [E_BUSY] }, means: throttle, retryAfter: error.0.retryAfter }
    - { body: { path: error.0.code, is: [E_STALE, E_EXISTS] }, means: conflict }
    - { body: { path: error.0.code, is: [E_NOT_FOUND] }, means: missing }
    - { body: { path: error }, means: reject, code: error.0.code }
  values:
    - { wrapper: { $decimal: '{{ value }}' }, fields: [creditLimit], as: text }
    - { wrapper: { __type: Date, iso: '{{ value }}' }, fields: [birthDate] }
entities:
  Customer:
    mode: poll
    every: 200ms
    options:
      key: [id]
      list:
        method: POST
        path: /rpc
        body:
          method: customer.list
          session: '{{ session }}'
          params: { limit: '{{ page.size }}', offset: '{{ page.offset }}', changedSince: '{{ since }}' }
        records: result.rows
        total: result.total
      page: { style: offset, size: 100 }
      changes: { fields: [modified, created], order: ascending, lookBack: 5 }
      get: { method: POST, path: /rpc, body: { method: customer.get, session: '{{ session }}', params: { id: '{{ key }}' } }, record: result }
      update:
        method: POST
        path: /rpc
        body:
          method: customer.update
          session: '{{ session }}'
          params: { id: '{{ key }}', set: '{{ data }}', modified: '{{ lock }}' }
      create:
        method: POST
        path: /rpc
        body: { method: customer.create, session: '{{ session }}', params: { id: '{{ key }}', set: '{{ data }}' } }
      lock: { style: field, field: modified }
`

const MAPPING = `source: Customer
target: customer
key: id
defaults: { region: AU }
fields:
  kind: { constant: person }
  name.given: first
  name.family: last
  birthDate: birthDate
  emails[0].address: { from: email, convert: email }
  attributes.creditLimit: creditLimit
`

const FIELDS = {
  first: 'text',
  last: 'text',
  email: 'text',
  birthDate: 'date',
  creditLimit: 'decimal',
} as const

const environment: Record<string, string> = { RPC_PASSWORD: PASSWORD }
const log = keptLog()
let fake: FakeJsonRpc
let hub: RunningApi
let workspace: { folder: string; remove(): void }
let engine: ConnectorEngine
let entity: EntityConfig
let connector: Connector
let mapping: CompiledMapping

beforeAll(async () => {
  fake = new Fake({
    users: [
      { name: 'hub', password: PASSWORD, mayRead: true, mayWrite: true },
      { name: 'guest', password: PASSWORD, mayRead: false, mayWrite: false },
    ],
    fields: FIELDS,
    pageMax: 40,
  })
  for (let number = 1; number <= CUSTOMERS; number += 1)
    fake.add(`c/${number}`, customer(number), Date.now() - 86_400_000)
  await fake.listen()
  environment.RPC_URL = fake.url
  const files = { 'config/systems/legacy.yaml': SYSTEM, 'mappings/legacy/Customer.yaml': MAPPING }
  hub = await startApi(files)
  workspace = await makeWorkspace(files)
  const { systems } = await readWorkspace(workspace.folder)
  const common = { db: hub.db, systems, connectors: [rest] }
  engine = new ConnectorEngine({
    ...common,
    accept: (changes) => hub.core.acceptor.accept(changes),
    environment,
    log,
  })
  mapping = compileMapping(parseMappingOrThrow(MAPPING, 'mappings/legacy/Customer.yaml'))
  const config = parseSystemConfig({ name: 'legacy', path: workspace.folder, text: SYSTEM }, [rest])
  const settings = await resolveReferences(config.settings, rest.settings, environment, config.document)
  connector = await rest.open(settings, quietContext('legacy', new AbortController().signal))
  entity = { entity: 'Customer', options: config.entities[0]?.options ?? {} }
})

afterAll(async () => {
  await connector.close()
  await engine.stop()
  await hub.stop()
  workspace.remove()
  await fake.close()
})

function customer(number: number): Record<string, unknown> {
  return {
    first: 'Ada',
    last: `Legacy ${number}`,
    email: `ada${number}@legacy.example`,
    birthDate: date('1980-02-29'),
    creditLimit: decimal(`${number}.30`),
  }
}

async function told(): Promise<ToldStatus | undefined> {
  return (await toldStatuses(hub.db)).get('legacy')
}

async function found(key: string): Promise<JsonObject | undefined> {
  const { status, body } = await hub.ask(`/v1/customers?system=legacy&key=${encodeURIComponent(key)}`)
  if (status !== 200) return undefined
  const list = (body.customers ?? body.items ?? body.data) as JsonObject[] | undefined
  return list === undefined ? body : list[0]
}

/** The hub shows this of the customer before long. */
async function shows(key: string, part: JsonObject): Promise<void> {
  await until(
    async () => {
      const customer = JSON.stringify(await found(key))
      return Object.values(part).every((value) => customer.includes(JSON.stringify(value)))
    },
    20_000,
    async () => [await found(key), await told(), log.lines.slice(-5)],
  )
}

/** What the mapping makes of canonical changes, written with the values last seen as the precondition. */
async function writeBack(key: string, changes: JsonObject, seen: JsonObject): Promise<WriteResult> {
  const { fields, notInverted } = mapping.inverse(changes, seen)
  expect(notInverted).toEqual([])
  const expected = Object.fromEntries(Object.keys(fields).map((name) => [name, seen[name] ?? null]))
  const [result] = (await connector.write?.(entity, [{ key, fields, expected, idempotencyKey: key }])) ?? []
  if (result === undefined) throw new Error('a write has a result')
  return result
}

const PLAIN = { first: 'Ada', birthDate: '1980-02-29' }

test('The snapshot brings every customer, wrapped values as plain ones, though pages are smaller than asked for', async () => {
  engine.start()
  await until(
    async () => (await told())?.entities.Customer?.backfill?.state === 'done',
    60_000,
    async () => [await told(), log.lines.slice(-20)],
  )
  await hub.quiet()
  const { rows } = await hub.db.query<{ count: string }>({
    text: 'select count(*) from source_record where not deleted',
  })
  expect(rows[0]?.count).toBe(String(CUSTOMERS))
  await shows('c/7', { birthDate: '1980-02-29', creditLimit: '7.30', address: 'ada7@legacy.example' })
  expect((await told())?.serverVersion).toBe('7.11')
  expect(await expectBalanced(hub.db)).toMatchObject({ parked: 0, rejected: 0 })
})

test('Polls bring what was changed and what is new, whether it has a time of change or not', async () => {
  fake.change('c/8', { last: 'Renamed', creditLimit: decimal('99999999999999999.01') })
  fake.add('c/new', { ...customer(1), email: 'new@legacy.example' })
  await shows('c/8', { family: 'Renamed', creditLimit: '99999999999999999.01' })
  await shows('c/new', { address: 'new@legacy.example' })
})

test('An ended session is opened anew, once, and nothing is lost', async () => {
  const before = fake.calls.get('session.open') ?? 0
  fake.expireSessions()
  fake.change('c/9', { last: 'After the session' })
  await shows('c/9', { family: 'After the session' })
  expect((fake.calls.get('session.open') ?? 0) - before).toBe(1)
})

test('A record that has no lock yet is written without one, and one that has is written with it, in the wrapped forms', async () => {
  expect(fake.customers.get('c/20')?.modified).toBeUndefined()
  const seen = { ...PLAIN, last: 'Legacy 20', creditLimit: '20.30' }
  expect(await writeBack('c/20', { name: { family: 'Once' }, attributes: { creditLimit: '20.40' } }, seen)).toEqual({
    outcome: 'written',
    key: 'c/20',
  })
  expect(fake.customers.get('c/20')).toMatchObject({ last: 'Once', creditLimit: decimal('20.40'), first: 'Ada' })
  expect(fake.customers.get('c/20')?.modified).toBeDefined()
  const now = { ...seen, last: 'Once', creditLimit: '20.40' }
  expect(await writeBack('c/20', { birthDate: '1981-03-01', name: { family: 'Twice' } }, now)).toMatchObject({
    outcome: 'written',
  })
  expect(fake.customers.get('c/20')).toMatchObject({ last: 'Twice', birthDate: date('1981-03-01') })
  await shows('c/20', { family: 'Twice', birthDate: '1981-03-01' })
})

test('The same write again changes nothing, also where its answer was lost', async () => {
  const seen = { ...PLAIN, last: 'Legacy 21' }
  fake.faults.dropAfterWrite = 1
  const torn = await writeBack('c/21', { name: { family: 'Torn' } }, seen)
  expect(torn).toMatchObject({ outcome: 'failed', error: { code: 'connector.unreachable', family: 'retry' } })
  const state = fake.customers.get('c/21')
  expect(state?.last).toBe('Torn')
  expect(await writeBack('c/21', { name: { family: 'Torn' } }, seen)).toMatchObject({ outcome: 'written' })
  expect(fake.customers.get('c/21')).toEqual(state)
})

test('A stale write is a conflict that shows the current record in plain values, and writes nothing', async () => {
  fake.change('c/22', { last: 'Somebody else', creditLimit: decimal('5.00') })
  const result = await writeBack('c/22', { name: { family: 'Mine' } }, { ...PLAIN, last: 'Legacy 22' })
  expect(result).toMatchObject({
    outcome: 'conflict',
    current: { last: 'Somebody else', creditLimit: '5.00', birthDate: '1980-02-29' },
  })
  expect(fake.customers.get('c/22')?.last).toBe('Somebody else')
})

test('A change between looking and writing is caught by the lock of the system, for records without one too', async () => {
  for (const [key, last] of [
    ['c/23', 'Legacy 23'],
    ['c/22', 'Somebody else'],
  ] as const) {
    raceOnce(key)
    const result = await writeBack(key, { name: { family: 'Mine' } }, { ...PLAIN, last })
    expect(result).toMatchObject({ outcome: 'conflict', current: { email: 'faster@legacy.example' } })
    expect(fake.customers.get(key)).toMatchObject({ last, email: 'faster@legacy.example' })
  }
})

/** After the next look at the record somebody else changes another field of it. */
function raceOnce(key: string): void {
  const customers = fake.customers
  const get = customers.get.bind(customers)
  customers.get = (id) => {
    const record = get(id)
    if (id === key) {
      customers.get = get
      setImmediate(() => fake.change(key, { email: 'faster@legacy.example' }))
    }
    return record
  }
}

test('A record that is not there is made, in the wrapped forms, and twice is once', async () => {
  const changes = {
    name: { given: 'New', family: 'Made' },
    birthDate: '2000-01-01',
    attributes: { creditLimit: '1.50' },
  }
  const { fields } = mapping.inverse(changes, null)
  const writes = [{ key: "made/'1", fields, idempotencyKey: 'm' }]
  for (let time = 1; time <= 2; time += 1) {
    expect(await connector.write?.(entity, writes)).toEqual([{ outcome: 'written', key: "made/'1" }])
  }
  expect(fake.customers.get("made/'1")).toMatchObject({ birthDate: date('2000-01-01'), creditLimit: decimal('1.50') })
  expect(fake.calls.get('customer.create')).toBe(1)
})

test.each<[string, JsonObject, string]>([
  ['a wrong form', { creditLimit: 'many' }, 'E_TYPE'],
  ['an unknown field', { shoeSize: '43' }, 'E_FIELD'],
])('An error in an answer with status 200 is told by its code and without its message: %s', async (_, fields, code) => {
  const [result] = (await connector.write?.(entity, [{ key: 'c/30', fields, idempotencyKey: 'x' }])) ?? []
  expect(result).toMatchObject({ outcome: 'failed', error: { code: 'connector.rejected', family: 'reject' } })
  const error = (result as { error: Error }).error
  expect(error.message).toContain(code)
  expect(JSON.stringify({ ...error, message: error.message })).not.toMatch(/many|43|the call failed/)
})

test('Too many requests pause the system for as long as the answer says, and it goes on by itself', async () => {
  fake.faults.throttle = { retryAfterSeconds: 1 }
  await until(async () => (await told())?.error?.code === 'connector.throttled', 20_000, told)
  expect(await told()).toMatchObject({ state: 'retrying' })
  fake.faults.throttle = undefined
  fake.change('c/10', { last: 'After the pause' })
  await shows('c/10', { family: 'After the pause' })
  // The state is told about once a second.
  await until(async () => (await told())?.state === 'running', 10_000, told)
})

test('The application may drop answers, hang, and be away for a while', async () => {
  fake.faults.dropMidResponse = 2
  fake.change('c/11', { last: 'After the drop' })
  await shows('c/11', { family: 'After the drop' })
  fake.faults.hang = 1
  fake.change('c/12', { last: 'After the silence' })
  await shows('c/12', { family: 'After the silence' })
  await fake.down()
  await until(async () => (await told())?.error?.code === 'connector.unreachable', 20_000, told)
  fake.change('c/13', { last: 'After the rest' })
  await fake.up()
  await shows('c/13', { family: 'After the rest' })
})

test.each([
  ['a wrong password', { RPC_PASSWORD: 'wrong-password', user: 'hub' }, 'connector.auth'],
  ['an account without the right to read', { RPC_PASSWORD: PASSWORD, user: 'guest' }, 'connector.forbidden'],
])('The check stops for a person with %s', async (_, { RPC_PASSWORD, user }, code) => {
  const config = parseSystemConfig(
    { name: 'legacy', path: workspace.folder, text: SYSTEM.replace('username: hub', `username: ${user}`) },
    [rest],
  )
  const settings = await resolveReferences(
    config.settings,
    rest.settings,
    { ...environment, RPC_PASSWORD },
    config.document,
  )
  const other = await rest.open(settings, quietContext('legacy', new AbortController().signal))
  const checked = other.check([entity])
  await expect(checked).rejects.toMatchObject({ code, family: 'config' })
  await expect(checked).rejects.not.toThrow(/wrong-password|the call failed/)
  await other.close()
})

test('Everything that was read is in the hub at the end, and the ledger balances', async () => {
  const newest = [...fake.customers.values()].at(-1)?.id ?? ''
  fake.change(newest, { last: 'The last one' })
  await shows(newest, { family: 'The last one' })
  await hub.quiet()
  const { rows } = await hub.db.query<{ key: string; last: string }>({
    text: `select key, raw->>'last' as last from source_record where not deleted order by key collate "C"`,
  })
  const theirs = [...fake.customers.values()].map(({ id, last }) => ({ key: id, last: last ?? null }))
  expect(rows).toEqual(theirs.sort((a, b) => (a.key < b.key ? -1 : 1)))
  await expectBalanced(hub.db)
  expect(log.lines.join('\n')).not.toMatch(new RegExp(`${PASSWORD}|legacy.example`))
})
