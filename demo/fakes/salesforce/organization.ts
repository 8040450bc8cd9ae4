import { createPublicKey, createVerify, randomBytes } from 'node:crypto'
import { SalesforceFault } from './errors.ts'

export interface FakeUser {
  username: string
  /** Without the security token. */
  password: string
  securityToken?: string
  /** Objects that the user may not see; `*` for all. */
  hidden?: readonly string[]
}

export interface OrganizationOptions {
  clientId?: string
  clientSecret?: string
  /** Who acts where a client logs in by its own credentials. */
  clientUser?: string
  refreshToken?: string
  /** PEM of the certificate or public key by which JWT assertions are checked. */
  publicKey?: string
  users?: readonly FakeUser[]
  dailyCalls?: number
}

/** Who may come in, and the sessions of those who did. */
export class Organization {
  readonly id = '00D5g00000FakeOrgEAA'.slice(0, 18)
  readonly userId = '0055g00000FakeUserAAA'.slice(0, 18)
  readonly options: Required<Omit<OrganizationOptions, 'publicKey'>> & { publicKey: string | undefined }
  callsUsed = 0
  readonly #sessions = new Map<string, FakeUser>()

  constructor(options: OrganizationOptions) {
    const users = options.users ?? [
      { username: 'hub@company.example', password: 'crm-password', securityToken: 'T0k3n' },
    ]
    this.options = {
      clientId: options.clientId ?? 'fake-client-id',
      clientSecret: options.clientSecret ?? 'fake-client-secret',
      clientUser: options.clientUser ?? users[0]?.username ?? '',
      refreshToken: options.refreshToken ?? 'fake-refresh-token',
      publicKey: options.publicKey,
      users,
      dailyCalls: options.dailyCalls ?? 100_000,
    }
  }

  newSession(user: FakeUser): string {
    const token = `${this.id}!${randomBytes(24).toString('base64url')}`
    this.#sessions.set(token, user)
    return token
  }

  endSessions(): void {
    this.#sessions.clear()
  }

  userOf(token: string | undefined): FakeUser | undefined {
    return token === undefined ? undefined : this.#sessions.get(token)
  }

  byPassword(username: string, password: string): FakeUser | undefined {
    return this.options.users.find(
      (user) => user.username === username && user.password + (user.securityToken ?? '') === password,
    )
  }

  user(username: string): FakeUser | undefined {
    return this.options.users.find((user) => user.username === username)
  }

  /**
   * The user whom a token request stands for.
   * https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_flows.htm
   */
  grant(params: URLSearchParams, audience: readonly string[], now: number): FakeUser {
    const grantType = params.get('grant_type') ?? ''
    if (grantType === 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
      return this.#byAssertion(params.get('assertion') ?? '', audience, now)
    }
    if (params.get('client_id') !== this.options.clientId) throw oauth('invalid_client_id', 'client identifier invalid')
    const secret = params.get('client_secret')
    const isSecretRight = secret === this.options.clientSecret
    if (grantType === 'refresh_token') {
      if (secret !== null && !isSecretRight) throw oauth('invalid_client', 'invalid client credentials')
      if (params.get('refresh_token') !== this.options.refreshToken)
        throw oauth('invalid_grant', 'expired access/refresh token')
      return this.#required(this.options.clientUser)
    }
    if (!isSecretRight) throw oauth('invalid_client', 'invalid client credentials')
    if (grantType === 'client_credentials') return this.#required(this.options.clientUser)
    if (grantType !== 'password') throw oauth('unsupported_grant_type', 'grant type not supported')
    const user = this.byPassword(params.get('username') ?? '', params.get('password') ?? '')
    if (user === undefined) throw oauth('invalid_grant', 'authentication failure')
    return user
  }

  #required(username: string): FakeUser {
    const user = this.user(username)
    if (user === undefined) throw oauth('invalid_grant', 'no client credentials user enabled')
    return user
  }

  #byAssertion(assertion: string, audience: readonly string[], now: number): FakeUser {
    const [header = '', payload = '', signature = ''] = assertion.split('.')
    const { publicKey } = this.options
    if (publicKey === undefined) throw oauth('invalid_client', 'client identifier has no certificate')
    const isSigned = createVerify('RSA-SHA256')
      .update(`${header}.${payload}`)
      .verify(createPublicKey(publicKey), Buffer.from(signature, 'base64url'))
    if (!isSigned) throw oauth('invalid_grant', 'invalid assertion')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
    if (claims.iss !== this.options.clientId) throw oauth('invalid_client_id', 'client identifier invalid')
    if (!audience.includes(String(claims.aud))) throw oauth('invalid_grant', 'audience is invalid')
    const seconds = Number(claims.exp) - now / 1000
    if (!(seconds > 0) || seconds > 5 * 60 + 30) throw oauth('invalid_grant', 'assertion expired')
    const user = this.user(String(claims.sub))
    if (user === undefined) throw oauth('invalid_grant', "user hasn't approved this consumer")
    return user
  }
}

/** OAuth endpoints refuse with an object of their own. */
export class OauthFault extends SalesforceFault {
  override get body(): object[] {
    return [{ error: this.errorCode, error_description: this.message }]
  }
}

function oauth(error: string, description: string): OauthFault {
  return new OauthFault(error === 'invalid_client' ? 401 : 400, error, description)
}
