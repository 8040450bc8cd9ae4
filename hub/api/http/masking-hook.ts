import type { FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import type { CanonicalEntity } from '../../contracts/canonical.ts'
import { HubError } from '../../contracts/hub-error.ts'
import { isJsonObject, type JsonObject } from '../../contracts/json.ts'
import type { AccessPolicy } from '../../security/access-policy.ts'
import type { Masking } from '../../security/masking.ts'
import { type Collection, COLLECTIONS } from '../operations/entities.ts'
import type { OperationSpec } from '../operations/operation.ts'
import { PROBLEM_TYPE } from './problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the caller does not see; null: everything is seen. */
    masking: Masking | null
  }
}

/** What every problem has: words and codes of the hub. */
const PROBLEM_MEMBERS: ReadonlySet<string> = new Set([
  ...['type', 'title', 'status', 'detail', 'code', 'pointer', 'fix', 'retryAfterMs', 'requestId'],
])
/** The tag of one version of one customer; any other is made of the text itself, and would tell whether a guess of it is right. */
const VERSION_TAG = /^"[0-9a-f-]{36}\.\d+"$/

/**
 * The one place in which answers lose what a role does not see: after whatever made them, before they leave. Only for
 * policies that mask something, so that a hub without one pays nothing.
 */
export function maskAnswers(spec: OperationSpec): onSendHookHandler | undefined {
  if (spec.permission === 'public') return undefined
  const entity = entityOf(spec)
  // What the hub is set up like is nobody's data; acts answer with what they did, and to whom.
  const answersWithData = spec.personal === true || spec.method !== 'GET'
  return (request, reply, payload, done) => {
    const { masking } = request
    if (masking === null) {
      done(null, payload)
      return
    }
    try {
      done(null, maskedPayload({ reply, payload, masking, entity, answersWithData }))
    } catch (error) {
      done(error as Error)
    }
  }
}

interface Answer {
  reply: FastifyReply
  payload: unknown
  masking: Masking
  entity: CanonicalEntity | null
  answersWithData: boolean
}

function maskedPayload({ reply, payload, masking, entity, answersWithData }: Answer): unknown {
  const type = String(reply.getHeader('content-type') ?? '')
  const text = typeof payload === 'string' ? payload : Buffer.isBuffer(payload) ? payload.toString('utf8') : undefined
  if (text === undefined || text === '') return payload
  if (type.startsWith(PROBLEM_TYPE)) return Buffer.from(maskedProblem(text, masking))
  if (!answersWithData) return payload
  // What can't be read can't be masked. A format that is not JSON must not be the way around.
  if (!/^application\/([\w.-]+\+)?json\b/.test(type)) throw notMaskable()
  const tag = reply.getHeader('etag')
  if (tag !== undefined && !VERSION_TAG.test(String(tag))) reply.removeHeader('etag')
  reply.removeHeader('content-length')
  return masking.text(text, entity)
}

function maskedProblem(text: string, masking: Masking): string {
  const problem = JSON.parse(text) as JsonObject
  const entries = Object.entries(problem)
  const own = entries.filter(([name]) => PROBLEM_MEMBERS.has(name))
  const facts = masking.json(Object.fromEntries(entries.filter(([name]) => !PROBLEM_MEMBERS.has(name))), null)
  return JSON.stringify({ ...Object.fromEntries(own), ...(facts as JsonObject) })
}

/** `/v1/invoices/{id}` answers with invoices and nothing else; what else there is may hold anything. */
function entityOf({ path }: OperationSpec): CanonicalEntity | null {
  const [, collection = ''] = /^\/v1\/([a-z-]+)(?:\/\{id\})?$/.exec(path) ?? []
  return collection in COLLECTIONS ? COLLECTIONS[collection as Collection] : null
}

/** What a role may not ask because the answer would tell what it does not see; undefined where it may. */
export function maskedRequest(
  spec: OperationSpec,
  { query, input, masking }: Pick<FastifyRequest, 'query' | 'input' | 'masking'>,
): HubError | undefined {
  if (masking === null) return undefined
  if (spec.unmasked === true) return givesAway()
  for (const name in query as object) {
    const { searches = [], searchesIn = 'customer' } = spec.query?.[name] ?? {}
    if (searches.some((path) => masking.covers(searchesIn, path.split('.')))) return maskedParameter(name)
  }
  if (spec.edits !== undefined && isJsonObject(input.body ?? null)) {
    const body = input.body as JsonObject
    const hit = (spec.editedPaths?.(body) ?? pathsOf(body, [])).find((path) =>
      masking.covers(spec.edits ?? 'customer', path),
    )
    if (hit !== undefined) return maskedField(hit)
  }
  return undefined
}

/** The members that a merge patch sets; lists are replaced whole. */
function pathsOf(patch: JsonObject, above: readonly string[]): string[][] {
  return Object.entries(patch).flatMap(([name, value]) => {
    const path = [...above, name]
    return isJsonObject(value) && Object.keys(value).length > 0 ? pathsOf(value, path) : [path]
  })
}

/** Whoever does not see a field knows no version of the text that it is in. */
export function dropPreconditions(request: FastifyRequest, policy: AccessPolicy): void {
  const { principal } = request
  request.masking = principal === null ? null : policy.maskingOf(principal.role)
  const tag = request.headers['if-none-match']
  if (request.masking !== null && tag !== undefined && !tag.split(',').every((one) => VERSION_TAG.test(one.trim()))) {
    delete request.headers['if-none-match']
  }
}

function maskedParameter(name: string): HubError {
  return new HubError({
    code: 'access.masked-parameter',
    family: 'reject',
    status: 403,
    message: 'Your role does not see a field that this parameter looks at, so it may not look for it either.',
    where: `?${name}`,
    fix: 'Look in another way, or ask an admin for another role.',
  })
}

function maskedField(path: readonly string[]): HubError {
  return new HubError({
    code: 'access.masked-field',
    family: 'reject',
    status: 403,
    message: 'Your role does not see this field, so it may not set it either.',
    where: `/${path.join('/')}`,
    fix: 'Leave it out, or ask an admin for another role.',
  })
}

function givesAway(): HubError {
  return new HubError({
    code: 'access.masked-role',
    family: 'reject',
    status: 403,
    message: 'Your role does not see everything, and what a document of your own makes of data can not be masked.',
    fix: 'Ask an admin for another role.',
  })
}

function notMaskable(): HubError {
  return new HubError({
    code: 'access.not-maskable',
    family: 'reject',
    status: 403,
    message: 'Your role does not see everything, and answers in this format can not be masked.',
    fix: 'Ask for JSON, or ask an admin for another role.',
  })
}
