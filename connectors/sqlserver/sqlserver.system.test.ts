import type { Checkpoint, EntityConfig, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import { ensurePackages, REQUIREMENTS } from '../../scripts/servers/packages.ts'
import { startPostgres } from '../../scripts/servers/postgres.ts'
import type { TestServer } from '../../scripts/servers/server.ts'
import { type FakeSqlServer, startFakeSqlServer } from '../../test/support/fakes/sqlserver/server.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { SqlServerConnector } from './connector.ts'
import { Database } from './database.ts'
import { Session } from './session.ts'
import { type SqlServerSettings, sqlServerSettings } from './settings.ts'

/** What the conformance kit does not ask: row versions, deadlocks, a restored database. */
describe('the SQL Server connector', () => {
  let postgres: TestServer
  let fake: FakeSqlServer
  let settings: SqlServerSettings
  let admin: Session
  let tables = 0
  const abort = new AbortController()
  const context = quietContext('erp', abort.signal)
  const open: SqlServerConnector[] = []

  beforeAll(async () => {
    await ensurePackages([REQUIREMENTS.postgres], (text) => console.log(text))
    postgres = await startPostgres({ fsync: false })
    fake = await startFakeSqlServer(postgres.url)
    const { username, password, pathname } = new URL(postgres.url)
    settings = sqlServerSettings({
      host: '127.0.0.1',
      port: fake.port,
      database: pathname.slice(1),
      user: username,
      password: decodeURIComponent(password),
      logIntervalMs: 50,
    })
    admin = await session()
  }, 120_000)

  afterAll(async () => {
    abort.abort()
    admin.close()
    for (const connector of open) await connector.close()
    await fake.close()
    await postgres.stop()
  })

  const session = (): Promise<Session> => Session.open(settings, 'test', new AbortController().signal)

  function connect(): SqlServerConnector {
    const connector = new SqlServerConnector(settings, context)
    open.push(connector)
    return connector
  }

  async function makeTable(mode: 'poll' | 'log'): Promise<EntityConfig & { table: string }> {
    const table = `t${(tables += 1)}`
    await admin.query(
      `CREATE TABLE ${table} (id nvarchar(20) NOT NULL PRIMARY KEY, v int NOT NULL, latin varchar(20), version rowversion NOT NULL)`,
    )
    if (mode === 'log') await admin.query(`ALTER TABLE ${table} ENABLE CHANGE_TRACKING`)
    const options = mode === 'log' ? { table } : { table, watermarkColumn: 'version', sequenceColumn: 'version' }
    return { entity: table, mode, options, table }
  }

  async function polled(
    connector: SqlServerConnector,
    entity: EntityConfig,
    from: Checkpoint | null,
  ): Promise<{ records: SourceRecord[]; checkpoint: Checkpoint | null }> {
    const pages: Page[] = []
    for await (const page of connector.poll(entity, from)) pages.push(page)
    const checkpoint = pages.findLast((page) => page.checkpoint !== null)?.checkpoint ?? from
    return { records: pages.flatMap((page) => page.records), checkpoint }
  }

  test('polls by row version up to the first transaction that is open, and misses nothing of it, however long it takes', async () => {
    const entity = await makeTable('poll')
    const connector = connect()
    let { checkpoint } = await polled(connector, entity, null)
    await admin.query(`INSERT INTO ${entity.table} (id, v) VALUES ('a', 1)`)
    const late = await session()
    await late.begin('read committed')
    await late.query(`INSERT INTO ${entity.table} (id, v) VALUES ('late', 1)`)
    await admin.query(`INSERT INTO ${entity.table} (id, v) VALUES ('b', 1)`)
    const first = await polled(connector, entity, checkpoint)
    expect(first.records.map(({ key }) => key)).toEqual(['a'])
    expect((await polled(connector, entity, first.checkpoint)).records).toEqual([])
    await late.commit()
    late.close()
    const second = await polled(connector, entity, first.checkpoint)
    expect(second.records.map(({ key }) => key)).toEqual(['late', 'b'])
    const [one, two] = second.records.map(({ sequence }) => BigInt(sequence ?? 0))
    expect(two).toBeGreaterThan(one ?? 0n)
    ;({ checkpoint } = second)
    expect((await polled(connector, entity, checkpoint)).records).toEqual([])
  })

  test('a write that expects an older row version is a conflict, though the values are what they were', async () => {
    const entity = await makeTable('poll')
    const connector = connect()
    await admin.query(`INSERT INTO ${entity.table} (id, v) VALUES ('a', 1)`)
    const version = async (): Promise<string> => {
      for await (const { records } of connector.backfill(entity, null)) return String(records[0]?.data?.version)
      return ''
    }
    const seen = await version()
    expect(seen).toMatch(/^0x[0-9A-F]{16}$/)
    await admin.query(`UPDATE ${entity.table} SET v = 1`)
    const write = { key: 'a', fields: { v: 2 }, idempotencyKey: 'k' }
    const [stale] = await connector.write(entity, [{ ...write, expected: { version: seen } }])
    expect(stale).toMatchObject({ outcome: 'conflict', current: { v: 1 } })
    const [done] = await connector.write(entity, [{ ...write, expected: { version: await version() } }])
    expect(done).toEqual({ outcome: 'written', key: 'a' })
  })

  test('a write that changes nothing leaves no change behind', async () => {
    const entity = await makeTable('log')
    const connector = connect()
    await admin.query(`INSERT INTO ${entity.table} (id, v) VALUES ('a', 1)`)
    const before = await admin.query('SELECT CHANGE_TRACKING_CURRENT_VERSION()')
    const [same] = await connector.write(entity, [{ key: 'a', fields: { v: 1 }, idempotencyKey: 'k' }])
    expect(same).toEqual({ outcome: 'written', key: 'a' })
    expect(await admin.query('SELECT CHANGE_TRACKING_CURRENT_VERSION()')).toEqual(before)
  })

  test('the victim of a deadlock is told to try again', async () => {
    const { table } = await makeTable('poll')
    await admin.query(`INSERT INTO ${table} (id, v) VALUES ('a', 1), ('b', 1)`)
    const database = new Database(settings, context)
    const bothWays = (first: string, second: string): Promise<void> =>
      database.transaction('read committed', async ({ query, commit }) => {
        await query(`UPDATE ${table} SET v = 2 WHERE id = '${first}'`)
        await new Promise((resolve) => setTimeout(resolve, 100))
        await query(`UPDATE ${table} SET v = 2 WHERE id = '${second}'`)
        await commit()
      })
    const outcomes = await Promise.allSettled([bothWays('a', 'b'), bothWays('b', 'a')])
    const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
    expect(errors).toEqual([expect.objectContaining({ code: 'connector.busy', family: 'retry' })])
    expect(String((errors[0] as { internal?: string }).internal)).toContain('1205')
    await database.close()
  })

  test('versions that begin anew below the last one read are a gap, after which all sequences are higher', async () => {
    const entity = await makeTable('log')
    const beyond = { epoch: 3, cursors: { [entity.entity]: { version: '999999999', after: null } } }
    const pages = connect().subscribe([entity], beyond)[Symbol.asyncIterator]()
    const { value: first } = (await pages.next()) as { value: Page }
    expect(first.gap).toMatch(/begin anew/)
    expect(first.checkpoint).toMatchObject({ epoch: 4 })
    await admin.query(`INSERT INTO ${entity.table} (id, v) VALUES ('a', 1)`)
    const { value: second } = (await pages.next()) as { value: Page }
    await pages.return?.()
    expect(second.records.map(({ key }) => key)).toEqual(['a'])
    expect(BigInt(second.records[0]?.sequence ?? 0)).toBeGreaterThan((4n << 56n) - 1n)
  })

  test('an idle connection that drops ends nothing, and the next call opens another', async () => {
    const connector = connect()
    await connector.check()
    await admin.query('SELECT 1')
    await fake.close()
    fake = await startFakeSqlServer(postgres.url, {}, { port: settings.port, isPrepared: true })
    admin = await session()
    expect((await connector.check()).serverVersion).toMatch(/^SQL Server 16/)
  })

  test('a statement that is given up ends at once, and has no effect later', async () => {
    const { table } = await makeTable('poll')
    await admin.query(`INSERT INTO ${table} (id, v) VALUES ('a', 1)`)
    const holder = await session()
    await holder.begin('read committed')
    await holder.query(`UPDATE ${table} SET v = 2 WHERE id = 'a'`)
    const waiter = await session()
    const waiting = waiter.query(`UPDATE ${table} SET v = 3 WHERE id = 'a'`)
    setTimeout(() => waiter.close(), 200)
    await expect(waiting).rejects.toMatchObject({ code: 'connector.unreachable' })
    expect(waiter.isBroken).toBe(true)
    // The server hears of it a moment later.
    await new Promise((resolve) => setTimeout(resolve, 200))
    await holder.commit()
    expect(await admin.query(`SELECT v FROM ${table} WITH (UPDLOCK)`)).toEqual([[2]])
    holder.close()
  })

  test('a session whose connection ended makes no other one, which would know nothing of what was begun', async () => {
    const { table } = await makeTable('poll')
    const broken = await session()
    await broken.begin('read committed')
    await broken.query(`INSERT INTO ${table} (id, v) VALUES ('a', 1)`)
    await fake.close()
    fake = await startFakeSqlServer(postgres.url, {}, { port: settings.port, isPrepared: true })
    await expect(broken.query(`INSERT INTO ${table} (id, v) VALUES ('b', 1)`)).rejects.toMatchObject({
      code: 'connector.unreachable',
    })
    expect(broken.isBroken).toBe(true)
    admin = await session()
    expect(await admin.query(`SELECT id FROM ${table}`)).toEqual([])
  })

  test('values of any length, of two columns of one name, arrive as they were sent', async () => {
    const long = 'ü😀'.repeat(5000)
    const sent = [long, 'x'.repeat(4000), '', null].map((value) => ({ binary: false, value }))
    expect(await admin.query('SELECT @p0 AS a, @p1 AS a, @p2 AS b, @p3 AS c', sent)).toEqual([
      sent.map(({ value }) => value),
    ])
  })

  test('what is no position of Change Tracking is refused', async () => {
    const entity = await makeTable('log')
    await expect(connect().subscribe([entity], { lsn: '0/1' })[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'connector.settings',
      family: 'config',
    })
  })
})
