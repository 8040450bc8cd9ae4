import { SapFake } from '../../demo/fakes/sap/sap-fake.ts'
import { standardServices } from '../../demo/fakes/sap/standard-services.ts'
import type { Connector, CreateResult, EntityConfig, RecordCreate } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { sap } from './index.ts'

const SETS = [
  ['2', '/sap/opu/odata/sap/API_SALES_ORDER_SRV', 'A_SalesOrder', 'to_Item'],
  ['4', '/sap/opu/odata4/sap/api_salesorder/srvd_a2x/sap/salesorder/0001', 'SalesOrder', '_Item'],
] as const
const KEY = '0193b2c4-7f00-7abc-8def-0123456789ab'

let fake: SapFake
let connector: Connector

beforeEach(async () => {
  fake = new SapFake({ services: standardServices(), users: { HUB: { password: 'p:w', mayUse: true } } })
  await fake.listen(0)
  const settings = { baseUrl: fake.origin, user: 'HUB', password: 'p:w', timeoutMs: 2000 }
  connector = await sap.open(settings, quietContext('s4', new AbortController().signal))
})

afterEach(async () => {
  await connector.close()
  await fake.close()
})

async function create(entity: EntityConfig, ...creates: RecordCreate[]): Promise<CreateResult[]> {
  return (await connector.create?.(entity, creates)) ?? []
}

function failure(result: CreateResult | undefined): unknown {
  return result?.outcome === 'failed' ? { code: result.error.code, where: result.error.where } : result
}

describe.each(SETS)('a new order by OData V%s', (version, service, entitySet, items) => {
  const options = { service, version, entitySet, follow: 'scan' }
  const marked: EntityConfig = { entity: 'Order', options: { ...options, markField: 'PurchaseOrderByCustomer' } }
  const unmarked: EntityConfig = { entity: 'Order', options }
  const createOf = (idempotencyKey: string, fields: JsonObject = {}): RecordCreate => ({
    idempotencyKey,
    fields: { SoldToParty: '1000001', RequestedDeliveryDate: '2026-02-28', ...fields },
  })

  test('gets its number from SAP, and so do the items that come with it', async () => {
    const lines = [{ Material: 'M1', RequestedQuantity: '2' }, { Material: "M'2" }]
    expect(await create(marked, createOf(KEY, { [items]: lines }))).toEqual([{ outcome: 'created', key: '4600000001' }])
    const [order] = fake.table('VBAK').rows()
    expect(order).toMatchObject({ SalesOrder: '4600000001', RequestedDeliveryDate: '2026-02-28' })
    expect(order?.PurchaseOrderByCustomer).toMatch(/^[a-z2-7]{25}$/)
    expect(fake.table('VBAP').rows()).toMatchObject([
      { SalesOrder: '4600000001', SalesOrderItem: '10', Material: 'M1', RequestedQuantity: '2' },
      { SalesOrder: '4600000001', SalesOrderItem: '20', Material: "M'2" },
    ])
  })

  test('is one order however often it is asked for, also after the answer was lost', async () => {
    fake.faults.loseAnswers(1)
    expect(failure((await create(marked, createOf(KEY)))[0])).toMatchObject({ code: 'connector.unreachable' })
    const again = { ...createOf(KEY), mayExist: true }
    expect(await create(marked, again, createOf(KEY), createOf('other'))).toEqual([
      { outcome: 'created', key: '4600000001' },
      { outcome: 'created', key: '4600000001' },
      { outcome: 'created', key: '4600000002' },
    ])
    expect(fake.table('VBAK').size).toBe(2)
  })

  test('without a mark is made once, and where nobody knows, not again', async () => {
    expect(await create(unmarked, createOf(KEY))).toEqual([{ outcome: 'created', key: '4600000001' }])
    fake.faults.loseAnswers(1)
    expect(failure((await create(unmarked, createOf('b')))[0])).toMatchObject({ code: 'connector.create.unknown' })
    expect(failure((await create(unmarked, { ...createOf('c'), mayExist: true }))[0])).toMatchObject({
      code: 'connector.create.unknown',
    })
    expect(fake.table('VBAK').size).toBe(2)
  })

  test.each<[string, JsonObject, string]>([
    ['an unknown field', { Nothing: 1 }, '/fields/Nothing'],
    ['an unknown field of an item', { [items]: [{ Nothing: 1 }] }, `/fields/${items}/0/Nothing`],
    ['an item that is no object', { [items]: ['M1'] }, `/fields/${items}/0`],
    ['items that are no list', { [items]: 'M1' }, `/fields/${items}`],
    ['the mark itself', { PurchaseOrderByCustomer: 'mine' }, '/fields/PurchaseOrderByCustomer'],
  ])('with %s is refused before anything is sent, and the next one is made', async (_what, fields, where) => {
    const results = await create(marked, createOf('bad', fields), createOf('good'))
    expect(failure(results[0])).toEqual({ code: 'connector.rejected', where })
    expect(results[1]?.outcome).toBe('created')
    expect(fake.table('VBAK').size).toBe(1)
    expect(fake.table('VBAP').size).toBe(0)
  })
})

test('Who numbers new records, the options say, and the check looks at the field for the mark', async () => {
  const [, service] = SETS[0]
  const order = (more: JsonObject): EntityConfig => ({
    entity: 'A_SalesOrder',
    options: { service, follow: 'scan', ...more },
  })
  expect(connector.keysFrom?.(order({}))).toBe('system')
  expect(connector.keysFrom?.(order({ numbering: 'external' }))).toBe('hub')
  await expect(create(order({ numbering: 'external' }))).rejects.toMatchObject({ code: 'connector.settings' })
  await expect(connector.check([order({ markField: 'SoldToParty' })])).rejects.toMatchObject({
    code: 'connector.schema',
    where: '/entities/A_SalesOrder/options/markField',
  })
  await expect(connector.check([order({ markField: 'PurchaseOrderByCustomer' })])).resolves.toBeDefined()
})
