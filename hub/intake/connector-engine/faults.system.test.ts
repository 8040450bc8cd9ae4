import { jest } from '@jest/globals'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { CONNECTORS } from '../../../connectors/index.ts'
import { withClient } from '../../../demo/databases.ts'
import { startPostgres } from '../../../scripts/servers/postgres.ts'
import type { TestServer } from '../../../scripts/servers/server.ts'
import { expectBalanced, makeWorkspace, type RunningCore, startCore } from '../../../test/support/core.ts'
import { keptLog, SHOP_TABLE, shopFiles, type ToldStatus, toldStatuses, until } from '../../../test/support/engine.ts'
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.ts'
import { readWorkspace } from '../../app/workspace.ts'
import { HubError } from '../../contracts/hub-error.ts'
import { openDatabase } from '../../store/database.ts'
import { readLedger } from '../../store/ledger-queries.ts'
import { ConnectorEngine } from './connector-engine.ts'
import type { Accept } from './delivery.ts'
import { SystemsDesk } from './systems-desk.ts'

jest.setTimeout(120_000)

const ROWS = 6_000
const environment: Record<string, string> = {}
const log = keptLog()
let source: TestServer
let database: TestDatabase
let workspace: { folder: string; remove(): void }
let running: RunningCore
let engines: ConnectorEngine[] = []
let children: ChildProcess[] = []

beforeAll(async () => {
  source = await startPostgres({ fsync: false })
})
afterAll(() => source.stop())

/** Each test has a hub and a shop of its own; the server of the shop is shared. */
async function begin(mode: 'poll' | 'log', rows = ROWS, more = ''): Promise<void> {
  log.lines.length = 0
  environment.SHOP_URL = source.url
  await shop(SHOP_TABLE(rows))
  database = await testDatabase()
  workspace = await makeWorkspace(shopFiles(mode, more))
  running = await startCore({ workspace: workspace.folder, databaseUrl: database.url })
}

afterEach(async () => {
  for (const engine of engines) await engine.stop()
  engines = []
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
  children = []
  await running.stop()
  await database.drop()
  workspace.remove()
  await shop(
    `select pg_drop_replication_slot(slot_name) from pg_replication_slots; drop publication if exists omnihub_shop`,
  )
})

async function shop(sql: string, url = source.url): Promise<void> {
  await withClient(url, (client) => client.query(sql))
}

interface Parts {
  engine: ConnectorEngine
  desk: SystemsDesk
}

async function startEngine(accept?: Accept): Promise<Parts> {
  const { systems } = await readWorkspace(workspace.folder)
  const common = { db: running.db, systems, connectors: CONNECTORS }
  const engine: ConnectorEngine = new ConnectorEngine({
    ...common,
    accept: accept ?? ((changes) => running.core.acceptor.accept(changes)),
    environment,
    log,
  })
  engines.push(engine)
  engine.start()
  return { engine, desk: new SystemsDesk({ ...common, onChanged: (system) => engine.changed(system) }) }
}

async function told(): Promise<ToldStatus | undefined> {
  return (await toldStatuses(running.db)).get('shop')
}

async function holds(state: Partial<ToldStatus> | { code: string }): Promise<boolean> {
  const now = await told()
  return 'code' in state ? now?.error?.code === state.code : now?.state === state.state
}

async function accepted(): Promise<number> {
  return (await running.ledger()).accepted
}

async function snapshotDone(ms = 30_000): Promise<void> {
  await until(
    async () => (await told())?.entities.Item?.backfill?.state === 'done',
    ms,
    async () => [await told(), log.lines],
  )
}

/** The hub has exactly the rows that the shop has, and the ledger balances. */
async function expectSame(): Promise<void> {
  await running.quiet()
  await expectBalanced(running.db)
  const theirs = await withClient(source.url, (client) =>
    client.query<{ row: string }>(`select no || name as row from item order by 1`),
  )
  const ours = await running.db.query<{ row: string }>({
    text: `select key || (raw->>'name') as row from source_record where not deleted order by 1`,
  })
  expect(ours.rows.length).toBe(theirs.rows.length)
  expect(ours.rows).toEqual(theirs.rows)
}

describe('While the hub or the system fails', () => {
  test('Records are held while the hub takes none, and nothing is lost or doubled', async () => {
    await begin('poll')
    let calls = 0
    let seen = false
    await startEngine((changes) => {
      calls++
      // It takes none again until the operator has seen why.
      if (calls > 3 && !seen) {
        const busy = { code: 'intake.unavailable', family: 'retry' as const, message: 'Not now.' }
        return Promise.reject(new HubError(busy))
      }
      return running.core.acceptor.accept(changes)
    })
    await until(() => holds({ code: 'intake.unavailable' }), 30_000, told)
    expect(await told()).toMatchObject({ state: 'retrying' })
    seen = true
    await snapshotDone()
    expect(await accepted()).toBe(ROWS)
    await expectSame()
    await until(() => holds({ state: 'running' }), 30_000, told)
  })

  test('A record that the hub refuses for good is kept as rejected, and those beside it go on', async () => {
    await begin('poll', 1_000)
    await shop(`update item set no = repeat('x', 600) where no = '000007'`)
    await startEngine(async (changes) => {
      const isRefused = changes.some(({ key }) => key === '000099')
      if (isRefused) throw new HubError({ code: 'test.refused', family: 'reject', message: 'Never.' })
      return running.core.acceptor.accept(changes)
    })
    await snapshotDone()
    await running.quiet()
    expect(await expectBalanced(running.db)).toMatchObject({ accepted: 1_000, applied: 998, rejected: 2 })
    const { rows } = await running.db.query({ text: 'select code from rejected_message order by code' })
    expect(rows).toEqual([{ code: 'system.record.key' }, { code: 'test.refused' }])
    expect((await told())?.entities.Item?.lastRejected).toMatchObject({ code: expect.any(String) })
  })

  test.each(['poll', 'log'] as const)('The source restarts in the middle of a snapshot (%s)', async (mode) => {
    await begin(mode, ROWS, 'rate: { recordsPerSecond: 3000 }\n')
    await startEngine()
    await until(
      async () => (await accepted()) > 1_000,
      60_000,
      () => log.lines,
    )
    await source.restart()
    const atRestart = await accepted()
    expect(atRestart).toBeLessThan(ROWS)
    await shop(`insert into item values ('late', 'Inserted after the restart', now())`)
    await snapshotDone()
    await until(
      async () => (await accepted()) > ROWS,
      60_000,
      async () => [await told(), log.lines],
    )
    await expectSame()
    expect(log.lines.join('\n')).toMatch(/tried again/)
    await until(() => holds({ state: 'running' }), 30_000, told)
  })

  test('A hub that is killed in the middle of a snapshot goes on where it was, and knows what came twice', async () => {
    await begin('poll', ROWS, 'rate: { recordsPerSecond: 3000 }\n')
    await running.stop()
    const child = spawn(process.execPath, ['test/support/engine-process.ts', workspace.folder, database.url], {
      env: { ...process.env, SHOP_URL: source.url },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    children.push(child)
    const db = openDatabase(database.url, { poolMax: 1 })
    await until(async () => (await readLedger(db)).accepted > 1_500, 30_000)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await db.close()
    running = await startCore({ workspace: workspace.folder, databaseUrl: database.url })
    const before = await accepted()
    let here = 0
    await startEngine(async (changes) => {
      here += changes.length
      return running.core.acceptor.accept(changes)
    })
    await snapshotDone()
    console.log(`killed at ${before} of ${ROWS} rows; ${here} were read after it`)
    // It did not begin anew. (Polling reads its last thousand rows again, whatever happens.)
    expect(here).toBeLessThan(ROWS)
    expect(await accepted()).toBe(ROWS)
    await expectSame()
  })

  test('One engine runs a system at a time; the other takes over when that one is gone', async () => {
    await begin('poll', ROWS, 'rate: { recordsPerSecond: 2000 }\n')
    const first = await startEngine()
    await until(async () => (await accepted()) > 500, 20_000)
    let there = 0
    await startEngine(async (changes) => {
      there += changes.length
      return running.core.acceptor.accept(changes)
    })
    await sleep(800)
    expect(there).toBe(0)
    await first.engine.stop()
    const gone = performance.now()
    await until(
      () => there > 0,
      5_000,
      () => log.lines,
    )
    console.log(`taken over ${Math.round(performance.now() - gone)} ms after the other engine had gone`)
    await snapshotDone()
    expect(await accepted()).toBe(ROWS)
    await expectSame()
  })

  test('The hub database drops the connection that holds the right to run systems: it is taken again', async () => {
    await begin('poll', ROWS, 'rate: { recordsPerSecond: 3000 }\n')
    await startEngine()
    await until(async () => (await accepted()) > 1_000, 20_000)
    await running.db.query({
      text: `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and classid <> 0
             and ((classid::bigint << 32) | objid::bigint) = hashtextextended('omnihub leads system shop', 0)`,
    })
    await until(
      () => log.lines.some((line) => line.includes('broke')),
      30_000,
      () => log.lines,
    )
    await snapshotDone()
    expect(await accepted()).toBe(ROWS)
    await expectSame()
  })
})

describe('What operators do', () => {
  test('A pause takes effect within a second, survives a restart, and a resume goes on', async () => {
    await begin('poll', ROWS, 'rate: { recordsPerSecond: 2000 }\n')
    const first = await startEngine()
    await until(async () => (await accepted()) > 1_000, 20_000)
    await first.desk.pause('shop', 'ops')
    await sleep(1_000)
    const atPause = await accepted()
    await sleep(500)
    expect(await accepted()).toBe(atPause)
    await until(() => holds({ state: 'paused' }), 3_000, told)
    const begun = performance.now()
    await first.engine.stop()
    expect(performance.now() - begun).toBeLessThan(1_500)
    const second = await startEngine()
    await sleep(1_500)
    expect(await accepted()).toBe(atPause)
    expect(await second.desk.overview()).toMatchObject([{ name: 'shop', paused: true, pausedBy: 'ops' }])
    await expect(second.desk.backfill('shop', { entities: null }, 'ops')).rejects.toMatchObject({
      code: 'system.paused',
    })
    await second.desk.resume('shop', 'ops')
    await snapshotDone()
    expect(await accepted()).toBe(ROWS)
    await expectSame()
    const audit = await running.db.query({
      text: `select actor, act, subject from audit_entry where subject = 'shop' order by no`,
    })
    expect(audit.rows).toEqual([
      { actor: 'ops', act: 'system.pause', subject: 'shop' },
      { actor: 'ops', act: 'system.resume', subject: 'shop' },
    ])
  })

  test('A running engine stops within a second and leaves the system idle', async () => {
    await begin('log', ROWS, 'rate: { recordsPerSecond: 2000 }\n')
    const { engine } = await startEngine()
    await until(async () => (await accepted()) > 500, 20_000)
    const begun = performance.now()
    await engine.stop()
    const elapsed = performance.now() - begun
    console.log(`stopped after ${Math.round(elapsed)} ms`)
    expect(elapsed).toBeLessThan(1_500)
    expect(await told()).toMatchObject({ state: 'idle' })
  })

  test('A snapshot asked for again reads all, finds what was deleted meanwhile, and accepts nothing twice', async () => {
    await begin('poll', 1_000)
    const { desk } = await startEngine()
    await snapshotDone()
    await shop(`delete from item where no in ('000001', '000002')`)
    await desk.backfill('shop', { entities: ['Item'] }, 'ops')
    await until(
      async () => (await running.db.query({ text: 'select from source_record where deleted' })).rows.length === 2,
      60_000,
      async () => [await told(), log.lines],
    )
    await snapshotDone()
    await expectSame()
    expect(await accepted()).toBe(1_002)
    expect((await told())?.entities.Item).toMatchObject({ accepted: 1_002 })
    await expect(desk.backfill('shop', { entities: ['Thing'] })).rejects.toMatchObject({
      code: 'system.entity.unknown',
    })
    await expect(desk.backfill('nobody', { entities: null })).rejects.toMatchObject({ code: 'system.unknown' })
  })
})

describe('What the state says', () => {
  test('A wrong password stops the system, says so, and a resume with the right one runs it', async () => {
    await begin('poll', 100)
    environment.SHOP_URL = source.url.replace(/:[^:@/]+@/, ':wrong@')
    const { desk } = await startEngine()
    await until(
      () => holds({ state: 'stopped' }),
      30_000,
      () => log.lines,
    )
    expect((await told())?.error).toMatchObject({ code: 'connector.auth', family: 'config' })
    expect(JSON.stringify(await told())).not.toContain('wrong')
    environment.SHOP_URL = source.url
    await desk.resume('shop', 'ops')
    await snapshotDone()
    await until(() => holds({ state: 'running' }), 30_000, told)
    expect(await told()).toMatchObject({ error: null, serverVersion: expect.stringMatching(/^PostgreSQL/) })
  })

  test('A right that lacks, a server that is away and an unset variable are told apart', async () => {
    await begin('poll', 100)
    await shop(`drop role if exists reader; create role reader login password 'reader'`)
    environment.SHOP_URL = source.url.replace(/\/\/[^@]+@/, '//reader:reader@')
    const { desk } = await startEngine()
    await until(
      () => holds({ code: 'connector.forbidden' }),
      30_000,
      async () => [await told(), log.lines],
    )
    expect(await told()).toMatchObject({ state: 'stopped' })
    environment.SHOP_URL = 'postgres://omnihub:x@127.0.0.1:1/omnihub'
    await desk.resume('shop', 'ops')
    await until(
      () => holds({ code: 'connector.unreachable' }),
      30_000,
      async () => [await told(), log.lines],
    )
    expect(await told()).toMatchObject({ state: 'retrying' })
    await desk.pause('shop', 'ops')
    delete environment.SHOP_URL
    await desk.resume('shop', 'ops')
    await until(
      () => holds({ code: 'system.reference.unset' }),
      30_000,
      async () => [await told(), log.lines],
    )
    expect(await told()).toMatchObject({ state: 'stopped' })
  })
})

describe('Following the log', () => {
  test('What changes during the snapshot is neither lost nor set back', async () => {
    await begin('log', ROWS, 'rate: { recordsPerSecond: 3000 }\n')
    await startEngine()
    for (let turn = 0; turn < 20; turn++) {
      await shop(`
        update item set name = name || '+' where no = to_char(${1 + turn * 299}, 'FM000000');
        insert into item values ('new${turn}', 'New', now());
        delete from item where no = to_char(${5_990 - turn * 290}, 'FM000000')`)
      await sleep(50)
    }
    await snapshotDone()
    await until(
      async () => (await running.quiet(), (await livingCount()) === ROWS),
      60_000,
      async () => [await told(), await livingCount()],
    )
    await expectSame()
  })

  test('A slot that is gone is a gap: a new snapshot follows, and deletes that nobody saw are found', async () => {
    await begin('log', 1_000)
    const first = await startEngine()
    await snapshotDone()
    await first.engine.stop()
    await until(async () => (await slots()) === 0, 5_000).catch(() => undefined)
    await shop(`
      select pg_drop_replication_slot('omnihub_shop');
      delete from item where no = '000003'; update item set name = 'Changed' where no = '000004'`)
    await startEngine()
    await until(
      async () => (await told())?.entities.Item?.gap != null,
      30_000,
      async () => [await told(), log.lines],
    )
    await snapshotDone()
    await until(
      async () => (await running.quiet(), (await livingCount()) === 999),
      60_000,
      async () => [await told(), log.lines],
    )
    await expectSame()
  })
})

async function livingCount(): Promise<number> {
  const { rows } = await running.db.query<{ n: string }>({
    text: 'select count(*) as n from source_record where not deleted',
  })
  return Number(rows[0]?.n)
}

async function slots(): Promise<number> {
  const found = await withClient(source.url, (client) => client.query(`select from pg_replication_slots where active`))
  return found.rows.length
}
