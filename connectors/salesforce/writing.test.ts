import { SalesforceFake } from '../../demo/fakes/salesforce/index.ts'
import type { EntityConfig, RecordWrite, WriteResult } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { SalesforceConnector } from './connector.ts'
import { salesforceSettings } from './settings.ts'

const FIELDS = {
  LastName: { type: 'string', length: 80 },
  Score__c: { type: 'double', digits: 8, scale: 2 },
  Key__c: { type: 'string', externalId: true },
} as const
const BY_ID: EntityConfig = { entity: 'Contact', options: {} }
const BY_KEY: EntityConfig = { entity: 'Contact', options: { externalIdField: 'Key__c' } }

let fake: SalesforceFake
let connector: SalesforceConnector
/** Called before every request to the system. */
let beforeRequest: () => void

beforeEach(async () => {
  fake = new SalesforceFake({ objects: { Contact: { keyPrefix: '003', fields: FIELDS } } })
  await fake.listen()
  const { clientId, clientSecret } = fake.organization.options
  beforeRequest = () => undefined
  const context = {
    ...quietContext('crm', new AbortController().signal),
    call: () => Promise.resolve().then(() => beforeRequest()),
  }
  connector = new SalesforceConnector(salesforceSettings({ loginUrl: fake.url, clientId, clientSecret }), context)
})

afterEach(async () => {
  await connector.close()
  await fake.close()
})

function insert(fields: object): string {
  return fake.store.transaction((transaction) => String(transaction.insert('Contact', { ...fields }).Id))
}

const writeOf = (key: string, fields: JsonObject, expected?: JsonObject): RecordWrite => ({
  key,
  fields,
  idempotencyKey: `write of ${key}`,
  ...(expected === undefined ? {} : { expected }),
})

async function write(entity: EntityConfig, ...writes: RecordWrite[]): Promise<WriteResult[]> {
  return connector.write(entity, writes)
}

/** The requests that change records, since `from`. */
function saves(from: number): string[] {
  return fake.requests.slice(from).filter((request) => /^(POST .*composite|PATCH|DELETE)/.test(request))
}

describe('a write to Salesforce', () => {
  test('by Id changes a record that was read, and makes none', async () => {
    const id = insert({ LastName: 'Old', Score__c: 1 })
    const [changed] = await write(BY_ID, writeOf(id, { LastName: 'New' }, { LastName: 'Old' }))
    expect(changed).toEqual({ outcome: 'written', key: id })
    expect(fake.store.get('Contact', id)).toMatchObject({ LastName: 'New', Score__c: 1 })
    const unknown = '0035g00000AAAAA'
    expect(await write(BY_ID, writeOf(unknown, { LastName: 'x' }))).toEqual([
      { outcome: 'conflict', key: unknown, current: null },
    ])
    const [wrong] = await write(BY_ID, writeOf('k1', { LastName: 'x' }))
    expect(wrong).toMatchObject({ outcome: 'failed', error: { code: 'connector.rejected', where: '/key' } })
  })

  test('finds a record by an Id in its short form', async () => {
    const id = insert({ LastName: 'Old' })
    const short = id.slice(0, 15)
    expect(await write(BY_ID, writeOf(short, { LastName: 'New' }))).toEqual([{ outcome: 'written', key: short }])
  })

  test.each(["a/b?c=d&e%2F'", '../Contact', 'ünï 😀', 'x'.repeat(255)])(
    'by an external id makes the record and then changes it, whatever characters it has: %s',
    async (key) => {
      expect(await write(BY_KEY, writeOf(key, { LastName: 'One' }))).toEqual([{ outcome: 'written', key }])
      expect(await write(BY_KEY, writeOf(key, { LastName: 'Two' }, { LastName: 'One' }))).toEqual([
        { outcome: 'written', key },
      ])
      expect([...fake.store.rows('Contact')]).toEqual([expect.objectContaining({ Key__c: key, LastName: 'Two' })])
    },
  )

  test('asks nothing to be saved where the record has the values already', async () => {
    insert({ Key__c: 'k', LastName: 'Same', Score__c: 1.5 })
    const from = fake.requests.length
    expect(await write(BY_KEY, writeOf('K', { Score__c: '1.50', LastName: 'Same' }))).toEqual([
      { outcome: 'written', key: 'K' },
    ])
    expect(saves(from)).toEqual([])
  })

  test('is refused where several records have the external id', async () => {
    insert({ Key__c: 'k' })
    insert({ Key__c: 'k' })
    const [result] = await write(BY_KEY, writeOf('k', { LastName: 'x' }))
    expect(result).toMatchObject({ outcome: 'failed', error: { code: 'connector.rejected', where: '/key' } })
  })

  test('that meets a change between the reading and the save is a conflict with what is there now', async () => {
    const id = insert({ LastName: 'Old' })
    await write(BY_ID, writeOf(id, { LastName: 'Old' }))
    let requests = 0
    beforeRequest = () => {
      requests += 1
      const at = new Date(Date.now() + 5000)
      // The first request reads, the second one saves.
      if (requests === 2) fake.store.transaction((each) => each.update('Contact', id, { Score__c: 9 }), { at })
    }
    const [result] = await write(BY_ID, writeOf(id, { LastName: 'New' }, { LastName: 'Old' }))
    expect(result).toMatchObject({ outcome: 'conflict', current: { LastName: 'Old', Score__c: 9 } })
    expect(fake.store.get('Contact', id)).toMatchObject({ LastName: 'Old' })
  })

  test('to a record that is deleted in just that moment is a conflict without a record', async () => {
    const id = insert({ LastName: 'Old' })
    await write(BY_ID, writeOf(id, { LastName: 'Old' }))
    let requests = 0
    beforeRequest = () => {
      requests += 1
      if (requests === 2) fake.store.transaction((each) => each.delete('Contact', id))
    }
    expect(await write(BY_ID, writeOf(id, { LastName: 'New' }))).toEqual([
      { outcome: 'conflict', key: id, current: null },
    ])
  })

  test('whose request is refused for want of calls is told to wait, and nothing else', async () => {
    const id = insert({ LastName: 'Old' })
    await write(BY_ID, writeOf(id, { LastName: 'Old' }))
    let requests = 0
    beforeRequest = () => {
      requests += 1
      if (requests === 2) fake.faults.throttle = { kind: 'limit', retryAfterSeconds: 7, times: 1 }
    }
    const [result] = await write(BY_ID, writeOf(id, { LastName: 'New' }))
    expect(result).toMatchObject({ outcome: 'failed', error: { code: 'connector.throttled', retryAfterMs: 7000 } })
  })

  test('never tells a value that was refused', async () => {
    const id = insert({ LastName: 'Old' })
    const secret = 'personal '.repeat(20)
    const [result] = await write(BY_ID, writeOf(id, { LastName: secret }))
    expect(result).toMatchObject({ outcome: 'failed', error: { where: '/fields/LastName' } })
    const error = result?.outcome === 'failed' ? result.error : undefined
    expect(`${error?.message} ${error?.internal} ${error?.fix}`).not.toContain('personal')
  })
})

describe('many writes to Salesforce', () => {
  test('with a precondition go 25 at a time, each with an outcome of its own', async () => {
    const ids = Array.from({ length: 60 }, (_, at) => insert({ Key__c: `k${at}`, Score__c: at }))
    fake.store.transaction((each) => each.update('Contact', ids[7] ?? '', { Score__c: 777 }))
    await connector.check()
    const from = fake.requests.length
    const writes = ids.map((_, at) => writeOf(`k${at}`, { Score__c: at === 9 ? 'x' : at + 1000 }, { Score__c: at }))
    const results = await write(BY_KEY, ...writes)
    expect(saves(from)).toEqual(Array.from({ length: 3 }, () => 'POST /services/data/v62.0/composite'))
    expect(results.filter(({ outcome }) => outcome === 'written')).toHaveLength(58)
    expect(results[7]).toMatchObject({ outcome: 'conflict', current: { Score__c: 777 } })
    expect(results[9]).toMatchObject({ outcome: 'failed', error: { code: 'connector.rejected' } })
    expect(results.map(({ key }) => key)).toEqual(writes.map(({ key }) => key))
  })

  test('without one go 200 at a time, each with an outcome of its own', async () => {
    await connector.check()
    const from = fake.requests.length
    const writes = Array.from({ length: 450 }, (_, at) =>
      writeOf(`k${at}`, { LastName: at === 5 ? 'x'.repeat(90) : `N${at}` }),
    )
    const results = await write(BY_KEY, ...writes)
    expect(saves(from)).toEqual(
      Array.from({ length: 3 }, () => 'PATCH /services/data/v62.0/composite/sobjects/Contact/Key__c'),
    )
    expect(results.filter(({ outcome }) => outcome === 'written')).toHaveLength(449)
    expect(results[5]).toMatchObject({
      outcome: 'failed',
      key: 'k5',
      error: { code: 'connector.rejected', where: '/fields/LastName' },
    })
    expect([...fake.store.rows('Contact')]).toHaveLength(449)
  })

  test('by Id go the same way', async () => {
    const ids = Array.from({ length: 3 }, () => insert({ LastName: 'Old' }))
    const results = await write(BY_ID, ...ids.map((id) => writeOf(id, { LastName: 'New' })))
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written', 'written'])
    expect([...fake.store.rows('Contact')].map(({ LastName }) => LastName)).toEqual(['New', 'New', 'New'])
  })

  test('to one record are done one after the other', async () => {
    insert({ Key__c: 'k', Score__c: 1 })
    const results = await write(
      BY_KEY,
      writeOf('k', { Score__c: 2 }, { Score__c: 1 }),
      writeOf('K', { Score__c: 3 }, { Score__c: 2 }),
      writeOf('k', { Score__c: 4 }, { Score__c: 1 }),
    )
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written', 'conflict'])
    expect([...fake.store.rows('Contact')][0]).toMatchObject({ Score__c: 3 })
  })

  test('of which one finds its record locked leave only that one to be tried again', async () => {
    for (const key of ['a', 'b', 'c']) insert({ Key__c: key })
    fake.faults.lockRows = 1
    const results = await write(BY_KEY, ...['a', 'b', 'c'].map((key) => writeOf(key, { LastName: 'New' })))
    expect(results[0]).toMatchObject({ outcome: 'failed', error: { code: 'connector.busy', family: 'retry' } })
    expect(results.slice(1).map(({ outcome }) => outcome)).toEqual(['written', 'written'])
  })

  test('all fail for now when the system does not answer, and are one effect when repeated', async () => {
    for (const key of ['a', 'b']) insert({ Key__c: key })
    await connector.check()
    fake.faults.dropAfterWrite = 1
    const writes = ['a', 'b'].map((key) => writeOf(key, { LastName: 'New' }))
    expect(await write(BY_KEY, ...writes)).toEqual(
      ['a', 'b'].map((key) =>
        expect.objectContaining({ outcome: 'failed', key, error: expect.objectContaining({ family: 'retry' }) }),
      ),
    )
    const from = fake.requests.length
    expect((await write(BY_KEY, ...writes)).map(({ outcome }) => outcome)).toEqual(['written', 'written'])
    expect(saves(from)).toEqual([])
  })
})
