/** Processes as the operating system shows them. */
import { readdir, readFile } from 'node:fs/promises'

/** All children, grandchildren and so on of a process; empty where there is no /proc. */
export async function descendants(pid: number): Promise<number[]> {
  const entries = await readdir('/proc').catch(() => [])
  const parents = await Promise.all(
    entries.filter((name) => /^\d+$/.test(name)).map(async (name) => [Number(name), await parentOf(name)] as const),
  )
  const found: number[] = []
  for (let generation = [pid]; generation.length > 0;) {
    generation = parents
      .filter(([, parent]) => parent !== undefined && generation.includes(parent))
      .map(([child]) => child)
    found.push(...generation)
  }
  return found
}

async function parentOf(pid: string): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The program's name stands in parentheses and may itself hold spaces and parentheses; what follows it is plain.
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return afterName[0] === 'Z' || afterName[1] === undefined ? undefined : Number(afterName[1])
}

/** Sends a signal to each (a negative one is a group) and answers how many took it; 0 only asks whether they live. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals | 0): number {
  return pids.filter((pid) => {
    try {
      return process.kill(pid, signal)
    } catch {
      return false
    }
  }).length
}

/** A process that has ended but that nobody has waited for yet (a zombie) counts as gone: it holds nothing any more. */
export async function anyAlive(pids: readonly number[]): Promise<boolean> {
  const parents = await Promise.all(pids.map((pid) => parentOf(String(pid))))
  return parents.some((parent) => parent !== undefined)
}

/** Whether a living process names `text` in its command line or its environment. */
export async function mentions(pid: number, text: string): Promise<boolean> {
  const read = (what: string): Promise<string> => readFile(`/proc/${pid}/${what}`, 'utf8').catch(() => '')
  return (await Promise.all([read('cmdline'), read('environ')])).some((content) => content.includes(text))
}
