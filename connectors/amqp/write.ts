import type { ConfirmChannel } from 'amqplib'
import type { ConnectorContext, RecordWrite, WriteResult } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import { rejectedError, schemaError, settingsError } from '../shared/errors.ts'
import { inTime } from './connection.ts'
import { amqpError } from './errors.ts'
import type { AmqpOptions } from './options.ts'

export interface Publishing {
  channel: ConfirmChannel
  context: ConnectorContext
  timeoutMs: number
}

const BYTES_MAX = 8 * 1024 * 1024

/**
 * One CloudEvent a record, confirmed by the broker. `written` says that a queue has it, not that the system has done it. Its id is
 * the write's idempotency key: a repeat after a time-out is a second message with the same id, which the system must know.
 */
export async function publishWrites(
  publishing: Publishing,
  options: AmqpOptions,
  writes: readonly RecordWrite[],
): Promise<WriteResult[]> {
  const results: WriteResult[] = []
  for (const write of writes) {
    await publishing.context.call()
    try {
      await publish(publishing, options, write)
      results.push({ outcome: 'written', key: write.key })
    } catch (error) {
      const failure = amqpError(error)
      // Nothing that follows can succeed either on a channel that is gone.
      if (failure.family !== 'reject' && !(error instanceof HubError)) throw failure
      results.push({ outcome: 'failed', key: write.key, error: failure })
    }
  }
  return results
}

async function publish(
  { channel, context, timeoutMs }: Publishing,
  options: AmqpOptions,
  write: RecordWrite,
): Promise<void> {
  const { out, entity } = options
  if (out === undefined) {
    throw settingsError('The entity has no exchange to write to.', { where: `/entities/${entity}/options/outExchange` })
  }
  const content = Buffer.from(JSON.stringify(eventOf(context, options, write)))
  if (content.length > BYTES_MAX) throw rejectedError('The message would be larger than 8 MiB.')
  let isReturned = false
  const returned = ({ properties }: { properties: { messageId?: string } }): void => {
    if (properties.messageId === write.idempotencyKey) isReturned = true
  }
  const lost = Promise.withResolvers<never>()
  lost.promise.catch(() => undefined)
  const ended = (error?: Error): void => {
    lost.reject(error ?? new Error('the channel was closed'))
  }
  channel.on('return', returned).on('error', ended).on('close', ended)
  try {
    const confirmed = new Promise<void>((resolve, reject) => {
      const properties = {
        messageId: write.idempotencyKey,
        contentType: 'application/cloudevents+json',
        persistent: true,
        mandatory: true,
        timestamp: Math.floor(context.now() / 1_000),
      }
      channel.publish(out.exchange, out.routingKey, content, properties, (error: unknown) => {
        if (error) reject(error instanceof Error ? error : new Error('the broker did not take the message'))
        else resolve()
      })
    })
    await inTime(Promise.race([confirmed, lost.promise]), timeoutMs, context.signal)
  } finally {
    channel.off('return', returned).off('error', ended).off('close', ended)
  }
  // The broker returns an unroutable message before it confirms it.
  if (isReturned) {
    throw schemaError('No queue takes messages with this routing key.', {
      where: `/entities/${entity}/options/outRoutingKey`,
      fix: 'Bind the queue of the system to the exchange.',
    })
  }
}

function eventOf(context: ConnectorContext, { entity }: AmqpOptions, write: RecordWrite) {
  return {
    specversion: '1.0',
    id: write.idempotencyKey,
    source: `/systems/${encodeURIComponent(context.system)}`,
    type: 'omnihub.write',
    subject: `${encodeURIComponent(entity)}/${encodeURIComponent(write.key)}`,
    time: new Date(context.now()).toISOString(),
    datacontenttype: 'application/json',
    data: {
      key: write.key,
      fields: write.fields,
      ...(write.expected === undefined ? {} : { expected: write.expected }),
    },
  }
}
