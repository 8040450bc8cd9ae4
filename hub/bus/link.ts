import { HubError } from '../contracts/hub-error.ts'
import { backOffMs, type PauseRange } from './back-off.ts'
import { busClosed } from './errors.ts'
import type { Reporter } from './report.ts'
import { Signal } from './signal.ts'

export interface LinkSetup<Connection> {
  /** Names the connection in reports. */
  name: string
  /** Makes one connection, within a bounded time; calls `lost` when it ends by itself, also long after. */
  open(lost: (cause?: unknown) => void): Promise<Connection>
  /** Runs on every new connection before anybody else gets it. */
  prepare?: (connection: Connection) => Promise<void>
  /** How long `prepare` may take. */
  prepareTimeoutMs: number
  /** Ends a connection, also one whose peer doesn't answer any more; must not reject. */
  end(connection: Connection): Promise<void>
  reconnectPause: PauseRange
  report: Reporter
}

export interface LinkListener<Connection> {
  up(connection: Connection): void
  down(): void
}

/**
 * One connection that comes back for as long as it is not closed. Listeners hear `up` with a connection that is prepared,
 * and `down` once for each `up`.
 */
export class Link<Connection> {
  private readonly setup: LinkSetup<Connection>
  private readonly signal = new Signal()
  private readonly listeners = new Set<LinkListener<Connection>>()
  private readonly first = Promise.withResolvers<undefined>()
  private current: Connection | undefined
  private lost = false
  private cause: unknown
  private closing = false
  private ended: Promise<void> | undefined

  constructor(setup: LinkSetup<Connection>) {
    this.setup = setup
    this.first.promise.catch(() => undefined)
  }

  /** The prepared connection, or undefined while there is none. */
  get connection(): Connection | undefined {
    return this.lost ? undefined : this.current
  }

  /** Resolves at the first connection, however long it takes; rejects only on settings that can't work. */
  start(): Promise<void> {
    this.ended ??= this.run()
    return this.first.promise
  }

  listen(listener: LinkListener<Connection>): () => void {
    this.listeners.add(listener)
    if (this.connection !== undefined) listener.up(this.connection)
    return () => this.listeners.delete(listener)
  }

  /** Gives the present connection up, so that a new one, prepared anew, takes its place. */
  recycle(cause?: unknown): void {
    if (this.current === undefined || this.lost) return
    this.lost = true
    this.cause = cause
    this.signal.raise()
  }

  async close(): Promise<void> {
    this.closing = true
    this.first.reject(busClosed())
    this.signal.raise()
    await this.ended
  }

  private async run(): Promise<void> {
    const { name, report, reconnectPause } = this.setup
    for (let attempt = 0; !this.closing; attempt++) {
      try {
        if (await this.serveOne()) attempt = 0
      } catch (error) {
        report({ what: 'connect-failed', where: name, attempt: attempt + 1, error })
        if (error instanceof HubError && error.family === 'config') this.first.reject(error)
      }
      const until = performance.now() + backOffMs(reconnectPause, attempt)
      while (!this.closing && performance.now() < until) await this.signal.wait(until - performance.now())
    }
  }

  /** One connection from its beginning to its end; true if it was in use. */
  private async serveOne(): Promise<boolean> {
    const { name, report, prepare, prepareTimeoutMs } = this.setup
    let over = false
    let cause: unknown
    const opened: { connection?: Connection } = {}
    const connection = await this.setup.open((reason) => {
      over = true
      cause ??= reason
      if (opened.connection !== undefined && this.current === opened.connection) this.recycle(reason)
    })
    opened.connection = connection
    try {
      await withinMs(prepare?.(connection), prepareTimeoutMs, `preparing ${name}`)
      if (over) throw cause ?? new Error('the connection ended while it was prepared')
      if (this.closing) return false
      await this.use(connection)
    } finally {
      await this.setup.end(connection)
    }
    report({ what: 'disconnected', where: name, ...(this.cause === undefined ? {} : { error: this.cause }) })
    return true
  }

  private async use(connection: Connection): Promise<void> {
    this.lost = false
    this.cause = undefined
    this.current = connection
    this.setup.report({ what: 'connected', where: this.setup.name })
    for (const listener of this.listeners) listener.up(connection)
    this.first.resolve(undefined)
    while (!this.lost && !this.closing) await this.signal.wait()
    this.lost = true
    for (const listener of this.listeners) listener.down()
    this.current = undefined
  }
}

/** What `work` gives, or an error after `ms`; the work itself goes on, unwatched. */
export async function withinMs<T>(work: Promise<T> | undefined, ms: number, what: string): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
