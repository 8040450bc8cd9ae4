import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Role } from './permissions.ts'
import type { RateLimit } from './rate-limits.ts'

/**
 * An API key reads `omni_<id>_<secret>`: the id (12 letters or digits) finds the key's row and may be shown; the secret
 * is 256 random bits, of which only a SHA-256 hash is stored. A slow password hash would add nothing to that many random
 * bits and would cost every request.
 */
export interface ParsedKey {
  id: string
  secret: string
}

export interface ApiKey {
  id: string
  name: string
  role: Role
  /** The system that a key of the role `system` speaks for; null for all others. */
  system: string | null
  /** ISO 8601, as the other times. */
  createdAt: string
  expiresAt: string | null
  revokedAt: string | null
  /** Its own; null: those of its role. */
  limits: RateLimit | null
  /** The key that takes its place; both are valid until this one expires. */
  rotatedTo: string | null
}

export type StoredApiKey = ApiKey & { secretHash: Buffer }

const KEY = /^omni_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/
const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

export function mintKey(): ParsedKey & { key: string } {
  const id = Array.from(randomBytes(12), (byte) => ID_ALPHABET[byte % ID_ALPHABET.length]).join('')
  const secret = randomBytes(32).toString('base64url')
  return { id, secret, key: `omni_${id}_${secret}` }
}

/** Null for anything that is not in the form of a key. */
export function parseKey(text: string): ParsedKey | null {
  const [, id, secret] = KEY.exec(text) ?? []
  return id === undefined || secret === undefined ? null : { id, secret }
}

export function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer')
}

/** Whether the secret is the one behind the hash, in a time that tells nothing about how much of it was right. */
export function secretMatches(secret: string, secretHash: Buffer): boolean {
  const presented = hashSecret(secret)
  return presented.length === secretHash.length && timingSafeEqual(presented, secretHash)
}
