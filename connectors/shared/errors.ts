import { HubError, type HubErrorOptions } from '../../hub/contracts/hub-error.ts'

type Details = Partial<Pick<HubErrorOptions, 'where' | 'fix' | 'internal' | 'retryAfterMs' | 'cause' | 'facts'>>

/** The account was refused: a person must change the credentials. */
export function authError(message: string, details: Details = {}): HubError {
  return new HubError({ code: 'connector.auth', family: 'config', message, ...details })
}

/** The account is right, but may not do what is needed. */
export function forbiddenError(message: string, details: Details = {}): HubError {
  return new HubError({ code: 'connector.forbidden', family: 'config', message, ...details })
}

/** Nobody answers, or the connection broke: the same call may succeed later. */
export function unreachableError(message: string, details: Details = {}): HubError {
  return new HubError({ code: 'connector.unreachable', family: 'retry', message, ...details })
}

/** The system answers, but not now: locks, deadlocks, too many connections, a slot in use. */
export function busyError(message: string, details: Details = {}): HubError {
  return new HubError({ code: 'connector.busy', family: 'retry', message, ...details })
}

/** The system asks for fewer requests; `retryAfterMs` is how long it wants to be left alone, where it says so. */
export function throttledError(message: string, details: Details = {}): HubError {
  return new HubError({ code: 'connector.throttled', family: 'retry', message, ...details })
}

/** A setting or an entity option is wrong; `where` points at it. */
export function settingsError(message: string, details: Details = {}): HubError {
  return new HubError({ code: 'connector.settings', family: 'config', message, ...details })
}

/** The system's tables are not as the options say: a table, column or key that is missing or unfit. */
export function schemaError(message: string, details: Details = {}): HubError {
  return new HubError({ code: 'connector.schema', family: 'config', message, ...details })
}

/** The system refuses this record and always will. */
export function rejectedError(message: string, details: Details = {}): HubError {
  return new HubError({ code: 'connector.rejected', family: 'reject', message, ...details })
}

/**
 * A record may have been made, and nothing in the system can tell: made again, it could be there twice. A person looks.
 */
export function unknownCreateError(details: Details = {}): HubError {
  return new HubError({
    code: 'connector.create.unknown',
    family: 'reject',
    message:
      'The record may have been made, but the answer of the system was lost, and the record has no mark to find it by.',
    fix: 'Look for it in the system. Name a field for the mark in the options of the entity (markField), so that the hub can look itself.',
    ...details,
  })
}

/** A push comes from nobody who may; `internal` says why, the caller is told nothing. */
export function unauthorizedPushError(internal: string): HubError {
  const message = 'The push is not authorized.'
  return new HubError({ code: 'connector.push.unauthorized', family: 'reject', status: 401, message, internal })
}

/** An answer that nobody foresaw: nothing is known about it, so it is tried again with the back-off. */
export function unexpectedError(message: string, details: Details = {}): HubError {
  return new HubError({ code: 'connector.unexpected', family: 'retry', message, ...details })
}

/** The engine's fault: a snapshot beside the log needs the log to be held first. */
export function orderError(): HubError {
  const message = 'A snapshot beside the log was begun before the log was held.'
  return new HubError({ code: 'connector.order', family: 'bug', message })
}

/** The engine has asked to stop: no fault, and never told to anybody. */
export function stoppedError(): HubError {
  return new HubError({ code: 'connector.stopped', family: 'retry', message: 'The connector was stopped.' })
}
