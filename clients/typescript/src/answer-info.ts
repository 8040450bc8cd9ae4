/** What an answer said beside its body, kept for as long as the body is. */
export interface AnswerInfo {
  status: number
  /** operationId of what was called. */
  operation: string
  /** Names this version in `If-Match`. */
  etag: string | undefined
  requestId: string | undefined
  /** Where what was made is found. */
  location: string | undefined
  /** An id that was joined into another answers with the survivor: this is its address. */
  contentLocation: string | undefined
  /** The operation or a parameter will go: since when it is known, and when it goes (RFC 9745, RFC 8594). */
  deprecation: { since: string | undefined; sunset: string | undefined } | undefined
  headers: Headers
}

interface Kept {
  info: AnswerInfo
  params: object
}

const kept = new WeakMap<object, Kept>()

export function infoFrom(operation: string, answer: Response): AnswerInfo {
  const { headers } = answer
  const one = (name: string): string | undefined => headers.get(name) ?? undefined
  const isGoing = headers.has('deprecation') || headers.has('sunset')
  return {
    status: answer.status,
    operation,
    etag: one('etag'),
    requestId: one('x-request-id'),
    location: one('location'),
    contentLocation: one('content-location'),
    deprecation: isGoing ? { since: one('deprecation'), sunset: one('sunset') } : undefined,
    headers,
  }
}

export function keepInfo(answer: unknown, info: AnswerInfo, params: object): void {
  if (typeof answer === 'object' && answer !== null) kept.set(answer, { info, params })
}

/** Status, ETag, request id and the like of an answer; undefined: it is no answer of a call, but a part or a copy of one. */
export function answerInfo(answer: object): AnswerInfo | undefined {
  return kept.get(answer)?.info
}

/** The ETag that a record has by its own members; undefined: they are not all there. */
export function versionTag(record: object): string | undefined {
  const { id, version } = record as { id?: unknown; version?: unknown }
  return typeof id === 'string' && typeof version === 'number' ? `"${id}.${version}"` : undefined
}

/** What an answer was asked with. */
export function paramsOf(answer: object): object | undefined {
  return kept.get(answer)?.params
}
