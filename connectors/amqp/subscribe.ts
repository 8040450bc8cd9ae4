import type { Channel, ConfirmChannel, ConsumeMessage } from 'amqplib'
import type { ConnectorContext, EntityConfig, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import { schemaError, stoppedError } from '../shared/errors.ts'
import { EventQueue } from '../shared/event-queue.ts'
import { type BrokerConnection, inTime } from './connection.ts'
import { amqpError } from './errors.ts'
import { recordOf } from './message-record.ts'
import { type AmqpOptions, amqpOptions } from './options.ts'

export interface Following {
  connection: BrokerConnection
  context: ConnectorContext
  timeoutMs: number
}

interface Arrived {
  message: ConsumeMessage
  options: AmqpOptions
}

const LOOK_MS = 1_000

/**
 * Takes messages from the queues of all entities over one channel and acknowledges them when the next page is asked for. What is
 * not acknowledged when the connection ends comes again. The broker keeps the place, so the checkpoint only says that there is one.
 */
export async function* followQueues(
  { connection, context, timeoutMs }: Following,
  entities: readonly EntityConfig[],
): AsyncGenerator<Page> {
  const { signal } = context
  const all = entities.map(amqpOptions).filter(({ queue }) => queue !== undefined)
  const pageSize = Math.max(1, ...all.map((options) => options.pageSize))
  const arrived = new EventQueue<Arrived>(pageSize)
  const within = <T>(work: Promise<T>): Promise<T> => inTime(work, timeoutMs, signal)
  const end = (error: unknown): void => {
    arrived.fail(error instanceof Error ? error : new Error(String(error)))
  }
  const lost = (): void => {
    end(connection.lost ?? new Error('the connection was closed'))
  }
  const stop = (): void => {
    end(stoppedError())
  }
  const { model } = connection
  signal.addEventListener('abort', stop)
  model.on('close', lost)
  try {
    const channel = await within(model.createConfirmChannel())
    channel.on('error', end)
    channel.on('close', lost)
    if (connection.lost) lost()
    await within(channel.prefetch(pageSize, true))
    for (const options of all) await within(startConsuming(channel, options, arrived, end))
    yield { records: [], checkpoint: { connected: true } }
    for (;;) {
      const messages = await arrived.take(pageSize, LOOK_MS)
      if (messages.length === 0) continue
      await context.call()
      const records = await readAll(messages, channel, within)
      if (records.length > 0) yield { records, checkpoint: { connected: true } }
      const last = messages.at(-1)
      if (last !== undefined) channel.ack(last.message, true)
    }
  } catch (error) {
    if (!signal.aborted) throw amqpError(error)
  } finally {
    signal.removeEventListener('abort', stop)
    model.removeListener('close', lost)
  }
}

async function startConsuming(
  channel: Channel,
  options: AmqpOptions,
  arrived: EventQueue<Arrived>,
  end: (error: unknown) => void,
): Promise<void> {
  await channel.consume(options.queue ?? '', (message) => {
    if (message === null) end(schemaError(`The queue "${options.queue ?? ''}" was deleted.`))
    else void arrived.push({ message, options }, message.content.length)
  })
}

/** Messages that can't be read are put aside, durably, before the ones behind them go on. */
async function readAll(
  messages: readonly Arrived[],
  channel: ConfirmChannel,
  within: <T>(work: Promise<T>) => Promise<T>,
): Promise<SourceRecord[]> {
  const records: SourceRecord[] = []
  const rejected: Promise<void>[] = []
  for (const { message, options } of messages) {
    const { messageId, timestamp } = message.properties as { messageId?: unknown; timestamp?: unknown }
    const record = recordOf(
      {
        content: message.content,
        messageId: typeof messageId === 'string' ? messageId : undefined,
        timestamp: typeof timestamp === 'number' ? timestamp : undefined,
      },
      options,
    )
    if (typeof record === 'string') rejected.push(putAside(channel, message, options, record))
    else records.push(record)
  }
  await within(Promise.all(rejected))
  return records
}

async function putAside(
  channel: ConfirmChannel,
  { content, properties }: ConsumeMessage,
  { rejectedQueue }: AmqpOptions,
  reason: string,
): Promise<void> {
  await channel.assertQueue(rejectedQueue, { durable: true })
  await new Promise<void>((resolve, reject) => {
    const { contentType, messageId, headers } = properties as {
      contentType?: string
      messageId?: string
      headers?: object
    }
    const options = {
      persistent: true,
      headers: { ...headers, 'x-omnihub-reason': reason },
      ...(contentType === undefined ? {} : { contentType }),
      ...(messageId === undefined ? {} : { messageId }),
    }
    channel.sendToQueue(rejectedQueue, content, options, (error: unknown) => {
      if (error) reject(error instanceof Error ? error : new Error('the broker did not take a rejected message'))
      else resolve()
    })
  })
}
