import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerBatch } from './batch.ts'
import type { Row, ServiceDefinition, SetDefinition } from './definition.ts'
import type { Answer, Exchange } from './exchange.ts'
import { Faults } from './faults.ts'
import { takeIdocs, type TakenIdoc } from './idoc-inbound.ts'
import { refusalBody, SapRefusal } from './refusal.ts'
import { ODataFakeService } from './service.ts'
import { Table } from './store.ts'

export interface SapFakeOptions {
  services: readonly ServiceDefinition[]
  /** User -> password, and whether the user may read and change data. */
  users: Record<string, { password: string; mayUse: boolean }>
  /** Requests must name it as `sap-client`, where it is given. */
  sapClient?: string
  /** OAuth 2.0 client credentials at /oauth/token. */
  oauth?: { clientId: string; clientSecret: string; seconds: number }
  /** Rows in an answer at most, whatever is asked for. Default 1000. */
  pageMax?: number
  now?: () => number
}

const IDOC_PATH = '/sap/bc/idoc_xml'
const BODY_MAX_BYTES = 32 * 1024 * 1024
const SAFE = new Set(['GET', 'OPTIONS'])

/**
 * An SAP Gateway as clients see it: OData V2 and V4 services over one store of tables, with sign-in, client, CSRF token and cookie,
 * ETags, batches, server paging and delta tokens, and SAP's error bodies; and the port that takes IDocs as XML. In memory, on
 * loopback. `faults` makes it hostile.
 */
export class SapFake {
  readonly faults = new Faults()
  readonly tables = new Map<string, Table>()
  /** IDocs that were posted to it, in their order. */
  readonly idocs: TakenIdoc[] = []
  /** `Set/["key"]` of records that somebody has locked. */
  readonly locks = new Set<string>()
  readonly services: ServiceDefinition[] = []
  /** Keeps what was posted to `$batch`, to be looked at. */
  keepsBodies = false
  readonly bodies: { contentType: string; body: string }[] = []
  /** Requests answered so far. */
  requests = 0
  pageMax: number
  readonly #options: SapFakeOptions
  readonly #tokens = new Map<string, number>()
  /** CSRF token -> the cookie that it belongs to. */
  readonly #sessions = new Map<string, string>()
  readonly #bearers = new Map<string, number>()
  #server: Server | undefined
  #port = 0

  constructor(options: SapFakeOptions) {
    this.#options = options
    this.pageMax = options.pageMax ?? 1000
    for (const service of options.services) this.addService(service)
  }

  addService(service: ServiceDefinition): void {
    this.services.push(service)
    for (const set of service.sets) this.#makeTable(set)
  }

  /** A further entity set of a service, as a new release brings one. */
  addSet(service: ServiceDefinition, set: SetDefinition): void {
    service.sets.push(set)
    this.#makeTable(set)
  }

  #makeTable({ table, keys }: SetDefinition): void {
    if (!this.tables.has(table)) this.tables.set(table, new Table(keys))
  }

  table(name: string): Table {
    const table = this.tables.get(name)
    if (!table) throw new RangeError(`There is no table ${name}.`)
    return table
  }

  /** Inserts or replaces rows behind everybody's back; fields left out are null. */
  put(table: string, ...rows: Row[]): void {
    for (const row of rows) this.table(table).put(row)
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** @param port 0: any that is free */
  async listen(port: number): Promise<number> {
    const server = createServer((request, response) => void this.#serve(request, response))
    // Clients keep connections for long; a fake that ends them by itself would hide who did.
    server.keepAliveTimeout = 120_000
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    this.#server = server
    this.#port = (server.address() as AddressInfo).port
    return this.#port
  }

  /** Ends at once, open connections too. */
  async close(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }

  /** Comes back on the same address after `close`; sessions and tokens are gone, as after a restart. */
  async restart(): Promise<void> {
    this.expireSessions()
    await this.listen(this.#port)
  }

  /** CSRF tokens and OAuth tokens are no longer known. */
  expireSessions(): void {
    this.#sessions.clear()
    this.#bearers.clear()
  }

  expireDeltaTokens(): void {
    this.#tokens.clear()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await bodyOf(request)
      this.requests += 1
      if (!(await this.faults.admits(response))) return
      const { answer, extra } = this.#answer(request, body)
      this.faults.send(
        response,
        answer.status,
        { ...answer.headers, ...extra },
        answer.body,
        !SAFE.has(request.method ?? ''),
      )
    } catch {
      // The client went away.
      response.destroy()
    }
  }

  #answer(request: IncomingMessage, body: string): { answer: Answer; extra: Record<string, string | string[]> } {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const headers = headersOf(request)
    const service = this.services.find(({ path }) => url.pathname === path || url.pathname.startsWith(`${path}/`))
    const version = service?.version ?? '2'
    const asXml = /xml/.test(headers.accept ?? '') && !/json/.test(headers.accept ?? '')
    try {
      if (url.pathname === '/oauth/token') return { answer: this.#oauth(request, headers, body), extra: {} }
      const user = this.#signIn(headers, url)
      if (request.method === 'HEAD') throw new SapRefusal(405, '/IWFND/CM_MGW_RT/017', 'HEAD is not supported')
      const failure = this.faults.failure()
      if (failure) throw new SapRefusal(failure.status, failure.code, 'Failed on request')
      if (url.pathname === '/sap/bc/ping')
        return { answer: { status: 200, headers: { 'content-type': 'text/html' }, body: 'OK' }, extra: {} }
      if (!user.mayUse) throw new SapRefusal(403, '/IWFND/CM_MGW/102', 'No authorization to access the service')
      if (url.pathname === IDOC_PATH)
        return { answer: takeIdocs(request.method ?? '', headers, body, this.idocs), extra: {} }
      if (!service) throw new SapRefusal(404, '/IWFND/MED/170', `No service found for path ${url.pathname}`)
      const extra = this.#csrf(request.method ?? '', headers)
      const path = decodeURIComponent(url.pathname.slice(service.path.length + 1))
      const exchange: Exchange = { method: request.method ?? '', path, query: url.searchParams, headers, body }
      return { answer: this.#toService(service, exchange), extra }
    } catch (error) {
      return { answer: answerOfRefusal(error, version, asXml), extra: {} }
    }
  }

  #toService(service: ServiceDefinition, exchange: Exchange): Answer {
    const fake = new ODataFakeService({
      service,
      tables: this.tables,
      origin: this.origin,
      pageMax: this.pageMax,
      now: this.#options.now ?? Date.now,
      tokens: this.#tokens,
      locks: this.locks,
    })
    if (exchange.path !== '$batch') return fake.answer(exchange)
    if (exchange.method !== 'POST') throw new SapRefusal(405, '/IWFND/CM_MGW_RT/017', '$batch must be posted')
    if (this.keepsBodies) this.bodies.push({ contentType: exchange.headers['content-type'] ?? '', body: exchange.body })
    const act = (inner: Exchange): Answer => {
      try {
        return fake.answer(inner)
      } catch (error) {
        return answerOfRefusal(error, service.version, false)
      }
    }
    const answer = answerBatch(exchange.body, exchange.headers['content-type'] ?? '', act, () =>
      this.#snapshot(service),
    )
    return { ...answer, status: service.version === '2' ? 202 : 200 }
  }

  /** The rows as they are, to be restored when a changeset fails. */
  #snapshot(service: ServiceDefinition): { undo(): void } {
    const before = new Map(
      service.sets.map(({ table }) => [
        table,
        new Map(
          this.table(table)
            .rows()
            .map((row) => [this.table(table).keyOf(row), row]),
        ),
      ]),
    )
    return {
      undo: () => {
        for (const [name, rows] of before) this.table(name).restore(rows)
      },
    }
  }

  #signIn(headers: Record<string, string>, url: URL): { mayUse: boolean } {
    const { users, sapClient } = this.#options
    const [scheme = '', credentials = ''] = (headers.authorization ?? '').split(' ')
    const unauthorized = (): SapRefusal =>
      new SapRefusal(401, '', 'Anmeldung fehlgeschlagen', {
        'www-authenticate': 'Basic realm="SAP NetWeaver Application Server [FAK/100]"',
      })
    if (sapClient !== undefined && (url.searchParams.get('sap-client') ?? sapClient) !== sapClient) throw unauthorized()
    if (scheme === 'Bearer') {
      const until = this.#bearers.get(credentials)
      if (until !== undefined && until > (this.#options.now ?? Date.now)()) return { mayUse: true }
      throw unauthorized()
    }
    const [name = '', password = ''] = splitOnce(Buffer.from(credentials, 'base64').toString())
    const user = Object.hasOwn(users, name) ? users[name] : undefined
    if (scheme !== 'Basic' || !user || user.password !== password) throw unauthorized()
    return user
  }

  #oauth(request: IncomingMessage, headers: Record<string, string>, body: string): Answer {
    const { oauth, now = Date.now } = this.#options
    const given = Buffer.from((headers.authorization ?? '').split(' ')[1] ?? '', 'base64').toString()
    const isRight = oauth && given === `${encodeURIComponent(oauth.clientId)}:${encodeURIComponent(oauth.clientSecret)}`
    if (request.method !== 'POST' || !isRight || new URLSearchParams(body).get('grant_type') !== 'client_credentials') {
      return { status: 401, headers: { 'content-type': 'application/json' }, body: '{"error":"invalid_client"}' }
    }
    const token = randomBytes(16).toString('hex')
    this.#bearers.set(token, now() + oauth.seconds * 1000)
    const answer = { access_token: token, token_type: 'Bearer', expires_in: oauth.seconds }
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) }
  }

  /** Hands out a token with its cookie, or checks both. */
  #csrf(method: string, headers: Record<string, string>): Record<string, string | string[]> {
    const token = headers['x-csrf-token'] ?? ''
    if (SAFE.has(method)) {
      if (token.toLowerCase() !== 'fetch') return {}
      const [fresh, session] = [randomBytes(16).toString('base64url'), randomBytes(16).toString('base64url')]
      this.#sessions.set(fresh, session)
      const cookies = [`SAP_SESSIONID_FAK_100=${session}; path=/; HttpOnly`, 'sap-usercontext=sap-client=100; path=/']
      return { 'x-csrf-token': fresh, 'set-cookie': cookies }
    }
    const cookie = /(?:^|;\s*)SAP_SESSIONID_FAK_100=([^;]+)/.exec(headers.cookie ?? '')?.[1]
    if (cookie !== undefined && this.#sessions.get(token) === cookie) return {}
    throw new SapRefusal(403, '', 'CSRF token validation failed', { 'x-csrf-token': 'Required' })
  }
}

function answerOfRefusal(error: unknown, version: '2' | '4', asXml: boolean): Answer {
  const refusal = error instanceof SapRefusal ? error : new SapRefusal(500, 'SY/530', 'An exception was raised')
  // Sign-in and CSRF are refused before OData has a say: with a page or a line of text.
  const isPlain = refusal.code === ''
  return {
    status: refusal.status,
    headers: {
      'content-type': isPlain ? 'text/plain' : asXml ? 'application/xml' : 'application/json;charset=utf-8',
      ...refusal.headers,
    },
    body: isPlain ? refusal.message : refusalBody(version, refusal, asXml),
  }
}

function headersOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_MAX_BYTES) throw new RangeError('The body is too large.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function splitOnce(text: string): [string, string] {
  const colon = text.indexOf(':')
  return colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
}
