import type { JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'
import type { HttpRequest } from '../shared/http.ts'
import { type Auth, type AuthParts, withHeader, withQuery } from './auth-parts.ts'
import { MEMBERS_OF_SCHEME } from './auth-schema.ts'
import { oauthTokens } from './oauth.ts'
import { sessionTokens } from './session.ts'

const WHERE = '/settings/auth'

/** Throws `connector.settings` for members that the scheme needs and lacks, or has no use for. */
export function checkAuth(given: JsonObject): void {
  const scheme = String(given.scheme)
  const members = MEMBERS_OF_SCHEME[scheme] ?? []
  const known = new Set(['scheme', ...members.map((name) => name.replace('!', ''))])
  for (const name of Object.keys(given)) {
    if (!known.has(name)) {
      throw settingsError(`The scheme ${scheme} has no "${name}".`, {
        where: `${WHERE}/${name}`,
        fix: `It has ${[...known].slice(1).join(', ') || 'nothing'}.`,
      })
    }
  }
  const missing = members.find((name) => name.endsWith('!') && given[name.slice(0, -1)] === undefined)
  if (missing !== undefined) {
    const name = missing.slice(0, -1)
    throw settingsError(`The scheme ${scheme} needs "${name}".`, { where: `${WHERE}/${name}` })
  }
}

/** @param given settings.auth, checked; undefined: none */
export function authOf(given: JsonObject | undefined, parts: AuthParts): Auth {
  if (given === undefined || given.scheme === 'none') return fixed((request) => request)
  checkAuth(given)
  const text = (name: string, otherwise = ''): string => String(given[name] ?? otherwise)
  switch (given.scheme) {
    case 'bearer':
      return fixed((request) => withHeader(request, 'authorization', `Bearer ${text('token')}`))
    case 'basic': {
      const account = Buffer.from(`${text('username')}:${text('password')}`).toString('base64')
      return fixed((request) => withHeader(request, 'authorization', `Basic ${account}`))
    }
    case 'apiKey': {
      const [name, key] = [text('name', 'X-API-Key'), text('key')]
      if (given.in === 'query') return { ...fixed((request) => withQuery(request, name, key)), parameter: name }
      return fixed((request) => withHeader(request, name, key))
    }
    case 'oauth2':
      return oauthTokens(given, parts)
    default:
      return sessionTokens(given, parts)
  }
}

function fixed(place: (request: HttpRequest) => HttpRequest): Auth {
  return {
    token: () => Promise.resolve(undefined),
    forget: () => undefined,
    place,
    close: () => undefined,
  }
}
