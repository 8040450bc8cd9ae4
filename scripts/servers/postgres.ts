/** A throw-away PostgreSQL. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { commandAs, unprivilegedIdentity } from '../../hub/store/embedded/unprivileged.ts'
import { freePort, makeFolder } from './folder.ts'
import { postgresBinaries, REQUIREMENTS } from './packages.ts'
import { startServer, type TestServer } from './server.ts'

const run = promisify(execFile)

export interface PostgresOptions {
  /** Off makes tests faster where nothing is said about durability; default on. */
  fsync?: boolean
  /** More settings as in postgresql.conf. */
  settings?: Record<string, string>
}

/** A superuser `omnihub` and an empty database `omnihub`, logical replication on, text compared bytewise. */
export async function startPostgres(options: PostgresOptions = {}): Promise<TestServer> {
  const binaries = postgresBinaries()
  if (binaries === undefined) throw new Error(`PostgreSQL is not installed (package ${REQUIREMENTS.postgres.package})`)
  const folder = await makeFolder('postgres')
  const [port, identity] = await Promise.all([freePort(), unprivilegedIdentity()])
  const data = join(folder.path, 'data')
  const password = randomBytes(12).toString('hex')
  const passwordFile = join(folder.path, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  const initdb = ['-D', data, '-U', 'omnihub', '--pwfile', passwordFile, '--auth=scram-sha-256', '--no-sync']
  const locale = ['--encoding=UTF8', '--lc-collate=C', '--lc-ctype=C.UTF-8', '--lc-messages=C']
  await run(...commandAs(identity, join(binaries, 'initdb'), [...initdb, ...locale]), { cwd: folder.path })

  const settings = { ...settingsOf(port, options), ...options.settings }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [command, args] = commandAs(identity, join(binaries, 'postgres'), ['-D', data, ...flags], 'KILL')
  const urlOf = (database: string): string => `postgres://omnihub:${password}@127.0.0.1:${port}/${database}`
  const server = await startServer({
    name: 'PostgreSQL',
    folder,
    url: urlOf('omnihub'),
    facts: { data },
    command,
    args,
    endSignal: 'SIGINT',
    probe: () => withClient(urlOf('postgres'), async (client) => void (await client.query('SELECT 1'))),
    startTimeoutMs: 30_000,
  })
  await withClient(urlOf('postgres'), async (client) => void (await client.query('CREATE DATABASE omnihub')))
  return server
}

function settingsOf(port: number, options: PostgresOptions): Record<string, string> {
  return {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    wal_level: 'logical',
    max_wal_senders: '20',
    max_replication_slots: '20',
    max_connections: '200',
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    fsync: options.fsync === false ? 'off' : 'on',
  }
}

async function withClient(url: string, use: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await use(client)
  } finally {
    await client.end()
  }
}
