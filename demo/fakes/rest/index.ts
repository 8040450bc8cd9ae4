import { parseExactly } from '../http/exact-json.ts'
import { FakeServer, type FakeAnswer, type FakeRequest } from '../http/fake-server.ts'
import { Access, type FakeAccount } from './access.ts'
import { listPage, ListProblem } from './list.ts'
import { Collection, type FieldType } from './store.ts'

export interface FakeRestOptions {
  accounts: readonly FakeAccount[]
  /** Fields of each collection, besides id, updated_at and deleted. */
  collections?: Record<string, Record<string, FieldType>>
  /** No page has more, however many are asked for. Default 1000. */
  pageMax?: number
  /** Wall clock, ms. */
  now?: () => number
}

const ID_MAX = 512

/**
 * A plain REST API over an in-memory store, as many products have one:
 *
 *     GET    /api/version                        {"version": "4.2.0"}
 *     POST   /oauth/token                        client credentials
 *     GET    /api/<collection>                   {"data": [...], "meta": {"total", "next_cursor", "next"}}, header Link
 *              ?limit= &page= (from 1) | &offset= | &cursor= | &after=<id>
 *              &updated_since=<ISO 8601, exclusive>  (then in order of updated_at, else of id)
 *     GET    /api/<collection>/<id>              the record, with its ETag
 *     POST   /api/<collection>                   {"id": ..., fields}: 201; 409 where there is one. Without an id it gets one; the
 *              same Idempotency-Key again answers with the record that was made
 *     PATCH  /api/<collection>/<id>              JSON Merge Patch of top-level fields; If-Match required (428), stale is 412
 *     DELETE /api/<collection>/<id>              marks the record as deleted
 *
 * Strict: unknown parameters, fields and content types are refused; errors are {"error": {"code", "field"}}.
 */
export class FakeRest extends FakeServer {
  readonly access: Access
  readonly #collections = new Map<string, Collection>()
  readonly #pageMax: number
  /** Cursors of another epoch are expired. */
  #epoch = 1
  /** Changes before this time are forgotten: asking for them is 410. */
  #remembersSince = ''

  constructor({ accounts, collections = {}, pageMax = 1000, now = Date.now }: FakeRestOptions) {
    super(now)
    this.access = new Access(accounts)
    this.#pageMax = pageMax
    for (const [name, fields] of Object.entries(collections)) this.addCollection(name, fields)
  }

  addCollection(name: string, fields: Record<string, FieldType>): Collection {
    const made = new Collection(fields, this.now)
    this.#collections.set(name, made)
    return made
  }

  collection(name: string): Collection {
    const found = this.#collections.get(name)
    if (found === undefined) throw new Error(`there is no collection ${name}`)
    return found
  }

  expireCursors(): void {
    this.#epoch += 1
  }

  /** @param since ISO 8601 */
  forgetChangesBefore(since: string): void {
    this.#remembersSince = since
  }

  protected override tooMany(retryAfter: string): FakeAnswer {
    return { ...problem(429, 'rate_limited'), headers: { 'retry-after': retryAfter } }
  }

  protected override handle(request: FakeRequest): FakeAnswer {
    const { method, path } = request
    const [area, name = '', id, ...more] = path
    if (area === 'oauth' && name === 'token' && id === undefined) {
      return method === 'POST' ? this.access.token(request, this.now()) : problem(405, 'method_not_allowed')
    }
    if (area !== 'api' || more.length > 0) return problem(404, 'no_such_address')
    const account = this.access.accountOf(request, this.now())
    if (account === undefined) {
      return { ...problem(401, 'unauthorized'), headers: { 'www-authenticate': 'Bearer' } }
    }
    if (name === 'version' && id === undefined) {
      return { status: 200, headers: { server: 'FakeRest/4.2' }, body: '{"version":"4.2.0"}' }
    }
    const collection = this.#collections.get(name)
    if (collection === undefined) return problem(404, 'no_such_collection')
    if (account.mayRead?.includes(name) === false) return problem(403, 'forbidden')
    if (id === undefined) {
      if (method === 'GET') return this.#list(request, name, collection)
      return method === 'POST' ? create(request, collection) : problem(405, 'method_not_allowed')
    }
    return one(request, collection, id)
  }

  #list(request: FakeRequest, name: string, collection: Collection): FakeAnswer {
    const { query } = request
    const since = query.get('updated_since')
    if (since !== null && since < this.#remembersSince) return problem(410, 'changes_forgotten')
    try {
      const page = listPage(collection, query, { pageMax: this.#pageMax, epoch: this.#epoch, faults: this.faults })
      const next =
        page.nextQuery === undefined
          ? undefined
          : `${this.url}/api/${encodeURIComponent(name)}?${page.nextQuery.toString()}`
      const meta = { total: page.total, next_cursor: page.cursor ?? null, next: next ?? null }
      return {
        status: 200,
        headers: next === undefined ? {} : { link: `<${next}>; rel="next"` },
        body: JSON.stringify({ data: page.records, meta }),
      }
    } catch (error) {
      if (!(error instanceof ListProblem)) throw error
      return problem(error.status, error.code, error.field)
    }
  }
}

function problem(status: number, code: string, field?: string): FakeAnswer {
  return { status, body: JSON.stringify({ error: { code, ...(field === undefined ? {} : { field }) } }) }
}

function one(request: FakeRequest, collection: Collection, id: string): FakeAnswer {
  const { method, headers } = request
  const found = collection.get(id)
  if (found === undefined) return problem(404, 'no_such_record')
  if (method === 'GET') {
    return { status: 200, headers: { etag: found.etag }, body: JSON.stringify(found.record) }
  }
  if (method !== 'PATCH' && method !== 'DELETE') return problem(405, 'method_not_allowed')
  const match = headers['if-match']
  if (match === undefined) return problem(428, 'if_match_required')
  if (match !== found.etag && match !== '*') return problem(412, 'stale')
  if (method === 'DELETE') {
    collection.remove(id)
    return { status: 204, isWrite: true }
  }
  const fields = fieldsOf(request)
  if ('status' in fields) return fields.status
  const { id: given, ...own } = fields.fields
  if (given !== undefined && given !== id) return problem(422, 'id_is_fixed', 'id')
  const fault = collection.fault(own)
  if (fault !== undefined) return problem(422, fault.code, fault.field)
  const record = collection.put(id, own)
  return { status: 200, headers: { etag: collection.get(id)?.etag ?? '' }, body: JSON.stringify(record), isWrite: true }
}

function create(request: FakeRequest, collection: Collection): FakeAnswer {
  const fields = fieldsOf(request)
  if ('status' in fields) return fields.status
  const { id: given, ...own } = fields.fields
  const mark = given === undefined ? request.headers['idempotency-key']?.toString() : undefined
  const known = collection.get(collection.madeFor(mark) ?? '')
  if (known !== undefined) return { status: 200, headers: { etag: known.etag }, body: JSON.stringify(known.record) }
  const id = given ?? collection.freeId()
  if (typeof id !== 'string' || id === '' || id.length > ID_MAX) return problem(422, 'wrong_id', 'id')
  if (collection.get(id) !== undefined) return problem(409, 'exists', 'id')
  const fault = collection.fault(own)
  if (fault !== undefined) return problem(422, fault.code, fault.field)
  const nothing = Object.fromEntries([...collection.fields.keys()].map((name) => [name, null]))
  const record = collection.put(id, { ...nothing, ...own })
  if (mark !== undefined) collection.remember(mark, id)
  const headers = { etag: collection.get(id)?.etag ?? '', location: `/api/-/${encodeURIComponent(id)}` }
  return { status: 201, headers, body: JSON.stringify(record), isWrite: true }
}

function fieldsOf({ headers, body }: FakeRequest): { fields: Record<string, unknown> } | { status: FakeAnswer } {
  if (!/^application\/(merge-patch\+)?json\b/.test(headers['content-type'] ?? '')) {
    return { status: problem(415, 'json_wanted') }
  }
  try {
    const value = parseExactly(body.toString())
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { fields: value as Record<string, unknown> }
    }
  } catch {
    // Told below, as for anything else that is no object.
  }
  return { status: problem(400, 'malformed') }
}
