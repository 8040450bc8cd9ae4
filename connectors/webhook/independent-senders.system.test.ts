/** Senders that share no code with us, openssl with curl and Python's standard library, through a running hub. */
import { jest } from '@jest/globals'
import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type RunningApi, startApi } from '../../test/support/api.ts'
import { expectBalanced } from '../../test/support/core.ts'
import { webhook } from './index.ts'

jest.setTimeout(60_000)

const run = promisify(execFile)
const SCRIPT = fileURLToPath(new URL('independent-senders.py', import.meta.url))
const SECRET = 'a secret of äll'
const STANDARD = `whsec_${Buffer.from('standard-secret').toString('base64')}`
const OWN =
  '{ scheme: hmac, header: X-Sign, prefix: "key=", algorithm: sha512, encoding: base64, timestampHeader: X-Time, signed: "{{ timestamp }}\\n{{ body }}", secrets: ["${env:SECRET}"] }'

const SCHEMES: Record<string, string> = {
  github: '{ scheme: github, secrets: ["${env:OTHER}", "${env:SECRET}"] }',
  shopify: '{ scheme: shopify, secrets: ["${env:SECRET}"] }',
  stripe: '{ scheme: stripe, secrets: ["${env:SECRET}"] }',
  slack: '{ scheme: slack, secrets: ["${env:SECRET}"] }',
  standard: '{ scheme: standardWebhooks, secrets: ["${env:STANDARD}"] }',
  own: OWN,
}

let hub: RunningApi

beforeAll(async () => {
  const files: Record<string, string> = {}
  for (const [name, signature] of Object.entries(SCHEMES)) {
    files[`config/systems/${name}.yaml`] = `title: ${name}
connector: webhook
settings:
  signature: ${signature}
  rules: [{ entity: Person, key: [event.id] }]
  challenges:
    - { when: { path: 'query.mode', is: [subscribe] }, token: query.token, echo: query.challenge }
entities: { Person: { mode: push } }
`
    files[`mappings/${name}/Person.yaml`] = `source: Person
target: customer
key: id
fields:
  kind: { constant: person }
  name.full: name
  emails[0].address: { from: email, convert: email }
`
  }
  const environment = { SECRET, STANDARD, OTHER: 'the one before' }
  hub = await startApi(files, { connectors: [webhook], environment })
})

afterAll(() => hub.stop())

test("Python's signatures are taken in every scheme, once, and forgeries of each are not", async () => {
  const { stdout } = await run('python3', [SCRIPT, hub.url, SECRET, STANDARD], { timeout: 50_000 })
  const timed = [200, 200, 401, 401, 401, 401]
  // A signature without the time in it does not grow old.
  const timeless = [200, 200, 401, 401, 200, 401]
  expect(JSON.parse(stdout)).toEqual({
    github: timeless,
    shopify: timeless,
    stripe: timed,
    slack: timed,
    standard: timed,
    own: timed,
  })
  await hub.quiet()
  const { rows } = await hub.db.query<{ lane: string }>({
    text: `select system || ' ' || key || ' ' || (raw->>'name') as lane from source_record order by 1`,
  })
  expect(rows.map(({ lane }) => lane)).toEqual(
    Object.keys(SCHEMES)
      .sort()
      .map((name) => `${name} ${name}/1 Zoë Ω 😀`),
  )
  expect((await expectBalanced(hub.db)).accepted).toBe(6)
})

test("openssl's signature is taken from curl", async () => {
  const body = '{"id":"openssl","name":"Open"}'
  const { stdout } = spawnSync('openssl', ['dgst', '-sha256', '-hmac', SECRET, '-r'], { input: body, encoding: 'utf8' })
  const header = `X-Hub-Signature-256: sha256=${stdout.split(' ')[0] ?? ''}`
  const curl = async (...more: string[]): Promise<string> =>
    (await run('curl', ['-sS', '-o', '/dev/null', '-w', '%{http_code}', '--max-time', '20', ...more])).stdout
  const push = ['-H', header, '-H', 'Content-Type: application/json', `${hub.url}/v1/hooks/github`]
  expect(await curl('--data-binary', body, ...push)).toBe('200')
  expect(await curl('--data-binary', `${body} `, ...push)).toBe('401')
})

test('A challenge is answered where it shows a secret, and a GET that is none is not', async () => {
  const get = (query: string): ReturnType<RunningApi['ask']> => hub.ask(`/v1/hooks/shopify?${query}`, { key: null })
  const good = await get(`mode=subscribe&token=${encodeURIComponent(SECRET)}&challenge=4711`)
  expect([good.status, good.text, good.headers.get('content-type')]).toEqual([200, '4711', 'text/plain; charset=utf-8'])
  expect((await get('mode=subscribe&token=x&challenge=4711')).status).toBe(401)
  expect((await get('')).status).toBe(401)
})

test('A signed push that can not be read is refused with a pointer, and nothing of it is kept', async () => {
  const body = '{"name":"No key"}'
  const { stdout } = spawnSync('openssl', ['dgst', '-sha256', '-hmac', SECRET, '-r'], { input: body, encoding: 'utf8' })
  const headers = { 'x-hub-signature-256': `sha256=${stdout.split(' ')[0] ?? ''}`, 'content-type': 'application/json' }
  const { accepted } = await hub.ledger()
  const answer = await hub.ask('/v1/hooks/github', { method: 'POST', key: null, body, headers })
  hub.expectProblem(answer, 422, 'connector.rejected', '/id')
  expect((await hub.ledger()).accepted).toBe(accepted)
})
