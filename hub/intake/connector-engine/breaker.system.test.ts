import { jest } from '@jest/globals'
import { setTimeout as sleep } from 'node:timers/promises'
import { unreachableError } from '../../../connectors/shared/errors.ts'
import { makeWorkspace, type RunningCore, startCore } from '../../../test/support/core.ts'
import { keptLog, toldStatuses, until } from '../../../test/support/engine.ts'
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.ts'
import { readWorkspace } from '../../app/workspace.ts'
import type { Connector, ConnectorContext, ConnectorSpec, Page } from '../../contracts/connector.ts'
import { ConnectorEngine } from './connector-engine.ts'

jest.setTimeout(60_000)

/** A system whose faults the test turns on and off; it counts who asks it. */
const faulty = { mode: 'well' as 'well' | 'away' | 'hangs', calls: 0, opened: 0, pages: 0 }

class FaultyConnector implements Connector {
  readonly #context: ConnectorContext

  constructor(context: ConnectorContext) {
    this.#context = context
  }

  check(): Promise<{ serverVersion: string; warnings: string[] }> {
    return Promise.resolve({ serverVersion: '1', warnings: [] })
  }

  async *poll(): AsyncGenerator<Page> {
    await this.#context.call()
    faulty.calls++
    if (faulty.mode === 'away') throw unreachableError('Nobody answers.')
    // Without an ear for the signal, as a driver may be.
    if (faulty.mode === 'hangs') await sleep(600_000, undefined, { ref: false })
    faulty.pages++
    const data = { no: '1', name: `Page ${faulty.pages}` }
    yield {
      records: [{ entity: 'Item', key: '1', kind: 'upsert', version: String(faulty.pages), data }],
      checkpoint: { page: faulty.pages },
    }
  }

  async *backfill(): AsyncGenerator<Page> {
    await this.#context.call()
    yield { records: [], checkpoint: { done: true } }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

const SPEC: ConnectorSpec = {
  name: 'faulty',
  title: 'Faulty',
  description: 'A system of the tests.',
  settings: { type: 'object', properties: {}, additionalProperties: false },
  capabilities: {
    discover: false,
    backfill: true,
    poll: true,
    subscribe: false,
    receive: false,
    write: false,
    deletes: { poll: false, subscribe: false },
  },
  verification: { by: 'unchecked fake', how: 'A test.' },
  open: (_, context) => {
    faulty.opened++
    return Promise.resolve(new FaultyConnector(context))
  },
}

const log = keptLog()
let database: TestDatabase
let workspace: { folder: string; remove(): void }
let running: RunningCore
let engine: ConnectorEngine

beforeAll(async () => {
  database = await testDatabase()
  workspace = await makeWorkspace({
    'config/systems/shop.yaml':
      'title: Shop\nconnector: faulty\ntimeout: 1s\nentities:\n  Item: { mode: poll, every: 100ms }\n',
    'mappings/shop/Item.yaml':
      'source: Item\ntarget: product\nkey: no\nfields:\n  number: no\n  name: name\n  status: { constant: active }\n',
  })
  running = await startCore({ workspace: workspace.folder, databaseUrl: database.url })
  const { systems } = await readWorkspace(workspace.folder)
  engine = new ConnectorEngine({
    db: running.db,
    systems,
    connectors: [SPEC],
    accept: (changes) => running.core.acceptor.accept(changes),
    environment: {},
    log,
  })
  engine.start()
})
afterAll(async () => {
  await engine.stop()
  await running.stop()
  await database.drop()
  workspace.remove()
})

const told = async () => (await toldStatuses(running.db)).get('shop')
const readsOn = async (): Promise<void> => {
  const before = faulty.pages
  await until(
    () => faulty.pages > before + 2,
    20_000,
    async () => [await told(), log.lines.slice(-20)],
  )
  await until(async () => (await told())?.state === 'running', 5_000, told)
}

test('A system that is away is left in peace by the breaker, and is read on once a call that tries finds it again', async () => {
  await readsOn()
  faulty.mode = 'away'
  await until(
    async () => (await told())?.breaker === 'open',
    20_000,
    async () => [await told(), log.lines.slice(-20)],
  )
  expect(await told()).toMatchObject({
    state: 'retrying',
    entities: { Item: { errors: { 'connector.unreachable': 5 } } },
  })
  const calls = faulty.calls
  await sleep(3_000)
  // Half-open, one call at a time tries, each after a longer rest.
  expect(faulty.calls - calls).toBeLessThanOrEqual(4)
  faulty.mode = 'well'
  await readsOn()
  await until(async () => (await told())?.breaker === 'closed', 5_000, told)
})

test('A page that never comes is given up after the time-out, and the system is opened anew', async () => {
  await readsOn()
  const opened = faulty.opened
  faulty.mode = 'hangs'
  await until(async () => (await told())?.error?.code === 'system.timeout', 20_000, told)
  faulty.mode = 'well'
  await readsOn()
  expect(faulty.opened).toBeGreaterThan(opened)
})
