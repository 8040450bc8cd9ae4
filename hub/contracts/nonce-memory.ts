const NONCES_MAX = 100_000

/** What is known of a nonce: never seen, seen with the very same message, seen with another one; `full`: no more can be remembered. */
export type NonceSight = 'new' | 'same' | 'other' | 'full'

/**
 * Remembers nonces for as long as the messages that they came with would be taken, so that each is good for one message.
 * In this process only: another process of the hub has a memory of its own.
 */
export class NonceMemory {
  /** Nonce -> when it may be forgotten (ms) and the digest of the message that it came with; in the order of arrival. */
  readonly #nonces = new Map<string, { until: number; message: string }>()

  /**
   * @param message digest of the message, by which a repeated delivery is told from another use
   * @param now ms; never smaller than in the call before
   * @param keepMs for how long a message with this nonce would be taken
   */
  see(nonce: string, message: string, now: number, keepMs: number): NonceSight {
    for (const [known, { until }] of this.#nonces) {
      if (until > now) break
      this.#nonces.delete(known)
    }
    const before = this.#nonces.get(nonce)
    if (before !== undefined) return before.message === message ? 'same' : 'other'
    if (this.#nonces.size >= NONCES_MAX) return 'full'
    this.#nonces.set(nonce, { until: now + keepMs, message })
    return 'new'
  }
}
