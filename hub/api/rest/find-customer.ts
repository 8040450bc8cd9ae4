import { erasedCustomer, unknownCustomer } from '../../contracts/customer-errors.ts'
import { type GoldenRow, readCustomer } from '../../store/customer-queries.ts'
import { survivorOf } from '../../store/decision-queries.ts'
import type { Queryable } from '../../store/queryable.ts'

const STATE = { joined: 1, erased: 3 } as const

/**
 * The customer that answers for an id: itself, or the one it was joined into. Throws 404 for an unknown, 410 for an erased
 * one. `where`: in which part of the request the id stands.
 */
export async function findCustomer(db: Queryable, id: string, where = '{id}'): Promise<GoldenRow> {
  return answering(db, id, await readCustomer(db, id), where)
}

/** The same for a row that was read already; undefined: there is none of this id. */
export async function answering(
  db: Queryable,
  id: string,
  read: GoldenRow | undefined,
  where = '{id}',
): Promise<GoldenRow> {
  let row = read
  if (row?.state === STATE.joined) {
    const found = await survivorOf(db, id)
    row = found === undefined ? undefined : await readCustomer(db, found.survivor)
  }
  if (row === undefined) throw unknownCustomer(where)
  if (row.state === STATE.erased) throw erasedCustomer(where)
  return row
}
