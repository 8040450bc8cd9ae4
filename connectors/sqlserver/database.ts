import { busyError, stoppedError } from '../shared/errors.ts'
import { sqlServerError } from './errors.ts'
import { type Row, Session } from './session.ts'
import type { SqlServerSettings } from './settings.ts'
import type { Parameter } from './values.ts'

const SESSIONS_MAX = 4
const IDLE_MAX_MS = 30_000

export type Query = (text: string, parameters?: readonly Parameter[]) => Promise<Row[]>

export interface Transaction {
  query: Query
  /** Without it, the transaction is rolled back. */
  commit(): Promise<void>
}

/** A few pooled sessions; every error leaves as a HubError, and the abort of `signal` ends running statements. */
export class Database {
  readonly #settings: SqlServerSettings
  readonly #system: string
  readonly #signal: AbortSignal
  readonly #call: () => Promise<void>
  readonly #idle: { session: Session; since: number }[] = []
  readonly #inUse = new Set<Session>()
  readonly #waiting: (() => void)[] = []
  #open = 0
  readonly #onAbort = (): void => this.#closeAll()

  /** @param call awaited before each statement, see ConnectorContext.call */
  constructor(settings: SqlServerSettings, system: string, signal: AbortSignal, call: () => Promise<void>) {
    this.#settings = settings
    this.#system = system
    this.#signal = signal
    this.#call = call
    signal.addEventListener('abort', this.#onAbort)
  }

  query(text: string, parameters: readonly Parameter[] = []): Promise<Row[]> {
    return this.#withSession((_, query) => query(text, parameters))
  }

  /** Rolled back unless committed. */
  transaction<T>(isolation: 'snapshot' | 'read committed', use: (on: Transaction) => Promise<T>): Promise<T> {
    return this.#withSession(async (session, query) => {
      await this.#inTime(session, () => session.begin(isolation))
      let isOpen = true
      const commit = async (): Promise<void> => {
        isOpen = false
        await this.#inTime(session, () => session.commit())
      }
      const result = await use({ query, commit })
      if (isOpen) await this.#inTime(session, () => session.rollback())
      return result
    })
  }

  /** The session is thrown away when anything fails on it; the server rolls back what it had begun. */
  async #withSession<T>(use: (session: Session, query: Query) => Promise<T>): Promise<T> {
    if (this.#signal.aborted) throw stoppedError()
    await this.#room()
    let session: Session | undefined
    let isFine = false
    try {
      const used = this.#takeIdle() ?? (await Session.open(this.#settings, this.#system, this.#signal))
      session = used
      this.#inUse.add(used)
      const result = await use(used, async (text, parameters) => {
        await this.#call()
        return this.#inTime(used, () => used.query(text, parameters))
      })
      isFine = true
      return result
    } catch (error) {
      throw this.#signal.aborted ? stoppedError() : sqlServerError(error)
    } finally {
      if (session) this.#giveBack(session, isFine)
      this.#open -= 1
      this.#waiting.shift()?.()
    }
  }

  async #room(): Promise<void> {
    while (this.#open >= SESSIONS_MAX) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
      if (this.#signal.aborted) throw stoppedError()
    }
    this.#open += 1
  }

  #takeIdle(): Session | undefined {
    const now = Date.now()
    for (;;) {
      const candidate = this.#idle.pop()
      if (candidate === undefined) return undefined
      if (!candidate.session.isBroken && now - candidate.since < IDLE_MAX_MS) return candidate.session
      candidate.session.close()
    }
  }

  #giveBack(session: Session, isFine: boolean): void {
    this.#inUse.delete(session)
    if (isFine && !session.isBroken && !this.#signal.aborted) this.#idle.push({ session, since: Date.now() })
    else session.close()
  }

  /** A server that hangs half-open answers nothing at all: only this clock, and the end of the socket, end such a wait. */
  async #inTime<T>(session: Session, run: () => Promise<T>): Promise<T> {
    if (this.#signal.aborted) throw stoppedError()
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      reject(busyError('The statement took longer than its time-out.'))
      session.close()
    }, this.#settings.statementTimeoutMs)
    try {
      return await Promise.race([run(), late])
    } finally {
      clearTimeout(timer)
    }
  }

  #closeAll(): void {
    for (const session of this.#inUse) session.close()
    for (const { session } of this.#idle.splice(0)) session.close()
    for (const resume of this.#waiting.splice(0)) resume()
  }

  close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#closeAll()
    return Promise.resolve()
  }
}
