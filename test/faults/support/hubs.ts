/** Hub processes that are killed and started again at the same address. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRabbitmq } from '../../../scripts/servers/rabbitmq.ts'
import { freePort } from '../../../scripts/servers/folder.ts'
import { makeWorkspace } from '../../support/core.ts'
import { type HubProcess, hubProcess } from '../../support/hub-process.ts'
import { testBroker } from '../../support/test-broker.ts'

export const ADMIN_KEY = 'the admin key of the tests'

export interface Hub {
  readonly url: string
  readonly process: HubProcess
  /** What all its lives printed. */
  log(): string
  kill9(): Promise<void>
  stop(): Promise<number>
  /** Starts it again at the same address; resolves when it is ready. */
  start(): Promise<void>
}

/** Starts a hub process with these settings beside the common ones. */
export async function startHub(environment: Record<string, string>): Promise<Hub> {
  const port = await freePort()
  const settings = { OMNIHUB_ADMIN_KEY: ADMIN_KEY, OMNIHUB_LOG_LEVEL: 'warn', OMNIHUB_WORKERS: '2', ...environment }
  const lives: HubProcess[] = []
  const start = async (): Promise<void> => {
    lives.push(await hubProcess({ environment: settings, port, readyTimeoutMs: 60_000 }))
  }
  await start()
  const current = (): HubProcess => {
    const last = lives.at(-1)
    if (last === undefined) throw new Error('the hub was never started')
    return last
  }
  return {
    url: current().url,
    get process() {
      return current()
    },
    log: () => lives.map((life) => life.log()).join('\n--- next life ---\n'),
    kill9: () => current().kill9(),
    stop: () => current().stop(),
    start,
  }
}

/** A workspace and a data folder for hubs of one test. */
export async function hubPlace(
  files: Record<string, string>,
): Promise<{ environment: Record<string, string>; dataDir: string; remove(): Promise<void> }> {
  const workspace = await makeWorkspace(files)
  const dataDir = await mkdtemp(join(tmpdir(), 'omnihub-data-'))
  return {
    environment: { OMNIHUB_WORKSPACE: workspace.folder, OMNIHUB_DATA_DIR: dataDir },
    dataDir,
    remove: async () => {
      workspace.remove()
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/**
 * A vhost for hub processes, which can not be given a prefix: where the broker of AMQP_URL is shared by prefix only, a
 * broker of the test's own.
 */
export async function brokerForHubs(): Promise<{ url: string; drop(): Promise<void> }> {
  const broker = await testBroker()
  if (broker.ownVhost) return broker
  const own = await startRabbitmq()
  return { url: own.url, drop: () => own.stop() }
}

/** Asks a hub as its admin. */
export async function ask(
  url: string,
  path: string,
  options: { method?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const { method = 'GET', body, headers = {} } = options
  const answer = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${ADMIN_KEY}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  })
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> }
}
