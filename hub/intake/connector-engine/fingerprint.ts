import { hash } from 'node:crypto'
import type { Json, JsonObject } from '../../contracts/json.ts'

const MODULUS = 1n << 256n

/**
 * The number of records and a hash over all of them that does not depend on their order: the sum modulo 2^256 of the
 * SHA-256 of each record's key and canonical JSON. Records can be added one by one, in any order, by anybody.
 */
export class Fingerprint {
  count = 0
  #sum = 0n

  /** @param digest see recordDigest */
  add(digest: string): void {
    this.count++
    this.#sum = (this.#sum + BigInt(`0x${digest}`)) % MODULUS
  }

  /** 64 hexadecimal digits. */
  get hash(): string {
    return this.#sum.toString(16).padStart(64, '0')
  }
}

/** SHA-256 of `key`, a NUL character (which no key has) and the canonical JSON of `data`, in hexadecimal digits. */
export function recordDigest(key: string, data: JsonObject | null): string {
  return hash('sha256', `${key}\0${canonicalJson(data)}`, 'hex')
}

/**
 * JSON text that is the same for the same value: members sorted by name (UTF-16 units), nothing between them, numbers and
 * texts as JSON.stringify writes them. The scheme of RFC 8785 (JCS).
 */
export function canonicalJson(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const members = Object.keys(value).filter((name) => value[name] !== undefined)
  return `{${members
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`)
    .join(',')}}`
}
