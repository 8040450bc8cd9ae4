import { badRequest, notFound, SalesforceFault } from './errors.ts'
import { type Answer, type Exchange, headerTime, jsonBody } from './exchange.ts'
import type { Faults } from './faults.ts'
import type { FakeUser } from './organization.ts'
import { describeGlobal, describeObject, type Field, type ObjectType } from './schema.ts'
import { parseSoql } from './soql-parse.ts'
import { runSoql } from './soql-run.ts'
import type { Store } from './store.ts'
import { restValue, type StoredRecord } from './values.ts'

const BATCH_DEFAULT = 2000
const BATCH_MIN = 200

interface Cursor {
  object: ObjectType
  fields: Field[]
  rows: StoredRecord[]
  batch: number
}

/** The resources of /services/data/vXX.X: sobjects and query. */
export class Rest {
  readonly #store: Store
  readonly #faults: Faults
  readonly #cursors = new Map<string, Cursor>()
  #cursorNumber = 0

  constructor(store: Store, faults: Faults) {
    this.#store = store
    this.#faults = faults
  }

  expireCursors(): void {
    this.#cursors.clear()
  }

  sobjects(exchange: Exchange, path: readonly string[]): Answer {
    const { method, version, user } = exchange
    const [name, part, value] = path
    if (name === undefined) {
      const sobjects = this.#store.objects
        .filter((object) => !isHidden(user, object))
        .map((each) => describeGlobal(each, version))
      return { status: 200, body: { encoding: 'UTF-8', maxBatchSize: 200, sobjects } }
    }
    const object = this.visible(user, name)
    if (part === 'describe' && value === undefined) return { status: 200, body: describeObject(object, version) }
    if (part === undefined) {
      if (method === 'POST') return this.#create(exchange, object)
      return { status: 200, body: { objectDescribe: describeGlobal(object, version), recentItems: [] } }
    }
    if (value !== undefined) return this.#byExternalId(exchange, object, part, value)
    return this.#byId(exchange, object, part)
  }

  /** The object, where the user may see it. */
  visible(user: FakeUser, name: string): ObjectType {
    const object = this.#store.object(name)
    if (object === undefined || isHidden(user, object)) throw notFound()
    return object
  }

  query(exchange: Exchange, path: readonly string[], includeDeleted: boolean): Answer {
    const [locator] = path
    if (locator !== undefined) return this.#more(exchange, locator)
    const soql = exchange.query.get('q')
    if (soql === null) throw badRequest('MALFORMED_QUERY', 'A query string has to be specified')
    const query = parseSoql(soql)
    requireVisible(this.#store, exchange.user, query.object)
    const result = runSoql(this.#store, query, includeDeleted)
    if (query.isCount) return { status: 200, body: { totalSize: result.count, done: true, records: [] } }
    const asked = /batchSize=(\d+)/.exec(String(exchange.headers['sforce-query-options'] ?? ''))?.[1]
    const batch = Math.min(BATCH_DEFAULT, Math.max(BATCH_MIN, Number(asked ?? BATCH_DEFAULT)))
    this.#cursorNumber += 1
    const id = `01g5g${String(this.#cursorNumber).padStart(13, '0')}`
    return this.#page(exchange, id, 0, { object: result.object, fields: result.fields, rows: result.rows, batch })
  }

  #more(exchange: Exchange, locator: string): Answer {
    const [, id = '', from = ''] = /^(01g\w+)-(\d+)$/.exec(locator) ?? []
    const cursor = this.#cursors.get(id)
    if (cursor === undefined) throw badRequest('INVALID_QUERY_LOCATOR', 'invalid query locator')
    return this.#page(exchange, id, Number(from), cursor)
  }

  #page({ version }: Exchange, id: string, from: number, cursor: Cursor): Answer {
    const { object, fields, rows, batch } = cursor
    const end = from + batch
    const done = end >= rows.length
    if (done) this.#cursors.delete(id)
    else this.#cursors.set(id, cursor)
    const next = done ? {} : { nextRecordsUrl: `/services/data/v${version}/query/${id}-${end}` }
    const records = rows.slice(from, end).map((row) => recordBody(object, fields, row, version))
    return { status: 200, body: { totalSize: rows.length, done, ...next, records } }
  }

  #create(exchange: Exchange, object: ObjectType): Answer {
    const fields = jsonBody(exchange.body)
    const row = this.#store.transaction((transaction) => transaction.insert(object.name, fields), origin(exchange))
    return { status: 201, body: { id: row.Id, success: true, errors: [] }, isWrite: true }
  }

  #byId(exchange: Exchange, object: ObjectType, id: string): Answer {
    const { method, headers } = exchange
    if (method === 'GET') {
      const row = this.#store.get(object.name, id)
      if (row === undefined || row.IsDeleted === true) throw notFound()
      return { status: 200, body: recordBody(object, chosen(object, exchange.query), row, exchange.version) }
    }
    if (method === 'PATCH') {
      const fields = jsonBody(exchange.body)
      const row = this.#store.get(object.name, id)
      if (row) requireUnmodified(row, headers['if-unmodified-since'])
      this.requireUnlocked()
      this.#store.transaction((transaction) => transaction.update(object.name, id, fields), origin(exchange))
      return { status: 204, isWrite: true }
    }
    if (method !== 'DELETE')
      throw new SalesforceFault(
        405,
        'METHOD_NOT_ALLOWED',
        `HTTP Method '${method}' not allowed. Allowed are HEAD,GET,PATCH,DELETE`,
      )
    this.requireUnlocked()
    this.#store.transaction((transaction) => transaction.delete(object.name, id), origin(exchange))
    return { status: 204, isWrite: true }
  }

  /** 200 updated, 201 made, 204 deleted, 300 where several records have the value. */
  #byExternalId(exchange: Exchange, object: ObjectType, fieldName: string, value: string): Answer {
    const field = object.field(fieldName)
    if (field?.externalId !== true) {
      const message = 'Provided external ID field does not exist or is not accessible: ' + fieldName
      throw new SalesforceFault(404, 'NOT_FOUND', message)
    }
    const rows = this.#store.byExternalId(object.name, field, value)
    if (rows.length > 1) {
      const base = `/services/data/v${exchange.version}/sobjects/${object.name}`
      return { status: 300, body: rows.map((row) => `${base}/${String(row.Id)}`) }
    }
    const [row] = rows
    if (exchange.method === 'PATCH') {
      const fields = jsonBody(exchange.body)
      if (row) requireUnmodified(row, exchange.headers['if-unmodified-since'])
      this.requireUnlocked()
      const { id, created } = this.upsert(object, field, value, fields, origin(exchange))
      return { status: created ? 201 : 200, body: { id, success: true, errors: [], created }, isWrite: true }
    }
    if (row === undefined) throw notFound()
    return this.#byId(exchange, object, String(row.Id))
  }

  upsert(
    object: ObjectType,
    field: Field,
    value: string,
    fields: Record<string, unknown>,
    options: { origin?: string },
  ): { id: string; created: boolean } {
    if (Object.keys(fields).some((name) => name.toLowerCase() === field.name.toLowerCase())) {
      throw badRequest('INVALID_FIELD', `The ${field.name} field should not be specified in the sobject data.`)
    }
    const [row, rival] = this.#store.byExternalId(object.name, field, value)
    if (rival)
      throw new SalesforceFault(
        300,
        'DUPLICATE_EXTERNAL_ID',
        `${field.name}: more than one record found for external id field`,
      )
    const after = this.#store.transaction(
      (transaction) =>
        row
          ? transaction.update(object.name, String(row.Id), fields)
          : transaction.insert(object.name, { ...fields, [field.name]: value }),
      options,
    )
    return { id: String(after.Id), created: row === undefined }
  }

  requireUnlocked(): void {
    if (this.#faults.lockRows <= 0) return
    this.#faults.lockRows -= 1
    throw badRequest('UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record or 1 records', [])
  }
}

export function isHidden(user: FakeUser, object: ObjectType): boolean {
  return user.hidden?.includes('*') === true || user.hidden?.includes(object.name) === true
}

function requireVisible(store: Store, user: FakeUser, name: string): void {
  const object = store.object(name)
  if (object && isHidden(user, object)) throw badRequest('INVALID_TYPE', `sObject type '${name}' is not supported.`)
}

/** Who the change says it comes from: the API, and the client that the call options name. */
export function origin({ headers, version }: Pick<Exchange, 'headers' | 'version'>, api = 'rest'): { origin: string } {
  const client = /(?:^|,)\s*client=([^,]*)/.exec(String(headers['sforce-call-options'] ?? ''))?.[1]
  return { origin: `com/salesforce/api/${api}/${version}${client === undefined ? '' : `;client=${client.trim()}`}` }
}

export function recordBody(object: ObjectType, fields: readonly Field[], row: StoredRecord, version: string): object {
  const url = `/services/data/v${version}/sobjects/${object.name}/${String(row.Id)}`
  const values = fields.map((field) => [field.name, restValue(field, row[field.name])])
  return { attributes: { type: object.name, url }, ...Object.fromEntries(values) }
}

function chosen(object: ObjectType, query: URLSearchParams): Field[] {
  const names = query.get('fields')
  if (names === null) return object.fields
  return names.split(',').map((name) => {
    const field = object.field(name.trim())
    if (field) return field
    throw badRequest('INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`)
  })
}

export function requireUnmodified(row: StoredRecord, header: string | undefined): void {
  const since = headerTime(header)
  if (since === undefined || Date.parse(String(row.LastModifiedDate)) <= since) return
  throw new SalesforceFault(412, 'PRECONDITION_FAILED', 'The resource was modified since the given date')
}
