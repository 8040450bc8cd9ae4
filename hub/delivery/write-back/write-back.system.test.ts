import { jest } from '@jest/globals'
import { CONNECTORS } from '../../../connectors/index.ts'
import { withClient } from '../../../demo/databases.ts'
import { startPostgres } from '../../../scripts/servers/postgres.ts'
import type { TestServer } from '../../../scripts/servers/server.ts'
import { expectBalanced, makeWorkspace, type RunningCore, startCore } from '../../../test/support/core.ts'
import { keptLog, toldStatuses, until } from '../../../test/support/engine.ts'
import {
  editShared,
  fillShared,
  makeShared,
  readShared,
  SHARED_SYSTEMS,
  type SharedOptions,
  type SharedPerson,
  type SharedSystem,
  sharedWorkspace,
  updatesOf,
  urlOf,
} from '../../../test/support/shared-customers.ts'
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.ts'
import { readWorkspace } from '../../app/workspace.ts'
import { ConnectorEngine } from '../../intake/connector-engine/connector-engine.ts'

jest.setTimeout(60_000)

const ADA: SharedPerson = {
  given: 'Ada',
  family: 'Byron',
  birthDate: '1815-12-10',
  email: 'ada@example.com',
  phone: '+61491570156',
  tier: 'gold',
}
const BOB: SharedPerson = { ...ADA, given: 'Bob', family: 'Marley', email: 'bob@example.com', phone: '+61491570157' }

const log = keptLog()
let server: TestServer
let database: TestDatabase
let workspace: { folder: string; remove(): void }
let running: RunningCore
let engine: ConnectorEngine
let environment: Record<string, string>

beforeAll(async () => {
  server = await startPostgres({ fsync: false })
})
afterAll(() => server.stop())

async function begin(options: SharedOptions = {}, persons: readonly SharedPerson[] = [ADA, BOB]): Promise<void> {
  log.lines.length = 0
  environment = await makeShared(server.url)
  await fillShared(environment, persons)
  database = await testDatabase()
  workspace = await makeWorkspace(sharedWorkspace(options))
  running = await startCore({ workspace: workspace.folder, databaseUrl: database.url })
  await startEngine()
  await until(
    async () => (await running.ledger()).applied === persons.length * SHARED_SYSTEMS.length && (await allRunning()),
    20_000,
    told,
  )
}

async function startEngine(): Promise<void> {
  engine = new ConnectorEngine({
    db: running.db,
    accept: (changes) => running.core.acceptor.accept(changes),
    systems: (await readWorkspace(workspace.folder)).systems,
    connectors: CONNECTORS,
    environment,
    log,
    writer: running.core.writer,
  })
  engine.start()
}

async function allRunning(): Promise<boolean> {
  const all = [...(await toldStatuses(running.db)).values()]
  const isDone = all.every(({ entities }) => Object.values(entities).every((one) => one.backfill?.state === 'done'))
  return all.length === SHARED_SYSTEMS.length && isDone
}

const told = async () => [await rows(), log.lines.slice(-20), await running.ledger()]

async function rows(): Promise<Record<string, unknown>[]> {
  const found = await running.db.query<Record<string, unknown>>({ text: 'select * from write_back order by record_no' })
  return found.rows
}

afterEach(async () => {
  await engine.stop()
  await running.stop()
  await database.drop()
  workspace.remove()
})

async function edit(system: SharedSystem, at: number, fields: Partial<SharedPerson>): Promise<void> {
  await withClient(urlOf(environment, system), (client) => editShared(client, system, at, fields))
}

/** Waits until nothing is to be written any more and every reading has been applied. */
async function settled(ms = 15_000): Promise<void> {
  await until(async () => (await rows()).every(({ state }) => state === 0 || Number(state) > 3), ms, told)
  await running.quiet()
}

async function personIn(system: SharedSystem, at: number): Promise<SharedPerson | undefined> {
  return (await readShared(environment, system))[at]
}

async function everywhere(at: number, fields: Partial<SharedPerson>): Promise<boolean> {
  for (const system of SHARED_SYSTEMS) {
    const person = await personIn(system, at)
    for (const [name, value] of Object.entries(fields)) if (person?.[name as keyof SharedPerson] !== value) return false
  }
  return true
}

const people = async () => Promise.all(SHARED_SYSTEMS.map((system) => readShared(environment, system)))

describe('A change of a field reaches every system that holds it', () => {
  test('One made in any of the systems is in all others, once, and comes back as no news', async () => {
    await begin()
    await edit('crm', 0, { email: 'countess@example.com', birthDate: '1816-01-01' })
    await until(() => everywhere(0, { email: 'countess@example.com', birthDate: '1816-01-01' }), 10_000, told)
    await edit('erp', 0, { phone: '+61491570158', given: 'Augusta', tier: 'platinum' })
    const second = { phone: '+61491570158', given: 'Augusta', tier: 'platinum', family: 'Byron' }
    await until(() => everywhere(0, second), 10_000, told)
    await edit('inventory', 0, { tier: null })
    await until(
      () => everywhere(0, { tier: null }),
      10_000,
      async () => [await people(), await told()],
    )
    await until(async () => (await rows()).length === 0, 10_000, told)
    for (const system of SHARED_SYSTEMS) expect(await updatesOf(environment, system)).toBe(3)
    expect((await people()).map((list) => list[1])).toEqual(SHARED_SYSTEMS.map(() => BOB))
    await expectBalanced(running.db)
  })
})
