/** Clients that share no code with us: Python's standard library, and curl. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { FakeRest } from './index.ts'

const run = promisify(execFile)
const SCRIPT = fileURLToPath(new URL('clients.py', import.meta.url))
const SECRET = 'the-secret'

let fake: FakeRest

beforeAll(async () => {
  fake = new FakeRest({
    accounts: [{ name: 'tester', secret: SECRET }],
    collections: {
      contacts: { name: 'text', note: 'text', amount: 'integer' },
      many: { name: 'text' },
    },
    pageMax: 40,
  })
  for (let number = 1; number <= 100; number += 1) {
    fake.collection('many').put(`c${String(number).padStart(3, '0')}`, { name: `Name ${number}` })
  }
  await fake.listen()
})

afterAll(() => fake.close())

async function curl(...parameters: string[]): Promise<string> {
  const { stdout } = await run('curl', ['-sS', '--max-time', '10', '-H', `X-API-Key: ${SECRET}`, ...parameters])
  return stdout
}

test("Python's own HTTP client finds accounts, records, locks and every style of pages as the page says", async () => {
  const { stdout } = await run('python3', [SCRIPT, fake.url, 'tester', SECRET], { timeout: 60_000 })
  expect(stdout.trim()).toBe('as it should be')
})

test('curl sees the same, and orders to wait and faults as HTTP has them', async () => {
  const url = `${fake.url}/api/many?limit=1`
  expect(JSON.parse(await curl(url))).toMatchObject({ data: [{ id: 'c001' }], meta: { total: 100 } })
  expect(await curl('-i', url)).toMatch(/^HTTP\/1\.1 200 [^]*link: <http[^>]*cursor=[^>]*>; rel="next"/i)
  fake.faults.throttle = { retryAfterSeconds: 7 }
  expect(await curl('-i', url)).toMatch(/^HTTP\/1\.1 429 [^]*retry-after: 7\r/i)
  fake.faults.throttle = { retryAfterSeconds: 7, as: 'date' }
  expect(await curl('-i', url)).toMatch(/retry-after: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT\r/i)
  fake.faults.throttle = undefined
  fake.faults.dropMidResponse = 1
  // 18: a part of the body only.
  await expect(curl(url)).rejects.toMatchObject({ code: 18 })
  fake.faults.hang = 1
  // 28: a time-out.
  await expect(curl('--max-time', '0.3', url)).rejects.toMatchObject({ code: 28 })
  await fake.down()
  // 7: nobody listens.
  await expect(curl(url)).rejects.toMatchObject({ code: 7 })
  await fake.up()
  expect(JSON.parse(await curl(url))).toMatchObject({ meta: { total: 100 } })
})
