import type { ConfirmChannel } from 'amqplib'
import type {
  Checkpoint,
  CheckResult,
  Connector,
  ConnectorContext,
  EntityConfig,
  Page,
  RecordWrite,
  WriteResult,
} from '../../hub/contracts/connector.ts'
import { stoppedError } from '../shared/errors.ts'
import { type BrokerConnection, endConnection, inTime, openConnection } from './connection.ts'
import { amqpError } from './errors.ts'
import { amqpOptions } from './options.ts'
import type { AmqpSettings } from './settings.ts'
import { followQueues } from './subscribe.ts'
import { publishWrites } from './write.ts'

export class AmqpConnector implements Connector {
  readonly #settings: AmqpSettings
  readonly #context: ConnectorContext
  readonly #open = new Set<BrokerConnection>()
  #writing: Promise<{ connection: BrokerConnection; channel: ConfirmChannel }> | undefined

  constructor(settings: AmqpSettings, context: ConnectorContext) {
    this.#settings = settings
    this.#context = context
  }

  /** Looks at each queue and exchange on a channel of its own, since the broker closes a channel with its first refusal. */
  async check(entities: readonly EntityConfig[] = []): Promise<CheckResult> {
    const connection = await this.#connect()
    const { model } = connection
    const { timeoutMs } = this.#settings
    const within = <T>(work: Promise<T>): Promise<T> => inTime(work, timeoutMs, this.#context.signal)
    try {
      for (const { queue, out } of entities.map(amqpOptions)) {
        const channel = await within(model.createChannel())
        channel.on('error', () => undefined)
        if (queue !== undefined) await within(channel.checkQueue(queue))
        if (out !== undefined && out.exchange !== '') await within(channel.checkExchange(out.exchange))
        if (out?.exchange === '') await within(channel.checkQueue(out.routingKey))
        await within(channel.close())
      }
      const { product, version } = model.connection.serverProperties as { product?: string; version?: string }
      return { serverVersion: `${product ?? 'AMQP broker'} ${version ?? ''}`.trim(), warnings: [] }
    } catch (error) {
      throw this.#context.signal.aborted ? stoppedError() : amqpError(error)
    } finally {
      await this.#end(connection)
    }
  }

  async *subscribe(entities: readonly EntityConfig[], _checkpoint: Checkpoint | null): AsyncGenerator<Page> {
    const connection = await this.#connect()
    try {
      yield* followQueues({ connection, context: this.#context, timeoutMs: this.#settings.timeoutMs }, entities)
    } finally {
      await this.#end(connection)
    }
  }

  async write(entity: EntityConfig, writes: readonly RecordWrite[]): Promise<WriteResult[]> {
    const options = amqpOptions(entity)
    const writing = await this.#channelToWrite()
    try {
      const publishing = { channel: writing.channel, context: this.#context, timeoutMs: this.#settings.timeoutMs }
      return await publishWrites(publishing, options, writes)
    } catch (error) {
      this.#writing = undefined
      await this.#end(writing.connection)
      throw this.#context.signal.aborted ? stoppedError() : amqpError(error)
    }
  }

  async close(): Promise<void> {
    this.#writing = undefined
    await Promise.all([...this.#open].map((connection) => this.#end(connection)))
  }

  async #channelToWrite(): Promise<{ connection: BrokerConnection; channel: ConfirmChannel }> {
    this.#writing ??= this.#openChannel()
    const opening = this.#writing
    try {
      const writing = await opening
      if (writing.connection.lost === undefined) return writing
    } catch (error) {
      if (this.#writing === opening) this.#writing = undefined
      throw error
    }
    if (this.#writing === opening) this.#writing = undefined
    return this.#channelToWrite()
  }

  async #openChannel(): Promise<{ connection: BrokerConnection; channel: ConfirmChannel }> {
    const connection = await this.#connect()
    try {
      const { timeoutMs } = this.#settings
      const channel = await inTime(connection.model.createConfirmChannel(), timeoutMs, this.#context.signal)
      channel.on('error', (error: Error) => (connection.lost ??= error))
      return { connection, channel }
    } catch (error) {
      await this.#end(connection)
      throw amqpError(error)
    }
  }

  async #connect(): Promise<BrokerConnection> {
    const { signal, system } = this.#context
    if (signal.aborted) throw stoppedError()
    await this.#context.call()
    const connection = await openConnection(this.#settings, `omnihub ${system}`, signal)
    this.#open.add(connection)
    return connection
  }

  async #end(connection: BrokerConnection): Promise<void> {
    this.#open.delete(connection)
    await endConnection(connection.model)
  }
}
