import type { ConnectorContext } from '../../hub/contracts/connector.ts'
import type { HubError } from '../../hub/contracts/hub-error.ts'
import type { Json } from '../../hub/contracts/json.ts'
import { unexpectedError } from '../shared/errors.ts'
import { HttpClient, type HttpRequest, type HttpResponse } from '../shared/http.ts'
import type { Auth } from './auth-parts.ts'
import { authOf } from './auth.ts'
import { judge, type Meaning } from './errors.ts'
import { rawBody } from './raw-body.ts'
import { type RequestTemplate, requestOf } from './request.ts'
import type { RestSettings } from './settings.ts'
import { type Lookup, textOf } from './template.ts'

export interface Asking {
  lookup: Lookup
  /** A link of the system, instead of path and query of the template. */
  url?: string
  /** Where the template has no body of its own. */
  body?: Json
  /** More headers, as If-Match. */
  headers?: Record<string, string>
  /** Meanings that the caller deals with; every other one but `ok` is thrown. */
  expects?: readonly Meaning[]
}

export interface RestAnswer {
  meaning: Meaning
  error: HubError | undefined
  headers: Headers
  status: number
  /** Where the answer came from, without its query; relative links begin there. */
  url: string
  /** As the system wrote it; undefined where there is none. */
  raw: Json | undefined
}

/** Requests of the settings to one system: filled in, with the account, and their answers judged by the rules. */
export class RestClient {
  readonly #settings: RestSettings
  readonly #context: ConnectorContext
  readonly #http: HttpClient
  readonly #auth: Auth

  constructor(settings: RestSettings, context: ConnectorContext) {
    const { baseUrl, timeoutMs, maxBytes, tlsAuthority, auth, errors } = settings
    this.#settings = settings
    this.#context = context
    this.#http = new HttpClient({ context, baseUrl, timeoutMs, maxBytes, tlsAuthority })
    this.#auth = authOf(auth, { context, http: this.#http, timeoutMs, tlsAuthority, errors })
  }

  /** A token that was refused is renewed once; a second refusal is `connector.auth`. */
  async ask(template: RequestTemplate, asking: Asking): Promise<RestAnswer> {
    for (let mayRenew = true; ; mayRenew = false) {
      const token = await this.#auth.token()
      const response = await this.#http.send(this.#requestOf(template, asking, token))
      const raw = rawBody(response)
      const { meaning, error } = judge(response, raw, this.#settings.errors, this.#context.now())
      if (meaning === 'auth' && token !== undefined) {
        this.#auth.forget(token)
        if (mayRenew) continue
      }
      if (error !== undefined && !asking.expects?.includes(meaning)) throw error
      if (error === undefined && raw === undefined && hasContent(response)) {
        throw unexpectedError('The answer of the system is no JSON.', { internal: `HTTP ${response.status}` })
      }
      return { meaning, error, headers: response.headers, status: response.status, url: response.url, raw }
    }
  }

  #requestOf(template: RequestTemplate, asking: Asking, token: string | undefined): HttpRequest {
    const lookup: Lookup = (path) => (path[0] === 'session' && path.length === 1 ? token : asking.lookup(path))
    const { path, query, headers, ...filled } = requestOf(template, lookup, asking.body)
    const address = asking.url === undefined ? { path: path ?? '', query: query ?? {} } : { url: asking.url }
    const all: Record<string, string> = {}
    for (const [name, text] of this.#settings.headers) {
      const value = textOf(text, lookup)
      if (value !== undefined) all[name.toLowerCase()] = value
    }
    for (const [name, value] of Object.entries({ ...headers, ...asking.headers })) all[name.toLowerCase()] = value
    return this.#auth.place({ ...filled, ...address, headers: all }, token)
  }

  /** The absolute form of a link of the system, without the key that the system may have echoed in it. */
  storable(link: string, from: string): string {
    const url = URL.parse(link, from)
    if (url === null) throw unexpectedError('The system gives an address of the next page that is none.')
    if (this.#auth.parameter !== undefined) url.searchParams.delete(this.#auth.parameter)
    return url.href
  }

  close(): void {
    this.#auth.close()
    this.#http.close()
  }
}

function hasContent({ status, body }: HttpResponse): boolean {
  return status !== 204 && body.length > 0
}
