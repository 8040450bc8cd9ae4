/** The fake SAP system, and what the connector sends, looked at by programs that know nothing of either. */
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { quietContext } from '../../../connectors/conformance/quiet-context.ts'
import { sap } from '../../../connectors/sap/index.ts'
import { ensurePackages, REQUIREMENTS } from '../../../scripts/servers/packages.ts'
import { IdocSender } from './idoc-sender.ts'
import { SapFake } from './sap-fake.ts'
import { standardServices } from './standard-services.ts'

const run = promisify(execFile)
const PARTNERS = '/sap/opu/odata/sap/API_BUSINESS_PARTNER'
const LOGIN = ['--silent', '--show-error', '--max-time', '10', '--user', 'HUB:p w']

let fake: SapFake
let folder: string

beforeAll(async () => {
  await ensurePackages([REQUIREMENTS.xmllint, REQUIREMENTS.curl, REQUIREMENTS.python], (text) => console.log(text))
  folder = await mkdtemp(join(tmpdir(), 'sap-fake-'))
}, 300_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

beforeEach(async () => {
  fake = new SapFake({ services: standardServices(), users: { HUB: { password: 'p w', mayUse: true } }, pageMax: 3 })
  for (let number = 1; number <= 8; number += 1) {
    fake.put('BUT000', { BusinessPartner: String(1000 + number), LastName: `N${number}`, BirthDate: '1970-02-28' })
  }
  await fake.listen(0)
})

afterEach(() => fake.close())

/** Status line, headers by lower-case name, and body of the last answer. */
async function curl(...options: string[]): Promise<{ status: number; headers: Record<string, string>; body: string }> {
  const { stdout } = await run('/usr/bin/curl', [...LOGIN, '--include', ...options])
  const [head = '', ...rest] = stdout.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 2),
  ])
  return { status: Number(first.split(' ')[1]), headers: Object.fromEntries(headers), body: rest.join('\r\n\r\n') }
}

/** What a program prints when it is given `input`. */
function piped(program: string, options: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, options, { stdio: ['pipe', 'pipe', 'pipe'] })
    const [out, err]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString().trim())
      else reject(new Error(`${program} ended with ${code}: ${Buffer.concat(err).toString()}`))
    })
    child.stdin.end(input)
  })
}

const xpath = (expression: string, xml: string): Promise<string> =>
  piped('/usr/bin/xmllint', ['--nonet', '--xpath', expression, '-'], xml)

test('xmllint reads the metadata of every service, and finds its sets and keys', async () => {
  for (const { path, sets } of standardServices()) {
    const { body } = await curl(`${fake.origin}${path}/$metadata`)
    await piped('/usr/bin/xmllint', ['--nonet', '--noout', '-'], body)
    expect(await xpath("count(//*[local-name()='EntitySet'])", body)).toBe(String(sets.length))
    const keys = sets.reduce((sum, set) => sum + set.keys.length, 0)
    expect(await xpath("count(//*[local-name()='PropertyRef'])", body)).toBe(String(keys))
  }
})

test('curl changes a record only with token, cookie and the right tag', async () => {
  const jar = join(folder, 'cookies')
  const record = `${fake.origin}${PARTNERS}/A_BusinessPartner('1001')`
  const fetched = await curl('--cookie-jar', jar, '--header', 'X-CSRF-Token: Fetch', `${fake.origin}${PARTNERS}/`)
  const token = `X-CSRF-Token: ${fetched.headers['x-csrf-token']}`
  expect(await readFile(jar, 'utf8')).toMatch('SAP_SESSIONID')
  const change = ['--request', 'PATCH', '--header', 'Content-Type: application/json', '--data', '{"LastName": "Curl"}']
  expect(await curl(...change, '--header', token, record)).toMatchObject({
    status: 403,
    headers: { 'x-csrf-token': 'Required' },
  })
  const signed = [...change, '--cookie', jar, '--header', token]
  expect(await curl(...signed, record)).toMatchObject({ status: 428 })
  expect(await curl(...signed, '--header', 'If-Match: W/"old"', record)).toMatchObject({ status: 412 })
  const { headers } = await curl(record)
  expect(await curl(...signed, '--header', `If-Match: ${headers.etag}`, record)).toMatchObject({ status: 204 })
  expect((await curl(record)).body).toMatch('"LastName":"Curl"')
  expect(await curl('--head', record)).toMatchObject({ status: 405 })
})

test('curl is told errors in JSON or XML, and to wait', async () => {
  const missing = `${fake.origin}${PARTNERS}/A_BusinessPartner('none')`
  expect(JSON.parse((await curl(missing)).body)).toMatchObject({ error: { message: { lang: 'en' } } })
  const { body } = await curl('--header', 'Accept: application/xml', missing)
  expect(await xpath("string(/*[local-name()='error']/*[local-name()='code'])", body)).toBe('/IWBEP/CM_MGW_RT/000')
  fake.faults.throttle(1, 7)
  expect(await curl(missing)).toMatchObject({ status: 429, headers: { 'retry-after': '7' } })
  expect(await curl('--user', 'HUB:wrong', missing)).toMatchObject({ status: 401 })
})

test('Python reads pages, metadata and the answer of a batch with its standard library alone', async () => {
  const script = join(import.meta.dirname, 'batch-client.py')
  const { stdout } = await run('/usr/bin/python3', [script, fake.origin, 'HUB', 'p w'])
  expect(JSON.parse(stdout)).toEqual({
    sets: standardServices()[0]
      ?.sets.map(({ name }) => name)
      .sort(),
    keys: ['BusinessPartner'],
    count: '8',
    partners: Array.from({ length: 8 }, (_, at) => String(1001 + at)),
    batch: 202,
    defects: [],
    parts: [
      ['application/http', '200'],
      ['application/http', '204'],
      ['application/http', '412'],
    ],
    forbidden: [403, 'Required'],
  })
  expect(fake.table('BUT000').get('["1001"]')).toMatchObject({ LastName: 'From Python' })
})

test('Python takes the batches that the connector sends apart, and xmllint its IDocs and those of the sender', async () => {
  const abort = new AbortController()
  const settings = {
    baseUrl: fake.origin,
    user: 'HUB',
    password: 'p w',
    idocReceiverPort: 'SAPS4H',
    idocReceiverPartner: 'S4HCLNT100',
    idocTypes: { DEBMAS: 'DEBMAS07' },
  }
  const connector = await sap.open(settings, quietContext('s4', abort.signal))
  const entity = { entity: 'A_BusinessPartner', options: { service: PARTNERS } }
  fake.keepsBodies = true
  await connector.write?.(entity, [
    { key: '1001', fields: { LastName: 'Ä' }, idempotencyKey: '1' },
    { key: '1002', fields: { LastName: 'B' }, idempotencyKey: '2' },
  ])
  const told = []
  for (const { contentType, body } of fake.bodies) {
    told.push(
      JSON.parse(
        await piped('/usr/bin/python3', [join(import.meta.dirname, 'mime-parts.py'), contentType], body),
      ) as unknown,
    )
  }
  const expected = (method: string): object => ({
    lines: ['1001', '1002'].map((key) => `${method} A_BusinessPartner('${key}') HTTP/1.1`),
    types: ['application/http', 'application/http'],
    defects: [],
  })
  expect(told).toEqual([expected('GET'), expected('PATCH')])

  await connector.write?.({ entity: 'DEBMAS', options: {} }, [
    { key: '1', fields: { E1KNA1M: [{ KUNNR: '1', NAME1: '<ü & "x">' }] }, idempotencyKey: '3' },
  ])
  const sender = new IdocSender({ url: fake.origin, user: 'S4', password: 'x', partner: 'S4HCLNT100', port: 'SAPS4H' })
  const sent = sender.document([
    { messageType: 'DEBMAS', idocType: 'DEBMAS07', segments: { E1KNA1M: [{ KUNNR: '1', NAME1: '<ü & "x">' }] } },
  ])
  for (const xml of [fake.idocs[0]?.xml ?? '', sent]) {
    expect(await xpath('string(/DEBMAS07/IDOC[@BEGIN="1"]/E1KNA1M[@SEGMENT="1"]/NAME1)', xml)).toBe('<ü & "x">')
    expect(await xpath('name(/DEBMAS07/IDOC/*[1])', xml)).toBe('EDI_DC40')
    expect(await xpath('string-length(//EDI_DC40/DOCNUM)', xml)).toBe('16')
  }
  abort.abort()
  await connector.close()
})
