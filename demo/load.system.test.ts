import { jest } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { parse } from 'yaml'
import { quietContext } from '../connectors/conformance/quiet-context.ts'
import { CONNECTORS } from '../connectors/index.ts'
import type { Connector } from '../hub/contracts/connector.ts'
import type { JsonObject } from '../hub/contracts/json.ts'
import { createSchemaValidator } from '../hub/contracts/schema-validator.ts'
import { compileMapping, parseMappingOrThrow } from '../hub/mapping/index.ts'
import { resolveReferences } from '../hub/intake/connector-engine/references.ts'
import { serverUrl } from '../test/support/environment.ts'
import { databaseUrl, withClient } from './databases.ts'
import { demoTruth, demoUrls, loadDemo } from './load.ts'
import { DEMO_ENTITIES, recordsAsRead } from './servers/entities.ts'
import { type DemoServers, startDemoServers } from './servers/index.ts'
import { crmId } from './systems/crm/ids.ts'
import { DEMO_SYSTEMS } from './systems/index.ts'
import { makeCompany } from './company/company.ts'
import { recordName } from './company/truth.ts'

const adminUrl = serverUrl('DATABASE_URL')
const prefix = `t${process.pid}_load_`
const urls = demoUrls(adminUrl, prefix)
const SIZE = { customers: 300 }

async function dropDatabases(names: readonly string[]): Promise<void> {
  await withClient(adminUrl, async (client) => {
    for (const name of names)
      await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`)
  })
}

jest.setTimeout(60_000)
afterAll(() => dropDatabases(DEMO_SYSTEMS.map((system) => prefix + system.database)))

describe('Loading the demo company', () => {
  test('Four databases of 3,000 customers are made and filled within seconds', async () => {
    const begin = performance.now()
    const loaded = await loadDemo(adminUrl, { prefix })
    const elapsedMs = performance.now() - begin
    console.log(`demo company loaded in ${Math.round(elapsedMs)} ms`)
    expect(loaded.urls).toEqual(urls)
    for (const { kept, tables } of Object.values(loaded.counts)) {
      expect(kept).toBe(false)
      expect(Object.values(tables).every((rows) => rows > 0)).toBe(true)
    }
    // About one second on a quiet machine; ten times that would mean that rows go one by one.
    expect(elapsedMs).toBeLessThan(10_000)
  })

  test('What is there is kept, with what has changed since', async () => {
    await withClient(urls.crm, (client) =>
      client.query(`UPDATE contact SET first_name = 'Changed' WHERE id = $1`, [crmId('contact', 1)]),
    )
    const again = await loadDemo(adminUrl, { prefix })
    expect(Object.values(again.counts).every(({ kept }) => kept)).toBe(true)
    const found = await withClient(urls.crm, (client) =>
      client.query(`SELECT first_name FROM contact WHERE id = $1`, [crmId('contact', 1)]),
    )
    expect(found.rows).toEqual([{ first_name: 'Changed' }])
  })

  test('Another size or seed fills the databases anew, and two at once end with one company', async () => {
    const [first, second] = await Promise.all([
      loadDemo(adminUrl, { prefix, ...SIZE }),
      loadDemo(adminUrl, { prefix, ...SIZE }),
    ])
    const kept = (name: 'crm' | 'erp') => [first.counts[name].kept, second.counts[name].kept].sort()
    expect(kept('crm')).toEqual([false, true])
    expect(kept('erp')).toEqual([false, true])
    expect(first.counts.billing.tables).toEqual(second.counts.billing.tables)
    const other = await loadDemo(adminUrl, { prefix, ...SIZE, seed: 'other' })
    expect(other.counts.crm.kept).toBe(false)
    await loadDemo(adminUrl, { prefix, ...SIZE })
  })

  test('New rows get keys behind the loaded ones, and changes move the watermarks', async () => {
    const contact = await withClient(urls.crm, (client) =>
      client.query(
        `INSERT INTO contact (last_name) VALUES ('New') RETURNING id, updated_at > now() - interval '1 minute' AS fresh`,
      ),
    )
    const contacts = demoTruth(SIZE).filter((entry) => entry.entity === 'Contact').length
    expect(contact.rows).toEqual([{ id: crmId('contact', contacts + 1), fresh: true }])
    const moved = await withClient(urls.inventory, async (client) => {
      const before = await client.query<{ rev: string }>('SELECT max(rev) AS rev FROM site')
      const after = await client.query<{ rev: string }>(
        `UPDATE site SET unit = 'Flat 1' WHERE site_id = 70001 RETURNING rev`,
      )
      return Number(after.rows[0]?.rev) - Number(before.rows[0]?.rev)
    })
    expect(moved).toBeGreaterThan(0)
    await withClient(urls.crm, (client) => client.query(`DELETE FROM contact WHERE last_name = 'New'`))
  })

  test('A database of that name with tables of somebody else is left alone', async () => {
    const foreign = `t${process.pid}_foreign_`
    const name = `${foreign}demo_crm`
    await withClient(adminUrl, (client) => client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`))
    try {
      await withClient(databaseUrl(adminUrl, name), (client) =>
        client.query('CREATE TABLE payroll AS SELECT 1 AS salary'),
      )
      await expect(loadDemo(adminUrl, { prefix: foreign, ...SIZE })).rejects.toMatchObject({
        code: 'demo.database.foreign',
        family: 'config',
      })
      const kept = await withClient(databaseUrl(adminUrl, name), (client) => client.query('SELECT salary FROM payroll'))
      expect(kept.rows).toEqual([{ salary: 1 }])
    } finally {
      await dropDatabases(DEMO_SYSTEMS.map((system) => foreign + system.database))
    }
  })

  test('An address that is none is refused before anything is done', async () => {
    await expect(loadDemo('mysql://root@localhost/x')).rejects.toMatchObject({
      code: 'demo.url.invalid',
      family: 'config',
    })
    expect(databaseUrl('postgres://u:p@h:5/a?sslmode=disable', 'b')).toBe('postgres://u:p@h:5/b?sslmode=disable')
  })
})

describe.each(DEMO_SYSTEMS)('The connector of $name', (system) => {
  const root = join(import.meta.dirname, '..')
  const config = parse(readFileSync(join(root, `config/systems/${system.name}.yaml`), 'utf8'))
  const all = Object.entries<{ mode: string; options?: JsonObject }>(config.entities)
  const entities = all.filter(([, { mode }]) => mode !== 'push')
  const stopped = new AbortController()
  let connector: Connector
  let servers: DemoServers

  beforeAll(async () => {
    await loadDemo(adminUrl, { prefix, ...SIZE })
    const spec = CONNECTORS.find(({ name }) => name === config.connector)
    if (!spec) throw new Error(`There is no connector ${config.connector}.`)
    servers = await startDemoServers(urls, (error) => console.error(error))
    const settings = await resolveReferences(config.settings, spec.settings, servers.environment, {
      name: system.name,
      path: join(root, `config/systems/${system.name}.yaml`),
    })
    connector = await spec.open(settings, quietContext(system.name, stopped.signal))
  })
  afterAll(async () => {
    stopped.abort()
    await connector.close()
    await servers.close()
  })

  test.each(entities)(
    'reads every %s, and each maps to a document that its schema takes',
    async (entity, { options = {} }) => {
      const file = `mappings/${system.name}/${entity}.yaml`
      const mapping = compileMapping(parseMappingOrThrow(readFileSync(join(root, file), 'utf8'), file))
      const validator = createSchemaValidator()
      const faults: unknown[] = []
      const read = new Map<string, JsonObject>()
      for await (const page of connector.backfill?.({ entity, options }, null) ?? []) {
        for (const record of page.records) {
          const row = record.data ?? {}
          read.set(record.key, row)
          const result = mapping.apply(row)
          if (!result.ok) faults.push(result.errors)
          else faults.push(...validator.validate(mapping.document.target, result.document))
          if (mapping.keyOf(row) !== record.key) faults.push(`${record.key} is ${mapping.keyOf(row)} to its mapping`)
        }
      }
      expect(faults.slice(0, 5)).toEqual([])
      const place = DEMO_ENTITIES.find((each) => each.system === system.name && each.entity === entity)
      const generated = place === undefined ? [] : recordsAsRead(place, system.store(makeCompany(SIZE)))
      expect(read.size).toBe(generated.length)
      const known = demoTruth(SIZE).filter((entry) => entry.system === system.name && entry.entity === entity)
      if (known.length > 0) expect([...read.keys()].sort()).toEqual(known.map((entry) => entry.key).sort())
    },
  )
})

test('Names of records in the truth are those that the hub gives its lanes', () => {
  const truth = demoTruth(SIZE)
  expect(truth.map(recordName)).toContain(`crm/Contact/${crmId('contact', 1)}`)
})

test('Every demo database speaks UTF-8 whatever the server was made with', async () => {
  for (const url of Object.values(urls)) {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const found = await client.query<{ server_encoding: string }>('SHOW server_encoding')
    await client.end()
    expect(found.rows[0]?.server_encoding).toBe('UTF8')
  }
})
