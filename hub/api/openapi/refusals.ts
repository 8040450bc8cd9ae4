import type { OperationSpec } from '../operations/operation.ts'

/**
 * What an operation may answer beside what it declares itself, by status: the refusals of the gate and of the reader of
 * input, which follow from what the operation is (request-hooks.ts, input.ts).
 */
export function refusalsOf(spec: OperationSpec): Readonly<Record<number, string>> {
  const { permission, body, method } = spec
  const takesBytes = body !== undefined || method !== 'GET'
  return {
    400: 'The request can not be read: a parameter, a header or the form of the body is wrong.',
    ...(permission === 'public'
      ? {}
      : {
          401: 'The key or token is missing or not valid.',
          403: 'The role of the key may not do this, or does not see what it asks for.',
          429: 'More requests than the key may send; `Retry-After` says when to go on.',
        }),
    ...(takesBytes ? { 413: 'The body is too large.', 415: 'The operation does not take this content type.' } : {}),
    ...(body?.schema === undefined ? {} : { 422: 'The body does not fit its schema; `pointer` says where.' }),
    503: 'The hub can not serve this now; `Retry-After` says when to try again.',
  }
}
