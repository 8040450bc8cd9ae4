import { SalesforceFake } from '../../demo/fakes/salesforce/index.ts'
import type { CreateResult, EntityConfig, RecordCreate } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { SalesforceConnector } from './connector.ts'
import { salesforceSettings } from './settings.ts'

const FIELDS = {
  Subject: { type: 'string', length: 80, required: true },
  ContactId: { type: 'reference', referenceTo: ['Contact'] },
  Mark__c: { type: 'string', externalId: true, unique: true, length: 40 },
  Short__c: { type: 'string', externalId: true, unique: true, length: 10 },
  Plain__c: { type: 'string' },
} as const
const MARKED: EntityConfig = { entity: 'Case', options: { markField: 'Mark__c' } }
const UNMARKED: EntityConfig = { entity: 'Case', options: {} }

let fake: SalesforceFake
let connector: SalesforceConnector

beforeEach(async () => {
  fake = new SalesforceFake({
    objects: { Case: { keyPrefix: '500', fields: FIELDS }, Contact: { keyPrefix: '003', fields: {} } },
  })
  await fake.listen()
  const { clientId, clientSecret } = fake.organization.options
  const settings = salesforceSettings({ loginUrl: fake.url, clientId, clientSecret })
  connector = new SalesforceConnector(settings, quietContext('crm', new AbortController().signal))
})

afterEach(async () => {
  await connector.close()
  await fake.close()
})

const createOf = (idempotencyKey: string, fields: JsonObject = { Subject: 'New' }): RecordCreate => ({
  fields,
  idempotencyKey,
})

async function create(entity: EntityConfig, ...creates: RecordCreate[]): Promise<CreateResult[]> {
  return connector.create(entity, creates)
}

const cases = (): JsonObject[] => [...fake.store.rows('Case')] as JsonObject[]

function error(result: CreateResult | undefined): unknown {
  return result?.outcome === 'failed' ? { code: result.error.code, family: result.error.family } : result
}

describe('a new record of Salesforce', () => {
  test('gets its Id from Salesforce and carries the mark', async () => {
    const [result] = await create(MARKED, createOf('w1', { Subject: 'No signal' }))
    const [made] = cases()
    expect(result).toEqual({ outcome: 'created', key: made?.Id })
    expect(made).toMatchObject({ Subject: 'No signal', Mark__c: 'w1' })
  })

  test('is one record however often it is asked for, also after an answer was lost, and as others have changed it', async () => {
    fake.faults.dropAfterWrite = 1
    const [lost] = await create(MARKED, createOf('w1'))
    expect(error(lost)).toEqual({ code: 'connector.unreachable', family: 'retry' })
    const id = String(cases()[0]?.Id)
    fake.store.transaction((each) => each.update('Case', id, { Subject: 'Changed' }))
    expect(await create(MARKED, { ...createOf('w1'), mayExist: true })).toEqual([{ outcome: 'created', key: id }])
    expect(await create(MARKED, createOf('w1'), createOf('w2'), createOf('w2'))).toEqual([
      { outcome: 'created', key: id },
      { outcome: 'created', key: String(cases()[1]?.Id) },
      { outcome: 'created', key: String(cases()[1]?.Id) },
    ])
    expect(cases().map(({ Subject }) => Subject)).toEqual(['Changed', 'New'])
  })

  test('that somebody has deleted meanwhile is not made again', async () => {
    const [made] = await create(MARKED, createOf('w1'))
    const id = String(cases()[0]?.Id)
    fake.store.transaction((each) => each.delete('Case', id))
    expect(await create(MARKED, createOf('w1'))).toEqual([made])
    expect(cases()).toHaveLength(1)
  })

  test('that Salesforce refuses is told for that one, and the others are made', async () => {
    const results = await create(
      MARKED,
      createOf('w1', { Subject: 'One' }),
      createOf('w2', { Subject: null }),
      createOf('w3', { Subject: 'x', ContactId: '0035g00000AAAAAAA0' }),
      createOf('w4', { Subject: 'x', Nothing__c: 1 }),
      createOf('w5', { Subject: 'x', Mark__c: 'mine' }),
      createOf('w6', { Subject: 'Six' }),
    )
    expect(results.map((result) => result.outcome)).toEqual([
      'created',
      'failed',
      'failed',
      'failed',
      'failed',
      'created',
    ])
    expect(error(results[1])).toEqual({ code: 'connector.rejected', family: 'reject' })
    expect(cases().map(({ Subject }) => Subject)).toEqual(['One', 'Six'])
  })

  test('without a mark field is made once, and where nobody knows, not again', async () => {
    expect(await create(UNMARKED, createOf('w1'))).toEqual([{ outcome: 'created', key: cases()[0]?.Id }])
    fake.faults.dropAfterWrite = 1
    const unknown = { code: 'connector.create.unknown', family: 'reject' }
    expect(error((await create(UNMARKED, createOf('w2')))[0])).toEqual(unknown)
    expect(error((await create(UNMARKED, { ...createOf('w3'), mayExist: true }))[0])).toEqual(unknown)
    expect(cases()).toHaveLength(2)
  })

  test('without a mark field may be tried again where Salesforce was not reached', async () => {
    await create(UNMARKED, createOf('w1'))
    await fake.goDown()
    // The connection that was kept is found to be gone.
    await expect(connector.check()).rejects.toMatchObject({ code: 'connector.unreachable' })
    expect(error((await create(UNMARKED, createOf('w2')))[0])).toEqual({
      code: 'connector.unreachable',
      family: 'retry',
    })
    await fake.comeBack()
    expect((await create(UNMARKED, createOf('w2')))[0]?.outcome).toBe('created')
  })

  test('gets its key from the hub where the key is an external id', () => {
    expect(connector.keysFrom(MARKED)).toBe('system')
    expect(connector.keysFrom({ entity: 'Case', options: { externalIdField: 'Mark__c' } })).toBe('hub')
  })

  test.each(['Plain__c', 'Short__c', 'Nothing__c'])(
    'wants a mark field that can hold a mark, found by the check: %s',
    async (markField) => {
      const entity = { entity: 'Case', options: { markField } }
      await expect(connector.check([entity])).rejects.toMatchObject({
        code: 'connector.schema',
        where: '/entities/Case/options/markField',
      })
    },
  )
})
