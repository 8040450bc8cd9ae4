import type { ConnectionOptions } from 'node:tls'
import type { SettingsSchema } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'
import { readSettings } from '../shared/settings.ts'

export interface PostgresSettings {
  host: string
  port: number
  database: string
  user: string
  password: string | undefined
  tls: false | ConnectionOptions
  connectTimeoutMs: number
  statementTimeoutMs: number
  slotName: string | undefined
  publicationName: string | undefined
}

export const POSTGRES_SETTINGS: SettingsSchema = {
  type: 'object',
  properties: {
    host: {
      type: 'string',
      title: 'Host',
      description: 'Name or address of the server.',
      examples: ['db.example.com'],
    },
    port: { type: 'integer', minimum: 1, maximum: 65_535, default: 5432, title: 'Port', description: 'TCP port.' },
    database: { type: 'string', title: 'Database', description: 'Name of the database.' },
    user: { type: 'string', title: 'User', description: 'Account; it needs SELECT, and REPLICATION to read the log.' },
    password: { type: 'string', secret: true, title: 'Password', description: 'Password of the account.' },
    url: {
      type: 'string',
      secret: true,
      title: 'URL',
      description: 'postgres://user:password@host:port/database, instead of the five settings above.',
    },
    tls: {
      type: 'string',
      enum: ['auto', 'off', 'encrypted', 'verified'],
      default: 'auto',
      title: 'TLS',
      description:
        'verified: the certificate must be right; encrypted: any certificate; auto: off for this machine, else verified.',
    },
    tlsAuthority: { type: 'string', title: 'TLS authority', description: 'Certificate (PEM) of a company authority.' },
    connectTimeoutMs: {
      type: 'integer',
      minimum: 100,
      maximum: 120_000,
      default: 10_000,
      title: 'Connect time-out (ms)',
      description: 'How long to wait for a connection.',
    },
    statementTimeoutMs: {
      type: 'integer',
      minimum: 100,
      maximum: 3_600_000,
      default: 60_000,
      title: 'Statement time-out (ms)',
      description: 'How long one statement may take.',
    },
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
  const text = (name: string): string | undefined => settings[name] as string | undefined
  const server = text('url') === undefined ? serverOf(settings) : serverOfUrl(text('url') ?? '', settings)
  return {
    ...server,
    tls: tlsOf(String(settings.tls), server.host, text('tlsAuthority')),
    connectTimeoutMs: settings.connectTimeoutMs as number,
    statementTimeoutMs: settings.statementTimeoutMs as number,
    slotName: text('slotName'),
    publicationName: text('publicationName'),
  }
}

type Server = Pick<PostgresSettings, 'host' | 'port' | 'database' | 'user' | 'password'>

function serverOf(settings: JsonObject): Server {
  for (const name of ['host', 'database', 'user']) {
    if (settings[name] === undefined || settings[name] === '') {
      throw settingsError(`The setting "${name}" is missing.`, {
        where: `/settings/${name}`,
        fix: 'Give host, database and user, or a url.',
      })
    }
  }
  return {
    host: String(settings.host),
    port: settings.port as number,
    database: String(settings.database),
    user: String(settings.user),
    password: settings.password as string | undefined,
  }
}

function serverOfUrl(text: string, settings: JsonObject): Server {
  const beside = ['host', 'database', 'user', 'password'].find((name) => settings[name] !== undefined)
  if (beside !== undefined) {
    throw settingsError(`The settings "url" and "${beside}" exclude each other.`, { where: `/settings/${beside}` })
  }
  const url = URL.parse(text)
  const database = decodeURIComponent(url?.pathname.slice(1) ?? '')
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '' || database === '' || url.username === '') {
    throw settingsError('The setting "url" is no postgres:// address with user, host and database.', {
      where: '/settings/url',
      fix: 'Write it as postgres://user:password@host:port/database, special characters percent-encoded.',
    })
  }
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 5432 : Number(url.port),
    database,
    user: decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
  }
}

function tlsOf(mode: string, host: string, authority: string | undefined): false | ConnectionOptions {
  const isThisMachine = host === 'localhost' || host === '::1' || host.startsWith('127.')
  if (mode === 'off' || (mode === 'auto' && isThisMachine)) return false
  return { rejectUnauthorized: mode !== 'encrypted', ...(authority === undefined ? {} : { ca: authority }) }
}
