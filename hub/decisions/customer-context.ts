import { laneName } from '../contracts/change.ts'
import type { Json, JsonObject } from '../contracts/json.ts'
import { isJsonObject } from '../contracts/json.ts'
import { entityTexts } from '../api/rest/entity-text.ts'
import { findCustomer } from '../api/rest/find-customer.ts'
import { COLLECTIONS } from '../api/operations/entities.ts'
import type { ReadName, Rule } from '../rules/index.ts'
import { recordsForDecision } from '../store/decision-context-queries.ts'
import type { Queryable } from '../store/queryable.ts'
import { accountLanes, lanesOfCustomer } from '../store/source-record-queries.ts'

/** What a rule reads of a customer. */
export interface CustomerContext {
  /** The customer that answers for the id: another one where it was joined. */
  customerId: string
  /** By the names that the rule's envelope declares. */
  members: JsonObject
}

const RECORDS_DEFAULT = 200
const RECORDS_MAX = 1_000

/**
 * Reads what a rule declares of a customer, at most four statements however much it is. Of each collection the newest
 * records, as many as the input's schema takes (`maxItems`; 200 where it does not say, never more than 1,000).
 * `given` is not read. Throws `customer.unknown` (404) and `customer.erased` (410).
 */
export async function readContext(
  db: Queryable,
  rule: Rule,
  id: string,
  given: ReadonlySet<string>,
): Promise<CustomerContext> {
  const row = await findCustomer(db, id)
  const names = rule.envelope.reads.filter((name) => !given.has(name))
  const collections = names.filter((name) => name !== 'customer')
  const members: JsonObject = {}
  if (names.includes('customer')) members['customer'] = JSON.parse(row.golden) as JsonObject
  if (collections.length > 0) Object.assign(members, await readCollections(db, rule, row.id, collections))
  return { customerId: row.id, members }
}

async function readCollections(
  db: Queryable,
  rule: Rule,
  customerId: string,
  names: readonly Exclude<ReadName, 'customer'>[],
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

function newestOf(rule: Rule, name: ReadName): number {
  const members = rule.envelope.input.schema['properties'] ?? null
  const schema = isJsonObject(members) ? (members[name] ?? null) : null
  const most = isJsonObject(schema) ? schema['maxItems'] : undefined
  return Math.min(typeof most === 'number' ? most : RECORDS_DEFAULT, RECORDS_MAX)
}
