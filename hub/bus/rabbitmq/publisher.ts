import type { ChannelModel, ConfirmChannel, Message } from 'amqplib'
import type { OutgoingMessage } from '../../contracts/bus.ts'
import { HubError } from '../../contracts/hub-error.ts'
import { busBusy, busClosed, busUnavailable, publishUnknown } from '../errors.ts'
import type { Reporter } from '../report.ts'
import type { LinkListener } from '../link.ts'
import { closeChannel, type RabbitLink } from './connection.ts'
import type { TopologyNames } from './topology.ts'

export interface PublisherSetup {
  connection: RabbitLink
  names: TopologyNames
  /** How long one publish may take, waiting for the broker included. */
  timeoutMs: number
  report: Reporter
}

/** Unconfirmed messages at most; beyond them the broker is only given memory to fill. */
const IN_FLIGHT_MAX = 4_000
const IN_FLIGHT_BYTES_MAX = 64 * 2 ** 20
/** Messages that may wait for the broker; a publish that finds so many is refused at once. */
const WAITING_MAX = 50_000
/** Unconfirmed messages whose publish was given up, before the channel is replaced. */
const ABANDONED_MAX = 20_000

interface Publish {
  unconfirmed: number
  written: Entry[]
  settle: ((error?: HubError) => void) | undefined
}

interface Entry {
  publish: Publish
  message: OutgoingMessage
  exchange: string
  routingKey: string
  mandatory: boolean
}

/**
 * Publishes with confirms over one channel, in the order of the calls. While the broker is away, blocked or behind, messages
 * wait here, each publish at most `timeoutMs`.
 */
export class RabbitPublisher implements LinkListener<ChannelModel> {
  private readonly setup: PublisherSetup
  private model: ChannelModel | undefined
  private channel: ConfirmChannel | undefined
  private blocked = false
  private draining = false
  private closed = false
  private waiting: Entry[] = []
  private waitingFrom = 0
  private readonly inFlight = new Set<Entry>()
  private inFlightBytes = 0
  private abandoned = 0
  private readonly open = new Set<Publish>()
  private idle: (() => void) | undefined

  constructor(setup: PublisherSetup) {
    this.setup = setup
    setup.connection.listen(this)
  }

  get ready(): boolean {
    return this.channel !== undefined && !this.blocked
  }

  /** Resolves when all are confirmed; rejects with a `retry` HubError otherwise. */
  publish(messages: readonly OutgoingMessage[]): Promise<void> {
    if (this.closed) return Promise.reject(busClosed())
    if (messages.length === 0) return Promise.resolve()
    if (this.waiting.length - this.waitingFrom >= WAITING_MAX)
      return Promise.reject(busBusy(`${WAITING_MAX} messages wait for the broker`))
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    const publish: Publish = { unconfirmed: messages.length, written: [], settle: undefined }
    const timer = setTimeout(() => {
      publish.settle?.(this.tooLate(publish))
      this.abandon(publish)
      this.pump()
    }, this.setup.timeoutMs)
    this.open.add(publish)
    publish.settle = (error) => {
      clearTimeout(timer)
      publish.settle = undefined
      this.open.delete(publish)
      if (this.open.size === 0) this.idle?.()
      if (error === undefined) resolve(undefined)
      else reject(error)
    }
    for (const message of messages) this.waiting.push(this.addressed(message, publish))
    this.pump()
    return promise
  }

  /** Refuses new publishes and waits for those under way, each for at most its own time. */
  async close(): Promise<void> {
    this.closed = true
    if (this.open.size > 0) await new Promise<void>((resolve) => (this.idle = resolve))
    const { channel, model } = this
    this.channel = undefined
    await closeChannel(model, channel)
  }

  up(model: ChannelModel): void {
    this.model = model
    this.blocked = false
    model.on('blocked', () => {
      if (model === this.model) this.blocked = true
    })
    model.on('unblocked', () => {
      if (model !== this.model) return
      this.blocked = false
      this.pump()
    })
    this.openChannel(model).catch(() => {
      if (model === this.model) this.setup.connection.recycle()
    })
  }

  down(): void {
    this.model = undefined
    this.channel = undefined
    // amqplib answers for unconfirmed messages when a channel closes properly; a dropped socket is answered for here.
    for (const entry of this.inFlight) this.lost(entry, 'the connection to RabbitMQ ended before the confirm')
    this.inFlight.clear()
    this.inFlightBytes = 0
    this.abandoned = 0
  }

  private async openChannel(model: ChannelModel): Promise<void> {
    const channel = await model.createConfirmChannel()
    if (model !== this.model) return
    channel.on('error', () => undefined)
    channel.on('close', () => {
      if (channel === this.channel) this.setup.connection.recycle()
    })
    channel.on('drain', () => {
      this.draining = false
      this.pump()
    })
    channel.on('return', (message) => this.returned(message))
    this.draining = false
    this.channel = channel
    this.pump()
  }

  private addressed(message: OutgoingMessage, publish: Publish): Entry {
    const { names } = this.setup
    const { to } = message
    const base = { publish, message }
    if ('work' in to) return { ...base, exchange: '', routingKey: names.work(to.work), mandatory: true }
    if ('intake' in to) return { ...base, exchange: names.intake, routingKey: to.intake, mandatory: true }
    return { ...base, exchange: names.events, routingKey: to.event, mandatory: false }
  }

  private pump(): void {
    const { channel } = this
    while (
      channel !== undefined &&
      this.waitingFrom < this.waiting.length &&
      !this.blocked &&
      !this.draining &&
      this.inFlight.size < IN_FLIGHT_MAX &&
      this.inFlightBytes < IN_FLIGHT_BYTES_MAX
    ) {
      const entry = this.waiting[this.waitingFrom++]
      // A publish that was given up takes its unwritten messages along: its caller repeats all of them.
      if (entry?.publish.settle !== undefined && !this.write(channel, entry)) break
    }
    this.trim()
  }

  // Publishes are given up in the order in which they came, so what is left over lies at the head. Entries are taken by
  // moving an index, as shift() on a long array is slow; the array is cut now and then.
  private trim(): void {
    while (this.waiting[this.waitingFrom]?.publish.settle === undefined && this.waitingFrom < this.waiting.length)
      this.waitingFrom++
    if (this.waitingFrom === this.waiting.length || this.waitingFrom > 5_000) {
      this.waiting = this.waiting.slice(this.waitingFrom)
      this.waitingFrom = 0
    }
  }

  private write(channel: ConfirmChannel, entry: Entry): boolean {
    const { message, exchange, routingKey, mandatory, publish } = entry
    this.inFlight.add(entry)
    this.inFlightBytes += message.body.length
    publish.written.push(entry)
    try {
      const roomLeft = channel.publish(
        exchange,
        routingKey,
        message.body,
        {
          persistent: true,
          mandatory,
          ...(message.id === undefined ? {} : { messageId: message.id }),
          ...(message.contentType === undefined ? {} : { contentType: message.contentType }),
        },
        (error) => this.confirmed(entry, error),
      )
      this.draining = !roomLeft
      return true
    } catch (error) {
      // The channel has closed under us; its close event follows and opens another.
      this.forgetInFlight(entry)
      this.lost(entry, String(error))
      return false
    }
  }

  private confirmed(entry: Entry, error: unknown): void {
    if (!this.forgetInFlight(entry)) return
    if (error) this.lost(entry, error instanceof Error ? error.message : String(error))
    else if (--entry.publish.unconfirmed === 0) entry.publish.settle?.()
    this.pump()
  }

  private forgetInFlight(entry: Entry): boolean {
    if (!this.inFlight.delete(entry)) return false
    this.inFlightBytes -= entry.message.body.length
    return true
  }

  // A queue that confirms nothing (it has no leader) must not use up the room of all others. amqplib still waits for
  // these confirms, so with very many of them the channel is replaced.
  private abandon(publish: Publish): void {
    for (const entry of publish.written) if (this.forgetInFlight(entry)) this.abandoned++
    if (this.abandoned >= ABANDONED_MAX) this.setup.connection.recycle(new Error('too many messages are unconfirmed'))
  }

  private lost(entry: Entry, internal: string): void {
    entry.publish.settle?.(publishUnknown(`${entry.exchange}/${entry.routingKey}: ${internal}`))
  }

  // RabbitMQ returns an unroutable message before it confirms it. Which of several messages to the same queue came back is
  // not told apart: all that are unconfirmed are reported, which is safe, since a publish may always be repeated.
  private returned(message: Message): void {
    const { exchange, routingKey } = message.fields
    for (const entry of this.inFlight) {
      if (entry.exchange === exchange && entry.routingKey === routingKey) entry.publish.settle?.(unroutable(entry))
    }
    this.setup.report({ what: 'unroutable', where: routingKey })
    // Somebody has deleted what was declared: a new connection declares it again.
    this.setup.connection.recycle()
  }

  private tooLate(publish: Publish): HubError {
    const waited = `not confirmed within ${this.setup.timeoutMs} ms`
    if (publish.written.length > 0) return publishUnknown(waited)
    return busUnavailable(this.blocked ? `${waited}: RabbitMQ blocks publishers (memory or disk alarm)` : waited)
  }
}

function unroutable(entry: Entry): HubError {
  return new HubError({
    code: 'bus.unroutable',
    family: 'retry',
    message: 'The message broker has no queue for a message of the hub.',
    where: entry.routingKey,
    fix: 'Try again, as the hub declares its queues anew; find out who deletes queues or bindings of the hub.',
    internal: `unroutable: exchange "${entry.exchange}", routing key "${entry.routingKey}"`,
    retryAfterMs: 1_000,
  })
}
