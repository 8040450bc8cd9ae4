import { laneName } from '../contracts/change.ts'
import type { Json, JsonObject } from '../contracts/json.ts'
import { isJsonObject } from '../contracts/json.ts'
import { entityTexts } from '../api/rest/entity-text.ts'
import { findCustomer } from '../api/rest/find-customer.ts'
import { COLLECTIONS } from '../api/operations/entities.ts'
import { type CollectionRead, described, isRecordRead, type ReadName, type Rule } from '../rules/index.ts'
import { recordsForDecision } from '../store/decision-context-queries.ts'
import type { Queryable } from '../store/queryable.ts'
import { accountLanes, lanesOfCustomer } from '../store/source-record-queries.ts'
import { type NamedRecords, noRecordOf, readNamedRecords } from './named-records.ts'

/** What a rule reads of a customer, and of records that a caller names. */
export interface CustomerContext {
  /** The customer that answers for the id: another one where it was joined; null: nobody's. */
  customerId: string | null
  /** Ids of the records that were named. */
  recordIds: string[]
  /** By the names that the rule's envelope declares. */
  members: JsonObject
}

/** What a caller names in place of sending it. */
export interface NamedByCaller {
  customerId: string | null
  records: NamedRecords
}

const RECORDS_DEFAULT = 200
const RECORDS_MAX = 1_000

/**
 * Reads what a rule declares of a customer, at most four statements however much it is, and the records that were named.
 * Of each collection the newest records, as many as the input's schema takes (`maxItems`; 200 where it does not say, never
 * more than 1,000), and of all no more than the schema describes. `given` is not read. A record alone brings the customer
 * that it belongs to. Throws `customer.unknown`, `record.unknown` (404), `customer.erased`, `record.deleted` (410), and
 * `rule.input.invalid` (422) where a record belongs to somebody else.
 */
export async function readContext(
  db: Queryable,
  rule: Rule,
  named: NamedByCaller,
  given: ReadonlySet<string>,
): Promise<CustomerContext> {
  const found = await readNamedRecords(db, named.records)
  const customer = named.customerId === null ? null : await findCustomer(db, named.customerId)
  if (customer !== null) {
    const strange = found.find(({ owner, name }) => name !== 'product' && owner !== customer.id)
    if (strange !== undefined) throw noRecordOf(rule.name, strange.name)
  }
  const ownerId = found.find(({ owner }) => owner !== null)?.owner ?? null
  const members: JsonObject = Object.fromEntries(found.map(({ name, record }) => [name, record]))
  const names = rule.envelope.reads.filter((name) => !isRecordRead(name)).filter((name) => !given.has(name))
  const row = customer ?? (ownerId === null || names.length === 0 ? null : await findCustomer(db, ownerId))
  if (row !== null) {
    if (names.includes('customer')) members['customer'] = JSON.parse(row.golden) as JsonObject
    const collections = names.filter((name) => name !== 'customer')
    if (collections.length > 0) Object.assign(members, await readCollections(db, rule, row.id, collections))
  }
  return {
    customerId: row?.id ?? ownerId,
    recordIds: found.map(({ id }) => id),
    members: asDescribed(rule, members),
  }
}

function asDescribed(rule: Rule, members: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [name, described(value, schemaOf(rule, name) ?? undefined)]),
  )
}

async function readCollections(
  db: Queryable,
  rule: Rule,
  customerId: string,
  names: readonly CollectionRead[],
): Promise<JsonObject> {
  const members: Record<string, Json[]> = Object.fromEntries(names.map((name) => [name, []]))
  const customers = (await lanesOfCustomer(db, customerId)).map(laneName)
  if (customers.length === 0) return members
  const accounts = names.some((name) => name !== 'accounts') ? (await accountLanes(db, customers)).map(laneName) : []
  const wanted = names.map((name) => ({ target: COLLECTIONS[name], newest: newestOf(rule, name) }))
  const rows = await recordsForDecision(db, { customers, accounts }, wanted)
  const texts = await entityTexts(db, rows)
  const nameOf = new Map(names.map((name) => [COLLECTIONS[name] as string, name]))
  rows.forEach(({ target }, index) => {
    const name = nameOf.get(target)
    if (name !== undefined) members[name]?.push(JSON.parse(texts[index] ?? 'null') as Json)
  })
  return members
}

function schemaOf(rule: Rule, name: string): Json {
  const members = rule.envelope.input.schema['properties'] ?? null
  return isJsonObject(members) ? (members[name] ?? null) : null
}

function newestOf(rule: Rule, name: ReadName): number {
  const schema = schemaOf(rule, name)
  const most = isJsonObject(schema) ? schema['maxItems'] : undefined
  return Math.min(typeof most === 'number' ? most : RECORDS_DEFAULT, RECORDS_MAX)
}
