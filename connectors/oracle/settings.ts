import type { EntityConfig, SettingsSchema } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { type DatabaseSettings, databaseSettings, databaseSettingsSchema } from '../shared/database-settings.ts'
import { settingsError } from '../shared/errors.ts'
import { readSettings } from '../shared/settings.ts'
import { TABLE_OPTIONS, type TableOptions, tableOptions } from '../shared/table-options.ts'

export interface OracleSettings extends DatabaseSettings {
  /** Instead of host, port and database, where given. */
  connectString: string | undefined
  logIntervalMs: number
}

const DEFAULT_PORT = 1521

const { database, ...others } = databaseSettingsSchema(
  DEFAULT_PORT,
  'oracle',
  'SELECT on what is read, SELECT and DELETE on the change tables, INSERT and UPDATE to write',
)

export const ORACLE_SETTINGS: SettingsSchema = {
  type: 'object',
  properties: {
    ...others,
    database: {
      ...database,
      type: 'string',
      title: 'Service',
      description: 'Service name of the database (of a pluggable one: its own).',
    },
    connectString: {
      type: 'string',
      title: 'Connect descriptor',
      description:
        'Instead of host, port and database: (DESCRIPTION=...) or host:port/service, for RAC and Data Guard.',
    },
    logIntervalMs: {
      type: 'integer',
      minimum: 50,
      maximum: 600_000,
      default: 1000,
      title: 'Change table interval (ms)',
      description: 'How often the change tables are asked for news, by entities with mode log.',
    },
  },
  additionalProperties: false,
}

/** Throws `connector.settings` with a pointer. */
export function oracleSettings(given: JsonObject): OracleSettings {
  const settings = readSettings(ORACLE_SETTINGS, given, '/settings')
  const connectString = settings.connectString as string | undefined
  const beside = ['host', 'database', 'url'].find((name) => connectString !== undefined && settings[name] !== undefined)
  if (beside !== undefined) {
    throw settingsError(`The settings "connectString" and "${beside}" exclude each other.`, {
      where: `/settings/${beside}`,
    })
  }
  const server = connectString === undefined ? settings : { ...settings, host: 'localhost', database: 'described' }
  return {
    ...databaseSettings(server, DEFAULT_PORT, ['oracle']),
    connectString,
    logIntervalMs: settings.logIntervalMs as number,
  }
}

export interface OracleTableOptions extends TableOptions {
  /** Named without a schema: it is in that of the table. */
  changeTable: string
}

export const ORACLE_OPTIONS: SettingsSchema = {
  ...TABLE_OPTIONS,
  properties: {
    ...TABLE_OPTIONS.properties,
    changeTable: {
      type: 'string',
      title: 'Change table',
      description: 'For mode log: table that the trigger fills, in the schema of the table. Default <table>_OMNIHUB.',
    },
  },
}

/** Throws `connector.settings` with a pointer into the options. */
export function oracleTableOptions(config: EntityConfig): OracleTableOptions {
  const where = `/entities/${config.entity}/options`
  const { changeTable, ...others } = readSettings(ORACLE_OPTIONS, config.options, where)
  const options = tableOptions({ ...config, options: others })
  return { ...options, changeTable: (changeTable as string | undefined) ?? `${options.table}_OMNIHUB` }
}
