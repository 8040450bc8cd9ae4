/**
 * What the three servers share: a throw-away folder, a process of its own group, a log file, waiting until it answers,
 * and an end that leaves nothing behind, not even when this process is killed (the next start sweeps).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { anyAlive, descendants, signalAll } from './processes.ts'
import type { ServerFolder } from './folder.ts'

export interface TestServer {
  /** With user and password; all servers listen on 127.0.0.1 only. */
  readonly url: string
  readonly logFile: string
  /** What else a tool needs to steer the server (paths, node name); for test/support. */
  readonly facts: Readonly<Record<string, string>>
  /** Ends it properly and deletes its data. May be called any number of times, also after kill9. */
  stop(): Promise<void>
  /** Ends all its processes at once, as a power cut would. Data stays for restart(). */
  kill9(): Promise<void>
  /** The same server again, on the same port and data; a running one is ended properly first. */
  restart(): Promise<void>
  /** Holds all its processes still (connections stay open, nothing answers) until thaw(). */
  freeze(): Promise<void>
  thaw(): Promise<void>
}

export interface ServerPlan {
  name: string
  folder: ServerFolder
  url: string
  facts?: Record<string, string>
  command: string
  args: string[]
  environment?: Record<string, string>
  /** Asks the main process to end properly. */
  endSignal: NodeJS.Signals
  /** Tries once whether the server answers; throws when it doesn't yet. */
  probe(): Promise<void>
  /** How long a start may take, ms. */
  startTimeoutMs: number
  /** Processes beside the main one that must end with the server, e.g. Erlang's port mapper. */
  beforeStart?: () => Promise<void>
  afterEnd?: () => Promise<void>
}

export async function startServer(plan: ServerPlan): Promise<TestServer> {
  let child = await launch(plan).catch(async (error: unknown) => {
    await rm(plan.folder.path, { recursive: true, force: true })
    throw error
  })
  let stopped = false
  const end = async (): Promise<void> => {
    await endChild(child, plan.endSignal)
    await plan.afterEnd?.()
  }
  const signal = async (name: NodeJS.Signals): Promise<void> => void signalAll(await familyOf(child), name)
  return {
    url: plan.url,
    logFile: plan.folder.logFile,
    facts: plan.facts ?? {},
    async stop() {
      if (stopped) return
      stopped = true
      await signal('SIGCONT')
      await end()
      await rm(plan.folder.path, { recursive: true, force: true, maxRetries: 5 })
    },
    async kill9() {
      const family = await familyOf(child)
      const gone = exited(child)
      signalAll(family, 'SIGKILL')
      await gone
      await allGone(family)
      await plan.afterEnd?.()
    },
    async restart() {
      if (stopped) throw new Error(`${plan.name} was stopped for good; start a new one`)
      await end()
      child = await launch(plan)
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
  }
}

async function launch(plan: ServerPlan): Promise<ChildProcess> {
  await plan.beforeStart?.()
  const log = openSync(plan.folder.logFile, 'a')
  // A group of its own: Ctrl-C in the terminal must reach the test command, which then ends the servers in order.
  const child = spawn(plan.command, plan.args, {
    cwd: plan.folder.path,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...plan.environment },
  })
  closeSync(log)
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(new Error(`${plan.name} could not be run: ${error.message}`)))
    child.once('exit', (code, by) =>
      reject(new Error(`${plan.name} ended while starting (${by ?? `exit code ${code}`})`)),
    )
  })
  // It rejects too when the server ends in due course, long after anybody waits for it.
  failed.catch(() => undefined)
  if (child.pid !== undefined) await plan.folder.notePid(child.pid)
  running.add(child)
  child.once('exit', () => running.delete(child))
  try {
    await Promise.race([answers(plan, child), failed])
  } catch (error) {
    await endChild(child, 'SIGKILL')
    await plan.afterEnd?.()
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`${reason}. The end of its log, ${plan.folder.logFile}:\n${lastLines(plan.folder.logFile)}`, {
      cause: error,
    })
  }
  return child
}

async function answers(plan: ServerPlan, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + plan.startTimeoutMs
  let last: unknown
  while (Date.now() < deadline && !isOver(child)) {
    try {
      await plan.probe()
      return
    } catch (error) {
      last = error
    }
    await sleep(50)
  }
  throw new Error(`${plan.name} did not answer within ${plan.startTimeoutMs} ms (${String(last)})`)
}

async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (isOver(child)) return
  const family = await familyOf(child)
  const gone = exited(child)
  child.kill(signal)
  // A server that does not end within 20 s of being asked is ended the hard way; its data is thrown away anyhow.
  const timer = setTimeout(() => signalAll(family, 'SIGKILL'), 20_000)
  await gone
  clearTimeout(timer)
  await allGone(family)
}

async function familyOf(child: ChildProcess): Promise<number[]> {
  return child.pid === undefined || isOver(child) ? [] : [child.pid, ...(await descendants(child.pid))]
}

function isOver(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null
}

function exited(child: ChildProcess): Promise<void> {
  return isOver(child) ? Promise.resolve() : new Promise((resolve) => child.once('exit', () => resolve()))
}

/** Children outlive their parent by a moment, and hold its port and shared memory until they end. */
async function allGone(pids: readonly number[]): Promise<void> {
  const deadline = Date.now() + 10_000
  while ((await anyAlive(pids)) && Date.now() < deadline) await sleep(10)
  signalAll(pids, 'SIGKILL')
}

/** Should this process end without stop(), its servers end with it; only a SIGKILL escapes this, and the sweep finds that. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) if (child.pid !== undefined) signalAll([-child.pid], 'SIGKILL')
})

function lastLines(file: string): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return lines
    .slice(-20)
    .map((line) => `  ${line}`)
    .join('\n')
}
