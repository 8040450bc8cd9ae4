import type { HubError } from '../../hub/contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../hub/contracts/json.ts'
import { authError, settingsError, unexpectedError } from '../shared/errors.ts'
import { baseUrlOf, HttpClient, type HttpResponse, statusError } from '../shared/http.ts'
import { type Auth, type AuthParts, withHeader } from './auth-parts.ts'
import { type Token, TokenCache, untilOf } from './token-cache.ts'

const TOKEN_BYTES_MAX = 256 * 1024

/** OAuth 2.0 client credentials and refresh token (RFC 6749, 4.4 and 6). */
export function oauthTokens(given: JsonObject, parts: AuthParts): Auth {
  const { context, timeoutMs, tlsAuthority } = parts
  const url = baseUrlOf(String(given.tokenUrl), '/settings/auth/tokenUrl')
  if (given.grant === 'refreshToken' && given.refreshToken === undefined) {
    throw settingsError('The grant refreshToken needs "refreshToken".', { where: '/settings/auth/refreshToken' })
  }
  const http = new HttpClient({ context, baseUrl: url.href, timeoutMs, maxBytes: TOKEN_BYTES_MAX, tlsAuthority })
  let refreshToken = given.refreshToken as string | undefined
  const fetchToken = async (): Promise<Token> => {
    const { headers, fields } = tokenRequest(given, refreshToken)
    const body = new URLSearchParams(fields).toString()
    const response = await http.send({ method: 'POST', url: url.href, headers, body })
    if (response.status !== 200) throw refusal(response, context.now())
    const answer = response.json()
    if (!isJsonObject(answer) || typeof answer.access_token !== 'string' || answer.access_token === '') {
      throw unexpectedError('The token server gave no access_token.')
    }
    if (typeof answer.refresh_token === 'string' && answer.refresh_token !== refreshToken) {
      if (refreshToken !== undefined) {
        const text =
          'The token server changed the refresh token; after a restart the one of the settings may be refused'
        context.log.warn({ system: context.system }, text)
      }
      refreshToken = answer.refresh_token
    }
    const lifetime = given.lifetimeSeconds ?? answer.expires_in
    return { text: answer.access_token, until: untilOf(context.now(), Number(lifetime ?? NaN)) }
  }
  const cache = new TokenCache(fetchToken, () => context.now())
  return {
    token: () => cache.get(),
    forget: (token) => cache.forget(token),
    place: (request, token) => withHeader(request, 'authorization', `Bearer ${token ?? ''}`),
    close: () => http.close(),
  }
}

function tokenRequest(
  given: JsonObject,
  refreshToken: string | undefined,
): { headers: Record<string, string>; fields: Record<string, string> } {
  const [id, secret] = [String(given.clientId), given.clientSecret as string | undefined]
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' }
  const fields: Record<string, string> = {}
  for (const [name, value] of Object.entries((given.parameters ?? {}) as JsonObject)) fields[name] = String(value)
  if (given.scope !== undefined) fields.scope = String(given.scope)
  if (given.grant === 'refreshToken') {
    fields.grant_type = 'refresh_token'
    fields.refresh_token = refreshToken ?? ''
  } else {
    fields.grant_type = 'client_credentials'
  }
  if (given.clientAuth === 'basic') {
    // RFC 6749, 2.3.1: both are form-encoded first.
    const account = [id, secret ?? ''].map((part) => new URLSearchParams({ p: part }).toString().slice(2)).join(':')
    headers.authorization = `Basic ${Buffer.from(account).toString('base64')}`
  } else {
    fields.client_id = id
    if (secret !== undefined) fields.client_secret = secret
  }
  return { headers, fields }
}

const REFUSED = new Set(['invalid_client', 'invalid_grant', 'unauthorized_client', 'invalid_scope', 'access_denied'])

/** RFC 6749, 5.2: a wrong client or grant comes as 400 or 401 with `error`. */
function refusal(response: HttpResponse, now: number): HubError {
  const code = errorCode(response)
  if (code !== undefined && REFUSED.has(code)) {
    return authError(`The token server refused the account (${code}).`, { internal: `HTTP ${response.status}` })
  }
  const error = statusError(response, now)
  if (error.family !== 'reject') return error
  return authError(`The token server refused the request (HTTP ${response.status}).`, {
    fix: 'Check tokenUrl, grant and scope.',
  })
}

function errorCode(response: HttpResponse): string | undefined {
  let body: Json
  try {
    body = response.json()
  } catch {
    return undefined
  }
  return isJsonObject(body) && typeof body.error === 'string' ? body.error : undefined
}
