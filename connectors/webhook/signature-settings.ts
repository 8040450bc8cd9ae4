import type { SettingSchema } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'

/** What is signed, in its order. */
export type SignedPart = 'body' | 'timestamp' | { header: string } | { text: string }

export type Scheme =
  | { kind: 'token'; header: string; prefix: string; secrets: Buffer[] }
  | {
      kind: 'hmac'
      header: string
      algorithm: 'sha256' | 'sha1' | 'sha512'
      encoding: 'hex' | 'base64'
      /** What stands before each signature. */
      prefix: string
      /** What stands between several in one header. */
      separator: string | undefined
      /** Where the time of the signature is: another header, or a part of the same with this prefix. */
      timestamp: { header: string } | { prefix: string } | undefined
      signed: SignedPart[]
      toleranceSeconds: number | undefined
      secrets: Buffer[]
    }

const text = (title: string, description: string): SettingSchema => ({ type: 'string', title, description })

export const SIGNATURE_SCHEMA: SettingSchema = {
  type: 'object',
  title: 'Signature',
  description: 'How a push proves that it comes from the system.',
  properties: {
    scheme: {
      type: 'string',
      enum: ['standardWebhooks', 'github', 'stripe', 'shopify', 'slack', 'hmac', 'token'],
      title: 'Scheme',
      description:
        'A known manner; hmac: one described by the settings below; token: a fixed secret in a header, without a signature.',
    },
    secrets: {
      type: 'array',
      title: 'Secrets',
      description: 'One secret, or several while it is changed: a push may be signed with any of them.',
      items: { type: 'string', title: 'Secret', description: 'The secret as the system shows it.', secret: true },
    },
    toleranceSeconds: {
      type: 'integer',
      minimum: 1,
      maximum: 86_400,
      title: 'Tolerance (s)',
      description: 'How old a signature may be, for schemes that sign the time. Default 300.',
    },
    header: text('Header', 'hmac and token: name of the header with the signature or token.'),
    prefix: text('Prefix', 'hmac and token: what stands before it, as "sha256=" or "Bearer ".'),
    separator: text('Separator', 'hmac: what stands between several signatures in the header.'),
    algorithm: {
      ...text('Algorithm', 'hmac: the hash function. Default sha256.'),
      enum: ['sha256', 'sha1', 'sha512'],
    },
    encoding: { ...text('Encoding', 'hmac: how the signature is written. Default hex.'), enum: ['hex', 'base64'] },
    secretEncoding: {
      ...text('Secret encoding', 'hmac: how the secret is written. Default text.'),
      enum: ['text', 'hex', 'base64'],
    },
    signed: text(
      'Signed',
      'hmac: what is signed, as "{{ timestamp }}.{{ body }}"; {{ header.<name> }} is a header. Default "{{ body }}".',
    ),
    timestampHeader: text('Time header', 'hmac: name of the header with the time of the signature, in seconds.'),
  },
  required: ['scheme', 'secrets'],
  additionalProperties: false,
}

type Hmac = Omit<Extract<Scheme, { kind: 'hmac' }>, 'kind' | 'secrets' | 'toleranceSeconds'>

const DOT: SignedPart = { text: '.' }

/** As the vendors document them: standardwebhooks.com, and the webhook pages of GitHub, Stripe, Shopify and Slack. */
const KNOWN: Record<string, Hmac> = {
  standardWebhooks: {
    header: 'webhook-signature',
    algorithm: 'sha256',
    encoding: 'base64',
    prefix: 'v1,',
    separator: ' ',
    timestamp: { header: 'webhook-timestamp' },
    signed: [{ header: 'webhook-id' }, DOT, 'timestamp', DOT, 'body'],
  },
  github: {
    header: 'x-hub-signature-256',
    algorithm: 'sha256',
    encoding: 'hex',
    prefix: 'sha256=',
    separator: undefined,
    timestamp: undefined,
    signed: ['body'],
  },
  stripe: {
    header: 'stripe-signature',
    algorithm: 'sha256',
    encoding: 'hex',
    prefix: 'v1=',
    separator: ',',
    timestamp: { prefix: 't=' },
    signed: ['timestamp', DOT, 'body'],
  },
  shopify: {
    header: 'x-shopify-hmac-sha256',
    algorithm: 'sha256',
    encoding: 'base64',
    prefix: '',
    separator: undefined,
    timestamp: undefined,
    signed: ['body'],
  },
  slack: {
    header: 'x-slack-signature',
    algorithm: 'sha256',
    encoding: 'hex',
    prefix: 'v0=',
    separator: undefined,
    timestamp: { header: 'x-slack-request-timestamp' },
    signed: [{ text: 'v0:' }, 'timestamp', { text: ':' }, 'body'],
  },
}

const WHERE = '/settings/signature'
const TOLERANCE_DEFAULT = 300
const HMAC_ONLY = ['separator', 'algorithm', 'encoding', 'secretEncoding', 'signed', 'timestampHeader']

/** Throws `connector.settings` with a pointer. @param given checked against SIGNATURE_SCHEMA */
export function signatureScheme(given: JsonObject): Scheme {
  const scheme = String(given.scheme)
  const secrets = given.secrets as string[]
  const empty = secrets.findIndex((secret) => secret === '')
  if (secrets.length === 0 || empty >= 0) {
    throw settingsError('Without a secret anybody could push.', {
      where: `${WHERE}/secrets${empty < 0 ? '' : `/${empty}`}`,
    })
  }
  const isOwn = scheme === 'hmac' || scheme === 'token'
  const unused = [...(isOwn ? [] : ['header', 'prefix']), ...(scheme === 'hmac' ? [] : HMAC_ONLY)]
  const other = unused.find((name) => given[name] !== undefined)
  if (other !== undefined) {
    throw settingsError(`The scheme ${scheme} has no "${other}".`, {
      where: `${WHERE}/${other}`,
      fix: 'Leave it out, or describe the signature with scheme: hmac.',
    })
  }
  if (isOwn && given.header === undefined) {
    throw settingsError(`The scheme ${scheme} needs "header".`, { where: `${WHERE}/header` })
  }
  if (scheme === 'token') {
    const prefix = String(given.prefix ?? '')
    const bytes = secrets.map((secret) => Buffer.from(secret))
    return { kind: 'token', header: headerName(given.header), prefix, secrets: bytes }
  }
  const hmac = KNOWN[scheme] ?? ownScheme(given)
  const toleranceSeconds = toleranceOf(given, hmac, scheme)
  const bytes = secrets.map((secret, place) =>
    secretBytes(secret, scheme, String(given.secretEncoding ?? 'text'), place),
  )
  return { kind: 'hmac', ...hmac, toleranceSeconds, secrets: bytes }
}

function toleranceOf(given: JsonObject, { timestamp, signed }: Hmac, scheme: string): number | undefined {
  if (timestamp === undefined || !signed.includes('timestamp')) {
    if (given.toleranceSeconds === undefined) return undefined
    throw settingsError(`The scheme ${scheme} signs no time, so its age is not known.`, {
      where: `${WHERE}/toleranceSeconds`,
    })
  }
  return Number(given.toleranceSeconds ?? TOLERANCE_DEFAULT)
}

function ownScheme(given: JsonObject): Hmac {
  const timestamp = given.timestampHeader === undefined ? undefined : { header: headerName(given.timestampHeader) }
  const signed = signedParts(String(given.signed ?? '{{ body }}'))
  if (!signed.includes('body')) {
    throw settingsError('A signature that is not over the body proves nothing.', { where: `${WHERE}/signed` })
  }
  if (signed.includes('timestamp') !== (timestamp !== undefined)) {
    throw settingsError('The time is signed and named, or neither.', {
      where: `${WHERE}/timestampHeader`,
      fix: 'Name timestampHeader, and have {{ timestamp }} in "signed".',
    })
  }
  return {
    header: headerName(given.header),
    algorithm: (given.algorithm ?? 'sha256') as Hmac['algorithm'],
    encoding: (given.encoding ?? 'hex') as Hmac['encoding'],
    prefix: String(given.prefix ?? ''),
    separator: given.separator === undefined || given.separator === '' ? undefined : String(given.separator),
    timestamp,
    signed,
  }
}

function signedParts(template: string): SignedPart[] {
  return template.split(/(\{\{[^{}]*\}\})/).flatMap((part): SignedPart[] => {
    const name = /^\{\{\s*(.*?)\s*\}\}$/.exec(part)?.[1]
    if (name === undefined) return part === '' ? [] : [{ text: part }]
    if (name === 'body' || name === 'timestamp') return [name]
    if (name.startsWith('header.')) return [{ header: name.slice(7).toLowerCase() }]
    throw settingsError('"signed" has a placeholder that there is not.', {
      where: `${WHERE}/signed`,
      fix: 'There are {{ body }}, {{ timestamp }} and {{ header.<name> }}.',
    })
  })
}

function headerName(name: unknown): string {
  return String(name).toLowerCase()
}

function secretBytes(secret: string, scheme: string, encoding: string, place: number): Buffer {
  const isStandard = scheme === 'standardWebhooks'
  if (!isStandard && encoding === 'text') return Buffer.from(secret)
  const form = isStandard || encoding === 'base64' ? 'base64' : 'hex'
  const text = isStandard ? secret.replace(/^whsec_/, '') : secret
  const bytes = Buffer.from(text, form)
  const isWritten = form === 'hex' ? /^([\da-f]{2})+$/i.test(text) : /^[\w+/-]+={0,2}$/.test(text)
  if (isWritten && bytes.length > 0) return bytes
  throw settingsError(`The secret is not written in ${form}.`, { where: `${WHERE}/secrets/${place}` })
}
