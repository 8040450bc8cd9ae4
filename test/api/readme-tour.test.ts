import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../../scripts/checks.ts'
import { freePort } from '../../scripts/servers/folder.ts'
import { type HubProcess, hubProcess } from '../support/hub-process.ts'

/** The tour of the README and the quick start, run as they are printed: only the ports and the data folder are other ones. */

let hub: HubProcess
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omnihub-tour-'))
  hub = await hubProcess({
    environment: { OMNIHUB_DATA_DIR: folder, OMNIHUB_WEBHOOKS_TO_LOOPBACK: 'on' },
    readyTimeoutMs: 60_000,
  })
  await untilTold('the day of the company begins', 150_000)
}, 240_000)

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

/** Fenced blocks of a page, with their languages. */
function blocksOf(page: string): { language: string; code: string }[] {
  const text = readFileSync(join(ROOT, page), 'utf8')
  return [...text.matchAll(/```(sh|js)\n([\s\S]*?)```/g)].map(([, language = '', code = '']) => ({ language, code }))
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
    expect(stdout).toContain('"rule":"dunning-stage"')
    expect(stdout).toMatch(/"rule":"payment-acceptance".*"accept":true.*"system":"billing".*"state":"written"/)
    expect(stdout).toMatch(/event: customer\.(updated|created)/)
  }, 60_000)

  test('can follow the quick start word for word', async () => {
    const blocks = blocksOf('docs/channel-developers/quick-start.md')
    const port = String(await freePort())
    const here = (code: string): string => code.replaceAll('8090', port)
    const work = join(folder, 'quick-start')
    mkdirSync(work)
    symlinkSync(join(ROOT, 'clients'), join(work, 'clients'))
    for (const { language, code } of blocks) {
      // A program says in its first line what it is called.
      const name = /^\/\/ (\S+\.mjs)\n/.exec(code)?.[1]
      if (language === 'js' && name !== undefined) writeFileSync(join(work, name), here(code))
    }
    const script = [
      'set -euo pipefail',
      ...blocks.flatMap(({ language, code }) => (language === 'sh' ? [here(code)] : [])),
    ]
      .join('\n')
      .replaceAll('http://127.0.0.1:8080', hub.url)
      .replaceAll('.omnihub/admin-key', join(folder, 'admin-key'))
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: work, maxBuffer: 64 * 2 ** 20 })
    expect(stdout).toContain('"code":"customer.unknown"')
    expect(stdout).toContain('"rule":"preferred-channel"')
    expect(stdout).toContain('"preferredChannel":"sms"')
    expect(stdout).toMatch(/event: customer\.updated/)
    expect(stdout).toContain('"delivered":true')
    expect(stdout).toContain('received subscription.test')
    expect(stdout).toMatch(/customer \w+ with \d+ invoices\nreach by \{.*\}\nprefers email\nevent customer\.created\n$/)
  }, 60_000)
})
