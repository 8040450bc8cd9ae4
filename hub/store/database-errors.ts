/** What the hub does about errors of the database: which ones pass with time, which ones a person must mend. */
import { HubError } from '../contracts/hub-error.ts'

/** Two transactions stood in each other's way; one of them was ended and may simply run again. */
export const CONTENTION = new Set(['40001', '40P01'])

const SOCKET_ERRORS = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|ENET)/
// 53: out of connections, disk or memory; 58: the server's own files.
const PASSING_STATES = /^(53|58)/
// 08: connection; 57P: shutting down or starting.
const CONNECTION_LOST = /^(08|57P)/
// The pg package reports these without a code.
const LOST_MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|connection error and is not queryable|Client was closed|Query read timeout|Cannot use a pool after/
const REFUSED_STATES: Record<string, string> = {
  '28P01': 'Check user and password in DATABASE_URL.',
  '28000': 'Let the user in (pg_hba.conf), or use another in DATABASE_URL.',
  '3D000': 'Create the database, or name another in DATABASE_URL.',
  '42501': 'Grant the user of DATABASE_URL the rights to the hub’s tables, or make it their owner.',
}

export function stateOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : undefined
}

/** The connection is gone or was never there, as opposed to an answer of the server. */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isConnectionLoss)
  const state = stateOf(error)
  if (state !== undefined) return SOCKET_ERRORS.test(state) || CONNECTION_LOST.test(state)
  return error instanceof Error && LOST_MESSAGES.test(error.message)
}

/**
 * A HubError for what has nothing to do with the statement: the database away, full, busy or closed to us. Any other
 * error (a unique key, a value out of range) is handed back as it is: only the caller knows what it means.
 */
export function translate(error: unknown): unknown {
  if (error instanceof HubError) return error
  const state = stateOf(error)
  if (isConnectionLoss(error)) {
    return passing('store.unavailable', 'The database can not be reached at the moment.', error)
  }
  if (state === undefined) return error
  if (CONTENTION.has(state))
    return passing('store.contention', 'Other work on the same rows kept this from being done.', error)
  if (state === '57014' || state === '55P03') return passing('store.timeout', 'The database took too long.', error)
  // A standby, after a failover that the address does not follow yet.
  if (state === '25006') return passing('store.read-only', 'The database takes no changes at the moment.', error)
  if (PASSING_STATES.test(state))
    return passing('store.exhausted', 'The database can not take more at the moment.', error)
  const fix = REFUSED_STATES[state]
  if (fix === undefined) return error
  return new HubError({
    code: 'store.refused',
    family: 'config',
    message: 'The database refuses the hub.',
    fix,
    internal: String(error),
    cause: error,
  })
}

/**
 * The connection broke while the commit was under way, so that nobody can know here whether it took place. Whoever
 * repeats the work must find out, or the work must be such that twice is once.
 */
export function commitUnknown(cause: unknown): HubError {
  return passing(
    'store.commit-unknown',
    'The connection broke during a commit; it may or may not have taken place.',
    cause,
  )
}

function passing(code: string, message: string, cause: unknown): HubError {
  return new HubError({ code, family: 'retry', message, internal: String(cause), retryAfterMs: 1000, cause })
}
