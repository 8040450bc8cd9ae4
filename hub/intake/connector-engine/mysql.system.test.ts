import { jest } from '@jest/globals'
import mysqlDriver, { type Connection } from 'mysql2/promise'
import { CONNECTORS } from '../../../connectors/index.ts'
import { startMariadb } from '../../../scripts/servers/mariadb.ts'
import { ensurePackages, REQUIREMENTS } from '../../../scripts/servers/packages.ts'
import type { TestServer } from '../../../scripts/servers/server.ts'
import { expectBalanced, makeWorkspace, type RunningCore, startCore } from '../../../test/support/core.ts'
import { keptLog, shopFiles, toldStatuses, until } from '../../../test/support/engine.ts'
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.ts'
import { readWorkspace } from '../../app/workspace.ts'
import { reconciliations } from '../../store/reconciliation-queries.ts'
import { ConnectorEngine } from './connector-engine.ts'
import { SystemsDesk } from './systems-desk.ts'

jest.setTimeout(120_000)

const ROWS = 2_500
const log = keptLog()
let source: TestServer
let client: Connection
let database: TestDatabase
let workspace: { folder: string; remove(): void }
let running: RunningCore
let engine: ConnectorEngine | undefined
let desk: SystemsDesk

beforeAll(async () => {
  await ensurePackages([REQUIREMENTS.mariadb], (text) => console.log(text))
  source = await startMariadb()
  client = await mysqlDriver.createConnection({ uri: source.url, multipleStatements: true })
})
afterAll(async () => {
  await client.end()
  await source.stop()
})

beforeEach(async () => {
  log.lines.length = 0
  await client.query(`
    drop table if exists item;
    create table item (no varchar(20) primary key, name varchar(100) not null, price decimal(30, 10), changed_at timestamp(6) not null default now(6));
    create index item_changed on item (changed_at);
    insert into item (no, name, price, changed_at)
    select lpad(seq, 6, '0'), concat('Item ', seq), 12345678901234567890.0000000001, now(6) - interval 1 day from seq_1_to_${ROWS}`)
  database = await testDatabase()
})

afterEach(async () => {
  await stopEngine()
  await running.stop()
  await database.drop()
  workspace.remove()
})

async function begin(mode: 'poll' | 'log'): Promise<void> {
  const files = shopFiles(mode)
  const document = files['config/systems/shop.yaml'] ?? ''
  workspace = await makeWorkspace({
    ...files,
    'config/systems/shop.yaml': document.replace('connector: postgres', 'connector: mysql'),
  })
  running = await startCore({ workspace: workspace.folder, databaseUrl: database.url })
  await startEngine()
}

async function startEngine(): Promise<void> {
  const { systems } = await readWorkspace(workspace.folder)
  const common = { db: running.db, systems, connectors: CONNECTORS }
  const started = new ConnectorEngine({
    ...common,
    accept: (changes) => running.core.acceptor.accept(changes),
    environment: { SHOP_URL: source.url },
    log,
  })
  engine = started
  started.start()
  desk = new SystemsDesk({ ...common, onChanged: (system) => started.changed(system) })
}

async function stopEngine(): Promise<void> {
  await engine?.stop()
  engine = undefined
}

async function certified(): Promise<Record<string, unknown>> {
  let report: Record<string, unknown> = {}
  await until(
    async () => {
      const [last] = await reconciliations(running.db, 'shop', { entity: null, limit: 1 })
      report = last?.report ?? {}
      return last?.state === 'done'
    },
    40_000,
    async () => [(await toldStatuses(running.db)).get('shop'), log.lines],
  )
  return report
}

async function same(): Promise<boolean> {
  const [rows] = await client.query('select concat(no, name) as row from item order by no')
  const theirs = (rows as { row: string }[]).map(({ row }) => row)
  const ours = await running.db.query<{ row: string }>({
    text: `select key || (raw->>'name') as row from source_record where not deleted order by key`,
  })
  return JSON.stringify(theirs) === JSON.stringify(ours.rows.map(({ row }) => row))
}

describe.each(['poll', 'log'] as const)('MySQL through the engine, read by %s', (mode) => {
  test('The snapshot, what changes beside and after it, and what changes while the hub is away all arrive', async () => {
    await begin(mode)
    await client.query(`update item set name = 'Beside', changed_at = now(6) where no between '001000' and '001100'`)
    expect(await certified()).toMatchObject({ matches: true, missing: 0, differing: 0, extra: 0 })
    await client.query(`
      update item set name = 'After', changed_at = now(6) where no = '000001';
      insert into item values ('N1', 'New 😀', null, now(6))`)
    await until(same, 20_000, () => log.lines)
    await stopEngine()
    await client.query(`update item set name = 'Away', changed_at = now(6) where no between '000002' and '000300'`)
    await startEngine()
    await until(same, 20_000, () => log.lines)
    await running.quiet()
    await expectBalanced(running.db)
    const { rows } = await running.db.query<{ price: string }>({
      text: `select raw->>'price' as price from source_record where key = '000009'`,
    })
    expect(rows[0]?.price).toBe('12345678901234567890.0000000001')
  })

  test('What is deleted is found: told by the log, or by the next comparison', async () => {
    await begin(mode)
    await certified()
    await client.query(`delete from item where no = '000042'`)
    if (mode === 'poll') await desk.reconcile('shop', { entities: ['Item'], repair: true }, 'test')
    await until(same, 30_000, () => log.lines)
  })

  test('A server that restarts is read on, and nothing is lost', async () => {
    await begin(mode)
    await certified()
    const { rows } = await running.db.query<{ count: number }>({
      text: 'select count(*)::int as count from source_record',
    })
    expect(rows[0]?.count).toBe(ROWS)
    // All sessions of the hub end at once; the server is there again at the next attempt.
    const [sessions] = await client.query(
      `select id from information_schema.processlist where id <> connection_id() and user = 'omnihub'`,
    )
    for (const { id } of sessions as { id: number }[]) await client.query(`kill ${id}`).catch(() => undefined)
    await client.query(`update item set name = 'Again', changed_at = now(6) where no between '000400' and '000500'`)
    await until(same, 30_000, () => log.lines)
  })
})
