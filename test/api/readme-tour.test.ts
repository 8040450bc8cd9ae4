import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../../scripts/checks.ts'
import { type HubProcess, hubProcess } from '../support/hub-process.ts'

/** The tour of the README, run as it is printed: only the port and the data folder are other ones. */

let hub: HubProcess
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omnihub-tour-'))
  hub = await hubProcess({ environment: { OMNIHUB_DATA_DIR: folder }, readyTimeoutMs: 60_000 })
  await untilTold('the day of the company begins', 90_000)
}, 180_000)

afterAll(async () => {
  expect(await hub.stop()).toBe(0)
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

async function untilTold(text: string, timeoutMs: number): Promise<void> {
  const end = Date.now() + timeoutMs
  while (!hub.log().includes(text)) {
    if (Date.now() > end) throw new Error(`the hub did not say "${text}":\n${hub.log()}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

function tourBlocks(): string[] {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const tour = readme.slice(readme.indexOf('## A five-minute tour'), readme.indexOf('## Where to go next'))
  return [...tour.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
}

describe('A newcomer', () => {
  test('sees customers made from four systems, with the rate', () => {
    expect(hub.log()).toMatch(/\d+ customer records of four systems are \d+ customers in [\d.]+ s, \d+ changes\/s/)
  })

  test('can follow the tour word for word', async () => {
    const script = ['set -euo pipefail', ...tourBlocks()]
      .join('\n')
      .replaceAll('http://127.0.0.1:8080', hub.url)
      .replaceAll('.omnihub/admin-key', join(folder, 'admin-key'))
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { maxBuffer: 64 * 2 ** 20 })
    expect(stdout).toContain('"sources":[{"system":')
    expect(stdout).toContain('"invoices":[')
    expect(stdout).toContain('"rule":')
    expect(stdout).toContain('{"accepted":1,"duplicates":0}')
    expect(stdout).toContain('ada.tourist@example.com')
    expect(stdout).toContain('"code":"mapping.value.unparsable"')
    expect(stdout).toContain('"released":1,"parked":0')
    expect(stdout).toMatch(/"parked":0,"rejected":0,"discarded":0,"inFlight":\d+\}/)
    expect(stdout).toMatch(/event: customer\.(updated|created)/)
  }, 60_000)
})
