import { quietContext } from '../conformance/quiet-context.ts'
import type { Checkpoint, Connector, EntityConfig, Page, RecordWrite } from '../../hub/contracts/connector.ts'
import type { HubError } from '../../hub/contracts/hub-error.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { SapFake } from '../../demo/fakes/sap/sap-fake.ts'
import { standardServices } from '../../demo/fakes/sap/standard-services.ts'
import { sap } from './index.ts'

const PARTNERS = '/sap/opu/odata/sap/API_BUSINESS_PARTNER'
const ORDERS = '/sap/opu/odata/sap/API_SALES_ORDER_SRV'
const ORDERS_V4 = '/sap/opu/odata4/sap/api_salesorder/srvd_a2x/sap/salesorder/0001'
const NOW = Date.parse('2024-05-06T12:00:00Z')

let fake: SapFake
let now = NOW
const opened: { connector: Connector; abort: AbortController }[] = []

beforeEach(async () => {
  now = NOW
  fake = new SapFake({
    services: standardServices(),
    users: { HUB: { password: 'p:w', mayUse: true } },
    sapClient: '100',
    oauth: { clientId: 'hub', clientSecret: 's', seconds: 600 },
    pageMax: 3,
    now: () => now,
  })
  await fake.listen(0)
})

afterEach(async () => {
  for (const { connector, abort } of opened.splice(0)) {
    abort.abort()
    await connector.close()
  }
  await fake.close()
})

async function open(settings: JsonObject = {}): Promise<Connector> {
  const abort = new AbortController()
  const context = { ...quietContext('s4', abort.signal), now: () => now }
  const given = { baseUrl: fake.origin, user: 'HUB', password: 'p:w', sapClient: '100', timeoutMs: 2000, ...settings }
  const connector = await sap.open(given, context)
  opened.push({ connector, abort })
  return connector
}

function partners(options: JsonObject = {}): EntityConfig {
  return {
    entity: 'A_BusinessPartner',
    options: {
      service: PARTNERS,
      changeFields: ['LastChangeDate', 'LastChangeTime'],
      createFields: ['CreationDate', 'CreationTime'],
      ...options,
    },
  }
}

function putPartner(number: number, fields: Record<string, string | boolean | null> = {}): void {
  const set = fake.services[0]?.sets[0]
  const blank = Object.fromEntries(
    (set?.fields ?? []).map(({ name, type }) => [name, type === 'Boolean' ? false : null]),
  )
  fake.put('BUT000', {
    ...blank,
    BusinessPartner: String(1000 + number),
    CreationDate: '2020-01-01',
    CreationTime: '08:00:00',
    ...fields,
  })
}

function putOrder(number: number, fields: Record<string, string | null> = {}): void {
  const row = {
    SalesOrder: String(number),
    SalesOrderType: 'OR',
    SoldToParty: '1000',
    PurchaseOrderByCustomer: '',
    TransactionCurrency: 'EUR',
    OverallSDProcessStatus: 'A',
    TotalNetAmount: '12345678901234567890.10',
    SalesOrderDate: '2024-05-06',
    CreationDate: '2024-05-06',
    RequestedDeliveryDate: null,
    LastChangeDateTime: new Date(now).toISOString(),
  }
  fake.put('VBAK', { ...row, ...fields })
}

async function collect(pages: AsyncIterable<Page> | undefined): Promise<Page[]> {
  const all: Page[] = []
  for await (const page of pages ?? []) all.push(page)
  return all
}

function placeOf(pages: readonly Page[]): Checkpoint | null {
  return pages.findLast(({ checkpoint }) => checkpoint !== null)?.checkpoint ?? null
}

const keysOf = (pages: readonly Page[]): string[] => pages.flatMap(({ records }) => records.map(({ key }) => key))

async function failure(work: Promise<unknown>): Promise<HubError> {
  return work.then(
    () => {
      throw new Error('It did not fail.')
    },
    (error: unknown) => error as HubError,
  )
}

describe('a business partner read by OData V2', () => {
  test('holds its addresses with their e-mails and phones, dates in ISO 8601, and nothing of the protocol', async () => {
    putPartner(1, { BirthDate: '1970-02-28', LastChangeTime: '13:20:05', LastChangeDate: '2024-05-06' })
    fake.put('ADRC', { BusinessPartner: '1001', AddressID: '7', CityName: 'Walldorf', Country: 'DE' })
    fake.put('ADR6', {
      AddressID: '7',
      Person: '',
      OrdinalNumber: '1',
      EmailAddress: 'a@example.com',
      IsDefaultEmailAddress: true,
    })
    const expand = ['to_BusinessPartnerAddress', 'to_BusinessPartnerAddress/to_EmailAddress']
    const pages = await collect((await open()).backfill?.(partners({ expand }), null))
    const data = pages[0]?.records[0]?.data
    expect(data).toMatchObject({ BusinessPartner: '1001', BirthDate: '1970-02-28', LastChangeTime: '13:20:05' })
    expect(data?.to_BusinessPartnerAddress).toEqual([
      expect.objectContaining({
        CityName: 'Walldorf',
        to_EmailAddress: [expect.objectContaining({ EmailAddress: 'a@example.com', IsDefaultEmailAddress: true })],
      }),
    ])
    expect(JSON.stringify(data)).not.toMatch(/__metadata|__deferred/)
  })

  test('comes with the fields that are selected, its key and what it is followed by', async () => {
    putPartner(1, { FirstName: 'A', LastName: 'B' })
    const pages = await collect(
      (await open()).backfill?.(partners({ select: ['LastName'], expand: ['to_BusinessPartnerTax'] }), null),
    )
    expect(Object.keys(pages[0]?.records[0]?.data ?? {}).sort()).toEqual(
      ['BusinessPartner', 'LastChangeDate', 'LastChangeTime', 'LastName', 'to_BusinessPartnerTax'].sort(),
    )
  })

  test('is seen by polling when it is new, though its change date is empty, and again when it changes', async () => {
    putPartner(1)
    const connector = await open()
    const start = placeOf(await collect(connector.poll?.(partners(), null)))
    putPartner(2, { CreationDate: '2024-05-06', CreationTime: '12:00:00' })
    const first = await collect(connector.poll?.(partners(), start))
    expect(keysOf(first)).toContain('1002')
    putPartner(2, {
      CreationDate: '2024-05-06',
      CreationTime: '12:00:00',
      LastChangeDate: '2024-05-06',
      LastChangeTime: '12:05:00',
    })
    const second = await collect(connector.poll?.(partners(), placeOf(first)))
    expect(keysOf(second)).toContain('1002')
    expect(keysOf(await collect(connector.poll?.(partners(), placeOf(second))))).toEqual([])
  })

  test('is a delete when its flag says so', async () => {
    putPartner(1, { IsMarkedForArchiving: true })
    const options = { deletedWhen: { column: 'IsMarkedForArchiving', value: true } }
    const pages = await collect((await open()).backfill?.(partners(options), null))
    expect(pages[0]?.records.map(({ kind }) => kind)).toEqual(['delete'])
  })

  test('is not skipped when another is deleted between two answers that make one page', async () => {
    for (let number = 1; number <= 12; number += 1) putPartner(number)
    const connector = await open()
    const admits = fake.faults.admits.bind(fake.faults)
    let answers = 0
    fake.faults.admits = (response) => {
      // The service gives three records at a time, the page has five: before each second answer one goes that was read.
      if (response.req.url?.includes('orderby') === true && (answers += 1) % 2 === 0) {
        fake.table('BUT000').remove(JSON.stringify([String(1000 + answers / 2)]))
      }
      return admits(response)
    }
    const pages = await collect(connector.backfill?.(partners({ pageSize: 5 }), null))
    expect(keysOf(pages)).toEqual(Array.from({ length: 12 }, (_, at) => String(1001 + at)))
    expect(fake.table('BUT000').size).toBeLessThan(12)
  })

  test('is known to be missing once it is gone', async () => {
    for (let number = 1; number <= 7; number += 1) putPartner(number)
    const keys = Array.from({ length: 200 }, (_, at) => String(1001 + at))
    const missing = await (await open()).missing?.(partners(), keys)
    expect(missing?.map(({ key }) => key)).toEqual(keys.slice(7))
  })
})

test('Where only the day of a change is known, a record that changes twice in a day is seen twice, and no look-back below a day is taken', async () => {
  const billing = (more: JsonObject = {}): EntityConfig => ({
    entity: 'A_BillingDocument',
    options: { service: '/sap/opu/odata/sap/API_BILLING_DOCUMENT_SRV', changeFields: ['LastChangeDate'], ...more },
  })
  const put = (status: string): void =>
    fake.put('VBRK', { BillingDocument: '9', LastChangeDate: '2024-05-06', InvoiceClearingStatus: status })
  const connector = await open()
  put('A')
  let place = placeOf(await collect(connector.poll?.(billing(), null)))
  const seen: unknown[] = []
  for (const status of ['A', 'B', 'A', 'A']) {
    put(status)
    const pages = await collect(connector.poll?.(billing(), place))
    seen.push(
      ...pages.flatMap(({ records }) => records.map(({ data, version }) => [data?.InvoiceClearingStatus, version])),
    )
    place = placeOf(pages) ?? place
  }
  expect(seen.map((each) => (each as string[])[0])).toEqual(['A', 'B', 'A'])
  expect(new Set(seen.map((each) => (each as string[])[1])).size).toBe(3)
  const error = await failure(collect(connector.poll?.(billing({ lookBackSeconds: 60 }), null)))
  expect(error).toMatchObject({
    code: 'connector.settings',
    where: '/entities/A_BillingDocument/options/lookBackSeconds',
  })
})

describe.each([
  ['2', ORDERS, 'A_SalesOrder'],
  ['4', ORDERS_V4, 'SalesOrder'],
])('delta tokens of OData V%s', (version, service, entitySet) => {
  const orders: EntityConfig = { entity: 'Order', options: { service, version, entitySet, follow: 'delta' } }

  test('bring what changed and what was deleted, nothing twice, and the same again from the same place', async () => {
    for (let number = 1; number <= 8; number += 1) putOrder(number)
    const connector = await open()
    const start = await collect(connector.poll?.(orders, null))
    expect(start.flatMap(({ records }) => records)).toEqual([])
    putOrder(3, { OverallSDProcessStatus: 'C' })
    putOrder(9)
    fake.table('VBAK').remove(JSON.stringify(['5']))
    const pages = await collect(connector.poll?.(orders, placeOf(start)))
    const told = pages.flatMap(({ records }) => records.map(({ kind, key, data }) => [kind, key, data?.TotalNetAmount]))
    expect(told).toEqual([
      ['upsert', '3', '12345678901234567890.10'],
      ['upsert', '9', '12345678901234567890.10'],
      ['delete', '5', undefined],
    ])
    const again = await collect(connector.poll?.(orders, placeOf(start)))
    const ids = (of: Page[]): string[] =>
      of.flatMap(({ records }) => records.map(({ key, version: made }) => `${key} ${made}`))
    expect(ids(again)).toEqual(ids(pages))
    expect(keysOf(await collect(connector.poll?.(orders, placeOf(pages))))).toEqual([])
  })

  test('that have expired are a gap, and reading goes on from now', async () => {
    putOrder(1)
    const connector = await open()
    const start = placeOf(await collect(connector.poll?.(orders, null)))
    putOrder(2)
    fake.expireDeltaTokens()
    const pages = await collect(connector.poll?.(orders, start))
    expect(pages.filter(({ gap }) => gap !== undefined)).toHaveLength(1)
    expect(keysOf(pages)).toEqual([])
    putOrder(3)
    expect(keysOf(await collect(connector.poll?.(orders, placeOf(pages))))).toEqual(['3'])
  })
})

test('Delta tokens of a set that has none are told as a wrong option', async () => {
  const config = partners({ follow: 'delta', changeFields: [], createFields: [] })
  expect(await failure(collect((await open()).poll?.(config, null)))).toMatchObject({ code: 'connector.schema' })
})

test('A set without any time of change is followed by comparing: changes both ways, deletes, and nothing twice', async () => {
  const stock: EntityConfig = {
    entity: 'A_MatlStkInAcctMod',
    options: { service: '/sap/opu/odata/sap/API_MATERIAL_STOCK_SRV', follow: 'scan', pageSize: 2 },
  }
  const keys = Object.fromEntries((fake.services[3]?.sets[0]?.keys ?? []).map((name) => [name, '']))
  const put = (material: string, quantity: string): void =>
    fake.put('NSDM_V_MARD', {
      ...keys,
      Material: material,
      MaterialBaseUnit: 'PC',
      MatlWrhsStkQtyInMatlBaseUnit: quantity,
    })
  for (const material of ['A', 'B', 'C', 'D', 'E']) put(material, '1.000')
  const connector = await open()
  let place = placeOf(await collect(connector.poll?.(stock, null)))
  const versions: string[] = []
  const pass = async (): Promise<string[]> => {
    const pages = await collect(connector.poll?.(stock, place))
    place = placeOf(pages) ?? place
    const records = pages.flatMap((page) => page.records)
    versions.push(...records.map(({ key, version }) => `${key} ${version}`))
    return records.map(({ kind, key, data }) => `${kind} ${key[0]} ${String(data?.MatlWrhsStkQtyInMatlBaseUnit ?? '')}`)
  }
  expect(await pass()).toHaveLength(5)
  expect(await pass()).toEqual([])
  put('C', '2.000')
  expect(await pass()).toEqual(['upsert C 2.000'])
  put('C', '1.000')
  expect(await pass()).toEqual(['upsert C 1.000'])
  fake.table('NSDM_V_MARD').remove(
    JSON.stringify([
      'B',
      ...Object.keys(keys)
        .slice(1)
        .map(() => ''),
    ]),
  )
  expect(await pass()).toEqual(['delete B '])
  expect(new Set(versions).size).toBe(versions.length)
})

describe('a write by OData', () => {
  const write = (key: string, fields: JsonObject, expected?: JsonObject): RecordWrite => ({
    key,
    fields,
    idempotencyKey: `${key} ${JSON.stringify(fields)}`,
    ...(expected === undefined ? {} : { expected }),
  })

  test.each(['PATCH', 'MERGE', 'PUT'])('goes out as %s with the tag that was read', async (updateMethod) => {
    putPartner(1, { LastName: 'Old', FirstName: 'Kept' })
    const results = await (
      await open()
    ).write?.(partners({ updateMethod }), [
      write('1001', { LastName: 'New', BirthDate: '1970-02-28' }, { LastName: 'Old' }),
    ])
    expect(results).toEqual([{ outcome: 'written', key: '1001' }])
    const row = fake.table('BUT000').get('["1001"]')
    expect(row).toMatchObject({
      LastName: 'New',
      BirthDate: '1970-02-28',
      FirstName: updateMethod === 'PUT' ? null : 'Kept',
    })
  })

  test('that somebody overtakes between reading and writing is a conflict with what is there now', async () => {
    putPartner(1, { LastName: 'Old' })
    const connector = await open()
    const admits = fake.faults.admits.bind(fake.faults)
    let overtaken = false
    fake.faults.admits = (response) => {
      // The record is read by the first request after the metadata and the token.
      if (response.req.method === 'PATCH' && !overtaken) {
        overtaken = true
        putPartner(1, { LastName: 'Theirs' })
      }
      return admits(response)
    }
    const results = await connector.write?.(partners(), [write('1001', { LastName: 'New' }, { LastName: 'Old' })])
    expect(overtaken).toBe(true)
    expect(results).toEqual([
      { outcome: 'conflict', key: '1001', current: expect.objectContaining({ LastName: 'Theirs' }) },
    ])
  })

  test('in a batch tells each outcome in its place, the same record twice too', async () => {
    for (const number of [1, 2, 3]) putPartner(number, { LastName: 'Old' })
    const results = await (
      await open()
    ).write?.(partners(), [
      write('1001', { LastName: 'New' }),
      write('1002', { LastName: 'x'.repeat(41) }),
      write('1003', { LastName: 'New' }, { LastName: 'Other' }),
      write('1001', { LastName: 'Newer' }, { LastName: 'New' }),
      write('1009', { LastName: 'Made' }),
      write('1008', { LastName: 'Made' }, { LastName: 'There' }),
    ])
    expect(results?.map(({ outcome }) => outcome)).toEqual([
      'written',
      'failed',
      'conflict',
      'written',
      'written',
      'conflict',
    ])
    expect(fake.table('BUT000').get('["1001"]')).toMatchObject({ LastName: 'Newer' })
    expect(fake.table('BUT000').get('["1009"]')).toMatchObject({ LastName: 'Made', CreationDate: '2024-05-06' })
    const [, refused] = results ?? []
    expect(refused).toMatchObject({ error: { code: 'connector.rejected', family: 'reject' } })
  })

  test.each([true, false])('is one effect though the answer is lost after the commit (batches: %s)', async (batch) => {
    for (const number of [1, 2]) putPartner(number, { LastName: 'Old' })
    const connector = await open({ batch })
    const writes = [write('1001', { LastName: 'New' }, { LastName: 'Old' }), write('1003', { LastName: 'Made' })]
    await connector.write?.(partners(), [write('1002', { LastName: 'First' })])
    const admits = fake.faults.admits.bind(fake.faults)
    let posts = 0
    fake.faults.admits = (response) => {
      // Batches: the first one reads.
      if (response.req.method !== 'GET' && (posts += 1) === (batch ? 2 : 1)) fake.faults.loseAnswers(1)
      return admits(response)
    }
    const torn = await connector.write?.(partners(), writes)
    expect(torn?.some((result) => result.outcome === 'failed' && result.error.family === 'retry')).toBe(true)
    expect((await connector.write?.(partners(), writes))?.map(({ outcome }) => outcome)).toEqual(['written', 'written'])
    expect(fake.table('BUT000').get('["1001"]')).toMatchObject({ LastName: 'New' })
    expect(fake.table('BUT000').size).toBe(3)
  })

  test('fetches a CSRF token that has expired once more, and no oftener', async () => {
    putPartner(1, { LastName: 'Old' })
    const connector = await open()
    await connector.write?.(partners(), [write('1001', { LastName: 'One' })])
    fake.expireSessions()
    const results = await connector.write?.(partners(), [write('1001', { LastName: 'Two' })])
    expect(results).toEqual([{ outcome: 'written', key: '1001' }])
    const without = await open({ csrf: false })
    const [refused] = (await without.write?.(partners(), [write('1001', { LastName: 'Three' })])) ?? []
    expect(refused).toMatchObject({ outcome: 'failed', error: { code: 'connector.forbidden' } })
    const before = fake.requests
    fake.expireSessions()
    const admits = fake.faults.admits.bind(fake.faults)
    fake.faults.admits = (response) => {
      if (response.req.method === 'PATCH') fake.expireSessions()
      return admits(response)
    }
    const [bounded] = (await connector.write?.(partners(), [write('1001', { LastName: 'Four' })])) ?? []
    expect(bounded).toMatchObject({ outcome: 'failed', error: { code: 'connector.forbidden' } })
    expect(fake.requests - before).toBeLessThan(8)
  })

  test('of a nested record, of a key, or of a value of another type is refused before anything is sent', async () => {
    putPartner(1)
    const results = await (
      await open()
    ).write?.(partners(), [
      write('1001', { to_BusinessPartnerAddress: [] }),
      write('1001', { BusinessPartner: '7' }),
      write('1001', { BirthDate: '28.02.1970' }),
      write('1001', { BusinessPartnerIsBlocked: 'X' }),
    ])
    expect(results?.map((result) => (result.outcome === 'failed' ? result.error.code : result.outcome))).toEqual(
      Array.from({ length: 4 }, () => 'connector.rejected'),
    )
  })
})

describe('signing in', () => {
  test('by OAuth renews a token that ran out or was revoked, and tells a wrong secret', async () => {
    putPartner(1)
    const oauth = { auth: 'oauth', tokenUrl: `${fake.origin}/oauth/token`, clientId: 'hub', clientSecret: 's' }
    const connector = await open(oauth)
    await connector.check([partners()])
    now += 3_600_000
    await connector.check([partners()])
    fake.expireSessions()
    await connector.check([partners()])
    const wrong = await open({ ...oauth, clientSecret: 'no' })
    expect(await failure(wrong.check([partners()]))).toMatchObject({ code: 'connector.auth', family: 'config' })
  })

  test('to a client that the server does not have is refused', async () => {
    expect(await failure((await open({ sapClient: '200' })).check([partners()]))).toMatchObject({
      code: 'connector.auth',
    })
  })

  test('without entities tries the server alone', async () => {
    expect((await (await open()).check()).serverVersion).toMatch('OData')
    expect(await failure((await open({ password: 'no' })).check())).toMatchObject({ code: 'connector.auth' })
  })
})

test('Discovery shows the sets of both versions, with the fields by which SAP itself tells changes', async () => {
  const found = await (await open({ services: [PARTNERS, ORDERS_V4] })).discover?.()
  expect(found?.find(({ entity }) => entity === 'A_BusinessPartner')).toMatchObject({
    keyFields: ['BusinessPartner'],
    suggestedOptions: {
      service: PARTNERS,
      version: '2',
      changeFields: ['LastChangeDate', 'LastChangeTime'],
      createFields: ['CreationDate', 'CreationTime'],
    },
  })
  expect(found?.find(({ entity }) => entity === 'SalesOrder')?.suggestedOptions).toMatchObject({
    version: '4',
    changeFields: ['LastChangeDateTime'],
  })
  expect(await failure(Promise.resolve((await open()).discover?.()))).toMatchObject({
    code: 'connector.settings',
    where: '/settings/services',
  })
})
