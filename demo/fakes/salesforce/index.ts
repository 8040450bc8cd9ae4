import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Bulk } from './bulk.ts'
import { collections, composite } from './composite.ts'
import { notFound, SalesforceFault } from './errors.ts'
import { type Answer, type Exchange, readBody, send } from './exchange.ts'
import { Faults } from './faults.ts'
import { OauthFault, Organization, type OrganizationOptions } from './organization.ts'
import { Outbound } from './outbound.ts'
import { Rest } from './rest.ts'
import type { ObjectOptions } from './schema.ts'
import { soapLogin } from './soap-login.ts'
import { Store } from './store.ts'
import { Streaming } from './streaming.ts'

export interface SalesforceFakeOptions extends OrganizationOptions {
  objects?: Readonly<Record<string, ObjectOptions>>
  /** How long a long poll of the streaming API stays open, seconds; the real one waits 110. */
  longPollSeconds?: number
  /** How many Ids are taken before the first record that is made here. */
  recordsBefore?: number
}

const VERSION_MIN = 31
const VERSION_MAX = 67

/**
 * An organization that speaks Salesforce's protocols over HTTP: OAuth and SOAP login, REST with SOQL, composite requests,
 * Bulk API 2.0 queries, Change Data Capture over CometD, outbound messages. Its records live in memory.
 */
export class SalesforceFake {
  readonly organization: Organization
  readonly store: Store
  readonly faults = new Faults()
  readonly rest: Rest
  readonly bulk: Bulk
  readonly streaming: Streaming
  readonly outbound: Outbound
  /** Requests since the start: method and path, in their order, the last 1,000. */
  readonly requests: string[] = []
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #port = 0

  constructor(options: SalesforceFakeOptions = {}) {
    this.organization = new Organization(options)
    this.store = new Store(Date.now, options.recordsBefore)
    for (const [name, object] of Object.entries(options.objects ?? {})) this.store.addObject(name, object)
    this.rest = new Rest(this.store, this.faults)
    this.bulk = new Bulk(this.store, this.faults)
    this.streaming = new Streaming(this.organization, this.store, this.faults, options.longPollSeconds ?? 20)
    this.outbound = new Outbound(this.organization, this.store)
  }

  /** On loopback; 0 takes a free port. */
  async listen(port = 0): Promise<string> {
    this.streaming.start()
    const server = createServer((request, response) => void this.#serve(request, response))
    server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
    this.#server = server
    this.#port = (server.address() as AddressInfo).port
    return this.url
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** As after a crash: connections break, sessions and streaming clients are forgotten, records stay. */
  async goDown(): Promise<void> {
    this.streaming.stop()
    this.organization.endSessions()
    for (const socket of this.#sockets) socket.destroy()
    const server = this.#server
    this.#server = undefined
    if (server) await new Promise((resolve) => server.close(resolve))
  }

  async comeBack(): Promise<void> {
    await this.listen(this.#port)
  }

  async close(): Promise<void> {
    await this.outbound.close()
    await this.goDown()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { faults } = this
    response.on('error', () => undefined)
    const url = new URL(request.url ?? '/', 'http://fake')
    this.requests.push(`${request.method ?? ''} ${url.pathname}`)
    if (this.requests.length > 1000) this.requests.shift()
    if (faults.delayMs > 0) await sleep(faults.delayMs)
    if (faults.hang > 0) {
      faults.hang -= 1
      return
    }
    if (url.pathname.startsWith('/cometd') && faults.throttle === undefined) {
      this.streaming.handle(request, response)
      return
    }
    try {
      const body = await readBody(request)
      const answer = this.#garbled(url, this.#answer(request, url, body))
      if (answer.isWrite === true && faults.dropAfterWrite > 0) {
        faults.dropAfterWrite -= 1
        response.destroy()
        return
      }
      if (faults.dropMidResponse > 0) {
        faults.dropMidResponse -= 1
        breakOff(response, answer)
        return
      }
      send(response, answer)
    } catch (error) {
      const fault = error instanceof SalesforceFault ? error : undefined
      const told =
        fault ?? new SalesforceFault(500, 'UNKNOWN_EXCEPTION', `An unexpected error occurred: ${String(error)}`)
      if (response.headersSent) response.destroy()
      else send(response, this.#limited({ status: told.status, headers: { ...told.headers }, body: bodyOf(told) }))
    }
  }

  #answer(request: IncomingMessage, url: URL, body: Buffer): Answer {
    const method = request.method ?? 'GET'
    this.#throttle()
    const path = url.pathname
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent)
    if (path[0] === 'services' && path[1] === 'oauth2') return this.#oauth(request, path[2] ?? '', url, body)
    if (path[0] === 'services' && path[1] === 'Soap') {
      const { status, body: text } = soapLogin(this.organization, body.toString(), baseOf(request))
      return { status, headers: { 'content-type': 'text/xml;charset=UTF-8' }, body: text }
    }
    if (path[0] !== 'services' || path[1] !== 'data') throw notFound()
    const versions = { label: 'Fake', url: `/services/data/v${VERSION_MAX}.0`, version: `${VERSION_MAX}.0` }
    if (path[2] === undefined) return { status: 200, body: [versions] }
    const user = this.#user(request)
    this.organization.callsUsed += 1
    const exchange = {
      method,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body,
      user,
      version: '',
    }
    return this.#limited(this.#dispatch(exchange))
  }

  /** A request to /services/data/vXX.X/..., also one inside a composite request. */
  #dispatch(given: Omit<Exchange, 'version'>): Answer {
    const [, , versionText = '', resource, ...rest] = given.path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent)
    const number = Number(/^v(\d+)\.0$/.exec(versionText)?.[1])
    if (!(number >= VERSION_MIN && number <= VERSION_MAX)) throw notFound()
    const exchange: Exchange = { ...given, version: `${number}.0` }
    if (resource === undefined)
      return { status: 200, body: { sobjects: `${given.path}/sobjects`, query: `${given.path}/query` } }
    if (resource === 'limits') return { status: 200, body: this.#limits() }
    if (resource === 'sobjects') return this.rest.sobjects(exchange, rest)
    if (resource === 'query') return this.rest.query(exchange, rest, false)
    if (resource === 'queryAll') return this.rest.query(exchange, rest, true)
    if (resource === 'jobs' && rest[0] === 'query') return this.bulk.handle(exchange, rest.slice(1))
    if (resource === 'composite' && rest[0] === 'sobjects')
      return collections(exchange, rest.slice(1), this.store, this.rest)
    if (resource === 'composite' && rest.length === 0) return composite(exchange, (sub) => this.#dispatch(sub))
    throw notFound()
  }

  #throttle(): void {
    const { throttle } = this.faults
    if (throttle === undefined) return
    this.faults.throttled += 1
    throttle.times -= 1
    if (throttle.times <= 0) this.faults.throttle = undefined
    const headers: Record<string, string> = {}
    if (throttle.retryAfterSeconds !== undefined) headers['retry-after'] = String(throttle.retryAfterSeconds)
    if (throttle.kind === 'limit') {
      throw new SalesforceFault(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.', undefined, headers)
    }
    throw new SalesforceFault(503, 'SERVER_UNAVAILABLE', 'Service is temporarily unavailable', undefined, headers)
  }

  #garbled({ pathname }: URL, answer: Answer): Answer {
    const { garble } = this.faults
    if (garble?.path.test(pathname) !== true) return answer
    garble.times -= 1
    if (garble.times <= 0) this.faults.garble = undefined
    return { ...answer, body: garble.body }
  }

  #user(request: IncomingMessage): Exchange['user'] {
    const token = /^(?:OAuth|Bearer) (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    const user = this.organization.userOf(token)
    if (user && !this.faults.refuseTokens) return user
    throw new SalesforceFault(401, 'INVALID_SESSION_ID', 'Session expired or invalid')
  }

  #oauth(request: IncomingMessage, resource: string, url: URL, body: Buffer): Answer {
    const base = baseOf(request)
    if (resource === 'token') {
      if (request.method !== 'POST') throw new OauthFault(400, 'invalid_request', 'must use HTTP POST')
      const audience = [base, 'https://login.salesforce.com', 'https://test.salesforce.com']
      const user = this.organization.grant(new URLSearchParams(body.toString()), audience, Date.now())
      const { id, userId } = this.organization
      const token = {
        access_token: this.organization.newSession(user),
        instance_url: base,
        id: `${base}/id/${id}/${userId}`,
        token_type: 'Bearer',
        scope: 'api',
        issued_at: String(Date.now()),
        signature: 'fake',
      }
      return { status: 200, body: token }
    }
    if (resource === 'revoke') return { status: 200, body: {} }
    if (resource !== 'userinfo' || url.search !== '') throw notFound()
    const user = this.#user(request)
    return {
      status: 200,
      body: {
        organization_id: this.organization.id,
        user_id: this.organization.userId,
        preferred_username: user.username,
      },
    }
  }

  #limits(): object {
    const { callsUsed, options } = this.organization
    const remaining = Math.max(0, options.dailyCalls - callsUsed)
    return {
      DailyApiRequests: { Max: options.dailyCalls, Remaining: remaining },
      DailyBulkV2QueryJobs: { Max: 10_000, Remaining: 10_000 },
    }
  }

  #limited(answer: Answer): Answer {
    const { callsUsed, options } = this.organization
    return {
      ...answer,
      headers: { 'sforce-limit-info': `api-usage=${callsUsed}/${options.dailyCalls}`, ...answer.headers },
    }
  }
}

function bodyOf(fault: SalesforceFault): unknown {
  return fault instanceof OauthFault ? fault.body[0] : fault.body
}

/** The address by which the client came: the fake may stand behind a proxy. */
function baseOf(request: IncomingMessage): string {
  return `http://${request.headers.host ?? '127.0.0.1'}`
}

function breakOff(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? '')
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': String(text.length + 1000),
  })
  response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.destroy())
}
