import { jest } from '@jest/globals'
import type pg from 'pg'
import { CONNECTORS } from '../../../connectors/index.ts'
import { withClient } from '../../../demo/databases.ts'
import { demoTruth, loadDemo } from '../../../demo/load.ts'
import { type DemoServers, startDemoServers } from '../../../demo/servers/index.ts'
import { crmId } from '../../../demo/systems/crm/ids.ts'
import { DEMO_SYSTEMS } from '../../../demo/systems/index.ts'
import type { SystemName } from '../../../demo/systems/system.ts'
import { packageFolder } from '../../app/package-folder.ts'
import { readWorkspace, type Workspace } from '../../app/workspace.ts'
import { expectBalanced, type RunningCore, startCore } from '../../../test/support/core.ts'
import { keptLog, toldStatuses, until } from '../../../test/support/engine.ts'
import { serverUrl } from '../../../test/support/environment.ts'
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.ts'
import { ConnectorEngine } from './connector-engine.ts'

jest.setTimeout(120_000)

const adminUrl = serverUrl('DATABASE_URL')
const prefix = `t${process.pid}_engine_`
const SIZE = { customers: 60 }

let database: TestDatabase
let running: RunningCore
let engine: ConnectorEngine
let workspace: Workspace
let urls: Record<SystemName, string>
let servers: DemoServers
const log = keptLog()

beforeAll(async () => {
  urls = (await loadDemo(adminUrl, { prefix, ...SIZE })).urls
  database = await testDatabase()
  workspace = await readWorkspace(packageFolder())
  running = await startCore({ workspace: packageFolder(), databaseUrl: database.url })
  servers = await startDemoServers(urls, (error) => console.error(error))
  const { environment } = servers
  engine = new ConnectorEngine({
    db: running.db,
    accept: (changes) => running.core.acceptor.accept(changes),
    systems: workspace.systems,
    connectors: CONNECTORS,
    environment,
    log,
  })
  engine.start()
})

afterAll(async () => {
  await engine.stop()
  await servers.close()
  await running.stop()
  await database.drop()
  await withClient(adminUrl, async (client) => {
    for (const { database: name } of DEMO_SYSTEMS) await dropDatabase(client, prefix + name)
  })
})

async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  const { rows } = await client.query<{ slot_name: string }>(
    'select slot_name from pg_replication_slots where database = $1',
    [name],
  )
  for (const { slot_name } of rows) await client.query('select pg_drop_replication_slot($1)', [slot_name])
  await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`)
}

describe('The demo company through the engine', () => {
  test('Every record of the four systems is read once, becomes customers, and the ledger balances', async () => {
    await until(
      async () => {
        const all = await toldStatuses(running.db)
        const entities = [...all.values()].flatMap((told) => Object.values(told.entities))
        return all.size === 4 && entities.every(({ mode, backfill }) => mode === 'push' || backfill?.state === 'done')
      },
      60_000,
      () => log.lines,
    )
    await running.quiet()
    const ledger = await expectBalanced(running.db)
    const known = demoTruth(SIZE).map(({ system, entity, key }) => `${system}/${entity}/${key}`)
    const { rows } = await running.db.query<{ lane: string }>({
      text: `select system || '/' || entity || '/' || key as lane from source_record where not deleted`,
    })
    const there = new Set(rows.map(({ lane }) => lane))
    expect(known.filter((lane) => !there.has(lane))).toEqual([])
    expect(ledger.accepted).toBeGreaterThan(known.length)
    expect(ledger.parked + ledger.rejected).toBe(0)
    for (const told of (await toldStatuses(running.db)).values())
      expect(told).toMatchObject({ state: 'running', error: null })
  })

  test('A changed contact and an archived partner are in the hub within seconds', async () => {
    await withClient(urls.crm, (client) =>
      client.query(`update contact set first_name = 'Zebulon' where id = $1`, [crmId('contact', 1)]),
    )
    await withClient(urls.erp, (client) =>
      client.query(`delete from "PARTNR" where "PARNR" = (select min("PARNR") from "PARTNR")`),
    )
    const begin = performance.now()
    await until(async () => {
      const { rows } = await running.db.query<{ n: string }>({
        text: `select count(*) as n from source_record where (key = '${crmId('contact', 1)}' and raw->>'FirstName' = 'Zebulon')
               or (system = 'erp' and entity = 'Partner' and deleted)`,
      })
      return rows[0]?.n === '2'
    }, 15_000)
    console.log(`both changes were applied after ${Math.round(performance.now() - begin)} ms`)
    await running.quiet()
    await expectBalanced(running.db)
  })
})
