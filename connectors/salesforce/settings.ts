import { createPrivateKey } from 'node:crypto'
import type { SettingsSchema } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'
import { baseUrlOf } from '../shared/http.ts'
import { readSettings } from '../shared/settings.ts'

export type Auth =
  | { by: 'client-credentials'; clientId: string; clientSecret: string }
  | { by: 'refresh-token'; clientId: string; clientSecret: string | undefined; refreshToken: string }
  | { by: 'jwt'; clientId: string; username: string; privateKey: string; audience: string }
  | { by: 'password'; clientId: string; clientSecret: string; username: string; password: string }

export interface SalesforceSettings {
  /** Without a slash at its end. */
  loginUrl: string
  auth: Auth
  /** `62.0` */
  apiVersion: string
  cdc: boolean
  bulk: boolean
  outboundSecret: string | undefined
  /** 15 or 18 characters. */
  organizationId: string | undefined
  /** Percent of the day's calls that must be left, for a snapshot and for anything at all. */
  snapshotFloorPercent: number
  floorPercent: number
  describeMs: number
  timeoutMs: number
}

export const SALESFORCE_SETTINGS: SettingsSchema = {
  type: 'object',
  properties: {
    loginUrl: {
      type: 'string',
      title: 'Login address',
      default: 'https://login.salesforce.com',
      description:
        'Where to log in: https://login.salesforce.com, https://test.salesforce.com or, better, the My Domain address.',
    },
    auth: {
      type: 'string',
      title: 'Way to log in',
      enum: ['client-credentials', 'refresh-token', 'jwt', 'password'],
      default: 'client-credentials',
      description: 'OAuth flow of the connected app: client-credentials, refresh-token, jwt (private key) or password.',
    },
    clientId: { type: 'string', title: 'Consumer key', description: 'Client id of the connected app.' },
    clientSecret: {
      type: 'string',
      title: 'Consumer secret',
      secret: true,
      description: 'Client secret of the connected app; not needed with jwt.',
    },
    refreshToken: {
      type: 'string',
      title: 'Refresh token',
      secret: true,
      description: 'With auth: refresh-token.',
    },
    username: {
      type: 'string',
      title: 'User name',
      description: 'Of the integration user, with auth: jwt or password.',
    },
    privateKey: {
      type: 'string',
      title: 'Private key',
      secret: true,
      description: 'PEM of the RSA key whose certificate the connected app has, with auth: jwt.',
    },
    password: { type: 'string', title: 'Password', secret: true, description: 'With auth: password.' },
    securityToken: {
      type: 'string',
      title: 'Security token',
      secret: true,
      description: "With auth: password, where the hub's address is not trusted by the organization.",
    },
    apiVersion: {
      type: 'string',
      title: 'API version',
      default: '62.0',
      description: 'Version of the API, pinned: a new one may change what fields mean. 42.0 or newer.',
    },
    cdc: {
      type: 'boolean',
      title: 'Change Data Capture',
      default: true,
      description: 'Whether entities may be followed by change events (mode log); they must be selected in Setup.',
    },
    bulk: {
      type: 'boolean',
      title: 'Bulk API',
      default: true,
      description:
        'Whether snapshots use Bulk API 2.0; off, or where an object is not supported there, they use REST queries.',
    },
    outboundSecret: {
      type: 'string',
      title: 'Secret of outbound messages',
      secret: true,
      description:
        'What the endpoint of an outbound message must carry: as ?secret= or as password of basic authentication.',
    },
    organizationId: {
      type: 'string',
      title: 'Organization id',
      description: 'Id of the organization whose outbound messages are taken, 15 or 18 characters.',
    },
    snapshotFloorPercent: {
      type: 'number',
      title: 'Calls left for snapshots (%)',
      default: 20,
      minimum: 0,
      maximum: 100,
      description: "Snapshots wait while less than this share of the day's API calls is left.",
    },
    floorPercent: {
      type: 'number',
      title: 'Calls left for everything (%)',
      default: 5,
      minimum: 0,
      maximum: 100,
      description: "Nothing is asked while less than this share of the day's API calls is left: they are for others.",
    },
    describeSeconds: {
      type: 'integer',
      title: 'Fields known for (s)',
      default: 300,
      minimum: 0,
      maximum: 86_400,
      description:
        'How long the fields of an object are taken as known; a new field is read after this time at the latest.',
    },
    timeoutMs: {
      type: 'integer',
      title: 'Time-out (ms)',
      default: 30_000,
      minimum: 100,
      maximum: 600_000,
      description:
        'How long a request may take; a long poll of change events has the time that the system asks for besides.',
    },
  },
  required: ['clientId'],
  additionalProperties: false,
}

/** Throws `connector.settings` with a pointer. */
export function salesforceSettings(given: JsonObject): SalesforceSettings {
  const settings = readSettings(SALESFORCE_SETTINGS, given, '/settings')
  const loginUrl = baseUrlOf(String(settings.loginUrl), '/settings/loginUrl').href.replace(/\/+$/, '')
  if (!isSafe(loginUrl)) {
    throw settingsError('The login address is not https: secrets would go in plain text.', {
      where: '/settings/loginUrl',
    })
  }
  const apiVersion = String(settings.apiVersion)
  if (!/^\d\d\.0$/.test(apiVersion) || Number(apiVersion) < 42) {
    throw settingsError('The API version must be 42.0 or newer, written like 62.0.', { where: '/settings/apiVersion' })
  }
  const organizationId = settings.organizationId as string | undefined
  if (organizationId !== undefined && !/^00D[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?$/.test(organizationId)) {
    throw settingsError('The organization id must begin with 00D and have 15 or 18 characters.', {
      where: '/settings/organizationId',
    })
  }
  return {
    loginUrl,
    auth: authOf(settings, loginUrl),
    apiVersion,
    cdc: settings.cdc === true,
    bulk: settings.bulk === true,
    outboundSecret: settings.outboundSecret as string | undefined,
    organizationId,
    snapshotFloorPercent: settings.snapshotFloorPercent as number,
    floorPercent: settings.floorPercent as number,
    describeMs: (settings.describeSeconds as number) * 1000,
    timeoutMs: settings.timeoutMs as number,
  }
}

/** https anywhere; http only to this machine. */
export function isSafe(address: string): boolean {
  const url = URL.parse(address)
  return url?.protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(url?.hostname ?? '')
}

function authOf(settings: JsonObject, loginUrl: string): Auth {
  const by = String(settings.auth) as Auth['by']
  const needed = (name: string): string => {
    const value = settings[name]
    if (typeof value === 'string' && value !== '') return value
    throw settingsError(`The setting "${name}" is missing.`, {
      where: `/settings/${name}`,
      fix: `It is needed with auth: ${by}.`,
    })
  }
  const clientId = needed('clientId')
  if (by === 'client-credentials') return { by, clientId, clientSecret: needed('clientSecret') }
  if (by === 'refresh-token') {
    const clientSecret = settings.clientSecret as string | undefined
    return { by, clientId, clientSecret, refreshToken: needed('refreshToken') }
  }
  const username = needed('username')
  if (by === 'jwt') {
    const privateKey = needed('privateKey')
    requireKey(privateKey)
    return { by, clientId, username, privateKey, audience: audienceOf(loginUrl) }
  }
  const password = needed('password') + ((settings.securityToken as string | undefined) ?? '')
  return { by, clientId, clientSecret: needed('clientSecret'), username, password }
}

function requireKey(pem: string): void {
  try {
    if (createPrivateKey(pem).asymmetricKeyType === 'rsa') return
  } catch {
    // Told below; the parser's own message may quote the key.
  }
  throw settingsError('The private key is no RSA key in PEM.', { where: '/settings/privateKey' })
}

/** Assertions are for the login server, also where a My Domain address is asked. */
function audienceOf(loginUrl: string): string {
  const { hostname } = new URL(loginUrl)
  if (!hostname.endsWith('.salesforce.com')) return loginUrl
  return /(^test|\.sandbox\.my)\.salesforce\.com$/.test(hostname)
    ? 'https://test.salesforce.com'
    : 'https://login.salesforce.com'
}
