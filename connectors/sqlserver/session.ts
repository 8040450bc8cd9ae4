import sql, { type config, type ConnectionPool, type IOptions, type Request, type Transaction } from 'mssql'
import { unreachableError } from '../shared/errors.ts'
import { sqlServerError } from './errors.ts'
import type { SqlServerSettings } from './settings.ts'
import type { Cell, Parameter } from './values.ts'

export type Row = Cell[]

/** The connection below mssql, as its `beforeConnect` hands it out. */
type Connection = Parameters<NonNullable<config['beforeConnect']>>[0]

/** Longer texts and binary values travel as `(max)`; one declared length for all others keeps the server's plan cache small. */
const NVARCHAR_LENGTH_MAX = 4000
const VARBINARY_LENGTH_MAX = 8000
const PACKET_BYTES = 16_384

/** How long a statement waits for a lock before it is told as busy, at most: less than it may take in all. */
const LOCK_TIMEOUT_MAX_MS = 15_000

/** Of a pool that is one connection: it is never reaped or replaced without a word, with whatever was set on it. */
const POOL_OF_ONE = { min: 1, max: 1 }

export function poolConfiguration(settings: SqlServerSettings, system: string): config {
  const { tls, instanceName, connectTimeoutMs } = settings
  const options: IOptions = {
    encrypt: tls !== false,
    trustServerCertificate: tls !== false && !tls.rejectUnauthorized,
    appName: `omnihub ${system}`.slice(0, 128),
    packetSize: PACKET_BYTES,
    maxRetriesOnTransientErrors: 0,
    abortTransactionOnError: false,
  }
  if (instanceName !== undefined) options.instanceName = instanceName
  if (tls !== false && tls.ca !== undefined) options.cryptoCredentialsDetails = { ca: tls.ca }
  return {
    server: settings.host,
    port: settings.port,
    database: settings.database,
    user: settings.user,
    password: settings.password ?? '',
    connectionTimeout: connectTimeoutMs,
    // SessionPool has a clock of its own, which also ends a statement whose server fell silent.
    requestTimeout: 0,
    // Rows by place: by name, two columns of one name would become a list.
    arrayRowMode: true,
    // The default asks the server before every statement.
    validateConnection: 'socket',
    pool: { ...POOL_OF_ONE, createTimeoutMillis: connectTimeoutMs, acquireTimeoutMillis: connectTimeoutMs },
    options,
  }
}

/**
 * One connection to SQL Server: statements one after the other, and transactions. A session that failed is to be closed.
 *
 * It is a pool of mssql with room for one connection. A larger pool does not say on which of its connections a statement
 * runs, so that none of them could be ended when the server falls silent.
 */
export class Session {
  readonly #pool: ConnectionPool
  /** Rejects when the connection is gone: a statement that waits for it is not always told. */
  readonly #ended: Promise<never>
  readonly #end: (error: Error) => void
  /** The last one made: the first is a trial, which mssql closes before it makes the one that is used. */
  #connection: Connection | undefined
  #transaction: Transaction | undefined
  #running: Request | undefined
  #isOpen = false
  #isBroken = false
  /** Number of the server's last message, which the driver leaves out of the error of a refused login. */
  #told: number | undefined

  private constructor(settings: SqlServerSettings, system: string) {
    const { promise, reject } = Promise.withResolvers<never>()
    promise.catch(() => undefined)
    this.#ended = promise
    this.#end = reject
    const beforeConnect = (connection: Connection): void => this.#watch(connection)
    this.#pool = new sql.ConnectionPool({ ...poolConfiguration(settings, system), beforeConnect })
    // What fails is told to who waits for it; without a listener, a failure that nobody waits for would end the process.
    this.#pool.on('error', () => undefined)
  }

  static async open(settings: SqlServerSettings, system: string, signal: AbortSignal): Promise<Session> {
    const session = new Session(settings, system)
    const giveUp = (): void => session.close(unreachableError('Connecting was given up.'))
    const late = (): void => session.close(unreachableError("SQL Server can't be reached: it took too long."))
    const timer = setTimeout(late, settings.connectTimeoutMs)
    signal.addEventListener('abort', giveUp)
    try {
      await session.#connect(Math.min(LOCK_TIMEOUT_MAX_MS, Math.floor(settings.statementTimeoutMs / 2)))
      return session
    } catch (error) {
      session.close()
      throw sqlServerError(error, session.#told)
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
    }
  }

  async #connect(lockTimeoutMs: number): Promise<void> {
    await this.#untilEnd(this.#pool.connect())
    // By a batch: what sp_executesql sets ends with it.
    await this.#untilEnd(this.#pool.batch(`SET LOCK_TIMEOUT ${lockTimeoutMs}`))
    this.#isOpen = true
  }

  #watch(connection: Connection): void {
    // mssql would replace a connection that broke, but not what was set on it or begun.
    if (this.#isOpen) this.#broke()
    this.#connection = connection
    connection.on('errorMessage', ({ number }: { number: number }) => (this.#told = number))
    connection.on('end', () => {
      if (this.#isOpen) this.#broke()
    })
    // mssql begins to connect before it hands the connection out, and can't end what it does not know yet.
    if (this.#isBroken) setImmediate(() => connection.close())
  }

  /** The pool goes too: it would keep a timer for as long as nobody looks at this session. */
  #broke(): void {
    this.close(unreachableError('SQL Server ended the connection.'))
  }

  get isBroken(): boolean {
    return this.#isBroken
  }

  /** @param text with parameters @p0, @p1, ... */
  async query(text: string, parameters: readonly Parameter[] = []): Promise<Row[]> {
    const request = (this.#transaction ?? this.#pool).request()
    for (const [place, { binary, value }] of parameters.entries()) addParameter(request, `p${place}`, binary, value)
    this.#running = request
    try {
      const { recordset } = await this.#untilEnd(request.query<Row[]>(text))
      // None at all after a statement that gives no rows, whatever the type says.
      return (recordset as Row[] | undefined) ?? []
    } finally {
      this.#running = undefined
    }
  }

  async begin(isolation: 'snapshot' | 'read committed'): Promise<void> {
    const { SNAPSHOT, READ_COMMITTED } = sql.ISOLATION_LEVEL
    const transaction = this.#pool.transaction()
    await this.#untilEnd(transaction.begin(isolation === 'snapshot' ? SNAPSHOT : READ_COMMITTED))
    this.#transaction = transaction
  }

  async commit(): Promise<void> {
    await this.#untilEnd(this.#taken().commit())
  }

  async rollback(): Promise<void> {
    await this.#untilEnd(this.#taken().rollback())
  }

  #taken(): Transaction {
    const transaction = this.#transaction ?? this.#pool.transaction()
    this.#transaction = undefined
    return transaction
  }

  /**
   * At once, whatever runs: it rejects, and the server rolls back. mssql's own close waits for what runs, as does its
   * cancel for the server's answer; a server that fell silent gives neither, so the connection itself is closed.
   */
  close(reason: Error = unreachableError('The connection to SQL Server was closed.')): void {
    this.#isBroken = true
    this.#end(reason)
    this.#running?.cancel()
    const connection = this.#connection
    // Not in the same breath: the server is to be told of the cancel before the connection is gone.
    setImmediate(() => connection?.close())
    this.#pool.close().catch(() => undefined)
  }

  #untilEnd<T>(answer: Promise<T>): Promise<T> {
    answer.catch(() => undefined)
    return Promise.race([answer, this.#ended])
  }
}

function addParameter(request: Request, name: string, binary: boolean, value: string | Buffer | null): void {
  const size = value?.length ?? 0
  const length = binary ? VARBINARY_LENGTH_MAX : NVARCHAR_LENGTH_MAX
  const type = binary ? sql.VarBinary : sql.NVarChar
  request.input(name, type(size > length ? sql.MAX : length), value)
}
