import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres } from '../../scripts/servers/postgres.ts'
import type { TestServer } from '../../scripts/servers/server.ts'
import { type TestDatabase, testDatabase } from '../../test/support/test-database.ts'
import { HubError } from '../contracts/hub-error.ts'
import { type Database, openDatabase } from './database.ts'
import { together } from './pipeline.ts'
import type { Queryable } from './queryable.ts'

describe('the database', () => {
  let server: TestDatabase
  let database: Database

  beforeAll(async () => {
    server = await testDatabase({ empty: true })
    database = openDatabase(server.url, { poolMax: 4, statementTimeoutMs: 2000 })
    await database.query({ text: 'create table item (id integer primary key, word text not null)' })
  })
  beforeEach(() => database.query({ text: 'truncate item' }))
  afterAll(async () => {
    await database.close()
    await database.close()
    await server.drop()
  })

  const insert = (db: Queryable, id: number, word: string | null = 'x'): Promise<unknown> =>
    db.query({ name: 'insert-item', text: 'insert into item values ($1, $2)', values: [id, word] })
  const ids = async (): Promise<number[]> =>
    (await database.query<{ id: number }>({ text: 'select id from item order by id' })).rows.map(({ id }) => id)

  test('hands values out without parsing or rounding them', async () => {
    const { rows } = await database.query({
      text: `select 9007199254740993::bigint as big, 1.10::numeric as amount, '{"b": 1,"a":2}'::json as document,
        '2024-05-01 12:00:00.123456+02'::timestamptz as at, '2024-05-01 12:00:00+00'::timestamptz as round,
        '2024-05-01 12:00:00'::timestamp as local, '2024-05-01'::date as day, array[1, 9007199254740993]::bigint[] as bigs,
        array['2024-05-01 12:00:00+00', null]::timestamptz[] as ats, array['{"a": "b,c\\"d"}']::json[] as documents`,
    })
    expect(rows[0]).toEqual({
      big: '9007199254740993',
      amount: '1.10',
      document: '{"b": 1,"a":2}',
      at: '2024-05-01T10:00:00.123456Z',
      round: '2024-05-01T12:00:00Z',
      local: '2024-05-01T12:00:00',
      day: '2024-05-01',
      bigs: ['1', '9007199254740993'],
      ats: ['2024-05-01T12:00:00Z', null],
      documents: ['{"a": "b,c\\"d"}'],
    })
  })

  test('commits what a transaction wrote, and answers what its work answered', async () => {
    const answer = await database.transaction(async (tx) => {
      await together(insert(tx, 1), insert(tx, 2), insert(tx, 3))
      return 'done'
    })
    expect(answer).toBe('done')
    expect(await ids()).toEqual([1, 2, 3])
  })

  test('undoes everything when one of the statements sent together fails, and names the first that failed', async () => {
    const failing = database.transaction((tx) =>
      together(insert(tx, 1), insert(tx, 2, null), insert(tx, 3), insert(tx, 1)),
    )
    await expect(failing).rejects.toMatchObject({ code: '23502' })
    expect(await ids()).toEqual([])
    // The connection and its prepared statements are still good, also those first sent in the failed transaction.
    await database.transaction((tx) => together(insert(tx, 1), insert(tx, 2)))
    expect(await ids()).toEqual([1, 2])
  })

  test('keeps prepared statements right when they are first sent after a failed one', async () => {
    const fresh = (db: Queryable): Promise<unknown> =>
      db.query({ name: 'first-sent-late', text: 'select count(*) from item', values: [] })
    const failing = database.transaction((tx) => together(insert(tx, 1, null), fresh(tx), fresh(tx)))
    await expect(failing).rejects.toMatchObject({ code: '23502' })
    for (let round = 0; round < 8; round += 1) await database.transaction((tx) => together(fresh(tx), fresh(tx)))
  })

  test('undoes everything when the work throws, even with statements still under way', async () => {
    const failing = database.transaction(async (tx) => {
      const slow = tx.query({ text: 'select pg_sleep(0.2)' })
      const late = insert(tx, 1)
      slow.catch(() => undefined)
      late.catch(() => undefined)
      throw new HubError({ code: 'test.poison', family: 'reject', message: 'No.' })
    })
    await expect(failing).rejects.toMatchObject({ code: 'test.poison' })
    expect(await ids()).toEqual([])
  })

  test('never reports a commit when the work swallowed the error of a statement', async () => {
    const failing = database.transaction(async (tx) => {
      await insert(tx, 1)
      await insert(tx, 1).catch(() => undefined)
    })
    await expect(failing).rejects.toMatchObject({ code: 'store.failed-statement-ignored', family: 'bug' })
    expect(await ids()).toEqual([])
  })

  test('repeats transactions that deadlock, until both are done', async () => {
    await together(insert(database, 1), insert(database, 2))
    const runs = { forth: 0, back: 0 }
    const touch = (tx: Queryable, id: number): Promise<unknown> =>
      tx.query({ text: 'update item set word = word || $2 where id = $1', values: [id, '+'] })
    const crossing = (name: keyof typeof runs, first: number, second: number): Promise<void> =>
      database.transaction(async (tx) => {
        runs[name] += 1
        await touch(tx, first)
        await sleep(50)
        await touch(tx, second)
      })
    await Promise.all([crossing('forth', 1, 2), crossing('back', 2, 1)])
    expect(runs.forth + runs.back).toBeGreaterThan(2)
    const { rows } = await database.query({ text: 'select word from item' })
    expect(rows).toEqual([{ word: 'x++' }, { word: 'x++' }])
  })

  test('gives up on contention after the attempts allowed, as an error to retry', async () => {
    let runs = 0
    const failing = database.transaction(
      async (tx) => {
        runs += 1
        await tx.query({ text: "do $$ begin raise exception 'no luck' using errcode = '40001'; end $$" })
      },
      { attemptsMax: 3 },
    )
    await expect(failing).rejects.toMatchObject({ code: 'store.contention', family: 'retry' })
    expect(runs).toBe(3)
  })

  test('lets a reader neither write nor see what is committed after its first look', async () => {
    const writing = database.transaction((tx) => insert(tx, 1), { readOnly: true })
    await expect(writing).rejects.toMatchObject({ code: 'store.read-only', family: 'retry' })
    const seen = await database.transaction(
      async (tx) => {
        const count = async (): Promise<unknown> => (await tx.query({ text: 'select count(*) from item' })).rows[0]
        const before = await count()
        await insert(database, 1)
        return [before, await count()]
      },
      { isolation: 'repeatable read' },
    )
    expect(seen).toEqual([{ count: '0' }, { count: '0' }])
  })

  test('ends statements that take too long, as an error to retry, and goes on', async () => {
    const slow = database.query({ text: 'select pg_sleep(10)' })
    await expect(slow).rejects.toMatchObject({ code: 'store.timeout', family: 'retry' })
    expect(await ids()).toEqual([])
  })

  test('leaves nothing of a session to the next user of the connection', async () => {
    await database.session((client) => client.query("set search_path = 'nowhere'"))
    expect(await ids()).toEqual([])
    expect(database.connections()).toMatchObject({ waiting: 0 })
  })
})

describe('a database that goes away', () => {
  let server: TestServer
  let database: Database
  const idleErrors: Error[] = []

  beforeAll(async () => {
    server = await startPostgres()
    database = openDatabase(server.url, { connectTimeoutMs: 500, onIdleError: (error) => idleErrors.push(error) })
    await database.query({ text: 'create table item (id integer primary key)' })
  }, 30_000)
  afterAll(async () => {
    await database.close()
    await server.stop()
  })

  test('is an error to retry in the middle of a transaction, and all is well when it is back', async () => {
    const broken = database.transaction(async (tx) => {
      await tx.query({ text: 'insert into item values (1)' })
      await server.kill9()
      await tx.query({ text: 'insert into item values (2)' })
    })
    await expect(broken).rejects.toMatchObject({ code: 'store.unavailable', family: 'retry' })
    await expect(database.query({ text: 'select 1' })).rejects.toMatchObject({ code: 'store.unavailable' })
    await server.restart()
    expect((await database.query({ text: 'select * from item' })).rows).toEqual([])
  }, 30_000)

  test('does not end the process when idle connections break, and they are replaced', async () => {
    await Promise.all([1, 2, 3].map(() => database.query({ text: 'select pg_sleep(0.1)' })))
    await server.restart()
    await sleep(100)
    expect(idleErrors.length).toBeGreaterThan(0)
    expect((await database.query({ text: 'select 1 as one' })).rows).toEqual([{ one: 1 }])
  }, 30_000)

  test('leaves it open whether a commit took place that it did not answer', async () => {
    const broken = database.transaction(async (tx) => {
      await tx.query({ text: 'insert into item values (3)' })
      await server.freeze()
      setTimeout(() => void server.kill9(), 200)
    })
    await expect(broken).rejects.toMatchObject({ code: 'store.commit-unknown', family: 'retry' })
    await sleep(300)
    await server.restart()
    expect((await database.query({ text: 'select 1 as one' })).rows).toEqual([{ one: 1 }])
  }, 30_000)
})

test('a wrong password or database name is an error for a person, without the password in it', async () => {
  const server = await testDatabase({ empty: true })
  const wrong = new URL(server.url)
  wrong.password = 'not-this-one'
  const refused = openDatabase(wrong.href)
  const error: unknown = await refused.query({ text: 'select 1' }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'store.refused', family: 'config' })
  expect(JSON.stringify(error) + String((error as HubError).internal)).not.toContain('not-this-one')
  await refused.close()
  wrong.password = new URL(server.url).password
  wrong.pathname = '/no_such_database'
  const missing = openDatabase(wrong.href)
  await expect(missing.query({ text: 'select 1' })).rejects.toMatchObject({ code: 'store.refused' })
  await missing.close()
  await server.drop()
})
