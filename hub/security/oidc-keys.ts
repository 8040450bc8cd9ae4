import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { HubError } from '../contracts/hub-error.ts'

export interface IssuerKeysOptions {
  /** As tokens name it; its keys are found through `<issuer>/.well-known/openid-configuration`. */
  issuer: string
  /** Monotonic, in ms. */
  now(): number
  /** Told of fetches that failed while known keys go on. */
  onError(error: unknown): void
}

/** Fetched again in the background when they are older. */
const FRESH_MS = 10 * 60_000
/** Keys of an issuer that can not be reached go on for this long: whoever runs it has mended it by then. */
const USABLE_MS = 24 * 3_600_000
/** Tokens with made-up key ids must not cause a fetch each. */
const COOL_DOWN_MS = 30_000
const FETCH_MS_MAX = 5_000
const ANSWER_BYTES_MAX = 1024 * 1024

/**
 * The public keys of an issuer, as jose asks for them. They are fetched when first needed, then in the background; an
 * unknown key id causes one more fetch, at most every 30 seconds; while the issuer is away, known keys go on for a day.
 */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions
  #known: { find: ReturnType<typeof createLocalJWKSet>; at: number } | undefined
  #triedAt = -Infinity
  #fetching: Promise<void> | undefined

  constructor(options: IssuerKeysOptions) {
    this.#options = options
  }

  /** For jwtVerify. Throws `auth.issuer-unavailable` where no key is known and none can be fetched. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const age = this.#age()
    if (age > USABLE_MS) await this.#fetch()
    else if (age > FRESH_MS && this.#cooled()) void this.#fetch().catch(this.#options.onError)
    try {
      return await this.#current()(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !this.#cooled()) throw error
    }
    // The issuer may have new keys. Where it can't be asked, the token is as unknown as before.
    await this.#fetch().catch(this.#options.onError)
    return this.#current()(header, token)
  }

  #age(): number {
    return this.#known === undefined ? Infinity : this.#options.now() - this.#known.at
  }

  #cooled(): boolean {
    return this.#options.now() - this.#triedAt >= COOL_DOWN_MS
  }

  #current(): ReturnType<typeof createLocalJWKSet> {
    if (this.#known === undefined) throw unavailable('no keys were fetched')
    return this.#known.find
  }

  #fetch(): Promise<void> {
    return (this.#fetching ??= this.#fetchNow().finally(() => {
      this.#fetching = undefined
    }))
  }

  async #fetchNow(): Promise<void> {
    this.#triedAt = this.#options.now()
    const { issuer } = this.#options
    try {
      const description = await fetchJson(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`)
      if (description['issuer'] !== issuer)
        throw new Error(`It says that it is the issuer ${String(description['issuer'])}.`)
      const address = description['jwks_uri']
      if (typeof address !== 'string' || !isSafeAddress(address)) throw new Error('Its jwks_uri is not one of https.')
      const keys = await fetchJson(address)
      this.#known = { find: createLocalJWKSet(keys as unknown as JSONWebKeySet), at: this.#options.now() }
    } catch (cause) {
      throw unavailable(cause instanceof Error ? cause.message : String(cause), cause)
    }
  }
}

async function fetchJson(url: string): Promise<Record<string, unknown>> {
  const answer = await fetch(url, {
    redirect: 'error',
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(FETCH_MS_MAX),
  })
  if (!answer.ok) throw new Error(`It answered with HTTP ${answer.status}.`)
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of answer.body ?? []) {
    length += (chunk as Uint8Array).length
    if (length > ANSWER_BYTES_MAX) throw new Error('Its answer is too large.')
    chunks.push(chunk as Uint8Array)
  }
  const value = JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown
  if (typeof value !== 'object' || value === null) throw new Error('Its answer is no JSON object.')
  return value as Record<string, unknown>
}

/** https; http on this machine only, for trials and tests. */
export function isSafeAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.username !== '' || url.password !== '') return false
  return (
    url.protocol === 'https:' || (url.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname))
  )
}

function unavailable(internal: string, cause?: unknown): HubError {
  return new HubError({
    code: 'auth.issuer-unavailable',
    family: 'retry',
    message: 'The hub can not fetch the keys of the identity provider, so it can not check tokens.',
    fix: 'Send the request again; an operator should look at OMNIHUB_OIDC_ISSUER.',
    retryAfterMs: 5_000,
    internal,
    cause,
  })
}
