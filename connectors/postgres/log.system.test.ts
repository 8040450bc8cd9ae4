import pg from 'pg'
import { startPostgres } from '../../scripts/servers/postgres.ts'
import { ensurePackages, REQUIREMENTS } from '../../scripts/servers/packages.ts'
import type { TestServer } from '../../scripts/servers/server.ts'
import type { Checkpoint, Connector, EntityConfig, Page } from '../../hub/contracts/connector.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { lsnNumber } from '../shared/sequence.ts'
import { postgres } from './index.ts'

let server: TestServer
let client: pg.Client
const opened: { connector: Connector; abort: AbortController }[] = []
let systems = 0

beforeAll(async () => {
  await ensurePackages([REQUIREMENTS.postgres], (text) => console.log(text))
  server = await startPostgres({ fsync: false })
  client = await connect()
}, 120_000)

afterEach(async () => {
  for (const { connector, abort } of opened.splice(0)) {
    abort.abort()
    await connector.close()
  }
})

afterAll(async () => {
  await client.end()
  await server.stop()
})

async function connect(): Promise<pg.Client> {
  const connection = new pg.Client({ connectionString: server.url })
  await connection.connect()
  return connection
}

async function open(system: string, settings: Record<string, string> = {}): Promise<Connector> {
  const abort = new AbortController()
  const context = quietContext(system, abort.signal)
  const connector = await postgres.open({ url: server.url, ...settings }, context)
  opened.push({ connector, abort })
  return connector
}

function freshSystem(): string {
  systems += 1
  return `sys${systems}`
}

/** Ends all connectors and waits until the server has noticed. */
async function closeAll(): Promise<void> {
  for (const { connector, abort } of opened.splice(0)) {
    abort.abort()
    await connector.close()
  }
  for (;;) {
    const { rows } = await client.query('SELECT 1 FROM pg_replication_slots WHERE active')
    if (rows.length === 0) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const log = (table: string): EntityConfig => ({ entity: table, mode: 'log', options: { table } })

function pagesOf(connector: Connector, entity: EntityConfig, from: Checkpoint | null): AsyncIterator<Page> {
  const pages = connector.subscribe?.([entity], from)
  if (!pages) throw new Error('subscribe is declared')
  return pages[Symbol.asyncIterator]()
}

async function next(pages: AsyncIterator<Page>): Promise<Page> {
  const { value, done } = await pages.next()
  if (done === true) throw new Error('the log ended')
  return value as Page
}

async function untilRecords(pages: AsyncIterator<Page>, count: number): Promise<Page[]> {
  const read: Page[] = []
  while (read.flatMap(({ records }) => records).length < count) read.push(await next(pages))
  return read
}

async function confirmed(system: string): Promise<string> {
  const { rows } = await client.query<{ lsn: string }>(
    'SELECT confirmed_flush_lsn AS lsn FROM pg_replication_slots WHERE slot_name = $1',
    [`omnihub_${system}`],
  )
  return rows[0]?.lsn ?? 'none'
}

describe('following the log of PostgreSQL', () => {
  test('acknowledges a position only when the next page is asked for, and then exactly that position', async () => {
    const system = freshSystem()
    await client.query('CREATE TABLE acked (id int PRIMARY KEY)')
    const pages = pagesOf(await open(system), log('acked'), null)
    const start = (await next(pages)).checkpoint?.lsn as string
    const waiting = next(pages)
    await client.query('INSERT INTO acked VALUES (1)')
    const page = await waiting
    expect(page.records.map(({ key }) => key)).toEqual(['1'])
    expect(lsnNumber(await confirmed(system))).toBeLessThanOrEqual(lsnNumber(start))
    const reached = page.checkpoint?.lsn as string
    void next(pages).catch(() => undefined)
    const deadline = Date.now() + 10_000
    while ((await confirmed(system)) === start && Date.now() < deadline) await new Promise((go) => setTimeout(go, 20))
    expect(await confirmed(system)).toBe(reached)
  }, 30_000)

  test('tells the marks of many writes as they were, however long their changes wait to be read', async () => {
    const system = freshSystem()
    await client.query('CREATE TABLE marked (id int PRIMARY KEY, filling text)')
    const pages = pagesOf(await open(system), log('marked'), null)
    await next(pages)
    const ids = Array.from({ length: 400 }, (_, at) => at)
    for (const id of ids) {
      await client.query('BEGIN')
      await client.query('SELECT pg_logical_emit_message(true, $1, $2)', ['omnihub', `the write ${id}`])
      await client.query('INSERT INTO marked VALUES ($1, $2)', [id, 'x'.repeat((id % 50) * 700)])
      await client.query('COMMIT')
    }
    const records = (await untilRecords(pages, ids.length)).flatMap((page) => page.records)
    expect(records.map(({ writtenBy }) => writtenBy)).toEqual(ids.map((id) => `the write ${id}`))
  }, 30_000)

  test('loses no transaction whose commit stands directly behind an acknowledged one', async () => {
    const system = freshSystem()
    await client.query('CREATE TABLE adjacent (id int PRIMARY KEY)')
    const pages = pagesOf(await open(system), log('adjacent'), null)
    await next(pages)
    const [one, two] = [await connect(), await connect()]
    for (const [connection, id] of [
      [one, 1],
      [two, 2],
    ] as const) {
      await connection.query('BEGIN')
      await connection.query('INSERT INTO adjacent VALUES ($1)', [id])
    }
    // Nothing is written between the two commits, so the second begins where the first ends.
    await one.query('COMMIT; ')
    const [first] = await untilRecords(pages, 1)
    const second = next(pages)
    await new Promise((go) => setTimeout(go, 300))
    expect(await confirmed(system)).toBe(first?.checkpoint?.lsn)
    await closeAll()
    await second.catch(() => undefined)
    await two.query('COMMIT')
    await Promise.all([one.end(), two.end()])
    const after = pagesOf(await open(system), log('adjacent'), first?.checkpoint ?? null)
    const read = await untilRecords(after, 1)
    expect(read.flatMap(({ records }) => records.map(({ key }) => key))).toEqual(['2'])
    expect(read.every(({ gap }) => gap === undefined)).toBe(true)
  }, 30_000)

  test('hands out a big transaction in pages of which only the last is a place to resume from', async () => {
    const system = freshSystem()
    await client.query('CREATE TABLE big (id int PRIMARY KEY, name text)')
    const pages = pagesOf(await open(system), log('big'), null)
    const start = await next(pages)
    const waiting = untilRecords(pages, 1500)
    await client.query("INSERT INTO big SELECT i, 'x' FROM generate_series(1, 1500) AS i")
    const read = await waiting
    expect(read.length).toBeGreaterThan(1)
    expect(read.slice(0, -1).map(({ checkpoint }) => checkpoint)).toEqual(read.slice(0, -1).map(() => null))
    await closeAll()
    // Given up in the middle: all of it comes again, under the same versions.
    const again = await untilRecords(pagesOf(await open(system), log('big'), start.checkpoint), 1500)
    const ids = (list: Page[]): string[] => list.flatMap(({ records }) => records.map((r) => `${r.key} ${r.version}`))
    expect(ids(again)).toEqual(ids(read))
  }, 30_000)

  test.each(['DEFAULT', 'FULL'])(
    'never takes a long value that an update left alone for null (REPLICA IDENTITY %s)',
    async (identity) => {
      const table = `toast_${identity.toLowerCase()}`
      await client.query(`CREATE TABLE ${table} (id int PRIMARY KEY, long text, n int)`)
      await client.query(`ALTER TABLE ${table} REPLICA IDENTITY ${identity}`)
      await client.query(`ALTER TABLE ${table} ALTER COLUMN long SET STORAGE EXTERNAL`)
      await client.query(`INSERT INTO ${table} SELECT i, repeat('x', 10000), 0 FROM generate_series(1, 3) AS i`)
      const pages = pagesOf(await open(freshSystem()), log(table), null)
      await next(pages)
      const waiting = untilRecords(pages, 5)
      await client.query(`UPDATE ${table} SET n = 1 WHERE id = 1`)
      await client.query(`UPDATE ${table} SET id = 4 WHERE id = 2`)
      await client.query(`UPDATE ${table} SET long = NULL WHERE id = 3`)
      await client.query(`DELETE FROM ${table} WHERE id = 3`)
      const records = (await waiting).flatMap((page) => page.records)
      expect(records.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
        'upsert 1',
        'delete 2',
        'upsert 4',
        'upsert 3',
        'delete 3',
      ])
      expect(records[0]?.data).toEqual({ id: 1, long: 'x'.repeat(10_000), n: 1 })
      expect(records[2]?.data).toEqual({ id: 4, long: 'x'.repeat(10_000), n: 0 })
      expect(records[3]?.data).toEqual({ id: 3, long: null, n: 0 })
    },
    30_000,
  )

  test('refuses a table whose deleted rows the log would not name, and leaves its own application alone', async () => {
    await client.query('CREATE TABLE keyless (id int, n int)')
    await client.query('INSERT INTO keyless VALUES (1, 1)')
    const entity = { ...log('keyless'), options: { table: 'keyless', keyColumns: ['id'] } }
    const pages = pagesOf(await open(freshSystem()), entity, null)
    await expect(pages.next()).rejects.toMatchObject({
      code: 'connector.schema',
      fix: expect.stringContaining('REPLICA IDENTITY FULL') as string,
    })
    // Published without an identity, the table would refuse this.
    await client.query('UPDATE keyless SET n = 2')
  })

  test('tells a TRUNCATE as a gap, because the log names no rows', async () => {
    await client.query('CREATE TABLE emptied (id int PRIMARY KEY)')
    await client.query('INSERT INTO emptied VALUES (1), (2)')
    const entity = log('emptied')
    const connector = await open(freshSystem())
    const pages = pagesOf(connector, entity, null)
    await next(pages)
    const waiting = next(pages)
    await client.query('TRUNCATE emptied')
    expect((await waiting).gap).toMatch(/TRUNCATE emptied emptied/)
    const gone = (await connector.missing?.(entity, ['1', '2'])) ?? []
    expect(gone.map(({ kind, key }) => `${kind} ${key}`)).toEqual(['delete 1', 'delete 2'])
    expect(gone.every(({ sequenceType }) => sequenceType === 'Integer')).toBe(true)
  }, 30_000)

  test('follows a partitioned table under its own name', async () => {
    await client.query('CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id)')
    await client.query('CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100)')
    const pages = pagesOf(await open(freshSystem()), log('parts'), null)
    await next(pages)
    const waiting = untilRecords(pages, 1)
    await client.query('INSERT INTO parts VALUES (7)')
    expect((await waiting).flatMap(({ records }) => records.map(({ key }) => key))).toEqual(['7'])
  }, 30_000)

  test('adds a table that is configured later to its publication', async () => {
    const system = freshSystem()
    await client.query('CREATE TABLE early (id int PRIMARY KEY); CREATE TABLE later (id int PRIMARY KEY)')
    const { checkpoint } = await next(pagesOf(await open(system), log('early'), null))
    await closeAll()
    const connector = await open(system)
    const pages = connector.subscribe?.([log('early'), log('later')], checkpoint)?.[Symbol.asyncIterator]()
    if (!pages) throw new Error('subscribe is declared')
    await next(pages)
    const waiting = untilRecords(pages, 2)
    await client.query('INSERT INTO later VALUES (1); INSERT INTO early VALUES (1)')
    expect((await waiting).flatMap(({ records }) => records.map(({ entity }) => entity)).sort()).toEqual([
      'early',
      'later',
    ])
  }, 30_000)

  test('tells what is wrong with a slot', async () => {
    await client.query('CREATE TABLE slotted (id int PRIMARY KEY)')
    await client.query("SELECT pg_create_logical_replication_slot('foreign_slot', 'test_decoding')")
    const foreign = pagesOf(await open(freshSystem(), { slotName: 'foreign_slot' }), log('slotted'), null)
    await expect(foreign.next()).rejects.toMatchObject({ code: 'connector.settings', where: '/settings/slotName' })
    const odd = await open(freshSystem(), { slotName: 'No "Slot"' })
    expect(() => pagesOf(odd, log('slotted'), null)).toThrow(
      expect.objectContaining({ where: '/settings/slotName' }) as Error,
    )

    const system = freshSystem()
    const pages = pagesOf(await open(system), log('slotted'), null)
    const { checkpoint } = await next(pages)
    void next(pages).catch(() => undefined)
    await new Promise((go) => setTimeout(go, 500))
    const rival = pagesOf(await open(system), log('slotted'), checkpoint)
    await expect(rival.next()).rejects.toMatchObject({ code: 'connector.busy', family: 'retry' })
  }, 30_000)

  test('tells a gap when somebody else has read the slot on', async () => {
    const system = freshSystem()
    await client.query('CREATE TABLE moved (id int PRIMARY KEY)')
    const { checkpoint } = await next(pagesOf(await open(system), log('moved'), null))
    await closeAll()
    await client.query('INSERT INTO moved VALUES (1)')
    await client.query('SELECT pg_replication_slot_advance($1, pg_current_wal_lsn())', [`omnihub_${system}`])
    const page = await next(pagesOf(await open(system), log('moved'), checkpoint))
    expect(page.gap).toMatch(/was read on/)
    expect(page.checkpoint).toMatchObject({ epoch: 0 })
  }, 30_000)
})
