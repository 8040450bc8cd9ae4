/** A consumer of omnihub.events as any program may be one: it keeps what it has seen, and knows an event again by its id. */
import amqp from 'amqplib'
import { setTimeout as sleep } from 'node:timers/promises'

export interface EventListener {
  /** Ids in the order in which each was first seen. */
  readonly ids: readonly string[]
  /** How many came that had been seen before. */
  readonly repeated: number
  /** Events whose customer had already been told of in a later version. */
  readonly disorder: readonly string[]
  /** Resolves once this many were seen. */
  untilSeen(count: number, timeoutMs: number): Promise<void>
  close(): Promise<void>
}

interface Event {
  id: string
  type: string
  sequence?: string
  data?: { customer?: { id?: string } }
}

/** The exchange must be there: start a hub first. The queue is durable, and outlives the listener's connection. */
export async function listenToEvents(url: string): Promise<EventListener> {
  const queue = 'faults.listener'
  const seen = new Set<string>()
  const versions = new Map<string, number>()
  const disorder: string[] = []
  let repeated = 0
  let closed = false
  let connection: amqp.ChannelModel | undefined

  const take = (body: Buffer): void => {
    const event = JSON.parse(body.toString('utf8')) as Event
    if (seen.has(event.id)) {
      repeated++
      return
    }
    seen.add(event.id)
    const customer = event.data?.customer?.id
    if (customer === undefined || !/^customer\.(created|updated)$/.test(event.type)) return
    const version = Number(event.sequence)
    if (version <= (versions.get(customer) ?? 0)) disorder.push(`${customer} ${version}`)
    versions.set(customer, version)
  }
  const connect = async (): Promise<void> => {
    connection = await amqp.connect(url)
    connection.on('error', () => undefined)
    connection.on('close', () => void reconnect())
    const channel = await connection.createChannel()
    channel.on('error', () => undefined)
    await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
    await channel.bindQueue(queue, 'omnihub.events', '#')
    await channel.prefetch(1_000)
    await channel.consume(queue, (message) => {
      if (message === null) return
      take(message.content)
      channel.ack(message)
    })
  }
  const reconnect = async (): Promise<void> => {
    while (!closed) {
      const outcome = await connect().then(
        () => true,
        () => false,
      )
      if (outcome) return
      await sleep(200)
    }
  }
  await connect()
  return {
    get ids() {
      return [...seen]
    },
    get repeated() {
      return repeated
    },
    disorder,
    untilSeen: async (count, timeoutMs) => {
      const end = performance.now() + timeoutMs
      while (seen.size < count) {
        if (performance.now() > end) throw new Error(`${seen.size} of ${count} events seen after ${timeoutMs} ms`)
        await sleep(25)
      }
    },
    close: async () => {
      closed = true
      await connection?.close()
    },
  }
}
