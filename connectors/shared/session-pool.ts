import type { ConnectorContext } from '../../hub/contracts/connector.ts'
import type { HubError } from '../../hub/contracts/hub-error.ts'
import { busyError, stoppedError } from './errors.ts'

const SESSIONS_MAX = 4
const IDLE_MAX_MS = 30_000

/** One connection to a database, for drivers whose own pool can't end a statement that hangs. */
export interface PooledSession {
  /** It can't be used again. */
  readonly isBroken: boolean
  /** At once, whatever runs on it: that rejects, and the server rolls back. */
  close(): void
}

export interface SessionPoolOptions<Session extends PooledSession> {
  open(): Promise<Session>
  /** Whatever the driver threw, as a HubError. */
  errorOf(thrown: unknown): HubError
  statementTimeoutMs: number
}

/** A few sessions; every error leaves as a HubError, and the abort of the context's signal ends running statements. */
export class SessionPool<Session extends PooledSession> {
  readonly #options: SessionPoolOptions<Session>
  readonly #signal: AbortSignal
  readonly #call: () => Promise<void>
  readonly #idle: { session: Session; since: number }[] = []
  readonly #inUse = new Set<Session>()
  readonly #waiting: (() => void)[] = []
  #open = 0
  readonly #onAbort = (): void => this.#closeAll()

  constructor(options: SessionPoolOptions<Session>, { signal, call }: Pick<ConnectorContext, 'signal' | 'call'>) {
    this.#options = options
    this.#signal = signal
    this.#call = call
    signal.addEventListener('abort', this.#onAbort)
  }

  /** One session for several statements. It is thrown away when anything fails on it; the server rolls back what it had begun. */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    await this.#room()
    let session: Session | undefined
    let isFine = false
    try {
      session = this.#takeIdle() ?? (await this.#opened())
      this.#inUse.add(session)
      if (this.#signal.aborted) throw stoppedError()
      const result = await work(session)
      isFine = true
      return result
    } catch (error) {
      throw this.#signal.aborted ? stoppedError() : this.#options.errorOf(error)
    } finally {
      if (session) this.#giveBack(session, isFine)
      this.#open -= 1
      this.#waiting.shift()?.()
    }
  }

  /** A statement that reads or writes rows: it waits for the rate budget, and ends in time. */
  async statement<T>(session: Session, run: () => Promise<T>): Promise<T> {
    await this.#call()
    return this.inTime(session, run)
  }

  /** A server that hangs half-open answers nothing at all: only this clock, and the end of the socket, end such a wait. */
  async inTime<T>(session: Session, run: () => Promise<T>): Promise<T> {
    if (this.#signal.aborted) throw stoppedError()
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      reject(busyError('The statement took longer than its time-out.'))
      session.close()
    }, this.#options.statementTimeoutMs)
    const answer = run()
    try {
      return await Promise.race([answer, late])
    } finally {
      clearTimeout(timer)
      answer.catch(() => undefined)
    }
  }

  /** Whoever stops waits for no server that does not answer; a session that comes later is closed. */
  async #opened(): Promise<Session> {
    const { promise: stopped, reject } = Promise.withResolvers<never>()
    const stop = (): void => reject(stoppedError())
    this.#signal.addEventListener('abort', stop)
    const opening = this.#options.open()
    opening
      .then((session) => {
        if (this.#signal.aborted) session.close()
      })
      .catch(() => undefined)
    try {
      return await Promise.race([opening, stopped])
    } finally {
      this.#signal.removeEventListener('abort', stop)
    }
  }

  async #room(): Promise<void> {
    while (this.#open >= SESSIONS_MAX && !this.#signal.aborted) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    if (this.#signal.aborted) throw stoppedError()
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
