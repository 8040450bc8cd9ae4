import { createHmac, createHash, timingSafeEqual } from 'node:crypto'
import type { PushRequest } from '../../hub/contracts/connector.ts'
import { unauthorizedPushError } from '../shared/errors.ts'
import type { Scheme } from './signature-settings.ts'

/** More signatures than any sender needs while it changes its secret. */
const SIGNATURES_MAX = 16

/**
 * Throws `connector.push.unauthorized` unless the request proves that it comes from somebody who knows one of the secrets, and
 * is not older (or newer) than the tolerance. The signature is over the body as it came, byte by byte.
 * @param now wall clock, ms
 */
export function verifySignature(request: Pick<PushRequest, 'headers' | 'body'>, scheme: Scheme, now: number): void {
  const { headers, body } = request
  const given = headers[scheme.header]
  if (given === undefined || given === '') throw unauthorizedPushError(`the header ${scheme.header} is missing`)
  if (scheme.kind === 'token') {
    if (!given.startsWith(scheme.prefix)) throw unauthorizedPushError('the header has not the prefix')
    const token = Buffer.from(given.slice(scheme.prefix.length))
    if (scheme.secrets.some((secret) => isSame(token, secret))) return
    throw unauthorizedPushError('the token is another')
  }
  const { signatures, timestamp } = readHeader(scheme, given, headers)
  if (scheme.toleranceSeconds !== undefined) checkAge(timestamp, scheme.toleranceSeconds, now)
  const signed = signedBytes(scheme, headers, timestamp, body)
  const expected = scheme.secrets.map((secret) => createHmac(scheme.algorithm, secret).update(signed).digest())
  let isGood = false
  // All are compared, so that the time taken tells nothing of which one was near.
  for (const signature of signatures) {
    const bytes = decoded(signature, scheme.encoding)
    for (const each of expected) isGood = isSame(bytes, each) || isGood
  }
  if (!isGood) throw unauthorizedPushError('no signature is right')
}

type Signed = Exclude<Scheme, { kind: 'token' }>

/** The signatures in the header, without their prefix; and the time of the signature, where there is one. */
function readHeader(
  scheme: Signed,
  given: string,
  headers: PushRequest['headers'],
): { signatures: string[]; timestamp: string | undefined } {
  const { prefix, separator, timestamp: from } = scheme
  const parts = separator === undefined ? [given.trim()] : given.split(separator).map((part) => part.trim())
  const signatures = parts.filter((part) => part.startsWith(prefix)).map((part) => part.slice(prefix.length))
  if (signatures.length === 0 || signatures.length > SIGNATURES_MAX) {
    throw unauthorizedPushError(`the header ${scheme.header} has no signature with the prefix, or too many`)
  }
  if (from === undefined) return { signatures, timestamp: undefined }
  if ('header' in from) return { signatures, timestamp: headers[from.header] }
  return { signatures, timestamp: parts.find((part) => part.startsWith(from.prefix))?.slice(from.prefix.length) }
}

function checkAge(timestamp: string | undefined, toleranceSeconds: number, now: number): void {
  if (timestamp === undefined || !/^\d{1,13}$/.test(timestamp)) throw unauthorizedPushError('the time is missing')
  // Seconds; a sender that counts milliseconds is some thousand years ahead.
  const at = timestamp.length > 11 ? Number(timestamp) : Number(timestamp) * 1000
  if (Math.abs(now - at) > toleranceSeconds * 1000) throw unauthorizedPushError('the time is outside of the tolerance')
}

function signedBytes(
  { signed }: Signed,
  headers: PushRequest['headers'],
  timestamp: string | undefined,
  body: Buffer,
): Buffer {
  const parts = signed.map((part): Buffer => {
    if (part === 'body') return body
    if (part === 'timestamp') return Buffer.from(timestamp ?? '')
    if ('text' in part) return Buffer.from(part.text)
    const value = headers[part.header]
    if (value === undefined || value === '') throw unauthorizedPushError(`the header ${part.header} is missing`)
    return Buffer.from(value)
  })
  return Buffer.concat(parts)
}

function decoded(text: string, encoding: 'hex' | 'base64'): Buffer {
  // Buffer reads what it can and leaves the rest: what is not written so is no signature.
  const isWritten = encoding === 'hex' ? /^[\da-f]+$/i.test(text) : /^[\w+/-]+={0,2}$/.test(text)
  return isWritten ? Buffer.from(text, encoding) : Buffer.alloc(0)
}

/** In constant time, also for texts of different lengths. */
export function isSame(one: Buffer, other: Buffer): boolean {
  const hash = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()
  return timingSafeEqual(hash(one), hash(other))
}
