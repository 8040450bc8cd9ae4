import type { Queryable } from './queryable.ts'

/** What the hub asks of the records that it is itself the system of record of. */

export interface HubCustomerRecord {
  key: string
  customerId: string
  /** JSON text, as it was last said. */
  raw: string
  changedAt: string
}

const RECORD = `r.key, r.customer_id::text as "customerId", r.raw::text as raw, r.changed_at as "changedAt"`
const OF_CUSTOMERS = `r.system = 'hub' and r.entity = 'customer' and not r.deleted and r.customer_id is not null`

/** Numbers for changes that are applied at once, in the order of acceptance of all others. */
export async function nextChangeNumbers(db: Queryable, count: number): Promise<number[]> {
  const { rows } = await db.query<{ no: number }>({
    name: 'hub-change-numbers',
    text: `select nextval(pg_get_serial_sequence('change_entry', 'no'))::float8 as no from generate_series(1, $1::integer)`,
    values: [count],
  })
  return rows.map(({ no }) => no)
}

export async function hubCustomerRecord(db: Queryable, key: string): Promise<HubCustomerRecord | undefined> {
  const { rows } = await db.query<HubCustomerRecord>({
    name: 'hub-customer-record',
    text: `select ${RECORD} from source_record r where ${OF_CUSTOMERS} and r.key = $1`,
    values: [key],
  })
  return rows[0]
}

/** The hub's own records of a customer, the oldest first. */
export async function hubRecordsOfCustomer(db: Queryable, customerId: string): Promise<HubCustomerRecord[]> {
  const { rows } = await db.query<HubCustomerRecord>({
    name: 'hub-records-of-customer',
    text: `select ${RECORD} from source_record r where ${OF_CUSTOMERS} and r.customer_id = $1::uuid order by r.no`,
    values: [customerId],
  })
  return rows
}

/** The hub's own records of customers that hold one of these match keys, the oldest first; a hash may lie. `golden`: the whole customer. */
export async function hubRecordsOfMatchKeys(
  db: Queryable,
  hashes: readonly number[],
  limit: number,
): Promise<(HubCustomerRecord & { golden: string })[]> {
  const { rows } = await db.query<HubCustomerRecord & { golden: string }>({
    name: 'hub-records-of-keys',
    text: `
      select ${RECORD}, c.golden::text as golden from source_record r join customer c on c.id = r.customer_id
      where r.no in (select m.record_no from match_key m where m.hash = any ($1::bigint[])) and ${OF_CUSTOMERS}
      order by r.no limit $2`,
    values: [`{${hashes.join(',')}}`, limit],
  })
  return rows
}

/** Whether a customer has more than the one record. */
export async function hasSeveralRecords(db: Queryable, customerId: string): Promise<boolean> {
  const { rows } = await db.query({
    name: 'hub-several-records',
    text: 'select from source_record where customer_id = $1::uuid limit 2',
    values: [customerId],
  })
  return rows.length > 1
}

/** How many records the hub has of its own, by entity. */
export async function countHubRecords(db: Queryable): Promise<{ entity: string; count: number }[]> {
  const { rows } = await db.query<{ entity: string; count: number }>({
    name: 'hub-record-count',
    text: `
      select entity, count(*)::float8 as count from source_record
      where system = 'hub' and not deleted group by entity order by entity`,
  })
  return rows
}
