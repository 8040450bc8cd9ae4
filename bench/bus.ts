/**
 * `node bench/bus.ts [messages]`: how many messages of 1 KB a second go through each form of the bus, published in batches of 250
 * (16 publishes under way) and consumed in batches of up to 500 over 8 partitions; beside the same work done by a bare
 * loop over amqplib or pg. Then single publishes, 64 under way, with their time to confirm. Under 30 s.
 *
 * Uses AMQP_URL and DATABASE_URL, or throw-away servers with fsync on.
 */
import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import amqp from 'amqplib'
import pg from 'pg'
import { openEmbeddedBus } from '../hub/bus/embedded/embedded-bus.ts'
import { openRabbitBus } from '../hub/bus/rabbitmq/rabbit-bus.ts'
import { topologyNames } from '../hub/bus/rabbitmq/topology.ts'
import type { Bus } from '../hub/contracts/bus.ts'
import { startPostgres } from '../scripts/servers/postgres.ts'
import { startRabbitmq } from '../scripts/servers/rabbitmq.ts'

const MESSAGES = Number(process.argv[2] ?? 40_000)
const PARTITIONS = 8
const PUBLISH = 250
const UNDER_WAY = 16
const BODY = Buffer.alloc(1_024, 'omnihub ')
const WANTED = 10_000

/** Runs `publish` for each batch with so many under way, and `consumed` tells when all have come; messages a second. */
async function measure(publish: (first: number) => Promise<void>, consumed: () => number): Promise<number> {
  const begin = performance.now()
  let next = 0
  await Promise.all(
    Array.from({ length: UNDER_WAY }, async () => {
      while (next < MESSAGES) await publish((next += PUBLISH) - PUBLISH)
    }),
  )
  while (consumed() < MESSAGES) await new Promise((resolve) => setTimeout(resolve, 1))
  return (MESSAGES / (performance.now() - begin)) * 1_000
}

async function busRate(bus: Bus): Promise<number> {
  let count = 0
  const work = Array.from({ length: PARTITIONS }, (_, partition) => partition)
  const consumer = await bus.consume({ work }, { batchMax: 500, lingerMs: 2 }, async (batch) => {
    count += batch.length
  })
  const batchFrom = (first: number): { to: { work: number }; body: Buffer }[] =>
    Array.from({ length: PUBLISH }, (_, at) => ({ to: { work: (first + at) % PARTITIONS }, body: BODY }))
  const rate = await measure(
    (first) => bus.publish(batchFrom(first)),
    () => count,
  )
  await consumer.close()
  return rate
}

/** Publishes one message at a time, 64 under way, for a second; rate and times to confirm in ms. */
async function singles(bus: Bus): Promise<string> {
  const times: number[] = []
  const consumer = await bus.consume({ work: [0, 1, 2, 3] }, { batchMax: 500, lingerMs: 2 }, async () => undefined)
  const begin = performance.now()
  await Promise.all(
    Array.from({ length: 64 }, async (_, at) => {
      while (performance.now() - begin < 1_000) {
        const start = performance.now()
        await bus.publish([{ to: { work: at % 4 }, body: BODY }])
        times.push(performance.now() - start)
      }
    }),
  )
  const rate = (times.length / (performance.now() - begin)) * 1_000
  await consumer.close()
  times.sort((a, b) => a - b)
  const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(1)
  return `${figure(rate)}/s, confirmed after p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`
}

/** The same queues and guarantees by hand: confirms, mandatory, acks of 500 at once; no batches, no order of errors, no return. */
async function bareAmqp(url: string, prefix: string): Promise<number> {
  const [publishing, consuming] = [await amqp.connect(url), await amqp.connect(url)]
  const [out, back] = [await publishing.createConfirmChannel(), await consuming.createChannel()]
  let count = 0
  await back.prefetch(1_000)
  for (let partition = 0; partition < PARTITIONS; partition++)
    await back.consume(topologyNames(prefix).work(partition), (message) => {
      if (message !== null && (++count % 500 === 0 || count === MESSAGES)) back.ack(message, true)
    })
  const publish = (first: number): Promise<void> =>
    new Promise((resolve, reject) => {
      let left = PUBLISH
      for (let at = 0; at < PUBLISH; at++)
        out.sendToQueue(
          topologyNames(prefix).work((first + at) % PARTITIONS),
          BODY,
          { persistent: true, mandatory: true },
          (error) => {
            if (error) reject(error instanceof Error ? error : new Error(String(error)))
            else if (--left === 0) resolve()
          },
        )
    })
  const rate = await measure(publish, () => count)
  await Promise.all([publishing.close(), consuming.close()])
  return rate
}

/** One insert a publish and one delete a batch, back to back over two connections: what a plain queue in PostgreSQL does. */
async function barePostgres(url: string): Promise<number> {
  const [writer, reader] = [new pg.Client(url), new pg.Client(url)]
  await Promise.all([writer.connect(), reader.connect()])
  await writer.query('create table bench_queue (id bigint primary key, partition int, body bytea)')
  await reader.query('set synchronous_commit = off; set enable_seqscan = off')
  let done = 0
  const consume = async (): Promise<void> => {
    while (done < MESSAGES) {
      const { rows } = await reader.query<{ id: string }>(
        'delete from bench_queue where id in (select id from bench_queue order by id limit 500) returning id, partition, body',
      )
      done += rows.length
    }
  }
  let turn: Promise<unknown> = Promise.resolve()
  const publish = async (first: number): Promise<void> => {
    const ids = Array.from({ length: PUBLISH }, (_, at) => first + at)
    const insert = `insert into bench_queue
      select id, id % ${PARTITIONS}, substring($2::bytea from (at::int - 1) * ${BODY.length} + 1 for ${BODY.length})
        from unnest($1::bigint[]) with ordinality as new (id, at)`
    const bodies = Buffer.concat(ids.map(() => BODY))
    await (turn = turn.then(() => writer.query(insert, [ids, bodies])))
  }
  const consuming = consume()
  const rate = await measure(publish, () => done)
  await consuming
  await writer.query('drop table bench_queue')
  await Promise.all([writer.end(), reader.end()])
  return rate
}

function fsyncMs(): number {
  const file = join(tmpdir(), `omnihub-bench-${process.pid}`)
  const descriptor = openSync(file, 'w')
  const begin = performance.now()
  let rounds = 0
  for (; performance.now() - begin < 200; rounds++) {
    writeSync(descriptor, BODY)
    fsyncSync(descriptor)
  }
  closeSync(descriptor)
  rmSync(file)
  return (performance.now() - begin) / rounds
}

function figure(value: number): string {
  return Math.round(value).toLocaleString('en').padStart(8)
}

function print(name: string, rate: number, bareName: string, bare: number): void {
  console.log(
    `${name.padEnd(22)} ${figure(rate)}/s   bare ${bareName} ${figure(bare)}/s   ${(rate / bare).toFixed(2)}  wanted ${figure(WANTED)}: ${rate >= WANTED ? 'reached' : 'MISSED'}`,
  )
}

async function twice(work: () => Promise<number>): Promise<number> {
  return Math.max(await work(), await work())
}

async function rabbitRows(url: string): Promise<void> {
  const prefix = `bench-${randomUUID().slice(0, 8)}`
  const bus = openRabbitBus({ url, prefix, partitions: PARTITIONS })
  await bus.start()
  const bare = await twice(() => bareAmqp(url, prefix))
  print('bus over RabbitMQ', await twice(() => busRate(bus)), 'amqplib', bare)
  console.log(`  one at a time, 64 under way: ${await singles(bus)}`)
  await bus.close()
  const connection = await amqp.connect(url)
  const channel = await connection.createChannel()
  const names = topologyNames(prefix)
  const work = Array.from({ length: PARTITIONS }, (_, partition) => names.work(partition))
  for (const queue of [...work, names.intake, names.dead]) await channel.deleteQueue(queue)
  for (const exchange of [names.intake, names.events, names.dead]) await channel.deleteExchange(exchange)
  await connection.close()
}

async function embeddedRows(url: string): Promise<void> {
  const schema = `bus_bench_${randomUUID().slice(0, 8)}`
  const bare = await twice(() => barePostgres(url))
  const bus = openEmbeddedBus({ database: url, schema, partitions: PARTITIONS })
  await bus.start()
  print('embedded bus', await twice(() => busRate(bus)), 'pg     ', bare)
  console.log(`  one at a time, 64 under way: ${await singles(bus)}`)
  await bus.close()
  const client = new pg.Client(url)
  await client.connect()
  await client.query(`set client_min_messages = warning; drop schema ${schema} cascade`)
  await client.end()
}

console.log(
  `${MESSAGES.toLocaleString('en')} messages of ${BODY.length} bytes, ${cpus().length} cores of ${cpus()[0]?.model ?? '?'}, fsync ${fsyncMs().toFixed(2)} ms`,
)
const broker = process.env.AMQP_URL ? undefined : await startRabbitmq()
const server = process.env.DATABASE_URL ? undefined : await startPostgres({ fsync: true })
try {
  await rabbitRows(process.env.AMQP_URL ?? broker?.url ?? '')
  await embeddedRows(process.env.DATABASE_URL ?? server?.url ?? '')
} finally {
  await Promise.all([broker?.stop(), server?.stop()])
}
