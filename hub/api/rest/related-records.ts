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
  const customers = (await lanesOfCustomer(db, customerId)).map(laneName)
  if (customers.length === 0) return []
  const accounts = collection === 'accounts' ? [] : (await accountLanes(db, customers)).map(laneName)
  return entitiesPointingAt(db, COLLECTIONS[collection], { customers, accounts }, page)
}
