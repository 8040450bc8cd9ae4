import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { commandAs, unprivilegedIdentity } from './unprivileged.ts'

const MODULE = new URL('./embedded-postgres.ts', import.meta.url).href

/** A process that starts the server of `dataDir`, prints its address, and then waits to be killed. */
async function otherHub(dataDir: string): Promise<{ hub: ChildProcess; url: string }> {
  const script = `const { startEmbeddedPostgres } = await import(${JSON.stringify(MODULE)})
    console.log((await startEmbeddedPostgres(${JSON.stringify(dataDir)})).url)
    setInterval(() => {}, 1000)`
  const hub = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(hub.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
  return { hub, url: line.toString().trim() }
}

async function query(url: string, text: string): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query({ text, rowMode: 'array' })).rows as unknown[][]
  } finally {
    await client.end()
  }
}

describe('the embedded PostgreSQL', () => {
  let dataDir: string

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'omnihub-embedded-'))
  })

  afterEach(async () => {
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
  })

  test('comes up from nothing, keeps data, port and password over a stop, and starts again within 2 s', async () => {
    const first = await startEmbeddedPostgres(dataDir)
    await query(first.url, "CREATE TABLE kept AS SELECT 'é' AS word")
    await first.stop()
    await first.stop()
    const started = performance.now()
    const second = await startEmbeddedPostgres(dataDir)
    expect(performance.now() - started).toBeLessThan(2000)
    expect(second.url).toBe(first.url)
    expect(await query(second.url, 'SELECT word FROM kept')).toEqual([['é']])
    await second.stop()
  })

  test('orders text by bytes, knows the letters of all scripts, and can decode its log', async () => {
    const server = await startEmbeddedPostgres(dataDir)
    const [row] = await query(
      server.url,
      "SELECT 'B' < 'a', upper('éω'), current_setting('wal_level'), current_setting('fsync'), current_setting('listen_addresses')",
    )
    expect(row).toEqual([true, 'ÉΩ', 'logical', 'on', '127.0.0.1'])
    expect(((await stat(join(dataDir, 'postgres', 'password'))).mode & 0o777).toString(8)).toBe('600')
    await server.stop()
  })

  test('clears what a killed hub left, and loses nothing that was committed', async () => {
    const { hub, url } = await otherHub(dataDir)
    await query(url, 'CREATE TABLE kept AS SELECT 1 AS number')
    const pid = Number.parseInt(await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8'), 10)
    // Stopped, the server can not follow the hub into its end: an orphan, as on systems that have no such signal.
    process.kill(pid, 'SIGSTOP')
    hub.kill('SIGKILL')
    await once(hub, 'exit')
    process.kill(pid, 'SIGCONT')
    const next = await startEmbeddedPostgres(dataDir)
    expect(await query(next.url, 'SELECT number FROM kept')).toEqual([[1]])
    await next.stop()
  })

  test('recovers from a power cut, also when the old process id belongs to somebody else by now', async () => {
    const { hub, url } = await otherHub(dataDir)
    await query(url, 'CREATE TABLE kept AS SELECT 1 AS number')
    const file = join(dataDir, 'postgres', 'data', 'postmaster.pid')
    const note = await readFile(file, 'utf8')
    process.kill(Number.parseInt(note, 10), 'SIGKILL')
    hub.kill('SIGKILL')
    await once(hub, 'exit')
    await writeFile(file, note.replace(/^\d+/, String(process.pid)))
    const next = await startEmbeddedPostgres(dataDir)
    expect(await query(next.url, 'SELECT number FROM kept')).toEqual([[1]])
    await next.stop()
  })

  test('refuses a data folder that another living hub uses, and leaves that hub alone', async () => {
    const { hub, url } = await otherHub(dataDir)
    await expect(startEmbeddedPostgres(dataDir)).rejects.toMatchObject({
      code: 'store.embedded.in-use',
      family: 'config',
    })
    expect(await query(url, 'SELECT 1')).toEqual([[1]])
    hub.kill('SIGKILL')
    await once(hub, 'exit')
    await (await startEmbeddedPostgres(dataDir)).stop()
  })

  test('refuses a folder made by another major version, and names both', async () => {
    await (await startEmbeddedPostgres(dataDir)).stop()
    await writeFile(join(dataDir, 'postgres', 'data', 'PG_VERSION'), '16\n')
    await expect(startEmbeddedPostgres(dataDir)).rejects.toMatchObject({
      code: 'store.embedded.version',
      message: expect.stringMatching(/PostgreSQL 16.*PostgreSQL 18/) as string,
    })
  })

  test('takes another port when somebody has its own, and says when the server ends by itself', async () => {
    const first = await startEmbeddedPostgres(dataDir)
    await first.stop()
    const { createServer } = await import('node:net')
    const squatter = createServer().listen(Number(new URL(first.url).port), '127.0.0.1')
    await once(squatter, 'listening')
    const ended = Promise.withResolvers<string>()
    const second = await startEmbeddedPostgres(dataDir, { onUnexpectedEnd: ended.resolve })
    expect(second.url).not.toBe(first.url)
    const pid = Number.parseInt(await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8'), 10)
    process.kill(pid, 'SIGKILL')
    expect(await ended.promise).toContain('SIGKILL')
    await second.stop()
    squatter.close()
  })

  test('says what is wrong when a setting stops the server', async () => {
    await expect(startEmbeddedPostgres(dataDir, { settings: { wal_level: 'nonsense' } })).rejects.toMatchObject({
      code: 'store.embedded.start',
      internal: expect.stringContaining('nonsense') as string,
    })
    await (await startEmbeddedPostgres(dataDir)).stop()
  })

  test('runs programs that only root can reach, as another user', async () => {
    // Whoever is not root runs the server as himself and has nothing to reach.
    const identity = await unprivilegedIdentity()
    if (identity === null) return
    await chmod(dataDir, 0o700)
    const program = join(dataDir, 'program')
    await writeFile(program, '#!/bin/sh\ntest -x "$0" && id -u\n', { mode: 0o755 })
    const run = promisify(execFile)
    expect((await run(...commandAs(identity, program, []))).stdout.trim()).toBe(String(identity.uid))
  })
})
