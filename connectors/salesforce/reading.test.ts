import { generateKeyPairSync } from 'node:crypto'
import { SalesforceFake, type SalesforceFakeOptions } from '../../demo/fakes/salesforce/index.ts'
import type { Checkpoint, EntityConfig, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { SalesforceConnector } from './connector.ts'
import { salesforceSettings } from './settings.ts'

const FIELDS = {
  LastName: { type: 'string', required: true },
  Note__c: { type: 'textarea' },
  Score__c: { type: 'double', scale: 2 },
  Active__c: { type: 'boolean' },
  Met__c: { type: 'datetime' },
} as const
const CONTACT: EntityConfig = { entity: 'Contact', mode: 'poll', options: { pageSize: 40 } }

let fake: SalesforceFake
const opened: SalesforceConnector[] = []
const stop = new AbortController()

async function start(options: SalesforceFakeOptions = {}): Promise<void> {
  const objects = { Contact: { keyPrefix: '003', fields: FIELDS }, Feed__c: { fields: FIELDS, bulk: false } }
  fake = new SalesforceFake({ objects, ...options })
  await fake.listen()
}

function connect(settings: JsonObject = {}, call?: () => Promise<void>): SalesforceConnector {
  const { clientId, clientSecret } = fake.organization.options
  const context = { ...quietContext('crm', stop.signal), ...(call ? { call } : {}) }
  const connector = new SalesforceConnector(
    salesforceSettings({ loginUrl: fake.url, clientId, clientSecret, ...settings }),
    context,
  )
  opened.push(connector)
  return connector
}

afterEach(async () => {
  for (const connector of opened.splice(0)) await connector.close()
  await fake.close()
})

function insert(object: string, count: number, fields: object = {}): string[] {
  return fake.store.transaction((transaction) =>
    Array.from({ length: count }, (_, at) =>
      String(transaction.insert(object, { LastName: `N${at + 1}`, ...fields }).Id),
    ),
  )
}

async function pagesOf(pages: AsyncIterable<Page>): Promise<Page[]> {
  const taken: Page[] = []
  for await (const page of pages) taken.push(page)
  return taken
}

const records = (pages: readonly Page[]): SourceRecord[] => pages.flatMap((page) => page.records)
const keys = (pages: readonly Page[]): string[] => records(pages).map(({ key }) => key)

/** The first pages and the checkpoint of the last one. */
async function some(
  connector: SalesforceConnector,
  entity: EntityConfig,
  count: number,
): Promise<{ pages: Page[]; from: Checkpoint }> {
  const pages: Page[] = []
  for await (const page of connector.backfill(entity, null)) {
    pages.push(page)
    if (pages.length === count) break
  }
  return { pages, from: pages.at(-1)?.checkpoint ?? {} }
}

describe('a snapshot', () => {
  beforeEach(() => start())

  test('goes on with a new job from behind the last Id when the results are no longer kept', async () => {
    const ids = insert('Contact', 100)
    const { pages, from } = await some(connect(), CONTACT, 1)
    fake.bulk.expireJobs()
    const late = insert('Contact', 3)
    const rest = await pagesOf(connect().backfill(CONTACT, from))
    expect([...keys(pages), ...keys(rest)]).toEqual([...ids, ...late])
    expect(rest.at(-1)?.totalEstimate).toBe(103)
    expect(fake.bulk.jobCount).toBe(1)
  })

  test('reads an object that the Bulk API does not have by REST, and goes on from each of its pages', async () => {
    const ids = insert('Feed__c', 250)
    const entity = { ...CONTACT, entity: 'Feed__c', options: { pageSize: 100 } }
    const pages = await pagesOf(connect().backfill(entity, null))
    expect(keys(pages)).toEqual(ids)
    expect(pages[0]?.totalEstimate).toBe(250)
    for (const [at, { checkpoint }] of pages.entries()) {
      const rest = await pagesOf(connect().backfill(entity, checkpoint))
      expect([...keys(pages.slice(0, at + 1)), ...keys(rest)]).toEqual(ids)
    }
    expect(fake.bulk.jobCount).toBe(0)
  })

  test('gives the same records by the Bulk API, by REST and by polling', async () => {
    const connector = connect()
    const [begin] = await pagesOf(connector.poll(CONTACT, null))
    const note = 'Line "one", and\r\ntwo; \\ \' 😀'
    insert('Contact', 1, { Note__c: note, Score__c: 12.25, Active__c: true, Met__c: '2024-02-29T23:59:59+05:30' })
    insert('Contact', 1)
    const bulk = records(await pagesOf(connector.backfill(CONTACT, null)))
    const rest = records(await pagesOf(connect({ bulk: false }).backfill(CONTACT, null)))
    const polled = records(await pagesOf(connector.poll(CONTACT, begin?.checkpoint ?? null)))
    expect(bulk[0]?.data).toMatchObject({
      Note__c: note,
      Score__c: 12.25,
      Active__c: true,
      Met__c: '2024-02-29T18:29:59.000Z',
    })
    expect(bulk[1]?.data).toMatchObject({ Note__c: null, Score__c: null, Active__c: false, Met__c: null })
    expect(rest).toEqual(bulk)
    expect(polled.map(({ data, version }) => [data, version])).toEqual(bulk.map(({ data, version }) => [data, version]))
  })

  test('that is older than a polled change of the same second yields to it', async () => {
    const [id = ''] = insert('Contact', 1)
    const connector = connect()
    const [begin] = await pagesOf(connector.poll(CONTACT, null))
    const [old] = records(await pagesOf(connector.backfill(CONTACT, null)))
    const at = new Date(String(old?.data?.SystemModstamp))
    fake.store.transaction((transaction) => transaction.update('Contact', id, { LastName: 'Newer' }), { at })
    const [polled] = records(await pagesOf(connector.poll(CONTACT, begin?.checkpoint ?? null)))
    expect(polled?.data).toMatchObject({ LastName: 'Newer' })
    expect(BigInt(polled?.sequence ?? 0)).toBeGreaterThan(BigInt(old?.sequence ?? 0))
  })

  test('tells a job that fails, and makes a new one when it is begun again', async () => {
    const ids = insert('Contact', 50)
    const { from } = await some(connect(), CONTACT, 1)
    fake.faults.failJobs = 'Query processing error: someone@company.example'
    fake.bulk.expireJobs()
    const failing = pagesOf(connect().backfill(CONTACT, from))
    await expect(failing).rejects.toMatchObject({
      code: 'connector.busy',
      internal: expect.not.stringContaining('someone'),
    })
    fake.faults.failJobs = undefined
    expect(keys(await pagesOf(connect().backfill(CONTACT, from)))).toEqual(ids.slice(40))
  })

  test('keeps to the filter and the fields of the entity', async () => {
    insert('Contact', 2, { Active__c: true })
    insert('Contact', 2)
    const entity = { ...CONTACT, options: { where: "Active__c = true AND LastName != 'N1'", fields: ['LastName'] } }
    const [only, ...others] = records(await pagesOf(connect().backfill(entity, null)))
    expect(others).toEqual([])
    expect(Object.keys(only?.data ?? {})).toEqual(['Id', 'IsDeleted', 'SystemModstamp', 'LastName'])
  })
})

describe('polling', () => {
  beforeEach(() => start())

  test('follows the pages of one answer to its end', async () => {
    const connector = connect()
    const entity = { ...CONTACT, options: { pageSize: 10_000, lookBackSeconds: 0 } }
    const [begin] = await pagesOf(connector.poll(entity, null))
    const ids = insert('Contact', 4500)
    expect(keys(await pagesOf(connector.poll(entity, begin?.checkpoint ?? null)))).toEqual(ids)
  })

  test('sees deleted records, also those that it never saw', async () => {
    const connector = connect()
    const [begin] = await pagesOf(connector.poll(CONTACT, null))
    const [one = '', two = ''] = insert('Contact', 2)
    fake.store.transaction((transaction) => transaction.delete('Contact', one))
    const polled = records(await pagesOf(connector.poll(CONTACT, begin?.checkpoint ?? null)))
    expect(polled.map(({ key, kind }) => [key, kind])).toEqual([
      [one, 'delete'],
      [two, 'upsert'],
    ])
  })

  test('asks one query where nothing has changed', async () => {
    const connector = connect()
    insert('Contact', 5)
    const [begin] = await pagesOf(connector.poll(CONTACT, null))
    const first = await pagesOf(connector.poll(CONTACT, begin?.checkpoint ?? null))
    const before = fake.requests.length
    expect(keys(await pagesOf(connector.poll(CONTACT, first.at(-1)?.checkpoint ?? null)))).toEqual([])
    expect(fake.requests.slice(before)).toEqual(['GET /services/data/v62.0/queryAll'])
  })

  test('finds the records that are missing', async () => {
    const [here = ''] = insert('Contact', 1)
    const missing = await connect().missing(CONTACT, [here, '003000000000001AAA'])
    expect(missing.map(({ key, kind }) => [key, kind])).toEqual([['003000000000001AAA', 'delete']])
  })
})

describe("the day's API calls", () => {
  beforeEach(() => start({ dailyCalls: 100 }))

  test('are left to polling when few are left, and to others when hardly any are', async () => {
    insert('Contact', 1)
    const connector = connect({ snapshotFloorPercent: 50, floorPercent: 10 })
    fake.organization.callsUsed = 60
    expect((await connector.check([CONTACT])).warnings).toEqual([expect.stringContaining('snapshots wait')])
    await expect(pagesOf(connector.backfill(CONTACT, null))).rejects.toMatchObject({
      code: 'connector.throttled',
      retryAfterMs: 600_000,
    })
    await expect(pagesOf(connector.poll(CONTACT, null))).resolves.toHaveLength(1)
    fake.organization.callsUsed = 95
    await pagesOf(connector.poll(CONTACT, null))
    const before = fake.requests.length
    await expect(pagesOf(connector.poll(CONTACT, null))).rejects.toMatchObject({ code: 'connector.throttled' })
    expect(fake.requests.length).toBe(before)
  })
})

describe('the login', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const username = 'hub@company.example'
  beforeEach(() => start({ publicKey }))

  test.each([
    ['client credentials', {}],
    ['a refresh token', { auth: 'refresh-token', refreshToken: 'fake-refresh-token' }],
    ['a signed assertion', { auth: 'jwt', username, privateKey }],
    ['a password', { auth: 'password', username, password: 'crm-password', securityToken: 'T0k3n' }],
  ])('is made by %s', async (_, settings) => {
    await expect(connect(settings).check([CONTACT])).resolves.toMatchObject({ serverVersion: 'Salesforce API 62.0' })
  })

  test.each([
    ['a wrong client secret', { clientSecret: 'wrong' }],
    ['a wrong refresh token', { auth: 'refresh-token', refreshToken: 'wrong' }],
    ['an unknown user', { auth: 'jwt', username: 'nobody@company.example', privateKey }],
    ['a wrong password', { auth: 'password', username, password: 'wrong' }],
  ])('is refused with %s', async (_, settings) => {
    await expect(connect(settings).check()).rejects.toMatchObject({ code: 'connector.auth', family: 'config' })
  })

  test('is made anew once when the session has expired, and by all who wait for it together', async () => {
    insert('Contact', 3)
    const connector = connect()
    await connector.check()
    fake.organization.endSessions()
    const before = fake.requests.length
    await Promise.all([
      connector.check(),
      pagesOf(connector.backfill(CONTACT, null)),
      pagesOf(connector.poll(CONTACT, null)),
    ])
    expect(fake.requests.slice(before).filter((request) => request.endsWith('/oauth2/token'))).toHaveLength(1)
  })

  test('is not tried again and again when the new token is refused too', async () => {
    const connector = connect()
    await connector.check()
    fake.faults.refuseTokens = true
    const before = fake.requests.length
    await expect(connector.check()).rejects.toMatchObject({ code: 'connector.auth' })
    expect(fake.requests.length - before).toBe(3)
  })

  test.each([
    ['clientSecret', { clientId: 'x' }],
    ['username', { clientId: 'x', auth: 'jwt' }],
    ['privateKey', { clientId: 'x', auth: 'jwt', username, privateKey: 'no key' }],
    ['apiVersion', { clientId: 'x', clientSecret: 'y', apiVersion: '9' }],
    ['loginUrl', { clientId: 'x', clientSecret: 'y', loginUrl: 'http://login.salesforce.com' }],
    ['organizationId', { clientId: 'x', clientSecret: 'y', organizationId: '001' }],
  ])('needs settings that can be right: %s', (name, settings) => {
    expect(() => salesforceSettings(settings as JsonObject)).toThrow(
      expect.objectContaining({ code: 'connector.settings', where: `/settings/${name}` }),
    )
  })
})
