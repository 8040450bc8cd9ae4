import {
  Connection,
  type ConnectionConfiguration,
  type ConnectionOptions,
  ISOLATION_LEVEL,
  Request,
  TYPES,
} from 'tedious'
import { unreachableError } from '../shared/errors.ts'
import { sqlServerError } from './errors.ts'
import type { SqlServerSettings } from './settings.ts'
import type { Cell, Parameter } from './values.ts'

export type Row = Cell[]

/** Longer texts and binary values travel as `(max)`; one declared length for all others keeps the server's plan cache small. */
const NVARCHAR_LENGTH_MAX = 4000
const VARBINARY_LENGTH_MAX = 8000
const PACKET_BYTES = 16_384

/** How long a statement waits for a lock before it is told as busy, at most: less than it may take in all. */
const LOCK_TIMEOUT_MAX_MS = 15_000

export function connectionConfiguration(settings: SqlServerSettings, system: string): ConnectionConfiguration {
  const { tls } = settings
  const options: ConnectionOptions = {
    database: settings.database,
    encrypt: tls !== false,
    trustServerCertificate: tls !== false && !tls.rejectUnauthorized,
    connectTimeout: settings.connectTimeoutMs,
    // Database has a clock of its own, which also ends a statement whose server fell silent.
    requestTimeout: 0,
    appName: `omnihub ${system}`.slice(0, 128),
    packetSize: PACKET_BYTES,
    maxRetriesOnTransientErrors: 0,
    abortTransactionOnError: false,
  }
  // The driver takes one of the two only.
  if (settings.instanceName === undefined) options.port = settings.port
  else options.instanceName = settings.instanceName
  if (tls !== false && tls.ca !== undefined) options.cryptoCredentialsDetails = { ca: tls.ca }
  return {
    server: settings.host,
    authentication: { type: 'default', options: { userName: settings.user, password: settings.password ?? '' } },
    options,
  }
}

/** One connection to SQL Server: statements one after the other, and transactions. A session that failed is to be closed. */
export class Session {
  readonly #connection: Connection
  #isBroken = false
  #endRunning: ((error: Error) => void) | undefined

  private constructor(connection: Connection) {
    this.#connection = connection
    const broke = (error?: Error): void => {
      this.#isBroken = true
      this.#endRunning?.(error ?? unreachableError('SQL Server ended the connection.'))
    }
    // Without a listener a connection that breaks while idle would end the process.
    connection.on('error', broke)
    connection.on('end', () => broke())
  }

  static async open(settings: SqlServerSettings, system: string, signal: AbortSignal): Promise<Session> {
    const connection = new Connection(connectionConfiguration(settings, system))
    const session = new Session(connection)
    let told: number | undefined
    connection.on('errorMessage', ({ number }: { number: number }) => (told = number))
    try {
      await session.#end((done) => connection.connect(done), signal)
      const lockTimeoutMs = Math.min(LOCK_TIMEOUT_MAX_MS, Math.floor(settings.statementTimeoutMs / 2))
      // By a batch: what sp_executesql sets ends with it.
      await session.#end((done) => {
        connection.execSqlBatch(new Request(`SET LOCK_TIMEOUT ${lockTimeoutMs}`, done))
      }, signal)
      return session
    } catch (error) {
      session.close()
      throw sqlServerError(error, told)
    }
  }

  get isBroken(): boolean {
    return this.#isBroken
  }

  /** @param text with parameters @p0, @p1, ... */
  query(text: string, parameters: readonly Parameter[] = []): Promise<Row[]> {
    const rows: Row[] = []
    return this.#end((done) => {
      const request = new Request(text, done)
      for (const [place, { binary, value }] of parameters.entries()) addParameter(request, `p${place}`, binary, value)
      request.on('row', (columns: { value: Cell }[]) => rows.push(columns.map(({ value }) => value)))
      this.#connection.execSql(request)
    }).then(() => rows)
  }

  begin(isolation: 'snapshot' | 'read committed'): Promise<void> {
    const level = isolation === 'snapshot' ? ISOLATION_LEVEL.SNAPSHOT : ISOLATION_LEVEL.READ_COMMITTED
    return this.#end((done) => this.#connection.beginTransaction(done, '', level))
  }

  commit(): Promise<void> {
    return this.#end((done) => this.#connection.commitTransaction(done))
  }

  rollback(): Promise<void> {
    return this.#end((done) => this.#connection.rollbackTransaction(done))
  }

  /** At once, whatever runs: it rejects, and the server rolls back. */
  close(): void {
    this.#isBroken = true
    this.#connection.close()
    this.#endRunning?.(unreachableError('The connection to SQL Server was closed.'))
  }

  /** Waits for the driver's callback, or for the end of the connection, of which a running request is not always told. */
  #end(start: (done: (error?: Error | null) => void) => void, signal?: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const stop = (): void => end(unreachableError('Connecting was given up.'))
      const end = (error?: Error | null): void => {
        this.#endRunning = undefined
        signal?.removeEventListener('abort', stop)
        if (error) reject(error)
        else resolve()
      }
      this.#endRunning = end
      signal?.addEventListener('abort', stop)
      start(end)
    })
  }
}

function addParameter(request: Request, name: string, binary: boolean, value: string | Buffer | null): void {
  const size = value?.length ?? 0
  if (binary) {
    const length = size > VARBINARY_LENGTH_MAX ? Number.POSITIVE_INFINITY : VARBINARY_LENGTH_MAX
    request.addParameter(name, TYPES.VarBinary, value, { length })
  } else {
    const length = size > NVARCHAR_LENGTH_MAX ? Number.POSITIVE_INFINITY : NVARCHAR_LENGTH_MAX
    request.addParameter(name, TYPES.NVarChar, value, { length })
  }
}
