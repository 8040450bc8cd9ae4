import { Connection } from 'jsforce'
import type { ConnectorContext } from '../../hub/contracts/connector.ts'
import type { Json } from '../../hub/contracts/json.ts'
import { authError, settingsError } from '../shared/errors.ts'
import { HttpClient, type HttpQuery, type HttpResponse } from '../shared/http.ts'
import { requestError } from './errors.ts'
import { CallLimits, type CallKind } from './limits.ts'
import { GuardedTransport, Session } from './session.ts'
import type { SalesforceSettings } from './settings.ts'

const ANSWER_MAX_BYTES = 64 * 1024 * 1024
/** Salesforce refuses addresses of 16 KiB. */
const QUERY_MAX = 15_000

export interface ApiRequest {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below /services/data/vXX.X, unless it begins with /services/ or /cometd/; percent-encoded. */
  path: string
  query?: HttpQuery
  body?: Json
  headers?: Record<string, string>
  kind?: CallKind
  /** Statuses that are no error to the caller. */
  accept?: readonly number[]
  timeoutMs?: number
}

export interface QueryPage {
  totalSize: number
  records: Record<string, Json>[]
}

/**
 * The one way to Salesforce: the session's token on every request, one new login where it has expired, the limits that the
 * answers tell, and errors by Salesforce's own codes. jsforce knows the calls, but not the way: see GuardedTransport.
 */
export class SalesforceApi {
  readonly version: string
  readonly #context: ConnectorContext
  readonly #http: HttpClient
  readonly #session: Session
  readonly #limits: CallLimits
  readonly #connection: Connection

  constructor(settings: SalesforceSettings, context: ConnectorContext) {
    this.#context = context
    this.version = settings.apiVersion
    this.#http = new HttpClient({ context, timeoutMs: settings.timeoutMs, maxBytes: ANSWER_MAX_BYTES })
    this.#session = new Session(
      settings,
      (request) => this.#http.send(request),
      () => context.now(),
    )
    const floors = { live: settings.floorPercent, snapshot: settings.snapshotFloorPercent }
    this.#limits = new CallLimits(floors, () => context.now())
    // Its addresses are relative to this name, which never leaves this process.
    this.#connection = new Connection({ instanceUrl: INSTANCE, version: settings.apiVersion })
    this.#connection._transport = new GuardedTransport(({ method = 'GET', url = '' }) =>
      this.send({ method: method as 'GET', path: url.slice(INSTANCE.length) }),
    )
  }

  /** jsforce's calls that only read descriptions. */
  get describing(): Pick<Connection, 'describe' | 'describeGlobal'> {
    return this.#connection
  }

  async send(request: ApiRequest): Promise<HttpResponse> {
    this.#limits.admit(request.kind ?? 'live')
    const { token } = await this.#session.token()
    const response = await this.#once(request)
    if (response.status !== 401) return this.#checked(request, response)
    await this.#session.renew(token)
    const again = await this.#once(request)
    if (again.status !== 401) return this.#checked(request, again)
    throw authError('Salesforce refuses the token that it has just given.', {
      internal: 'HTTP 401 after a new login',
      fix: "Check that the integration user may use the API, and the connected app's policies.",
    })
  }

  /** A new login for what does not tell an expired one by its status (the streaming API). */
  async renewSession(): Promise<void> {
    await this.#session.renew((await this.#session.token()).token)
  }

  async #once({ method = 'GET', path, query, body, headers, timeoutMs }: ApiRequest): Promise<HttpResponse> {
    const { token, instanceUrl } = await this.#session.token()
    const base = /^\/(services|cometd)\//.test(path) ? instanceUrl : `${instanceUrl}/services/data/v${this.version}`
    const response = await this.#http.send({
      method,
      url: `${base}${path}`,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json; charset=UTF-8' }),
        ...headers,
      },
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    })
    this.#limits.note(response.headers)
    return response
  }

  /** Throws what an answer means that was accepted at first. */
  refuse(response: HttpResponse): never {
    throw requestError(response, this.#context.now())
  }

  #checked(request: ApiRequest, response: HttpResponse): HttpResponse {
    if (response.status < 300 || request.accept?.includes(response.status) === true) return response
    throw requestError(response, this.#context.now())
  }

  /** All records of a query, its pages followed to the end. @param all deleted records too */
  async query(soql: string, all: boolean, kind: CallKind = 'live'): Promise<QueryPage> {
    if (encodeURIComponent(soql).length > QUERY_MAX) {
      throw settingsError('The query names more fields than fit into an address.', {
        fix: 'Name those that are needed in "fields", or leave some out with "exclude", in the options of the entity.',
      })
    }
    const first = await this.send({ path: all ? '/queryAll' : '/query', query: { q: soql }, kind })
    const page = first.json() as unknown as NativePage
    const records = page.records
    let next = page.nextRecordsUrl
    while (next !== undefined) {
      const more = (await this.send({ path: next, kind })).json() as unknown as NativePage
      records.push(...more.records)
      next = more.nextRecordsUrl
    }
    return { totalSize: page.totalSize, records }
  }

  close(): void {
    this.#http.close()
  }
}

const INSTANCE = 'https://instance.invalid'

interface NativePage {
  totalSize: number
  records: Record<string, Json>[]
  nextRecordsUrl?: string
}
