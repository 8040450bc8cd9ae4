/** A PostgreSQL database for each test file, cloned from a migrated template: a hundredth of the time of migrating. */
import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { openDatabase } from '../../hub/store/database.ts'
import { migrate, readMigrations } from '../../hub/store/migrate.ts'
import { serverUrl } from './environment.ts'

const MIGRATIONS = fileURLToPath(new URL('../../hub/store/migrations', import.meta.url))
const LEAK_GRACE_MS = 2000

export interface TestDatabase {
  url: string
  name: string
  /** Deletes it; throws when the tests left connections open, and names them. */
  drop(): Promise<void>
}

/** A database with the hub's schema and no rows. `empty`: without even the schema. Drop it in afterAll. */
export async function testDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const name = `test_${process.env.JEST_WORKER_ID ?? '0'}_${randomBytes(5).toString('hex')}`
  await withServer(async (server) => {
    const template = options.empty ? 'template0' : await migratedTemplate(server)
    await server.query(`create database ${name} template ${template}`)
  })
  return { url: urlOf(name), name, drop: () => withServer((server) => dropDatabase(server, name)) }
}

function urlOf(database: string): string {
  const url = new URL(serverUrl('DATABASE_URL'))
  url.pathname = `/${database}`
  return url.href
}

async function withServer<T>(use: (server: pg.Client) => Promise<T>): Promise<T> {
  const server = new pg.Client({ connectionString: serverUrl('DATABASE_URL'), application_name: 'test-database' })
  await server.connect()
  try {
    return await use(server)
  } finally {
    await server.end()
  }
}

/** One template for each state of the migrations; the first test file that asks makes it, the others wait. */
async function migratedTemplate(server: pg.Client): Promise<string> {
  const checksums = (await readMigrations(MIGRATIONS)).map(({ checksum }) => checksum)
  const template = `template_${createHash('sha256').update(checksums.join()).digest('hex').slice(0, 16)}`
  const exists = async (): Promise<boolean> =>
    (await server.query('select 1 from pg_database where datname = $1', [template])).rowCount === 1
  if (await exists()) return template
  await server.query("select pg_advisory_lock(hashtext('test template'))")
  try {
    if (!(await exists())) await makeTemplate(server, template)
  } finally {
    await server.query("select pg_advisory_unlock(hashtext('test template'))")
  }
  return template
}

/** Renamed only when complete, so that a run that was killed leaves no half template. */
async function makeTemplate(server: pg.Client, template: string): Promise<void> {
  const draft = `${template}_draft`
  await server.query(`drop database if exists ${draft} with (force)`)
  await server.query(`create database ${draft} template template0`)
  const database = openDatabase(urlOf(draft), { applicationName: 'test-template' })
  await migrate(database)
  await database.close()
  await connectionsGone(server, draft)
  await server.query(`alter database ${draft} rename to ${template}`)
}

async function dropDatabase(server: pg.Client, name: string): Promise<void> {
  const left = await connectionsGone(server, name)
  await server.query(`drop database if exists ${name} with (force)`)
  if (left.length > 0) throw new Error(`the tests left connections to their database open:\n${left.join('\n')}`)
}

/** Waits for connections that are being closed; answers those that stay. A server process ends a moment after its client. */
async function connectionsGone(server: pg.Client, name: string): Promise<string[]> {
  const deadline = Date.now() + LEAK_GRACE_MS
  for (;;) {
    const { rows } = await server.query<{ line: string }>(
      `select format('%s (%s): %s', application_name, state, left(query, 200)) as line from pg_stat_activity
       where datname = $1 and backend_type in ('client backend', 'walsender')`,
      [name],
    )
    if (rows.length === 0 || Date.now() > deadline) return rows.map(({ line }) => line)
    await sleep(20)
  }
}
