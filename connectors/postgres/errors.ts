import { HubError } from '../../hub/contracts/hub-error.ts'
import {
  authError,
  busyError,
  forbiddenError,
  rejectedError,
  schemaError,
  settingsError,
  unexpectedError,
  unreachableError,
} from '../shared/errors.ts'

/** https://www.postgresql.org/docs/current/errcodes-appendix.html; what is not listed goes by its class (first two characters). */
const BY_CODE: Record<string, (message: string, internal: string) => HubError> = {
  '28P01': (_, internal) => authError('The database refused the user name or password.', { internal }),
  '28000': (_, internal) =>
    authError('The database does not let this user in from here.', {
      internal,
      fix: 'Check the user name, and pg_hba.conf for a line that covers this client.',
    }),
  '3D000': (_, internal) => settingsError('The database does not exist.', { where: '/settings/database', internal }),
  '42501': (message, internal) => forbiddenError(`The database user lacks a right: ${message}.`, { internal }),
  '42P01': (message, internal) => schemaError(`A table is missing: ${message}.`, { internal }),
  '42703': (message, internal) => schemaError(`A column is missing: ${message}.`, { internal }),
  '3F000': (message, internal) => schemaError(`A schema is missing: ${message}.`, { internal }),
  '42704': (message, internal) => schemaError(`Something is missing in the database: ${message}.`, { internal }),
  '55006': (message, internal) => busyError(`The replication slot is in use: ${message}.`, { internal }),
  '55P03': (_, internal) => busyError('A row is locked by somebody else.', { internal }),
  '40001': (_, internal) => busyError('The database asks to repeat the transaction.', { internal }),
  '40P01': (_, internal) => busyError('The database broke a deadlock.', { internal }),
  '57014': (_, internal) => busyError('The statement took longer than its time-out.', { internal }),
  '53300': (_, internal) => busyError('The database has no free connection.', { internal }),
}

const BY_CLASS: Record<string, (message: string, internal: string) => HubError> = {
  '08': (_, internal) => unreachableError('The connection to the database broke.', { internal }),
  '57': (_, internal) => unreachableError('The database is starting, stopping or ended the connection.', { internal }),
  '53': (_, internal) => busyError('The database is out of resources.', { internal }),
  '58': (_, internal) => busyError('The database has trouble with its files.', { internal }),
  '22': (message, internal) => rejectedError(`The database refuses a value: ${message}.`, { internal }),
  '23': (message, internal) => rejectedError(`A constraint of the database is violated: ${message}.`, { internal }),
}

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** Whatever the driver threw, as a HubError. A message of the server may quote values, so for 22 and 23 only its constraint or column is told. */
export function postgresError(thrown: unknown): HubError {
  if (thrown instanceof HubError) return thrown
  const error = thrown as { code?: unknown; message?: unknown; constraint?: string; column?: string }
  const code = typeof error.code === 'string' ? error.code : ''
  const internal = `${code} ${String(error.message ?? thrown)}`.trim()
  if (NETWORK_CODES.has(code)) {
    return unreachableError(`The database server can't be reached (${code}).`, { internal, cause: thrown })
  }
  const make = BY_CODE[code] ?? (code.length === 5 ? BY_CLASS[code.slice(0, 2)] : undefined)
  if (make) return make(tellable(code, error), internal)
  if (/terminat|time-?out|closed|ended|SSL|certificate|aborted/i.test(internal)) {
    return unreachableError('The connection to the database failed.', { internal, cause: thrown })
  }
  return unexpectedError('The database gave an unexpected answer.', { internal, cause: thrown })
}

function tellable(code: string, error: { message?: unknown; constraint?: string; column?: string }): string {
  if (code.startsWith('22') || code.startsWith('23')) {
    if (error.constraint) return `constraint "${error.constraint}"`
    return error.column ? `column "${error.column}"` : `SQLSTATE ${code}`
  }
  return String(error.message ?? code)
}
