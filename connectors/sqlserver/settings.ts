import type { SettingsSchema } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { type DatabaseSettings, databaseSettings, databaseSettingsSchema } from '../shared/database-settings.ts'
import { readSettings } from '../shared/settings.ts'

export interface SqlServerSettings extends DatabaseSettings {
  instanceName: string | undefined
  logIntervalMs: number
}

const DEFAULT_PORT = 1433

export const SQLSERVER_SETTINGS: SettingsSchema = {
  type: 'object',
  properties: {
    ...databaseSettingsSchema(
      DEFAULT_PORT,
      'sqlserver',
      'SELECT on what is read, VIEW CHANGE TRACKING to follow changes, INSERT and UPDATE to write',
    ),
    instanceName: {
      type: 'string',
      title: 'Instance',
      description: 'Named instance; its port is asked of the SQL Server Browser (UDP 1434), and "port" does not count.',
      examples: ['SQLEXPRESS'],
    },
    logIntervalMs: {
      type: 'integer',
      minimum: 50,
      maximum: 600_000,
      default: 1000,
      title: 'Change Tracking interval (ms)',
      description: 'How often Change Tracking is asked for news, by entities with mode log.',
    },
  },
  additionalProperties: false,
}

/** Throws `connector.settings` with a pointer. */
export function sqlServerSettings(given: JsonObject): SqlServerSettings {
  const settings = readSettings(SQLSERVER_SETTINGS, given, '/settings')
  return {
    ...databaseSettings(settings, DEFAULT_PORT, ['sqlserver', 'mssql']),
    instanceName: settings.instanceName as string | undefined,
    logIntervalMs: settings.logIntervalMs as number,
  }
}
