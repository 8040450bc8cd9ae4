import type { ConnectorContext } from '../../hub/contracts/connector.ts'
import { SessionPool } from '../shared/session-pool.ts'
import { oracleError } from './errors.ts'
import type { OpenSession, OracleSession, Row } from './session.ts'
import type { OracleSettings } from './settings.ts'
import type { Statement } from './statements.ts'

/** The statements of one transaction. */
export interface Transaction {
  query(statement: Statement): Promise<Row[]>
  execute(statement: Statement): Promise<number>
  /** Without it, the transaction is rolled back. */
  commit(): Promise<void>
}

/** Statements and transactions on a few sessions. */
export class Database {
  readonly #pool: SessionPool<OracleSession>
  readonly statementTimeoutMs: number

  constructor(
    settings: OracleSettings,
    context: Pick<ConnectorContext, 'system' | 'signal' | 'call'>,
    openSession: OpenSession,
  ) {
    const { statementTimeoutMs } = settings
    this.statementTimeoutMs = statementTimeoutMs
    const open = (): Promise<OracleSession> => openSession(settings, context.system)
    this.#pool = new SessionPool({ open, errorOf: oracleError, statementTimeoutMs }, context)
  }

  query({ text, binds }: Statement): Promise<Row[]> {
    return this.#pool.use((session) => this.#pool.statement(session, () => session.query(text, binds)))
  }

  /** Rolled back unless committed. */
  transaction<T>(work: (on: Transaction) => Promise<T>): Promise<T> {
    return this.#pool.use(async (session) => {
      let isOpen = true
      const result = await work({
        query: ({ text, binds }) => this.#pool.statement(session, () => session.query(text, binds)),
        execute: ({ text, binds }) => this.#pool.statement(session, () => session.execute(text, binds)),
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
