import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BillingService } from '../../demo/fakes/soap-billing/index.ts'
import type { EntityConfig } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { soap } from './index.ts'
import { soapSettings } from './settings.ts'

const USER = { user: 'hub', password: 'secret' }
const service = new BillingService({ users: [{ ...USER, rights: 'write' }] })
const fronts: Server[] = []

beforeAll(() => service.listen(0))
afterAll(async () => {
  await service.close()
  for (const front of fronts) front.close()
})

/** A server that hands out the service's WSDL, and answers calls as it is told. */
async function front(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume()
    if (request.method === 'POST') return answer(request, response)
    void fetch(`${service.url}${request.url ?? ''}`, { headers: { accept: 'text/xml' } }).then(async (document) => {
      response.writeHead(200, { 'content-type': 'text/xml' })
      response.end(await document.text())
    })
  })
  fronts.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const ENTRY: EntityConfig = {
  entity: 'Entry',
  options: {
    keyFields: ['id'],
    list: { operation: 'ListEntries', arguments: { register: 'r', page_size: '{pageSize}' }, rows: 'entries/entry' },
  },
}

async function check(settings: JsonObject): Promise<string> {
  const connector = await soap.open(settings, quietContext('s', new AbortController().signal))
  try {
    return (await connector.check([ENTRY])).serverVersion
  } finally {
    await connector.close()
  }
}

test('credentials go to the address in the WSDL only where it has the origin of the WSDL, or is named', async () => {
  const elsewhere = await front((_, response) => response.end())
  const security = { type: 'wsse-text', ...USER }
  const settings = { wsdl: `${elsewhere}/billing?wsdl`, security }
  await expect(check(settings)).rejects.toMatchObject({
    code: 'connector.settings',
    where: '/settings/endpoint',
    message: `The WSDL names an address at another origin, ${service.url}; credentials are not sent there unasked.`,
  })
  expect(await check({ ...settings, endpoint: service.endpoint })).toMatch(/SOAP 1.1/)
})

test('HTTP Basic is sent with the WSDL and with calls', async () => {
  const seen: (string | undefined)[] = []
  const address = await front(({ headers }, response) => {
    seen.push(headers.authorization)
    response.writeHead(401).end()
  })
  const settings = {
    wsdl: service.wsdlUrl,
    endpoint: address,
    security: { type: 'basic', user: 'hub', password: 'sécret' },
  }
  await expect(check(settings)).rejects.toMatchObject({ code: 'connector.auth' })
  expect(seen).toEqual([`Basic ${Buffer.from('hub:sécret').toString('base64')}`])
})

test.each<[string, number, Record<string, string>, string, string]>([
  ['503 without a fault', 503, { 'retry-after': '7' }, '', 'connector.busy'],
  ['429', 429, { 'retry-after': '7' }, '', 'connector.throttled'],
  ['404', 404, {}, '<html>', 'connector.rejected'],
  ['500 without SOAP', 500, {}, 'oops', 'connector.busy'],
  ['200 with nothing', 200, { 'content-type': 'text/xml' }, '', 'connector.unexpected'],
  ['attachments', 200, { 'content-type': 'multipart/related; boundary=x' }, '--x', 'connector.unexpected'],
  ['bytes that are no UTF-8', 200, { 'content-type': 'text/xml; charset=utf-8' }, 'ÿ', 'connector.unexpected'],
])('an answer %s is told for what it is', async (_, status, headers, body, code) => {
  const address = await front((__, response) => {
    response.writeHead(status, headers)
    response.end(body, 'latin1')
  })
  await expect(check({ wsdl: service.wsdlUrl, endpoint: address })).rejects.toMatchObject({
    code,
    ...(headers['retry-after'] === undefined ? {} : { retryAfterMs: 7000 }),
  })
})

test('an answer in another charset is read by what the transport says', async () => {
  const text =
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><ListEntriesResponse xmlns="urn:lindenbridge:billing:types">' +
    '<entries><entry><id>Zoë</id></entry></entries></ListEntriesResponse></e:Body></e:Envelope>'
  const address = await front((_, response) => {
    response.writeHead(200, { 'content-type': 'text/xml; charset=iso-8859-1' })
    response.end(text, 'latin1')
  })
  const connector = await soap.open(
    { wsdl: service.wsdlUrl, endpoint: address },
    quietContext('s', new AbortController().signal),
  )
  const keys = []
  for await (const page of connector.backfill?.(ENTRY, null) ?? []) keys.push(...page.records.map(({ key }) => key))
  expect(keys).toEqual(['Zoë'])
  await connector.close()
})

test.each<[JsonObject, string]>([
  [{}, '/settings/wsdl'],
  [{ wsdl: 'ftp://x/y' }, '/settings/wsdl'],
  [{ wsdl: 'https://u:p@x/y' }, '/settings/wsdl'],
  [{ wsdl: 'x', endpoint: 'x' }, '/settings/endpoint'],
  [{ wsdl: 'x', security: { type: 'kerberos' } }, '/settings/security/type'],
  [{ wsdl: 'x', security: { type: 'basic', user: 'u' } }, '/settings/security/password'],
  [{ wsdl: 'x', tls: { certificate: 'c' } }, '/settings/tls'],
  [{ wsdl: 'x', faults: [{ code: 'c', means: 'what' }] }, '/settings/faults/0/means'],
  [{ wsdl: 'x', push: { user: 'u' } }, '/settings/push/password'],
  [{ wsdl: 'x', timeoutMs: 1 }, '/settings/timeoutMs'],
  [{ wsdl: 'x', wsld: 'x' }, '/settings/wsld'],
])('the settings %j are refused at %s', (settings, where) => {
  expect(() => soapSettings(settings)).toThrow(expect.objectContaining({ code: 'connector.settings', where }))
})
