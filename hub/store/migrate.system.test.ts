import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestDatabase, testDatabase } from '../../test/support/test-database.ts'
import { type Database, openDatabase } from './database.ts'
import { migrate } from './migrate.ts'

describe('migrate', () => {
  let folder: string
  let server: TestDatabase
  let database: Database

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'omnihub-migrations-'))
    server = await testDatabase({ empty: true })
    database = openDatabase(server.url)
  })
  afterEach(async () => {
    await database.close()
    await server.drop()
    await rm(folder, { recursive: true })
  })

  const put = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text)
  const tables = async (): Promise<string[]> => {
    const text =
      "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1"
    return (await database.query<{ name: string }>({ text })).rows.map(({ name }) => name)
  }

  test('applies what is missing, once, in order', async () => {
    await put('0001-first.sql', 'create table one (x int); insert into one values (1);')
    expect(await migrate(database, folder)).toEqual(['0001-first.sql'])
    await put('0002-second.sql', 'create table two as select * from one;')
    expect(await migrate(database, folder)).toEqual(['0002-second.sql'])
    expect(await migrate(database, folder)).toEqual([])
    expect(await tables()).toEqual(['one', 'schema_migration', 'two'])
  })

  test('is safe when several processes start together: each file is applied by one of them', async () => {
    await put('0001-first.sql', 'select pg_sleep(0.2); create table one (x int);')
    await put('0002-second.sql', 'create table two (x int);')
    const processes = Array.from({ length: 6 }, () => openDatabase(server.url))
    const applied = await Promise.all(processes.map((each) => migrate(each, folder)))
    expect(applied.flat().sort()).toEqual(['0001-first.sql', '0002-second.sql'])
    await Promise.all(processes.map((each) => each.close()))
  })

  test('undoes a migration that fails, says where, and keeps those before it', async () => {
    await put('0001-first.sql', 'create table one (x int);')
    await put('0002-second.sql', 'create table two (x int);\n\ncreate tabel three (x int);')
    await expect(migrate(database, folder)).rejects.toMatchObject({
      code: 'store.schema.failed',
      message: expect.stringContaining('0002-second.sql') as string,
      internal: expect.stringContaining('line 3') as string,
    })
    expect(await tables()).toEqual(['one', 'schema_migration'])
    await put('0002-second.sql', 'create table two (x int);')
    expect(await migrate(database, folder)).toEqual(['0002-second.sql'])
  })

  test('refuses a database that is newer than the hub', async () => {
    await put('0001-first.sql', 'create table one (x int);')
    await put('0002-second.sql', 'create table two (x int);')
    await migrate(database, folder)
    await rm(join(folder, '0002-second.sql'))
    await expect(migrate(database, folder)).rejects.toMatchObject({ code: 'store.schema.newer', family: 'config' })
  })

  test('refuses a database that was made with other files of the same names, line ends aside', async () => {
    await put('0001-first.sql', 'create table one (x int);\nselect 1;\n')
    await migrate(database, folder)
    await put('0001-first.sql', 'create table one (x int);\r\nselect 1;\r\n')
    expect(await migrate(database, folder)).toEqual([])
    await put('0001-first.sql', 'create table one (x bigint);')
    await put('0002-second.sql', 'create table two (x int);')
    await expect(migrate(database, folder)).rejects.toMatchObject({ code: 'store.schema.changed', family: 'config' })
    expect(await tables()).toEqual(['one', 'schema_migration'])
  })

  test('refuses files whose numbers have gaps', async () => {
    await put('0001-first.sql', 'select 1')
    await put('0003-third.sql', 'select 1')
    await expect(migrate(database, folder)).rejects.toThrow(/numbered from 0001 without gaps/)
  })

  test('brings an empty database to the schema of this hub', async () => {
    expect((await migrate(database)).length).toBeGreaterThan(0)
    expect(await migrate(database)).toEqual([])
  })
})
