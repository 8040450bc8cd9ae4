import type { Queryable } from './queryable.ts'

/** What the API reads of customers. Golden records are handed on as the text they are stored as. */

export interface GoldenRow {
  id: string
  /** 0 active, 1 joined, 2 closed, 3 erased. */
  state: number
  version: number
  golden: string
}

const GOLDEN = 'c.id::text as id, c.state, c.version, c.golden::text as golden'

/** Active and closed ones; joined and erased ones are in no list. */
const SHOWN = '(0, 2)'

/** The customer of exactly this id, whatever its state. */
export async function readCustomer(db: Queryable, id: string): Promise<GoldenRow | undefined> {
  const { rows } = await db.query<GoldenRow>({
    name: 'customer-read',
    text: `select ${GOLDEN} from customer c where c.id = $1::uuid`,
    values: [id],
  })
  return rows[0]
}

/** The same for several ids; those that are not there are left out. */
export async function readCustomers(db: Queryable, ids: readonly string[]): Promise<GoldenRow[]> {
  const { rows } = await db.query<GoldenRow>({
    name: 'customers-read',
    text: `select ${GOLDEN} from customer c where c.id = any ($1::uuid[])`,
    values: [`{${ids.join(',')}}`],
  })
  return rows
}

/** Those of these ids that are neither joined nor erased. */
export async function customersOfIds(db: Queryable, ids: readonly string[]): Promise<GoldenRow[]> {
  const { rows } = await db.query<GoldenRow>({
    name: 'customers-of-ids',
    text: `select ${GOLDEN} from customer c where c.id = any ($1::uuid[]) and c.state in ${SHOWN} order by c.id`,
    values: [ids],
  })
  return rows
}

/** Page by id: the customers after `after`, the first ones where that is null. */
export interface Page {
  after: string | null
  limit: number
}

/** All that are neither joined nor erased. */
export async function listCustomers(db: Queryable, page: Page): Promise<GoldenRow[]> {
  const { rows } = await db.query<GoldenRow>({
    name: 'customer-list',
    text: `
      select ${GOLDEN} from customer c
      where c.state in ${SHOWN} and ($1::uuid is null or c.id > $1) order by c.id limit $2`,
    values: [page.after, page.limit],
  })
  return rows
}

/** The customers that have the record `key` of a system, in any of these record types. */
export async function customersOfKey(
  db: Queryable,
  lane: { system: string; entities: readonly string[]; key: string },
  page: Page,
): Promise<GoldenRow[]> {
  const { rows } = await db.query<GoldenRow>({
    name: 'customer-by-key',
    text: `
      select distinct on (c.id) ${GOLDEN}
      from source_record r join customer c on c.id = r.customer_id
      where r.system = $1 and r.entity = any ($2::text[]) and r.key = $3 and c.state in ${SHOWN}
        and ($4::uuid is null or c.id > $4)
      order by c.id limit $5`,
    values: [lane.system, lane.entities, lane.key, page.after, page.limit],
  })
  return rows
}

/** The customers with a record that holds a match key; a hash may lie, so the caller looks at what they really have. */
export async function customersOfMatchKey(db: Queryable, hash: number | bigint, page: Page): Promise<GoldenRow[]> {
  const { rows } = await db.query<GoldenRow>({
    name: 'customer-by-match-key',
    text: `
      select ${GOLDEN} from customer c
      where c.id in (
        select r.customer_id from match_key m join source_record r on r.no = m.record_no where m.hash = $1::bigint
      ) and c.state in ${SHOWN} and ($2::uuid is null or c.id > $2)
      order by c.id limit $3`,
    values: [String(hash), page.after, page.limit],
  })
  return rows
}

/** Full-text search; `query` is in PostgreSQL's tsquery notation, made of words folded as the index has them. */
export async function searchCustomers(db: Queryable, query: string, page: Page): Promise<GoldenRow[]> {
  const { rows } = await db.query<GoldenRow>({
    name: 'customer-search',
    text: `
      select ${GOLDEN} from customer c
      where c.search @@ to_tsquery('simple', $1) and c.state in ${SHOWN} and ($2::uuid is null or c.id > $2)
      order by c.id limit $3`,
    values: [query, page.after, page.limit],
  })
  return rows
}

export interface VersionRow {
  version: number
  at: string
  /** created, changed, joined, closed, reopened. */
  cause: string
  changed: string[]
  golden: string
}

/** Versions of a customer, newest first, before the version `before` where that is not null. */
export async function customerVersions(
  db: Queryable,
  id: string,
  before: number | null,
  limit: number,
): Promise<VersionRow[]> {
  const { rows } = await db.query<VersionRow>({
    name: 'customer-versions',
    text: `
      select version, at, cause, changed, golden::text as golden from customer_version
      where customer_id = $1::uuid and ($2::integer is null or version < $2) order by version desc limit $3`,
    values: [id, before, limit],
  })
  return rows
}

/** The customer itself and all that were joined into it, over any number of joins. */
export async function familyOf(db: Queryable, id: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'customer-family',
    text: `
      with recursive family(id) as (
        select $1::uuid union select c.id from family f join customer c on c.joined_into = f.id
      )
      select id::text as id from family`,
    values: [id],
  })
  return rows.map((row) => row.id)
}
