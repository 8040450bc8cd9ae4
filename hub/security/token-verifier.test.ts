import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose'
import { createHmac, createPublicKey, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseRoleMapping } from './oidc-roles.ts'
import { TokenVerifier } from './token-verifier.ts'

type Pair = Awaited<ReturnType<typeof generateKeyPair>> & { kid: string; alg: string }

/** An identity provider: OpenID Connect discovery and a set of public keys, over HTTP. */
class Issuer {
  keys: JWK[] = []
  fetches = 0
  /** What it says of itself in place of the truth. */
  says: Record<string, unknown> = {}
  #server: Server | undefined
  #port = 0

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json')
      if (request.url === '/.well-known/openid-configuration') {
        response.end(JSON.stringify({ issuer: this.url, jwks_uri: `${this.url}/keys`, ...this.says }))
      } else {
        this.fetches++
        response.end(JSON.stringify({ keys: this.keys }))
      }
    })
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections()
    await new Promise((resolve) => this.#server?.close(resolve))
  }
}

async function newPair(alg: string): Promise<Pair> {
  const pair = await generateKeyPair(alg, { extractable: true })
  return { ...pair, kid: randomUUID(), alg }
}

const jwkOf = async ({ publicKey, kid, alg }: Pair): Promise<JWK> => ({
  ...(await exportJWK(publicKey)),
  kid,
  alg,
  use: 'sig',
})

const AUDIENCE = 'https://hub.example.com'
const issuer = new Issuer()
let rsa: Pair
let ec: Pair
let clock = 0
let verifier: TokenVerifier
let faults: unknown[] = []

beforeAll(async () => {
  await issuer.start()
  ;[rsa, ec] = await Promise.all([newPair('RS256'), newPair('ES256')])
})
afterAll(() => issuer.stop())
beforeEach(async () => {
  issuer.keys = [await jwkOf(rsa), await jwkOf(ec)]
  issuer.says = {}
  issuer.fetches = 0
  faults = []
  clock = 1_000_000
  verifier = newVerifier()
})

function newVerifier(overrides: Partial<{ rolesClaim: string; roles: string; issuer: string }> = {}): TokenVerifier {
  return new TokenVerifier({
    issuer: overrides.issuer ?? issuer.url,
    audience: AUDIENCE,
    rolesClaim: overrides.rolesClaim ?? 'roles',
    roles: parseRoleMapping(overrides.roles),
    now: () => clock,
    onError: (error) => faults.push(error),
  })
}

const seconds = (): number => Math.floor(Date.now() / 1000)

function claims(more: Record<string, unknown> = {}): Record<string, unknown> {
  const now = seconds()
  return { iss: issuer.url, aud: AUDIENCE, sub: 'ann', iat: now, exp: now + 300, roles: ['steward'], ...more }
}

function sign(
  payload: Record<string, unknown>,
  pair: Pair = rsa,
  header: Record<string, unknown> = {},
): Promise<string> {
  const { alg, kid, privateKey } = pair
  return new SignJWT(payload).setProtectedHeader({ alg, kid, ...header }).sign(privateKey)
}

describe('A token', () => {
  test.each([['RS256'], ['ES256']])('signed with %s by the issuer says who its bearer is', async (alg) => {
    const token = await sign(claims({ azp: 'console' }), alg === 'RS256' ? rsa : ec)
    expect(TokenVerifier.looksLikeToken(token)).toBe(true)
    expect(await verifier.verify(token)).toEqual({ keyId: 'oidc:ann', name: 'console', role: 'steward', system: null })
    expect(faults).toEqual([])
  })

  test.each([
    ['of another issuer', { iss: 'https://other.example.com' }],
    ['for another audience', { aud: 'https://shop.example.com' }],
    ['without an audience', { aud: undefined }],
    ['without an end', { exp: undefined }],
    ['that has ended', { exp: seconds() - 31 }],
    ['that is not valid yet', { nbf: seconds() + 60 }],
    ['that was issued in the future', { iat: seconds() + 60 }],
    ['without the moment at which it was issued', { iat: undefined }],
    ['without a subject', { sub: undefined }],
    ['with a subject that would break a log line', { sub: 'a\nb' }],
    ['with an end that is no number', { exp: 'tomorrow' }],
  ])('%s opens nothing', async (_, change) => {
    expect(await verifier.verify(await sign(claims(change)))).toBeNull()
  })

  test.each([
    ['has just ended', { exp: seconds() - 20 }],
    ['is valid in a moment', { nbf: seconds() + 20, iat: seconds() + 20 }],
  ])('that %s is taken, since clocks differ', async (_, change) => {
    expect(await verifier.verify(await sign(claims(change)))).not.toBeNull()
  })

  test('that was changed opens nothing', async () => {
    const [head = '', , signature = ''] = (await sign(claims())).split('.')
    const body = Buffer.from(JSON.stringify(claims({ roles: ['admin'] }))).toString('base64url')
    expect(await verifier.verify(`${head}.${body}.${signature}`)).toBeNull()
    expect(await verifier.verify(`${head}.${body}.`)).toBeNull()
  })

  test('that is not signed, or signed with the public key as a secret, opens nothing', async () => {
    expect(await verifier.verify(new UnsecuredJWT(claims()).encode())).toBeNull()
    const jwk = await jwkOf(rsa)
    const secrets = [
      createPublicKey({ key: jwk as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' }),
      JSON.stringify(jwk),
      String(jwk.n),
    ]
    for (const secret of secrets) {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
      const text = `${part({ alg: 'HS256', kid: rsa.kid })}.${part(claims())}`
      const signature = createHmac('sha256', secret).update(text).digest('base64url')
      expect(await verifier.verify(`${text}.${signature}`)).toBeNull()
    }
  })

  test('signed with a key of its own, even one that it brings along, opens nothing', async () => {
    const own = await newPair('RS256')
    const jwk = await jwkOf(own)
    expect(await verifier.verify(await sign(claims(), { ...own, kid: rsa.kid }))).toBeNull()
    expect(await verifier.verify(await sign(claims(), own, { jwk, kid: undefined }))).toBeNull()
    const jku = `${issuer.url}/own`
    expect(await verifier.verify(await sign(claims(), own, { jku }))).toBeNull()
  })

  test('with a key of the other algorithm, or a critical header that nobody knows, opens nothing', async () => {
    expect(await verifier.verify(await sign(claims(), { ...ec, kid: rsa.kid }))).toBeNull()
    const { alg, kid, privateKey } = rsa
    const odd = await new SignJWT(claims())
      .setProtectedHeader({ alg, kid, crit: ['x'], x: 1 } as never)
      .sign(privateKey, { crit: { x: true } })
    expect(await verifier.verify(odd)).toBeNull()
  })

  test('that is longer than 8 KiB is not looked at', async () => {
    expect(await verifier.verify(await sign(claims({ x: 'x'.repeat(9_000) })))).toBeNull()
    expect(issuer.fetches).toBe(0)
  })

  test.each(['omni_abc_def', 'a.b.c', 'eyJ', '', 'eyJhbGciOiJub25lIn0'])('is not %s', (text) => {
    expect(TokenVerifier.looksLikeToken(text)).toBe(false)
  })
})

describe('Roles', () => {
  test('come from the claim by the mapping, the first of several', async () => {
    const mapped = newVerifier({
      rolesClaim: 'realm_access.roles',
      roles: 'hub-admins=admin, desk=channel, erp-service=system:erp',
    })
    const token = (roles: unknown): Promise<string> => sign(claims({ roles: ['admin'], realm_access: { roles } }))
    expect(await mapped.verify(await token(['desk', 'hub-admins']))).toMatchObject({ role: 'admin' })
    expect(await mapped.verify(await token(['desk']))).toMatchObject({ role: 'channel', system: null })
    expect(await mapped.verify(await token(['erp-service']))).toMatchObject({ role: 'system', system: 'erp' })
    for (const roles of [[], ['admin'], 'x', null, 7, undefined, { desk: true }])
      await expect(mapped.verify(await token(roles))).rejects.toMatchObject({ code: 'auth.no-role', status: 403 })
  })

  test('may be a text with blanks between, or a claim whose name has dots', async () => {
    const scopes = newVerifier({ rolesClaim: 'scope', roles: 'hub.read=viewer' })
    expect(await scopes.verify(await sign(claims({ scope: 'openid hub.read' })))).toMatchObject({ role: 'viewer' })
    const named = newVerifier({ rolesClaim: 'https://example.com/roles' })
    expect(await named.verify(await sign(claims({ 'https://example.com/roles': ['viewer'] })))).toMatchObject({
      role: 'viewer',
    })
  })

  test('never come from what objects inherit', async () => {
    const odd = newVerifier({ rolesClaim: 'constructor.name', roles: 'Object=admin' })
    await expect(odd.verify(await sign(claims()))).rejects.toMatchObject({ code: 'auth.no-role' })
  })

  test.each(['x', 'x=', 'x=emperor', 'x=system', 'x=viewer:crm', '=viewer'])('refuse the mapping %s', (text) => {
    expect(() => parseRoleMapping(text)).toThrow('OMNIHUB_OIDC_ROLES')
  })
})

describe('Keys of the issuer', () => {
  test('are fetched once for many tokens at once, and a token is not checked twice in a row', async () => {
    const tokens = await Promise.all(Array.from({ length: 10 }, (_, i) => sign(claims({ sub: `s${i}` }))))
    await Promise.all(tokens.map((token) => verifier.verify(token)))
    expect(issuer.fetches).toBe(1)
    expect(verifier.verify(tokens[0] ?? '')).not.toBeInstanceOf(Promise)
    clock += 30_001
    expect(verifier.verify(tokens[0] ?? '')).toBeInstanceOf(Promise)
  })

  test('that are new are found by one more fetch, and made-up key ids cause no more than one in 30 seconds', async () => {
    await verifier.verify(await sign(claims()))
    const next = await newPair('RS256')
    issuer.keys = [await jwkOf(next)]
    const token = await sign(claims({ sub: 'bob' }), next)
    expect(await verifier.verify(token)).toBeNull()
    clock += 30_000
    expect(await verifier.verify(token)).toMatchObject({ keyId: 'oidc:bob' })
    expect(issuer.fetches).toBe(2)
    for (let i = 0; i < 20; i++)
      expect(await verifier.verify(await sign(claims(), { ...rsa, kid: `made-up-${i}` }))).toBeNull()
    expect(issuer.fetches).toBe(2)
  })

  test('that were taken back open nothing once they were fetched anew', async () => {
    await verifier.verify(await sign(claims()))
    issuer.keys = [await jwkOf(ec)]
    clock += 10 * 60_000 + 1
    const token = await sign(claims({ sub: 'bob' }))
    // The fetch goes on in the background; the next request has its keys.
    await verifier.verify(token)
    for (let tries = 0; tries < 100 && issuer.fetches < 2; tries++)
      await new Promise((resolve) => setTimeout(resolve, 10))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await verifier.verify(await sign(claims({ sub: 'eve' })))).toBeNull()
  })

  test('go on while the issuer is away, and are fetched when it is back', async () => {
    await verifier.verify(await sign(claims()))
    await issuer.stop()
    try {
      clock += 3_600_000
      expect(await verifier.verify(await sign(claims({ sub: 'bob' })))).toMatchObject({ keyId: 'oidc:bob' })
      expect(await verifier.verify(await sign(claims(), { ...rsa, kid: 'new' }))).toBeNull()
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(faults.length).toBeGreaterThan(0)
      await expect(newVerifier().verify(await sign(claims()))).rejects.toMatchObject({
        code: 'auth.issuer-unavailable',
        status: 503,
      })
      clock += 24 * 3_600_000
      await expect(verifier.verify(await sign(claims({ sub: 'carl' })))).rejects.toMatchObject({ status: 503 })
    } finally {
      await issuer.start()
    }
    clock += 30_000
    expect(await verifier.verify(await sign(claims({ sub: 'dora' })))).toMatchObject({ keyId: 'oidc:dora' })
  })

  test('of an issuer that says that it is another, or keeps its keys in the open, are not used', async () => {
    for (const says of [
      { issuer: 'https://other.example.com' },
      { jwks_uri: 'http://example.com/keys' },
      { jwks_uri: 7 },
    ]) {
      issuer.says = says
      await expect(newVerifier().verify(await sign(claims()))).rejects.toMatchObject({
        code: 'auth.issuer-unavailable',
      })
    }
  })

  test('are asked for by https only', () => {
    expect(() => newVerifier({ issuer: 'http://id.example.com' })).toThrow('OMNIHUB_OIDC_ISSUER')
  })
})
