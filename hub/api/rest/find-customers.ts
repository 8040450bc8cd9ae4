import { HubError } from '../../contracts/hub-error.ts'
import { isJsonObject, type JsonObject } from '../../contracts/json.ts'
import { matchKeyHash } from '../../identity/keys.ts'
import {
  customersOfKey,
  customersOfMatchKey,
  type GoldenRow,
  listCustomers,
  type Page,
  searchCustomers,
} from '../../store/customer-queries.ts'
import type { listCustomersOperation } from '../operations/customers.ts'
import type { QueryOf } from '../operations/operation.ts'
import type { ApiPorts } from '../ports.ts'
import { decodeCursor, pageText, UUID_PLACE } from './cursor.ts'
import { selectedText, selectionOf } from './field-selection.ts'
import { notLike, searchQuery } from './search-words.ts'

type Query = QueryOf<typeof listCustomersOperation>
/** Reads a page; `keeps` looks at rows that were found by a hash only. */
type Finder = { read(page: Page): Promise<GoldenRow[]>; keeps?(golden: JsonObject): boolean }

/** A page of customers as JSON text, found in the way that the query names. */
export async function findCustomers(
  ports: ApiPorts,
  query: Query,
  found: (ids: readonly string[]) => void,
): Promise<string> {
  const finder = finderOf(ports, query)
  const { limit, cursor, fields, ...filter } = query
  const selection = fields === undefined ? null : selectionOf('customer', fields)
  const list = `customers ${JSON.stringify(filter)}`.slice(0, 400)
  const page = { after: decodeCursor(list, cursor, UUID_PLACE), limit: limit + 1 }
  const { keeps } = finder
  const rows = await finder.read(page)
  found(rows.slice(0, limit).map(({ id }) => id))
  return pageText(rows, limit, list, {
    text: ({ golden }) => selectedText(golden, selection),
    place: ({ id }) => id,
    ...(keeps === undefined ? {} : { keeps: ({ golden }: GoldenRow) => keeps(JSON.parse(golden) as JsonObject) }),
  })
}

function finderOf(ports: ApiPorts, query: Query): Finder {
  const { db } = ports
  const ways = (['key', 'email', 'phone', 'q'] as const).filter((name) => query[name] !== undefined)
  if (ways.length > 1) throw oneWayOnly(ways)
  const { system, key, entity, email, phone, q } = query
  checkKeyLookup(query)
  if (system !== undefined && key !== undefined) {
    const entities = entity === undefined ? ports.entitiesOf(system) : [entity]
    return { read: (page) => customersOfKey(db, { system, entities, key }, page) }
  }
  if (email !== undefined) return byEmail(ports, email)
  if (phone !== undefined) return byPhone(ports, phone)
  if (q !== undefined) {
    const words = searchQuery(ports.foldForSearch(q))
    return { read: (page) => searchCustomers(db, words, page) }
  }
  return { read: (page) => listCustomers(db, page) }
}

/** `system` and `key` come together, and `entity` only with them. */
export function checkKeyLookup({ system, key, entity }: Pick<Query, 'system' | 'key' | 'entity'>): void {
  const missing = key === undefined ? 'key' : system === undefined ? 'system' : undefined
  if (missing === undefined || (system === undefined && key === undefined && entity === undefined)) return
  throw new HubError({
    code: 'request.query.missing',
    family: 'reject',
    status: 400,
    message: `The parameter \`${missing}\` is missing.`,
    where: `?${missing}`,
    fix: 'A record is named by `system` and `key`, and by `entity` where keys of several record types are alike.',
  })
}

export function oneWayOnly(ways: readonly string[]): HubError {
  return new HubError({
    code: 'request.query.conflict',
    family: 'reject',
    status: 400,
    message: `The parameters ${ways.map((name) => `\`${name}\``).join(' and ')} are different ways to look; use one.`,
    where: `?${ways[1] ?? ''}`,
  })
}

/** Through the match keys, which hold the address without a `+tag`; then only those that really have this one. */
function byEmail({ db }: ApiPorts, email: string): Finder {
  const wanted = email.trim().toLowerCase()
  const at = wanted.lastIndexOf('@')
  if (at < 1 || at === wanted.length - 1) throw notLike('email', 'an e-mail address, such as mary.smith@example.com')
  const plus = wanted.indexOf('+')
  const folded = plus > 0 && plus < at ? wanted.slice(0, plus) + wanted.slice(at) : wanted
  const hash = matchKeyHash({ kind: 'email', text: folded })
  return {
    read: (page) => customersOfMatchKey(db, hash, page),
    keeps: (golden) => textsIn(golden, 'emails', 'address').some((address) => address.toLowerCase() === wanted),
  }
}

/** A `+` arrives as a blank where the caller forgot to encode it, so the digits alone count. */
function byPhone({ db }: ApiPorts, phone: string): Finder {
  const digits = phone.replaceAll(/[\s().+/-]/g, '')
  if (!/^[1-9]\d{6,14}$/.test(digits))
    throw notLike('phone', 'a phone number with its country code, such as +61255501234')
  const hash = matchKeyHash({ kind: 'phone', text: digits })
  return {
    read: (page) => customersOfMatchKey(db, hash, page),
    keeps: (golden) => textsIn(golden, 'phones', 'number').some((number) => number.replaceAll(/\D/g, '') === digits),
  }
}

function textsIn(golden: JsonObject, list: string, member: string): string[] {
  const items = golden[list]
  if (!Array.isArray(items)) return []
  return items.flatMap((item) => {
    const text = isJsonObject(item) ? item[member] : undefined
    return typeof text === 'string' ? [text] : []
  })
}
