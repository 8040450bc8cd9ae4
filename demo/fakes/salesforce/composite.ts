import { badRequest, SalesforceFault } from './errors.ts'
import { type Answer, type Exchange, jsonBody } from './exchange.ts'
import { origin, type Rest } from './rest.ts'
import type { Field, ObjectType } from './schema.ts'
import type { Store } from './store.ts'

const SUBREQUESTS_MAX = 25
const RECORDS_MAX = 200

interface SaveResult {
  id?: string
  success: boolean
  created?: boolean
  errors: object[]
}

/** /composite: several requests in one. Every subrequest goes the way of a request of its own. */
export function composite(exchange: Exchange, dispatch: (sub: Exchange) => Answer): Answer {
  const { allOrNone, compositeRequest } = jsonBody(exchange.body)
  if (!Array.isArray(compositeRequest)) throw badRequest('JSON_PARSER_ERROR', 'compositeRequest is missing')
  if (compositeRequest.length > SUBREQUESTS_MAX) {
    throw badRequest('LIMIT_EXCEEDED', `The composite request can't have more than ${SUBREQUESTS_MAX} subrequests`)
  }
  if (allOrNone === true) throw badRequest('INVALID_FIELD', 'allOrNone is not supported by this organization')
  let isWrite = false
  const compositeResponse = compositeRequest.map((given: Record<string, unknown>) => {
    const { method, url, referenceId, httpHeaders, body } = given
    const answer = attempt(() => {
      const address = new URL(String(url), 'http://fake')
      const own = Object.entries((httpHeaders ?? {}) as Record<string, string>).map(([name, value]) => [
        name.toLowerCase(),
        value,
      ])
      return dispatch({
        ...exchange,
        method: String(method),
        path: address.pathname,
        query: address.searchParams,
        headers: { ...exchange.headers, ...(Object.fromEntries(own) as Record<string, string>) },
        body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
      })
    })
    isWrite ||= answer.isWrite === true
    return { body: answer.body ?? null, httpHeaders: {}, httpStatusCode: answer.status, referenceId }
  })
  return { status: 200, body: { compositeResponse }, isWrite }
}

function attempt(act: () => Answer): Answer {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof SalesforceFault)) throw error
    return { status: error.status, body: error.body }
  }
}

/** /composite/sobjects: up to 200 records, each with an outcome of its own. */
export function collections(exchange: Exchange, path: readonly string[], store: Store, rest: Rest): Answer {
  const { method, query } = exchange
  const [objectName, fieldName] = path
  const options = origin(exchange)
  if (method === 'DELETE') {
    const ids = (query.get('ids') ?? '').split(',')
    return saved(ids.map((id) => save(() => remove(store, id, options))))
  }
  const { records, allOrNone } = jsonBody(exchange.body)
  if (!Array.isArray(records)) throw badRequest('JSON_PARSER_ERROR', 'records is missing')
  if (records.length > RECORDS_MAX)
    throw badRequest(
      'EXCEEDED_ID_LIMIT',
      `record limit reached. cannot submit more than ${RECORDS_MAX} records into this call`,
    )
  if (allOrNone === true) throw badRequest('INVALID_FIELD', 'allOrNone is not supported by this organization')
  const results = (records as Record<string, unknown>[]).map((record) =>
    save(() => {
      const type = (record.attributes as { type?: string } | undefined)?.type ?? objectName ?? ''
      const object = rest.visible(exchange.user, type)
      rest.requireUnlocked()
      if (fieldName !== undefined) return upsert(rest, object, fieldName, record, options)
      if (method === 'POST') {
        const row = store.transaction((transaction) => transaction.insert(object.name, record), options)
        return { id: String(row.Id), created: true }
      }
      const { id = record.Id, Id: _id, ...fields } = record as { id?: unknown; Id?: unknown }
      const row = store.transaction(
        (transaction) => transaction.update(object.name, String(id), withoutId(fields)),
        options,
      )
      return { id: String(row.Id) }
    }),
  )
  return saved(results)
}

function withoutId(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name.toLowerCase() !== 'id'))
}

function upsert(
  rest: Rest,
  object: ObjectType,
  fieldName: string,
  record: Record<string, unknown>,
  options: { origin: string },
): { id: string; created: boolean } {
  const field: Field | undefined = object.field(fieldName)
  if (field?.externalId !== true && field?.type !== 'id') {
    throw badRequest('INVALID_FIELD', `${fieldName} is not an external id`)
  }
  const name = Object.keys(record).find((each) => each.toLowerCase() === fieldName.toLowerCase())
  const value = name === undefined ? undefined : record[name]
  if (name === undefined || typeof value !== 'string')
    throw badRequest('MISSING_ARGUMENT', `${fieldName} not specified`)
  const fields = Object.fromEntries(Object.entries(record).filter(([each]) => each !== name && each !== 'attributes'))
  return rest.upsert(object, field, value, fields, options)
}

function remove(store: Store, id: string, options: { origin: string }): { id: string } {
  const object = store.objects.find(({ keyPrefix }) => id.startsWith(keyPrefix))
  if (object === undefined) throw badRequest('MALFORMED_ID', 'malformed id ' + id)
  store.transaction((transaction) => transaction.delete(object.name, id), options)
  return { id }
}

function save(act: () => { id: string; created?: boolean }): SaveResult {
  try {
    return { ...act(), success: true, errors: [] }
  } catch (error) {
    if (!(error instanceof SalesforceFault)) throw error
    return { success: false, errors: [error.result] }
  }
}

function saved(results: SaveResult[]): Answer {
  return { status: 200, body: results, isWrite: results.some(({ success }) => success) }
}
