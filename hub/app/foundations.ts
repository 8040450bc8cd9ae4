import { openEmbeddedBus } from '../bus/embedded/embedded-bus.ts'
import type { Reporter } from '../bus/report.ts'
import { openRabbitBus } from '../bus/rabbitmq/rabbit-bus.ts'
import type { Bus } from '../contracts/bus.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { startEmbeddedPostgres } from '../store/embedded/embedded-postgres.ts'
import { migrate } from '../store/migrate.ts'
import type { HubLog } from './log.ts'
import type { Settings } from './settings-table.ts'

/** What the hub stands on: a store and a bus, each embedded or given by its address. */
export interface Foundations {
  db: Database
  /** Connections for the pipeline: its statements may use indexes only. */
  pipelineDb: Database
  bus: Bus
  databaseUrl: string
  embedded: { database: boolean; bus: boolean }
  /** Ends the bus, the connections and an embedded server, in this order. */
  close(): Promise<void>
}

export interface FoundationOptions {
  settings: Settings
  log: HubLog
  /** The embedded server ended though nobody stopped it: the hub can only end too. */
  onLost(reason: string): void
}

const API_CONNECTIONS = 10
/** Beside the workers': parking, stewards, rechecks, reprojections. */
const SPARE_PIPELINE_CONNECTIONS = 4

/** Starts or connects what is needed, and brings the database's tables up to date. */
export async function openFoundations({ settings, log, onLost }: FoundationOptions): Promise<Foundations> {
  const closers: (() => Promise<void>)[] = []
  let closing = false
  const close = async (): Promise<void> => {
    closing = true
    for (const closer of closers.splice(0).reverse()) {
      await closer().catch((error: unknown) => {
        log.warn({ error }, 'Something did not end cleanly')
      })
    }
  }
  try {
    let databaseUrl = settings.databaseUrl
    if (databaseUrl === undefined) {
      const server = await startEmbeddedPostgres(settings.dataDir, { onUnexpectedEnd: onLost })
      closers.push(server.stop)
      databaseUrl = server.url
    }
    const onIdleError = (error: Error): void => {
      // The embedded server ends connections that are on their way out.
      if (!closing) log.warn({ error }, 'A database connection broke while it was idle')
    }
    const db = openDatabase(databaseUrl, { poolMax: API_CONNECTIONS, onIdleError })
    closers.push(() => db.close())
    await migrate(db)
    const poolMax = settings.workers + SPARE_PIPELINE_CONNECTIONS
    const pipelineDb = openDatabase(databaseUrl, { poolMax, plans: 'indexes', onIdleError })
    closers.push(() => pipelineDb.close())
    const { partitions } = settings
    const bus =
      settings.amqpUrl === undefined
        ? openEmbeddedBus({ database: databaseUrl, partitions, report: busLog(log) })
        : openRabbitBus({ url: settings.amqpUrl, partitions, report: busLog(log) })
    closers.push(() => bus.close())
    await bus.start()
    const embedded = { database: settings.databaseUrl === undefined, bus: settings.amqpUrl === undefined }
    return { db, pipelineDb, bus, databaseUrl, embedded, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** What an operator should know of the bus: what comes back by itself is a warning, what came back is good news. */
function busLog(log: HubLog): Reporter {
  return ({ what, where, attempt, error }) => {
    const level = what === 'connected' || what === 'unblocked' ? 'info' : 'warn'
    log[level]({ action: what, attempt, error }, `Bus: ${what} (${where})`)
  }
}
