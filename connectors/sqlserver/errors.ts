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

const auth: Make = (internal) => authError('SQL Server refused the user name or password.', { internal })
const expired: Make = (internal) =>
  authError('The password of the account has expired or must be changed.', { internal })
const firewall: Make = (internal) =>
  authError('SQL Server does not let this client in from here.', {
    internal,
    fix: 'Allow the address of the hub in the firewall of the server.',
  })
const database: Make = (internal) =>
  settingsError("The database does not exist, or the account can't open it.", { where: '/settings/database', internal })
const forbidden: Make = (internal) =>
  forbiddenError('The account lacks a right.', {
    internal,
    fix: 'Grant SELECT on what is read, VIEW CHANGE TRACKING for mode log, INSERT and UPDATE to write.',
  })
const schema: Make = (internal) => schemaError('A table or column is missing in the database.', { internal })
const noSnapshot: Make = (internal) =>
  schemaError('The database does not allow snapshot isolation.', {
    internal,
    fix: 'ALTER DATABASE <name> SET ALLOW_SNAPSHOT_ISOLATION ON',
  })
const untracked: Make = (internal) =>
  schemaError('Change Tracking is not enabled.', {
    internal,
    fix: 'ALTER DATABASE <name> SET CHANGE_TRACKING = ON; ALTER TABLE <table> ENABLE CHANGE_TRACKING',
  })
const deadlock: Make = (internal) => busyError('SQL Server broke a deadlock.', { internal })
const locked: Make = (internal) => busyError('A row is locked by somebody else.', { internal })
const busy: Make = (internal) => busyError('SQL Server is busy or out of resources.', { internal })
const changed: Make = (internal) =>
  busyError('The data or its table changed during the transaction; it is to be repeated.', { internal })
const away: Make = (internal) => unreachableError('The database is starting, stopping or moving.', { internal })
const refused: Make = (internal) => rejectedError('The database refuses a value or breaks a constraint.', { internal })

const GROUPS: [Make, number[]][] = [
  [auth, [18450, 18451, 18452, 18456, 18461, 18470, 40532]],
  [expired, [18486, 18487, 18488]],
  [firewall, [40615, 47073]],
  [database, [911, 4060, 4063, 4064]],
  [forbidden, [229, 230, 262, 297, 300, 916, 2557, 15247, 22104]],
  [schema, [207, 208, 4104, 4902, 4922, 2812]],
  [noSnapshot, [3952]],
  [untracked, [22105, 22108, 22117]],
  [deadlock, [1205]],
  [locked, [1222]],
  [changed, [3960, 3961, 1204]],
  [
    busy,
    [
      701, 802, 845, 8645, 8651, 9002, 1105, 10928, 10929, 10936, 40501, 40544, 40549, 40550, 40551, 40552, 40553,
      41301, 41302, 41305, 41325, 49918, 49919, 49920, 17809,
    ],
  ],
  [
    away,
    [
      40, 64, 233, 596, 922, 927, 945, 976, 983, 6005, 10053, 10054, 10060, 17142, 17197, 40143, 40197, 40540, 40613,
      41384, 42108, 42109, 18401,
    ],
  ],
  [
    refused,
    [
      220, 231, 232, 235, 241, 242, 244, 245, 248, 257, 271, 272, 273, 295, 334, 339, 513, 515, 544, 547, 550, 1946,
      2601, 2627, 2628, 3609, 3621, 8101, 8102, 8106, 8114, 8115, 8152, 8169, 9413, 13535, 50000,
    ],
  ],
]

/** https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors */
const BY_NUMBER = new Map(GROUPS.flatMap(([make, numbers]) => numbers.map((number) => [number, make] as const)))

/** A unique key is taken: the row is there already, or another one has the value. */
export function isDuplicate(thrown: unknown): boolean {
  return [2627, 2601].includes(numberOf(thrown) ?? 0)
}

interface Thrown {
  number?: unknown
  /** What the server said before: mssql keeps the last of several errors only. */
  precedingErrors?: unknown
  /** Of an AggregateError, as the driver below mssql throws it. */
  errors?: unknown
  originalError?: unknown
}

/** The server's number of an error, where it has one; of several, of the first that has. */
export function numberOf(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined
  const { number, precedingErrors, errors, originalError } = thrown as Thrown
  for (const several of [precedingErrors, errors]) {
    if (!Array.isArray(several)) continue
    for (const each of several) {
      const found = numberOf(each)
      if (found !== undefined) return found
    }
  }
  // Of an error without a number, mssql makes one of the driver's code.
  return typeof number === 'number' ? number : numberOf(originalError)
}

/** Errors of mssql about how it was called, which say nothing about the server. */
const MISUSED = [
  'EREQUEST',
  'EPARAM',
  'EDUPEPARAM',
  'EARGS',
  'EINJECT',
  'EREQINPROG',
  'EALREADYBEGUN',
  'ENOTBEGUN',
  'EABORT',
]

/**
 * Whatever the driver threw, as a HubError. The server's own words may quote values and stay internal.
 * @param told number of the server's last message, which the driver leaves out of the error of a refused login
 */
export function sqlServerError(thrown: unknown, told?: number): HubError {
  if (thrown instanceof HubError) return thrown
  const { code, message } = (thrown ?? {}) as { code?: string; message?: string }
  const number = numberOf(thrown) ?? told
  const internal = `${number ?? ''} ${code ?? ''} ${message ?? String(thrown)}`.trim()
  const make = number === undefined ? undefined : BY_NUMBER.get(number)
  if (make) return make(internal)
  if (code === 'ELOGIN') return auth(internal)
  if (code === 'EINSTLOOKUP') {
    return unreachableError('The named instance was not found.', {
      internal,
      fix: 'Check instanceName, and that the SQL Server Browser answers on UDP 1434; or give the port instead.',
    })
  }
  if (code === 'EENCRYPT') {
    return settingsError('The server and this client do not agree on encryption.', {
      where: '/settings/tls',
      internal,
      fix: 'Set tls to encrypted or verified where the server demands it, to off where it has none.',
    })
  }
  if (
    code === 'ETIMEOUT' ||
    code === 'ESOCKET' ||
    code === 'ENOTOPEN' ||
    code === 'EINVALIDSTATE' ||
    code === 'ECLOSE'
  ) {
    return unreachableError(`SQL Server can't be reached, or the connection broke (${code}).`, {
      internal,
      cause: thrown,
    })
  }
  if (/^E[A-Z]+$|^EAI_AGAIN$/.test(code ?? '') && !MISUSED.includes(code ?? '')) {
    return unreachableError(`SQL Server can't be reached (${code}).`, { internal, cause: thrown })
  }
  if (/connection|socket|closed|certificate|hang up/i.test(internal)) {
    return unreachableError('The connection to SQL Server failed.', { internal, cause: thrown })
  }
  return unexpectedError('SQL Server gave an unexpected answer.', { internal, cause: thrown })
}
