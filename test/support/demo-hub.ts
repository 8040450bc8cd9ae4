/** A hub with its API and its engine over systems of the demo company: their own servers, documents and mappings. */
import { CONNECTORS } from '../../connectors/index.ts'
import { withClient } from '../../demo/databases.ts'
import { loadDemo } from '../../demo/load.ts'
import { type DemoServers, startDemoServers } from '../../demo/servers/index.ts'
import { DEMO_SYSTEMS } from '../../demo/systems/index.ts'
import type { SystemName } from '../../demo/systems/system.ts'
import { ConnectorEngine } from '../../hub/intake/connector-engine/connector-engine.ts'
import { type RunningApi, startApi } from './api.ts'
import { demoSystem, demoSystemFiles } from './demo-files.ts'
import { keptLog, toldStatuses, until } from './engine.ts'
import { serverUrl } from './environment.ts'

export interface DemoHub {
  api: RunningApi
  log: { lines: string[] }
  /** Of the system's own database. */
  rows(system: SystemName, sql: string): Promise<Record<string, unknown>[]>
  stop(): Promise<void>
}

/** Resolves when the systems have been read. Systems that are read by their log need what only a database of their own has. */
export async function startDemoHub(
  systems: readonly Exclude<SystemName, 'inventory'>[],
  { customers = 60, files = {} }: { customers?: number; files?: Record<string, string> } = {},
): Promise<DemoHub> {
  const admin = serverUrl('DATABASE_URL')
  const prefix = `t${process.pid}_${systems.join('_')}_`
  const { urls } = await loadDemo(admin, { prefix, customers })
  const own = Object.fromEntries(systems.map((name) => [name, urls[name]])) as Record<SystemName, string>
  const log = keptLog()
  const servers: DemoServers = await startDemoServers(own, (error) => log.error({ error }, 'a server of the demo'))
  const api = await startApi({ ...Object.assign({}, ...systems.map(demoSystemFiles)), ...files })
  const engine = new ConnectorEngine({
    ...{ db: api.db, connectors: CONNECTORS, environment: servers.environment, log, writer: api.core.writer },
    accept: (changes) => api.core.acceptor.accept(changes),
    systems: new Map(systems.map((name) => [name, demoSystem(name)])),
  })
  engine.start()
  await until(
    async () => {
      const all = [...(await toldStatuses(api.db)).values()]
      const entities = all.flatMap((told) => Object.values(told.entities))
      return (
        all.length === systems.length && entities.every((one) => one.mode === 'push' || one.backfill?.state === 'done')
      )
    },
    30_000,
    () => log.lines.slice(-20),
  )
  await api.quiet()
  return {
    ...{ api, log },
    rows: (system, sql) =>
      withClient(urls[system], async (client) => (await client.query<Record<string, unknown>>(sql)).rows),
    stop: async () => {
      await engine.stop()
      await api.stop()
      await servers.close()
      await withClient(admin, async (client) => {
        for (const { database } of DEMO_SYSTEMS)
          await client.query(`drop database if exists "${prefix}${database}" with (force)`)
      })
    },
  }
}
