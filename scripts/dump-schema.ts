/**
 * Writes hub/store/schema.sql from a scratch database that the migrations made; with --check only compares, and exits
 * with 1 when it is stale. Needs nothing installed: the scratch database is an embedded one.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openDatabase } from '../hub/store/database.ts'
import { startEmbeddedPostgres } from '../hub/store/embedded/embedded-postgres.ts'
import { migrate } from '../hub/store/migrate.ts'
import { ROOT } from './checks.ts'
import { dumpSchema } from './schema/dump.ts'

const FILE = 'hub/store/schema.sql'
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })

async function schemaOfMigrations(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'omnihub-schema-'))
  const server = await startEmbeddedPostgres(folder, { settings: { fsync: 'off' } })
  try {
    const database = openDatabase(server.url)
    try {
      await migrate(database)
      return await dumpSchema(database)
    } finally {
      await database.close()
    }
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const path = join(ROOT, FILE)
const schema = await schemaOfMigrations()
if (!values.check) {
  await writeFile(path, schema)
} else if ((await readFile(path, 'utf8').catch(() => '')) !== schema) {
  console.error(`${FILE} is not what the migrations make; run \`node scripts/dump-schema.ts\` and commit it.`)
  process.exitCode = 1
}
