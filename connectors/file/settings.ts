import type { SettingsSchema } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'
import { readSettings } from '../shared/settings.ts'

export interface SftpSettings {
  host: string
  port: number
  user: string
  password: string | undefined
  privateKey: string | undefined
  passphrase: string | undefined
  /** `SHA256:...`, as ssh-keygen -lf prints it. */
  hostKey: string
  timeoutMs: number
}

export interface FileSettings {
  /** Absolute, or as the SFTP server understands it. */
  folder: string
  /** undefined: the folder is on this machine. */
  sftp: SftpSettings | undefined
}

const DEFAULT_PORT = 22
const DEFAULT_TIMEOUT_MS = 30_000
const NEEDED_FOR_SFTP = ['user', 'hostKey'] as const

export const FILE_SETTINGS: SettingsSchema = {
  type: 'object',
  properties: {
    folder: {
      type: 'string',
      title: 'Folder',
      description: 'Folder that the patterns of the entities start from: on this machine, or on the SFTP server.',
      examples: ['/srv/exchange/billing', 'outbound'],
    },
    host: {
      type: 'string',
      title: 'SFTP host',
      description: 'Name or address of the SFTP server. Absent: the folder is on the machine of the hub.',
    },
    port: {
      type: 'integer',
      title: 'SFTP port',
      description: 'Port of the SFTP server.',
      default: DEFAULT_PORT,
      minimum: 1,
      maximum: 65_535,
    },
    user: { type: 'string', title: 'SFTP user', description: 'Account on the SFTP server.' },
    password: { type: 'string', title: 'Password', description: 'Password of the account.', secret: true },
    privateKey: {
      type: 'string',
      title: 'Private key',
      description: 'Private key of the account, in OpenSSH or PEM form, instead of a password.',
      secret: true,
    },
    passphrase: {
      type: 'string',
      title: 'Passphrase',
      description: 'Passphrase of the private key, where it has one.',
      secret: true,
    },
    hostKey: {
      type: 'string',
      title: 'Host key',
      description: 'Fingerprint of the key of the SFTP server (SHA256:...); another server is refused.',
      examples: ['SHA256:uNiVztksCsDhcc0u9e8BrysmLvPdnHjCyCDMm1FWNQs'],
    },
    timeoutMs: {
      type: 'integer',
      title: 'Time-out (ms)',
      description: 'How long one request to the SFTP server may take.',
      default: DEFAULT_TIMEOUT_MS,
      minimum: 100,
      maximum: 600_000,
    },
  },
  required: ['folder'],
  additionalProperties: false,
}

/** Throws `connector.settings` with a pointer. */
export function fileSettings(given: JsonObject): FileSettings {
  const settings = readSettings(FILE_SETTINGS, given, '/settings')
  const text = (name: string): string | undefined => settings[name] as string | undefined
  const folder = text('folder') ?? ''
  const host = text('host')
  if (host === undefined) {
    if (folder.startsWith('/')) return { folder, sftp: undefined }
    throw settingsError('A folder on this machine must be an absolute path.', { where: '/settings/folder' })
  }
  for (const name of NEEDED_FOR_SFTP) {
    if (text(name) !== undefined) continue
    throw settingsError(`An SFTP server needs the setting "${name}".`, { where: `/settings/${name}` })
  }
  const [password, privateKey] = [text('password'), text('privateKey')]
  if ((password === undefined) === (privateKey === undefined)) {
    throw settingsError('An SFTP server needs either a password or a private key.', { where: '/settings/password' })
  }
  return {
    folder,
    sftp: {
      host,
      port: settings.port as number,
      user: text('user') ?? '',
      password,
      privateKey,
      passphrase: text('passphrase'),
      hostKey: text('hostKey') ?? '',
      timeoutMs: settings.timeoutMs as number,
    },
  }
}
