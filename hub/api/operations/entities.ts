import type { CanonicalEntity } from '../../contracts/canonical.ts'
import { operation } from './operation.ts'
import { KEY_LOOKUP, PAGE, pageSchema } from './shared.ts'

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

export function listOperation(collection: Collection) {
  const entity = COLLECTIONS[collection]
  return operation({
    id: `list${pascal(collection)}`,
    method: 'GET',
    path: `/v1/${collection}`,
    tag: 'Records',
    summary: `Find ${words(collection)}`,
    description:
      'By `customer`, by `account`, or by a record (`system` and `key`): one of these ways, or none for all. Of a customer are those that point at one of its records or accounts. In the order in which the hub got to know them.',
    permission: 'records.read',
    ...(IMPERSONAL.has(collection) ? {} : { personal: true as const }),
    query: {
      customer: { type: 'string', format: 'uuid', description: "The hub's id of a customer." },
      account: { type: 'string', format: 'uuid', description: "The hub's id of an account." },
      ...KEY_LOOKUP,
      ...PAGE,
    },
    answers: {
      200: {
        description: `A page of ${words(collection)}.`,
        schema: pageSchema({ $ref: `#/components/schemas/${entity}` }),
      },
      404: { description: 'There is no such customer or account.' },
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
    headers: { 'if-none-match': { description: 'ETag of what you have: answered with 304 while it is the newest.' } },
    answers: {
      200: {
        description: 'The record.',
        schema: { $ref: `#/components/schemas/${entity}` },
        headers: { etag: 'Changes with the record.' },
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
