import { createHmac, randomBytes } from 'node:crypto'

/**
 * Signatures of the Standard Webhooks specification 1.0 (standard-webhooks/spec, "Signature scheme"): HMAC-SHA256 over
 * `<id>.<timestamp>.<body>` with the bytes behind `whsec_`, in base64 after `v1,`; one for each secret, with a space between.
 */
const PREFIX = 'whsec_'
const SECRET_BYTES = 32

/** A new secret, as it is shown to its owner once. */
export function mintWebhookSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64')
}

export interface SignedMessage {
  /** The same at each attempt: receivers know by it what they have already. */
  id: string
  /** Seconds since 1970: the time of the attempt. */
  timestamp: number
  body: string
}

/** The headers that a receiver verifies; during a rotation there is a signature by each secret. */
export function webhookHeaders(message: SignedMessage, secrets: readonly string[]): Record<string, string> {
  const { id, timestamp, body } = message
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signatures.join(' ') }
}
