import { setTimeout as sleep } from 'node:timers/promises'
import amqplib, { type ChannelModel } from 'amqplib'
import type { Connector, SourceRecord } from '../../hub/contracts/connector.ts'
import { type TestBroker, testBroker } from '../../test/support/test-broker.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { amqp } from './index.ts'

let broker: TestBroker
let admin: ChannelModel
const abort = new AbortController()
let connector: Connector

beforeAll(async () => {
  broker = await testBroker()
  admin = await amqplib.connect(broker.url)
  connector = await amqp.open({ url: broker.url }, quietContext('messages', abort.signal))
}, 60_000)

afterAll(async () => {
  abort.abort()
  await connector.close()
  await admin.close()
  await broker.drop()
})

test('messages that can not be read are put aside with their reason, and all others are read', async () => {
  const queue = `${broker.prefix}-changes`
  const channel = await admin.createConfirmChannel()
  await channel.assertQueue(queue, { durable: false, autoDelete: true })
  const bodies = ['{"id":1}', '<customer/>', '{"no":2}', '{"id":3}']
  for (const [place, body] of bodies.entries())
    channel.sendToQueue(queue, Buffer.from(body), { messageId: `m${place}` })
  await channel.waitForConfirms()
  const records: SourceRecord[] = []
  const config = { entity: 'Customer', mode: 'log' as const, options: { queue, keys: ['id'] } }
  for await (const page of connector.subscribe?.([config], null) ?? []) {
    records.push(...page.records)
    if (records.length === 2) break
  }
  expect(records.map(({ key }) => key)).toEqual(['1', '3'])
  const told: unknown[] = []
  for (let time = 0; told.length < 2 && time < 50; time += 1) {
    const message = await channel.get(`${queue}.rejected`, { noAck: true })
    if (message === false) await sleep(20)
    else
      told.push([
        message.content.toString(),
        message.properties.messageId,
        message.properties.headers?.['x-omnihub-reason'],
      ])
  }
  expect(told).toEqual([
    ['<customer/>', 'm1', 'The message is no JSON.'],
    ['{"no":2}', 'm2', 'The message has no key at id.'],
  ])
  await channel.deleteQueue(`${queue}.rejected`)
  await channel.close()
})
