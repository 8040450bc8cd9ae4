/** What the hub reads of the demo's systems: from which table each entity comes, and how a row of it looks when it is read. */
import type { JsonObject } from '../../hub/contracts/json.ts'
import { rowsAsRead } from '../systems/as-read.ts'
import { DEMO_SYSTEMS } from '../systems/index.ts'
import type { DemoSystem, Row, StoredCompany, SystemName } from '../systems/system.ts'
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

export const DEMO_ENTITIES: readonly DemoEntity[] = [
  ...SERVED_OBJECTS.map((served): DemoEntity => ({
    system: 'crm',
    entity: CRM_ENTITIES[served.table] ?? served.object,
    table: served.table,
    asRead: (row) => ({ ...objectOf(served, row as Row) }),
  })),
  ...read('erp', { PARTNR: 'Partner', AUFTRG: 'Order', MATMAS: 'Material' }),
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
