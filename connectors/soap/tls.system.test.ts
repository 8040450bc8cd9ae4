/** A service that wants a certificate of the hub: openssl makes the certificates, because Node can't. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { soap } from './index.ts'

const WSDL = `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:t" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" targetNamespace="urn:t">
  <portType name="P"/><binding name="B" type="t:P"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/></binding>
  <service name="Locked1"><port name="P" binding="t:B"><s:address location="ADDRESS"/></port></service></definitions>`
const folder = mkdtempSync(join(tmpdir(), 'soap-tls-'))
const file = (name: string): string => join(folder, name)
const pem = (name: string): string => readFileSync(file(name), 'utf8')
const openssl = (...given: string[]): Buffer => execFileSync('openssl', given, { cwd: folder, stdio: 'pipe' })
let server: Server
let url = ''

beforeAll(async () => {
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Test authority',
  )
  writeFileSync(file('san'), 'subjectAltName=IP:127.0.0.1')
  for (const [name, more] of [
    ['server', ['-nodes']],
    ['hub', ['-passout', 'pass:secret']],
  ] as const) {
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      ...more,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    )
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      'san',
      '-out',
      `${name}.pem`,
    )
  }
  const options = {
    key: pem('server.key'),
    cert: pem('server.pem'),
    ca: pem('ca.pem'),
    requestCert: true,
    rejectUnauthorized: false,
  }
  server = createServer(options, ({ socket }, response) => {
    const { authorized } = socket as TLSSocket
    response.writeHead(authorized ? 200 : 403, { 'content-type': 'text/xml' })
    response.end(authorized ? WSDL.replace('ADDRESS', url) : '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

async function check(tls: JsonObject): Promise<string> {
  const connector = await soap.open({ wsdl: url, tls }, quietContext('s', new AbortController().signal))
  try {
    return (await connector.check()).serverVersion
  } finally {
    await connector.close()
  }
}

test('the certificate of the hub opens a service that asks for one', async () => {
  const tls = { authority: pem('ca.pem'), certificate: pem('hub.pem'), key: pem('hub.key'), passphrase: 'secret' }
  expect(await check(tls)).toMatch(/^Locked1\/P, SOAP 1.1/)
})

test('without it the service refuses, and without the authority the service is not trusted', async () => {
  await expect(check({ authority: pem('ca.pem') })).rejects.toMatchObject({ code: 'connector.forbidden' })
  await expect(check({})).rejects.toMatchObject({
    code: 'connector.unreachable',
    fix: expect.stringMatching(/authority/) as string,
  })
})

test('a key that can not be opened is told, without a word of it', async () => {
  const tls = { authority: pem('ca.pem'), certificate: pem('hub.pem'), key: pem('hub.key'), passphrase: 'wrong-pass' }
  const error: unknown = await check(tls).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: expect.stringMatching(/^connector\./) as string })
  expect(JSON.stringify({ ...(error as object), message: String(error) })).not.toContain('wrong-pass')
})
