import { setTimeout as sleep } from 'node:timers/promises'
import { serverUrl } from '../../test/support/environment.ts'
import { databaseUrl, withClient } from '../databases.ts'
import { loadDemo } from '../load.ts'
import { crm } from '../systems/crm/crm.ts'
import { DEMO_SYSTEMS } from '../systems/index.ts'
import type { Row } from '../systems/system.ts'
import { TableStore } from './table-store.ts'

const prefix = `t${process.pid}_served_`
const admin = serverUrl('DATABASE_URL')
const url = databaseUrl(admin, `${prefix}${crm.database}`)
const rows = new Map<string, Row | null>()
let store: TableStore

beforeAll(async () => {
  await loadDemo(admin, { prefix, customers: 60 })
  const tables = Object.entries(crm.served ?? {}).map(([name, key]) => ({ name, key }))
  store = new TableStore({ url, tables, onError: () => undefined })
  await store.start({ row: (table, key, row) => void rows.set(`${table} ${key.join()}`, row) })
}, 60_000)

afterAll(async () => {
  await store.close()
  await withClient(admin, async (client) => {
    for (const { database } of DEMO_SYSTEMS) await client.query(`DROP DATABASE "${prefix}${database}" WITH (FORCE)`)
  })
})

async function first(): Promise<string> {
  const found = await withClient(url, (client) =>
    client.query<{ id: string }>('SELECT id FROM contact ORDER BY id LIMIT 1'),
  )
  return found.rows[0]?.id ?? ''
}

async function until(met: () => boolean): Promise<void> {
  for (let time = 0; !met(); time += 1) {
    if (time > 500) throw new Error('it was not told')
    await sleep(10)
  }
}

test('every row is told at the start', async () => {
  const found = await withClient(url, (client) => client.query<{ count: string }>('SELECT count(*) FROM contact'))
  const told = [...rows.keys()].filter((name) => name.startsWith('contact '))
  expect(told).toHaveLength(Number(found.rows[0]?.count))
})

test('what others change is told, deletes too', async () => {
  const id = await first()
  await withClient(url, (client) => client.query(`UPDATE contact SET first_name = 'Told' WHERE id = $1`, [id]))
  await until(() => rows.get(`contact ${id}`)?.first_name === 'Told')
  await withClient(url, (client) => client.query(`INSERT INTO account (id, name) VALUES ('gone', 'Gone')`))
  await until(() => rows.get('account gone')?.name === 'Gone')
  await withClient(url, (client) => client.query(`DELETE FROM account WHERE id = 'gone'`))
  await until(() => rows.get('account gone') === null)
})

test('what the server itself writes is in the database, and is told like anything else', async () => {
  const id = await first()
  await store.update('contact', [id], { first_name: 'Written', email: null })
  await until(() => rows.get(`contact ${id}`)?.first_name === 'Written')
  await store.insert('account', { id: 'made', name: 'Made' })
  await until(() => rows.get('account made')?.name === 'Made')
  await store.remove('account', ['made'])
  await until(() => rows.get('account made') === null)
  await expect(store.update('contact', [id], { last_name: null })).rejects.toThrow('last_name')
})

test('after a broken connection everything is told anew', async () => {
  const id = await first()
  await withClient(url, async (client) => {
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    )
    await client.query(`UPDATE contact SET first_name = 'Missed' WHERE id = $1`, [id])
  })
  await until(() => rows.get(`contact ${id}`)?.first_name === 'Missed')
})
