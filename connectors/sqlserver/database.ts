import type { ConnectorContext } from '../../hub/contracts/connector.ts'
import { SessionPool } from '../shared/session-pool.ts'
import { sqlServerError } from './errors.ts'
import { type Row, Session } from './session.ts'
import type { SqlServerSettings } from './settings.ts'
import type { Parameter } from './values.ts'

export type Query = (text: string, parameters?: readonly Parameter[]) => Promise<Row[]>

export interface Transaction {
  query: Query
  /** Without it, the transaction is rolled back. */
  commit(): Promise<void>
}

/** Statements and transactions on a few sessions. */
export class Database {
  readonly #pool: SessionPool<Session>

  constructor(settings: SqlServerSettings, context: Pick<ConnectorContext, 'system' | 'signal' | 'call'>) {
    const { system, signal } = context
    const { statementTimeoutMs } = settings
    const open = (): Promise<Session> => Session.open(settings, system, signal)
    this.#pool = new SessionPool({ open, errorOf: (thrown) => sqlServerError(thrown), statementTimeoutMs }, context)
  }

  query(text: string, parameters: readonly Parameter[] = []): Promise<Row[]> {
    return this.#pool.use((session) => this.#pool.statement(session, () => session.query(text, parameters)))
  }

  /** Rolled back unless committed. */
  transaction<T>(isolation: 'snapshot' | 'read committed', work: (on: Transaction) => Promise<T>): Promise<T> {
    return this.#pool.use(async (session) => {
      await this.#pool.inTime(session, () => session.begin(isolation))
      let isOpen = true
      const result = await work({
        query: (text, parameters) => this.#pool.statement(session, () => session.query(text, parameters)),
        commit: () => {
          isOpen = false
          return this.#pool.inTime(session, () => session.commit())
        },
      })
      if (isOpen) await this.#pool.inTime(session, () => session.rollback())
      return result
    })
  }

  close(): Promise<void> {
    return this.#pool.close()
  }
}
