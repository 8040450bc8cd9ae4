import { setTimeout as sleep } from 'node:timers/promises'
import { CONNECTORS } from '../../../connectors/index.ts'
import type { JsonObject } from '../../../hub/contracts/json.ts'
import { ConnectorEngine } from '../../../hub/intake/connector-engine/connector-engine.ts'
import type { SystemDocument } from '../../../hub/intake/connector-engine/system-config.ts'
import { startMariadb } from '../../../scripts/servers/mariadb.ts'
import { startPostgres } from '../../../scripts/servers/postgres.ts'
import type { TestServer } from '../../../scripts/servers/server.ts'
import { type RunningApi, startApi } from '../api.ts'
import { keptLog } from '../engine.ts'
import { loadChinook } from './chinook.ts'
import { loadNorthwind } from './northwind.ts'
import { legacyWorkspace } from './workspace.ts'

export interface LegacyHub {
  api: RunningApi
  /** Chinook; a server of its own, so that it can be restarted. */
  mariadb: TestServer
  /** Northwind, likewise. */
  postgres: TestServer
  /** What the connector engine said, for a test that fails. */
  lines: readonly unknown[]
  stop(): Promise<void>
}

/** Both legacy databases with their data, and a hub that follows them. Leaves nothing behind where it fails. */
export async function startLegacyHub(): Promise<LegacyHub> {
  const ends: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end()
  }
  try {
    const mariadb = await startMariadb()
    ends.push(() => mariadb.stop())
    const postgres = await startPostgres({ fsync: false })
    ends.push(() => postgres.stop())
    await Promise.all([loadChinook(mariadb.url), loadNorthwind(postgres.url)])
    const files = legacyWorkspace()
    const api = await startApi(files)
    ends.push(() => api.stop())
    const log = keptLog()
    const engine = new ConnectorEngine({
      db: api.db,
      accept: (changes) => api.core.acceptor.accept(changes),
      systems: systemsOf(files),
      connectors: CONNECTORS,
      environment: { CHINOOK_DATABASE_URL: mariadb.url, NORTHWIND_DATABASE_URL: postgres.url },
      log,
    })
    engine.start()
    ends.push(() => engine.stop())
    return { api, mariadb, postgres, lines: log.lines, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The documents config/systems/*.yaml by name. */
function systemsOf(files: Record<string, string>): Map<string, SystemDocument> {
  return new Map(
    Object.entries(files).flatMap(([path, text]) => {
      const name = /^config\/systems\/(.+)\.yaml$/.exec(path)?.[1]
      return name === undefined ? [] : [[name, { name, path, text }] as const]
    }),
  )
}

/** All items of a collection, page after page. */
export async function listAll(api: RunningApi, path: string): Promise<JsonObject[]> {
  const items: JsonObject[] = []
  const page = `${path}${path.includes('?') ? '&' : '?'}limit=200`
  let cursor: string | null = null
  do {
    const body = await read(api, cursor === null ? page : `${page}&cursor=${encodeURIComponent(cursor)}`)
    items.push(...(body.items as JsonObject[]))
    cursor = body.next as string | null
  } while (cursor !== null)
  return items
}

/** The first item that a query finds. */
export async function findOne(api: RunningApi, path: string): Promise<JsonObject | undefined> {
  return ((await read(api, path)).items as JsonObject[])[0]
}

export async function read(api: RunningApi, path: string): Promise<JsonObject> {
  const { body, status } = await api.ask(path)
  if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`)
  return body
}

/** Looks again and again until the answer is there, and returns it; fails with what it saw last. */
export async function eventually<Seen>(
  look: () => Promise<Seen>,
  isIt: (seen: Seen) => boolean,
  timeoutMs: number,
): Promise<Seen> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const seen = await look()
    if (isIt(seen)) return seen
    if (performance.now() > end) throw new Error(`not so after ${timeoutMs} ms; last seen: ${JSON.stringify(seen)}`)
    await sleep(25)
  }
}
