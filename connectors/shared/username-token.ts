import { createHash, timingSafeEqual } from 'node:crypto'
import { HubError } from '../../hub/contracts/hub-error.ts'
import { NonceMemory } from '../../hub/contracts/nonce-memory.ts'
import { PASSWORD_DIGEST, PASSWORD_TEXT, WSSE, WSU } from '../../hub/contracts/soap-envelope.ts'
import { attributeOf, children, textOf, type XmlElement } from './xml.ts'

export { PASSWORD_DIGEST, PASSWORD_TEXT, WSSE, WSU }

const NONCE_BYTES_MAX = 256
const FIELD_MAX = 1024

export interface TokenRules {
  /** Undefined for a user that there is not. */
  passwordOf(user: string): string | undefined
  accept: 'any' | 'text' | 'digest'
  /** How far Created may be from now, and how long nonces are remembered, ms. */
  windowMs: number
  now(): number
}

/**
 * Checks UsernameTokens of the OASIS Web Services Security UsernameToken Profile 1.1: password as text or as digest
 * Base64(SHA-1(nonce + created + password)), Created within a window, and each nonce for one message only.
 * https://docs.oasis-open.org/wss-m/wss/v1.1.1/wss-UsernameTokenProfile-v1.1.1.html
 *
 * A nonce that comes again with the very same bytes is a delivery repeated, which is harmless and must be answered alike; with
 * others it is somebody who has overheard one.
 */
export class TokenVerifier {
  private readonly rules: TokenRules
  private readonly nonces = new NonceMemory({ max: 100_000, whenFull: 'refuse' })

  constructor(rules: TokenRules) {
    this.rules = rules
  }

  /**
   * @param headers blocks of the envelope's header
   * @param message its bytes as they came
   * @returns the user. Throws `connector.push.unauthorized`, always in the same words, whatever was wrong; `internal` says what.
   */
  verify(headers: readonly XmlElement[], message: Buffer): string {
    const [security, ...others] = headers.filter(({ name, namespace }) => name === 'Security' && namespace === WSSE)
    if (security === undefined || others.length > 0) throw unauthorized('not one Security header')
    for (const { name, namespace } of security.children) {
      const isKnown = (namespace === WSSE && name === 'UsernameToken') || (namespace === WSU && name === 'Timestamp')
      // A signature that nobody checks must not look as if it had been checked.
      if (!isKnown) throw unauthorized(`a ${name} in the Security header`)
    }
    this.checkTimestamp(security)
    const [token, ...more] = children(security, 'UsernameToken', WSSE)
    if (token === undefined || more.length > 0) throw unauthorized('not one UsernameToken')
    return this.checkToken(token, message)
  }

  private checkTimestamp(security: XmlElement): void {
    const stamps = children(security, 'Timestamp', WSU)
    if (stamps.length > 1) throw unauthorized('more than one Timestamp')
    const [stamp] = stamps
    if (stamp === undefined) return
    const { windowMs } = this.rules
    const now = this.rules.now()
    const [created, expires] = [timeOf(stamp, 'Created'), timeOf(stamp, 'Expires')]
    if (created !== undefined && created > now + windowMs) throw unauthorized('Timestamp of the future')
    if (expires !== undefined && expires < now) throw unauthorized('Timestamp expired')
  }

  private checkToken(token: XmlElement, message: Buffer): string {
    const user = only(token, 'Username', WSSE)
    const given = only(token, 'Password', WSSE)
    const nonce = only(token, 'Nonce', WSSE)
    const created = only(token, 'Created', WSU)
    const password = user === undefined ? undefined : this.rules.passwordOf(user.trim())
    const element = children(token, 'Password', WSSE)[0]
    if (given === undefined || user === undefined || element === undefined) throw unauthorized('no name or password')
    const type = attributeOf(element, 'Type') ?? PASSWORD_TEXT
    const isDigest = type === PASSWORD_DIGEST
    if (!isDigest && type !== PASSWORD_TEXT) throw unauthorized('an unknown type of password')
    if (this.rules.accept !== 'any' && (this.rules.accept === 'digest') !== isDigest)
      throw unauthorized('type of password')
    if (isDigest && (nonce === undefined || created === undefined)) throw unauthorized('a digest without nonce or time')
    const expected = isDigest ? digestOf(nonce ?? '', created ?? '', password ?? '') : (password ?? '')
    // Compared also for an unknown user, so that the time it takes tells nobody who there is.
    if (!isSame(isDigest ? given.trim() : given, expected) || password === undefined) throw unauthorized('the password')
    this.checkCreated(created)
    if (nonce !== undefined) this.checkNonce(`${user.trim()} ${nonce.trim()}`, message)
    return user.trim()
  }

  private checkCreated(created: string | undefined): void {
    if (created === undefined) return
    const at = Date.parse(created.trim())
    if (Number.isNaN(at)) throw unauthorized('Created is no time')
    if (Math.abs(this.rules.now() - at) > this.rules.windowMs)
      throw unauthorized('Created too long ago, or of the future')
  }

  private checkNonce(nonce: string, bytes: Buffer): void {
    // Created may lie a window ahead, so the nonce is good for twice as long.
    const sight = this.nonces.see(nonce, bytes, this.rules.now(), 2 * this.rules.windowMs)
    if (sight === 'other') throw unauthorized('a nonce used before')
    // Only tokens with the right password come here: a memory that is full is a client gone wild, not a stranger.
    if (sight === 'full') throw unauthorized('too many nonces at a time')
  }
}

export function digestOf(nonce: string, created: string, password: string): string {
  const bytes = Buffer.from(nonce, 'base64').subarray(0, NONCE_BYTES_MAX)
  return createHash('sha1').update(bytes).update(created.trim(), 'utf8').update(password, 'utf8').digest('base64')
}

function only(token: XmlElement, name: string, namespace: string): string | undefined {
  const found = children(token, name, namespace)
  if (found.length > 1) throw unauthorized(`more than one ${name}`)
  const text = found[0]?.text
  if (text !== undefined && text.length > FIELD_MAX) throw unauthorized(`a ${name} that is too long`)
  return text
}

function timeOf(element: XmlElement, name: string): number | undefined {
  const text = textOf(element, name, WSU)
  if (text === undefined) return undefined
  const at = Date.parse(text.trim())
  if (Number.isNaN(at)) throw unauthorized(`${name} is no time`)
  return at
}

function isSame(given: string, expected: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest()
  return timingSafeEqual(hash(given), hash(expected))
}

/** A push came from nobody who may. */
function unauthorized(internal: string): HubError {
  return new HubError({
    code: 'connector.push.unauthorized',
    family: 'reject',
    status: 401,
    message: 'The push is not from the system: its security header was refused.',
    fix: 'Send a UsernameToken with the user and password that the hub has for this system, a fresh nonce and the time of now.',
    internal,
  })
}
