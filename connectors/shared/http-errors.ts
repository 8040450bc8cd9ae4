import { HubError } from '../../hub/contracts/hub-error.ts'
import {
  authError,
  busyError,
  forbiddenError,
  rejectedError,
  throttledError,
  unexpectedError,
  unreachableError,
} from './errors.ts'
import type { HttpResponse } from './http-answer.ts'

const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000

/**
 * What Retry-After asks for, ms, at most a day; undefined where it is absent or unreadable. A date is measured from the
 * system's own clock (Date), where it tells it: then it does not matter that clocks differ.
 * @param now wall clock, ms
 */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after')?.trim()
  if (text === undefined || text === '') return undefined
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1000), LONGEST_WAIT_MS)
  const at = Date.parse(text)
  if (Number.isNaN(at)) return undefined
  const serverNow = Date.parse(headers.get('date') ?? '')
  return Math.min(Math.max(0, at - (Number.isNaN(serverNow) ? now : serverNow)), LONGEST_WAIT_MS)
}

/**
 * The error that a status means where the system says nothing more exact. Nothing of the body is told: it may quote values.
 * @param now wall clock, ms, for Retry-After
 */
export function statusError({ status, headers }: Pick<HttpResponse, 'status' | 'headers'>, now: number): HubError {
  const wait = retryAfterMs(headers, now)
  const details = { internal: `HTTP ${status}`, ...(wait === undefined ? {} : { retryAfterMs: wait }) }
  const told = `(HTTP ${status})`
  if (status === 429 || (status === 403 && wait !== undefined)) {
    return throttledError(`The system asks for fewer requests ${told}.`, details)
  }
  if (status === 401 || status === 407) return authError(`The system refused the credentials ${told}.`, details)
  if (status === 403) return forbiddenError(`The account lacks a right ${told}.`, details)
  if (status === 408 || status === 502 || status === 504) {
    return unreachableError(`The system can't be reached through its gateway, or gave up waiting ${told}.`, details)
  }
  if (status >= 500 || status === 425) return busyError(`The system can't answer at the moment ${told}.`, details)
  if (status >= 400) return rejectedError(`The system refuses the request ${told}.`, details)
  return unexpectedError(`The system gave an unexpected answer ${told}.`, details)
}

/** What broke an exchange, as a HubError. Only the origin is told: paths and queries may hold keys and secrets. */
export function networkError(thrown: unknown, origin: string): HubError {
  if (thrown instanceof HubError) return thrown
  const { code = '', message } = thrown as NodeJS.ErrnoException
  const details = { internal: `${code} ${message}`.trim(), cause: thrown }
  if (code.startsWith('HPE_')) {
    return unexpectedError(`The system at ${origin} does not speak HTTP as expected (${code}).`, details)
  }
  if (/CERT|SSL|TLS|EPROTO|SIGNATURE/.test(code)) {
    return unreachableError(`The TLS connection to ${origin} can't be trusted or made (${code}).`, {
      ...details,
      fix: 'Check the address; give the certificate of a company authority where the system has one of its own.',
    })
  }
  if (code === 'ERR_INVALID_CHAR' || code === 'ERR_HTTP_INVALID_HEADER_VALUE' || code === 'ERR_UNESCAPED_CHARACTERS') {
    return rejectedError("A value can't stand in an HTTP header or address.", { internal: code })
  }
  return unreachableError(
    `The system at ${origin} can't be reached, or broke the connection off${code && ` (${code})`}.`,
    details,
  )
}
