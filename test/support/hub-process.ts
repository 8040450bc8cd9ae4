/** A hub as its users run it: dist/hub/app/main.js in a process of its own, to be asked over HTTP and killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from '../../scripts/checks.ts'
import { freePort, SERVERS_FOLDER } from '../../scripts/servers/folder.ts'

export interface HubProcessOptions {
  /** Settings of the hub; nothing but these, PORT and PATH reaches it. */
  environment: Record<string, string>
  /** The port to listen on; a free one when absent. Give it to start a hub again at the same address. */
  port?: number
  /** How long until /health/ready answers 200. Default 30 s. */
  readyTimeoutMs?: number
  /** What to run, for tests of this helper. */
  entry?: string
  arguments?: string[]
}

export interface HubProcess {
  url: string
  port: number
  pid: number
  /** What it printed so far. */
  log(): string
  /** Ends it at once, as a power cut would; resolves when it is gone. */
  kill9(): Promise<void>
  /** Asks it to end (SIGTERM) and answers its exit code; kills it, and throws, when it takes longer than 20 s. */
  stop(): Promise<number>
  /** Resolves when it ends, however that comes. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

const STOP_TIMEOUT_MS = 20_000

/** Starts a hub and waits until it is ready; throws with the end of its log when it does not come up. */
export async function hubProcess(options: HubProcessOptions): Promise<HubProcess> {
  const entry = options.entry ?? join(ROOT, 'dist/hub/app/main.js')
  if (!existsSync(entry)) throw new Error(`${entry} is missing; run \`npm run build\` first (npm test does)`)
  const port = options.port ?? (await freePort())
  const logFile = join(SERVERS_FOLDER, `hub-${process.pid}-${randomBytes(3).toString('hex')}.log`)
  const child = launch(entry, port, logFile, options)
  const log = (): string => readFileSync(logFile, 'utf8')
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  )
  const kill9 = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  const url = `http://127.0.0.1:${port}`
  try {
    await untilReady(url, child, options.readyTimeoutMs ?? 30_000)
  } catch (error) {
    if (child.pid !== undefined) await kill9()
    throw new Error(`The hub did not come up (${String(error)}). Its log:\n${log().slice(-8000)}`, { cause: error })
  }
  return { url, port, pid: child.pid ?? 0, log, kill9, exited, stop: () => stopChild(child, exited) }
}

function launch(entry: string, port: number, logFile: string, options: HubProcessOptions): ChildProcess {
  mkdirSync(SERVERS_FOLDER, { recursive: true })
  const log = openSync(logFile, 'a')
  try {
    return spawn(process.execPath, [entry, ...(options.arguments ?? [])], {
      cwd: ROOT,
      stdio: ['ignore', log, log],
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        HOST: '127.0.0.1',
        PORT: String(port),
        ...options.environment,
      },
    })
  } finally {
    closeSync(log)
  }
}

async function untilReady(url: string, child: ChildProcess, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs
  let last = 'no answer'
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
      throw new Error(`it ended with ${child.signalCode ?? `exit code ${child.exitCode}`}`)
    }
    try {
      const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2000) })
      if (answer.ok) return
      last = `${answer.status} ${(await answer.text()).slice(0, 500)}`
    } catch (error) {
      last = String((error as Error).cause ?? error)
    }
    await sleep(25)
  }
  throw new Error(`/health/ready did not answer 200 within ${timeoutMs} ms; last: ${last}`)
}

async function stopChild(child: ChildProcess, exited: HubProcess['exited']): Promise<number> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  const { code, signal } = await exited
  clearTimeout(timer)
  if (signal === 'SIGKILL')
    throw new Error(`the hub did not end within ${STOP_TIMEOUT_MS} ms of SIGTERM, or had been killed`)
  return code ?? 0
}
