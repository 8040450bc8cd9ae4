import pg from 'pg'
import type { ConnectorContext } from '../../hub/contracts/connector.ts'
import { stoppedError } from '../shared/errors.ts'
import { postgresError } from './errors.ts'
import type { PostgresSettings } from './settings.ts'

export type TextRow = (string | null)[]

/** Every value as the server's own text: no parser of the driver may round a number or a microsecond. */
const AS_TEXT: pg.CustomTypesConfig = { getTypeParser: () => (value: string) => value }

/** Text forms that do not depend on how the server or the database is configured; values.ts reads exactly these. */
const SESSION_OPTIONS = [
  'datestyle=ISO,YMD',
  'timezone=UTC',
  'intervalstyle=iso_8601',
  'bytea_output=hex',
  'extra_float_digits=1',
  'search_path=pg_catalog',
]

export function clientConfig(settings: PostgresSettings, system: string): pg.ClientConfig {
  return {
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user: settings.user,
    ...(settings.password === undefined ? {} : { password: settings.password }),
    ssl: settings.tls,
    application_name: `omnihub ${system}`.slice(0, 63),
    connectionTimeoutMillis: settings.connectTimeoutMs,
    keepAlive: true,
    options: SESSION_OPTIONS.map((option) => `-c ${option}`).join(' '),
  }
}

/** A few pooled connections; every error leaves as a HubError, and the abort of `signal` ends running statements. */
export class Database {
  readonly #pool: pg.Pool
  readonly #signal: AbortSignal
  /** To be awaited before each statement that reads a page or writes a record: the system's rate budget. */
  readonly call: () => Promise<void>
  readonly #inUse = new Set<pg.PoolClient>()
  readonly #onAbort = (): void => {
    // Ending a client in the middle of a statement closes its socket; the statement rejects at once.
    for (const client of this.#inUse) void (client as unknown as pg.Client).end().catch(() => undefined)
  }

  constructor(
    settings: PostgresSettings,
    { system, signal, call }: Pick<ConnectorContext, 'system' | 'signal' | 'call'>,
  ) {
    this.#signal = signal
    this.call = async () => {
      try {
        await call()
      } catch (error) {
        throw signal.aborted ? stoppedError() : error
      }
    }
    this.#pool = new pg.Pool({
      ...clientConfig(settings, system),
      max: 4,
      statement_timeout: settings.statementTimeoutMs,
      // The client's own clock ends a statement whose server fell silent; the server's, a slow one, comes first.
      query_timeout: settings.statementTimeoutMs + 2000,
      idleTimeoutMillis: 30_000,
    })
    // Without a listener a connection that breaks while idle would end the process.
    this.#pool.on('error', () => undefined)
    signal.addEventListener('abort', this.#onAbort)
  }

  query(text: string, values: readonly unknown[] = []): Promise<TextRow[]> {
    return this.withClient((query) => query(text, values))
  }

  /** One connection for several statements; it is thrown away when anything fails on it. */
  async withClient<T>(use: (query: Query) => Promise<T>): Promise<T> {
    if (this.#signal.aborted) throw stoppedError()
    let client: pg.PoolClient | undefined
    let broken: Error | undefined
    try {
      client = await this.#pool.connect()
      const checkedOut = client
      checkedOut.on('error', ignore)
      this.#inUse.add(checkedOut)
      if (this.#signal.aborted) throw stoppedError()
      return await use(async (text, values = []) => {
        const result = await checkedOut.query<TextRow>({
          text,
          values: [...values],
          rowMode: 'array',
          types: AS_TEXT,
        })
        return result.rows
      })
    } catch (error) {
      broken = error instanceof Error ? error : new Error(String(error))
      throw this.#signal.aborted ? stoppedError() : postgresError(error)
    } finally {
      if (client) {
        this.#inUse.delete(client)
        client.off('error', ignore)
        client.release(broken)
      }
    }
  }

  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#onAbort()
    if (!this.#pool.ended) await this.#pool.end()
  }
}

export type Query = (text: string, values?: readonly unknown[]) => Promise<TextRow[]>

function ignore(): void {
  // The pending statement rejects with the same error; this listener only keeps it from being thrown twice.
}

/** A name for SQL text, whatever characters it has. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
