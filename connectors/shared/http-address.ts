import { settingsError, unexpectedError } from './errors.ts'
import type { HttpRequest } from './http.ts'
import type { HttpResponse } from './http-answer.ts'

type QueryValue = string | number | boolean | undefined
export type HttpQuery = Readonly<Record<string, QueryValue | readonly string[]>>

/**
 * Throws `connector.settings` for what is no http(s) address, and for one with a user, a query or a fragment.
 * @param where JSON pointer of the setting
 */
export function baseUrlOf(text: string, where = '/settings/baseUrl'): URL {
  const url = URL.parse(text)
  const fix = 'Write it as https://host/path; credentials have settings of their own.'
  if (!url || !/^https?:$/.test(url.protocol)) throw settingsError('The address is no http(s) URL.', { where, fix })
  if (url.username !== '' || url.password !== '') {
    throw settingsError('The address must not have a user or a password in it.', { where, fix })
  }
  if (url.search !== '' || url.hash !== '') {
    throw settingsError('The address must not have a query or a fragment.', { where, fix })
  }
  return url
}

/** @param origins those that may be asked; undefined: any */
export function addressOf(
  { url: absolute, path, query }: HttpRequest,
  base: URL | undefined,
  origins: ReadonlySet<string> | undefined,
): URL {
  const url = absolute === undefined ? joined(base, path ?? '') : URL.parse(absolute)
  if (!url || !/^https?:$/.test(url.protocol)) throw unexpectedError('The address to ask is no http(s) URL.')
  if (origins && !origins.has(url.origin)) throw foreignOrigin('The system points to', url, [...origins][0] ?? '')
  for (const [name, value] of Object.entries(query ?? {})) {
    const values = Array.isArray(value) ? value : [value]
    for (const each of values as QueryValue[]) if (each !== undefined) url.searchParams.append(name, String(each))
  }
  return url
}

function joined(base: URL | undefined, path: string): URL | null {
  if (base === undefined) return null
  if (path === '') return new URL(base)
  const [own = '', ...search] = path.split('?')
  const url = URL.parse(`${base.origin}${base.pathname.replace(/\/$/, '')}/${own.replace(/^\//, '')}`)
  if (url && search.length > 0) url.search = search.join('?')
  return url
}

/** Where the answer sends the request on to; undefined where it does not. Throws where following would not be safe. */
export function redirectTarget(
  from: URL,
  { status, headers }: HttpResponse,
  method: string,
  mayFollow: boolean,
  origins: ReadonlySet<string> | undefined,
): URL | undefined {
  const location = headers.get('location')
  if (![301, 302, 303, 307, 308].includes(status) || location === null) return undefined
  const target = URL.parse(location, from.href)
  if (!target || !/^https?:$/.test(target.protocol)) throw unexpectedError('The system redirects to no http(s) URL.')
  const isTrusted = origins?.has(target.origin) ?? target.origin === from.origin
  if (!isTrusted) throw foreignOrigin('The system redirects to', target, from.origin)
  if (status <= 302 && !['GET', 'HEAD'].includes(method)) {
    throw settingsError(`The system redirects a ${method} request, which would not arrive as it was sent.`, {
      fix: `Use the address that it redirects to, at ${target.origin}.`,
    })
  }
  if (!mayFollow) throw unexpectedError('The system redirects in a circle.')
  return target
}

function foreignOrigin(what: string, target: URL, origin: string): Error {
  return settingsError(`${what} another origin, ${target.origin}; credentials are not taken there from ${origin}.`, {
    fix: `Where that is right, use ${target.origin} in the settings.`,
  })
}
