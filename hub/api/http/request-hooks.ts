import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
  preHandlerHookHandler,
  RouteHandlerMethod,
} from 'fastify'
import type { AccessPolicy } from '../../security/access-policy.ts'
import type { AuditedRead, AuditTrail } from '../../security/audit-trail.ts'
import { HubError } from '../../contracts/hub-error.ts'
import type { RateLimits } from '../../security/rate-limits.ts'
import type { Verifier } from '../../security/callers.ts'
import type { Principal } from '../../security/key-verifier.ts'
import { mayDo } from '../../security/permissions.ts'
import type { OperationSpec } from '../operations/operation.ts'
import { HOOK_BYTES_MAX } from '../operations/hooks.ts'
import { type Input, inputReader } from './input.ts'
import { deprecationNotes } from './deprecation-notes.ts'
import { dropPreconditions, maskAnswers, maskedRequest } from './masking-hook.ts'
import { frameworkError } from './problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    operation?: OperationSpec
  }
  interface FastifyRequest {
    principal: Principal | null
    input: Input
    /** Whether the key that the request came with would still be let through now: for answers that take long. */
    stillAllowed(): Promise<boolean>
  }
}

export interface GateOptions {
  verifier: Verifier
  /** Largest request of changes in bytes. */
  changesBytesMax: number
  /** A handler in the place of the controller's, for operations that are called so often that Nest's chain shows. */
  direct?(operation: string): RouteHandlerMethod | undefined
  /**
   * For operations that the connector of a system authenticates: whether one more of its bodies may be held. Answers what is
   * called when the request is over; throws what the caller is told.
   */
  admit?(system: string): () => void
  /** Where reads of personal data are noted. */
  audit?: Pick<AuditTrail, 'read' | 'found'>
  /** What roles do not see. Absent: everybody sees everything. */
  access?: AccessPolicy
  /** How much each caller may ask. Absent: without bounds. */
  limits?: RateLimits
  /**
   * Asked before a request that changes or decides something is handled: resolves when the rules by which that happens are those
   * that were published last; undefined: they are.
   */
  current?(): Promise<void> | undefined
  /** What notes the beginning of a request of this operation. */
  begin(operation: string): (reply: FastifyReply) => void
}

const BODY_BYTES_MAX = 1024 * 1024

/** The bodies that any operation may have at most: what the server itself must let through. */
export function bodyLimitOf(changesBytesMax: number): number {
  return Math.max(changesBytesMax, BODY_BYTES_MAX, HOOK_BYTES_MAX)
}

/**
 * Puts the gate before every route: key, permission, content type and announced length are checked before a byte of the
 * body is read, so that a stranger can't make the hub hold a body; parameters and body before the handler runs. A route
 * without an operation stops the start.
 *
 * These are Fastify hooks and not Nest guards and pipes for two reasons: Nest's run only after the body was read, and
 * each costs a promise or two on every request.
 */
export function addGate(fastify: FastifyInstance, options: GateOptions): void {
  const access = options.access !== undefined && options.access.masked.length > 0 ? options.access : undefined
  fastify.decorateRequest('principal', null)
  fastify.decorateRequest('masking', null)
  fastify.decorateRequest('stillAllowed', async function (this: FastifyRequest) {
    const key = presentedKey(this)
    return key !== undefined && (await options.verifier.verify(key))?.role === this.principal?.role
  })
  fastify.addHook('onRoute', (route) => {
    const spec = route.config?.operation
    if (spec === undefined) throw new Error(`The route ${String(route.method)} ${route.url} declares no operation.`)
    route.onRequest = [gate(spec, options)]
    route.preHandler = [reader(spec, options)]
    const mask = access === undefined ? undefined : maskAnswers(spec)
    if (mask !== undefined) route.onSend = [mask]
    const direct = options.direct?.(spec.id)
    if (direct !== undefined) route.handler = direct
  })
}

function gate(spec: OperationSpec, options: GateOptions): onRequestHookHandler {
  const checkBody = bodyCheck(spec, options.changesBytesMax)
  const begin = options.begin(spec.id)
  const { permission } = spec
  if (permission === 'public') {
    const admit = spec.authentication === 'connector' ? options.admit : undefined
    return (request, reply, done) => {
      begin(reply)
      setAnswerHeaders(request, reply)
      const refusal = unfitHead(request) ?? checkBody(request)
      if (refusal === undefined && admit !== undefined) {
        try {
          reply.raw.once('close', admit((request.params as { system: string }).system))
        } catch (error) {
          done(error as Error)
          return
        }
      }
      done(refusal)
    }
  }
  const { limits, access } = options
  const admit = (request: FastifyRequest, reply: FastifyReply, principal: Principal | null): HubError | undefined => {
    if (principal === null) return unauthorized('auth.invalid', 'The key or token is not valid here, or no longer.')
    // What a caller may not do counts too: being refused must not be free.
    const refusal = limits === undefined ? undefined : bounded(reply, principal, limits, spec.endless === true)
    if (refusal !== undefined) return refusal
    if (!mayDo(principal.role, permission)) return forbidden(principal)
    request.principal = principal
    if (access !== undefined) dropPreconditions(request, access)
    return checkBody(request)
  }
  return (request, reply, done) => {
    begin(reply)
    setAnswerHeaders(request, reply)
    const unfit = unfitHead(request)
    if (unfit !== undefined) {
      done(unfit)
      return
    }
    const key = presentedKey(request)
    const principal = key === undefined ? undefined : options.verifier.verify(key)
    let refusal: HubError | undefined
    if (principal === undefined) refusal = unauthorized('auth.missing', 'This operation needs an API key or a token.')
    else if (principal instanceof Promise) {
      principal.then((known) => challenge(reply, admit(request, reply, known), done), done)
      return
    } else refusal = admit(request, reply, principal)
    challenge(reply, refusal, done)
  }
}

const URL_LENGTH_MAX = 8_192
const HEADERS_MAX = 100

/** Node bounds the bytes of a request's head; the hub also the length of its address and the number of its headers. */
function unfitHead({ raw }: FastifyRequest): HubError | undefined {
  if ((raw.url ?? '').length > URL_LENGTH_MAX) return frameworkError(414)
  // Names and values in turn.
  return raw.rawHeaders.length > HEADERS_MAX * 2 ? frameworkError(431) : undefined
}

/** Takes one request off what the caller has left; the error where there is nothing left. */
function bounded(
  reply: FastifyReply,
  principal: Principal,
  limits: RateLimits,
  isEndless: boolean,
): HubError | undefined {
  try {
    const allowance = limits.take(principal)
    if (allowance === null) return undefined
    reply.header('ratelimit-policy', allowance.policy).header('ratelimit', allowance.left)
    const end = isEndless ? null : limits.begin(principal)
    if (end !== null) reply.raw.once('close', end)
    return undefined
  } catch (error) {
    return error as HubError
  }
}

/** Data is never a page: nothing in it is run, loaded or framed. The pages at /docs have a policy of their own. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'"

function isEncrypted({ raw }: FastifyRequest): boolean {
  return 'encrypted' in raw.socket
}

export function answerHeaders(requestId: string): Record<string, string> {
  return {
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'content-security-policy': API_POLICY,
  }
}

/** Nothing of an answer may be kept by a cache or guessed at; a handler that knows better says so. */
export function setAnswerHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(answerHeaders(request.id))
  if (isEncrypted(request)) reply.header('strict-transport-security', 'max-age=31536000')
}

function challenge(reply: FastifyReply, refusal: HubError | undefined, done: (error?: Error) => void): void {
  if (refusal?.status === 401) reply.header('www-authenticate', 'Bearer realm="omnihub"')
  done(refusal)
}

/** The key or token in the headers of a request. */
export function presentedKey(request: FastifyRequest): string | undefined {
  const { authorization, 'x-api-key': apiKey } = request.headers
  if (authorization !== undefined && /^bearer /i.test(authorization))
    return authorization.slice('bearer '.length).trim()
  return typeof apiKey === 'string' ? apiKey.trim() : undefined
}

function unauthorized(code: string, message: string): HubError {
  const fix = 'Send `Authorization: Bearer <key or token>`; an admin makes keys.'
  return new HubError({ code, family: 'reject', status: 401, message, fix })
}

function forbidden(principal: Principal): HubError {
  return new HubError({
    code: 'auth.forbidden',
    family: 'reject',
    status: 403,
    message: `A key with the role ${principal.role} may not do this.`,
    fix: 'Ask an admin for a key with another role; docs/operators/security.md says which role may do what.',
  })
}

/** What can be known of a body from the headers: whether this operation takes it. */
function bodyCheck(spec: OperationSpec, changesBytesMax: number): (request: FastifyRequest) => HubError | undefined {
  const { body } = spec
  const bytesMax = bytesMaxOf(spec, changesBytesMax)
  const types = new Set(body?.types ?? [])
  // What an operation without a body is sent is read over and dropped.
  if (body === undefined) return () => undefined
  return (request) => {
    const { 'content-length': length, 'content-type': contentType, 'transfer-encoding': encoding } = request.headers
    if (length !== undefined && Number(length) > bytesMax) return tooLarge(bytesMax)
    const isEmpty = encoding === undefined && (length === undefined || length === '0')
    if (isEmpty || types.has('*/*')) return undefined
    const mediaType = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
    return types.has(mediaType) ? undefined : unsupportedType(body.types)
  }
}

function bytesMaxOf({ body }: OperationSpec, changesBytesMax: number): number {
  if (body?.stream === true) return Infinity
  return body?.bytesMax === 'changes' ? changesBytesMax : (body?.bytesMax ?? BODY_BYTES_MAX)
}

function tooLarge(bytesMax: number): HubError {
  return new HubError({
    code: 'request.body.too-large',
    family: 'reject',
    status: 413,
    message: `The request has more than ${bytesMax} bytes.`,
    fix: 'Send less at a time.',
  })
}

function unsupportedType(types: readonly string[]): HubError {
  const { message, code } = frameworkError(415) ?? { message: '', code: 'request.content-type.unsupported' }
  return new HubError({ code, family: 'reject', status: 415, message, fix: `Send one of: ${types.join(', ')}.` })
}

function reader(spec: OperationSpec, options: GateOptions): preHandlerHookHandler {
  const { changesBytesMax, audit } = options
  const current = spec.method === 'GET' ? undefined : options.current
  const read = inputReader(spec)
  const bytesMax = bytesMaxOf(spec, changesBytesMax)
  const note = audit === undefined || spec.personal !== true ? undefined : noter(spec, audit)
  const warn = deprecationNotes(spec)
  return (request, reply, done) => {
    warn?.(request, reply)
    try {
      // A body of unannounced length was bounded by the server's limit only, which is that of the largest operation.
      if (Buffer.isBuffer(request.body) && request.body.length > bytesMax) throw tooLarge(bytesMax)
      request.input = read(request, request.principal)
      const refusal = maskedRequest(spec, request)
      if (refusal !== undefined) throw refusal
      note?.(request)
    } catch (error) {
      done(error as Error)
      return
    }
    const awaited = current?.()
    if (awaited === undefined) done()
    else awaited.then(() => done(), done)
  }
}

const NO_NAMES: readonly string[] = []

function namesOf(query: object): readonly string[] {
  for (const _ in query) return Object.keys(query).sort()
  return NO_NAMES
}

/** Notes a read before it is served. Ids of records are what was read; other parts of the path are names, and stand in the subject. */
function noter(spec: OperationSpec, audit: Pick<AuditTrail, 'read' | 'found'>): (request: FastifyRequest) => void {
  const params = Object.entries(spec.params ?? {})
  const names = params.filter(([, { format }]) => format !== 'uuid').map(([name]) => name)
  const ids = params.filter(([, { format }]) => format === 'uuid').map(([name]) => name)
  return ({ input, query, principal }) => {
    if (principal === null) return
    const given = input.params as Record<string, unknown>
    const subject =
      names.length === 0
        ? spec.path
        : names.reduce((path, name) => path.replace(`{${name}}`, () => String(given[name])), spec.path)
    const records = ids.map((name) => String(given[name]))
    const parameters = namesOf(query as object)
    const read: AuditedRead = {
      principal,
      operation: spec.id,
      subject,
      records,
      parameters,
    }
    audit.read(read)
    input.found = (found) => {
      audit.found(read, found)
    }
  }
}
