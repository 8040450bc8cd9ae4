import type { Channel, ChannelModel, Options } from 'amqplib'
import { HubError } from '../../contracts/hub-error.ts'

/**
 * Everything that the hub declares in RabbitMQ, in one place. Names start with the prefix (default `omnihub`):
 *
 * - queue `omnihub.work.<n>`: one for each partition; the default exchange leads to it;
 * - topic exchange `omnihub.intake` -> queue `omnihub.intake`: changes from systems, routing key = system;
 * - topic exchange `omnihub.events` -> queue `omnihub.events.<group>` for each group of subscribers;
 * - fanout exchange `omnihub.dead` -> queue `omnihub.dead`: what reached the delivery limit.
 *
 * Every queue is a quorum queue. Those with consumers have a single active one: order is kept, and another process takes
 * over when that one ends.
 */
export interface TopologyOptions {
  prefix: string
  partitions: number
  deliveryLimit: number
}

export interface TopologyNames {
  intake: string
  events: string
  dead: string
  work(partition: number): string
  group(group: string): string
}

export function topologyNames(prefix: string): TopologyNames {
  return {
    intake: `${prefix}.intake`,
    events: `${prefix}.events`,
    dead: `${prefix}.dead`,
    work: (partition) => `${prefix}.work.${partition}`,
    group: (group) => `${prefix}.events.${group}`,
  }
}

/**
 * A message is counted as delivered once more whenever the process or connection that holds it ends. Failing handlers are
 * repeated inside the process and never count, so only a message that ends the process itself gets near this limit;
 * it is high because everything prefetched beside such a message counts with it.
 */
export const DEFAULT_DELIVERY_LIMIT = 1_000

/** Arguments of every queue that is consumed. Dead-lettering at least once needs reject-publish (RabbitMQ's documentation). */
function consumedQueue(options: TopologyOptions): Options.AssertQueue {
  return {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-single-active-consumer': true,
      'x-delivery-limit': options.deliveryLimit,
      'x-dead-letter-exchange': topologyNames(options.prefix).dead,
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    },
  }
}

/** Declares all but the groups of subscribers. Rejects with a `config` HubError where something else has the name. */
export async function declareTopology(model: ChannelModel, options: TopologyOptions): Promise<void> {
  const names = topologyNames(options.prefix)
  await onChannel(model, async (channel) => {
    // What receives dead letters comes first, so that no queue can ever dead-letter into nothing.
    await declared(names.dead, async () => {
      await channel.assertExchange(names.dead, 'fanout', { durable: true })
      await channel.assertQueue(names.dead, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
      await channel.bindQueue(names.dead, names.dead, '')
    })
    await declared(names.events, () => channel.assertExchange(names.events, 'topic', { durable: true }))
    await declared(names.intake, async () => {
      await channel.assertExchange(names.intake, 'topic', { durable: true })
      await channel.assertQueue(names.intake, consumedQueue(options))
      await channel.bindQueue(names.intake, names.intake, '#')
    })
    for (let partition = 0; partition < options.partitions; partition++) {
      const name = names.work(partition)
      await declared(name, () => channel.assertQueue(name, consumedQueue(options)))
    }
  })
}

/** Declares a group's queue and binds it with the pattern; bindings of earlier patterns stay (AMQP can't list them). */
export async function declareGroup(
  model: ChannelModel,
  options: TopologyOptions,
  group: string,
  pattern: string,
): Promise<string> {
  const names = topologyNames(options.prefix)
  const name = names.group(group)
  await onChannel(model, (channel) =>
    declared(name, async () => {
      await channel.assertQueue(name, consumedQueue(options))
      await channel.bindQueue(name, names.events, pattern)
    }),
  )
  return name
}

/** What waits in these queues, unacknowledged messages apart; a missing queue counts nothing. */
export async function countReady(model: ChannelModel, queues: readonly string[]): Promise<number> {
  let ready = 0
  await onChannel(model, async (channel) => {
    for (const queue of queues) ready += (await channel.checkQueue(queue)).messageCount
  })
  return ready
}

async function onChannel(model: ChannelModel, work: (channel: Channel) => Promise<void>): Promise<void> {
  const channel = await model.createChannel()
  // A refused declaration closes its channel and rejects its promise; the event tells the same a second time.
  channel.on('error', () => undefined)
  await work(channel)
  await channel.close()
}

const PRECONDITION_FAILED = 406

async function declared(name: string, declare: () => Promise<unknown>): Promise<void> {
  try {
    await declare()
  } catch (error) {
    if (!(error instanceof Error) || (error as { code?: unknown }).code !== PRECONDITION_FAILED) throw error
    throw new HubError({
      code: 'bus.topology.conflict',
      family: 'config',
      message: `RabbitMQ already has "${name}" with other arguments than the hub needs.`,
      where: name,
      fix: `Let it run empty and delete it (rabbitmqctl delete_queue ${name}) so that the hub declares it anew, or give this hub another prefix.`,
      // RabbitMQ's own words name the argument and both values; there is nothing secret in them.
      internal: error.message,
      facts: { reason: error.message },
      cause: error,
    })
  }
}
