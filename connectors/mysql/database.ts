import mysql from 'mysql2/promise'
import type { ConnectionOptions } from 'mysql2'
import type { ConnectorContext } from '../../hub/contracts/connector.ts'
import { busyError, stoppedError } from '../shared/errors.ts'
import { mysqlError } from './errors.ts'
import type { MysqlSettings } from './settings.ts'

/** Each value as the server's own bytes: no parser of the driver may round a number or shift a time. */
export type ByteRow = (Buffer | null)[]
export type Query = (text: string, values?: readonly (string | number | null)[]) => Promise<ByteRow[]>

/** Fixes what the text forms and the quoting rest on, whatever the server's defaults are. */
const SESSION_SQL = `SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ERROR_FOR_DIVISION_BY_ZERO'`

export function connectionOptions(settings: MysqlSettings): ConnectionOptions {
  return {
    host: settings.host,
    port: settings.port,
    user: settings.user,
    database: settings.database,
    ...(settings.password === undefined ? {} : { password: settings.password }),
    ...(settings.tls === false ? {} : { ssl: settings.tls }),
    connectTimeout: settings.connectTimeoutMs,
    charset: 'utf8mb4',
    enableKeepAlive: true,
    multipleStatements: false,
  }
}

/** A few pooled connections; every error leaves as a HubError, and the abort of `signal` ends running statements. */
export class Database {
  readonly #pool: mysql.Pool
  readonly #signal: AbortSignal
  /** To be awaited before each statement that reads a page or writes a record: the system's rate budget. */
  readonly call: () => Promise<void>
  readonly #timeoutMs: number
  readonly #prepared = new WeakSet<mysql.Connection>()
  readonly #inUse = new Set<mysql.PoolConnection>()
  readonly #onAbort = (): void => {
    for (const connection of this.#inUse) connection.destroy()
  }

  constructor(settings: MysqlSettings, { signal, call }: Pick<ConnectorContext, 'signal' | 'call'>) {
    this.#signal = signal
    this.call = async () => {
      try {
        await call()
      } catch (error) {
        throw signal.aborted ? stoppedError() : error
      }
    }
    this.#timeoutMs = settings.statementTimeoutMs
    this.#pool = mysql.createPool({ ...connectionOptions(settings), connectionLimit: 4, idleTimeout: 30_000 })
    signal.addEventListener('abort', this.#onAbort)
  }

  query(text: string, values: readonly (string | number | null)[] = []): Promise<ByteRow[]> {
    return this.withConnection((query) => query(text, values))
  }

  /** One connection for several statements; it is thrown away when anything fails on it. */
  async withConnection<T>(use: (query: Query) => Promise<T>): Promise<T> {
    if (this.#signal.aborted) throw stoppedError()
    let connection: mysql.PoolConnection | undefined
    let failed = true
    try {
      connection = await this.#pool.getConnection()
      this.#inUse.add(connection)
      if (this.#signal.aborted) throw stoppedError()
      const query = this.#queryOn(connection)
      if (!this.#prepared.has(connection.connection)) {
        await query(SESSION_SQL)
        this.#prepared.add(connection.connection)
      }
      const result = await use(query)
      failed = false
      return result
    } catch (error) {
      throw this.#signal.aborted ? stoppedError() : mysqlError(error)
    } finally {
      if (connection) {
        this.#inUse.delete(connection)
        if (failed) connection.destroy()
        else connection.release()
      }
    }
  }

  #queryOn(connection: mysql.PoolConnection): Query {
    return async (text, values = []) => {
      const answer = connection.query({
        sql: text,
        values: [...values],
        rowsAsArray: true,
        typeCast: (field) => field.buffer(),
      })
      const [rows] = await this.#inTime(answer)
      return Array.isArray(rows) ? (rows as unknown as ByteRow[]) : []
    }
  }

  /** The driver's own time-out outlives a broken connection, and a destroyed connection never answers at all. */
  async #inTime<T>(answer: Promise<T>): Promise<T> {
    const { promise: ended, reject } = Promise.withResolvers<never>()
    const stop = (): void => reject(stoppedError())
    const timer = setTimeout(() => reject(busyError('The statement took longer than its time-out.')), this.#timeoutMs)
    this.#signal.addEventListener('abort', stop)
    try {
      return await Promise.race([answer, ended])
    } finally {
      clearTimeout(timer)
      this.#signal.removeEventListener('abort', stop)
      answer.catch(() => undefined)
    }
  }

  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#onAbort()
    await this.#pool.end().catch(() => undefined)
  }
}

/** A name for SQL text, whatever characters it has. */
export function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}
