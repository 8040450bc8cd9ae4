import { errors, jwtVerify, type JWTPayload } from 'jose'
import { HubError } from '../contracts/hub-error.ts'
import type { Principal } from './key-verifier.ts'
import { IssuerKeys, isSafeAddress } from './oidc-keys.ts'
import { type GrantedRole, roleOf } from './oidc-roles.ts'

export interface TokenVerifierOptions {
  issuer: string
  audience: string
  /** Name of the claim with the roles; dots lead into objects: `realm_access.roles`. */
  rolesClaim: string
  roles: readonly GrantedRole[]
  /** Monotonic, in ms. */
  now(): number
  onError(error: unknown): void
}

/** Signatures with a private key only: with `none` or a shared secret anybody who knows the public key could sign. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
const TOLERANCE_SECONDS = 30
/** A token that was found right is not checked again for so long: a signature costs more than the rest of a request. */
const REMEMBERED_MS = 30_000
const REMEMBERED_MAX = 5_000
const TOKEN_LENGTH_MAX = 8_192
/** A subject becomes part of the audit trail. */
const PLAIN = /^[\x21-\x7e]{1,200}$/

/** Tells who a JWT of the company's identity provider belongs to. */
export class TokenVerifier {
  readonly #options: TokenVerifierOptions
  readonly #keys: IssuerKeys
  readonly #remembered = new Map<string, { principal: Principal; until: number }>()

  /** Throws `settings.oidc-issuer` where the issuer's address is not one of https. */
  constructor(options: TokenVerifierOptions) {
    if (!isSafeAddress(options.issuer)) throw unsafeIssuer()
    this.#options = options
    this.#keys = new IssuerKeys(options)
  }

  /** Whether a presented text has the form of a token: three parts, of which the first is a JSON object. */
  static looksLikeToken(presented: string): boolean {
    return /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(presented)
  }

  /** null where the token opens nothing; throws `auth.no-role` (403) and `auth.issuer-unavailable` (503). */
  verify(token: string): Principal | null | Promise<Principal | null> {
    const known = this.#remembered.get(token)
    if (known !== undefined && known.until > this.#options.now()) return known.principal
    return token.length > TOKEN_LENGTH_MAX ? null : this.#check(token)
  }

  async #check(token: string): Promise<Principal | null> {
    const claims = await this.#claimsOf(token)
    if (claims === null) return null
    const granted = roleOf(claims, this.#options.rolesClaim, this.#options.roles)
    if (granted === undefined) throw noRole()
    const { role, system } = granted
    const principal = { keyId: `oidc:${String(claims.sub)}`, name: clientOf(claims), role, system }
    this.#remember(token, principal, Number(claims.exp))
    return principal
  }

  async #claimsOf(token: string): Promise<JWTPayload | null> {
    const { issuer, audience } = this.#options
    try {
      const { payload } = await jwtVerify(token, this.#keys.find, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: TOLERANCE_SECONDS,
        requiredClaims: ['exp', 'iat', 'sub'],
      })
      // jose looks at `iat` only where tokens have a longest age.
      const issued = Number(payload.iat)
      if (!(issued <= Date.now() / 1000 + TOLERANCE_SECONDS)) return null
      return PLAIN.test(payload.sub ?? '') ? payload : null
    } catch (error) {
      if (error instanceof HubError) throw error
      // A TypeError is a key of the issuer that does not fit the token's algorithm, or is too short.
      if (error instanceof errors.JOSEError || error instanceof TypeError) return null
      throw error
    }
  }

  #remember(token: string, principal: Principal, expiresAt: number): void {
    if (this.#remembered.size >= REMEMBERED_MAX) this.#remembered.clear()
    const leftMs = Math.max(0, expiresAt * 1000 - Date.now())
    this.#remembered.set(token, { principal, until: this.#options.now() + Math.min(REMEMBERED_MS, leftMs) })
  }
}

/** The program that got the token, as the audit trail shows it beside the subject. */
function clientOf({ client_id: client, azp }: JWTPayload): string {
  return [client, azp].find((name): name is string => typeof name === 'string' && PLAIN.test(name)) ?? 'token'
}

function noRole(): HubError {
  return new HubError({
    code: 'auth.no-role',
    family: 'reject',
    status: 403,
    message: 'The token is right, but it has no role in this hub.',
    fix: 'Ask for a role at the identity provider; OMNIHUB_OIDC_ROLES says which of its roles count.',
  })
}

function unsafeIssuer(): HubError {
  return new HubError({
    code: 'settings.oidc-issuer',
    family: 'config',
    message: 'OMNIHUB_OIDC_ISSUER is not an address of https.',
    fix: 'Write it just as tokens name it in `iss`; http is taken on this machine only.',
  })
}
