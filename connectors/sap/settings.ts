import type { SettingsSchema } from '../../hub/contracts/connector.ts'
import { isJsonObject, type Json, type JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'
import { baseUrlOf } from '../shared/http.ts'
import { readSettings } from '../shared/settings.ts'

export interface SapSettings {
  /** Undefined for a system that only sends IDocs or is reached by RFC alone. */
  baseUrl: string | undefined
  auth: SapAuth
  sapClient: string | undefined
  language: string
  /** Paths of the services that `discover` looks at. */
  services: readonly string[]
  csrf: boolean
  batch: boolean
  lockCodes: readonly string[]
  rightCodes: readonly string[]
  timeoutMs: number
  tlsAuthority: string | undefined
  idoc: IdocSettings
  rfc: RfcSettings | undefined
}

export type SapAuth =
  | { kind: 'none' }
  | { kind: 'basic'; user: string; password: string }
  | { kind: 'oauth'; tokenUrl: string; clientId: string; clientSecret: string; scope: string | undefined }

export interface IdocSettings {
  user: string | undefined
  password: string | undefined
  secret: string | undefined
  /** SNDPRN that may send; undefined: any. */
  partners: readonly string[] | undefined
  /** Message type -> `SEGMENT.FIELD` of the record's key, beside the well-known ones. */
  keys: Readonly<Record<string, string>>
  /** Entity, which is the message type -> basic type of IDocs that the hub sends. */
  types: Readonly<Record<string, string>>
  precondition: 'refuse' | 'ignore'
  path: string
  sender: { port: string; partner: string }
  receiver: { port: string; partner: string }
  partnerType: string
}

export interface RfcSettings {
  ashost: string
  sysnr: string
  client: string
  user: string
  passwd: string
  lang: string
}

const text = (title: string, description: string, more: object = {}): SettingsSchema['properties'][string] => ({
  type: 'string',
  title,
  description,
  ...more,
})

export const SAP_SETTINGS: SettingsSchema = {
  type: 'object',
  properties: {
    baseUrl: text('Address', 'https://host:port of the SAP Gateway or API management; for OData and outbound IDocs.', {
      examples: ['https://s4.example.com:44300'],
    }),
    auth: text('Sign-in', 'How the hub signs in over HTTP.', { enum: ['basic', 'oauth', 'none'], default: 'basic' }),
    user: text('User', 'Technical user, for basic sign-in.'),
    password: text('Password', 'Password of the user.', { secret: true }),
    tokenUrl: text('Token address', 'Where OAuth 2.0 tokens are had, for client credentials.'),
    clientId: text('Client id', 'OAuth 2.0 client id.'),
    clientSecret: text('Client secret', 'OAuth 2.0 client secret.', { secret: true }),
    scope: text('Scope', 'OAuth 2.0 scope, where the token service wants one.'),
    sapClient: text('SAP client', 'Three digits; without it the default client of the server.', { examples: ['100'] }),
    language: text('Language', 'Two letters, for texts that SAP translates.', { default: 'EN' }),
    services: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      title: 'Services',
      description: 'Paths of the OData services (V2 or V4) whose entity sets are shown when a system is explored.',
      examples: [['/sap/opu/odata/sap/API_BUSINESS_PARTNER']],
    },
    csrf: {
      type: 'boolean',
      default: true,
      title: 'CSRF token',
      description: 'Whether changes need a CSRF token; off only behind a gateway that takes it away.',
    },
    batch: {
      type: 'boolean',
      default: true,
      title: 'Batches',
      description: 'Whether several writes go as one $batch request, each in a changeset of its own.',
    },
    lockCodes: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      title: 'Lock messages',
      description:
        'Further SAP messages (CLASS/NUMBER) that mean "locked by somebody", so that the write is tried again.',
      examples: [['ZSALES/017']],
    },
    rightCodes: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      title: 'Right messages',
      description: 'Further SAP messages (CLASS/NUMBER) that mean that the user lacks a right.',
    },
    timeoutMs: {
      type: 'integer',
      minimum: 100,
      maximum: 600_000,
      default: 30_000,
      title: 'Time-out (ms)',
      description: 'How long one request may take.',
    },
    tlsAuthority: text('TLS authority', 'Certificate (PEM) of a company authority.'),
    idocUser: text('IDoc hook: user', 'User with which SAP calls the hub (SM59 destination), for basic sign-in.'),
    idocPassword: text('IDoc hook: password', 'Password with which SAP calls the hub.', { secret: true }),
    idocSecret: text('IDoc hook: secret', 'Instead of user and password: `Authorization: Bearer <secret>`.', {
      secret: true,
    }),
    idocPartners: {
      type: 'array',
      items: { type: 'string' },
      title: 'IDoc hook: partners',
      description: 'Sender partners (SNDPRN) whose IDocs are taken; without it those of any.',
    },
    idocKeys: {
      type: 'object',
      default: {},
      title: 'IDoc keys',
      description: 'For further message types, where the key stands: {MESTYP: "SEGMENT.FIELD"}.',
      examples: [{ ZPRICE: 'E1KOMG.MATNR' }],
    },
    idocTypes: {
      type: 'object',
      default: {},
      title: 'IDoc types',
      description:
        'Basic types of the IDocs that the hub sends, by message type, which is the entity: {DEBMAS: DEBMAS07}.',
      examples: [{ DEBMAS: 'DEBMAS07' }],
    },
    idocPrecondition: text(
      'IDoc precondition',
      'An IDoc can not compare before it writes. `ignore` sends writes that want it nevertheless.',
      { enum: ['refuse', 'ignore'], default: 'refuse' },
    ),
    idocPath: text('IDoc inbound path', 'Where SAP takes IDocs as XML, below the address.', {
      default: '/sap/bc/idoc_xml',
    }),
    idocSenderPort: text('Sender port', 'SNDPOR of IDocs from the hub.', { default: 'OMNIHUB' }),
    idocSenderPartner: text('Sender partner', 'SNDPRN of IDocs from the hub.', { default: 'OMNIHUB' }),
    idocReceiverPort: text('Receiver port', 'RCVPOR: the port of the SAP system, e.g. SAPS4H.'),
    idocReceiverPartner: text('Receiver partner', 'RCVPRN: the logical system of SAP, e.g. S4HCLNT100.'),
    idocPartnerType: text('Partner type', 'SNDPRT and RCVPRT: LS for logical systems.', { default: 'LS' }),
    rfcAshost: text('RFC host', 'Application server, for BAPIs.'),
    rfcSysnr: text('RFC system number', 'Two digits.', { default: '00' }),
    rfcUser: text('RFC user', 'User for RFC; by default that of HTTP.'),
    rfcPassword: text('RFC password', 'Its password; by default that of HTTP.', { secret: true }),
  },
  additionalProperties: false,
}

const SECRETS_FIX = 'Give it as ${env:NAME} or ${file:path}.'

/** Throws `connector.settings` with a pointer. Connects to nothing. */
export function sapSettings(given: JsonObject): SapSettings {
  const settings = readSettings(SAP_SETTINGS, given, '/settings')
  const string = (name: string): string | undefined => {
    const value = settings[name] as string | undefined
    return value === '' ? undefined : value
  }
  const baseUrl = string('baseUrl')
  if (baseUrl !== undefined) baseUrlOf(baseUrl)
  if (string('sapClient') !== undefined) mustMatch(settings, 'sapClient', /^\d{3}$/, 'three digits')
  mustMatch(settings, 'language', /^[A-Za-z]{2}$/, 'two letters')
  mustMatch(settings, 'idocPath', /^\/[^?#\s]*$/, 'a path that begins with /')
  return {
    baseUrl,
    auth: baseUrl === undefined ? { kind: 'none' } : authOf(settings, string),
    sapClient: string('sapClient'),
    language: String(settings.language).toUpperCase(),
    services: settings.services as string[],
    csrf: settings.csrf === true,
    batch: settings.batch === true,
    lockCodes: (settings.lockCodes as string[]).map((code) => code.toUpperCase()),
    rightCodes: (settings.rightCodes as string[]).map((code) => code.toUpperCase()),
    timeoutMs: settings.timeoutMs as number,
    tlsAuthority: string('tlsAuthority'),
    idoc: idocOf(settings, string),
    rfc: rfcOf(settings, string),
  }
}

function authOf(settings: JsonObject, string: (name: string) => string | undefined): SapAuth {
  const need = (name: string, fix: string): string => {
    const value = string(name)
    if (value !== undefined) return value
    throw settingsError(`The setting "${name}" is missing.`, { where: `/settings/${name}`, fix })
  }
  if (settings.auth === 'none') return { kind: 'none' }
  if (settings.auth === 'basic') {
    return {
      kind: 'basic',
      user: need('user', 'Name the technical user, or use another "auth".'),
      password: need('password', SECRETS_FIX),
    }
  }
  const tokenUrl = need('tokenUrl', 'Name the address of the token service.')
  baseUrlOf(tokenUrl, '/settings/tokenUrl')
  return {
    kind: 'oauth',
    tokenUrl,
    clientId: need('clientId', 'Name the OAuth client.'),
    clientSecret: need('clientSecret', SECRETS_FIX),
    scope: string('scope'),
  }
}

function idocOf(settings: JsonObject, string: (name: string) => string | undefined): IdocSettings {
  const [user, password, secret] = [string('idocUser'), string('idocPassword'), string('idocSecret')]
  if ((user === undefined) !== (password === undefined)) {
    const missing = user === undefined ? 'idocUser' : 'idocPassword'
    throw settingsError(`The setting "${missing}" is missing: user and password belong together.`, {
      where: `/settings/${missing}`,
    })
  }
  if (user !== undefined && secret !== undefined) {
    throw settingsError('The settings "idocUser" and "idocSecret" exclude each other.', {
      where: '/settings/idocSecret',
    })
  }
  return {
    user,
    password,
    secret,
    partners: settings.idocPartners as string[] | undefined,
    keys: idocKeysOf(settings.idocKeys ?? {}),
    types: idocTypesOf(settings.idocTypes ?? {}),
    precondition: settings.idocPrecondition as IdocSettings['precondition'],
    path: String(settings.idocPath),
    sender: { port: String(settings.idocSenderPort), partner: String(settings.idocSenderPartner) },
    receiver: { port: string('idocReceiverPort') ?? '', partner: string('idocReceiverPartner') ?? '' },
    partnerType: String(settings.idocPartnerType),
  }
}

function idocKeysOf(given: Json): Record<string, string> {
  const entries = isJsonObject(given) ? Object.entries(given) : []
  for (const [type, place] of entries) {
    if (typeof place === 'string' && /^[^.\s]+(\.[^.\s]+)+$/.test(place)) continue
    throw settingsError('The place of a key must be SEGMENT.FIELD.', {
      where: `/settings/idocKeys/${type}`,
      fix: 'For example {"DEBMAS": "E1KNA1M.KUNNR"}.',
    })
  }
  return Object.fromEntries(entries) as Record<string, string>
}

function idocTypesOf(given: Json): Record<string, string> {
  const entries = isJsonObject(given) ? Object.entries(given) : []
  for (const [entity, type] of entries) {
    if (typeof type === 'string' && /^[A-Z][A-Z0-9_]{0,29}$/.test(type)) continue
    throw settingsError('An IDoc type is a name of capital letters, digits and _.', {
      where: `/settings/idocTypes/${entity}`,
      fix: 'For example {"DEBMAS": "DEBMAS07"}.',
    })
  }
  return Object.fromEntries(entries) as Record<string, string>
}

function rfcOf(settings: JsonObject, string: (name: string) => string | undefined): RfcSettings | undefined {
  const ashost = string('rfcAshost')
  if (ashost === undefined) return undefined
  mustMatch(settings, 'rfcSysnr', /^\d{2}$/, 'two digits')
  const [user, passwd] = [string('rfcUser') ?? string('user'), string('rfcPassword') ?? string('password')]
  for (const [name, value] of [
    ['rfcUser', user],
    ['rfcPassword', passwd],
    ['sapClient', string('sapClient')],
  ] as const) {
    if (value === undefined) {
      throw settingsError(`The setting "${name}" is missing; RFC needs it.`, { where: `/settings/${name}` })
    }
  }
  return {
    ashost,
    sysnr: String(settings.rfcSysnr),
    client: string('sapClient') ?? '',
    user: user ?? '',
    passwd: passwd ?? '',
    lang: String(settings.language).toUpperCase(),
  }
}

function mustMatch(settings: JsonObject, name: string, pattern: RegExp, what: string): void {
  if (pattern.test(String(settings[name]))) return
  throw settingsError(`The setting "${name}" must be ${what}.`, { where: `/settings/${name}` })
}
