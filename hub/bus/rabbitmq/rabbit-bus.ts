import type { BatchOptions, Bus, BusDepth, Consumer, Delivery, OutgoingMessage, Source } from '../../contracts/bus.ts'
import type { PauseRange } from '../back-off.ts'
import { checkConsume, checkLimits, checkMessages } from '../checks.ts'
import { busClosed, busUnavailable, settingWrong } from '../errors.ts'
import type { Reporter } from '../report.ts'
import { onlyMatching } from '../source.ts'
import { withinMs } from '../link.ts'
import { type RabbitLink, rabbitLink } from './connection.ts'
import { RabbitConsumer } from './consumer.ts'
import { RabbitPublisher } from './publisher.ts'
import { countReady, declareTopology, DEFAULT_DELIVERY_LIMIT, topologyNames, type TopologyOptions } from './topology.ts'

export interface RabbitBusOptions {
  /** amqp:// or amqps:// with user, password and vhost. */
  url: string
  /** Work partitions, the same for every process of a hub; default 8. */
  partitions?: number
  /** Begins the name of everything declared in the broker; default `omnihub`. */
  prefix?: string
  /** Default 8 MiB. */
  maxMessageBytes?: number
  /** How often a message may be given out again after its process or connection ended; default 1000. */
  deliveryLimit?: number
  /** How long a publish may take, an outage included; default 10 s. */
  publishTimeoutMs?: number
  /** A silent connection is given up after two to three heartbeats; default 10 s. */
  heartbeatS?: number
  connectTimeoutMs?: number
  /** Between attempts to connect; default 0.1 to 10 s. */
  reconnectPause?: PauseRange
  /** Between repeats of a failed batch; default 0.1 to 30 s. */
  repeatPause?: PauseRange
  report?: Reporter
}

/** The bus over RabbitMQ (3.10 or newer), for any number of hub processes. Throws a `config` HubError on wrong options. */
export function openRabbitBus(options: RabbitBusOptions): Bus {
  return new RabbitBus(options)
}

const PREFIX = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/

class RabbitBus implements Bus {
  private readonly options: Required<RabbitBusOptions>
  private readonly topology: TopologyOptions
  private readonly publishing: RabbitLink
  private readonly consuming: RabbitLink
  private readonly publisher: RabbitPublisher
  private readonly consumers = new Set<RabbitConsumer>()
  private ended: Promise<void> | undefined

  constructor(given: RabbitBusOptions) {
    const options = withDefaults(given)
    checkLimits(options)
    if (!PREFIX.test(options.prefix))
      throw settingWrong(
        'prefix',
        `"${options.prefix}" can't begin names in RabbitMQ.`,
        'Use letters, digits, ".", "_", "-".',
      )
    if (!Number.isInteger(options.deliveryLimit) || options.deliveryLimit < 1)
      throw settingWrong(
        'deliveryLimit',
        'The delivery limit must be a whole number from 1.',
        'Leave it at its default.',
      )
    this.options = options
    const { prefix, partitions, deliveryLimit } = options
    this.topology = { prefix, partitions, deliveryLimit }
    // Two connections, since RabbitMQ under an alarm stops reading from those that publish: acks must still get through.
    this.publishing = this.connection('publish')
    this.consuming = this.connection('consume')
    this.publisher = new RabbitPublisher({
      connection: this.publishing,
      names: topologyNames(prefix),
      timeoutMs: options.publishTimeoutMs,
      report: options.report,
    })
  }

  async start(): Promise<void> {
    if (this.ended !== undefined) throw busClosed()
    await this.publishing.start()
    await this.consuming.start()
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
    const consumer = new RabbitConsumer({
      connection: this.consuming,
      topology: this.topology,
      names: topologyNames(this.options.prefix),
      source,
      options,
      handler: onlyMatching(source, handler),
      repeatPause: this.options.repeatPause,
      reconnectPause: this.options.reconnectPause,
      report: this.options.report,
    })
    this.consumers.add(consumer)
    const close = async (): Promise<void> => {
      await consumer.close()
      this.consumers.delete(consumer)
    }
    try {
      await consumer.started
    } catch (error) {
      await close()
      throw error
    }
    return { close }
  }

  /** Unacknowledged messages of other processes are not counted: AMQP doesn't tell them. */
  async depth(): Promise<BusDepth> {
    const model = this.consuming.connection
    if (model === undefined) throw busUnavailable('depth: no connection')
    const names = topologyNames(this.topology.prefix)
    const work = Array.from({ length: this.topology.partitions }, (_, partition) => names.work(partition))
    const count = async (queues: string[]): Promise<number> =>
      (await withinMs(countReady(model, queues), this.options.connectTimeoutMs, 'counting messages')) ?? 0
    try {
      const [inWork, intake, deadLettered] = await Promise.all([
        count(work),
        count([names.intake]),
        count([names.dead]),
      ])
      return { work: inWork + this.held('work'), intake: intake + this.held('intake'), deadLettered }
    } catch (error) {
      throw busUnavailable('depth: RabbitMQ did not answer', error)
    }
  }

  healthy(): boolean {
    return this.ended === undefined && this.publisher.ready && this.consuming.connection !== undefined
  }

  close(): Promise<void> {
    this.ended ??= this.end()
    return this.ended
  }

  private async end(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.close()))
    // Handlers of the last batches may have published: the publisher ends after them.
    await this.publisher.close()
    await Promise.all([this.publishing.close(), this.consuming.close()])
  }

  private held(kind: 'work' | 'intake'): number {
    let held = 0
    for (const consumer of this.consumers) if (kind in consumer.source) held += consumer.held
    return held
  }

  private connection(role: 'publish' | 'consume'): RabbitLink {
    const { url, prefix, heartbeatS, connectTimeoutMs, reconnectPause, report } = this.options
    return rabbitLink({
      url,
      name: `${prefix} ${role}`,
      heartbeatS,
      connectTimeoutMs,
      reconnectPause,
      report,
      ...(role === 'publish' ? { prepare: (model) => declareTopology(model, this.topology) } : {}),
    })
  }
}

function withDefaults(given: RabbitBusOptions): Required<RabbitBusOptions> {
  return {
    url: given.url,
    partitions: given.partitions ?? 8,
    prefix: given.prefix ?? 'omnihub',
    maxMessageBytes: given.maxMessageBytes ?? 8 * 2 ** 20,
    deliveryLimit: given.deliveryLimit ?? DEFAULT_DELIVERY_LIMIT,
    publishTimeoutMs: given.publishTimeoutMs ?? 10_000,
    heartbeatS: given.heartbeatS ?? 10,
    connectTimeoutMs: given.connectTimeoutMs ?? 10_000,
    reconnectPause: given.reconnectPause ?? { firstMs: 100, mostMs: 10_000 },
    repeatPause: given.repeatPause ?? { firstMs: 100, mostMs: 30_000 },
    report: given.report ?? (() => undefined),
  }
}
