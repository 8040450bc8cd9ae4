/** What the hub reads of the demo's systems: from which table each entity comes, and how a row of it looks when it is read. */
import type { JsonObject } from '../../hub/contracts/json.ts'
import { rowsAsRead } from '../systems/as-read.ts'
import { DEMO_SYSTEMS } from '../systems/index.ts'
import type { DemoSystem, Row, StoredCompany, SystemName } from '../systems/system.ts'
import { materialSegments, orderRows, partnerRows, type SapRows } from './erp/records.ts'
import { recordOf, SERVED_RECORDS } from './billing/records.ts'
import { recordOf as objectOf, SERVED_OBJECTS } from './crm/objects.ts'

export interface DemoEntity {
  system: SystemName
  entity: string
  table: string
  /** A row of the table as the system's connector reads it. */
  asRead(row: JsonObject): JsonObject
}

const CRM_ENTITIES: Readonly<Record<string, string>> = {
  account: 'Account',
  contact: 'Contact',
  support_case: 'Case',
  activity: 'Activity',
  consent: 'Consent',
}

function read(system: SystemName, tables: Readonly<Record<string, string>>): DemoEntity[] {
  return Object.entries(tables).map(([table, entity]) => ({ system, entity, table, asRead: (row) => row }))
}

const BILLING: DemoEntity[] = read('billing', {
  customer_account: 'CustomerAccount',
  credit_standing: 'CreditStanding',
  invoice: 'Invoice',
  payment: 'Payment',
}).map((each) => ({
  ...each,
  asRead: (row) => {
    const table = SERVED_RECORDS[each.table]
    return table === undefined ? row : { ...recordOf(table, row as Row) }
  },
}))

/** As OData expands it. */
function partnerAsRead({ BUT000 = [], ADRC = [], ADR2 = [], DFKKBPTAXNUM = [] }: SapRows): JsonObject {
  const addresses = ADRC.map((address) => ({ ...address, to_PhoneNumber: ADR2 }))
  return { ...BUT000[0], to_BusinessPartnerAddress: addresses, to_BusinessPartnerTax: DFKKBPTAXNUM }
}

function orderAsRead({ VBAK = [], VBAP = [] }: SapRows): JsonObject {
  return { ...VBAK[0], to_Item: VBAP }
}

export const DEMO_ENTITIES: readonly DemoEntity[] = [
  ...SERVED_OBJECTS.map((served): DemoEntity => ({
    system: 'crm',
    entity: CRM_ENTITIES[served.table] ?? served.object,
    table: served.table,
    asRead: (row) => ({ ...objectOf(served, row as Row) }),
  })),
  { system: 'erp', entity: 'Partner', table: 'PARTNR', asRead: (row) => partnerAsRead(partnerRows(row as Row)) },
  { system: 'erp', entity: 'Order', table: 'AUFTRG', asRead: (row) => orderAsRead(orderRows(row as Row)) },
  { system: 'erp', entity: 'MATMAS', table: 'MATMAS', asRead: (row) => ({ ...materialSegments(row as Row) }) },
  ...BILLING,
  ...read('inventory', { site: 'Site', stock_level: 'StockLevel', offer: 'Offer' }),
]

export function systemNamed(name: SystemName): DemoSystem {
  const system = DEMO_SYSTEMS.find((each) => each.name === name)
  if (system) return system
  throw new RangeError(`The demo has no system ${name}.`)
}

/** The records of an entity as its connector reads them from freshly loaded databases. */
export function recordsAsRead({ system, table, asRead }: DemoEntity, stored: StoredCompany): JsonObject[] {
  return rowsAsRead(systemNamed(system), stored, table).map(asRead)
}
