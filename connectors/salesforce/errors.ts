import type { HttpResponse } from '../shared/http.ts'
import { retryAfterMs, statusError } from '../shared/http.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import {
  authError,
  busyError,
  forbiddenError,
  rejectedError,
  schemaError,
  settingsError,
  throttledError,
} from '../shared/errors.ts'

/** What Salesforce says of one thing that it refused. Its own message is never told on: it may quote values. */
export interface NativeError {
  code: string
  fields: string[]
}

/** The day's calls are spent: they come back bit by bit over 24 hours. */
const LIMIT_WAIT_MS = 15 * 60 * 1000
/** Too many long requests at once. */
const CONCURRENCY_WAIT_MS = 10_000

const AUTH = new Set([
  'INVALID_SESSION_ID',
  'INVALID_AUTH_HEADER',
  'INVALID_LOGIN',
  'invalid_grant',
  'invalid_client',
  'invalid_client_id',
  'invalid_client_credentials',
  'unauthorized_client',
  'invalid_app_access',
  'inactive_user',
  'inactive_org',
  'PASSWORD_EXPIRED',
  'LOGIN_MUST_USE_SECURITY_TOKEN',
])
const LIMITS = new Set([
  'REQUEST_LIMIT_EXCEEDED',
  'EXCEEDED_QUOTA',
  'LOGIN_RATE_EXCEEDED',
  'login_rate_exceeded',
  'rate_limit_exceeded',
])
const BUSY = new Set([
  'SERVER_UNAVAILABLE',
  'UNABLE_TO_LOCK_ROW',
  'QUERY_TIMEOUT',
  'REQUEST_RUNNING_TOO_LONG',
  'TOO_MANY_CONCURRENT_REQUESTS',
  'INVALID_QUERY_LOCATOR',
  'INVALIDJOBSTATE',
  'ROW_LOCKED',
  'CONCURRENCY_LIMIT_EXCEEDED',
  'ORG_LOCKED',
  'UNKNOWN_EXCEPTION',
])
const FORBIDDEN = new Set([
  'API_DISABLED_FOR_ORG',
  'API_CURRENTLY_DISABLED',
  'INSUFFICIENT_ACCESS',
  'INSUFFICIENT_ACCESS_OR_READONLY',
  'FUNCTIONALITY_NOT_ENABLED',
  'FORBIDDEN',
  'OAUTH_APP_BLOCKED',
  'OAUTH_APPROVAL_ERROR_GENERIC',
])
const SCHEMA = new Set(['INVALID_TYPE', 'INVALID_FIELD', 'INVALIDENTITY', 'FEATURENOTENABLED'])

/** The errors in a body: an array of REST, one object of OAuth or of a composite result. Empty where it is neither. */
export function nativeErrors(body: unknown): NativeError[] {
  const list: unknown[] = Array.isArray(body) ? body : [body]
  return list.flatMap((each) => {
    if (typeof each !== 'object' || each === null) return []
    const { errorCode, statusCode, error, fields } = each as Record<string, unknown>
    const code = errorCode ?? statusCode ?? error
    if (typeof code !== 'string') return []
    return [{ code, fields: Array.isArray(fields) ? fields.map(String) : [] }]
  })
}

export function errorsOf(response: HttpResponse): NativeError[] {
  try {
    return nativeErrors(response.json())
  } catch {
    // A gateway's page of HTML: the status says enough.
    return []
  }
}

/** What a refused request means. @param now wall clock, ms */
export function requestError(response: HttpResponse, now: number): HubError {
  const [first] = errorsOf(response)
  if (first === undefined) return statusError(response, now)
  const wait = retryAfterMs(response.headers, now)
  const internal = `HTTP ${response.status} ${first.code}`
  const known = byCode(first, internal, wait, response)
  if (known) return known
  if (response.status >= 500 || response.status === 401 || response.status === 429) return statusError(response, now)
  if (response.status === 403) return forbiddenError(`Salesforce denies the request (${first.code}).`, { internal })
  return rejectedError(`Salesforce refuses the request (${toldOf(first)}).`, { internal })
}

function byCode(
  error: NativeError,
  internal: string,
  wait: number | undefined,
  response: HttpResponse,
): HubError | undefined {
  const { code } = error
  if (AUTH.has(code)) {
    return authError(`Salesforce refused the credentials (${code}).`, {
      internal,
      fix: 'Check the connected app, its user and its policies (IP range, permitted users), then resume the system.',
    })
  }
  if (LIMITS.has(code)) {
    const concurrent = /concurrent/i.test(response.text())
    const retryAfter = wait ?? (concurrent ? CONCURRENCY_WAIT_MS : LIMIT_WAIT_MS)
    return throttledError(`Salesforce has no API calls left for now (${code}).`, { internal, retryAfterMs: retryAfter })
  }
  if (BUSY.has(code)) {
    return busyError(`Salesforce can't do it at the moment (${code}).`, {
      internal,
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    })
  }
  if (FORBIDDEN.has(code)) {
    return forbiddenError(`The account may not do this (${code}).`, {
      internal,
      fix: 'Give the integration user the permission "API Enabled" and rights to the object and its fields.',
    })
  }
  if (SCHEMA.has(code))
    return schemaError(`An object or field is not there, or not for this account (${toldOf(error)}).`, { internal })
  if (code === 'MALFORMED_QUERY') {
    return settingsError('Salesforce does not understand the query; the filter is wrong.', {
      internal,
      fix: 'Correct "where" in the options of the entity.',
    })
  }
  return undefined
}

/** What the refusal of one record means: it never stops the system. */
export function recordError(errors: readonly NativeError[], status: number | undefined): HubError {
  const [first = { code: `HTTP ${status ?? '?'}`, fields: [] }] = errors
  const internal = `${status === undefined ? '' : `HTTP ${status} `}${errors.map(({ code }) => code).join(', ')}`.trim()
  if (BUSY.has(first.code) || (status !== undefined && status >= 500)) {
    return busyError(`Salesforce can't save the record at the moment (${first.code}).`, { internal })
  }
  if (LIMITS.has(first.code)) {
    return throttledError(`Salesforce has no API calls left for now (${first.code}).`, {
      internal,
      retryAfterMs: LIMIT_WAIT_MS,
    })
  }
  const [field] = first.fields
  return rejectedError(`Salesforce refuses the record (${toldOf(first)}).`, {
    internal,
    ...(field === undefined ? {} : { where: `/fields/${field}` }),
  })
}

function toldOf({ code, fields }: NativeError): string {
  return fields.length === 0 ? code : `${code}: ${fields.join(', ')}`
}

/** Whether the error is Salesforce's with this code. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof HubError && codes.some((code) => error.internal?.split(/[ ,]+/).includes(code) === true)
}
