import type { Connector, ConnectorContext, ConnectorLog, ConnectorSpec } from '../../contracts/connector.ts'
import { HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { type Fault, valueFaults } from './check-settings.ts'
import type { RateBudget } from './rate-budget.ts'
import { type Environment, resolveReferences } from './references.ts'
import type { EngineLog } from './session-tools.ts'
import type { SystemConfig } from './system-config.ts'

export interface OpenOptions {
  config: SystemConfig
  spec: ConnectorSpec
  environment: Environment
  budget: RateBudget
  hookUrl: string
  now(): number
  log: EngineLog
}

/** The settings as they are now, references resolved. Throws what is wrong with them (family config). */
export async function currentSettings({ config, spec, environment }: OpenOptions): Promise<JsonObject> {
  const settings = await resolveReferences(config.settings, spec.settings, environment, config.document)
  const faults = Object.entries(spec.settings.properties).flatMap(([name, property]) => {
    const value = settings[name]
    return value === undefined || value === null ? [] : valueFaults(property, value, ['settings', name])
  })
  if (faults[0] !== undefined) throw wrongSetting(config, faults[0])
  return settings
}

/** A connector of the system; it connects to nothing yet, and ends what it does when the signal aborts. */
export function openConnector(options: OpenOptions, settings: JsonObject, signal: AbortSignal): Promise<Connector> {
  const { config, spec, budget, hookUrl, now, log } = options
  const context: ConnectorContext = {
    system: config.name,
    signal,
    now,
    log: connectorLog(log, config),
    call: () => budget.call(signal),
    hookUrl,
  }
  return spec.open(settings, context)
}

function connectorLog(log: EngineLog, { name, connector }: SystemConfig): ConnectorLog {
  const facts = { system: name, connector }
  return {
    debug: (more, text) => log.debug({ ...more, ...facts }, text),
    info: (more, text) => log.info({ ...more, ...facts }, text),
    warn: (more, text) => log.warn({ ...more, ...facts }, text),
  }
}

function wrongSetting(config: SystemConfig, { path, message, fix }: Fault): HubError {
  return new HubError({
    code: 'system.setting.invalid',
    family: 'config',
    message,
    where: `${config.document.name}#/${path.join('/')}`,
    ...(fix === undefined ? {} : { fix }),
  })
}
