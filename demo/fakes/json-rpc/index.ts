import { randomBytes } from 'node:crypto'
import { FakeServer, type FakeAnswer, type FakeRequest } from '../http/fake-server.ts'
import { date, hasType, type RpcType, type WrappedDate } from './values.ts'

export { date, decimal } from './values.ts'

/** `created` and, from the first update on, `modified`: the lock. */
export type RpcRecord = Record<string, unknown> & { id: string; created: WrappedDate; modified?: WrappedDate }

export interface RpcUser {
  name: string
  password: string
  mayRead: boolean
  mayWrite: boolean
}

export interface FakeJsonRpcOptions {
  users: readonly RpcUser[]
  /** Fields of a customer, besides id, created and modified. */
  fields: Record<string, RpcType>
  /** No page has more, however many are asked for. */
  pageMax?: number
  /** Wall clock, ms. */
  now?: () => number
}

/** Told in the answer, whose status is 200 nevertheless. */
class RpcError extends Error {
  readonly code: string
  readonly more: Record<string, unknown>
  constructor(code: string, more: Record<string, unknown> = {}) {
    super(code)
    this.code = code
    this.more = more
  }
}

type Params = Record<string, unknown>

/**
 * An older application behind one address, `POST /rpc` with `{"method", "session", "params"}`:
 *
 *     session.open    {user, password}                     -> {session}
 *     system.version  {}                                   -> {version}
 *     customer.list   {limit, offset, changedSince?}       -> {rows, total}, in order of id, or of change (exclusive)
 *     customer.get    {id}                                 -> the customer
 *     customer.create {id, set}                            -> the customer
 *     customer.update {id, set, modified}                  -> the customer
 *
 * Every answer has status 200 and `{"result", "error": [{"code", "message", ...}]}`; the message quotes what was sent. Dates
 * are `{"__type": "Date", "iso"}` and decimals `{"$decimal": "12.30"}`, and must be sent so. A customer has no `modified`
 * until its first update; an update must send what the customer has, and nothing where it has none. Unknown members are
 * refused.
 */
export class FakeJsonRpc extends FakeServer {
  /** By id. */
  readonly customers = new Map<string, RpcRecord>()
  readonly #users: readonly RpcUser[]
  readonly #fields: Map<string, RpcType>
  readonly #pageMax: number
  readonly #sessions = new Map<string, RpcUser>()
  #lastTime = 0
  /** Calls that came, by method. */
  readonly calls = new Map<string, number>()

  constructor({ users, fields, pageMax = 1000, now = Date.now }: FakeJsonRpcOptions) {
    super(now)
    this.#users = users
    this.#fields = new Map(Object.entries(fields))
    this.#pageMax = pageMax
  }

  expireSessions(): void {
    this.#sessions.clear()
  }

  /** Behind everybody's back: a new customer. @param at ms; now where absent */
  add(id: string, fields: Record<string, unknown>, at = this.#tick()): void {
    this.customers.set(id, { id, created: date(new Date(at).toISOString()), ...fields })
  }

  /** Behind everybody's back: a change. */
  change(id: string, fields: Record<string, unknown>): void {
    const before = this.customers.get(id)
    if (before === undefined) throw new Error(`there is no customer ${id}`)
    this.customers.set(id, { ...before, ...fields, modified: date(new Date(this.#tick()).toISOString()) })
  }

  /** No two changes have the same time, since it is the lock. */
  #tick(): number {
    this.#lastTime = Math.max(this.now(), this.#lastTime + 1)
    return this.#lastTime
  }

  protected override tooMany(retryAfter: string): FakeAnswer {
    return failed(new RpcError('E_BUSY', { retryAfter: Number(retryAfter) }))
  }

  protected override handle(request: FakeRequest): FakeAnswer {
    if (request.method !== 'POST' || request.path.join('/') !== 'rpc') return { status: 404 }
    try {
      const { method, session, params, ...others } = objectOf(request)
      if (Object.keys(others).length > 0) throw new RpcError('E_PARAM', { at: Object.keys(others)[0] })
      const name = String(method)
      this.calls.set(name, (this.calls.get(name) ?? 0) + 1)
      const result = this.#call(name, session, isObject(params) ? params : {})
      const isWrite = name === 'customer.create' || name === 'customer.update'
      return { status: 200, body: JSON.stringify({ result, error: [] }), isWrite }
    } catch (error) {
      if (error instanceof RpcError) return failed(error)
      throw error
    }
  }

  #call(method: string, session: unknown, params: Params): unknown {
    if (method === 'session.open') return this.#open(params)
    const user = this.#sessions.get(String(session))
    if (user === undefined) throw new RpcError('E_SESSION')
    const isWrite = method === 'customer.create' || method === 'customer.update'
    if (method.startsWith('customer.') && !(isWrite ? user.mayWrite : user.mayRead)) throw new RpcError('E_RIGHT')
    switch (method) {
      case 'system.version':
        return { version: '7.11' }
      case 'customer.list':
        return this.#list(params)
      case 'customer.get':
        return this.#get(params)
      case 'customer.create':
        return this.#create(params)
      case 'customer.update':
        return this.#update(params)
      default:
        throw new RpcError('E_METHOD')
    }
  }

  #open(params: Params): unknown {
    only(params, ['user', 'password'])
    const user = this.#users.find(({ name, password }) => name === params.user && password === params.password)
    if (user === undefined) throw new RpcError('E_LOGIN', { user: params.user })
    const session = randomBytes(16).toString('hex')
    this.#sessions.set(session, user)
    return { session }
  }

  #list(params: Params): unknown {
    only(params, ['limit', 'offset', 'changedSince'])
    const { limit, offset, changedSince } = params
    if (!isCount(limit) || !isCount(offset) || limit === 0) throw new RpcError('E_PARAM', { at: 'limit' })
    const isSince = typeof changedSince === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(changedSince)
    if (changedSince !== undefined && !isSince) throw new RpcError('E_TYPE', { at: 'changedSince' })
    const all = [...this.customers.values()]
    const changed = isSince ? all.filter((each) => changeOf(each) > changedSince) : all
    const order = isSince ? (each: RpcRecord) => changeOf(each) + each.id : (each: RpcRecord) => each.id
    const rows = changed.sort((a, b) => (order(a) < order(b) ? -1 : 1))
    return { rows: rows.slice(offset, offset + Math.min(limit, this.#pageMax)), total: rows.length }
  }

  #get(params: Params): RpcRecord {
    only(params, ['id'])
    const found = this.customers.get(String(params.id))
    if (found === undefined) throw new RpcError('E_NOT_FOUND', { id: params.id })
    return found
  }

  #create(params: Params): RpcRecord {
    only(params, ['id', 'set'])
    const { id, set } = params
    if (typeof id !== 'string' || id === '') throw new RpcError('E_TYPE', { at: 'id' })
    if (this.customers.has(id)) throw new RpcError('E_EXISTS', { id })
    this.#checkFields(set)
    this.add(id, set as Record<string, unknown>)
    return this.#get({ id })
  }

  #update(params: Params): RpcRecord {
    only(params, ['id', 'set', 'modified'])
    const { id, set, modified } = params
    const before = this.#get({ id })
    this.#checkFields(set)
    const wanted = before.modified?.iso
    const isSame = wanted === undefined ? !Object.hasOwn(params, 'modified') : hasType('date', modified)
    if (!isSame || (wanted !== undefined && (modified as WrappedDate).iso !== wanted)) {
      throw new RpcError('E_STALE', { id, modified: before.modified })
    }
    this.change(String(id), set as Record<string, unknown>)
    return this.#get({ id })
  }

  #checkFields(set: unknown): void {
    if (!isObject(set)) throw new RpcError('E_TYPE', { at: 'set' })
    for (const [name, value] of Object.entries(set)) {
      const type = this.#fields.get(name)
      if (type === undefined) throw new RpcError('E_FIELD', { at: name, value })
      if (value !== null && !hasType(type, value)) throw new RpcError('E_TYPE', { at: name, value })
    }
  }
}

function changeOf({ modified, created }: RpcRecord): string {
  return (modified ?? created).iso
}

function failed({ code, more }: RpcError): FakeAnswer {
  const message = `${code}: the call failed ${JSON.stringify(more)}`
  return { status: 200, body: JSON.stringify({ result: null, error: [{ code, message, ...more }] }) }
}

function objectOf({ headers, body }: FakeRequest): Params {
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) throw new RpcError('E_FORMAT')
  try {
    const value: unknown = JSON.parse(body.toString())
    if (isObject(value)) return value
  } catch {
    // Told below, as for anything else that is no object.
  }
  throw new RpcError('E_FORMAT')
}

function only(params: Params, names: readonly string[]): void {
  const other = Object.keys(params).find((name) => !names.includes(name))
  if (other !== undefined) throw new RpcError('E_PARAM', { at: other })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
