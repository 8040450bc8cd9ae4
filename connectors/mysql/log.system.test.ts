import mysqlDriver, { type Connection } from 'mysql2/promise'
import type { Checkpoint, Connector, EntityConfig, Page } from '../../hub/contracts/connector.ts'
import { startMariadb } from '../../scripts/servers/mariadb.ts'
import { ensurePackages, REQUIREMENTS } from '../../scripts/servers/packages.ts'
import type { TestServer } from '../../scripts/servers/server.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { mysql } from './index.ts'

let server: TestServer
let client: Connection
const opened: { connector: Connector; abort: AbortController }[] = []
let systems = 0

beforeAll(async () => {
  await ensurePackages([REQUIREMENTS.mariadb], (text) => console.log(text))
  server = await startMariadb()
  client = await connect()
}, 120_000)

afterEach(closeAll)

afterAll(async () => {
  await client.end()
  await server.stop()
})

async function closeAll(): Promise<void> {
  for (const { connector, abort } of opened.splice(0)) {
    abort.abort()
    await connector.close()
  }
}

function connect(): Promise<Connection> {
  return mysqlDriver.createConnection({ uri: server.url, multipleStatements: true })
}

async function open(settings: Record<string, number> = {}): Promise<Connector> {
  const abort = new AbortController()
  systems += 1
  const context = quietContext(`sys${systems}`, abort.signal)
  const connector = await mysql.open({ url: server.url, ...settings }, context)
  opened.push({ connector, abort })
  return connector
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

async function untilGap(pages: AsyncIterator<Page>): Promise<Page> {
  for (;;) {
    const page = await next(pages)
    if (page.gap !== undefined) return page
  }
}

describe('following the binary log', () => {
  test('reads what the server has compressed', async () => {
    await client.query('CREATE TABLE packed (id int PRIMARY KEY, t mediumtext)')
    const pages = pagesOf(await open(), log('packed'), null)
    await next(pages)
    await client.query('SET GLOBAL log_bin_compress = ON, log_bin_compress_min_len = 10')
    const writer = await connect()
    try {
      const waiting = untilRecords(pages, 3)
      await writer.query("INSERT INTO packed VALUES (1, repeat('long ', 2000))")
      await writer.query("UPDATE packed SET t = repeat('other ', 2000)")
      await writer.query('DELETE FROM packed')
      const records = (await waiting).flatMap((page) => page.records)
      expect(records.map(({ kind }) => kind)).toEqual(['upsert', 'upsert', 'delete'])
      expect(records.map(({ data }) => data?.t)).toEqual(['long ', 'other ', 'other '].map((word) => word.repeat(2000)))
    } finally {
      await client.query('SET GLOBAL log_bin_compress = OFF')
      await writer.end()
    }
  }, 30_000)

  test.each(['MINIMAL', 'NOBLOB'])(
    'reads a row again for what the log left out, never taking it for null (binlog_row_image %s)',
    async (image) => {
      const table = `image_${image.toLowerCase()}`
      await client.query(`CREATE TABLE ${table} (id int PRIMARY KEY, t text, n int)`)
      const writer = await connect()
      await writer.query(`SET SESSION binlog_row_image = ${image}`)
      const pages = pagesOf(await open(), log(table), null)
      await next(pages)
      const waiting = untilRecords(pages, 3)
      await writer.query(`INSERT INTO ${table} VALUES (1, 'text', 1)`)
      await writer.query(`UPDATE ${table} SET n = 2`)
      await writer.query(`UPDATE ${table} SET id = 5`)
      await writer.query(`INSERT INTO ${table} VALUES (9, NULL, NULL)`)
      const records = (await waiting).flatMap((page) => page.records)
      await writer.end()
      const last = new Map(records.filter(({ kind }) => kind === 'upsert').map(({ key, data }) => [key, data]))
      expect(last.get('5')).toEqual({ id: 5, t: 'text', n: 2 })
      expect(records.filter(({ kind }) => kind === 'delete').map(({ key }) => key)).toEqual(['1'])
    },
    30_000,
  )

  test('begins anew with a gap where columns changed since and the log does not name them', async () => {
    await client.query('SET GLOBAL binlog_row_metadata = NO_LOG')
    try {
      await client.query('CREATE TABLE unnamed (id int PRIMARY KEY, n int)')
      const first = await next(pagesOf(await open(), log('unnamed'), null))
      await closeAll()
      await client.query('INSERT INTO unnamed VALUES (1, 1)')
      await client.query('ALTER TABLE unnamed ADD COLUMN later int AFTER id')
      const pages = pagesOf(await open(), log('unnamed'), first.checkpoint)
      const gap = await untilGap(pages)
      expect(gap.gap).toMatch(/columns .* have changed/)
      const waiting = untilRecords(pages, 1)
      await client.query('INSERT INTO unnamed VALUES (2, 3, 4)')
      const [record] = (await waiting).flatMap((page) => page.records)
      expect(record?.data).toEqual({ id: 2, later: 3, n: 4 })
    } finally {
      await client.query('SET GLOBAL binlog_row_metadata = FULL')
    }
  }, 30_000)

  test('tells another reader with the same server id apart from a lost log', async () => {
    await client.query('CREATE TABLE rivals (id int PRIMARY KEY)')
    const first = pagesOf(await open({ serverId: 77 }), log('rivals'), null)
    await next(first)
    const thrownOut = next(first)
    const second = pagesOf(await open({ serverId: 77 }), log('rivals'), null)
    await next(second)
    void next(second).catch(() => undefined)
    await expect(thrownOut).rejects.toMatchObject({
      code: 'connector.busy',
      family: 'retry',
      fix: expect.stringContaining('serverId') as string,
    })
  }, 30_000)

  test('hands out a big transaction in pages of which only the last is a place to resume from', async () => {
    await client.query('CREATE TABLE big (id int PRIMARY KEY, t varchar(200))')
    const pages = pagesOf(await open(), log('big'), null)
    const start = await next(pages)
    const waiting = untilRecords(pages, 60_000)
    await client.query("INSERT INTO big SELECT seq, repeat('x', 200) FROM seq_1_to_60000")
    const read = await waiting
    expect(read.length).toBeGreaterThan(1)
    expect(read.slice(0, -1).every(({ checkpoint }) => checkpoint === null)).toBe(true)
    await closeAll()
    const again = await untilRecords(pagesOf(await open(), log('big'), start.checkpoint), 60_000)
    const ids = (list: Page[]): string[] => list.flatMap(({ records }) => records.map((r) => `${r.key} ${r.version}`))
    expect(ids(again)).toEqual(ids(read))
    expect(new Set(ids(read)).size).toBe(60_000)
  }, 60_000)

  test('tells what the log does not name row by row as a gap: TRUNCATE, and statements logged as text', async () => {
    await client.query('CREATE TABLE emptied (id int PRIMARY KEY)')
    const entity = log('emptied')
    const connector = await open()
    const pages = pagesOf(connector, entity, null)
    await next(pages)
    await client.query('INSERT INTO emptied VALUES (1), (2)')
    await client.query('TRUNCATE TABLE emptied')
    expect((await untilGap(pages)).gap).toMatch(/TRUNCATE emptied/)
    expect(((await connector.missing?.(entity, ['1', '2'])) ?? []).map(({ kind }) => kind)).toEqual([
      'delete',
      'delete',
    ])
    const writer = await connect()
    await writer.query('SET SESSION binlog_format = STATEMENT')
    await writer.query('INSERT INTO emptied VALUES (3)')
    await writer.end()
    expect((await untilGap(pages)).gap).toMatch(/logged as text/)
  }, 30_000)

  test('goes on through a new log file, and through tables without transactions', async () => {
    await client.query('CREATE TABLE plain (id int PRIMARY KEY) ENGINE = MyISAM')
    const pages = pagesOf(await open(), log('plain'), null)
    const start = await next(pages)
    const waiting = untilRecords(pages, 3)
    await client.query('INSERT INTO plain VALUES (1)')
    await client.query('FLUSH BINARY LOGS')
    await client.query('INSERT INTO plain VALUES (2), (3)')
    const read = await waiting
    expect(read.flatMap(({ records }) => records.map(({ key }) => key))).toEqual(['1', '2', '3'])
    const sequences = read.flatMap(({ records }) => records.map(({ sequence }) => BigInt(sequence ?? 0)))
    expect(sequences).toEqual(sequences.toSorted((a, b) => Number(a - b)))
    expect(read.at(-1)?.checkpoint?.file).not.toBe(start.checkpoint?.file)
  }, 30_000)

  test('counts on above all former sequences when the server begins its log anew', async () => {
    await client.query('CREATE TABLE reborn (id int PRIMARY KEY, n int)')
    const pages = pagesOf(await open(), log('reborn'), null)
    await next(pages)
    const waiting = untilRecords(pages, 1)
    await client.query('INSERT INTO reborn VALUES (1, 1)')
    const [before] = await waiting
    await closeAll()
    await client.query('FLUSH BINARY LOGS')
    // The old place is beyond the end of the new log.
    await client.query('RESET MASTER')
    const connector = await open()
    const after = pagesOf(connector, log('reborn'), before?.checkpoint ?? null)
    const gap = await untilGap(after)
    expect(gap.checkpoint).toMatchObject({ epoch: 1 })
    const snapshot = connector.backfill?.(log('reborn'), null) ?? []
    for await (const { records } of snapshot) {
      for (const { sequence } of records) {
        expect(BigInt(sequence ?? 0) > BigInt(before?.records[0]?.sequence ?? 0)).toBe(true)
      }
    }
  }, 30_000)
})
