/** What comes over the bus gets no answer: whatever is wrong with it stands in the ledger, with its reason, and harms nothing else. */
import amqp from 'amqplib'
import { changeEvent } from '../support/api.ts'
import { expectBalanced, makeWorkspace, type RunningCore, startCore } from '../support/core.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'
import { type TestBroker, testBroker } from '../support/test-broker.ts'
import { type TestDatabase, testDatabase } from '../support/test-database.ts'

let database: TestDatabase
let broker: TestBroker
let workspace: Awaited<ReturnType<typeof makeWorkspace>>
let hub: RunningCore
let connection: amqp.ChannelModel
let channel: amqp.ConfirmChannel

beforeAll(async () => {
  ;[database, broker, workspace] = await Promise.all([testDatabase(), testBroker(), makeWorkspace(PUSH_WORKSPACE)])
  hub = await startCore({ workspace: workspace.folder, databaseUrl: database.url, rabbit: broker })
  connection = await amqp.connect(broker.url)
  channel = await connection.createConfirmChannel()
})

afterAll(async () => {
  await connection.close()
  await hub.stop()
  await broker.drop()
  await database.drop()
  workspace.remove()
})

/** Publishes as a system does; resolves when the broker has confirmed. */
async function publish(system: string, body: unknown, messageId?: string): Promise<void> {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  channel.publish(`${broker.prefix}.intake`, system, bytes, messageId === undefined ? {} : { messageId })
  await channel.waitForConfirms()
}

const good = (key: string, system = 'crm') =>
  changeEvent(`${system}/Contact/${key}`, { FirstName: 'Good', LastName: key })

/** Resolves when the ledger has settled so many changes more than before; then nothing may follow. */
async function settled(before: number, more: number): Promise<void> {
  const end = performance.now() + 20_000
  for (;;) {
    const { accepted, inFlight } = await hub.ledger()
    if (accepted >= before + more && inFlight === 0) break
    if (performance.now() > end) throw new Error(`settled ${accepted - before} of ${more}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await new Promise((resolve) => setTimeout(resolve, 100))
}

async function rejected(): Promise<unknown[]> {
  const { rows } = await hub.db.query({
    text: `select system, code, location, body from rejected_message order by no`,
  })
  return rows
}

let count = 0

/** Publishes something bad between two good changes: these are applied, and the ledger has one rejected entry more. */
async function expectRejected(system: string, body: unknown, messageId?: string): Promise<Record<string, unknown>> {
  const before = await expectBalanced(hub.db)
  const kept = (await rejected()).length
  const keys = [`before-${++count}`, `after-${count}`] as const
  await publish('crm', good(keys[0]))
  await publish(system, body, messageId)
  await publish('crm', good(keys[1]))
  await settled(before.accepted, 3)
  const after = await expectBalanced(hub.db)
  expect(after).toEqual({
    ...before,
    accepted: before.accepted + 3,
    applied: before.applied + 2,
    rejected: before.rejected + 1,
  })
  const { rows } = await hub.db.query({ text: 'select 1 from source_record where key = any ($1)', values: [keys] })
  expect(rows).toHaveLength(2)
  return (await rejected())[kept] as Record<string, unknown>
}

describe('A message on omnihub.intake', () => {
  test.each<[string, string | Buffer, string, string]>([
    ['that is empty', '', 'change.body.empty', ''],
    ['of random bytes', Buffer.from([0, 255, 1, 254, 2]), 'change.body.not-utf8', ''],
    ['that is no JSON', 'hello', 'change.json.malformed', ''],
    ['that is half a batch', '[{"id":', 'change.json.malformed', '/0/id'],
    ['nested a million levels deep', '['.repeat(1e6), 'change.json.too-deep', '/0/0'],
    ['without attributes', '{}', 'change.specversion.unsupported', '/specversion'],
    ['with a NUL in a text', '{"data":{"a":"\\u0000"}}', 'change.text.nul', '/data/a'],
    ['with a NUL in the name of a member', '{"data":{"a\\u0000b":1}}', 'change.text.nul', '/data/a\ufffdb'],
    ['with half a surrogate pair in a name', '{"data":{"\\ud800":1}}', 'change.text.surrogate', '/data/\ufffd'],
  ])('%s is rejected with its reason, and kept byte for byte', async (_title, body, code, location) => {
    const kept = await expectRejected('crm', body)
    expect(kept).toMatchObject({ system: 'crm', code, body: Buffer.from(body as string) })
    expect(String(kept.location).startsWith(location)).toBe(true)
  })

  test('under the name of another system, or of none that the hub knows, is rejected', async () => {
    expect(await expectRejected('billing', good('foreign'))).toMatchObject({
      system: 'billing',
      code: 'change.system.forbidden',
      location: '/source',
    })
    expect(await expectRejected('nobody', good('foreign', 'nobody'))).toMatchObject({
      system: '?',
      code: 'change.system.unknown',
    })
    expect(await expectRejected('', good('foreign'))).toMatchObject({ system: '?', code: 'change.system.forbidden' })
  })

  test('with an id of its own that could not be stored, or is very long, is rejected like any other', async () => {
    for (const id of ['a\0b', '\u{1f600}'.repeat(60), '']) await expectRejected('crm', `{"of":"${id.length}"}`, id)
  })

  test('that was rejected and comes mended under the same id is applied', async () => {
    const event = good('mended')
    await expectRejected('crm', { ...event, subject: 'nonsense' }, String(event.id))
    const before = await hub.ledger()
    await publish('crm', event, String(event.id))
    await settled(before.accepted, 1)
    const { rows } = await hub.db.query({ text: `select 1 from source_record where key = 'mended'` })
    expect(rows).toHaveLength(1)
  })

  test('that comes twice is counted once', async () => {
    const before = await expectBalanced(hub.db)
    for (const body of ['twice', 'twice']) await publish('crm', body, 'the same')
    await publish('crm', good('after-twice'))
    await settled(before.accepted, 2)
    expect(await expectBalanced(hub.db)).toMatchObject({ rejected: before.rejected + 1, accepted: before.accepted + 2 })
  })

  test('among 500 good ones is rejected alone', async () => {
    const before = await expectBalanced(hub.db)
    for (let i = 0; i < 500; i++) {
      channel.publish(
        `${broker.prefix}.intake`,
        'crm',
        Buffer.from(JSON.stringify(i === 250 ? { among: 500 } : good(`many-${i}`))),
      )
    }
    await channel.waitForConfirms()
    await settled(before.accepted, 500)
    expect(await expectBalanced(hub.db)).toMatchObject({
      applied: before.applied + 499,
      rejected: before.rejected + 1,
      accepted: before.accepted + 500,
    })
  })
})
