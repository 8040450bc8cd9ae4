/**
 * Throw-away folders below .servers/, one for each server. A folder notes who made it and which processes run in it,
 * so that what a killed test run left behind is found and ended by the next one.
 */
import { randomBytes } from 'node:crypto'
import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { descendants, mentions, signalAll } from './processes.ts'

export const SERVERS_FOLDER = fileURLToPath(new URL('../../.servers', import.meta.url))
const LOG_AGE_MAX_MS = 24 * 3_600_000

export interface ServerFolder {
  path: string
  logFile: string
  notePid(pid: number): Promise<void>
}

export async function makeFolder(name: string): Promise<ServerFolder> {
  await sweep()
  const path = join(SERVERS_FOLDER, `${name}-${process.pid}-${randomBytes(3).toString('hex')}`)
  await mkdir(path, { recursive: true })
  await writeFile(join(path, 'owner.pid'), String(process.pid))
  return {
    path,
    logFile: `${path}.log`,
    notePid: (pid) => appendFile(join(path, 'server.pids'), `${pid}\n`),
  }
}

/** Ends the servers and deletes the folders whose owner is gone, and logs older than a day. */
async function sweep(): Promise<void> {
  const names = await readdir(SERVERS_FOLDER).catch(() => [])
  for (const name of names) {
    const path = join(SERVERS_FOLDER, name)
    if (name.endsWith('.log')) {
      const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs
      if (age > LOG_AGE_MAX_MS) await rm(path, { force: true })
      continue
    }
    const owner = Number(await readFile(join(path, 'owner.pid'), 'utf8').catch(() => 'NaN'))
    if (Number.isNaN(owner) || signalAll([owner], 0) > 0) continue
    await endLeftovers(path)
    await rm(path, { recursive: true, force: true })
  }
}

async function endLeftovers(path: string): Promise<void> {
  const noted = await readFile(join(path, 'server.pids'), 'utf8').catch(() => '')
  for (const pid of noted.split('\n').filter(Boolean).map(Number)) {
    // The number may belong to somebody else by now: only a process that names this very folder is ours.
    if (!(await mentions(pid, path))) continue
    signalAll([...(await descendants(pid)), pid], 'SIGKILL')
  }
}

/** A TCP port of 127.0.0.1 that nobody listens on at the moment of asking. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
