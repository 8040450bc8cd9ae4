import { HubError } from '../contracts/hub-error.ts'
import { isRole, type Role, ROLES } from './permissions.ts'

/** How much one caller may ask of one hub process. */
export interface RateLimit {
  /** Requests a second, over time. */
  perSecond: number
  /** Requests at once after a pause. */
  burst: number
  /** Requests under way at the same time; event streams are not counted. */
  concurrent: number
}

export type RoleLimits = Readonly<Record<Role, RateLimit | null>>

/** Far above what a channel needs, far below what would keep others from being served. null: none. */
export const DEFAULT_LIMITS: RoleLimits = {
  channel: { perSecond: 500, burst: 1_000, concurrent: 100 },
  system: { perSecond: 500, burst: 1_000, concurrent: 50 },
  steward: { perSecond: 100, burst: 300, concurrent: 20 },
  engineer: { perSecond: 100, burst: 300, concurrent: 20 },
  viewer: { perSecond: 100, burst: 300, concurrent: 20 },
  admin: null,
}

const FORM = /^(\d{1,6})\/(\d{1,6})\/(\d{1,5})$/

/**
 * `channel=200/400/50, viewer=none`: requests a second, burst and requests at once of roles, in the place of the defaults.
 * Throws `settings.rate-limits` of the family `config`.
 */
export function parseRoleLimits(text: string | undefined): RoleLimits {
  const limits: Record<Role, RateLimit | null> = { ...DEFAULT_LIMITS }
  for (const one of (text ?? '').split(',').filter((part) => part.trim() !== '')) {
    const [role = '', value = ''] = one.split('=').map((part) => part.trim())
    const [, perSecond, burst, concurrent] = (FORM.exec(value) ?? []).map(Number)
    const limit = { perSecond: perSecond ?? 0, burst: burst ?? 0, concurrent: concurrent ?? 0 }
    const isLimit = limit.perSecond > 0 && limit.burst > 0 && limit.concurrent > 0
    if (!isRole(role) || (value !== 'none' && !isLimit)) throw wrongLimits(one.trim())
    limits[role] = value === 'none' ? null : limit
  }
  return limits
}

interface Caller {
  keyId: string
  role: Role
  /** The key's own limit, where it has one. */
  limit?: RateLimit | null
}

interface Bucket {
  tokens: number
  filledAt: number
  running: number
}

/** What the caller is told beside the answer (draft-ietf-httpapi-ratelimit-headers): its policy and what is left of it. */
export interface Allowance {
  policy: string
  left: string
}

const BUCKETS_SWEPT_AT = 10_000

/**
 * A token bucket for each caller, in this process: `burst` tokens at most, `perSecond` new ones a second, one a request. With
 * several processes a caller has its limit on each.
 */
export class RateLimits {
  readonly #roles: RoleLimits
  readonly #now: () => number
  readonly #buckets = new Map<string, Bucket>()

  /** `now`: monotonic, in ms. */
  constructor(roles: RoleLimits, now: () => number) {
    this.#roles = roles
    this.#now = now
  }

  /** null where the caller has no limit; throws `request.rate-limited` (429). */
  take(caller: Caller): Allowance | null {
    const limit = this.#limitOf(caller)
    if (limit === null) return null
    const bucket = this.#bucketOf(caller.keyId, limit)
    if (bucket.tokens < 1) throw rateLimited(limit, (1 - bucket.tokens) / limit.perSecond)
    bucket.tokens -= 1
    return allowanceOf(limit, Math.floor(bucket.tokens))
  }

  /** Notes that a request is under way; answers what is called when it has ended. Throws `request.too-many-at-once` (429). */
  begin(caller: Caller): (() => void) | null {
    const limit = this.#limitOf(caller)
    if (limit === null) return null
    const bucket = this.#bucketOf(caller.keyId, limit)
    if (bucket.running >= limit.concurrent) throw tooManyAtOnce(limit)
    bucket.running += 1
    let ended = false
    return () => {
      if (!ended) bucket.running -= 1
      ended = true
    }
  }

  #limitOf({ role, limit }: Caller): RateLimit | null {
    return limit ?? this.#roles[role]
  }

  #bucketOf(keyId: string, { perSecond, burst }: RateLimit): Bucket {
    const now = this.#now()
    const known = this.#buckets.get(keyId)
    if (known === undefined) {
      if (this.#buckets.size >= BUCKETS_SWEPT_AT) this.#sweep(now)
      const bucket = { tokens: burst, filledAt: now, running: 0 }
      this.#buckets.set(keyId, bucket)
      return bucket
    }
    known.tokens = Math.min(burst, known.tokens + ((now - known.filledAt) / 1000) * perSecond)
    known.filledAt = now
    return known
  }

  /** Those who have not come for a minute have all their tokens back, as good as. */
  #sweep(now: number): void {
    for (const [keyId, { filledAt, running }] of this.#buckets) {
      if (running === 0 && now - filledAt > 60_000) this.#buckets.delete(keyId)
    }
  }
}

function allowanceOf(limit: RateLimit, left: number): Allowance {
  const { perSecond, burst } = limit
  const window = Math.ceil(burst / perSecond)
  return {
    policy: `"key";q=${burst};w=${window}`,
    left: `"key";r=${left};t=${Math.ceil((burst - left) / perSecond)}`,
  }
}

function rateLimited(limit: RateLimit, waitSeconds: number): HubError {
  return new HubError({
    code: 'request.rate-limited',
    family: 'retry',
    status: 429,
    message: `This key may send ${limit.perSecond} requests a second, and ${limit.burst} at once after a pause.`,
    fix: 'Send again after `Retry-After` seconds; ask an admin for another limit if you need one.',
    retryAfterMs: Math.max(1, Math.ceil(waitSeconds * 1000)),
  })
}

function tooManyAtOnce({ concurrent }: RateLimit): HubError {
  return new HubError({
    code: 'request.too-many-at-once',
    family: 'retry',
    status: 429,
    message: `This key may have ${concurrent} requests under way at the same time.`,
    fix: 'Wait for an answer before you send the next request.',
    retryAfterMs: 1_000,
  })
}

function wrongLimits(given: string): HubError {
  return new HubError({
    code: 'settings.rate-limits',
    family: 'config',
    message: `OMNIHUB_RATE_LIMITS has a part that is no limit of a role: ${JSON.stringify(given.slice(0, 80))}.`,
    fix: `Write role=requests a second/burst/requests at once, or role=none; roles are ${ROLES.join(', ')}.`,
  })
}
