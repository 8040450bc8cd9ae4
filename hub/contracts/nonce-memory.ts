import { createHash } from 'node:crypto'

/** What is known of a nonce: never seen, seen with the very same message, seen with another one; `full`: no more can be remembered. */
export type NonceSight = 'new' | 'same' | 'other' | 'full'

export interface NonceMemoryOptions {
  /** Nonces at most; one takes about a hundred bytes. */
  max: number
  /** What gives way: the new one, which is answered by `full`, or the oldest one. */
  whenFull: 'refuse' | 'forget'
}

/**
 * Remembers nonces for as long as the messages that they came with would be taken, so that each is good for one message.
 * In this process only: another process of the hub has a memory of its own.
 */
export class NonceMemory {
  readonly #options: NonceMemoryOptions
  /** Digest of the nonce -> when it may be forgotten (ms) and the digest of its message; in the order of arrival. */
  readonly #nonces = new Map<string, { until: number; message: string }>()

  constructor(options: NonceMemoryOptions) {
    this.#options = options
  }

  /**
   * @param nonce with what it must be unique beside: who sent it
   * @param message the bytes that it came with, by which a repeated delivery is told from another use
   * @param now ms; never smaller than in the call before
   * @param keepMs for how long a message with this nonce would be taken
   */
  see(nonce: string, message: Uint8Array | string, now: number, keepMs: number): NonceSight {
    for (const [known, { until }] of this.#nonces) {
      if (until > now) break
      this.#nonces.delete(known)
    }
    // Digests, so that long nonces take no more room than short ones.
    const key = digestOf(nonce)
    const digest = digestOf(message)
    const before = this.#nonces.get(key)
    if (before !== undefined) return before.message === digest ? 'same' : 'other'
    if (this.#nonces.size >= this.#options.max) {
      if (this.#options.whenFull === 'refuse') return 'full'
      for (const oldest of this.#nonces.keys()) {
        this.#nonces.delete(oldest)
        break
      }
    }
    this.#nonces.set(key, { until: now + keepMs, message: digest })
    return 'new'
  }
}

/** Half of a SHA-256: nobody finds two texts with the same 128 bits, and the map is smaller by a third. */
function digestOf(value: Uint8Array | string): string {
  return createHash('sha256').update(value).digest().toString('latin1', 0, 16)
}
