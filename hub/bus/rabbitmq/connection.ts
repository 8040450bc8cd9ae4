import { type ChannelModel, connect } from 'amqplib'
import { HubError } from '../../contracts/hub-error.ts'
import { backOffMs, type PauseRange } from '../back-off.ts'
import { busClosed, settingWrong } from '../errors.ts'
import type { Reporter } from '../report.ts'
import { Signal } from '../signal.ts'

export interface RabbitConnectionSetup {
  url: string
  /** Shown by RabbitMQ's own tools, and in reports. */
  name: string
  heartbeatS: number
  connectTimeoutMs: number
  reconnectPause: PauseRange
  report: Reporter
  /** Runs on every new connection before anybody else gets it. */
  prepare?: (model: ChannelModel) => Promise<void>
}

export interface ConnectionListener {
  up(model: ChannelModel): void
  down(): void
}

/**
 * One AMQP connection that comes back for as long as it is not closed. Listeners hear `up` with a connection that is
 * prepared, and `down` once for each `up`.
 */
export class RabbitConnection {
  private readonly setup: RabbitConnectionSetup
  private readonly url: string
  private readonly signal = new Signal()
  private readonly listeners = new Set<ConnectionListener>()
  private current: ChannelModel | undefined
  private lost = false
  private closing = false
  private ended: Promise<void> | undefined
  private readonly first = Promise.withResolvers<undefined>()

  constructor(setup: RabbitConnectionSetup) {
    this.setup = setup
    this.url = withHeartbeat(setup.url, setup.heartbeatS)
    this.first.promise.catch(() => undefined)
  }

  get model(): ChannelModel | undefined {
    return this.lost ? undefined : this.current
  }

  /** Resolves at the first connection, however long it takes; rejects only on settings that can't work. */
  start(): Promise<void> {
    this.ended ??= this.run()
    return this.first.promise
  }

  listen(listener: ConnectionListener): () => void {
    this.listeners.add(listener)
    if (this.model !== undefined) listener.up(this.model)
    return () => this.listeners.delete(listener)
  }

  /** Ends the present connection so that a new one, with everything declared anew, takes its place. */
  recycle(): void {
    const model = this.model
    if (model === undefined) return
    this.markLost(model)
    void this.end(model)
  }

  async close(): Promise<void> {
    this.closing = true
    this.first.reject(busClosed())
    this.signal.raise()
    await this.ended
  }

  private async run(): Promise<void> {
    for (let attempt = 0; !this.closing; attempt++) {
      try {
        await this.connectOnce(() => (attempt = 0))
      } catch (thrown) {
        const error = explained(thrown)
        this.setup.report({ what: 'connect-failed', where: this.setup.name, attempt: attempt + 1, error })
        if (error instanceof HubError && error.family === 'config') this.first.reject(error)
      }
      if (!this.closing) await this.signal.wait(backOffMs(this.setup.reconnectPause, attempt))
    }
  }

  private async connectOnce(connected: () => void): Promise<void> {
    const { name, connectTimeoutMs, report } = this.setup
    const model = await connect(this.url, {
      timeout: connectTimeoutMs,
      noDelay: true,
      clientProperties: { connection_name: name },
    })
    this.current = model
    this.lost = false
    // The error comes before the close, which is enough to act upon.
    let cause: unknown
    model.on('error', (error) => (cause = error))
    model.on('close', () => this.markLost(model))
    model.on('blocked', () => report({ what: 'blocked', where: name }))
    model.on('unblocked', () => report({ what: 'unblocked', where: name }))
    const isUp = await this.prepare(model)
    if (!isUp) throw cause ?? new Error('the connection ended while it was prepared')
    connected()
    report({ what: 'connected', where: name })
    for (const listener of this.listeners) listener.up(model)
    this.first.resolve(undefined)
    while (!this.lost && !this.closing) await this.signal.wait()
    for (const listener of this.listeners) listener.down()
    await this.end(model)
    this.current = undefined
    report({ what: 'disconnected', where: name, ...(cause === undefined ? {} : { error: cause }) })
  }

  private async prepare(model: ChannelModel): Promise<boolean> {
    try {
      await withinMs(this.setup.prepare?.(model), this.setup.connectTimeoutMs, 'preparing the connection')
    } catch (error) {
      await this.end(model)
      this.current = undefined
      throw error
    }
    return !this.lost && !this.closing
  }

  private markLost(model: ChannelModel): void {
    if (model !== this.current) return
    this.lost = true
    this.signal.raise()
  }

  // A broker that answers closes the connection; one that is gone or blocked doesn't, and its socket is dropped.
  private async end(model: ChannelModel): Promise<void> {
    try {
      await withinMs(model.close(), 2_000, 'closing the connection')
    } catch {
      dropSocket(model)
    }
  }
}

function dropSocket(model: ChannelModel): void {
  // amqplib has no public way to end a connection whose peer does not answer.
  const { stream } = model.connection as unknown as { stream?: { destroy?: () => void } }
  stream?.destroy?.()
}

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

function withHeartbeat(text: string, heartbeatS: number): string {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw settingWrong('AMQP_URL', 'The address of RabbitMQ is no URL.', 'Use amqp://user:password@host:5672/vhost.')
  }
  if (url.protocol !== 'amqp:' && url.protocol !== 'amqps:')
    throw settingWrong(
      'AMQP_URL',
      `The address of RabbitMQ must start with amqp:// or amqps://, not ${url.protocol}//.`,
      'Use amqp://user:password@host:5672/vhost.',
    )
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', String(heartbeatS))
  return url.href
}

/** What RabbitMQ refuses for good, as `config` HubErrors; all else as it is, to be tried again. */
function explained(error: unknown): unknown {
  if (error instanceof HubError || !(error instanceof Error)) return error
  if (/ACCESS[_-]REFUSED/.test(error.message))
    return settingWrong(
      'AMQP_URL',
      'RabbitMQ refuses the user, the password or what this user may do.',
      'Correct the user and password in AMQP_URL; the user needs configure, write and read permission on the vhost.',
      error.message,
    )
  if (/NOT[_-]ALLOWED/.test(error.message))
    return settingWrong(
      'AMQP_URL',
      'RabbitMQ has no such vhost, or the user may not use it.',
      'Create the vhost, or correct the path of AMQP_URL.',
      error.message,
    )
  return error
}
