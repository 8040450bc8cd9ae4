import type { SettingsSchema } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'
import { readSettings } from '../shared/settings.ts'

export interface AmqpSettings {
  url: string
  /** PEM; undefined: the authorities that the machine trusts. */
  caCertificate: string | undefined
  heartbeatSeconds: number
  timeoutMs: number
}

export const AMQP_SETTINGS: SettingsSchema = {
  type: 'object',
  properties: {
    url: {
      type: 'string',
      title: 'URL',
      description: 'Address of the broker: amqp://user:password@host:5672/vhost, or amqps:// with TLS.',
      secret: true,
    },
    caCertificate: {
      type: 'string',
      title: 'CA certificate',
      description:
        "Certificate (PEM) of the authority that signed the broker's; absent: those that the machine trusts.",
    },
    heartbeatSeconds: {
      type: 'integer',
      title: 'Heartbeat (s)',
      description:
        'How often both sides show that they are there; after two that were missed the connection is opened anew.',
      default: 10,
      minimum: 1,
      maximum: 300,
    },
    timeoutMs: {
      type: 'integer',
      title: 'Time-out (ms)',
      description: 'How long connecting, or the confirmation of a message, may take.',
      default: 30_000,
      minimum: 100,
      maximum: 600_000,
    },
  },
  required: ['url'],
  additionalProperties: false,
}

/** Throws `connector.settings` with a pointer. */
export function amqpSettings(given: JsonObject): AmqpSettings {
  const settings = readSettings(AMQP_SETTINGS, given, '/settings')
  const text = settings.url as string
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['amqp:', 'amqps:'].includes(url.protocol) || url.hostname === '') {
    throw settingsError('The address of the broker is no amqp:// or amqps:// URL.', { where: '/settings/url' })
  }
  url.searchParams.set('heartbeat', String(settings.heartbeatSeconds))
  return {
    url: url.href,
    caCertificate: settings.caCertificate as string | undefined,
    heartbeatSeconds: settings.heartbeatSeconds as number,
    timeoutMs: settings.timeoutMs as number,
  }
}
