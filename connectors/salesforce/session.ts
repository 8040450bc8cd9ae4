import { createSign } from 'node:crypto'
import { Connection } from 'jsforce'
import { Transport } from 'jsforce/lib/transport.js'
import { StreamPromise } from 'jsforce/lib/util/promise.js'
import { PassThrough } from 'node:stream'
import { HubError } from '../../hub/contracts/hub-error.ts'
import { authError, settingsError } from '../shared/errors.ts'
import type { HttpRequest, HttpResponse } from '../shared/http.ts'
import { requestError } from './errors.ts'
import { type Auth, isSafe, type SalesforceSettings } from './settings.ts'

const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const ASSERTION_SECONDS = 180

type NativeRequest = Parameters<Transport['httpRequest']>[0]
type NativeResponse = Awaited<ReturnType<Transport['httpRequest']>>
type SendHttp = (request: HttpRequest) => Promise<HttpResponse>

/**
 * jsforce's way to the network, through ours: its own would try again by itself, for up to 30 minutes, past the rate
 * budget and the stop signal.
 */
export class GuardedTransport extends Transport {
  readonly #send: SendHttp

  constructor(send: SendHttp) {
    super()
    this.#send = send
  }

  override httpRequest(request: NativeRequest): StreamPromise<NativeResponse> {
    return StreamPromise.create(() => ({ stream: new PassThrough(), promise: this.#exchange(request) }))
  }

  async #exchange({ method, url, headers = {}, body }: NativeRequest): Promise<NativeResponse> {
    const { 'content-length': _, ...own } = headers
    const response = await this.#send({ method, url, headers: own, ...(typeof body === 'string' ? { body } : {}) })
    return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: response.text() }
  }
}

/** The login of this connector: taken when first needed, renewed when it has expired, once for all who wait. */
export class Session {
  readonly #settings: SalesforceSettings
  readonly #now: () => number
  readonly #connection: Connection
  #entering: Promise<void> | undefined

  constructor(settings: SalesforceSettings, sendHttp: SendHttp, now: () => number) {
    this.#settings = settings
    this.#now = now
    const { loginUrl, auth } = settings
    const clientSecret = 'clientSecret' in auth ? auth.clientSecret : undefined
    this.#connection = new Connection({ loginUrl, version: settings.apiVersion })
    const { oauth2 } = this.#connection
    oauth2.clientId = auth.clientId
    if (clientSecret !== undefined) oauth2.clientSecret = clientSecret
    oauth2._transport = new GuardedTransport(async (request) => {
      const response = await sendHttp(request)
      // Here, because jsforce would drop the status.
      if (response.status >= 400) throw requestError(response, now())
      return response
    })
  }

  async token(): Promise<{ token: string; instanceUrl: string }> {
    const { accessToken, instanceUrl } = this.#connection
    if (typeof accessToken === 'string' && accessToken !== '') return { token: accessToken, instanceUrl }
    await this.#enter()
    const entered = this.#connection
    if (typeof entered.accessToken !== 'string') throw authError('Salesforce gave no access token.')
    return { token: entered.accessToken, instanceUrl: entered.instanceUrl }
  }

  /** A new login, unless somebody else has already replaced `expired`. */
  async renew(expired: string): Promise<void> {
    if (this.#connection.accessToken === expired) this.#connection.accessToken = null
    await this.token()
  }

  #enter(): Promise<void> {
    this.#entering ??= this.#login().finally(() => (this.#entering = undefined))
    return this.#entering
  }

  async #login(): Promise<void> {
    try {
      const connection = this.#connection
      const { auth } = this.#settings
      if (auth.by === 'refresh-token') {
        const { access_token, instance_url } = await connection.oauth2.refreshToken(auth.refreshToken)
        connection._establish({ accessToken: access_token, instanceUrl: instance_url })
      } else {
        await connection.authorize(this.#grant(auth))
      }
    } catch (error) {
      if (error instanceof HubError) throw error
      // What jsforce throws by itself: an answer without the members that a token has.
      throw authError('Salesforce answered the login with something that is no token.', { internal: String(error) })
    }
    if (isSafe(this.#connection.instanceUrl)) return
    this.#connection.accessToken = null
    throw settingsError('The login names an instance that is not https.', { where: '/settings/loginUrl' })
  }

  #grant(auth: Exclude<Auth, { by: 'refresh-token' }>): { grant_type: string; [name: string]: string } {
    if (auth.by === 'client-credentials') return { grant_type: 'client_credentials' }
    if (auth.by === 'password') return { grant_type: 'password', username: auth.username, password: auth.password }
    return { grant_type: JWT_GRANT, assertion: assertionOf(auth, this.#now()) }
  }
}

/** https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm */
function assertionOf(auth: Extract<Auth, { by: 'jwt' }>, now: number): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = {
    iss: auth.clientId,
    sub: auth.username,
    aud: auth.audience,
    exp: Math.floor(now / 1000) + ASSERTION_SECONDS,
  }
  const signed = `${encode({ alg: 'RS256' })}.${encode(claims)}`
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(auth.privateKey, 'base64url')}`
}
