/** Loads the demo company into its four legacy databases. */
import type pg from 'pg'
import { HubError } from '../hub/contracts/hub-error.ts'
import {
  type CompanyOptions,
  DEFAULT_CUSTOMERS,
  DEFAULT_SEED,
  GENERATOR_VERSION,
  makeCompany,
} from './company/company.ts'
import type { Company } from './company/model.ts'
import type { TruthEntry } from './company/truth.ts'
import { createDatabase, databaseUrl, withClient } from './databases.ts'
import { changeFeedSql } from './servers/change-feed.ts'
import { DEMO_SYSTEMS } from './systems/index.ts'
import type { DemoSystem, Row, SystemName } from './systems/system.ts'

export interface LoadOptions extends CompanyOptions {
  /** Put before the names of the databases, so that tests can have their own: `test_` gives `test_demo_crm`. */
  prefix?: string
}

export interface LoadedDemo {
  urls: Record<SystemName, string>
  /** Rows by table, for each system; `kept`: they were there already, from an earlier start, with whatever has changed since. */
  counts: Record<SystemName, { kept: boolean; tables: Record<string, number> }>
}

/**
 * Makes the databases demo_crm, demo_erp, demo_billing and demo_inventory on the server of `adminUrl` (an account that may create
 * databases) and fills them; about a second. Databases of the same seed, size and generator are kept as they are, others are filled
 * anew, each in one transaction. Throws `demo.database.foreign` where such a database holds tables that are not the demo's.
 */
export async function loadDemo(adminUrl: string, options: LoadOptions = {}): Promise<LoadedDemo> {
  const { prefix = '', seed = DEFAULT_SEED, customers = DEFAULT_CUSTOMERS } = options
  const urls = demoUrls(adminUrl, prefix)
  await withClient(adminUrl, async (client) => {
    for (const system of DEMO_SYSTEMS) await createDatabase(client, prefix + system.database)
  })
  const company = makeCompany({ seed, customers })
  const edition = `${GENERATOR_VERSION}/${customers}/${seed}`
  const loaded = await Promise.all(
    DEMO_SYSTEMS.map(async (system) => [system.name, await fill(system, urls[system.name], company, edition)] as const),
  )
  return { urls, counts: Object.fromEntries(loaded) as LoadedDemo['counts'] }
}

/** The addresses of the four databases on the server of `adminUrl`. */
export function demoUrls(adminUrl: string, prefix = ''): Record<SystemName, string> {
  const urls = DEMO_SYSTEMS.map((system) => [system.name, databaseUrl(adminUrl, prefix + system.database)] as const)
  return Object.fromEntries(urls) as Record<SystemName, string>
}

/** Who is who in the freshly loaded databases, over all systems. */
export function demoTruth(options: CompanyOptions = {}): TruthEntry[] {
  const company = makeCompany(options)
  return DEMO_SYSTEMS.flatMap((system) => system.store(company).truth)
}

type Filled = LoadedDemo['counts'][SystemName]

async function fill(system: DemoSystem, url: string, company: Company, edition: string): Promise<Filled> {
  return withClient(url, async (client) => {
    await client.query('BEGIN')
    // Two hubs that start at once on one server fill one after the other; the second finds it done.
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('omnihub demo'))`)
    const there = await editionOf(client, system)
    if (there !== edition) {
      await clear(client)
      await client.query(system.ddl)
      await insertAll(client, system.store(company).tables)
      await client.query(system.afterLoad)
      if (system.served !== undefined) await client.query(changeFeedSql(system.served))
      await client.query('CREATE TABLE demo_edition AS SELECT $1::text AS edition', [edition])
    }
    const tables = await countRows(client)
    await client.query('COMMIT')
    if (there !== edition) await client.query('ANALYZE')
    return { kept: there === edition, tables }
  })
}

/** What the database was filled with; null: it is empty. */
async function editionOf(client: pg.Client, system: DemoSystem): Promise<string | null> {
  const tables = await tableNames(client)
  if (tables.includes('demo_edition')) {
    const found = await client.query<{ edition: string }>('SELECT edition FROM demo_edition')
    return found.rows[0]?.edition ?? null
  }
  if (tables.length === 0) return null
  throw new HubError({
    code: 'demo.database.foreign',
    family: 'config',
    message: `The database for the demo's ${system.name} holds tables that are not the demo's; they were left alone.`,
    fix: 'Give the demo another server, rename that database, or switch the demo off with OMNIHUB_DEMO=off.',
    facts: { system: system.name, tables: tables.slice(0, 10) },
  })
}

async function tableNames(client: pg.Client): Promise<string[]> {
  const found = await client.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`,
  )
  return found.rows.map((row) => row.name)
}

/** Drops what an earlier edition made. The database itself stays, since a replication slot of the hub may hold it. */
async function clear(client: pg.Client): Promise<void> {
  await client.query('DROP SCHEMA public CASCADE')
  await client.query('CREATE SCHEMA public')
}

/** One statement a table: PostgreSQL itself takes the JSON apart, which is as quick as COPY at these sizes. */
async function insertAll(client: pg.Client, tables: ReadonlyMap<string, readonly Row[]>): Promise<void> {
  for (const [table, rows] of tables) {
    if (rows.length === 0) continue
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].map((column) =>
      client.escapeIdentifier(column),
    )
    const [name, list] = [client.escapeIdentifier(table), columns.join(', ')]
    await client.query(`INSERT INTO ${name} (${list}) SELECT ${list} FROM json_populate_recordset(NULL::${name}, $1)`, [
      JSON.stringify(rows),
    ])
  }
}

async function countRows(client: pg.Client): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of await tableNames(client)) {
    if (table === 'demo_edition') continue
    const found = await client.query<{ rows: number }>(
      `SELECT count(*)::int AS rows FROM ${client.escapeIdentifier(table)}`,
    )
    counts[table] = found.rows[0]?.rows ?? 0
  }
  return counts
}
