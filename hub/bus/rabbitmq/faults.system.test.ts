import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { startRabbitmq } from '../../../scripts/servers/rabbitmq.ts'
import type { TestServer } from '../../../scripts/servers/server.ts'
import type { Bus } from '../../contracts/bus.ts'
import { Collector, failureOf, numbered, range, SCENE, until } from '../conformance/harness.ts'
import { expectAllInOrder, publishUntil } from '../conformance/outages.ts'
import type { BusReport } from '../report.ts'
import { openRabbitBus } from './rabbit-bus.ts'

const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server'
const installed = existsSync(PROGRAM)
if (!installed) console.log(`Left out: ${PROGRAM} is not installed, and these tests kill a RabbitMQ of their own.`)
const describeWithBroker = installed ? describe : describe.skip

describeWithBroker('a RabbitMQ that fails', () => {
  let broker: TestServer
  const buses: Bus[] = []
  const reports: BusReport[] = []

  beforeAll(async () => {
    broker = await startRabbitmq()
  }, 90_000)
  afterAll(() => broker.stop(), 30_000)
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()))
    reports.length = 0
  }, 30_000)

  async function open(prefix: string): Promise<Bus> {
    const bus = openRabbitBus({
      url: broker.url,
      prefix,
      ...SCENE,
      heartbeatS: 2,
      reconnectPause: { firstMs: 50, mostMs: 500 },
      repeatPause: { firstMs: 50, mostMs: 500 },
      report: (report) => reports.push(report),
    })
    buses.push(bus)
    await bus.start()
    return bus
  }

  async function control(...command: string[]): Promise<void> {
    const { node, cookie, epmdPort } = broker.facts
    await promisify(execFile)('/usr/lib/rabbitmq/bin/rabbitmqctl', ['-n', node ?? '', ...command], {
      env: { ...process.env, RABBITMQ_ERLANG_COOKIE: cookie, ERL_EPMD_PORT: epmdPort, ERL_EPMD_ADDRESS: '127.0.0.1' },
    })
  }

  test.each([
    ['killed', () => broker.kill9().then(() => broker.restart())],
    ['restarted in order', () => broker.restart()],
  ])(
    'when the broker is %s, twice, under load, everything confirmed arrives, in order',
    async (how, breakIt) => {
      const prefix = how.slice(0, 6)
      const [one, two] = [await open(prefix), await open(prefix)]
      // RabbitMQ writes the register of its quorum queues some seconds after a queue is made: a queue that is killed younger than
      // that may never find a leader again, whoever uses it (docs/decisions/bus-rabbitmq.md).
      await sleep(6_000)
      const got = new Collector()
      await got.consume(one, { work: [0, 1] }, { batchMax: 50, lingerMs: 1 })
      await got.consume(two, { work: [2, 3] }, { batchMax: 50, lingerMs: 1 })
      let over = false
      const publishing = publishUntil(one, () => over)
      for (let times = 0; times < 2; times++) {
        const before = got.all.length
        await until('messages flow', () => got.all.length > before + 500)
        await breakIt()
      }
      const before = got.all.length
      await until('messages flow again', () => got.all.length > before + 500, 60_000)
      over = true
      const published = await publishing
      await expectAllInOrder(got, published)
      await until('nothing is left', async () => (await one.depth()).work === 0)
    },
    180_000,
  )

  test('while an alarm blocks publishers, publishes are refused with retry and consumers go on', async () => {
    const bus = await open('alarm')
    await bus.publish(range(0, 40).map((n) => numbered(n % 4, n)))
    await control('set_vm_memory_high_watermark', '0.0000001')
    // The broker tells a connection that it is blocked when that connection publishes.
    const error = await failureOf(bus.publish([numbered(0, 40)]))
    expect(error.family).toBe('retry')
    expect(bus.healthy()).toBe(false)
    expect(await failureOf(bus.publish([numbered(0, 41)]))).toMatchObject({ code: 'bus.unavailable', family: 'retry' })
    const got = new Collector()
    await got.consume(bus, { work: range(0, 4) })
    await until('what was there arrives', () => got.all.length >= 40)
    await until('it is acknowledged', async () => (await bus.depth()).work === 0)
    await control('set_vm_memory_high_watermark', '0.4')
    await until('publishers go on', () => bus.healthy())
    await bus.publish([numbered(0, 42)])
    await until('the later message arrives', () => got.texts.includes('0:42'))
    expect(got.texts).not.toContain('0:41')
    expect(reports.map(({ what }) => what)).toEqual(expect.arrayContaining(['blocked', 'unblocked']))
  }, 60_000)

  test('when the broker hangs, publishes are refused in time, and everything goes on once it wakes', async () => {
    const bus = await open('hang')
    const got = new Collector()
    await got.consume(bus, { work: range(0, 4) })
    await bus.publish([numbered(0, 0)])
    await broker.freeze()
    expect((await failureOf(bus.publish([numbered(0, 1)]))).family).toBe('retry')
    await until('the silence is noticed', () => !bus.healthy())
    await broker.thaw()
    await until('it is mended', () => bus.healthy())
    await bus.publish([numbered(0, 2)])
    await until('the later message arrives', () => got.texts.includes('0:2'))
  }, 60_000)
})
