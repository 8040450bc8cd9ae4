import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { startPostgres } from '../../../scripts/servers/postgres.ts'
import type { Bus } from '../../contracts/bus.ts'
import { Collector, failureOf, numbered, numbersOf, range, SCENE, SMALL, until } from '../conformance/harness.ts'
import { expectAllInOrder, publishUntil } from '../conformance/outages.ts'
import { serverUrl } from '../conformance/proxied.ts'
import { type EmbeddedBusOptions, openEmbeddedBus } from './embedded-bus.ts'

const url = serverUrl('DATABASE_URL', 'PostgreSQL')
const describeWithDatabase = url === undefined ? describe.skip : describe

describeWithDatabase('the embedded bus and its database', () => {
  const database = url ?? ''
  let schema: string
  const buses: Bus[] = []

  beforeEach(() => {
    schema = `bus_test_${randomUUID().slice(0, 8)}`
  })
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()))
    await asAdmin((client) =>
      client.query(`set client_min_messages = warning; drop schema if exists ${schema} cascade`),
    )
  })

  async function asAdmin<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: database })
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }

  function open(options: Partial<EmbeddedBusOptions> = {}): Bus {
    const bus = openEmbeddedBus({
      database,
      schema,
      partitions: 4,
      publishTimeoutMs: 3_000,
      takeOverMs: 500,
      reconnectPause: { firstMs: 50, mostMs: 500 },
      ...options,
    })
    buses.push(bus)
    return bus
  }

  test('a second bus on the same schema is refused with who has it and what to do, and the first goes on', async () => {
    const first = open()
    await first.start()
    const error = await failureOf(open().start())
    expect(error).toMatchObject({ code: 'bus.embedded.in-use', family: 'config', where: schema })
    expect(error.fix).toContain('AMQP_URL')
    expect(error.facts).toMatchObject({ databaseSession: expect.any(Number), since: expect.stringMatching(/^\d{4}-/) })
    await first.publish([numbered(0, 1)])
    await open({ schema: `${schema}_b` }).start()
    await asAdmin((client) => client.query(`drop schema ${schema}_b cascade`))
  })

  test('what a killed process had confirmed and not acknowledged is there for the next process, in order', async () => {
    const child = fork(
      fileURLToPath(new URL('../conformance/publishing-process.ts', import.meta.url)),
      [database, schema],
      {
        execArgv: [],
      },
    )
    let confirmed = 0
    child.on('message', (count) => (confirmed = Number(count)))
    await until('it publishes', () => confirmed > 200)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const bus = open()
    await bus.start()
    const got = new Collector()
    await got.consume(bus, { work: [0] })
    await until('everything confirmed arrives', () => got.all.length >= confirmed)
    expect(numbersOf(got.all, 0)).toEqual(range(0, got.all.length))
  })

  test('works on clients of a pool, and gives none back that others could catch a lock from', async () => {
    const pool = new pg.Pool({ connectionString: database, max: 3 })
    const bus = open({ database: pool })
    await bus.start()
    const got = new Collector()
    await got.consume(bus, { work: [0] }, SMALL)
    await bus.publish(range(0, 20).map((n) => numbered(0, n)))
    await until('all arrive', () => got.all.length === 20)
    expect(pool.totalCount).toBe(2)
    await bus.close()
    expect(pool.totalCount).toBe(0)
    await pool.end()
  })

  test('a schema that somebody dropped is made again', async () => {
    const bus = open()
    await bus.start()
    await asAdmin((client) => client.query(`set client_min_messages = warning; drop schema ${schema} cascade`))
    expect(await failureOf(bus.publish([numbered(0, 1)]))).toMatchObject({ code: 'bus.unavailable', family: 'retry' })
    await bus.publish([numbered(0, 2)])
    const got = new Collector()
    await got.consume(bus, { work: [0] })
    await until('it arrives', () => got.texts.includes('0:2'))
  })

  test.each([
    ['DATABASE_URL', (given: URL) => (given.pathname = '/no_such_database')],
    ['DATABASE_URL', (given: URL) => (given.username = 'no_such_user')],
  ])('a wrong %s stops the start with a config error', async (where, spoil) => {
    const given = new URL(database)
    spoil(given)
    const error = await failureOf(open({ database: given.href }).start())
    expect(error).toMatchObject({ code: 'bus.setting.invalid', family: 'config', where })
  })

  test.each([
    ['schema', { schema: 'a"; drop' }],
    ['partitions', { partitions: 1.5 }],
    ['maxMessageBytes', { maxMessageBytes: Number.NaN }],
  ])('a wrong %s is refused when the bus is opened: %j', (where, options) => {
    expect(() => openEmbeddedBus({ database, ...options })).toThrow(
      expect.objectContaining({ code: 'bus.setting.invalid', family: 'config', where }),
    )
  })

  test('when PostgreSQL is killed, twice, under load, everything confirmed arrives, in order', async () => {
    const server = await startPostgres({ fsync: true })
    const bus = open({ database: server.url })
    try {
      await bus.start()
      const got = new Collector()
      await got.consume(bus, { work: range(0, SCENE.partitions) }, { batchMax: 50, lingerMs: 1 })
      let over = false
      const publishing = publishUntil(bus, () => over)
      for (let times = 0; times < 2; times++) {
        const before = got.all.length
        await until('messages flow', () => got.all.length > before + 500)
        await server.kill9()
        await server.restart()
      }
      const before = got.all.length
      await until('messages flow again', () => got.all.length > before + 500)
      over = true
      await expectAllInOrder(got, await publishing)
    } finally {
      await bus.close()
      await server.stop()
    }
  }, 120_000)
})
