import { jest } from '@jest/globals'
import { setTimeout as sleep } from 'node:timers/promises'
import { serverUrl } from '../test/support/environment.ts'
import { withClient } from './databases.ts'
import { type Day, startDay } from './day.ts'
import { makeCompany } from './company/company.ts'
import { demoTruth, demoUrls, loadDemo } from './load.ts'
import { DEMO_SYSTEMS } from './systems/index.ts'
import type { SystemName } from './systems/system.ts'

const adminUrl = serverUrl('DATABASE_URL')
const prefix = `t${process.pid}_day_`
const urls = demoUrls(adminUrl, prefix)
const SIZE = { customers: 200 }

async function count(system: SystemName, what: string): Promise<number> {
  const found = await withClient(urls[system], (client) =>
    client.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${what}`),
  )
  return found.rows[0]?.count ?? -1
}

async function connections(): Promise<number> {
  return withClient(adminUrl, async (client) => {
    const found = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname LIKE $1 AND application_name = 'omnihub demo day'`,
      [`${prefix}%`],
    )
    return found.rows[0]?.count ?? -1
  })
}

// A day that outlives its test would go on against databases that are gone.
const days: Day[] = []
function live(...given: Parameters<typeof startDay>): Day {
  const day = startDay(...given)
  days.push(day)
  return day
}

jest.setTimeout(60_000)
beforeAll(() => loadDemo(adminUrl, { prefix, ...SIZE }))
afterAll(async () => {
  await Promise.all(days.map((day) => day.stop()))
  await withClient(adminUrl, async (client) => {
    for (const system of DEMO_SYSTEMS) {
      await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(prefix + system.database)} WITH (FORCE)`)
    }
  })
})

test('A day changes all four systems, ends at its limit, and nothing goes wrong', async () => {
  const errors: unknown[] = []
  const before = demoTruth(SIZE).length
  const day = live(urls, {
    ...SIZE,
    daySeed: 'a',
    ratePerSecond: 100_000,
    changesMax: 2_000,
    onError: (error) => errors.push(error),
  })
  await day.over
  expect(errors).toEqual([])
  expect(day.changes()).toBeGreaterThanOrEqual(2_000)
  // One happening changes a handful of rows, so the limit is overstepped by little.
  expect(day.changes()).toBeLessThan(2_050)
  expect(await count('crm', `contact WHERE updated_at > now() - interval '10 minutes'`)).toBeGreaterThan(20)
  expect(await count('erp', `"AUFTRG" WHERE "ERDAT" >= to_char(current_date - 1, 'YYYYMMDD')`)).toBeGreaterThan(20)
  expect(
    await count('billing', `payment WHERE changed_at > (now() AT TIME ZONE 'UTC') - interval '10 minutes'`),
  ).toBeGreaterThan(20)
  expect(await count('inventory', 'site')).toBeGreaterThan(20)
  expect(day.truth().length).not.toBe(before)
  expect(await connections()).toBe(0)
})

test('People come, leave and hand their devices back, and no figure falls below nought', async () => {
  const day = live(urls, { ...SIZE, daySeed: 'b', ratePerSecond: 100_000, changesMax: 2_000 })
  await day.over
  expect(
    await count('crm', `contact WHERE status = 'Former customer' AND updated_at > now() - interval '10 minutes'`),
  ).toBeGreaterThan(0)
  expect(await count('inventory', `device WHERE state = 'RETURNED' AND site_id IS NULL`)).toBeGreaterThan(0)
  expect(await count('billing', `customer_account WHERE opened > localtimestamp - interval '1 day'`)).toBeGreaterThan(0)
  expect(await count('billing', `invoice WHERE open_cents < 0`)).toBe(0)
  expect(await count('inventory', 'stock_level WHERE on_hand < 0')).toBe(0)
})

test('No table grows beyond its ceiling, however many days are lived', async () => {
  const ceilings = new Map(
    DEMO_SYSTEMS.flatMap((system) =>
      [...system.store(makeCompany(SIZE)).tables].map(
        ([table, rows]) => [`${system.name}.${table}`, rows.length + 200] as const,
      ),
    ),
  )
  await loadDemo(adminUrl, { prefix, ...SIZE, seed: 'again' })
  await loadDemo(adminUrl, { prefix, ...SIZE })
  for (const daySeed of ['c', 'd']) {
    const day = live(urls, { ...SIZE, daySeed, growth: 1, ratePerSecond: 100_000, changesMax: 3_000 })
    // A company whose tables are full has little to do: its day need not be lived to the end.
    await Promise.race([day.over, sleep(12_000)])
    await day.stop()
  }
  const full: string[] = []
  for (const [name, ceiling] of ceilings) {
    const [system = '', table = ''] = name.split('.')
    const rows = await count(system as SystemName, `"${table}"`)
    expect({ name, within: rows <= ceiling }).toEqual({ name, within: true })
    if (rows === ceiling) full.push(name)
  }
  expect(full.length).toBeGreaterThan(0)
})

test('A day keeps to its rate and stops at once, with its connections', async () => {
  const day = live(urls, { ...SIZE, daySeed: 'e', ratePerSecond: 20 })
  await sleep(3_000)
  await day.stop()
  await day.stop()
  const changes = day.changes()
  expect(changes).toBeGreaterThan(20)
  expect(changes).toBeLessThan(90)
  await sleep(300)
  expect(day.changes()).toBe(changes)
  expect(await connections()).toBe(0)
})

test('Databases that are away are told to onError, and the day can still be stopped', async () => {
  const errors: unknown[] = []
  const nowhere = Object.fromEntries(
    Object.keys(urls).map((name) => [name, 'postgres://u:p@127.0.0.1:1/x']),
  ) as typeof urls
  const day = live(nowhere, { ...SIZE, onError: (error) => errors.push(error) })
  while (errors.length === 0) await sleep(20)
  await day.stop()
  expect(day.changes()).toBe(0)
})
