import { asHubError, HubError } from '../contracts/hub-error.ts'
import { hashSecret, type ParsedKey, parseKey, secretMatches, type StoredApiKey } from './api-key.ts'
import type { Role } from './permissions.ts'
import type { RateLimit } from './rate-limits.ts'

/** Who a request comes from. */
export interface Principal {
  /** The key's id; `admin` for the admin key of this process. */
  keyId: string
  /** The key's name, as the audit trail shows it. */
  name: string
  role: Role
  /** The one system that it may speak for; null: any that its role allows. */
  system: string | null
  /** The caller's own limits; absent: those of its role. */
  limit?: RateLimit
}

export interface KeyVerifierOptions {
  store: { usable(): Promise<StoredApiKey[]> }
  /** The admin key of the settings or of the first run: works also while the database is away. */
  adminKey: string
  /** Monotonic or wall clock in ms. */
  now(): number
}

/** A read of the keys is as good as new for this long; then one request starts the next read and none waits for it. */
const FRESH_MS = 1_000
/** Older than this it is not used at all, so a revoked key stops within this time on every process. */
const USABLE_MS = 1_900
/** A key that is not there may have been made a moment ago on another process; but strangers must not cause a read each. */
const UNKNOWN_REREAD_MS = 200

const ADMIN: Principal = { keyId: 'admin', name: 'admin key', role: 'admin', system: null }

/**
 * Tells who a key belongs to. All usable keys are held in memory and read again about once a second, so a request costs
 * a hash and no query, and guessing keys costs the database nothing.
 */
export class KeyVerifier {
  readonly #options: KeyVerifierOptions
  readonly #adminHash: Buffer
  #keys: ReadonlyMap<string, { key: StoredApiKey; principal: Principal }> = new Map()
  /**
   * Keys that were found right since the last read, so that a busy caller costs one hash a second. Guessing gains nothing
   * from it: finding a text in a map tells no more of the texts in it than that it is, or is not, one of them.
   */
  readonly #verified = new Map<string, Principal>()
  #readAt = -Infinity
  #outdated = false
  #reading: Promise<void> | null = null

  constructor(options: KeyVerifierOptions) {
    this.#options = options
    this.#adminHash = hashSecret(options.adminKey)
  }

  /** The principal at once where the keys in memory are young enough; null for a key that opens nothing. */
  verify(presented: string): Principal | null | Promise<Principal | null> {
    const known = this.#verified.get(presented)
    if (known === ADMIN || (known !== undefined && this.#stillFresh())) return known
    const parsed = parseKey(presented)
    if (parsed === null) return this.#remember(presented, this.#matchAdmin(presented))
    const now = this.#options.now()
    const age = this.#outdated ? Infinity : now - this.#readAt
    const principal = age > USABLE_MS ? null : this.#match(parsed.id, parsed.secret)
    if (principal === null) {
      // The admin key of the first run has the form of the others, but is in no store.
      const admin = this.#matchAdmin(presented)
      return admin === null && age > UNKNOWN_REREAD_MS
        ? this.#matchAfterRead(parsed, now)
        : this.#remember(presented, admin)
    }
    // What goes wrong here is told to the first request that has to wait for a read.
    if (age > FRESH_MS) void this.#read().catch(() => undefined)
    return this.#remember(presented, principal)
  }

  #stillFresh(): boolean {
    return !this.#outdated && this.#options.now() - this.#readAt <= FRESH_MS
  }

  #remember(presented: string, principal: Principal | null): Principal | null {
    if (principal === null) return null
    // The admin key lasts as long as the process; a key that expires is looked at each time.
    const lasts = principal === ADMIN || this.#keys.get(principal.keyId)?.key.expiresAt === null
    if (lasts && (principal === ADMIN || this.#stillFresh())) this.#verified.set(presented, principal)
    return principal
  }

  #matchAdmin(presented: string): Principal | null {
    return secretMatches(presented, this.#adminHash) ? ADMIN : null
  }

  /** After a key was made or revoked here: the next request sees it. */
  forget(): void {
    this.#outdated = true
    this.#reading = null
  }

  /** A read that began before the request may have taken long: what it found counts only while it is young enough. */
  async #matchAfterRead({ id, secret }: ParsedKey, requestedAt: number): Promise<Principal | null> {
    do await this.#read()
    while (this.#outdated || this.#readAt < requestedAt - USABLE_MS)
    return this.#match(id, secret)
  }

  #match(id: string, secret: string): Principal | null {
    const found = this.#keys.get(id)
    if (found === undefined || !secretMatches(secret, found.key.secretHash)) return null
    const { expiresAt } = found.key
    return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? null : found.principal
  }

  #read(): Promise<void> {
    if (this.#reading !== null) return this.#reading
    const reading: Promise<void> = this.#readNow(() => this.#reading === reading).finally(() => {
      if (this.#reading === reading) this.#reading = null
    })
    this.#reading = reading
    return reading
  }

  /** `isCurrent` turns false when what the read finds was outdated while it ran. */
  async #readNow(isCurrent: () => boolean): Promise<void> {
    // The age counts from before the query: what was revoked while it ran may be missing from its answer.
    const startedAt = this.#options.now()
    try {
      const keys = await this.#options.store.usable()
      if (!isCurrent()) return
      this.#keys = new Map(keys.map((key) => [key.id, { key, principal: principalOf(key) }]))
      this.#readAt = startedAt
      this.#verified.clear()
      this.#outdated = false
    } catch (cause) {
      throw new HubError({
        code: 'auth.unavailable',
        family: 'retry',
        message: 'The hub can not check API keys at the moment.',
        fix: 'Send the request again.',
        retryAfterMs: 2_000,
        internal: asHubError(cause).internal ?? asHubError(cause).message,
        cause,
      })
    }
  }
}

function principalOf({ id, name, role, system, limits }: StoredApiKey): Principal {
  return { keyId: id, name, role, system, ...(limits === null ? {} : { limit: limits }) }
}
