import {
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingMessage,
  request as httpRequest,
  type RequestOptions,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { ConnectorContext } from '../../hub/contracts/connector.ts'
import { stoppedError, unreachableError } from './errors.ts'
import { answerOf, type HttpResponse, readBody } from './http-answer.ts'
import { networkError } from './http-errors.ts'
import { addressOf, baseUrlOf, type HttpQuery, redirectTarget } from './http-address.ts'

export { type HttpResponse } from './http-answer.ts'
export { retryAfterMs, statusError } from './http-errors.ts'
export { baseUrlOf, type HttpQuery } from './http-address.ts'

const REDIRECTS_MAX = 5
const SAFE_TO_REPEAT = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])

export interface HttpClientOptions {
  context: Pick<ConnectorContext, 'call' | 'signal'>
  /** http or https. `path` of a request is added to it; a `url` of a request must have its origin, or one of `origins`. */
  baseUrl?: string
  /** Further origins (`https://login.example.com`) that requests and redirects may go to with the headers given. */
  origins?: readonly string[]
  /** From sending the request to the last byte of its answer, ms. */
  timeoutMs: number
  /** Of an answer's body, after decompression. */
  maxBytes: number
  /** Certificate (PEM) of a company authority, besides which no other is trusted. */
  tlsAuthority?: string | undefined
  /** Certificate of the hub itself (PEM), where the system asks for one. */
  tlsClient?: { certificate: string; key: string; passphrase?: string } | undefined
}

export interface HttpRequest {
  /** Default GET. */
  method?: string
  /** Absolute; or `path`, which is added to the base URL. Values inside must be percent-encoded already. */
  url?: string
  path?: string
  /** Added to what the address has; a value of undefined is left out, a list is repeated. */
  query?: HttpQuery
  headers?: Readonly<Record<string, string>>
  /** Text and bytes go as they are; the caller names the content type. */
  body?: string | Buffer
  timeoutMs?: number
  maxBytes?: number
}

/**
 * HTTP/1.1 as connectors need it: the rate budget is asked before every request, the stop signal ends every wait at once,
 * the whole exchange has a time-out (a peer that hangs half-open too), bodies are bounded, and credentials never follow a
 * redirect to another origin. Connections are kept and used again until `close`.
 *
 * `send` answers with whatever status came (see `statusError`) and throws: `connector.unreachable` (no connection, broken off,
 * timed out), `connector.settings` (redirected elsewhere, body too large), `connector.unexpected` (no HTTP),
 * `connector.stopped`.
 */
export class HttpClient {
  readonly #options: HttpClientOptions
  readonly #base: URL | undefined
  readonly #origins: ReadonlySet<string> | undefined
  readonly #http = new HttpAgent({ keepAlive: true, maxSockets: 16 })
  readonly #https: HttpsAgent

  constructor(options: HttpClientOptions) {
    this.#options = options
    this.#base = options.baseUrl === undefined ? undefined : baseUrlOf(options.baseUrl)
    this.#origins = this.#base && new Set([this.#base.origin, ...(options.origins ?? [])])
    const authority = options.tlsAuthority === undefined ? {} : { ca: options.tlsAuthority }
    const { certificate, ...secret } = options.tlsClient ?? {}
    const own = certificate === undefined ? {} : { cert: certificate, ...secret }
    this.#https = new HttpsAgent({ keepAlive: true, maxSockets: 16, ...authority, ...own })
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    let current = { ...request, method: (request.method ?? 'GET').toUpperCase() }
    let url = addressOf(request, this.#base, this.#origins)
    for (let redirects = 0; ; redirects += 1) {
      const response = await this.#exchange(url, current)
      const target = redirectTarget(url, response, current.method, redirects < REDIRECTS_MAX, this.#origins)
      if (target === undefined) return response
      url = target
      if (response.status === 303) {
        const { body: _, headers = {}, ...rest } = current
        const kept = Object.entries(headers).filter(([name]) => !/^content-/i.test(name))
        current = { ...rest, method: 'GET', headers: Object.fromEntries(kept) }
      }
    }
  }

  async #exchange(url: URL, request: HttpRequest & { method: string }): Promise<HttpResponse> {
    for (let mayRepeat = SAFE_TO_REPEAT.has(request.method); ; mayRepeat = false) {
      try {
        return await this.#once(url, request)
      } catch (error) {
        // The peer closed a kept connection in the very moment it was used again: nothing was processed.
        if (!(error instanceof ReusedSocketError)) throw error
        if (!mayRepeat) throw error.told
      }
    }
  }

  async #once(url: URL, request: HttpRequest & { method: string }): Promise<HttpResponse> {
    const { context } = this.#options
    await context.call()
    if (context.signal.aborted) throw stoppedError()
    const limits = {
      timeoutMs: request.timeoutMs ?? this.#options.timeoutMs,
      maxBytes: request.maxBytes ?? this.#options.maxBytes,
    }
    return exchange(url, request, { ...limits, signal: context.signal, agent: this.#agentOf(url) })
  }

  #agentOf(url: URL): HttpAgent {
    return url.protocol === 'https:' ? this.#https : this.#http
  }

  /** Ends all connections. */
  close(): void {
    this.#http.destroy()
    this.#https.destroy()
  }
}

interface Exchange {
  timeoutMs: number
  maxBytes: number
  signal: AbortSignal
  agent: HttpAgent
}

class ReusedSocketError extends Error {
  readonly told: Error
  constructor(told: Error) {
    super(told.message)
    this.told = told
  }
}

async function exchange(
  url: URL,
  request: HttpRequest & { method: string },
  { timeoutMs, maxBytes, signal, agent }: Exchange,
): Promise<HttpResponse> {
  const outgoing = begin(url, request, agent)
  let ended: Error | undefined
  const end = (error: Error): void => {
    ended ??= error
    outgoing.destroy(error)
  }
  const stop = (): void => end(stoppedError())
  const timer = setTimeout(() => {
    end(unreachableError(`The system at ${url.origin} did not answer within ${timeoutMs} ms.`))
  }, timeoutMs)
  signal.addEventListener('abort', stop, { once: true })
  let incoming: IncomingMessage | undefined
  try {
    incoming = await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve)
      // A connection may break more than once in telling; every error needs a listener.
      outgoing.on('error', reject)
      // As bytes: a text would be sent together with the headers, and turn these into UTF-8.
      outgoing.end(request.body === undefined ? undefined : Buffer.from(request.body))
    })
    return answerOf(incoming, await readBody(incoming, request.method, maxBytes), url)
  } catch (error) {
    const told = ended ?? networkError(error, url.origin)
    const reset = (error as NodeJS.ErrnoException).code === 'ECONNRESET'
    const isStale = ended === undefined && incoming === undefined && outgoing.reusedSocket && reset
    throw isStale ? new ReusedSocketError(told) : told
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    // Whatever is left of the exchange (a body too large, an answer before the request was read) ends with it.
    if (incoming?.complete !== true) outgoing.destroy()
  }
}

function begin(url: URL, request: HttpRequest & { method: string }, agent: HttpAgent): ClientRequest {
  const make = url.protocol === 'https:' ? httpsRequest : httpRequest
  try {
    return make(url, requestOptions(request, agent))
  } catch (error) {
    throw networkError(error, url.origin)
  }
}

function requestOptions({ method, headers, body }: HttpRequest & { method: string }, agent: HttpAgent): RequestOptions {
  const own: Record<string, string> = {
    accept: 'application/json',
    'accept-encoding': 'gzip, deflate, br',
    'user-agent': 'omnihub',
  }
  for (const [name, value] of Object.entries(headers ?? {})) own[name.toLowerCase()] = value
  if (body !== undefined) own['content-length'] = String(Buffer.byteLength(body))
  else if (['POST', 'PUT', 'PATCH'].includes(method)) own['content-length'] = '0'
  return { method, headers: own, agent }
}
