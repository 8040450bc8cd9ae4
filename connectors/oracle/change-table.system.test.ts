import type { Checkpoint, EntityConfig, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import { ensurePackages, REQUIREMENTS } from '../../scripts/servers/packages.ts'
import { startPostgres } from '../../scripts/servers/postgres.ts'
import type { TestServer } from '../../scripts/servers/server.ts'
import { openFakeSession, prepareFakeOracle } from '../../test/support/fakes/oracle/session.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { Sink } from '../conformance/sink.ts'
import { changeTableDdl } from './change-table-ddl.ts'
import { OracleConnector } from './connector.ts'
import type { OracleSession } from './session.ts'
import { type OracleSettings, oracleSettings } from './settings.ts'

/** What the conformance kit does not ask of a change table: numbers that become visible out of order. */
describe('a change table', () => {
  let postgres: TestServer
  let settings: OracleSettings
  let tables = 0
  const abort = new AbortController()
  const open: OracleConnector[] = []

  beforeAll(async () => {
    await ensurePackages([REQUIREMENTS.postgres], (text) => console.log(text))
    postgres = await startPostgres({ fsync: false })
    await prepareFakeOracle(postgres.url, {})
    const { port, username, password, pathname } = new URL(postgres.url)
    settings = oracleSettings({
      host: '127.0.0.1',
      port: Number(port),
      database: pathname.slice(1),
      user: username,
      password: decodeURIComponent(password),
      logIntervalMs: 50,
    })
  }, 120_000)

  afterAll(async () => {
    abort.abort()
    for (const connector of open) await connector.close()
    await postgres.stop()
  })

  const session = (): Promise<OracleSession> => openFakeSession(settings, 'test')

  async function execute(...statements: string[]): Promise<void> {
    const one = await session()
    for (const statement of statements) await one.execute(statement, [])
    await one.commit()
    one.close()
  }

  async function makeTable(): Promise<EntityConfig & { sql: string; changes: string }> {
    const table = `T${(tables += 1)}`
    const sql = `"APP"."${table}"`
    await execute(`CREATE TABLE ${sql} ("ID" VARCHAR2(20) NOT NULL, "V" NUMBER(10), PRIMARY KEY ("ID"))`)
    const key = [{ name: 'ID', type: 'VARCHAR2(20)' }]
    await execute(...changeTableDdl({ schema: 'APP', table, key }))
    return { entity: table, mode: 'log', options: { table, schema: 'APP' }, sql, changes: `"APP"."${table}_OMNIHUB"` }
  }

  function connect(): OracleConnector {
    const connector = new OracleConnector(settings, quietContext('billing', abort.signal), openFakeSession)
    open.push(connector)
    return connector
  }

  const follow = (connector: OracleConnector, entity: EntityConfig, from: Checkpoint | null): AsyncIterator<Page> =>
    connector.subscribe([entity], from)[Symbol.asyncIterator]()

  async function count(changes: string): Promise<number> {
    const one = await session()
    const [row] = await one.query(`SELECT COUNT(*) FROM ${changes}`, [])
    one.close()
    return Number(row?.[0])
  }

  const states = (records: readonly SourceRecord[]): unknown[] =>
    records.map(({ key, kind, data }) => [key, kind, data?.V ?? null])

  async function next(pages: AsyncIterator<Page>): Promise<Page> {
    const { value } = (await pages.next()) as { value: Page }
    return value
  }

  test('a change that commits late, with a lower number than one that was read, is read all the same', async () => {
    const entity = await makeTable()
    const pages = follow(connect(), entity, null)
    await next(pages)
    const late = await session()
    await late.execute(`INSERT INTO ${entity.sql} ("ID", "V") VALUES ('late', 1)`, [])
    await execute(`INSERT INTO ${entity.sql} ("ID", "V") VALUES ('early', 1)`)
    expect(states((await next(pages)).records)).toEqual([['early', 'upsert', 1]])
    await late.commit()
    late.close()
    expect(states((await next(pages)).records)).toEqual([['late', 'upsert', 1]])
    await pages.return?.()
  })

  test('a change noted before a snapshot and committed after it is newer than the snapshot', async () => {
    const entity = await makeTable()
    await execute(`INSERT INTO ${entity.sql} ("ID", "V") VALUES ('a', 1)`)
    const late = await session()
    await late.execute(`UPDATE ${entity.sql} SET "V" = 2 WHERE "ID" = 'a'`, [])
    const connector = connect()
    const pages = follow(connector, entity, null)
    await next(pages)
    const sink = new Sink()
    for await (const page of connector.backfill(entity, null)) sink.take(page)
    expect(sink.live(entity.entity).get('a')).toMatchObject({ V: 1 })
    await late.commit()
    late.close()
    sink.take(await next(pages))
    expect(sink.live(entity.entity).get('a')).toMatchObject({ V: 2 })
    await pages.return?.()
  })

  test('what was read is deleted when the next page is asked for, or by the reader that goes on after it', async () => {
    const entity = await makeTable()
    const pages = follow(connect(), entity, null)
    await next(pages)
    await execute(`INSERT INTO ${entity.sql} ("ID", "V") VALUES ('a', 1)`)
    const { checkpoint } = await next(pages)
    await pages.return?.()
    expect(await count(entity.changes)).toBe(1)
    const after = follow(connect(), entity, JSON.parse(JSON.stringify(checkpoint)) as Checkpoint)
    await next(after)
    expect(await count(entity.changes)).toBe(0)
    await execute(`UPDATE ${entity.sql} SET "V" = 2`, `UPDATE ${entity.sql} SET "V" = 3`)
    expect(states((await next(after)).records)).toEqual([['a', 'upsert', 3]])
    await after.return?.()
  })

  test('a key that changes is a delete and a new record', async () => {
    const entity = await makeTable()
    await execute(`INSERT INTO ${entity.sql} ("ID", "V") VALUES ('old', 1)`)
    const pages = follow(connect(), entity, null)
    await next(pages)
    await execute(`UPDATE ${entity.sql} SET "ID" = 'new'`)
    expect(states((await next(pages)).records)).toEqual([
      ['old', 'delete', null],
      ['new', 'upsert', 1],
    ])
    await pages.return?.()
  })

  test('a change table that was made anew is a gap, and what comes after it is newer than all before', async () => {
    const entity = await makeTable()
    const pages = follow(connect(), entity, null)
    const { checkpoint } = await next(pages)
    await pages.return?.()
    await execute(`DROP TABLE ${entity.changes}`, `DROP SEQUENCE "APP"."${entity.entity}_OMNIHUB_SEQ"`)
    const key = [{ name: 'ID', type: 'VARCHAR2(20)' }]
    await execute(...changeTableDdl({ schema: 'APP', table: entity.entity, key }))
    const after = follow(connect(), entity, checkpoint)
    expect((await next(after)).gap).toMatch(/made anew/)
    await execute(`INSERT INTO ${entity.sql} ("ID", "V") VALUES ('a', 1)`)
    const { records } = await next(after)
    expect(BigInt(records[0]?.sequence ?? 0) >> 56n).toBe(1n)
    await after.return?.()
  })

  test('a change table that is missing stops with what to do', async () => {
    const entity = await makeTable()
    const options = { ...entity.options, changeTable: 'ELSEWHERE' }
    const pages = follow(connect(), { ...entity, options }, null)
    await expect(pages.next()).rejects.toMatchObject({
      code: 'connector.schema',
      where: `/entities/${entity.entity}/options/changeTable`,
    })
  })
})
