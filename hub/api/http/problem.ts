import { HubError } from '../../contracts/hub-error.ts'

export const PROBLEM_TYPE = 'application/problem+json'

/** An error as RFC 9457 has it, with what programs need beside: `code`, `pointer`, `fix`, `requestId` and the error's facts. */
export function problemOf(error: HubError, requestId: string): Record<string, unknown> {
  return {
    type: `urn:omnihub:problem:${error.code}`,
    title: titleOf(error.code),
    status: error.status,
    detail: error.message,
    code: error.code,
    ...(error.where === undefined ? {} : { pointer: error.where }),
    ...(error.fix === undefined ? {} : { fix: error.fix }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...error.facts,
    requestId,
  }
}

/** `change.subject.invalid` -> `Change subject invalid`: the same for every occurrence, as RFC 9457 asks. */
function titleOf(code: string): string {
  const words = code.replaceAll(/[.-]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** What Nest and Fastify themselves refuse, by status, in our words: theirs speak of internals. */
export function frameworkError(status: number): HubError | undefined {
  const known = FRAMEWORK_ERRORS[status]
  return known === undefined ? undefined : new HubError({ family: 'reject', status, ...known })
}

const FRAMEWORK_ERRORS: Readonly<Record<number, { code: string; message: string; fix?: string }>> = {
  400: { code: 'request.malformed', message: 'The request is not well-formed HTTP.' },
  404: { code: 'request.not-found', message: 'There is nothing at this address.', fix: 'See /docs for what there is.' },
  408: { code: 'request.timeout', message: 'The request did not arrive in time.' },
  413: { code: 'request.body.too-large', message: 'The request has more bytes than this operation takes.' },
  414: { code: 'request.url.too-long', message: 'The address or a part of it is too long.' },
  415: { code: 'request.content-type.unsupported', message: 'This operation does not take this content type.' },
  431: { code: 'request.headers.too-large', message: 'The headers of the request are too large.' },
}
