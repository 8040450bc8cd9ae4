import type { HubError } from '../../contracts/hub-error.ts'
import { NonceMemory } from '../../contracts/nonce-memory.ts'
import { PASSWORD_DIGEST, PASSWORD_TEXT, WSSE, WSU } from '../../contracts/soap-envelope.ts'
import { attributeOf, children, type XmlElement } from '../../contracts/xml.ts'
import { soapError } from './soap-error.ts'

/** Who a message says that it is from, unchecked. */
export interface Credentials {
  /** Name or id of the key. */
  username: string
  /** The key itself. */
  password: string
  /** Notes that the token was used. Only for tokens whose key is right: strangers must not fill the memory. Throws. */
  use(): void
}

const FIELD_MAX = 8_192
const NONCE_MAX = 1_024

/**
 * Reads the UsernameToken (OASIS Web Services Security UsernameToken Profile 1.1) of a Security header: the password as text,
 * since the hub keeps only hashes of keys and no digest can be checked against these. Nothing is signed and nothing is referred
 * to by an id: what would have to be (signatures, encrypted parts, further tokens) is refused, so that no part of a message can
 * look as if it had been checked.
 */
export class CredentialReader {
  /** Forgets the oldest where it is full: one caller's flood must not keep the others out. */
  readonly #nonces = new NonceMemory({ max: 400_000, whenFull: 'forget' })
  readonly #now: () => number
  readonly #windowMs: number

  /** `windowMs`: how far the times of a message may be from `now` (both ms). */
  constructor(now: () => number, windowMs: number) {
    this.#now = now
    this.#windowMs = windowMs
  }

  /** Undefined where the message has no UsernameToken. Throws `soap.security...`. */
  read(headers: readonly XmlElement[]): Credentials | undefined {
    const [security, ...others] = headers.filter(({ name, namespace }) => name === 'Security' && namespace === WSSE)
    if (others.length > 0) throw refused('There is more than one Security header.')
    if (security === undefined) return undefined
    for (const { name, namespace } of security.children) {
      const isKnown = (namespace === WSSE && name === 'UsernameToken') || (namespace === WSU && name === 'Timestamp')
      if (!isKnown) throw unsupported(name)
    }
    this.#checkTimestamp(security)
    const tokens = children(security, 'UsernameToken', WSSE)
    const [token] = tokens
    if (tokens.length > 1) throw refused('There is more than one UsernameToken.')
    return token === undefined ? undefined : this.#token(token)
  }

  #token(token: XmlElement): Credentials {
    for (const { name, namespace } of token.children) {
      const isKnown =
        (namespace === WSSE && ['Username', 'Password', 'Nonce'].includes(name)) ||
        (namespace === WSU && name === 'Created')
      if (!isKnown) throw unsupported(name)
    }
    const password = only(token, 'Password', WSSE)
    const type = password === undefined ? PASSWORD_TEXT : (attributeOf(password, 'Type') ?? PASSWORD_TEXT)
    if (type === PASSWORD_DIGEST) throw digest()
    if (type !== PASSWORD_TEXT) throw refused('The Type of the Password is not known.')
    const [username, key] = [textOf(only(token, 'Username', WSSE)), textOf(password)]
    if (username === undefined || username === '' || key === undefined || key === '')
      throw refused('The UsernameToken needs a Username and a Password.')
    const [nonce, created] = [textOf(only(token, 'Nonce', WSSE)), textOf(only(token, 'Created', WSU))]
    if (created !== undefined) this.#checkCreated(created)
    if (nonce === '' || (nonce?.length ?? 0) > NONCE_MAX) throw refused('The Nonce is empty or too long.')
    return { username, password: key, use: () => this.#use(nonce, key) }
  }

  #use(nonce: string | undefined, key: string): void {
    if (nonce === undefined) return
    // One memory for all keys: two that choose the same nonce are not each other's replay. Created may lie a window ahead, so
    // a message is taken for twice as long.
    if (this.#nonces.see(`${key} ${nonce}`, '', this.#now(), 2 * this.#windowMs) !== 'new') throw replayed()
  }

  #checkTimestamp(security: XmlElement): void {
    const stamps = children(security, 'Timestamp', WSU)
    const [stamp] = stamps
    if (stamps.length > 1) throw refused('There is more than one Timestamp.')
    if (stamp === undefined) return
    const now = this.#now()
    const expires = timeOf(only(stamp, 'Expires', WSU))
    if (expires !== undefined && expires <= now) throw expired('Its Timestamp has expired.')
    const created = timeOf(only(stamp, 'Created', WSU))
    if (created !== undefined && created > now + this.#windowMs) throw expired('Its Timestamp lies in the future.')
    if (created !== undefined && expires === undefined && created < now - this.#windowMs)
      throw expired('Its Timestamp is too old.')
  }

  #checkCreated(created: string): void {
    const at = momentOf(created)
    if (Math.abs(this.#now() - at) > this.#windowMs)
      throw expired('Its UsernameToken was created too long ago, or in the future.')
  }
}

function only(parent: XmlElement, name: string, namespace: string): XmlElement | undefined {
  const found = children(parent, name, namespace)
  if (found.length > 1) throw refused(`There is more than one ${name}.`)
  return found[0]
}

function textOf(element: XmlElement | undefined): string | undefined {
  if (element === undefined) return undefined
  const { name, text, commented, children: inner } = element
  if (inner.length > 0) throw refused(`The ${name} holds elements.`)
  // Two readers may see two different values in one that is written in pieces.
  if (commented === true) throw refused(`The ${name} has a comment in it.`)
  if (text.length > FIELD_MAX) throw refused(`The ${name} is too long.`)
  return text.trim()
}

function timeOf(element: XmlElement | undefined): number | undefined {
  const text = textOf(element)
  return text === undefined ? undefined : momentOf(text)
}

/** xs:dateTime; without a zone it is UTC, as WS-Security says. */
function momentOf(text: string): number {
  const isMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/.test(text)
  const at = isMoment ? Date.parse(/[Z+]|-\d\d:\d\d$/.test(text.slice(19)) ? text : `${text}Z`) : NaN
  if (Number.isNaN(at)) throw refused('A time in the Security header is none.')
  return at
}

const WHERE = '/Envelope/Header/Security'

function refused(message: string): HubError {
  const fix = 'Send one UsernameToken with a Username and a Password, as docs/channel-developers/soap.md shows.'
  return soapError('soap.security.invalid', `The Security header is wrong. ${message}`, { where: WHERE, fix })
}

function unsupported(name: string): HubError {
  const message = `The Security header has an element that the hub does not check: ${name.slice(0, 60)}.`
  const fix = 'Send a UsernameToken and, if you like, a Timestamp, over TLS; nothing is signed or encrypted inside.'
  return soapError('soap.security.unsupported', message, { where: WHERE, fix })
}

function digest(): HubError {
  return soapError(
    'soap.security.digest',
    'A PasswordDigest can not be checked: the hub keeps only hashes of its keys.',
    {
      where: `${WHERE}/UsernameToken/Password`,
      fix: 'Send the key as PasswordText, over TLS.',
    },
  )
}

function expired(message: string): HubError {
  const fix = 'Send it with the time of now; if it is, the clocks of the caller and of the hub differ.'
  return soapError('soap.security.expired', `The message is out of its time. ${message}`, {
    where: WHERE,
    fix,
    status: 401,
  })
}

function replayed(): HubError {
  const fix = 'Send each message with a new Nonce, or without one.'
  return soapError('soap.security.replayed', 'The Nonce was used before.', {
    where: `${WHERE}/UsernameToken/Nonce`,
    fix,
    status: 401,
  })
}
