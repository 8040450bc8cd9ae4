import type { CheckResult, DiscoveredEntity, EntityConfig } from '../../hub/contracts/connector.ts'
import { schemaError, settingsError } from '../shared/errors.ts'
import type { SalesforceApi } from './api.ts'
import { changeChannel } from './change-event.ts'
import { CometdClient } from './cometd.ts'
import type { ObjectCatalog } from './object-info.ts'
import { objectOptions } from './options.ts'
import type { SalesforceSettings } from './settings.ts'
import { SoqlSource } from './source.ts'
import { selectOf } from './soql.ts'

const OBJECTS_MAX = 1000

/** Logs in and tries what reading the configured entities needs. */
export async function checkSalesforce(
  api: SalesforceApi,
  catalog: ObjectCatalog,
  settings: SalesforceSettings,
  entities: readonly EntityConfig[],
): Promise<CheckResult> {
  const limits = (await api.send({ path: '/limits' })).json() as {
    DailyApiRequests?: { Max?: number; Remaining?: number }
  }
  const warnings: string[] = []
  const { Max = 0, Remaining = 0 } = limits.DailyApiRequests ?? {}
  const left = Max > 0 ? Math.floor((100 * Remaining) / Max) : 100
  if (left < settings.snapshotFloorPercent)
    warnings.push(`only ${left} % of the day's API calls are left: snapshots wait`)
  for (const entity of entities) warnings.push(...(await checkEntity(api, catalog, settings, entity)))
  return { serverVersion: `Salesforce API ${settings.apiVersion}`, warnings }
}

async function checkEntity(
  api: SalesforceApi,
  catalog: ObjectCatalog,
  settings: SalesforceSettings,
  entity: EntityConfig,
): Promise<string[]> {
  const options = objectOptions(entity)
  const source = new SoqlSource(api, catalog, options)
  const info = await source.info()
  const warnings: string[] = []
  const warn = (text: string): void => void warnings.push(`${entity.entity}: ${text}`)
  // Reads nothing that matters, but needs the right to read, and tries the filter.
  await source.read(false, 'live', () => `${selectOf(info, ['Id'], options, [])} LIMIT 1`)
  if (info.key.name !== 'Id') {
    const { records } = await api.query(`SELECT Id FROM ${info.name} WHERE ${info.key.name} = null LIMIT 1`, false)
    if (records.length > 0) warn(`records without a value of ${info.key.name} are not read`)
  }
  if (entity.mode === 'log') {
    if (!settings.cdc) {
      throw settingsError('Change events are switched off in the settings of this system.', {
        where: `/entities/${entity.entity}/mode`,
        fix: 'Set cdc: true, or poll the entity.',
      })
    }
    await checkChannel(api, settings, info.name)
  } else {
    if (info.watermark === undefined) {
      throw schemaError(`The object ${info.name} has no time of its last change, so it can't be polled.`, {
        fix: 'Follow it by change events (mode: log).',
      })
    }
    if (info.watermark.name !== 'SystemModstamp') warn(`polled by ${info.watermark.name}, which not every change sets`)
    if (!info.hasDeletes) warn('deleted records are not seen')
  }
  return warnings
}

async function checkChannel(api: SalesforceApi, settings: SalesforceSettings, object: string): Promise<void> {
  const client = new CometdClient(api, settings.timeoutMs)
  await client.handshake()
  try {
    await client.subscribe(changeChannel(object), -1)
  } finally {
    await client.disconnect()
  }
}

/** The objects that the account may query, with their fields, in the order of their names. */
export async function discoverSalesforce(api: SalesforceApi, catalog: ObjectCatalog): Promise<DiscoveredEntity[]> {
  const { sobjects } = await api.describing.describeGlobal()
  const names = sobjects
    .filter(
      ({ queryable, retrieveable, replicateable, deprecatedAndHidden }) =>
        queryable && retrieveable && replicateable && !deprecatedAndHidden,
    )
    .map(({ name }) => name)
    .sort()
  const discovered: DiscoveredEntity[] = []
  for (const name of names.slice(0, OBJECTS_MAX)) {
    catalog.forget(name)
    const fields = await catalog.fields(name)
    discovered.push({
      entity: name,
      keyFields: ['Id'],
      fields: fields.map(({ name: field, type, nillable }) => ({ name: field, type, nullable: nillable })),
      suggestedOptions: { object: name },
    })
  }
  return discovered
}
