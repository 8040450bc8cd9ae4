import type { KnownErrorCode } from './generated/error-codes.ts'

/** What went wrong before there was an answer of the hub, or in an answer that is none of the hub's. */
export type ClientErrorCode =
  | 'client.network'
  | 'client.timeout'
  | 'client.answer.unexpected'
  | 'client.answer.incomplete'
  | 'client.on-its-way'
  | 'client.usage'
  | 'client.webhook.missing'
  | 'client.webhook.stale'
  | 'client.webhook.forged'
  | 'client.webhook.malformed'

/** A later hub may have codes that this version of the client has not heard of. */
export type ErrorCode = KnownErrorCode | ClientErrorCode | (string & Record<never, never>)

/** One of several faults of a request. */
export interface Problem {
  code?: string
  pointer?: string
  detail?: string
  fix?: string
}

export interface OmnihubErrorOptions {
  code: ErrorCode
  message: string
  /** HTTP status; 0: there was no answer. */
  status?: number
  operation?: string | undefined
  title?: string | undefined
  pointer?: string | undefined
  fix?: string | undefined
  requestId?: string | undefined
  retryAfterMs?: number | undefined
  problems?: readonly Problem[]
  facts?: Readonly<Record<string, unknown>>
  cause?: unknown
}

/**
 * Anything that kept a call from succeeding. `code` is for programs, `message` for people; docs/errors.md lists the codes.
 * Only a call that was aborted by its own signal rejects with something else: the reason of the signal.
 */
export class OmnihubError extends Error {
  readonly code: ErrorCode
  readonly status: number
  /** operationId of what was called. */
  readonly operation: string | undefined
  readonly title: string | undefined
  /** Where: a JSON pointer into the body, `?name` of a parameter or `{name}` of the path. */
  readonly pointer: string | undefined
  /** What to do about it. */
  readonly fix: string | undefined
  /** By which operators find the request in the hub's log. */
  readonly requestId: string | undefined
  /** When it is worth trying again, in ms from the answer. */
  readonly retryAfterMs: number | undefined
  /** Each fault of a request that has several. */
  readonly problems: readonly Problem[]
  /** All that the answer said, for members that only some codes have: `failing`, `rule`, ... */
  readonly facts: Readonly<Record<string, unknown>>

  constructor(options: OmnihubErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'OmnihubError'
    this.code = options.code
    this.status = options.status ?? 0
    this.operation = options.operation
    this.title = options.title
    this.pointer = options.pointer
    this.fix = options.fix
    this.requestId = options.requestId
    this.retryAfterMs = options.retryAfterMs
    this.problems = options.problems ?? []
    this.facts = options.facts ?? {}
  }
}

/** An answer that refuses, as an error; a body that is no problem document (a proxy's page) gets a code of the client. */
export function errorOfAnswer(operation: string, answer: Response, body: string): OmnihubError {
  const problem = parsedObject(body)
  const text = (name: string): string | undefined => {
    const value = problem?.[name]
    return typeof value === 'string' ? value : undefined
  }
  const code = text('code')
  const retryAfterMs = retryAfterOf(answer.headers) ?? numberOf(problem?.['retryAfterMs'])
  const requestId = text('requestId') ?? answer.headers.get('x-request-id') ?? undefined
  if (problem === undefined || code === undefined) {
    const message = `${operation} was answered with ${answer.status}, by something that is not the hub.`
    return new OmnihubError({
      code: 'client.answer.unexpected',
      message,
      status: answer.status,
      operation,
      requestId,
      retryAfterMs,
    })
  }
  const errors = problem['errors']
  return new OmnihubError({
    code,
    message: text('detail') ?? code,
    status: answer.status,
    operation,
    title: text('title'),
    pointer: text('pointer'),
    fix: text('fix'),
    requestId,
    retryAfterMs,
    problems: Array.isArray(errors) ? (errors as Problem[]) : [],
    facts: problem,
  })
}

function parsedObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined
}

/** `Retry-After` in ms: seconds or a date (RFC 9110, 10.2.3). */
export function retryAfterOf(headers: Headers): number | undefined {
  const text = headers.get('retry-after')?.trim()
  if (text === undefined || text === '') return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now())
}
