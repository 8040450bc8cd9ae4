import type { LaneKey } from './apply-queries.ts'
import type { Queryable } from './queryable.ts'

/** What the API reads of source records: those behind a customer, and the canonical entities that are one record each. */

export interface SourceRow extends LaneKey {
  /** The system's order of the lane's changes; null: order of acceptance. */
  sequence: string | null
  changeId: string
  changedAt: string
  mappingRevision: number | null
  /** JSON texts: the record as it came, and as its mapping made it. */
  raw: string | null
  document: string | null
  /** JSON text: when parts of it were said, by field path; null: all at `changedAt`. */
  fieldTimes: string | null
  /** JSON text: which rule and revision added a field, by path; null: none did. */
  enriched: string | null
}

export async function sourcesOfCustomer(db: Queryable, customerId: string): Promise<SourceRow[]> {
  const { rows } = await db.query<SourceRow>({
    name: 'record-sources',
    text: `
      select system, entity, key, sequence, change_id as "changeId", changed_at as "changedAt",
             mapping_revision as "mappingRevision", raw::text as raw, document::text as document,
             field_times::text as "fieldTimes", enriched::text as enriched
      from source_record where customer_id = $1::uuid order by system, entity, key`,
    values: [customerId],
  })
  return rows
}

export interface EntityRow extends LaneKey {
  no: number
  id: string
  /** The change that it was last made by: grows with each. */
  changeNo: number
  changedAt: string
  document: string
}

export const ENTITY = `
  r.no::float8 as no, r.public_id::text as id, r.system, r.entity, r.key, r.change_no::float8 as "changeNo",
  r.changed_at as "changedAt", r.document::text as document`
export const THERE = `r.document is not null and not r.deleted and r.public_id is not null`

export async function readEntity(db: Queryable, target: string, id: string): Promise<EntityRow | undefined> {
  const { rows } = await db.query<EntityRow>({
    name: 'entity-read',
    text: `select ${ENTITY} from source_record r where r.public_id = $2::uuid and r.target = $1 and ${THERE}`,
    values: [target, id],
  })
  return rows[0]
}

export async function entitiesOfIds(db: Queryable, target: string, ids: readonly string[]): Promise<EntityRow[]> {
  const { rows } = await db.query<EntityRow>({
    name: 'entities-of-ids',
    text: `
      select ${ENTITY} from source_record r
      where r.public_id = any ($2::uuid[]) and r.target = $1 and ${THERE} order by r.no`,
    values: [target, ids],
  })
  return rows
}

/** Whether there was once such a record: what is gone is told from what never was. */
export async function wasEntity(db: Queryable, target: string, id: string): Promise<boolean> {
  const { rows } = await db.query({
    name: 'entity-was',
    text: 'select from source_record where public_id = $2::uuid and target = $1',
    values: [target, id],
  })
  return rows.length > 0
}

/** Page by record number. */
export interface RecordPage {
  after: number
  limit: number
}

export async function listEntities(db: Queryable, target: string, page: RecordPage): Promise<EntityRow[]> {
  const { rows } = await db.query<EntityRow>({
    name: 'entity-list',
    text: `
      select ${ENTITY} from source_record r
      where r.target = $1 and r.target <> 'customer' and r.no > $2 and ${THERE} order by r.no limit $3`,
    values: [target, page.after, page.limit],
  })
  return rows
}

export async function entitiesOfKey(
  db: Queryable,
  target: string,
  lane: { system: string; entities: readonly string[]; key: string },
  page: RecordPage,
): Promise<EntityRow[]> {
  const { rows } = await db.query<EntityRow>({
    name: 'entity-by-key',
    text: `
      select ${ENTITY} from source_record r
      where r.system = $2 and r.entity = any ($3::text[]) and r.key = $4 and r.target = $1 and r.no > $5 and ${THERE}
      order by r.no limit $6`,
    values: [target, lane.system, lane.entities, lane.key, page.after, page.limit],
  })
  return rows
}

/** Records that point at one of these customer records, or at one of these accounts (lane names). */
export async function entitiesPointingAt(
  db: Queryable,
  target: string,
  at: { customers: readonly string[]; accounts: readonly string[] },
  page: RecordPage,
): Promise<EntityRow[]> {
  const { rows } = await db.query<EntityRow>({
    name: 'entity-by-reference',
    text: `
      select ${ENTITY} from source_record r
      where r.no in (
        select no from source_record where customer_ref = any ($2::text[]) and target = $1
        union
        select no from source_record where account_ref = any ($3::text[]) and target = $1
      ) and r.no > $4 and ${THERE}
      order by r.no limit $5`,
    values: [target, at.customers, at.accounts, page.after, page.limit],
  })
  return rows
}

/** The lanes of a customer's own records. */
export async function lanesOfCustomer(db: Queryable, customerId: string): Promise<LaneKey[]> {
  const { rows } = await db.query<LaneKey>({
    name: 'record-lanes',
    text: 'select system, entity, key from source_record where customer_id = $1::uuid',
    values: [customerId],
  })
  return rows
}

/** The lanes of the accounts that point at these customer records (lane names). */
export async function accountLanes(db: Queryable, customers: readonly string[]): Promise<LaneKey[]> {
  const { rows } = await db.query<LaneKey>({
    name: 'record-account-lanes',
    text: `
      select system, entity, key from source_record
      where customer_ref = any ($1::text[]) and target = 'account' and not deleted`,
    values: [customers],
  })
  return rows
}

/** The public ids behind lanes: a customer's, or that of any other entity. Lanes that the hub does not have are left out. */
export async function idsBehind(
  db: Queryable,
  lanes: readonly LaneKey[],
): Promise<(LaneKey & { id: string; target: string })[]> {
  const { rows } = await db.query<LaneKey & { id: string; target: string }>({
    name: 'record-ids',
    text: `
      select r.system, r.entity, r.key, r.target, coalesce(r.customer_id, r.public_id)::text as id
      from unnest($1::text[], $2::text[], $3::text[]) as l(system, entity, key)
      join source_record r on r.system = l.system and r.entity = l.entity and r.key = l.key
      where not r.deleted and (r.customer_id is not null or r.public_id is not null)`,
    values: [lanes.map((l) => l.system), lanes.map((l) => l.entity), lanes.map((l) => l.key)],
  })
  return rows
}

/** The newest raw records of one source entity, for a preview: as they came, from the last that changed. */
export async function recentRaw(db: Queryable, system: string, entity: string, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ raw: string }>({
    name: 'record-recent-raw',
    text: `
      select raw::text as raw from source_record
      where system = $1 and entity = $2 and raw is not null order by no desc limit $3`,
    values: [system, entity, limit],
  })
  return rows.map((row) => row.raw)
}

export interface CrossReferenceRow extends LaneKey {
  customer: string
}

/** For a server-side cursor: which record belongs to which customer. */
export const CROSS_REFERENCES = `
  select customer_id::text as customer, system, entity, key from source_record
  where customer_id is not null and ($1::text is null or system = $1) and ($2::uuid is null or customer_id = $2)
  order by no`
