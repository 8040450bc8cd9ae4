/** The session by node-oracledb in its thin mode, which needs no Oracle client libraries. */
import oracledb from 'oracledb'
import { unreachableError } from '../shared/errors.ts'
import type { Bind, Cell, OracleSession, Row } from './session.ts'
import type { OracleSettings } from './settings.ts'

/** Text forms and comparisons that do not depend on how the database or the account is configured; values.ts reads these. */
const SESSION_SQL = `ALTER SESSION SET NLS_NUMERIC_CHARACTERS = '.,' NLS_CALENDAR = 'GREGORIAN' NLS_COMP = BINARY NLS_SORT = BINARY TIME_ZONE = '+00:00'`

const ROWS_PER_FETCH = 500
const INLINE_BYTES_MAX = 32_767
const BYTES_PER_CHARACTER_MAX = 4

/** Values whose parser would round them or hand out a stream come whole, as text or bytes. */
const FETCHED_AS = new Map<unknown, oracledb.DbType>([
  [oracledb.DB_TYPE_NUMBER, oracledb.STRING as unknown as oracledb.DbType],
  [oracledb.DB_TYPE_CLOB, oracledb.STRING as unknown as oracledb.DbType],
  [oracledb.DB_TYPE_NCLOB, oracledb.STRING as unknown as oracledb.DbType],
  [oracledb.DB_TYPE_BLOB, oracledb.BUFFER as unknown as oracledb.DbType],
])

const BIND_TYPES = {
  text: oracledb.DB_TYPE_VARCHAR,
  national: oracledb.DB_TYPE_NVARCHAR,
  binary: oracledb.DB_TYPE_RAW,
  long: oracledb.DB_TYPE_CLOB,
}

/** The descriptor of a server: one attempt, within the time. */
export function connectDescriptor(settings: OracleSettings): string {
  if (settings.connectString !== undefined) return settings.connectString
  const { host, port, database, tls, connectTimeoutMs } = settings
  const protocol = tls === false ? 'tcp' : 'tcps'
  const security = tls === false ? '' : `(SECURITY=(SSL_SERVER_DN_MATCH=${tls.rejectUnauthorized ? 'YES' : 'NO'}))`
  const seconds = Math.ceil(connectTimeoutMs / 1000)
  const timeouts = `(CONNECT_TIMEOUT=${seconds})(TRANSPORT_CONNECT_TIMEOUT=${seconds})(RETRY_COUNT=0)`
  const address = `(ADDRESS=(PROTOCOL=${protocol})(HOST=${host})(PORT=${port}))`
  return `(DESCRIPTION=${timeouts}${address}(CONNECT_DATA=(SERVICE_NAME=${database}))${security})`
}

export async function openThinSession(settings: OracleSettings, system: string): Promise<OracleSession> {
  const { user, password, tls, connectTimeoutMs } = settings
  const attempt = oracledb.getConnection({
    user,
    password: password ?? '',
    connectString: connectDescriptor(settings),
    ...(tls !== false && tls.ca !== undefined ? { walletContent: tls.ca } : {}),
  })
  const connection = await inTime(attempt, connectTimeoutMs)
  const session = new ThinSession(connection)
  connection.callTimeout = settings.statementTimeoutMs
  connection.module = `omnihub ${system}`.slice(0, 48)
  try {
    await session.execute(SESSION_SQL, [])
    return session
  } catch (error) {
    session.close()
    throw error
  }
}

/** The driver's own time-outs end with the first answer; a listener that then falls silent would hold it for ever. */
async function inTime(attempt: Promise<oracledb.Connection>, ms: number): Promise<oracledb.Connection> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    reject(unreachableError('Oracle did not let the hub in within the connect time-out.'))
  }, ms)
  attempt
    .then((connection) => {
      if (isLate) new ThinSession(connection).close()
    })
    .catch(() => undefined)
  try {
    return await Promise.race([attempt, late])
  } finally {
    clearTimeout(timer)
  }
}

class ThinSession implements OracleSession {
  readonly #connection: oracledb.Connection
  #isClosed = false

  constructor(connection: oracledb.Connection) {
    this.#connection = connection
  }

  get isBroken(): boolean {
    return this.#isClosed || !this.#connection.isHealthy()
  }

  async query(text: string, binds: readonly Bind[]): Promise<Row[]> {
    const { rows } = await this.#connection.execute<Cell[]>(text, binds.map(bindOf), {
      outFormat: oracledb.OUT_FORMAT_ARRAY,
      fetchArraySize: ROWS_PER_FETCH,
      prefetchRows: ROWS_PER_FETCH,
      fetchTypeHandler: ({ dbType }) => {
        const type = FETCHED_AS.get(dbType)
        return type === undefined ? undefined : { type }
      },
    })
    return rows ?? []
  }

  async execute(text: string, binds: readonly Bind[]): Promise<number> {
    const { rowsAffected } = await this.#connection.execute(text, binds.map(bindOf), { autoCommit: false })
    return rowsAffected ?? 0
  }

  commit(): Promise<void> {
    return this.#connection.commit()
  }

  rollback(): Promise<void> {
    return this.#connection.rollback()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    // Closing says farewell first, for which a silent peer would be waited for: the socket is ended, then the rest.
    const { _impl: inner } = this.#connection as unknown as { _impl?: { nscon?: { forceDisconnect?(): void } } }
    inner?.nscon?.forceDisconnect?.()
    void this.#connection.close({ drop: true }).catch(() => undefined)
  }
}

/** Longer values than a VARCHAR2 or RAW may have in PL/SQL travel as LOBs. */
function bindOf({ kind, value }: Bind): oracledb.BindParameter {
  const isLong = (value?.length ?? 0) > INLINE_BYTES_MAX / BYTES_PER_CHARACTER_MAX
  const type = !isLong ? BIND_TYPES[kind] : kind === 'binary' ? oracledb.DB_TYPE_BLOB : oracledb.DB_TYPE_CLOB
  return { dir: oracledb.BIND_IN, type, val: value }
}
