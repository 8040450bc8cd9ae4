import { quietContext } from '../../connectors/conformance/quiet-context.ts'
import { salesforce } from '../../connectors/salesforce/index.ts'
import { sap } from '../../connectors/sap/index.ts'
import type { Connector, CreateResult, EntityConfig } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { untilFound } from '../../test/support/engine.ts'
import { serverUrl } from '../../test/support/environment.ts'
import { databaseUrl, withClient } from '../databases.ts'
import { loadDemo } from '../load.ts'
import { DEMO_SYSTEMS } from '../systems/index.ts'
import { startCrmServer } from './crm/crm-server.ts'
import { startErpServer } from './erp/erp-server.ts'
import type { DemoServer } from './server.ts'

const prefix = `t${process.pid}_creating_`
const admin = serverUrl('DATABASE_URL')
const urlOf = (name: string): string => databaseUrl(admin, `${prefix}demo_${name}`)
const failures: unknown[] = []
const options = { onError: (error: unknown): void => void failures.push(error) }
const CASE: EntityConfig = { entity: 'Case', options: { markField: 'Hub_Reference__c' } }
const ORDER: EntityConfig = {
  entity: 'Order',
  options: {
    service: '/sap/opu/odata/sap/API_SALES_ORDER_SRV',
    entitySet: 'A_SalesOrder',
    expand: ['to_Item'],
    follow: 'delta',
    markField: 'PurchaseOrderByCustomer',
  },
}

let crm: DemoServer
let erp: DemoServer

beforeAll(async () => {
  await loadDemo(admin, { prefix, customers: 60 })
  crm = await startCrmServer({ databaseUrl: urlOf('crm'), ...options })
  erp = await startErpServer({ databaseUrl: urlOf('erp'), ...options })
}, 60_000)

afterAll(async () => {
  await Promise.all([crm.close(), erp.close()])
  await withClient(admin, async (client) => {
    for (const { database } of DEMO_SYSTEMS) await client.query(`DROP DATABASE "${prefix}${database}" WITH (FORCE)`)
  })
})

async function rows(system: string, sql: string): Promise<Record<string, unknown>[]> {
  return withClient(urlOf(system), async (client) => (await client.query<Record<string, unknown>>(sql)).rows)
}

/** Once there is one: the servers write behind their answers. */
function rowsOnceThere(system: string, sql: string): Promise<Record<string, unknown>[]> {
  return untilFound(async () => {
    const found = await rows(system, sql)
    return found.length > 0 ? found : undefined
  }, 10_000)
}

const context = (): ReturnType<typeof quietContext> => quietContext('demo', new AbortController().signal)
const openCrm = ({ environment }: DemoServer): Promise<Connector> =>
  salesforce.open(
    {
      loginUrl: environment.OMNIHUB_DEMO_CRM_URL ?? '',
      clientId: environment.OMNIHUB_DEMO_CRM_CLIENT_ID ?? '',
      clientSecret: environment.OMNIHUB_DEMO_CRM_CLIENT_SECRET ?? '',
    },
    context(),
  )
const openErp = ({ environment }: DemoServer): Promise<Connector> =>
  sap.open(
    {
      baseUrl: environment.OMNIHUB_DEMO_ERP_URL ?? '',
      user: 'OMNIHUB',
      password: environment.OMNIHUB_DEMO_ERP_PASSWORD ?? '',
      sapClient: '100',
    },
    context(),
  )

async function create(
  open: () => Promise<Connector>,
  entity: EntityConfig,
  fields: JsonObject,
  idempotencyKey: string,
): Promise<CreateResult> {
  const connector = await open()
  try {
    const [result] = (await connector.create?.(entity, [{ fields, idempotencyKey }])) ?? []
    if (result === undefined) throw new Error('the connector makes no records')
    return result
  } finally {
    await connector.close()
  }
}

const keyOf = (result: CreateResult): string => (result.outcome === 'created' ? result.key : result.error.message)

test('A case that the hub makes is in the CRM, one however often it is asked for, beside those that the CRM makes itself', async () => {
  const [contact] = await rows('crm', 'SELECT id FROM contact ORDER BY id LIMIT 1')
  const fields = { ContactId: String(contact?.id), Subject: 'No picture', Type: 'Problem', Origin: 'Web' }
  const made = await create(() => openCrm(crm), CASE, fields, 'case-1')
  const asked = `SELECT * FROM support_case WHERE hub_reference = 'case-1'`
  expect(await rowsOnceThere('crm', asked)).toMatchObject([
    { id: keyOf(made), contact_id: contact?.id, priority: 'Medium', status: 'New' },
  ])
  // The CRM's own people go on.
  await rows(
    'crm',
    `INSERT INTO support_case (contact_id, subject, type, origin) VALUES ('${String(contact?.id)}', 'a', 'b', 'c')`,
  )
  await crm.close()
  crm = await startCrmServer({ databaseUrl: urlOf('crm'), ...options })
  expect(await create(() => openCrm(crm), CASE, fields, 'case-1')).toEqual(made)
  const next = await create(() => openCrm(crm), CASE, fields, 'case-2')
  expect(await rowsOnceThere('crm', `SELECT id FROM support_case WHERE hub_reference = 'case-2'`)).toEqual([
    { id: keyOf(next) },
  ])
  const nobody = await create(() => openCrm(crm), CASE, { ...fields, ContactId: '0030K0999999999QAA' }, 'case-3')
  expect(nobody).toMatchObject({ outcome: 'failed', error: { code: 'connector.rejected', where: '/fields/ContactId' } })
  expect(failures).toEqual([])
}, 60_000)

test('An order that the hub makes is in the ERP, priced by it, one however often it is asked for', async () => {
  const [partner] = await rows('erp', `SELECT "PARNR" AS id FROM "PARTNR" ORDER BY 1 LIMIT 1`)
  const item = { Material: '000000000000001024', RequestedQuantity: '2' }
  const fields = { SoldToParty: String(partner?.id), to_Item: [item] }
  const made = await create(() => openErp(erp), ORDER, fields, 'order-1')
  expect(await rowsOnceThere('erp', `SELECT * FROM "AUFTRG" WHERE "AUFNR" = '${keyOf(made)}'`)).toMatchObject([
    { PARNR: partner?.id, MATNR: '000000000000001024', MENGE: '0000002,000 ', BRTWR: '00039,98    ', STATU: '10' },
  ])
  await erp.close()
  erp = await startErpServer({ databaseUrl: urlOf('erp'), ...options })
  expect(await create(() => openErp(erp), ORDER, fields, 'order-1')).toEqual(made)
  expect(await rows('erp', `SELECT 1 FROM "AUFTRG" WHERE "BSTNK" <> ''`)).toHaveLength(1)
  for (const wrong of [
    { ...fields, SoldToParty: '9999999999' },
    { ...fields, to_Item: [{ ...item, Material: 'nothing' }] },
    { ...fields, to_Item: [{ ...item, RequestedQuantity: '1.5' }] },
    { ...fields, to_Item: [] },
    { ...fields, to_Item: [item, item] },
  ]) {
    expect(await create(() => openErp(erp), ORDER, wrong, 'order-2')).toMatchObject({
      outcome: 'failed',
      error: { code: 'connector.rejected' },
    })
  }
  expect(failures).toEqual([])
}, 60_000)
