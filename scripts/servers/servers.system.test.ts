import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import amqp from 'amqplib'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { startMariadb } from './mariadb.ts'
import { startPostgres } from './postgres.ts'
import { startRabbitmq } from './rabbitmq.ts'
import { startServer, type TestServer } from './server.ts'
import { makeFolder } from './folder.ts'

/** Writes one thing durably, or reads it back. */
type Use = (url: string) => Promise<unknown>

const onPostgres =
  (text: string): Use =>
  async (url) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query<{ word: string }>(text)
    await client.end()
    return rows[0]?.word
  }
const onMariadb =
  (text: string): Use =>
  async (url) => {
    const connection = await mysql.createConnection(url)
    const [rows] = await connection.query(text)
    await connection.end()
    return (rows as { word: string }[])[0]?.word
  }
const QUEUE = { durable: true, arguments: { 'x-queue-type': 'quorum' } }
const publish: Use = async (url) => {
  const connection = await amqp.connect(url)
  const channel = await connection.createConfirmChannel()
  await channel.assertQueue('kept', QUEUE)
  channel.sendToQueue('kept', Buffer.from('kept'), { persistent: true })
  await channel.waitForConfirms()
  await connection.close()
  // RabbitMQ 3.10 keeps the registration of a new quorum queue in memory for half a second; killed before, it has a
  // queue without members ever after. Messages have no such gap: a confirmed one is on the disk.
  await sleep(1000)
}
const receive: Use = async (url) => {
  const connection = await amqp.connect(url)
  const channel = await connection.createChannel()
  await channel.assertQueue('kept', QUEUE)
  let message = await channel.get('kept', { noAck: false })
  // A quorum queue answers before its leader is elected again; its messages show a moment later.
  for (let tries = 0; message === false && tries < 50; tries += 1) {
    await sleep(100)
    message = await channel.get('kept', { noAck: false })
  }
  await connection.close()
  return message === false ? undefined : message.content.toString()
}

const SERVERS: [string, () => Promise<TestServer>, Use, Use][] = [
  [
    'PostgreSQL',
    startPostgres,
    onPostgres("create table kept as select 'kept' as word"),
    onPostgres('select word from kept'),
  ],
  ['RabbitMQ', startRabbitmq, publish, receive],
  [
    'MariaDB',
    startMariadb,
    onMariadb("create table kept as select 'kept' as word"),
    onMariadb('select word from kept'),
  ],
]

describe.each(SERVERS)('%s', (_, start, write, read) => {
  test('comes up, keeps what was durable over kill -9, and leaves nothing when stopped', async () => {
    const server = await start()
    try {
      expect(new URL(server.url).hostname).toBe('127.0.0.1')
      await write(server.url)
      await server.kill9()
      await expect(read(server.url)).rejects.toThrow()
      await server.restart()
      expect(await read(server.url)).toBe('kept')
      await server.freeze()
      await server.thaw()
      await server.restart()
      expect(await read(server.url)).toBe('kept')
    } finally {
      await server.stop()
      await server.stop()
    }
    expect(existsSync(server.logFile)).toBe(true)
    expect(existsSync(server.logFile.replace(/\.log$/, ''))).toBe(false)
    await expect(server.restart()).rejects.toThrow(/stopped for good/)
  }, 60_000)
})

describe('a server that does not come up', () => {
  const plan = async (script: string, startTimeoutMs: number): Promise<Promise<TestServer>> => {
    const folder = await makeFolder('broken')
    return startServer({
      name: 'Broken',
      folder,
      url: 'none:',
      command: process.execPath,
      args: ['-e', script],
      endSignal: 'SIGTERM',
      probe: () => Promise.reject(new Error('no answer yet')),
      startTimeoutMs,
    })
  }

  test('is reported with its exit code and the end of its log', async () => {
    await expect(plan("console.log('the reason'); process.exit(4)", 10_000)).rejects.toThrow(
      /exit code 4[\s\S]*the reason/,
    )
  })

  test('is ended when it takes too long, and the last attempt is told', async () => {
    await expect(plan("console.log('up'); setInterval(() => {}, 1000)", 500)).rejects.toThrow(
      /did not answer within 500 ms \(Error: no answer yet\)[\s\S]*up/,
    )
  })
})

test('folders of owners that are gone are swept with the next start', async () => {
  const folder = await makeFolder('swept')
  const leftover = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', folder.path], { stdio: 'ignore' })
  await folder.notePid(leftover.pid ?? 0)
  const owner = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' })
  await once(owner, 'exit')
  await writeFile(`${folder.path}/owner.pid`, String(owner.pid))
  const gone = once(leftover, 'exit')
  const next = await makeFolder('next')
  expect((await gone)[1]).toBe('SIGKILL')
  expect(existsSync(folder.path)).toBe(false)
  await rm(next.path, { recursive: true })
})
