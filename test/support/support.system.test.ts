import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import amqp from 'amqplib'
import pg from 'pg'
import { hubProcess } from './hub-process.ts'
import { testBroker } from './test-broker.ts'
import { testDatabase } from './test-database.ts'

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'left-open' })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

describe('testDatabase', () => {
  test('gives each file a migrated database of its own, and several at the same time', async () => {
    const databases = await Promise.all([testDatabase(), testDatabase(), testDatabase()])
    expect(new Set(databases.map(({ name }) => name)).size).toBe(3)
    for (const database of databases) {
      const client = await connected(database.url)
      const { rows } = await client.query('select count(*)::int as migrations from schema_migration')
      expect((rows as { migrations: number }[])[0]?.migrations).toBeGreaterThan(0)
      await client.end()
      await database.drop()
    }
  })

  test('names the connections that a test left open, and deletes the database all the same', async () => {
    const database = await testDatabase({ empty: true })
    const client = await connected(database.url)
    await client.query("select 'the last statement'")
    await expect(database.drop()).rejects.toThrow(/left-open \(idle\): select 'the last statement'/)
    await client.end().catch(() => undefined)
    await expect(connected(database.url)).rejects.toThrow(/does not exist/)
  })
})

describe('testBroker', () => {
  test('gives each file a vhost of its own, names connections left open, and can break them', async () => {
    const [one, two] = await Promise.all([testBroker(), testBroker()])
    // With a broker given by AMQP_URL there is nothing to see from here: it is shared, by prefix.
    if (!one.ownVhost) return
    const connection = await amqp.connect(one.url)
    connection.on('error', () => undefined)
    const channel = await connection.createChannel()
    await channel.assertQueue('here')
    const other = await amqp.connect(two.url)
    const elsewhere = await other.createChannel()
    elsewhere.on('error', () => undefined)
    await expect(elsewhere.checkQueue('here')).rejects.toThrow(/NOT_FOUND/)
    await other.close()

    expect(await one.connections()).toHaveLength(1)
    const closed = new Promise((resolve) => connection.once('close', resolve))
    await one.closeConnections()
    await closed

    const again = await amqp.connect(one.url)
    again.on('error', () => undefined)
    await expect(one.drop()).rejects.toThrow(/left connections to RabbitMQ open: 127\.0\.0\.1:\d+/)
    await two.drop()
  })
})

describe('hubProcess', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'omnihub-process-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const program = async (text: string): Promise<string> => {
    const entry = join(folder, `${Math.random().toString(36).slice(2)}.mjs`)
    await writeFile(entry, text)
    return entry
  }
  const server = `
    import { createServer } from 'node:http'
    let ready = false
    setTimeout(() => { ready = true; console.log('ready', process.env.SETTING, process.env.DATABASE_URL) }, 100)
    createServer((_, answer) => answer.writeHead(ready ? 200 : 503).end('starting')).listen(Number(process.env.PORT), process.env.HOST)
    process.on('SIGTERM', () => process.exit(7))`

  test('waits until the hub is ready, gives it only the settings named, stops and kills it', async () => {
    const entry = await program(server)
    const first = await hubProcess({ entry, environment: { SETTING: 'one' } })
    expect(first.log()).toContain('ready one undefined')
    await first.kill9()
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' })
    const second = await hubProcess({ entry, environment: {}, port: first.port })
    expect(second.url).toBe(first.url)
    expect(await second.stop()).toBe(7)
  })

  test('shows the log of a hub that ends while starting, and of one that never gets ready', async () => {
    const broken = await program("console.error('the reason'); process.exit(3)")
    await expect(hubProcess({ entry: broken, environment: {} })).rejects.toThrow(/exit code 3[\s\S]*the reason/)
    const never = await program(server.replace('ready = true', 'ready = false'))
    const waiting = hubProcess({ entry: never, environment: {}, readyTimeoutMs: 800 })
    await expect(waiting).rejects.toThrow(/last: 503 starting/)
  })
})
