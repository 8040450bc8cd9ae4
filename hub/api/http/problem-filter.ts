import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { asHubError, HubError } from '../../contracts/hub-error.ts'
import type { HttpLog } from './http-log.ts'
import { frameworkError, PROBLEM_TYPE, problemOf } from './problem.ts'
import { setAnswerHeaders } from './request-hooks.ts'

export interface ProblemFilterOptions {
  log: HttpLog
  /** Methods that the address has, where it has any: tells 405 from 404. */
  methodsAt(path: string): readonly string[]
}

/** Answers every error as problem+json. What only operators may know goes to the log with the request's id. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #options: ProblemFilterOptions

  constructor(options: ProblemFilterOptions) {
    this.#options = options
  }

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    this.send(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>())
  }

  send(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const error = this.#errorOf(thrown, request)
    this.#report(error, request)
    if (reply.sent || reply.raw.headersSent) {
      // The answer had begun: only a torn connection tells the caller that it is not whole.
      reply.raw.destroy()
      return
    }
    if (error.retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(error.retryAfterMs / 1000))
    const allow = error.facts?.['allow']
    if (error.status === 405 && Array.isArray(allow)) reply.header('allow', allow.join(', '))
    setAnswerHeaders(request, reply)
    reply.code(error.status).header('content-type', PROBLEM_TYPE)
    // As bytes: Fastify would add a charset to the media type of a text, which RFC 9457 does not know.
    reply.send(Buffer.from(JSON.stringify(problemOf(error, request.id))))
  }

  #errorOf(thrown: unknown, request: FastifyRequest): HubError {
    if (thrown instanceof HubError) return thrown
    if (isTorn(thrown)) return torn()
    const status = statusOf(thrown)
    if (status === 404) {
      const allow = this.#options.methodsAt(request.url.split('?')[0] ?? '')
      if (allow.length > 0) return methodNotAllowed(allow)
    }
    return (status === undefined ? undefined : frameworkError(status)) ?? asHubError(thrown)
  }

  #report(error: HubError, request: FastifyRequest): void {
    const operation = request.routeOptions?.config?.operation?.id
    const facts = {
      requestId: request.id,
      status: error.status,
      ...(operation === undefined ? {} : { operation }),
      error,
    }
    if (error.family === 'bug' || error.family === 'config') this.#options.log.error(facts, 'A request failed.')
    else if (error.family === 'retry') this.#options.log.warn(facts, 'A request could not be served now.')
    else this.#options.log.debug(facts, 'A request was refused.')
  }
}

/** The caller went away in the middle of the request: nobody reads the answer, and it is no fault of the hub. */
function isTorn(thrown: unknown): boolean {
  return (thrown as NodeJS.ErrnoException | null)?.code === 'ECONNRESET'
}

function torn(): HubError {
  return new HubError({
    code: 'request.incomplete',
    family: 'reject',
    status: 400,
    message: 'The request ended before it was whole.',
  })
}

function methodNotAllowed(allow: readonly string[]): HubError {
  return new HubError({
    code: 'request.method-not-allowed',
    family: 'reject',
    status: 405,
    message: 'This address does not have this method.',
    fix: `It has: ${allow.join(', ')}.`,
    facts: { allow },
  })
}

/** The status of an error of Nest's or Fastify's own below 500; undefined for anything else. */
function statusOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error)) return undefined
  const { status, statusCode } = thrown as { status?: unknown; statusCode?: unknown }
  const known = [status, statusCode].find((value) => typeof value === 'number')
  return known !== undefined && known >= 400 && known < 500 ? known : undefined
}
