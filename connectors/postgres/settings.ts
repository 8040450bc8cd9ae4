import type { SettingsSchema } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { type DatabaseSettings, databaseSettings, databaseSettingsSchema } from '../shared/database-settings.ts'
import { readSettings } from '../shared/settings.ts'

export interface PostgresSettings extends DatabaseSettings {
  slotName: string | undefined
  publicationName: string | undefined
}

const DEFAULT_PORT = 5432

export const POSTGRES_SETTINGS: SettingsSchema = {
  type: 'object',
  properties: {
    ...databaseSettingsSchema(DEFAULT_PORT, 'postgres', 'SELECT, and REPLICATION to follow the log'),
    slotName: {
      type: 'string',
      title: 'Replication slot',
      description: 'Slot that holds the log for the hub; made on demand. Default omnihub_<system>.',
    },
    publicationName: {
      type: 'string',
      title: 'Publication',
      description: 'Publication of the tables to follow; made on demand. Default omnihub_<system>.',
    },
  },
  additionalProperties: false,
}

/** Throws `connector.settings` with a pointer. */
export function postgresSettings(given: JsonObject): PostgresSettings {
  const settings = readSettings(POSTGRES_SETTINGS, given, '/settings')
  return {
    ...databaseSettings(settings, DEFAULT_PORT, ['postgres', 'postgresql']),
    slotName: settings.slotName as string | undefined,
    publicationName: settings.publicationName as string | undefined,
  }
}
