/** The servers of the demo's legacy systems; a system without one is read from its tables. */
import type { SystemName } from '../systems/system.ts'
import { startBillingServer } from './billing/billing-server.ts'
import { startCrmServer } from './crm/crm-server.ts'
import { startErpServer } from './erp/erp-server.ts'
import type { Troubles } from '../trouble.ts'
import type { DemoServer, DemoServerOptions } from './server.ts'

const SERVERS: Partial<Record<SystemName, (options: DemoServerOptions) => Promise<DemoServer>>> = {
  billing: startBillingServer,
  crm: startCrmServer,
  erp: startErpServer,
}

export interface DemoServers {
  environment: Record<string, string>
  hubAt(hookUrl: (system: string) => string): void
  /** By system. */
  troubles: Record<string, Troubles>
  close(): Promise<void>
}

/** Starts what stands before the databases of `loadDemo`, on free ports of loopback. `environment`: what config/systems refers to. */
export async function startDemoServers(
  urls: Record<SystemName, string>,
  onError: (error: unknown) => void,
): Promise<DemoServers> {
  const environment: Record<string, string> = {}
  const started: DemoServer[] = []
  const troubles: Record<string, Troubles> = {}
  const close = async (): Promise<void> => {
    await Promise.all(started.splice(0).map((server) => server.close()))
  }
  try {
    await Promise.all(
      Object.entries(urls).map(async ([name, databaseUrl]) => {
        const start = SERVERS[name as SystemName]
        if (start === undefined) {
          environment[`OMNIHUB_DEMO_${name.toUpperCase()}_URL`] = databaseUrl
          return
        }
        const server = await start({ databaseUrl, onError })
        started.push(server)
        troubles[name] = server.troubles
        Object.assign(environment, server.environment)
      }),
    )
  } catch (error) {
    await close()
    throw error
  }
  const hubAt = (hookUrl: (system: string) => string): void => {
    for (const server of started) server.hubAt?.(hookUrl)
  }
  return { environment, hubAt, troubles, close }
}
