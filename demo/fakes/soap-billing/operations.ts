import type { XmlElement } from '../../../connectors/shared/xml.ts'
import { argumentsOf, BillingFault, readRow, TYPES_NAMESPACE, writeRow, writeValue } from './messages.ts'
import type { BillingStore, StoredRow } from './store.ts'
import { type Table, TABLES } from './tables.ts'

const PAGE_MAX = 10_000
const PAGE_DEFAULT = 200

export type Rights = 'write' | 'read' | 'none'

export interface Call {
  request: XmlElement
  rights: Rights
  now: number
}

/** What hostile answers do to a list: give rows twice, or in another order. */
export type Shuffle = (rows: StoredRow[]) => StoredRow[]

/** The operations of the WSDL over the store: each takes its request's element and gives its answer's. */
export class BillingOperations {
  readonly #store: BillingStore
  /** Tokens of pages begin with it: older ones are not known any more. */
  epoch = 1
  shuffle: Shuffle = (rows) => rows

  constructor(store: BillingStore) {
    this.#store = store
  }

  run({ request, rights, now }: Call): string {
    if (request.namespace !== TYPES_NAMESPACE) throw new BillingFault('Client', 'UNKNOWN_OPERATION')
    if (request.name === 'GetServerTime') return answer('GetServerTime', `<now>${new Date(now).toISOString()}</now>`)
    for (const table of TABLES) {
      if (request.name === `List${table.plural}`) return this.#list(request, table, rights)
      if (request.name === `Get${table.name}`) return this.#get(request, table, rights)
      if (request.name === `Put${table.name}`) return this.#put(request, table, rights)
    }
    throw new BillingFault('Client', 'UNKNOWN_OPERATION')
  }

  #list(request: XmlElement, table: Table, rights: Rights): string {
    mustRead(rights)
    const given = argumentsOf(
      request,
      ['register', 'page_size', 'continuation', 'changed_since'].slice(table.registered ? 0 : 1),
    )
    const register = registerOf(given, table)
    const size = given.get('page_size')?.text.trim() ?? String(PAGE_DEFAULT)
    if (!/^\d{1,9}$/.test(size) || Number(size) < 1)
      throw new BillingFault('Client', 'INVALID_VALUE', { field: 'page_size' })
    const since = timeOf(given.get('changed_since'))
    const after = this.#placeOf(given.get('continuation')?.text)
    const listed = this.#store.list(table, register, { pageSize: Math.min(Number(size), PAGE_MAX), since, after })
    const rows = this.shuffle(listed.rows).map((row) => writeRow(row, table, this.#store, register))
    const token =
      listed.next === undefined ? null : Buffer.from(JSON.stringify([this.epoch, ...listed.next])).toString('base64url')
    const list = `<${table.elements}>${rows.join('')}</${table.elements}>`
    return answer(`List${table.plural}`, `${list}${writeValue('continuation', token)}<total>${listed.total}</total>`)
  }

  #placeOf(token: string | undefined): (string | number)[] | undefined {
    if (token === undefined) return undefined
    try {
      const [epoch, ...place] = JSON.parse(Buffer.from(token, 'base64url').toString()) as (string | number)[]
      if (epoch === this.epoch) return place
    } catch {
      // Not one of ours.
    }
    throw new BillingFault('Client', 'CONTINUATION_EXPIRED', { field: 'continuation' })
  }

  #get(request: XmlElement, table: Table, rights: Rights): string {
    mustRead(rights)
    const given = argumentsOf(request, [...(table.registered ? ['register'] : []), table.key])
    const register = registerOf(given, table)
    const stored = this.#store.get(table, register, given.get(table.key)?.text ?? '')
    if (stored === undefined) throw new BillingFault('Client', 'NOT_FOUND', { field: table.key })
    return answer(`Get${table.name}`, writeRow(stored, table, this.#store, register))
  }

  #put(request: XmlElement, table: Table, rights: Rights): string {
    mustRead(rights)
    if (rights !== 'write') throw new BillingFault('Client', 'READ_ONLY', { status: 403 })
    const names = [...(table.registered ? ['register'] : []), table.element, 'expected_version', 'request_id']
    const given = argumentsOf(request, names)
    const element = given.get(table.element)
    if (element === undefined) throw new BillingFault('Client', 'MISSING', { field: table.element })
    const register = registerOf(given, table)
    const row = readRow(element, table, this.#store)
    const before = this.#store.get(table, register, String(row[table.key]))
    const expected = given.get('expected_version')?.text.trim()
    if (expected !== undefined && expected !== String(before?.version ?? 0))
      throw new BillingFault('Client', 'VERSION_CONFLICT')
    if (before?.row.locked === true) throw new BillingFault('Server', 'RECORD_LOCKED')
    const missing = table.fields.find(
      ({ name, required }) => required && row[name] === undefined && before?.row[name] === undefined,
    )
    if (missing) throw new BillingFault('Client', 'MISSING', { field: missing.name })
    const stored = this.#store.put(table, row, { register, requestId: given.get('request_id')?.text ?? null })
    const inner = `<version>${stored.version}</version><changed_at>${new Date(stored.changedAt).toISOString()}</changed_at>`
    return answer(`Put${table.name}`, inner)
  }
}

function answer(operation: string, inner: string): string {
  return `<${operation}Response xmlns="${TYPES_NAMESPACE}">${inner}</${operation}Response>`
}

function mustRead(rights: Rights): void {
  if (rights === 'none') throw new BillingFault('Client', 'NOT_ALLOWED', { status: 403 })
}

function registerOf(given: ReadonlyMap<string, XmlElement>, table: Table): string | undefined {
  if (!table.registered) return undefined
  const register = given.get('register')?.text
  if (register !== undefined && register !== '') return register
  throw new BillingFault('Client', 'MISSING', { field: 'register' })
}

function timeOf(element: XmlElement | undefined): number | undefined {
  if (element === undefined) return undefined
  const text = element.text.trim()
  const at = Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`)
  if (Number.isNaN(at)) throw new BillingFault('Client', 'INVALID_VALUE', { field: 'changed_since' })
  return at
}
