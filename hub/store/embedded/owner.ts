/**
 * One hub process owns a data folder. The note of who it is outlives a killed hub, so it says which process it means
 * beyond doubt: its id and, as ids come round again, when it was started.
 */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HubError } from '../../contracts/hub-error.ts'

const NOTE = 'hub.pid'

/** Takes the folder; throws `store.embedded.in-use` while another living process has it. */
export async function takeOwnership(folder: string): Promise<void> {
  const file = join(folder, NOTE)
  const mine = await noteOf(process.pid)
  const [noted = ''] = (await readFile(file, 'utf8').catch(() => '')).split('\n')
  const owner = Number.parseInt(noted, 10)
  if (noted !== mine && owner > 0 && isAlive(owner) && (await noteOf(owner)) === noted) {
    throw new HubError({
      code: 'store.embedded.in-use',
      family: 'config',
      message: `The data folder ${folder} is in use by process ${owner}.`,
      fix: 'Stop that hub, or give this one a folder of its own (OMNIHUB_DATA_DIR) or a database to share (DATABASE_URL).',
    })
  }
  await writeFile(file, `${mine}\n`, { mode: 0o600 })
}

export async function releaseOwnership(folder: string): Promise<void> {
  await rm(join(folder, NOTE), { force: true })
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // It lives, but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function noteOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // Field 22 is the start time in clock ticks since boot; the name in parentheses may hold spaces, so count after it.
  const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 'unknown'
  return `${pid} ${startedAt}`
}
