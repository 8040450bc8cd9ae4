import { tellSkipped } from '../../../test/support/skipped.ts'
import { randomUUID } from 'node:crypto'
import amqp from 'amqplib'
import { describeBusConformance } from '../conformance.ts'
import { type BusForm, type OpenedBus, SCENE, type Scene } from '../conformance/harness.ts'
import { openProxied, serverUrl } from '../conformance/proxied.ts'
import { openRabbitBus } from './rabbit-bus.ts'
import { topologyNames } from './topology.ts'

const url = serverUrl('AMQP_URL', 'RabbitMQ')
const GROUPS = [...Array.from({ length: 6 }, (_, at) => `group-${at}`), 'late', 'crm-write-back', 'changing']

async function removeAll(address: string, prefix: string): Promise<void> {
  const names = topologyNames(prefix)
  const connection = await amqp.connect(address)
  const channel = await connection.createChannel()
  const work = Array.from({ length: SCENE.partitions }, (_, partition) => names.work(partition))
  for (const queue of [...work, names.intake, names.dead, ...GROUPS.map((group) => names.group(group))])
    await channel.deleteQueue(queue)
  for (const exchange of [names.intake, names.events, names.dead]) await channel.deleteExchange(exchange)
  await connection.close()
}

function rabbitScene(address: string): Scene {
  const prefix = `test-${randomUUID().slice(0, 8)}`
  const all: (OpenedBus & { end(): Promise<void> })[] = []
  const open = async ({ start }: { start: boolean } = { start: true }): Promise<OpenedBus> => {
    const one = await openProxied(address, start, (proxied) =>
      openRabbitBus({
        url: proxied,
        prefix,
        ...SCENE,
        heartbeatS: 1,
        connectTimeoutMs: 2_000,
        reconnectPause: { firstMs: 50, mostMs: 500 },
        repeatPause: { firstMs: 50, mostMs: 1_000 },
      }),
    )
    all.push(one)
    return one
  }
  return {
    open,
    peerOf: () => open(),
    async dispose() {
      await Promise.all(all.map((one) => one.end()))
      await removeAll(address, prefix)
    },
  }
}

const form = (address: string): BusForm => ({
  name: 'the bus over RabbitMQ',
  newScene: async () => rabbitScene(address),
})

tellSkipped(url === undefined ? 'skipped: AMQP_URL is not set; `npm test` sets it' : null)
if (url === undefined) test.skip('the bus over RabbitMQ', () => undefined)
else describeBusConformance(form(url))
