import { laneName } from '../../contracts/change.ts'
import type { Queryable } from '../../store/queryable.ts'
import {
  accountLanes,
  entitiesPointingAt,
  type EntityRow,
  lanesOfCustomer,
  type RecordPage,
} from '../../store/source-record-queries.ts'
import { type Collection, COLLECTIONS } from '../operations/entities.ts'
import { entityTexts } from './entity-text.ts'

const INCLUDED_MAX = 100

/** The first records of a collection that belong to a customer, as JSON texts. */
export async function recordsOfCustomer(db: Queryable, customerId: string, collection: Collection): Promise<string[]> {
  const rows = await rowsOfCustomer(db, customerId, collection, { after: 0, limit: INCLUDED_MAX })
  return entityTexts(db, rows)
}

/** Records that point at one of the customer's records, or at one of its accounts. */
export async function rowsOfCustomer(
  db: Queryable,
  customerId: string,
  collection: Collection,
  page: RecordPage,
): Promise<EntityRow[]> {
  const pointers = await pointersOfCustomer(db, customerId, collection)
  return pointers.customers.length === 0 ? [] : entitiesPointingAt(db, COLLECTIONS[collection], pointers, page)
}

/** What records of a collection point at that belong to a customer: its records, and its accounts (lane names). */
export async function pointersOfCustomer(
  db: Queryable,
  customerId: string,
  collection: Collection,
): Promise<{ customers: string[]; accounts: string[] }> {
  const customers = (await lanesOfCustomer(db, customerId)).map(laneName)
  if (customers.length === 0 || collection === 'accounts') return { customers, accounts: [] }
  return { customers, accounts: (await accountLanes(db, customers)).map(laneName) }
}
