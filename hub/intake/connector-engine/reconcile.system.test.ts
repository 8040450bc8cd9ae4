import { jest } from '@jest/globals'
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { CONNECTORS } from '../../../connectors/index.ts'
import { withClient } from '../../../demo/databases.ts'
import { startPostgres } from '../../../scripts/servers/postgres.ts'
import type { TestServer } from '../../../scripts/servers/server.ts'
import { expectBalanced, makeWorkspace, type RunningCore, startCore } from '../../../test/support/core.ts'
import { keptLog, SHOP_TABLE, shopFiles, type ToldStatus, toldStatuses, until } from '../../../test/support/engine.ts'
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.ts'
import { readWorkspace } from '../../app/workspace.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { type ReconciliationRow, reconciliations } from '../../store/reconciliation-queries.ts'
import { ConnectorEngine } from './connector-engine.ts'
import { SystemsDesk } from './systems-desk.ts'

jest.setTimeout(120_000)

const ROWS = 3_000
const log = keptLog()
let source: TestServer
let database: TestDatabase
let workspace: { folder: string; remove(): void }
let running: RunningCore
let engine: ConnectorEngine | undefined
let desk: SystemsDesk

beforeAll(async () => {
  source = await startPostgres({ fsync: false })
})
afterAll(() => source.stop())

async function begin(mode: 'poll' | 'log', more = '', rows = ROWS): Promise<void> {
  log.lines.length = 0
  await shop(SHOP_TABLE(rows))
  database = await testDatabase()
  workspace = await makeWorkspace(shopFiles(mode, more))
  running = await startCore({ workspace: workspace.folder, databaseUrl: database.url })
  await startEngine()
}

async function startEngine(): Promise<void> {
  const { systems } = await readWorkspace(workspace.folder)
  const common = { db: running.db, systems, connectors: CONNECTORS }
  const environment = { SHOP_URL: source.url }
  const started = new ConnectorEngine({
    ...common,
    accept: (changes) => running.core.acceptor.accept(changes),
    environment,
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

afterEach(async () => {
  await stopEngine()
  await running.stop()
  await database.drop()
  workspace.remove()
  await shop(
    `select pg_drop_replication_slot(slot_name) from pg_replication_slots; drop publication if exists omnihub_shop`,
  )
})

async function shop(sql: string): Promise<void> {
  await withClient(source.url, (client) => client.query(sql))
}

async function hub(text: string): Promise<void> {
  await running.db.query({ text })
}

interface Report extends JsonObject {
  matches: boolean
  system: { count: number; hash: string }
  hub: { count: number; hash: string }
  missing: number
  differing: number
  extra: number
  parked: number
  changedMeanwhile: number
  repaired: number
  examples: { key: string; what: string }[]
}

async function ended(kind: 'drift' | 'certificate', after = 0): Promise<ReconciliationRow & { report: Report }> {
  let found: ReconciliationRow | undefined
  await until(
    async () => {
      const rows = await reconciliations(running.db, 'shop', { entity: 'Item', limit: 10 })
      found = rows.find((row) => row.kind === kind && row.state === 'done' && row.no > after)
      return found !== undefined
    },
    40_000,
    async () => [(await toldStatuses(running.db)).get('shop'), log.lines],
  )
  return found as ReconciliationRow & { report: Report }
}

async function compare(repair: boolean, after = 0): Promise<ReconciliationRow & { report: Report }> {
  await desk.reconcile('shop', { entities: null, repair }, 'test')
  return ended('drift', after)
}

async function status(): Promise<ToldStatus | undefined> {
  return (await toldStatuses(running.db)).get('shop')
}

/** Count and hash of the shop's rows, made with nothing of the hub. */
async function shopFingerprint(): Promise<{ count: number; hash: string }> {
  const { rows } = await withClient(source.url, (client) =>
    client.query<{ no: string; name: string; at: string }>(
      `select no, name, to_char(changed_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US') as at from item`,
    ),
  )
  const { rows: known } = await running.db.query<{ raw: string }>({
    text: 'select raw::text as raw from source_record limit 1',
  })
  const digits = (JSON.parse(known[0]?.raw ?? '{}') as { changed_at: string }).changed_at.includes('.')
  const sum = rows.reduce((total, { no, name, at }) => {
    const moment = `${digits ? at.replace(/0+$/, '').replace(/\.$/, '') : at.slice(0, 19)}Z`
    const text = `${no}\0{"changed_at":${JSON.stringify(moment)},"name":${JSON.stringify(name)},"no":${JSON.stringify(no)}}`
    return (total + BigInt(`0x${createHash('sha256').update(text).digest('hex')}`)) % 2n ** 256n
  }, 0n)
  return { count: rows.length, hash: sum.toString(16).padStart(64, '0') }
}

/** The hub has lost one record, has one as it was not, and one that the system does not have; all of it unnoticed. */
async function makeDrift(): Promise<void> {
  await running.quiet()
  await hub(`delete from source_record where key = '000010'`)
  await hub(`update source_record set raw = '{"no":"000020","name":"Wrong"}'::json where key = '000020'`)
  await hub(`update source_record set key = '999999' where key = '000030'`)
}

describe.each(['poll', 'log'] as const)('Read by %s', (mode) => {
  test('A snapshot ends with a certificate: both sides have the same records', async () => {
    await begin(mode)
    const { report } = await ended('certificate')
    expect(report).toMatchObject({ matches: true, missing: 0, differing: 0, extra: 0, parked: 0, examples: [] })
    expect(report.system).toEqual(report.hub)
    expect(report.system).toEqual(await shopFingerprint())
    await until(async () => (await status())?.entities.Item?.backfill?.certificate === 'done', 5_000)
    expect((await status())?.entities.Item?.lastComparison).toMatchObject({ matches: true, kind: 'certificate' })
  })

  test('What is missing, differs or is too much is found, told by key, and mended when that is asked for', async () => {
    await begin(mode)
    await ended('certificate')
    await makeDrift()
    const first = await compare(false)
    expect(first.report).toMatchObject({ matches: false, missing: 2, differing: 1, extra: 1, repaired: 0 })
    expect(first.report.system.count).toBe(ROWS)
    expect(first.report.hub.count).toBe(ROWS - 1)
    expect([...first.report.examples].sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
      { key: '000010', what: 'missing' },
      { key: '000020', what: 'differing' },
      { key: '000030', what: 'missing' },
      { key: '999999', what: 'extra' },
    ])
    const second = await compare(true, first.no)
    expect(second.report).toMatchObject({ missing: 2, differing: 1, extra: 1, repaired: 4 })
    await running.quiet()
    const third = await compare(false, second.no)
    expect(third.report).toMatchObject({ matches: true, missing: 0, differing: 0, extra: 0 })
    expect(third.report.hub).toEqual(await shopFingerprint())
    await expectBalanced(running.db)
  })

  test('Live changes meanwhile are no drift', async () => {
    await begin(mode)
    await ended('certificate')
    let isOver = false
    const traffic = (async () => {
      for (let turn = 0; !isOver; turn++) {
        await shop(`
          update item set name = 'Turn ${turn} ' || no, changed_at = now()
          where no in (select to_char(1 + (random() * ${ROWS - 1})::int, 'FM000000') from generate_series(1, 40));
          insert into item values ('N' || to_char(${turn}, 'FM00000'), 'New', now()) on conflict do nothing`)
        await sleep(20)
      }
    })()
    const reports: Report[] = []
    for (let run = 0, no = 0; run < 3; run++) {
      const row = await compare(false, no)
      no = row.no
      reports.push(row.report)
    }
    isOver = true
    await traffic
    for (const report of reports) {
      expect(report).toMatchObject({ matches: true, missing: 0, differing: 0, extra: 0, examples: [] })
    }
    expect(reports.some(({ changedMeanwhile }) => changedMeanwhile > 0)).toBe(true)
  })
})

test('A repair never puts an old state over a live change', async () => {
  await begin('poll')
  await ended('certificate')
  await running.quiet()
  await hub(`update source_record set raw = '{"no":"x"}'::json where key between '000100' and '000200'`)
  let isOver = false
  const traffic = (async () => {
    for (let turn = 0; !isOver; turn++) {
      await shop(
        `update item set name = 'Turn ${turn}', changed_at = clock_timestamp() where no between '000100' and '000200' and random() < 0.3`,
      )
      await sleep(15)
    }
  })()
  await compare(true)
  isOver = true
  await traffic
  await sleep(1_500)
  await running.quiet()
  const last = await compare(true, (await ended('drift')).no)
  await running.quiet()
  const { report } = await compare(false, last.no)
  expect(report.matches).toBe(true)
  expect(report.hub).toEqual(await shopFingerprint())
})

test('More differences than are kept at a time are all found and mended', async () => {
  await begin('poll', '', 12_000)
  await ended('certificate')
  await running.quiet()
  await hub(`update source_record set raw = '{"no":"x"}'::json`)
  const { report, no } = await compare(true)
  expect(report).toMatchObject({ differing: 12_000, repaired: 12_000 })
  expect(report.examples).toHaveLength(100)
  await running.quiet()
  expect((await compare(false, no)).report.matches).toBe(true)
})

test('A comparison comes by itself on its schedule, mends where it may, and is asked for anew after a crash', async () => {
  await begin('poll', 'reconcile: { every: 1s, repair: true }\n')
  const { no } = await ended('certificate')
  await makeDrift()
  const found = await ended('drift', no)
  expect(found.repair).toBe(true)
  await until(
    async () => {
      const [last] = await reconciliations(running.db, 'shop', { entity: null, limit: 1 })
      return last?.state === 'done' && last.no > found.no && (last.report as Report).matches
    },
    30_000,
    () => reconciliations(running.db, 'shop', { entity: null, limit: 3 }),
  )
  // Half done when its process ended: the row says so until it is begun anew.
  await stopEngine()
  await hub(
    `insert into reconciliation (system, entity, kind, state, repair, started_at, report) values ('shop', 'Item', 'drift', 'running', false, now(), '{}')`,
  )
  await startEngine()
  await until(async () => {
    const rows = await reconciliations(running.db, 'shop', { entity: null, limit: 20 })
    return rows.filter(({ state }) => state === 'running').length <= 1 && rows.length > 3
  }, 10_000)
})

test('A change that is parked is told as such and is not mended', async () => {
  await begin('poll', '', 50)
  await ended('certificate')
  await shop(`update item set name = 'Parked', changed_at = now() where no = '000007'`)
  await running.quiet()
  await hub(`
    insert into parked_change (no, system, entity, key, change_id, change, waiting, cause_code, cause_message)
    values (999999, 'shop', 'Item', '000008', 'x', '{}', false, 'test', 'test');
    update source_record set raw = '{"no":"x"}'::json where key = '000008'`)
  const { report } = await compare(true)
  expect(report).toMatchObject({ matches: false, parked: 1, differing: 0, repaired: 0 })
  expect(report.examples).toEqual([{ key: '000008', what: 'parked' }])
})

describe('Orders of operators', () => {
  test('Reset: a place that the connector refuses is forgotten, and a snapshot that looks for deletes makes up for it', async () => {
    await begin('poll')
    await ended('certificate')
    await stopEngine()
    await hub(
      `update connector_checkpoint set checkpoint = json_build_object('reading', checkpoint->>'reading', 'checkpoint', '{"nonsense":1}'::json) where kind = 'follow'`,
    )
    await shop(`delete from item where no = '000001'`)
    await startEngine()
    await until(async () => (await status())?.state === 'stopped', 10_000, status)
    expect((await status())?.error).toMatchObject({ code: 'connector.settings', family: 'config' })
    await desk.reset('shop', 'Item', 'test')
    await until(
      async () => {
        const { rows } = await running.db.query<{ deleted: boolean }>({
          text: `select deleted from source_record where key = '000001'`,
        })
        return rows[0]?.deleted === true
      },
      20_000,
      async () => [await status(), log.lines],
    )
    await until(async () => (await status())?.state === 'running', 5_000, status)
    await expect(desk.reset('shop', 'Nothing', 'test')).rejects.toMatchObject({ code: 'system.entity.unknown' })
    await expect(desk.reset('nobody', null, 'test')).rejects.toMatchObject({ code: 'system.unknown' })
  })

  const slots = async (): Promise<number> =>
    (await withClient(source.url, (client) => client.query('select from pg_replication_slots'))).rowCount ?? 0

  test('Forget: the system is paused, and its replication slot and publication are gone', async () => {
    await begin('log')
    await ended('certificate')
    expect(await slots()).toBe(1)
    await desk.forget('shop', 'test')
    await until(
      async () => (await slots()) === 0,
      15_000,
      async () => [await status(), log.lines],
    )
    await until(async () => (await status())?.state === 'paused', 5_000, status)
    expect((await status())?.released?.what).toEqual(['replication slot omnihub_shop', 'publication omnihub_shop'])
    await shop(`delete from item where no = '000002'`)
    await desk.resume('shop', 'test')
    await until(async () => {
      const { rows } = await running.db.query<{ deleted: boolean }>({
        text: `select deleted from source_record where key = '000002'`,
      })
      return rows[0]?.deleted === true
    }, 20_000)
  })

  test('An entity that moves away from the log takes its replication slot with it', async () => {
    await begin('log')
    await ended('certificate')
    await stopEngine()
    workspace.remove()
    workspace = await makeWorkspace(shopFiles('poll'))
    await startEngine()
    await until(
      async () => (await slots()) === 0,
      15_000,
      async () => [await status(), log.lines],
    )
    await until(async () => (await status())?.released !== null, 5_000, status)
  })
})
