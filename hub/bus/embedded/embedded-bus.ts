import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import type { BatchOptions, Bus, BusDepth, Consumer, Delivery, OutgoingMessage, Source } from '../../contracts/bus.ts'
import type { PauseRange } from '../back-off.ts'
import { checkConsume, checkLimits, checkMessages } from '../checks.ts'
import { busClosed, busUnavailable, settingWrong } from '../errors.ts'
import type { Reporter } from '../report.ts'
import { onlyMatching, sourceName } from '../source.ts'
import { EmbeddedConsumer } from './consumer.ts'
import { EmbeddedPublisher } from './publisher.ts'
import { type Session, type SessionLink, sessionLink } from './session.ts'
import { groupQueue, INTAKE_QUEUE, MessageStore, type StoredMessage, workQueue } from './store.ts'

export interface EmbeddedBusOptions {
  /** A PostgreSQL URL, or a pool of which the bus keeps two clients; not through a pooler that shares sessions. */
  database: string | Pool
  /** Work partitions; default 8. */
  partitions?: number
  /** Default `omnihub_bus`. */
  schema?: string
  /** Default 8 MiB. */
  maxMessageBytes?: number
  /** How long a publish may take, an outage included; default 10 s. */
  publishTimeoutMs?: number
  connectTimeoutMs?: number
  /** A statement that takes longer counts as a lost connection; default 30 s. */
  statementTimeoutMs?: number
  /** How long to wait for the process before to let go of the bus; default 3 s. */
  takeOverMs?: number
  /** Between attempts to connect; default 0.1 to 10 s. */
  reconnectPause?: PauseRange
  /** Between repeats of a failed batch; default 0.1 to 30 s. */
  repeatPause?: PauseRange
  report?: Reporter
}

/**
 * The bus of a hub that runs as one process, durable in PostgreSQL. A second process on the same schema is refused at
 * start() with the `config` HubError `bus.embedded.in-use`. Nothing is ever dead-lettered. Throws on wrong options.
 */
export function openEmbeddedBus(options: EmbeddedBusOptions): Bus {
  return new EmbeddedBus(options)
}

const SCHEMA = /^[a-z_][a-z0-9_]{0,62}$/

class EmbeddedBus implements Bus {
  private readonly options: Required<EmbeddedBusOptions>
  private readonly store: MessageStore
  private readonly name = `omnihub-bus ${randomUUID()}`
  private readonly owner: SessionLink
  private readonly reader: SessionLink
  private readonly publisher: EmbeddedPublisher
  private readonly consumers = new Set<EmbeddedConsumer>()
  // Who wants a queue, in order of coming: the first has it, the next takes over when that one has closed.
  private readonly claims = new Map<string, EmbeddedConsumer[]>()
  private readonly givenOut = new Map<string, bigint>()
  private startedAt: bigint | undefined
  private ended: Promise<void> | undefined

  constructor(given: EmbeddedBusOptions) {
    this.options = withDefaults(given)
    checkLimits(this.options)
    if (!SCHEMA.test(this.options.schema))
      throw settingWrong(
        'schema',
        `"${this.options.schema}" is no plain schema name.`,
        'Use lower-case letters, digits, "_".',
      )
    this.store = new MessageStore(this.options.schema)
    this.owner = this.link(this.name, (session) => this.takeOver(session))
    this.reader = this.link(`${this.name} reader`, (session) => this.store.tuneReader(session))
    this.publisher = new EmbeddedPublisher({
      link: this.owner,
      store: this.store,
      timeoutMs: this.options.publishTimeoutMs,
      wake: (queues) => this.wake(queues),
    })
    this.owner.listen({ up: () => this.wake(), down: () => this.consumers.forEach((consumer) => consumer.forget()) })
    this.reader.listen({ up: () => this.wake(), down: () => undefined })
  }

  async start(): Promise<void> {
    if (this.ended !== undefined) throw busClosed()
    await this.owner.start()
    await this.reader.start()
  }

  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    checkMessages(messages, this.options)
    await this.publisher.publish(messages)
  }

  async consume(
    source: Source,
    options: BatchOptions,
    handler: (batch: readonly Delivery[]) => Promise<void>,
  ): Promise<Consumer> {
    checkConsume(source, options, this.options.partitions)
    if (this.ended !== undefined) throw busClosed()
    const queues = queuesOf(source)
    if ('events' in source) await this.subscribe(source.group, source.events)
    const consumer: EmbeddedConsumer = new EmbeddedConsumer({
      name: sourceName(source),
      store: this.store,
      session: () => (this.owner.connection === undefined ? undefined : this.reader.connection),
      active: () => queues.filter((queue) => this.claims.get(queue)?.[0] === consumer),
      givenOut: this.givenOut,
      startedAt: () => this.startedAt ?? 0n,
      from: (message) => origin(source, message),
      options,
      handler: onlyMatching(source, handler),
      repeatPause: this.options.repeatPause,
      report: this.options.report,
    })
    this.consumers.add(consumer)
    for (const queue of queues) this.claims.set(queue, [...(this.claims.get(queue) ?? []), consumer])
    consumer.wake()
    let ending: Promise<void> | undefined
    return { close: () => (ending ??= this.release(consumer, queues)) }
  }

  async depth(): Promise<BusDepth> {
    const session = this.reader.connection
    if (session === undefined) throw busUnavailable('depth: no connection')
    try {
      return { ...(await this.store.depth(session)), deadLettered: 0 }
    } catch (error) {
      throw busUnavailable('depth: PostgreSQL did not answer', error)
    }
  }

  healthy(): boolean {
    return this.ended === undefined && this.owner.connection !== undefined && this.reader.connection !== undefined
  }

  close(): Promise<void> {
    this.ended ??= this.end()
    return this.ended
  }

  private async end(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.close()))
    // Handlers of the last batches may have published: the publisher ends after them.
    await this.publisher.close()
    await Promise.all([this.reader.close(), this.owner.close()])
  }

  private async release(consumer: EmbeddedConsumer, queues: readonly string[]): Promise<void> {
    await consumer.close()
    this.consumers.delete(consumer)
    for (const queue of queues)
      this.claims.set(
        queue,
        (this.claims.get(queue) ?? []).filter((other) => other !== consumer),
      )
    this.wake()
  }

  /** Makes a new session the only one that writes, and learns what is in the database. */
  private async takeOver(session: Session): Promise<void> {
    await this.store.endOlder(session, this.name)
    await this.store.own(session, this.options.takeOverMs)
    await this.store.create(session)
    const last = await this.store.lastPosition(session)
    this.startedAt ??= last
    this.publisher.resume(last, await this.store.subscriptions(session))
  }

  private async subscribe(group: string, pattern: string): Promise<void> {
    for (;;) {
      const session = this.owner.connection
      try {
        if (session !== undefined) return await this.publisher.subscribe(session, { group, pattern })
      } catch (error) {
        this.options.report({ what: 'consumer-failed', where: `events ${group}`, error })
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
      if (this.ended !== undefined) throw busClosed()
    }
  }

  private wake(queues?: ReadonlySet<string>): void {
    if (queues === undefined) return this.consumers.forEach((consumer) => consumer.wake())
    for (const queue of queues) this.claims.get(queue)?.[0]?.wake()
  }

  private link(name: string, prepare: (session: Session) => Promise<void>): SessionLink {
    const { database, connectTimeoutMs, statementTimeoutMs, reconnectPause, report } = this.options
    return sessionLink({ database, name, connectTimeoutMs, statementTimeoutMs, reconnectPause, report, prepare })
  }
}

function queuesOf(source: Source): string[] {
  if ('work' in source) return source.work.map(workQueue)
  return ['intake' in source ? INTAKE_QUEUE : groupQueue(source.group)]
}

function origin(source: Source, message: StoredMessage): Delivery['from'] {
  if ('work' in source) return { work: Number(message.queue.slice(message.queue.lastIndexOf('.') + 1)) }
  return 'intake' in source ? { intake: message.key ?? '' } : { event: message.key ?? '' }
}

function withDefaults(given: EmbeddedBusOptions): Required<EmbeddedBusOptions> {
  return {
    database: given.database,
    partitions: given.partitions ?? 8,
    schema: given.schema ?? 'omnihub_bus',
    maxMessageBytes: given.maxMessageBytes ?? 8 * 2 ** 20,
    publishTimeoutMs: given.publishTimeoutMs ?? 10_000,
    connectTimeoutMs: given.connectTimeoutMs ?? 10_000,
    statementTimeoutMs: given.statementTimeoutMs ?? 30_000,
    takeOverMs: given.takeOverMs ?? 3_000,
    reconnectPause: given.reconnectPause ?? { firstMs: 100, mostMs: 10_000 },
    repeatPause: given.repeatPause ?? { firstMs: 100, mostMs: 30_000 },
    report: given.report ?? (() => undefined),
  }
}
