import type { SettingSchema, SettingsSchema } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'
import { readSettings } from '../shared/settings.ts'
import { FAULT_RULE, type FaultRule } from './faults.ts'
import type { SoapVersion } from './wsdl-model.ts'

export interface SoapSettings {
  wsdl: string
  endpoint: string | undefined
  service: string | undefined
  port: string | undefined
  version: SoapVersion | undefined
  security: SoapSecurity
  tlsAuthority: string | undefined
  tlsClient: { certificate: string; key: string; passphrase?: string } | undefined
  timeoutMs: number
  maxAnswerBytes: number
  faults: readonly FaultRule[]
  push: PushSettings | undefined
}

export type SoapSecurity =
  | { type: 'none' }
  | { type: 'basic'; user: string; password: string }
  | { type: 'wsse-text' | 'wsse-digest'; user: string; password: string; timestamp: boolean }

export interface PushSettings {
  user: string
  password: string
  accept: 'any' | 'text' | 'digest'
  windowMs: number
  /** Undefined: any entity. */
  entities: readonly string[] | undefined
}

const SECURITY: SettingSchema = {
  type: 'object',
  title: 'Security',
  description:
    'How requests prove who sends them: {type: none | basic | wsse-text | wsse-digest, user, password, timestamp}.',
  default: { type: 'none' },
  properties: {
    type: {
      type: 'string',
      enum: ['none', 'basic', 'wsse-text', 'wsse-digest'],
      default: 'none',
      title: 'Type',
      description: 'HTTP Basic, or a WS-Security UsernameToken with the password as text or as digest (with nonce).',
    },
    user: { type: 'string', title: 'User', description: 'Name of the account.' },
    password: { type: 'string', secret: true, title: 'Password', description: 'Password of the account.' },
    timestamp: {
      type: 'boolean',
      default: true,
      title: 'Timestamp',
      description: 'Whether a UsernameToken is sent with a wsu:Timestamp (valid for ten minutes).',
    },
  },
  additionalProperties: false,
}

const TLS: SettingSchema = {
  type: 'object',
  title: 'TLS',
  description:
    'Certificates (PEM): {authority} of a company authority; {certificate, key, passphrase} of the hub, where the service wants one.',
  properties: {
    authority: {
      type: 'string',
      title: 'Authority',
      description: 'Certificate (PEM) of a company authority; no other is trusted then.',
    },
    certificate: { type: 'string', title: 'Certificate', description: 'Client certificate (PEM), with its chain.' },
    key: { type: 'string', secret: true, title: 'Key', description: 'Private key (PEM) of the client certificate.' },
    passphrase: { type: 'string', secret: true, title: 'Passphrase', description: 'Passphrase of the private key.' },
  },
  additionalProperties: false,
}

const PUSH: SettingSchema = {
  type: 'object',
  title: 'Push',
  description:
    'Lets the system push changes to the hub by SOAP; the WSDL is at the hook address with ?wsdl at its end.',
  required: ['user', 'password'],
  properties: {
    user: { type: 'string', title: 'User', description: 'Name that the system must give in its UsernameToken.' },
    password: {
      type: 'string',
      secret: true,
      title: 'Password',
      description: 'Password that the system must prove to know.',
    },
    accept: {
      type: 'string',
      enum: ['any', 'text', 'digest'],
      default: 'any',
      title: 'Accept',
      description: 'Whether the password may come as text, as digest with nonce, or as either.',
    },
    windowSeconds: {
      type: 'integer',
      minimum: 5,
      maximum: 3600,
      default: 300,
      title: 'Window (s)',
      description: "How far the time in a UsernameToken may be from the hub's, and how long nonces are remembered.",
    },
    entities: {
      type: 'array',
      items: { type: 'string' },
      title: 'Entities',
      description: 'Entities that may be pushed; the WSDL lists them. Default: any.',
    },
  },
  additionalProperties: false,
}

export const SOAP_SETTINGS: SettingsSchema = {
  type: 'object',
  required: ['wsdl'],
  properties: {
    wsdl: {
      type: 'string',
      title: 'WSDL',
      description: 'URL or file of the WSDL (1.1); what it imports is read too.',
      examples: ['https://billing.example.com/service?wsdl'],
    },
    endpoint: {
      type: 'string',
      title: 'Endpoint',
      description: 'URL to call; by default the one in the WSDL, where it has the origin of the WSDL.',
    },
    service: {
      type: 'string',
      title: 'Service',
      description: 'Name of the service in the WSDL; by default the first that fits.',
    },
    port: {
      type: 'string',
      title: 'Port',
      description: 'Name of the port in the WSDL; by default the first that fits.',
    },
    soapVersion: {
      type: 'string',
      enum: ['auto', '1.1', '1.2'],
      default: 'auto',
      title: 'SOAP version',
      description: 'auto takes the first port of either version.',
    },
    security: SECURITY,
    tls: TLS,
    timeoutMs: {
      type: 'integer',
      minimum: 100,
      maximum: 600_000,
      default: 30_000,
      title: 'Time-out (ms)',
      description: 'From sending a request to the last byte of its answer.',
    },
    maxAnswerBytes: {
      type: 'integer',
      minimum: 1024,
      maximum: 268_435_456,
      default: 16_777_216,
      title: 'Largest answer (bytes)',
      description: 'Larger answers are refused: ask for smaller pages.',
    },
    faults: {
      type: 'array',
      items: FAULT_RULE,
      title: 'Faults',
      description:
        'What the faults of this service mean, the first rule that fits; the standard codes are known without.',
    },
    push: PUSH,
  },
  additionalProperties: false,
}

/** Throws `connector.settings` with a pointer. */
export function soapSettings(given: JsonObject): SoapSettings {
  const settings = readSettings(SOAP_SETTINGS, given, '/settings')
  const tls = (settings.tls ?? {}) as Record<string, string | undefined>
  if ((tls.certificate === undefined) !== (tls.key === undefined)) {
    throw settingsError('A client certificate needs its certificate and its key.', { where: '/settings/tls' })
  }
  const { certificate, key, passphrase } = tls
  return {
    wsdl: addressSetting(settings.wsdl as string, '/settings/wsdl', true),
    endpoint:
      settings.endpoint === undefined
        ? undefined
        : addressSetting(settings.endpoint as string, '/settings/endpoint', false),
    service: settings.service as string | undefined,
    port: settings.port as string | undefined,
    version: settings.soapVersion === 'auto' ? undefined : (settings.soapVersion as SoapVersion),
    security: securityOf(settings.security as JsonObject),
    tlsAuthority: tls.authority,
    tlsClient:
      certificate === undefined || key === undefined
        ? undefined
        : { certificate, key, ...(passphrase === undefined ? {} : { passphrase }) },
    timeoutMs: settings.timeoutMs as number,
    maxAnswerBytes: settings.maxAnswerBytes as number,
    faults: (settings.faults ?? []) as unknown as FaultRule[],
    push: settings.push === undefined ? undefined : pushOf(settings.push as JsonObject),
  }
}

function securityOf(given: JsonObject): SoapSecurity {
  const type = given.type as SoapSecurity['type']
  if (type === 'none') return { type }
  for (const name of ['user', 'password']) {
    if (typeof given[name] === 'string' && given[name] !== '') continue
    throw settingsError(`The setting "${name}" is missing.`, {
      where: `/settings/security/${name}`,
      fix: `Security of the type ${type} needs a user and a password.`,
    })
  }
  const [user, password] = [given.user as string, given.password as string]
  return type === 'basic' ? { type, user, password } : { type, user, password, timestamp: given.timestamp as boolean }
}

function pushOf(given: JsonObject): PushSettings {
  return {
    user: given.user as string,
    password: given.password as string,
    accept: given.accept as PushSettings['accept'],
    windowMs: (given.windowSeconds as number) * 1000,
    entities: given.entities as string[] | undefined,
  }
}

function addressSetting(text: string, where: string, mayBeFile: boolean): string {
  if (mayBeFile && !/^[a-z][a-z0-9+.-]+:\/\//i.test(text) && text !== '') return text
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) throw settingsError('The address is no http(s) URL.', { where })
  if (url.username !== '' || url.password !== '') {
    throw settingsError('The address must not have a user or a password in it.', {
      where,
      fix: 'Give them in the setting security.',
    })
  }
  return text
}
