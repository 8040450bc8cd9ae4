import type { SettingsSchema } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from './errors.ts'

export interface TlsSettings {
  rejectUnauthorized: boolean
  ca?: string
}

/** What connecting to a database server takes, whichever it is. */
export interface DatabaseSettings {
  host: string
  port: number
  database: string
  user: string
  password: string | undefined
  tls: false | TlsSettings
  connectTimeoutMs: number
  statementTimeoutMs: number
}

/** @param rights what the account needs, as a clause */
export function databaseSettingsSchema(
  defaultPort: number,
  scheme: string,
  rights: string,
): SettingsSchema['properties'] {
  return {
    host: {
      type: 'string',
      title: 'Host',
      description: 'Name or address of the server.',
      examples: ['db.example.com'],
    },
    port: {
      type: 'integer',
      minimum: 1,
      maximum: 65_535,
      default: defaultPort,
      title: 'Port',
      description: 'TCP port.',
    },
    database: { type: 'string', title: 'Database', description: 'Name of the database.' },
    user: { type: 'string', title: 'User', description: `Account; it needs ${rights}.` },
    password: { type: 'string', secret: true, title: 'Password', description: 'Password of the account.' },
    url: {
      type: 'string',
      secret: true,
      title: 'URL',
      description: `${scheme}://user:password@host:port/database, instead of the five settings above.`,
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
  }
}

/**
 * @param settings checked against the schema already
 * @param schemes those that a url may have
 */
export function databaseSettings(
  settings: JsonObject,
  defaultPort: number,
  schemes: readonly string[],
): DatabaseSettings {
  const url = settings.url as string | undefined
  const server = url === undefined ? serverOf(settings) : serverOfUrl(url, settings, defaultPort, schemes)
  return {
    ...server,
    tls: tlsOf(String(settings.tls), server.host, settings.tlsAuthority as string | undefined),
    connectTimeoutMs: settings.connectTimeoutMs as number,
    statementTimeoutMs: settings.statementTimeoutMs as number,
  }
}

type Server = Pick<DatabaseSettings, 'host' | 'port' | 'database' | 'user' | 'password'>

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

function serverOfUrl(text: string, settings: JsonObject, defaultPort: number, schemes: readonly string[]): Server {
  const beside = ['host', 'database', 'user', 'password'].find((name) => settings[name] !== undefined)
  if (beside !== undefined) {
    throw settingsError(`The settings "url" and "${beside}" exclude each other.`, { where: `/settings/${beside}` })
  }
  const url = URL.parse(text)
  const database = decodeURIComponent(url?.pathname.slice(1) ?? '')
  if (
    !url ||
    !schemes.includes(url.protocol.slice(0, -1)) ||
    url.hostname === '' ||
    database === '' ||
    url.username === ''
  ) {
    throw settingsError(`The setting "url" is no ${schemes[0]}:// address with user, host and database.`, {
      where: '/settings/url',
      fix: `Write it as ${schemes[0]}://user:password@host:port/database, special characters percent-encoded.`,
    })
  }
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? defaultPort : Number(url.port),
    database,
    user: decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
  }
}

function tlsOf(mode: string, host: string, authority: string | undefined): false | TlsSettings {
  const isThisMachine = host === 'localhost' || host === '::1' || host.startsWith('127.')
  if (mode === 'off' || (mode === 'auto' && isThisMachine)) return false
  return { rejectUnauthorized: mode !== 'encrypted', ...(authority === undefined ? {} : { ca: authority }) }
}
