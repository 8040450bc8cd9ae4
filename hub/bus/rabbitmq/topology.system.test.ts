import { randomUUID } from 'node:crypto'
import amqp from 'amqplib'
import type { Bus } from '../../contracts/bus.ts'
import { Collector, failureOf, numbered, numbersOf, range, SMALL, until } from '../conformance/harness.ts'
import { serverUrl } from '../conformance/proxied.ts'
import { TcpProxy } from '../conformance/tcp-proxy.ts'
import { openRabbitBus, type RabbitBusOptions } from './rabbit-bus.ts'
import { topologyNames } from './topology.ts'

const url = serverUrl('AMQP_URL', 'RabbitMQ')
const describeWithBroker = url === undefined ? describe.skip : describe

describeWithBroker('what the hub declares in RabbitMQ', () => {
  const broker = url ?? ''
  let prefix: string
  let connection: amqp.ChannelModel
  let channel: amqp.Channel
  const buses: Bus[] = []

  beforeEach(async () => {
    prefix = `test-${randomUUID().slice(0, 8)}`
    connection = await amqp.connect(broker)
    channel = await connection.createChannel()
  })
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()))
    const names = topologyNames(prefix)
    for (const queue of [names.work(0), names.work(1), names.intake, names.dead]) await channel.deleteQueue(queue)
    for (const exchange of [names.intake, names.events, names.dead]) await channel.deleteExchange(exchange)
    await connection.close()
  })

  function open(options: Partial<RabbitBusOptions> = {}): Bus {
    const bus = openRabbitBus({
      url: broker,
      prefix,
      partitions: 2,
      publishTimeoutMs: 3_000,
      reconnectPause: { firstMs: 50, mostMs: 500 },
      repeatPause: { firstMs: 10, mostMs: 20 },
      ...options,
    })
    buses.push(bus)
    return bus
  }

  test('a queue that exists with other arguments stops the start, with its name and the fix', async () => {
    const name = topologyNames(prefix).work(1)
    await channel.assertQueue(name, { durable: true })
    const error = await failureOf(open().start())
    expect(error).toMatchObject({ code: 'bus.topology.conflict', family: 'config', where: name })
    expect(error.fix).toContain(`rabbitmqctl delete_queue ${name}`)
    expect(error.facts?.reason).toContain("inequivalent arg 'x-")
  })

  test('hubs that declare the same at the same time do not disturb each other', async () => {
    await expect(Promise.all(range(0, 4).map(() => open().start()))).resolves.toHaveLength(4)
  })

  test.each([
    ['a wrong password', (given: URL) => (given.password = 'wrong')],
    ['an unknown vhost', (given: URL) => (given.pathname = '/nowhere')],
  ])('%s stops the start with a config error that does not show the URL', async (_, spoil) => {
    const given = new URL(broker)
    given.username ||= 'guest'
    spoil(given)
    const error = await failureOf(open({ url: given.href }).start())
    expect(error).toMatchObject({ code: 'bus.setting.invalid', family: 'config', where: 'AMQP_URL' })
    expect(error.message + String(error.internal)).not.toContain(given.password || 'amqp://')
  })

  test.each([
    ['AMQP_URL', { url: 'localhost' }],
    ['AMQP_URL', { url: 'http://localhost' }],
    ['partitions', { partitions: 0 }],
    ['prefix', { prefix: 'a b' }],
    ['deliveryLimit', { deliveryLimit: 0 }],
    ['maxMessageBytes', { maxMessageBytes: 10 }],
  ])('a wrong %s is refused when the bus is opened: %j', (where, options) => {
    expect(() => openRabbitBus({ url: broker, ...options })).toThrow(
      expect.objectContaining({ code: 'bus.setting.invalid', family: 'config', where }),
    )
  })

  test('a system may publish to the intake exchange by itself, without an id', async () => {
    const bus = open()
    await bus.start()
    const got = new Collector()
    await bus.consume({ intake: true }, SMALL, got.handler)
    channel.publish(topologyNames(prefix).intake, 'crm', Buffer.from('{}'))
    await until('it arrives', () => got.all.length === 1)
    expect(got.all[0]).toMatchObject({ from: { intake: 'crm' }, id: undefined, redelivered: false })
  })

  test('a message for a queue that somebody deleted is refused, and the queue is declared and consumed again', async () => {
    const bus = open()
    await bus.start()
    const got = new Collector()
    await bus.consume({ work: [0, 1] }, SMALL, got.handler)
    await channel.deleteQueue(topologyNames(prefix).work(0))
    const error = await failureOf(bus.publish([numbered(0, 1)]))
    expect(error).toMatchObject({ code: 'bus.unroutable', family: 'retry', where: topologyNames(prefix).work(0) })
    await bus.publish([numbered(0, 2), numbered(1, 2)])
    await until('both arrive', () => got.all.length === 2)
    expect(got.texts.sort()).toEqual(['0:2', '1:2'])
  })

  test('a batch that fails more often than the delivery limit is not dead-lettered', async () => {
    const bus = open({ deliveryLimit: 2 })
    await bus.start()
    let failures = 0
    const got = new Collector(() => {
      if (++failures <= 12) throw new Error('an outage')
    })
    await bus.publish(range(0, 10).map((n) => numbered(0, n)))
    await bus.consume({ work: [0] }, SMALL, got.handler)
    await until('all arrive', () => got.all.length === 10)
    expect(numbersOf(got.all, 0)).toEqual(range(0, 10))
    expect((await bus.depth()).deadLettered).toBe(0)
  })

  test('messages whose process died more often than the delivery limit are kept as dead letters, and the rest goes on', async () => {
    const proxy = await TcpProxy.before(broker)
    const dying = open({ url: proxy.url, deliveryLimit: 2 })
    const bus = open({ deliveryLimit: 2 })
    await Promise.all([dying.start(), bus.start()])
    await bus.publish([numbered(0, 1)])
    let deaths = 0
    const got = new Collector(() => {
      if (++deaths <= 3) proxy.reset()
    })
    await dying.consume({ work: [0] }, SMALL, got.handler)
    await until('it is dead-lettered', async () => (await bus.depth()).deadLettered === 1)
    await until('the consumer is back', () => dying.healthy())
    await bus.publish([numbered(0, 2)])
    await until('the next arrives', () => got.texts.includes('0:2'))
    await Promise.all([proxy.cut(), dying.close()])
  })
})
