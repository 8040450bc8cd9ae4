/**
 * The limit that the pipeline is held against: consume, parse, upsert two tables by unnest, publish confirmed,
 * acknowledge. No ledger, no mapping, no identity, no merge. One message a change, as the broker would see them.
 */
import amqp from 'amqplib'
import pg from 'pg'
import type { Change } from '../../hub/contracts/change.ts'

const BATCH = 500

/** Changes a second from the first message consumed to the last event confirmed. */
export async function bareLoop(changes: readonly Change[], databaseUrl: string, amqpUrl: string): Promise<number> {
  const db = new pg.Client({ connectionString: databaseUrl })
  await db.connect()
  await db.query(`drop table if exists bare_record, bare_customer;
    create table bare_record (key text primary key, sequence bigint not null, data json not null);
    create table bare_customer (id text primary key, version bigint not null, golden json not null)`)
  const connection = await amqp.connect(amqpUrl)
  const channel = await connection.createConfirmChannel()
  await channel.assertExchange('bare.events', 'topic', { durable: true })
  await channel.assertQueue('bare.events', { durable: true, arguments: { 'x-queue-type': 'quorum' } })
  await channel.bindQueue('bare.events', 'bare.events', '#')
  const queue = 'bare.work'
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
  for (const change of changes) channel.sendToQueue(queue, Buffer.from(JSON.stringify(change)), { persistent: true })
  await channel.waitForConfirms()
  const startedAt = performance.now()
  await consumeAll(changes.length, channel, db, queue)
  const seconds = (performance.now() - startedAt) / 1000
  await channel.deleteQueue(queue)
  await channel.deleteQueue('bare.events')
  await channel.deleteExchange('bare.events')
  await connection.close()
  await db.end()
  return changes.length / seconds
}

function consumeAll(count: number, channel: amqp.ConfirmChannel, db: pg.Client, queue: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let batch: amqp.ConsumeMessage[] = []
    let done = 0
    let working = Promise.resolve()
    const take = (messages: amqp.ConsumeMessage[]): void => {
      working = working
        .then(() => applyBare(messages, channel, db))
        .then(() => {
          done += messages.length
          if (done === count) resolve()
        }, reject)
    }
    channel.prefetch(BATCH * 2).catch(reject)
    channel
      .consume(queue, (message) => {
        if (message === null) return
        batch.push(message)
        if (batch.length < BATCH && done + batch.length < count) return
        take(batch)
        batch = []
      })
      .catch(reject)
  })
}

async function applyBare(messages: amqp.ConsumeMessage[], channel: amqp.ConfirmChannel, db: pg.Client): Promise<void> {
  const latest = new Map<string, Change>()
  for (const message of messages) {
    const change = JSON.parse(message.content.toString()) as Change
    latest.set(change.key, change)
  }
  const rows = [...latest.values()]
  const values = [rows.map((r) => r.key), rows.map((r) => r.sequence), rows.map((r) => JSON.stringify(r.data))]
  await db.query('begin')
  await db.query({
    name: 'bare-record',
    text: `insert into bare_record select * from unnest($1::text[], $2::bigint[], $3::json[])
      on conflict (key) do update set sequence = excluded.sequence, data = excluded.data`,
    values,
  })
  await db.query({
    name: 'bare-customer',
    text: `insert into bare_customer select * from unnest($1::text[], $2::bigint[], $3::json[])
      on conflict (id) do update set version = excluded.version, golden = excluded.golden`,
    values,
  })
  await db.query('commit')
  for (const message of messages) {
    channel.publish('bare.events', 'customer.updated', message.content, { persistent: true })
  }
  await channel.waitForConfirms()
  const last = messages.at(-1)
  if (last !== undefined) channel.ack(last, true)
}
