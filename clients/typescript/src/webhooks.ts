import { OmnihubError } from './error.ts'
import type { OmnihubEvent } from './generated/events.ts'

export interface WebhookMessage {
  /** The secret of the subscription (`whsec_...`); several while it is being changed. */
  secret: string | readonly string[]
  /** Headers of the request, as a `Headers` or as an object of Node. */
  headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
  /** The body as it came: JSON that was parsed and written again is another text. */
  body: string | Uint8Array<ArrayBuffer>
  /** How far clocks may differ, and how old a message may be. Default 300. */
  toleranceSeconds?: number
  /** In ms since 1970; absent: now. */
  now?: number
}

/**
 * The event in a webhook of the hub, once its signature (Standard Webhooks) and its age were checked. Throws an OmnihubError with
 * `client.webhook.*` for what somebody else sent, or what was sent long ago: answer that with 401.
 */
export async function verifyWebhook(message: WebhookMessage): Promise<OmnihubEvent> {
  const { secret, headers, body, toleranceSeconds = 300, now = Date.now() } = message
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    headerOf(headers, name),
  )
  if (id === undefined || timestamp === undefined || signatures === undefined)
    throw refused('missing', 'The headers of a webhook are not there.')
  const age = Math.abs(now / 1000 - Number(timestamp))
  if (!/^\d{1,12}$/.test(timestamp) || age > toleranceSeconds)
    throw refused('stale', 'The message is too old, or of the future.')
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const signed = joined(new TextEncoder().encode(`${id}.${timestamp}.`), bytes)
  const given = signatures.split(' ').flatMap((one) => (one.startsWith('v1,') ? [bytesOf(one.slice(3))] : []))
  const secrets = typeof secret === 'string' ? [secret] : secret
  for (const one of secrets) {
    const key = await hmacKey(one)
    // `verify` takes as long for a wrong signature as for a right one.
    for (const signature of given)
      if (signature !== undefined && (await crypto.subtle.verify('HMAC', key, signature, signed))) return eventOf(bytes)
  }
  throw refused('forged', 'No signature of the message was made with the secret.')
}

function headerOf(headers: WebhookMessage['headers'], name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined
  const value = headers[name]
  return typeof value === 'string' ? value : value?.[0]
}

function hmacKey(secret: string): ReturnType<typeof crypto.subtle.importKey> {
  const bytes = bytesOf(secret.replace(/^whsec_/, ''))
  if (bytes === undefined || bytes.length === 0)
    throw new OmnihubError({ code: 'client.usage', message: 'This is no secret of a subscription (`whsec_...`).' })
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
}

/** Undefined: no base64. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}

function joined(head: Uint8Array, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(head.length + body.length)
  whole.set(head)
  whole.set(body, head.length)
  return whole
}

function eventOf(bytes: Uint8Array): OmnihubEvent {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as OmnihubEvent
  } catch (cause) {
    throw new OmnihubError({ code: 'client.webhook.malformed', message: 'The body is no JSON.', cause })
  }
}

function refused(why: string, message: string): OmnihubError {
  return new OmnihubError({ code: `client.webhook.${why}`, message })
}
