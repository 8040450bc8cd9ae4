/** What an earlier hub that was killed may have left: a postmaster.pid, with or without a server behind it. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from './owner.ts'

const FAST_TIMEOUT_MS = 15_000
const HARD_TIMEOUT_MS = 5_000

/**
 * Ends a server that still runs on `data` and removes a stale postmaster.pid. The server is ended rather than taken over:
 * only a child of this process can be watched, and its sessions may still hold locks of the killed hub.
 */
export async function clearLeftover(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(() => '')
  if (text === '') return
  const pid = Number.parseInt(text, 10)
  if (pid > 0 && (await isServerOf(pid, data))) {
    await end(pid, 'SIGINT', FAST_TIMEOUT_MS)
    await end(pid, 'SIGQUIT', HARD_TIMEOUT_MS)
    await end(pid, 'SIGKILL', HARD_TIMEOUT_MS)
  }
  // PostgreSQL itself would refuse to start when the id in the file belongs to any living process by now.
  await rm(file, { force: true })
}

async function isServerOf(pid: number, data: string): Promise<boolean> {
  if (!isAlive(pid)) return false
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null)
  // Without /proc the file is trusted: it was written by the server, and deleting it beside a living one risks the data.
  return commandLine === null ? process.platform !== 'linux' : commandLine.split('\0').includes(data)
}

async function end(pid: number, signal: NodeJS.Signals, timeoutMs: number): Promise<void> {
  if (!isAlive(pid)) return
  process.kill(pid, signal)
  const deadline = performance.now() + timeoutMs
  while (isAlive(pid) && !(await isZombie(pid)) && performance.now() < deadline) await sleep(20)
}

/** Ended, but not yet waited for by the process that adopted it. */
async function isZombie(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
}
