/** Brings a database to the schema of this hub: the numbered files of hub/store/migrations, each once, in order. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ClientBase } from 'pg'
import { HubError } from '../contracts/hub-error.ts'
import type { Database } from './database.ts'

const FILE_NAME = /^(\d{4})-[a-z0-9]+(-[a-z0-9]+)*\.sql$/
const SERVER_VERSION_MIN = 150_000
/** Any number that nobody else locks: the letters `omig`. */
const LOCK = 0x6f6d6967

export interface Migration {
  no: number
  name: string
  text: string
  checksum: string
}

interface Applied {
  no: number
  name: string
  checksum: string
}

/**
 * Applies what is missing and answers the names applied. Several processes may call it at the same time: one works,
 * the others wait. Each file is one transaction, so that a failure leaves the schema of the file before it.
 * Throws HubErrors `store.schema.*` and `store.server.*` of the family `config`, and changes nothing then.
 */
export async function migrate(database: Database, folder: string = migrationsFolder()): Promise<string[]> {
  const migrations = await readMigrations(folder)
  return database.session(async (client) => {
    // Waiting for another process takes as long as its migrations do.
    await client.query('set statement_timeout = 0')
    await checkServer(client)
    await client.query('select pg_advisory_lock($1)', [LOCK])
    const applied = await readApplied(client)
    checkHistory(migrations, applied)
    const missing = migrations.slice(applied.length)
    for (const migration of missing) await apply(client, migration)
    return missing.map(({ name }) => name)
  })
}

/** The same folder from the sources and from dist/, where the .sql files are not copied to. */
function migrationsFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, 'hub', 'store', 'migrations')
    // dist/hub/store has no migrations, so the search ends at the root of the package.
    if (existsSync(candidate)) return candidate
    if (folder === dirname(folder)) throw new Error('hub/store/migrations is missing from this installation')
  }
}

export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).sort()
  return Promise.all(
    names.map(async (name, index) => {
      const no = Number(FILE_NAME.exec(name)?.[1])
      if (no !== index + 1) {
        throw new Error(`${join(folder, name)}: migrations are named NNNN-name.sql and numbered from 0001 without gaps`)
      }
      const text = await readFile(join(folder, name), 'utf8')
      // Line ends may differ from one checkout to another; they mean nothing to SQL.
      const checksum = createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex')
      return { no, name, text, checksum }
    }),
  )
}

async function checkServer(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ version: number; name: string; encoding: string }>(
    `select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
       current_setting('server_encoding') as encoding`,
  )
  const server = rows[0]
  if (server === undefined) throw new Error('the server gave no version')
  if (server.version < SERVER_VERSION_MIN) {
    throw configError('server.version', `PostgreSQL ${server.name} is too old.`, 'Use PostgreSQL 15 or newer.')
  }
  if (server.encoding !== 'UTF8') {
    const fix = "Create the database with ENCODING 'UTF8' (TEMPLATE template0)."
    throw configError('server.encoding', `The database is encoded in ${server.encoding}.`, fix)
  }
}

async function readApplied(client: ClientBase): Promise<Applied[]> {
  await client.query(`create table if not exists schema_migration (
    no integer primary key,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now()
  )`)
  return (await client.query<Applied>('select no, name, checksum from schema_migration order by no')).rows
}

/** The history must be the beginning of the files: same files, same content, same order. */
function checkHistory(migrations: readonly Migration[], applied: readonly Applied[]): void {
  applied.forEach(({ no, name, checksum }, index) => {
    const migration = migrations[index]
    if (migration === undefined) {
      throw configError(
        'schema.newer',
        `The database has schema ${no} (${name}); this hub knows ${migrations.length}.`,
        'Start a hub of the newer version, or restore the database from before it.',
      )
    }
    if (migration.name !== name || migration.checksum !== checksum || migration.no !== no) {
      throw configError(
        'schema.changed',
        `The database was made with another ${name} than this hub has.`,
        'A migration that was applied must stay as it was: restore the file and add a new one; or drop a database of no value.',
      )
    }
  })
}

async function apply(client: ClientBase, { no, name, text, checksum }: Migration): Promise<void> {
  await client.query('begin')
  try {
    await client.query(text)
    await client.query('insert into schema_migration (no, name, checksum) values ($1, $2, $3)', [no, name, checksum])
    await client.query('commit')
  } catch (cause) {
    await client.query('rollback').catch(() => undefined)
    throw new HubError({
      code: 'store.schema.failed',
      family: 'config',
      message: `The migration ${name} failed and was undone.`,
      fix: 'The log has the reason; the database is as it was before this migration.',
      internal: `${String(cause)}${positionIn(text, cause)}`,
      cause,
    })
  }
}

function positionIn(text: string, cause: unknown): string {
  const position = Number((cause as { position?: string }).position)
  return position > 0 ? ` (line ${text.slice(0, position).split('\n').length})` : ''
}

function configError(code: string, message: string, fix: string): HubError {
  return new HubError({ code: `store.${code}`, family: 'config', message, fix })
}
