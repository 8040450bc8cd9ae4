import { randomBytes } from 'node:crypto'
import type { FakeAnswer, FakeRequest } from '../http/fake-server.ts'

export interface FakeAccount {
  /** Client id of OAuth, user name of basic authentication. */
  name: string
  /** Client secret, password, API key, and token that never ends. */
  secret: string
  /** Absent: all collections. */
  mayRead?: readonly string[]
}

/** Who may ask: bearer tokens (fixed or by OAuth 2.0 client credentials), basic, and X-API-Key. */
export class Access {
  readonly accounts: readonly FakeAccount[]
  /** How long a token is good, s. */
  tokenSeconds = 3600
  /** Tokens that were given out. */
  tokensGiven = 0
  readonly #tokens = new Map<string, { account: FakeAccount; until: number }>()

  constructor(accounts: readonly FakeAccount[]) {
    this.accounts = accounts
  }

  expireTokens(): void {
    this.#tokens.clear()
  }

  accountOf({ headers }: FakeRequest, now: number): FakeAccount | undefined {
    const key = headers['x-api-key']
    if (typeof key === 'string') return this.accounts.find(({ secret }) => secret === key)
    const [scheme = '', text = ''] = (headers.authorization ?? '').split(' ')
    if (scheme === 'Basic') return this.#named(Buffer.from(text, 'base64').toString().split(':'))
    if (scheme !== 'Bearer') return undefined
    const token = this.#tokens.get(text)
    if (token !== undefined) return now < token.until ? token.account : undefined
    return this.accounts.find(({ secret }) => secret === text)
  }

  /** RFC 6749, 4.4 and 5.2. */
  token(request: FakeRequest, now: number): FakeAnswer {
    const refused = (status: number, error: string): FakeAnswer => ({ status, body: JSON.stringify({ error }) })
    if (!(request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) {
      return refused(400, 'invalid_request')
    }
    const form = new URLSearchParams(request.body.toString())
    if (form.get('grant_type') !== 'client_credentials') return refused(400, 'unsupported_grant_type')
    const [scheme = '', text = ''] = (request.headers.authorization ?? '').split(' ')
    const decode = (part: string): string => decodeURIComponent(part.replaceAll('+', ' '))
    const basic = Buffer.from(text, 'base64').toString().split(':').map(decode)
    const account = this.#named(
      scheme === 'Basic' ? basic : [form.get('client_id') ?? '', form.get('client_secret') ?? ''],
    )
    if (account === undefined) return refused(401, 'invalid_client')
    const token = randomBytes(24).toString('base64url')
    this.#tokens.set(token, { account, until: now + this.tokenSeconds * 1000 })
    this.tokensGiven += 1
    const body = { access_token: token, token_type: 'Bearer', expires_in: this.tokenSeconds }
    return { status: 200, headers: { 'cache-control': 'no-store' }, body: JSON.stringify(body) }
  }

  #named([name, secret]: string[]): FakeAccount | undefined {
    return this.accounts.find((account) => account.name === name && account.secret === secret)
  }
}
