import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { HubError } from '../contracts/hub-error.ts'

/** A key that seals what the database keeps secret. The id tells keys apart and gives nothing of the key away. */
export interface MasterKey {
  id: string
  key: Buffer
}

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const SEALED = /^sealed:1:([0-9a-f]{8}):([A-Za-z0-9_-]+)$/
export const SEALED_PREFIX = 'sealed:1:'

/** Reads 32 bytes as base64 (with or without padding, either alphabet) or hexadecimal; undefined where the text is neither. */
export function parseMasterKey(text: string): MasterKey | undefined {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : fromBase64(text)
  return bytes?.length === KEY_BYTES ? masterKeyOf(bytes) : undefined
}

export function mintMasterKey(): string {
  return randomBytes(KEY_BYTES).toString('base64')
}

function fromBase64(text: string): Buffer | undefined {
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined
}

/** The key that seals is derived (HKDF, RFC 5869), so that the master key itself never meets data, and the id tells nothing of it. */
function masterKeyOf(bytes: Buffer): MasterKey {
  const key = Buffer.from(hkdfSync('sha256', bytes, '', 'omnihub secrets at rest 1', KEY_BYTES))
  const id = createHash('sha256').update('omnihub master key id 1\0').update(bytes).digest('hex').slice(0, 8)
  return { id, key }
}

/**
 * Seals texts for the database: AES-256-GCM (NIST SP 800-38D) with a random nonce for each, as `sealed:1:<id of the key>:<nonce,
 * ciphertext and tag in base64url>`. The place of a text (table, column, row) is authenticated with it, so that a value copied into
 * another row opens no more than one that was altered.
 */
export class SecretBox {
  readonly #keys: ReadonlyMap<string, Buffer>
  readonly #current: MasterKey

  /** The first key seals; all of them open. */
  constructor(current: MasterKey, former: readonly MasterKey[] = []) {
    this.#current = current
    this.#keys = new Map([...former, current].map(({ id, key }) => [id, key]))
  }

  get currentKey(): string {
    return this.#current.id
  }

  knows(keyId: string): boolean {
    return this.#keys.has(keyId)
  }

  seal(place: string, text: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#current.key, nonce)
    cipher.setAAD(Buffer.from(place))
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return `${SEALED_PREFIX}${this.#current.id}:${sealed.toString('base64url')}`
  }

  /** Throws `secrets.key-missing` (config) for a key that it does not have, `secrets.altered` (bug) for a text that is not as it was sealed. */
  open(place: string, sealed: string): string {
    const [, keyId = '', body = ''] = SEALED.exec(sealed) ?? []
    const key = this.#keys.get(keyId)
    if (keyId !== '' && key === undefined) throw keyMissing(place, keyId)
    const bytes = Buffer.from(body, 'base64url')
    if (key === undefined || bytes.length < NONCE_BYTES + TAG_BYTES) throw altered(place)
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    decipher.setAAD(Buffer.from(place))
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    try {
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString(
        'utf8',
      )
    } catch {
      throw altered(place)
    }
  }
}

/** The id of the key that a text was sealed with; undefined for a text that is not sealed. */
export function keyIdOf(text: string): string | undefined {
  return SEALED.exec(text)?.[1]
}

/** Where a secret stands, as `open` and `seal` want it. */
export function placeOf(table: string, column: string, row: string): string {
  return `${table}/${column}/${row}`
}

function keyMissing(place: string, keyId: string): HubError {
  return new HubError({
    code: 'secrets.key-missing',
    family: 'config',
    message: `A stored secret (${place}) was sealed with the master key ${keyId}, which this process does not have.`,
    fix: 'Set OMNIHUB_MASTER_KEY to that key, or list it in OMNIHUB_MASTER_KEYS_OLD beside a newer one, and start again.',
  })
}

function altered(place: string): HubError {
  return new HubError({
    code: 'secrets.altered',
    family: 'bug',
    message: `A stored secret (${place}) is not as the hub wrote it, so it is not used.`,
    fix: 'Find out who wrote to the database; then rotate the secret, or restore it from a backup.',
  })
}
