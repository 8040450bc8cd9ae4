import { createHash } from 'node:crypto'
import type { SettingsSchema } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { type DatabaseSettings, databaseSettings, databaseSettingsSchema } from '../shared/database-settings.ts'
import { readSettings } from '../shared/settings.ts'

export interface MysqlSettings extends DatabaseSettings {
  serverId: number | undefined
}

const DEFAULT_PORT = 3306

export const MYSQL_SETTINGS: SettingsSchema = {
  type: 'object',
  properties: {
    ...databaseSettingsSchema(
      DEFAULT_PORT,
      'mysql',
      'SELECT, and REPLICATION SLAVE and REPLICATION CLIENT (BINLOG MONITOR) to follow the log',
    ),
    serverId: {
      type: 'integer',
      minimum: 1,
      maximum: 4_294_967_295,
      title: 'Server id',
      description:
        'Number by which the server knows this log reader; unlike that of any other. Default: from the name.',
    },
  },
  additionalProperties: false,
}

/** Throws `connector.settings` with a pointer. */
export function mysqlSettings(given: JsonObject): MysqlSettings {
  const settings = readSettings(MYSQL_SETTINGS, given, '/settings')
  return {
    ...databaseSettings(settings, DEFAULT_PORT, ['mysql', 'mariadb']),
    serverId: settings.serverId as number | undefined,
  }
}

/** The upper half of the numbers, far from those that people give to their servers. */
export function serverIdOf(settings: MysqlSettings, system: string): number {
  return (
    settings.serverId ?? (createHash('sha256').update(`omnihub ${system}`).digest().readUInt32BE(0) | 0x80000000) >>> 0
  )
}
