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

type Make = (internal: string) => HubError

const auth: Make = (internal) => authError('The database refused the user name or password.', { internal })
const host: Make = (internal) => authError('The database does not let this user in from here.', { internal })
const forbidden: Make = (internal) =>
  forbiddenError('The database user lacks a right.', {
    internal,
    fix: 'Grant SELECT on what is read; INSERT and UPDATE to write; REPLICATION SLAVE, REPLICATION CLIENT for the log.',
  })
const busy: Make = (internal) => busyError('The database is busy: a lock, a deadlock or a time-out.', { internal })
const full: Make = (internal) => busyError('The database has no free connection.', { internal })
const gone: Make = (internal) => unreachableError('The connection to the database broke.', { internal })
const schema: Make = (internal) => schemaError('A table or column is missing in the database.', { internal })
const refused: Make = (internal) => rejectedError('The database refuses a value or breaks a constraint.', { internal })

/** https://mariadb.com/kb/en/mariadb-error-code-reference/ */
const BY_NUMBER: Record<number, Make> = {
  1045: auth,
  1698: auth,
  1862: auth,
  3118: auth,
  1130: host,
  1044: forbidden,
  1142: forbidden,
  1143: forbidden,
  1227: forbidden,
  1290: forbidden,
  1370: forbidden,
  1049: (internal) => settingsError('The database does not exist.', { where: '/settings/database', internal }),
  1054: schema,
  1146: schema,
  1205: busy,
  1213: busy,
  1317: busy,
  1969: busy,
  3024: busy,
  3572: busy,
  1040: full,
  1203: full,
  1226: full,
  1053: gone,
  1152: gone,
  1184: gone,
  1927: gone,
  2006: gone,
  2013: gone,
  1048: refused,
  1062: refused,
  1264: refused,
  1265: refused,
  1292: refused,
  1364: refused,
  1366: refused,
  1406: refused,
  1451: refused,
  1452: refused,
  1644: refused,
  3819: refused,
  4025: refused,
  1105: refused,
}

export const BINLOG_ERROR = 1236

/** Whatever the driver threw, as a HubError. The server's own words may quote values and stay internal. */
export function mysqlError(thrown: unknown): HubError {
  if (thrown instanceof HubError) return thrown
  const { errno, code, message, fatal } = thrown as {
    errno?: number
    code?: string
    message?: string
    fatal?: boolean
  }
  const internal = `${code ?? ''} ${message ?? String(thrown)}`.trim()
  const make = typeof errno === 'number' && errno > 0 ? BY_NUMBER[errno] : undefined
  if (make) return make(internal)
  if (/^(E[A-Z]+|EAI_AGAIN|HANDSHAKE_.*)$/.test(code ?? '') && code !== 'ER') {
    return unreachableError(`The database server can't be reached (${code}).`, { internal, cause: thrown })
  }
  if (code === 'PROTOCOL_SEQUENCE_TIMEOUT') return busy(internal)
  if (fatal === true || /PROTOCOL|closed state|connection|SSL|certificate/i.test(internal)) {
    return unreachableError('The connection to the database failed.', { internal, cause: thrown })
  }
  return unexpectedError('The database gave an unexpected answer.', { internal, cause: thrown })
}
