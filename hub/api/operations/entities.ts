import type { CanonicalEntity } from '../../contracts/canonical.ts'
import { CANONICAL_SCHEMAS } from '../../contracts/generated/schemas.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { RECORD_SEARCH, type RecordEntity } from '../../contracts/record-search.ts'
import { operation } from './operation.ts'
import { filterParams } from './record-filters.ts'
import { FIELDS, KEY_LOOKUP, PAGE, pageSchema } from './shared.ts'

/** The canonical entities that are one record of one system each, by the name of their collection. */
export const COLLECTIONS = {
  accounts: 'account',
  invoices: 'invoice',
  payments: 'payment',
  orders: 'order',
  products: 'product',
  'stock-levels': 'stock-level',
  cases: 'case',
  interactions: 'interaction',
  consents: 'consent',
  offers: 'offer',
} as const satisfies Record<string, Exclude<CanonicalEntity, 'customer'>>

/** What is for sale and what is in stock is nobody's. */
const IMPERSONAL: ReadonlySet<string> = new Set(['products', 'stock-levels'])

export type Collection = keyof typeof COLLECTIONS
export const COLLECTION_NAMES = Object.keys(COLLECTIONS) as Collection[]

/** `stock-levels` -> `StockLevels`, for operation ids. */
function pascal(name: string): string {
  return name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())
}

function words(name: string): string {
  return name.replace('-', ' ')
}

/** What `include` can bring with records of an entity: the members by which they point at others. */
function includesOf(target: RecordEntity): string[] {
  const { properties } = CANONICAL_SCHEMAS[target]
  const names = ['customer', 'account', ...Object.keys(RECORD_SEARCH[target].references)]
  return names.filter((name) => Object.hasOwn(properties as JsonObject, name))
}

/** The entity that a member of this name points at. */
export function targetOfInclude(name: string): CanonicalEntity {
  const known = Object.values(RECORD_SEARCH).find(({ references }) => name in references)?.references[name]
  return name === 'customer' || name === 'account' ? name : (known ?? 'customer')
}

/** The type says that it is there: a parameter that may be left out reads the same as one that an entity does not have. */
function includeParam(target: RecordEntity): { include: typeof INCLUDE } {
  const names = includesOf(target)
  const param = { include: { ...INCLUDE, enum: names } as typeof INCLUDE }
  return names.length === 0 ? ({} as typeof param) : param
}

const INCLUDE = {
  type: 'string',
  list: true,
  description:
    'What the records point at, as `included` beside them: `{customers: [...], accounts: [...]}`, each once. A record without a customer of its own brings that of its account.',
} as const

/** Parameters that differ from entity to entity: read by name, since no type knows them. */
function ownParams(target: RecordEntity): Record<never, never> {
  return filterParams(target)
}

const included = (target: RecordEntity): JsonObject =>
  Object.fromEntries(
    includesOf(target).map((name) => {
      const items = { $ref: `#/components/schemas/${targetOfInclude(name)}` }
      return [collectionNameOf(targetOfInclude(name)), { type: 'array', items }]
    }),
  )

/** An answer's schema with what `include` brings. */
function withIncluded(schema: JsonObject, target: RecordEntity): JsonObject {
  if (includesOf(target).length === 0) return schema
  return {
    allOf: [schema, { type: 'object', properties: { included: { type: 'object', properties: included(target) } } }],
  }
}

export function collectionNameOf(target: CanonicalEntity): string {
  return COLLECTION_NAMES.find((name) => COLLECTIONS[name] === target) ?? 'customers'
}

export function listOperation(collection: Collection) {
  const entity = COLLECTIONS[collection]
  return operation({
    id: `list${pascal(collection)}`,
    method: 'GET',
    path: `/v1/${collection}`,
    tag: 'Records',
    summary: `Find ${words(collection)}`,
    description:
      'By `customer`, by `account`, or by a record (`system` and `key`): one of these ways, or none for all. Of a customer are those that point at one of its records or accounts. The other parameters choose among what is found (not by a record): all of them must hold. In the order in which the hub got to know them, which no change alters.',
    permission: 'records.read',
    ...(IMPERSONAL.has(collection) ? {} : { personal: true as const }),
    query: {
      customer: { type: 'string', format: 'uuid', description: "The hub's id of a customer." },
      account: { type: 'string', format: 'uuid', description: "The hub's id of an account." },
      ...KEY_LOOKUP,
      ...includeParam(entity),
      ...FIELDS,
      ...PAGE,
      ...ownParams(entity),
    },
    answers: {
      200: {
        description: `A page of ${words(collection)}.`,
        schema: withIncluded(pageSchema({ $ref: `#/components/schemas/${entity}` }), entity),
      },
      404: { description: 'There is no such customer, account or other record that the parameters name.' },
      410: { description: 'It was deleted, or the customer erased.' },
    },
  })
}

export function readOperation(collection: Collection) {
  const entity = COLLECTIONS[collection]
  return operation({
    id: `get${pascal(entity)}`,
    method: 'GET',
    path: `/v1/${collection}/{id}`,
    tag: 'Records',
    summary: `One ${words(entity)}`,
    description:
      "The record in canonical form; its references carry the hub's ids of what they point at, where the hub has that.",
    permission: 'records.read',
    ...(IMPERSONAL.has(collection) ? {} : { personal: true as const }),
    params: { id: { type: 'string', format: 'uuid', description: "The hub's id of the record." } },
    query: { ...includeParam(entity), ...FIELDS },
    headers: { 'if-none-match': { description: 'ETag of what you have: answered with 304 while it is the newest.' } },
    answers: {
      200: {
        description: 'The record.',
        schema: withIncluded({ $ref: `#/components/schemas/${entity}` }, entity),
        headers: { etag: 'Changes with the record; with `include`, with all that is sent.' },
      },
      304: { description: 'You have the newest.' },
      404: { description: 'There is no such record.' },
      410: { description: 'The record was deleted in its system.' },
    },
  })
}

type Operations<Make extends (collection: Collection) => unknown> = Readonly<Record<Collection, ReturnType<Make>>>

function forAll<Spec>(make: (collection: Collection) => Spec): Readonly<Record<Collection, Spec>> {
  return Object.fromEntries(COLLECTION_NAMES.map((name) => [name, make(name)])) as Record<Collection, Spec>
}

export const LIST_OPERATIONS: Operations<typeof listOperation> = forAll(listOperation)
export const READ_OPERATIONS: Operations<typeof readOperation> = forAll(readOperation)
export const ENTITY_OPERATIONS = COLLECTION_NAMES.flatMap((name) => [LIST_OPERATIONS[name], READ_OPERATIONS[name]])
