import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Controller } from '@nestjs/common'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { Registry } from 'prom-client'
import { KeyVerifier } from '../../security/key-verifier.ts'
import { operation } from '../operations/operation.ts'
import { parseOrigins } from './cors.ts'
import { Operation } from './decorators.ts'
import { createHttpServer, type HttpServer, type HttpServerOptions } from './http-server.ts'
import { followTls, readTls } from './tls.ts'

const readOperation = operation({
  id: 'readThing',
  method: 'GET',
  path: '/thing',
  tag: 'Test',
  summary: 'A test',
  description: 'A test.',
  permission: 'records.read',
  answers: { 200: { description: 'It.' } },
})

@Controller()
class TestController {
  @Operation(readOperation)
  read(): object {
    return { is: 'here' }
  }
}

const KEY = 'an admin key'
const silent = (): void => undefined

function newServer(more: Partial<HttpServerOptions>): Promise<HttpServer> {
  return createHttpServer({
    verifier: new KeyVerifier({
      store: { usable: () => Promise.resolve([]) },
      adminKey: KEY,
      now: () => performance.now(),
    }),
    log: { debug: silent, info: silent, warn: silent, error: silent },
    registry: new Registry(),
    readiness: [],
    changesBytesMax: 1024 * 1024,
    openApi: '{}',
    docs: '',
    controllers: [TestController],
    providers: [],
    ...more,
  })
}

describe('A page of another origin', () => {
  const SHOP = 'https://shop.example.com'
  let server: HttpServer
  let url = ''
  beforeAll(async () => {
    server = await newServer({ origins: parseOrigins(`${SHOP}, http://localhost:3000`) })
    url = (await server.listen(0, '127.0.0.1')).url
  })
  afterAll(() => server.close(500))

  const preflight = (origin: string): Promise<Response> =>
    fetch(`${url}/thing`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } })

  test('that is listed may ask and read', async () => {
    const asked = await preflight(SHOP)
    expect([asked.status, asked.headers.get('access-control-allow-origin'), asked.headers.get('vary')]).toEqual([
      204,
      SHOP,
      'Origin',
    ])
    expect(asked.headers.get('access-control-allow-headers')).toContain('authorization')
    const answer = await fetch(`${url}/thing`, { headers: { origin: SHOP, authorization: `Bearer ${KEY}` } })
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, SHOP])
    expect(answer.headers.get('access-control-expose-headers')).toContain('etag')
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
  })

  test('can read why it was refused', async () => {
    const answer = await fetch(`${url}/thing`, { headers: { origin: SHOP } })
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([401, SHOP])
  })

  test.each(['https://shop.example.com.evil.example', 'http://shop.example.com', 'null', 'https://evil.example'])(
    'such as %s is not let in',
    async (origin) => {
      const asked = await preflight(origin)
      expect([asked.status >= 400, asked.headers.get('access-control-allow-origin')]).toEqual([true, null])
      const answer = await fetch(`${url}/thing`, { headers: { origin, authorization: `Bearer ${KEY}` } })
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    },
  )

  test.each(['*', 'shop.example.com', 'https://shop.example.com/', 'https://*.example.com/x', 'file:///x', 'null'])(
    'can not be written as %s',
    (text) => {
      expect(() => parseOrigins(text)).toThrow('OMNIHUB_CORS_ORIGINS')
    },
  )

  test('gets no word of it where none is listed', async () => {
    const other = await newServer({})
    const { url: at } = await other.listen(0, '127.0.0.1')
    const answer = await fetch(`${at}/thing`, { headers: { origin: SHOP, authorization: `Bearer ${KEY}` } })
    expect([answer.headers.get('access-control-allow-origin'), answer.headers.get('vary')]).toEqual([null, null])
    await other.close(500)
  })
})

describe('Answers', () => {
  test('forbid browsers to guess, to keep, to run and to frame', async () => {
    const server = await newServer({})
    const { url } = await server.listen(0, '127.0.0.1')
    const { headers } = await fetch(`${url}/thing`, { headers: { authorization: `Bearer ${KEY}` } })
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    })
    expect([headers.get('strict-transport-security'), headers.get('server'), headers.get('x-powered-by')]).toEqual([
      null,
      null,
      null,
    ])
    await server.close(500)
  })
})

describe('HTTPS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'omnihub-tls-'))
  const files = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  const made = (name: string): { certificate: string; key: string } => ({
    certificate: join(folder, `${name}.cert.pem`),
    key: join(folder, `${name}.key.pem`),
  })
  let server: HttpServer
  let port = 0

  function make(name: string): void {
    const { certificate, key } = made(name)
    const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2']
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', key, '-out', certificate], {
      stdio: 'ignore',
    })
  }

  function use(name: string): void {
    copyFileSync(made(name).certificate, files.certificate)
    copyFileSync(made(name).key, files.key)
  }

  function ask(ca: string): Promise<{ status: number | undefined; headers: Record<string, unknown> }> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path: '/thing', ca: readFileSync(ca), agent: false as const }
      const asked = request({ ...options, headers: { authorization: `Bearer ${KEY}` } }, (answer) => {
        answer.resume()
        resolve({ status: answer.statusCode, headers: answer.headers })
      })
      asked.on('error', reject)
      asked.end()
    })
  }

  beforeAll(async () => {
    make('one')
    make('two')
    use('one')
    server = await newServer({ tls: files })
    const listening = await server.listen(0, '127.0.0.1')
    port = listening.port
    expect(listening.url).toBe(`https://127.0.0.1:${port}`)
  })
  afterAll(async () => {
    await server.close(500)
    rmSync(folder, { recursive: true, force: true })
  })

  test('is spoken with the certificate of the settings, and browsers are told to stay with it', async () => {
    const { status, headers } = await ask(made('one').certificate)
    expect([status, headers['strict-transport-security']]).toEqual([200, 'max-age=31536000'])
    await expect(ask(made('two').certificate)).rejects.toThrow()
  })

  test('is not spoken in versions before 1.2, nor plainly', async () => {
    const old = new Promise((resolve, reject) => {
      const socket = connect(
        {
          port,
          host: '127.0.0.1',
          maxVersion: 'TLSv1.1',
          minVersion: 'TLSv1',
          rejectUnauthorized: false,
          ciphers: 'ALL@SECLEVEL=0',
        },
        () => {
          resolve(socket.getProtocol())
        },
      )
      socket.on('error', reject)
    })
    await expect(old).rejects.toThrow()
    await expect(fetch(`http://127.0.0.1:${port}/thing`)).rejects.toThrow()
  })

  test('goes over to new files as they come, and stays with the old ones where those are wrong', async () => {
    const faults: unknown[] = []
    const https = server.app.getHttpServer() as never
    const end = followTls(https, files, (error) => faults.push(error), 20)
    use('two')
    let seen = 0
    for (let tries = 0; tries < 100 && seen !== 200; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      seen = (await ask(made('two').certificate).catch(() => ({ status: 0 }))).status ?? 0
    }
    expect(seen).toBe(200)
    writeFileSync(files.key, 'no key')
    for (let tries = 0; tries < 100 && faults.length === 0; tries++)
      await new Promise((resolve) => setTimeout(resolve, 20))
    end()
    expect(faults[0]).toMatchObject({ code: 'settings.tls' })
    expect((await ask(made('two').certificate)).status).toBe(200)
  })

  test('is not begun with files that are missing, wrong, or do not belong together', () => {
    const { certificate } = made('one')
    for (const key of [join(folder, 'none'), certificate, made('two').key])
      expect(() => readTls({ certificate, key })).toThrow('TLS can not be served')
  })
})
