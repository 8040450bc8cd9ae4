import type { FastifyInstance } from 'fastify'
import { HubError } from '../../contracts/hub-error.ts'

/** What programs in browsers send to the API, and what of its answers they may read beside the body. */
const REQUEST_HEADERS =
  'authorization, x-api-key, content-type, if-match, if-none-match, idempotency-key, last-event-id, x-request-id'
const ANSWER_HEADERS =
  'etag, content-location, idempotency-replayed, location, ratelimit, ratelimit-policy, retry-after, x-request-id'
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'
const PREFLIGHT_SECONDS = 600

/**
 * `https://shop.example.com, http://localhost:3000`: origins whose pages may call the API. Throws `settings.cors-origins` of
 * the family `config`; a wildcard is no origin.
 */
export function parseOrigins(text: string | undefined): ReadonlySet<string> {
  const origins = (text ?? '').split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
  for (const origin of origins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin || !/^https?:/.test(origin))
      throw wrongOrigin(origin)
  }
  return new Set(origins)
}

/**
 * Lets pages of these origins read answers. Cookies are never taken, so credentials are not allowed: a page needs a key
 * or a token of its own. An origin that is not listed gets the answer it would have got without CORS, unreadable to it.
 */
export function addCors(fastify: FastifyInstance, origins: ReadonlySet<string>): void {
  if (origins.size === 0) return
  fastify.addHook('onRequest', (request, reply, done) => {
    // Caches must not hand one origin's answer to another, nor an answer without these headers to either.
    reply.header('vary', 'Origin')
    const { origin, 'access-control-request-method': wanted } = request.headers
    if (origin === undefined || !origins.has(origin)) {
      done()
      return
    }
    reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', ANSWER_HEADERS)
    if (request.method !== 'OPTIONS' || wanted === undefined) {
      done()
      return
    }
    reply
      .header('access-control-allow-methods', METHODS)
      .header('access-control-allow-headers', REQUEST_HEADERS)
      .header('access-control-max-age', PREFLIGHT_SECONDS)
      .code(204)
      .send()
  })
}

function wrongOrigin(given: string): HubError {
  return new HubError({
    code: 'settings.cors-origins',
    family: 'config',
    message: `OMNIHUB_CORS_ORIGINS has a part that is no origin: ${JSON.stringify(given.slice(0, 80))}.`,
    fix: 'Write scheme and host, and the port where it is not the usual one: https://shop.example.com.',
  })
}
