import { laneName } from '../../contracts/change.ts'
import { unknownRecord } from '../../contracts/record-errors.ts'
import { RECORD_SEARCH } from '../../contracts/record-search.ts'
import { facetOf, type RecordCriteria, referenceFacetOf, searchRecords } from '../../store/record-search-queries.ts'
import {
  entitiesOfKey,
  entitiesPointingAt,
  type EntityRow,
  listEntities,
  readEntity,
  type RecordPage,
  wasEntity,
} from '../../store/source-record-queries.ts'
import type { Input as InputOf } from '../http/input.ts'
import { type Collection, COLLECTIONS, type listOperation } from '../operations/entities.ts'
import { filterParams, rangeNames } from '../operations/record-filters.ts'
import type { ApiPorts } from '../ports.ts'
import { decodeCursor, NUMBER_PLACE, pageText } from './cursor.ts'
import { entityTexts } from './entity-text.ts'
import { selectedText, selectionOf } from './field-selection.ts'
import { findCustomer } from './find-customer.ts'
import { checkKeyLookup, oneWayOnly } from './find-customers.ts'
import { includedRecords, withMember } from './included-records.ts'
import { pointersOfCustomer } from './related-records.ts'
import { searchQuery } from './search-words.ts'

type ListInput = InputOf<ReturnType<typeof listOperation>>

/** A page of records as JSON text: those that the query's way of looking finds, and that all of its filters let through. */
export async function findRecords(ports: ApiPorts, collection: Collection, input: ListInput): Promise<string> {
  const { query, found } = input
  const { limit, cursor, fields, include, ...filter } = query
  const selection = fields === undefined ? null : selectionOf(COLLECTIONS[collection], fields)
  const list = `${collection} ${JSON.stringify(filter)}`.slice(0, 400)
  const after = decodeCursor(list, cursor, NUMBER_PLACE)
  const page = { after: after === null ? 0 : Number(after), limit: limit + 1 }
  const rows = await readRows(ports, collection, query, page)
  const shown = rows.slice(0, limit)
  found(shown.map(({ id }) => id))
  const texts = new Map((await entityTexts(ports.db, shown)).map((text, index) => [shown[index], text]))
  const view = {
    text: (row: EntityRow) => selectedText(texts.get(row) ?? 'null', selection),
    place: ({ no }: EntityRow) => String(no),
  }
  const text = pageText(rows, limit, list, view)
  if (include === undefined) return text
  const included = await includedRecords(ports.db, shown, include)
  found(included.ids)
  return withMember(text, 'included', included.text)
}

async function readRows(
  ports: ApiPorts,
  collection: Collection,
  query: ListInput['query'],
  page: RecordPage,
): Promise<EntityRow[]> {
  const { db } = ports
  const target = COLLECTIONS[collection]
  const ways = (['customer', 'account', 'key'] as const).filter((name) => query[name] !== undefined)
  if (ways.length > 1) throw oneWayOnly(ways)
  checkKeyLookup(query)
  const filters = Object.keys(filterParams(target)).filter((name) => name in query)
  const { system, key, entity } = query
  if (system !== undefined && key !== undefined) {
    if (filters[0] !== undefined) throw oneWayOnly(['key', filters[0]])
    const entities = entity === undefined ? ports.entitiesOf(system) : [entity]
    return entitiesOfKey(db, target, { system, entities, key }, page)
  }
  const pointingAt = await pointersOf(ports, collection, query)
  if (filters.length > 0) {
    return searchRecords(db, { ...(await criteriaOf(ports, collection, query)), pointingAt }, page)
  }
  return pointingAt === null ? listEntities(db, target, page) : entitiesPointingAt(db, target, pointingAt, page)
}

/** The lanes of the customer or account that the records are to point at; null: anybody's will do. */
async function pointersOf(
  { db }: ApiPorts,
  collection: Collection,
  { customer, account }: ListInput['query'],
): Promise<RecordCriteria['pointingAt']> {
  if (customer !== undefined)
    return pointersOfCustomer(db, (await findCustomer(db, customer, '?customer')).id, collection)
  if (account === undefined) return null
  const row = await readEntity(db, 'account', account)
  if (row === undefined) throw unknownRecord(await wasEntity(db, 'account', account), '?account')
  return { customers: [], accounts: [laneName(row)] }
}

/** Beginnings and ends of days: moments of a day sort after its name, and before this. */
const END_OF_DAY = 'T24'

async function criteriaOf(
  ports: ApiPorts,
  collection: Collection,
  query: object,
): Promise<Omit<RecordCriteria, 'pointingAt'>> {
  const target = COLLECTIONS[collection]
  const search = RECORD_SEARCH[target]
  const given = query as Readonly<Record<string, string | undefined>>
  const rangeOf = (range: { name: string } | undefined): RecordCriteria['day'] => {
    const [from, to] = range === undefined ? [] : rangeNames(range.name).map((name) => given[name])
    return { from: from ?? null, to: to === undefined ? null : `${to}${END_OF_DAY}` }
  }
  const facets = search.equal.flatMap((name) => {
    const value = given[name]
    return value === undefined ? [] : [facetOf(target, name, value)]
  })
  for (const [name, entity] of Object.entries(search.references)) {
    const id = given[name]
    if (id === undefined) continue
    const row = await readEntity(ports.db, entity, id)
    if (row === undefined) throw unknownRecord(await wasEntity(ports.db, entity, id), `?${name}`)
    facets.push(referenceFacetOf(target, name, row))
  }
  const { q, updatedSince = null } = given
  return {
    target,
    facets,
    day: rangeOf(search.day),
    due: rangeOf(search.due),
    updatedSince,
    words: q === undefined ? null : searchQuery(ports.foldForSearch(q)),
  }
}
