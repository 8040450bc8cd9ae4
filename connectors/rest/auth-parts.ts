import type { ConnectorContext } from '../../hub/contracts/connector.ts'
import type { HttpClient, HttpRequest } from '../shared/http.ts'
import type { ErrorRule } from './errors.ts'

/** What stands in each request to prove who asks. */
export interface Auth {
  /** The token in force, got first where there is none; undefined for schemes without tokens that change. */
  token(): Promise<string | undefined>
  /** The system refused this token: the next `token` is a new one. */
  forget(token: string): void
  place(request: HttpRequest, token: string | undefined): HttpRequest
  /** The query parameter that holds a secret, where one does. */
  parameter?: string
  close(): void
}

export interface AuthParts {
  context: ConnectorContext
  /** For the login of a session. */
  http: HttpClient
  timeoutMs: number
  tlsAuthority: string | undefined
  errors: readonly ErrorRule[]
}

export function withHeader(request: HttpRequest, name: string, value: string): HttpRequest {
  return { ...request, headers: { ...request.headers, [name.toLowerCase()]: value } }
}

/** A link of the system may have the parameter already: there is one of it afterwards. */
export function withQuery(request: HttpRequest, name: string, value: string): HttpRequest {
  const url = request.url === undefined ? null : URL.parse(request.url)
  url?.searchParams.delete(name)
  return { ...request, ...(url === null ? {} : { url: url.href }), query: { ...request.query, [name]: value } }
}
