/** docs/channel-developers/webhooks.md: its receiver is run as it stands there, and gets what the hub sends. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EVENT_CATALOGUE } from '../../hub/contracts/event-catalogue.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { freePort } from '../../scripts/servers/folder.ts'
import { changeEvent, type RunningApi, startApi } from '../support/api.ts'
import { until } from '../support/engine.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'

const page = readFileSync(new URL('../../docs/channel-developers/webhooks.md', import.meta.url), 'utf8')
const blockOf = (language: string): string => new RegExp('```' + language + '\\n([^]*?)```').exec(page)?.[1] ?? ''

let hub: RunningApi
beforeAll(async () => {
  hub = await startApi(PUSH_WORKSPACE)
})
afterAll(() => hub.stop())

async function push(given: string): Promise<void> {
  const headers = { 'content-type': 'application/cloudevents+json' }
  const contact = { Id: 'w1', FirstName: given, LastName: 'Smith', Email: 'w1@example.com' }
  await hub.ask('/v1/changes', {
    method: 'POST',
    headers,
    body: JSON.stringify(changeEvent('crm/Contact/w1', contact)),
  })
  await hub.quiet()
}

test('the receiver of the page takes what the hub sends, and refuses what somebody else does', async () => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  const wish = { ...(JSON.parse(blockOf('json')) as JsonObject), url }
  const made = await hub.ask('/v1/subscriptions', { method: 'POST', body: wish })
  expect(made.status).toBe(201)
  const folder = mkdtempSync(join(tmpdir(), 'omnihub-receiver-'))
  const file = join(folder, 'receiver.mjs')
  writeFileSync(file, blockOf('js'))
  const receiver = spawn(process.execPath, [file], {
    env: { WEBHOOK_SECRET: String(made.body.secret), PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    let printed = ''
    receiver.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    const post = (headers: Record<string, string>) =>
      fetch(url, { method: 'POST', body: '{"id":"forged","type":"forged","subject":"x"}', headers }).then(
        ({ status }) => status,
        () => 0,
      )
    await until(async () => (await post({})) === 401, 10_000)
    await push('Ann')
    await until(() => printed.includes('customer.created'), 15_000)
    const now = String(Math.floor(Date.now() / 1_000))
    const forged = { 'webhook-id': 'forged', 'webhook-timestamp': now, 'webhook-signature': 'v1,AAAA v2,x' }
    expect(await post(forged)).toBe(401)
    expect(await post({ ...forged, 'webhook-timestamp': 'yesterday' })).toBe(401)
    // The filter of the page lets only changes of e-mail addresses through.
    await push('Anna')
    expect(printed).not.toMatch(/forged|updated/)
    expect(printed.trim().split('\n')).toHaveLength(1)
  } finally {
    receiver.kill()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('the filters of the page are filters', async () => {
  const filters = [...page.matchAll(/^ {2}- `(.+)`$/gm)].map(([, filter]) => filter)
  expect(filters.length).toBeGreaterThan(2)
  for (const filter of filters) {
    const body = { url: 'http://127.0.0.1:1/', types: ['customer.*'], filter }
    expect([filter, (await hub.ask('/v1/subscriptions', { method: 'POST', body })).status]).toEqual([filter, 201])
  }
})

test('the page of events names every type of the catalogue', () => {
  const events = readFileSync(new URL('../../docs/channel-developers/events.md', import.meta.url), 'utf8')
  for (const { type } of EVENT_CATALOGUE) {
    const [entity = '', verb = ''] = type.split('.')
    const isNamed = events.includes(`\`${type}\``) || ['created', 'updated', 'deleted'].includes(verb)
    expect([type, entity, isNamed]).toEqual([type, entity, true])
  }
})
