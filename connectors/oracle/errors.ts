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

const auth: Make = (internal) => authError('Oracle refused the user name or password.', { internal })
const locked: Make = (internal) =>
  authError('The account is locked.', { internal, fix: 'ALTER USER <name> ACCOUNT UNLOCK' })
const expired: Make = (internal) => authError('The password of the account has expired.', { internal })
const noSession: Make = (internal) =>
  forbiddenError('The account may not log in.', { internal, fix: 'GRANT CREATE SESSION TO <name>' })
const forbidden: Make = (internal) =>
  forbiddenError('The account lacks a right.', {
    internal,
    fix: 'Grant SELECT on what is read, SELECT and DELETE on change tables, INSERT and UPDATE to write.',
  })
const service: Make = (internal) =>
  unreachableError('The listener knows no such service: the database is starting, stopped, or named wrongly.', {
    internal,
    fix: 'Check "database" (the service name) where this lasts.',
  })
const sid: Make = (internal) =>
  settingsError('The listener knows no such database.', { where: '/settings/database', internal })
const descriptor: Make = (internal) =>
  settingsError('The connect descriptor is wrong.', { where: '/settings/connectString', internal })
const schema: Make = (internal) => schemaError('A table or column is missing in the database.', { internal })
const deadlock: Make = (internal) => busyError('Oracle broke a deadlock.', { internal })
const rowLocked: Make = (internal) => busyError('A row is locked by somebody else.', { internal })
const busy: Make = (internal) => busyError('Oracle is busy or out of resources.', { internal })
const again: Make = (internal) =>
  busyError('What was read is too old or was changed meanwhile; it is to be repeated.', { internal })
const slow: Make = (internal) => busyError('The statement took longer than its time-out.', { internal })
const away: Make = (internal) =>
  unreachableError('The database is starting, stopping or ended the connection.', { internal })
const gone: Make = (internal) => unreachableError("Oracle can't be reached, or the connection broke.", { internal })
const encryption: Make = (internal) =>
  settingsError('The server demands native network encryption, which this client does not have.', {
    where: '/settings/tls',
    internal,
    fix: 'Let it accept unencrypted connections from here (SQLNET.ENCRYPTION_SERVER), or use TLS.',
  })
const certificate: Make = (internal) =>
  settingsError('The certificate of the server is not accepted.', {
    where: '/settings/tls',
    internal,
    fix: 'Give the authority that signed it in tlsAuthority, and the name that it is for as host.',
  })
const version: Make = (internal) =>
  settingsError('The database is older than 12.1, or its password verifier is too old.', {
    where: '/settings/host',
    internal,
    fix: 'For an old verifier (10G) set the password of the account anew.',
  })
const refused: Make = (internal) => rejectedError('The database refuses a value or breaks a constraint.', { internal })

const GROUPS: [Make, string, number[]][] = [
  [auth, 'ORA', [1005, 1017, 1988, 3136, 12631]],
  [locked, 'ORA', [28000]],
  [expired, 'ORA', [28001, 28002, 28011]],
  [noSession, 'ORA', [1045, 28009]],
  [forbidden, 'ORA', [990, 1031, 1720, 1749, 28115, 41900]],
  [service, 'ORA', [12514, 12516, 12518, 12519, 12520, 12521, 12523, 12526, 12527, 12528]],
  [sid, 'ORA', [12505]],
  [descriptor, 'ORA', [12154, 12533, 12560]],
  [schema, 'ORA', [903, 904, 942, 980, 1747, 2289, 4043, 4080, 4098, 6550]],
  [deadlock, 'ORA', [60, 4020]],
  [rowLocked, 'ORA', [54, 30006]],
  [busy, 'ORA', [18, 20, 51, 104, 257, 1000, 1653, 1654, 1691, 4030, 4031, 4036, 12801, 19809, 30009, 30036]],
  [again, 'ORA', [1002, 1410, 1555, 4061, 4065, 4068, 8103, 8176, 8177, 8180, 12850, 24756, 25408, 29861]],
  [slow, 'ORA', [1013, 3156]],
  [away, 'ORA', [1033, 1034, 1089, 1090, 1092, 1109, 1219, 3113, 3114, 3135, 24550, 25402, 25405, 27101]],
  [
    gone,
    'ORA',
    [
      22, 28, 1012, 12153, 12170, 12203, 12224, 12502, 12504, 12525, 12535, 12537, 12541, 12543, 12545, 12547, 12549,
      12570, 12571, 12583, 12606, 12609, 12637,
    ],
  ],
  [encryption, 'ORA', [12660]],
  [
    refused,
    'ORA',
    [
      1, 932, 1400, 1401, 1407, 1426, 1438, 1465, 1481, 1489, 1722, 1735, 1830, 1839, 1840, 1841, 1843, 1847, 1850,
      1851, 1852, 1854, 1855, 1858, 1861, 1862, 1865, 1874, 1878, 2290, 2291, 2292, 2359, 2437, 6502, 6512, 12899,
      12838, 22835, 30078, 31011, 32795, 40441, 54013, 61800,
    ],
  ],
  [gone, 'NJS', [500, 501, 503, 504, 505, 509, 510, 511, 513, 521]],
  [certificate, 'NJS', [506, 507, 508]],
  [service, 'NJS', [518]],
  [sid, 'NJS', [519]],
  [slow, 'NJS', [40, 123]],
  [descriptor, 'NJS', [512, 514, 515, 516, 517, 520]],
  [version, 'NJS', [115, 116, 138]],
  [gone, 'DPY', [4011, 6000, 6005]],
]

const BY_CODE = new Map<string, Make>(
  GROUPS.flatMap(([make, prefix, numbers]) => numbers.map((number) => [`${prefix}-${number}`, make] as const)),
)
/** Applications raise these from their triggers. */
const APPLICATION_CODES = { from: 20_000, to: 20_999 }

/** All codes that a message names, `ORA-942`, without leading zeros, in their order. */
function codesOf(message: string): string[] {
  return [...message.matchAll(/\b(ORA|NJS|DPY)-(\d{3,5})\b/g)].map(
    ([, prefix, number]) => `${prefix}-${Number(number)}`,
  )
}

/** A unique key is taken: the row is there already, or another one has the value. */
export function isDuplicate(thrown: unknown): boolean {
  return codesOf(String((thrown as { message?: unknown }).message))[0] === 'ORA-1'
}

/**
 * Whatever the driver threw, as a HubError. The driver wraps the listener's refusals (`NJS-518: ... ORA-12514`) and calls
 * few errors recoverable, so the codes are told apart here, Oracle's own before the driver's. Its words may quote values
 * and stay internal.
 */
export function oracleError(thrown: unknown): HubError {
  if (thrown instanceof HubError) return thrown
  const { message, code } = thrown as { message?: string; code?: string }
  const internal = `${message ?? String(thrown)}`.split('\n')[0] ?? ''
  const codes = codesOf(`${message ?? ''} ${code ?? ''}`)
  const ranked = [...codes.filter((each) => each.startsWith('ORA')), ...codes]
  for (const each of ranked) {
    const make = BY_CODE.get(each)
    if (make) return make(internal)
  }
  const number = Number(ranked[0]?.slice(4))
  if (number >= APPLICATION_CODES.from && number <= APPLICATION_CODES.to) return refused(internal)
  if (/^E[A-Z]+$|^EAI_AGAIN$/.test(code ?? '')) return gone(internal)
  return unexpectedError('Oracle gave an unexpected answer.', { internal, cause: thrown })
}
