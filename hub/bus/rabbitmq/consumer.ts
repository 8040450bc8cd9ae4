import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'
import type { BatchOptions, Delivery, Source } from '../../contracts/bus.ts'
import { HubError } from '../../contracts/hub-error.ts'
import { backOffMs, type PauseRange } from '../back-off.ts'
import { BatchRunner } from '../batch-runner.ts'
import { busClosed } from '../errors.ts'
import type { Reporter } from '../report.ts'
import { sourceName } from '../source.ts'
import type { LinkListener } from '../link.ts'
import { closeChannel, type RabbitLink } from './connection.ts'
import { declareGroup, declareTopology, type TopologyNames, type TopologyOptions } from './topology.ts'

export interface ConsumerSetup {
  connection: RabbitLink
  topology: TopologyOptions
  names: TopologyNames
  source: Source
  options: BatchOptions
  handler: (batch: readonly Delivery[]) => Promise<void>
  repeatPause: PauseRange
  reconnectPause: PauseRange
  report: Reporter
}

interface QueueToConsume {
  name: string
  from: (message: ConsumeMessage) => Delivery['from']
}

/**
 * Consumes one or several queues over one channel, so that a batch may mix partitions and one acknowledgement covers it.
 *
 * Measured on RabbitMQ 3.10 (docs/decisions/bus-rabbitmq.md), and the reason why this class never cancels a consumer and never
 * gives single messages back:
 * - closing the channel returns what is unacknowledged to the head of the queue, in order, before the next consumer starts;
 * - after basic.cancel the next consumer starts at once, beside messages that the old one still holds;
 * - messages returned twice come back in order only if the consumer in between had room for all of them, so the prefetch
 *   depends on batchMax alone, never on how many partitions a process happens to have.
 */
export class RabbitConsumer implements LinkListener<ChannelModel> {
  private readonly setup: ConsumerSetup
  private readonly runner: BatchRunner<ConsumeMessage>
  private readonly name: string
  private readonly attached = Promise.withResolvers<undefined>()
  private readonly stopListening: () => void
  private model: ChannelModel | undefined
  private channel: Channel | undefined
  private attempt = 0
  private retry: NodeJS.Timeout | undefined
  private opening: Promise<void> = Promise.resolve()
  private ended: Promise<void> | undefined

  constructor(setup: ConsumerSetup) {
    this.setup = setup
    this.name = sourceName(setup.source)
    this.runner = new BatchRunner({
      name: this.name,
      options: setup.options,
      handler: setup.handler,
      acknowledge: (batch) => this.acknowledge(batch),
      repeatPause: setup.repeatPause,
      report: setup.report,
    })
    this.attached.promise.catch(() => undefined)
    this.stopListening = setup.connection.listen(this)
  }

  /** Resolves when the broker has accepted the consumer; rejects only if it never can. */
  get started(): Promise<void> {
    return this.attached.promise
  }

  get source(): Source {
    return this.setup.source
  }

  /** Messages received and not acknowledged. */
  get held(): number {
    return this.runner.held
  }

  up(model: ChannelModel): void {
    this.model = model
    this.attempt = 0
    this.open(model)
  }

  down(): void {
    this.model = undefined
    this.channel = undefined
    clearTimeout(this.retry)
    this.runner.forget()
  }

  /** Finishes the running batch, acknowledges it and hands the queues over. */
  close(): Promise<void> {
    this.ended ??= this.end()
    return this.ended
  }

  private async end(): Promise<void> {
    this.attached.reject(busClosed())
    await this.runner.close()
    this.stopListening()
    clearTimeout(this.retry)
    await this.opening
    const { channel, model } = this
    this.channel = undefined
    await closeChannel(model, channel)
  }

  private open(model: ChannelModel): void {
    this.opening = this.openChannel(model).catch((error: unknown) => this.failed(model, error))
  }

  private failed(model: ChannelModel, error: unknown): void {
    if (error instanceof HubError && error.family === 'config') this.attached.reject(error)
    if (this.ended !== undefined || model !== this.model) return
    this.channel = undefined
    this.runner.forget()
    this.setup.report({ what: 'consumer-failed', where: this.name, attempt: this.attempt + 1, error })
    clearTimeout(this.retry)
    this.retry = setTimeout(() => this.open(model), backOffMs(this.setup.reconnectPause, this.attempt++))
  }

  private async openChannel(model: ChannelModel): Promise<void> {
    // After a failure somebody may have deleted a queue: everything is declared again before it is consumed.
    if (this.attempt > 0) await declareTopology(model, this.setup.topology)
    const queues = await this.queues(model)
    if (this.ended !== undefined || model !== this.model) return
    const channel = await model.createChannel()
    let cause: unknown
    const lost = (error: unknown): void => {
      if (channel === this.channel) this.failed(model, error)
    }
    channel.on('error', (error) => (cause = error))
    channel.on('close', () => lost(cause ?? new Error('the channel was closed')))
    this.channel = channel
    try {
      await channel.prefetch(this.setup.options.batchMax * 2)
      for (const queue of queues) await this.consumeQueue(channel, queue, lost)
    } catch (error) {
      lost(error)
      return
    }
    this.attempt = 0
    this.attached.resolve(undefined)
  }

  private async consumeQueue(channel: Channel, queue: QueueToConsume, lost: (error: unknown) => void): Promise<void> {
    await channel.consume(queue.name, (message) => {
      if (channel !== this.channel) return
      if (message !== null) return this.received(message, queue)
      lost(new Error(`RabbitMQ ended the consumer of ${queue.name}: the queue was deleted or lost its leader`))
      void channel.close().catch(() => undefined)
    })
  }

  private async queues(model: ChannelModel): Promise<QueueToConsume[]> {
    const { source, names } = this.setup
    if ('work' in source)
      return source.work.map((partition) => ({ name: names.work(partition), from: () => ({ work: partition }) }))
    if ('intake' in source) return [{ name: names.intake, from: (message) => ({ intake: message.fields.routingKey }) }]
    const name = await declareGroup(model, this.setup.topology, source.group, source.events)
    return [{ name, from: (message) => ({ event: message.fields.routingKey }) }]
  }

  private received(message: ConsumeMessage, queue: QueueToConsume): void {
    const { messageId } = message.properties as { messageId?: unknown }
    const delivery: Delivery = {
      body: message.content,
      id: typeof messageId === 'string' ? messageId : undefined,
      from: queue.from(message),
      redelivered: message.fields.redelivered,
    }
    this.runner.add([{ delivery, ticket: message }])
  }

  // The runner hands batches over in order of arrival and one at a time, so everything up to the last one is done.
  private async acknowledge(batch: readonly { ticket: ConsumeMessage }[]): Promise<void> {
    const last = batch.at(-1)
    if (last === undefined || this.channel === undefined) return
    try {
      this.channel.ack(last.ticket, true)
    } catch {
      // The channel closed in this instant: RabbitMQ brings the batch again.
    }
  }
}
