import { type JsonObject, readSettings, type SettingsSchema } from '../../../../connectors/authoring.ts'

/** What connecting takes. From it come the checks of config/systems/*.yaml and the table in the README. */
export const SETTINGS: SettingsSchema = {
  type: 'object',
  properties: {
    url: {
      type: 'string',
      title: 'Address',
      description: 'Where the system answers.',
      examples: ['https://example.com/api'],
    },
    token: { type: 'string', secret: true, title: 'Token', description: 'Token of the account.' },
    timeoutMs: {
      type: 'integer',
      minimum: 100,
      maximum: 600_000,
      default: 30_000,
      title: 'Time-out (ms)',
      description: 'How long one request may take.',
    },
  },
  required: ['url', 'token'],
  additionalProperties: false,
}

export interface Settings {
  url: string
  token: string
  timeoutMs: number
}

export function settingsOf(config: JsonObject): Settings {
  return readSettings(SETTINGS, config, '/settings') as unknown as Settings
}
