import type { JsonObject } from '../../hub/contracts/json.ts'
import { authError, settingsError } from '../shared/errors.ts'
import type { HttpRequest, HttpResponse } from '../shared/http.ts'
import { parsePath, valueAt } from '../shared/json-path.ts'
import { type Auth, type AuthParts, withHeader, withQuery } from './auth-parts.ts'
import { judge } from './errors.ts'
import { scalarText } from './raw-json.ts'
import { parseRequest, requestOf } from './request.ts'
import { rawBody } from './raw-body.ts'
import { type Token, TokenCache, untilOf } from './token-cache.ts'

const WHERE = '/settings/auth'

/** A login request gives a token, which the other requests carry in a header, a cookie, the query or their body. */
export function sessionTokens(given: JsonObject, { context, http, errors }: AuthParts): Auth {
  const login = parseRequest(given.login as JsonObject, ['username', 'password'], `${WHERE}/login`)
  const find = finder(given.found as JsonObject)
  const fetchToken = async (): Promise<Token> => {
    const response = await http.send(requestOf(login, ([name]) => given[name ?? '']))
    const { error } = judge(response, rawBody(response), errors, context.now())
    if (error !== undefined) {
      // A login that is refused is a wrong account, whatever the status says.
      throw error.family === 'reject' ? authError('The system refused the login.', { cause: error }) : error
    }
    const text = find(response)
    if (text === undefined || text === '') {
      throw settingsError('The login gave no token where the settings say.', { where: `${WHERE}/found` })
    }
    return { text, until: untilOf(context.now(), given.lifetimeSeconds as number | undefined) }
  }
  const cache = new TokenCache(fetchToken, () => context.now())
  const send = given.send as JsonObject | undefined
  return {
    token: () => cache.get(),
    forget: (token) => cache.forget(token),
    place: (request, token) => (send === undefined ? request : placed(request, send, token ?? '')),
    ...(send?.in === 'query' ? { parameter: String(send.name ?? 'Authorization') } : {}),
    close: () => undefined,
  }
}

function finder(found: JsonObject): (response: HttpResponse) => string | undefined {
  const [place, ...others] = Object.keys(found)
  if (place === undefined || others.length > 0) {
    throw settingsError('The token is found in one place.', {
      where: `${WHERE}/found`,
      fix: 'Name one of body, header and cookie.',
    })
  }
  const name = String(found[place])
  if (place === 'body') {
    const path = parsePath(name, `${WHERE}/found/body`)
    return (response) => scalarText(valueAt(rawBody(response), path))
  }
  if (place === 'header') return ({ headers }) => headers.get(name) ?? undefined
  return ({ headers }) => {
    const cookie = headers.getSetCookie().find((each) => each.startsWith(`${name}=`))
    return cookie?.slice(name.length + 1).split(';')[0]
  }
}

function placed(request: HttpRequest, send: JsonObject, token: string): HttpRequest {
  const [name, value] = [String(send.name ?? 'Authorization'), `${String(send.prefix ?? '')}${token}`]
  if (send.in === 'query') return withQuery(request, name, value)
  if (send.in === 'header') return withHeader(request, name, value)
  const others = Object.entries(request.headers ?? {}).find(([each]) => each.toLowerCase() === 'cookie')?.[1]
  return withHeader(request, 'cookie', `${others === undefined ? '' : `${others}; `}${name}=${value}`)
}
