import type { ConnectorContext } from '../../hub/contracts/connector.ts'
import type { HubError } from '../../hub/contracts/hub-error.ts'
import { isJsonObject } from '../../hub/contracts/json.ts'
import { authError, settingsError } from '../shared/errors.ts'
import { HttpClient, type HttpResponse, statusError } from '../shared/http.ts'
import { odataError } from './errors.ts'
import type { SapSettings } from './settings.ts'

const ANSWER_MAX_BYTES = 64 * 1024 * 1024
const TOKEN_EARLY_MS = 30_000

export interface SapRequest {
  method?: string
  /** Below the settings' address, with its query, percent-encoded. */
  path: string
  headers?: Readonly<Record<string, string>>
  body?: string | Buffer
  /** For changes: the path of the service whose CSRF token is needed. */
  csrfFrom?: string
}

interface Session {
  token: string
  cookie: string
}

/**
 * Requests to one SAP system: signs in (an OAuth token is renewed once when it is refused), names client and language, and
 * sends changes with the CSRF token of their service and the cookies that came with it; a refused token is fetched anew once.
 * Answers whatever status came; `refusal` makes an error of it.
 */
export class SapHttp {
  readonly #settings: SapSettings
  readonly #context: ConnectorContext
  readonly #http: HttpClient
  readonly #tokens: HttpClient
  readonly #sessions = new Map<string, Session>()
  #accessToken: { text: string; until: number } | undefined

  constructor(settings: SapSettings, context: ConnectorContext) {
    if (settings.baseUrl === undefined) {
      throw settingsError('The setting "baseUrl" is missing: OData and outbound IDocs need it.', {
        where: '/settings/baseUrl',
      })
    }
    this.#settings = settings
    this.#context = context
    const common = {
      context,
      timeoutMs: settings.timeoutMs,
      maxBytes: ANSWER_MAX_BYTES,
      tlsAuthority: settings.tlsAuthority,
    }
    this.#http = new HttpClient({ ...common, baseUrl: settings.baseUrl })
    this.#tokens = new HttpClient(common)
  }

  async send(request: SapRequest): Promise<HttpResponse> {
    const first = await this.#signedIn(request)
    const renews = request.csrfFrom !== undefined && this.#settings.csrf && isCsrfRefusal(first)
    if (!renews) return first
    this.#sessions.delete(request.csrfFrom ?? '')
    return this.#signedIn(request)
  }

  /** The error that an answer means. */
  refusal(response: HttpResponse): HubError {
    return odataError(response, this.#context.now(), this.#settings)
  }

  close(): void {
    this.#http.close()
    this.#tokens.close()
  }

  async #signedIn(request: SapRequest): Promise<HttpResponse> {
    const response = await this.#once(request)
    if (response.status !== 401 || this.#accessToken === undefined) return response
    this.#accessToken = undefined
    return this.#once(request)
  }

  async #once({ method = 'GET', path, headers = {}, body, csrfFrom }: SapRequest): Promise<HttpResponse> {
    const session = csrfFrom !== undefined && this.#settings.csrf ? await this.#session(csrfFrom) : undefined
    const csrf = session === undefined ? {} : { 'x-csrf-token': session.token, ...cookieHeader(session.cookie) }
    return this.#http.send({
      method,
      path: this.#inClient(path),
      headers: { ...(await this.#common()), ...csrf, ...headers },
      ...(body === undefined ? {} : { body }),
    })
  }

  async #common(): Promise<Record<string, string>> {
    return { ...(await this.#authorization()), 'accept-language': this.#settings.language.toLowerCase() }
  }

  #inClient(path: string): string {
    const { sapClient } = this.#settings
    if (sapClient === undefined || /[?&]sap-client=/.test(path)) return path
    return `${path}${path.includes('?') ? '&' : '?'}sap-client=${sapClient}`
  }

  /** Fetched with GET: several gateways refuse HEAD. */
  async #session(service: string): Promise<Session> {
    const known = this.#sessions.get(service)
    if (known) return known
    const response = await this.#http.send({
      path: this.#inClient(`${service}/`),
      headers: { ...(await this.#common()), 'x-csrf-token': 'Fetch' },
    })
    if (response.status >= 400) throw this.refusal(response)
    const cookie = response.headers
      .getSetCookie()
      .map((each) => each.split(';')[0] ?? '')
      .join('; ')
    const session = { token: response.headers.get('x-csrf-token') ?? '', cookie }
    this.#sessions.set(service, session)
    return session
  }

  async #authorization(): Promise<Record<string, string>> {
    const { auth } = this.#settings
    if (auth.kind === 'none') return {}
    if (auth.kind === 'basic') return { authorization: basicAuthorization(auth.user, auth.password) }
    const now = this.#context.now()
    if (this.#accessToken === undefined || this.#accessToken.until <= now) {
      this.#accessToken = await this.#newToken(auth, now)
    }
    return { authorization: `Bearer ${this.#accessToken.text}` }
  }

  async #newToken(
    { tokenUrl, clientId, clientSecret, scope }: Extract<SapSettings['auth'], { kind: 'oauth' }>,
    now: number,
  ): Promise<{ text: string; until: number }> {
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) })
    const response = await this.#tokens.send({
      method: 'POST',
      url: tokenUrl,
      headers: {
        authorization: basicAuthorization(encodeURIComponent(clientId), encodeURIComponent(clientSecret)),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: form.toString(),
    })
    if (response.status === 400 || response.status === 401 || response.status === 403) {
      throw authError(`The token service refused the OAuth client (HTTP ${response.status}).`)
    }
    if (response.status !== 200) throw statusError(response, now)
    const answer = response.json()
    const token = isJsonObject(answer) ? answer.access_token : undefined
    if (typeof token !== 'string') throw authError('The token service gave no access token.')
    const seconds = isJsonObject(answer) ? Number(answer.expires_in ?? 300) : 300
    return { text: token, until: now + Math.max(0, seconds * 1000 - TOKEN_EARLY_MS) }
  }
}

function isCsrfRefusal({ status, headers }: HttpResponse): boolean {
  return status === 403 && headers.get('x-csrf-token')?.toLowerCase() === 'required'
}

function cookieHeader(cookie: string): Record<string, string> {
  return cookie === '' ? {} : { cookie }
}

function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}
