/**
 * Attacks of the OWASP API Security Top 10 (2023) on a running hub, each with its exact answer. What other tests attack is
 * not repeated: docs/contributors/attacks.md names for every attack the test that shows its answer.
 */
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { OPERATIONS } from '../../hub/api/operations/index.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { type Answer, changeEvent, type RunningApi, sendChanges, startApi } from '../support/api.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'
import { expressionRule } from '../support/rule-fixtures.ts'

const MERGE_PATCH = { 'content-type': 'application/merge-patch+json' }
const BATCH = { 'content-type': 'application/cloudevents-batch+json' }
/** What a legacy system may have in a name: markup, a formula of a spreadsheet, a template, a new header. */
const WILD = ['<script>alert(1)</script>', '=cmd|calc!A0', '{{7*7}}${7*7}', 'x\r\nset-cookie: a=b', '"><img src=x>']

let hub: RunningApi
let customer = ''
let channel = ''
let engineer = ''
let steward = ''

beforeAll(async () => {
  hub = await startApi({
    ...PUSH_WORKSPACE,
    ...expressionRule(
      { name: 'heavy', input: { type: 'object' }, output: { type: 'object' } },
      { pairs: 'len(flatMap(split(a, ""), split(a, "")))' },
    ),
  })
  const people = WILD.map((name, at) =>
    changeEvent(`crm/Contact/${at}`, { Id: String(at), FirstName: 'W', LastName: name }),
  )
  await sendChanges(hub, ...people)
  const { body } = await hub.ask('/v1/customers?system=crm&key=0')
  customer = String((body.items as JsonObject[])[0]?.id)
  ;[channel, engineer, steward] = [await hub.keyOf('channel'), await hub.keyOf('engineer'), await hub.keyOf('steward')]
})
afterAll(() => hub.stop())

describe('API1, objects of others', () => {
  test('What one caller made is not there for another, whatever is asked of it', async () => {
    const wish = { url: `${hub.url}/health/live`, types: ['customer.*'] }
    const made = await hub.ask('/v1/subscriptions', { method: 'POST', key: channel, body: wish })
    expect(made.status).toBe(201)
    const exported = await hub.ask('/v1/exports', { method: 'POST', key: steward, body: { entity: 'customer' } })
    expect(exported.status).toBe(202)
    const other = await hub.keyOf('channel')
    const owned = { subscriptions: String(made.body.id), exports: String(exported.body.id) }
    const asked: string[] = []
    for (const { id, method, path } of OPERATIONS) {
      const [, collection = ''] = /^\/v1\/(subscriptions|exports)\/\{id\}/.exec(path) ?? []
      if (!(collection in owned)) continue
      const key = collection === 'exports' ? await hub.keyOf('steward') : other
      const body = { replaySubscription: { after: 0 }, editSubscription: { description: 'mine' } }[id]
      const address = path.replace('{id}', owned[collection as keyof typeof owned])
      const answer = await hub.ask(address, { method, key, ...(body === undefined ? {} : { body }) })
      expect([id, answer.status]).toEqual([id, 404])
      asked.push(id)
    }
    expect(asked).toEqual(
      expect.arrayContaining(['replaySubscription', 'editSubscription', 'getExport', 'getExportData']),
    )
    expect((await hub.ask(`/v1/subscriptions/${owned.subscriptions}`, { key: channel })).body.description).toBeNull()
  })
})

describe('API2, who asks', () => {
  test.each([
    ['in the query', `/v1/customers?access_token=KEY`, {}],
    ['in the query under another name', `/v1/customers?api_key=KEY`, {}],
    ['as a cookie', '/v1/customers', { cookie: 'authorization=KEY; x-api-key=KEY' }],
    ['as a password', '/v1/customers', { authorization: `Basic ${Buffer.from('admin:KEY').toString('base64')}` }],
    ['behind a header of a proxy', '/v1/customers', { 'x-forwarded-authorization': 'Bearer KEY' }],
  ])('A right key %s opens nothing', async (_, path, headers) => {
    const withKey = (text: string): string => text.replaceAll('KEY', channel)
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, withKey(value)]))
    hub.expectProblem(await hub.ask(withKey(path), { key: null, headers: given }), 401, 'auth.missing')
  })

  test('A thousand guesses are each refused alike, and others are answered meanwhile', async () => {
    const [, id = ''] = channel.split('_')
    const guess = (at: number): Promise<Answer> =>
      hub.ask('/v1/customers?limit=1', { key: `omni_${id}_${at}${'x'.repeat(40)}` })
    const guesses = Promise.all(
      Array.from({ length: 20 }, async (_, lane) => {
        const answers: Answer[] = []
        for (let at = 0; at < 50; at++) answers.push(await guess(lane * 50 + at))
        return answers
      }),
    )
    expect((await hub.ask('/v1/customers?limit=1', { key: channel })).status).toBe(200)
    for (const answer of (await guesses).flat()) {
      expect([answer.status, answer.body.code]).toEqual([401, 'auth.invalid'])
      expect(answer.text).not.toContain(id)
    }
  }, 60_000)
})

describe('API3, properties', () => {
  test.each([
    ['id', { id: '0191e2a0-7b1c-7000-8000-123456789012' }],
    ['version', { version: 99 }],
    ['createdAt', { createdAt: '2000-01-01T00:00:00Z' }],
    ['updatedAt', { updatedAt: '2000-01-01T00:00:00Z' }],
    ['sources', { sources: [] }],
    ['state', { state: 3 }],
    ['constructor', { constructor: { prototype: { admin: true } } }],
  ])('A customer’s %s is the hub’s to say', async (name, patch) => {
    const before = (await hub.ask(`/v1/customers/${customer}`)).text
    const answer = await hub.ask(`/v1/customers/${customer}`, {
      method: 'PATCH',
      key: channel,
      headers: { ...MERGE_PATCH, 'if-match': '*' },
      body: JSON.stringify(patch),
    })
    expect([answer.status, answer.body.pointer]).toEqual([422, `/${name}`])
    expect((await hub.ask(`/v1/customers/${customer}`)).text).toBe(before)
    expect((Object.prototype as Record<string, unknown>)['admin']).toBeUndefined()
  })

  test.each([
    ['POST', '/v1/subscriptions', { url: 'http://127.0.0.1:9/', types: ['*'], owner: 'admin' }, '/owner'],
    ['POST', '/v1/subscriptions', { url: 'http://127.0.0.1:9/', types: ['*'], secret: 'whsec_x' }, '/secret'],
    ['POST', '/admin/v1/keys', { name: 'x', role: 'viewer', id: 'aaaaaaaaaaaa' }, '/id'],
    ['POST', '/admin/v1/keys', { name: 'x', role: 'viewer', createdAt: '2000-01-01T00:00:00Z' }, '/createdAt'],
  ])('%s %s with a member of the hub’s own is refused with its place', async (method, path, body, pointer) => {
    hub.expectProblem(await hub.ask(path, { method, body }), 422, 'request.body.invalid', pointer)
  })
})

describe('API4, resources', () => {
  test.each([
    ['a page of a million', '/v1/customers?limit=1000000', 400, 'request.query.invalid', '?limit'],
    ['a search of thousands of characters', `/v1/customers?q=${'a'.repeat(3_000)}`, 400, 'request.query.invalid', '?q'],
    [
      'a filter that is a bomb',
      `/v1/events?filter=${encodeURIComponent('matches(id, "(\\\\w{100}){100}")')}`,
      400,
      'events.filter.invalid',
      '?filter',
    ],
  ])('%s is refused', async (_, path, status, code, pointer) => {
    hub.expectProblem(await hub.ask(path), status, code, pointer)
  })

  test.each([
    ['(a+)+$', 3],
    ['.*.*.*.*zz', 0],
    ["' or 'zz'='zz", 0],
    ['zz:* & b:* | !c', 0],
    ['zz\\', 0],
  ])('The search %j is words and nothing else', async (q, count) => {
    const { status, body } = await hub.ask(`/v1/customers?q=${encodeURIComponent(q)}`)
    expect([status, (body.items as unknown[]).length]).toEqual([200, count])
  })

  test.each(['%%%%%%%%', '_____', '\\', '*'])('The search %j has no words and is refused', async (q) => {
    hub.expectProblem(await hub.ask(`/v1/customers?q=${encodeURIComponent(q)}`), 400, 'request.query.invalid', '?q')
  })

  test('Packed megabytes are not unpacked where nobody asked for packed bodies', async () => {
    const headers = { ...BATCH, 'content-encoding': 'gzip' }
    const answer = await hub.ask('/v1/changes', { method: 'POST', headers, body: gzipSync(Buffer.alloc(50_000_000)) })
    expect([answer.status, answer.body.code]).toEqual([400, 'change.body.not-utf8'])
  })

  test('A packed line of forty megabytes ends at the limit of a line', async () => {
    const before = process.memoryUsage().rss
    const headers = { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' }
    const bomb = gzipSync(Buffer.alloc(40_000_000, 'x'))
    const answer = await hub.ask('/v1/imports?system=crm&entity=Contact', { method: 'POST', headers, body: bomb })
    expect(answer.body).toMatchObject({ accepted: 0, rejected: 1 })
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
  })

  test('Streams of events are bounded, and those that are open go on', async () => {
    const streams: Response[] = []
    const open = async (): Promise<number> => {
      const headers = { authorization: `Bearer ${channel}` }
      const answer = await fetch(`${hub.url}/v1/events`, { headers })
      streams.push(answer)
      return answer.status
    }
    let last = 200
    for (let at = 0; at < 2_000 && last === 200; at++) last = await open()
    expect(last).toBe(503)
    expect(streams.length).toBe(501)
    expect((await hub.ask('/v1/customers?limit=1', { key: channel })).status).toBe(200)
    await sendChanges(hub, changeEvent('crm/Contact/streamed', { Id: 'streamed', LastName: 'Streamed' }))
    expect(await readUntil(streams[0], 'event: customer.created')).toContain('event: customer.created')
    await Promise.all(streams.slice(1).map((stream) => stream.body?.cancel()))
  }, 60_000)

  test('A rule that asks for terabytes is stopped, and others are answered meanwhile', async () => {
    const bombs = Array.from({ length: 20 }, () =>
      hub.ask('/v1/decisions/heavy', { method: 'POST', key: channel, body: { input: { a: 'x'.repeat(50_000) } } }),
    )
    expect((await hub.ask('/health/live', { key: null })).status).toBe(200)
    for (const answer of await Promise.all(bombs))
      expect([answer.status, answer.body.code]).toEqual([422, 'rule.value.beyond-limits'])
    expect(
      (await hub.ask('/v1/decisions/heavy', { method: 'POST', body: { input: { a: 'abc' } } })).body.result,
    ).toEqual({ pairs: 25 })
  })

  test('A mapping that is a bomb is tried on a record and stopped', async () => {
    const document = `${PUSH_WORKSPACE['mappings/crm/Contact.yaml'] ?? ''}  attributes.pairs: { expression: "len(flatMap(split(long, ''), split(long, '')))" }\n`
    await sendChanges(hub, changeEvent('crm/Contact/long', { Id: 'long', LastName: 'L', long: 'x'.repeat(90_000) }))
    const tried = await hub.ask('/admin/v1/mappings/crm/Contact/preview', {
      method: 'POST',
      key: engineer,
      body: { document, records: 1 },
    })
    expect([tried.status, tried.body.failed]).toEqual([200, 1])
    expect(tried.text).toContain('mapping.expression.failed')
  })
})

describe('API8, what is set up wrong', () => {
  test.each(['TRACE', 'TRACK', 'CONNECTION', 'PROPFIND', 'OPTIONS'])('The method %s does nothing', async (method) => {
    const [head, body] = await raw(
      `${method} /v1/customers HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${channel}\r\nconnection: close\r\n\r\n`,
    )
    expect(head).toMatch(/^HTTP\/1.1 (400|405) /)
    expect(head).toMatch(/content-type: application\/problem\+json/i)
    expect(head + body).not.toContain(channel)
  })

  test('Answers name neither what they are made of nor what went wrong inside', async () => {
    for (const path of [
      '/',
      '/nothing',
      '/v1/customers',
      '/docs',
      '/%',
      '/v1/customers/x',
      '/.env',
      '/.git/config',
      '/v1/../admin/v1/keys',
    ]) {
      const { headers, text } = await hub.ask(path, { key: null })
      expect([headers.get('server'), headers.get('x-powered-by')]).toEqual([null, null])
      expect(text).not.toMatch(/fastify|nestjs|node_modules|\bat \w+ \(/i)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
  })

  test('Headers by which some servers are led astray change nothing', async () => {
    const headers = {
      'x-original-url': '/admin/v1/keys',
      'x-rewrite-url': '/admin/v1/keys',
      'x-http-method-override': 'DELETE',
      'x-forwarded-host': 'evil.example',
      forwarded: 'for=127.0.0.1',
    }
    const plain = await hub.ask('/v1/customers?limit=1', { key: channel })
    const led = await hub.ask('/v1/customers?limit=1', { key: channel, headers })
    expect([led.status, led.text]).toEqual([plain.status, plain.text])
    hub.expectProblem(await hub.ask('/admin/v1/keys', { key: channel, headers }), 403, 'auth.forbidden')
  })

  test('Two requests in one, by a length and by chunks, are one that is refused', async () => {
    const smuggled = 'GET /admin/v1/keys HTTP/1.1\r\nhost: x\r\n\r\n'
    const [head] = await raw(
      `POST /v1/changes HTTP/1.1\r\nhost: x\r\ncontent-length: ${smuggled.length + 5}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    )
    expect(head).toMatch(/^HTTP\/1.1 400 /)
    expect(head.match(/HTTP\/1.1/g)).toHaveLength(1)
  })
})

describe('API10, what systems send', () => {
  test('Markup, formulas, templates and new lines come out as the text that they are, as data', async () => {
    for (const [at, name] of WILD.entries()) {
      const { headers, body } = await hub.ask(`/v1/customers?system=crm&key=${at}`)
      const [found] = body.items as { name: { family: string } }[]
      expect(found?.name.family.replaceAll(/\s+/g, ' ')).toBe(name.replaceAll(/\s+/g, ' '))
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('set-cookie')).toBeNull()
    }
  })
})

/** What a stream says until it has said this, or has ended; then it is left. */
async function readUntil(stream: Response | undefined, wanted: string): Promise<string> {
  const reader = stream?.body?.pipeThrough(new TextDecoderStream()).getReader()
  let said = ''
  while (reader !== undefined && !said.includes(wanted)) {
    const { done, value } = await reader.read()
    if (done) break
    said += value
  }
  await reader?.cancel()
  return said
}

/** One connection, the bytes as they are; head and body of what came until it was closed. */
function raw(text: string): Promise<[string, string]> {
  const { hostname, port } = new URL(hub.url)
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(text))
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')))
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')))
    socket.once('error', reject)
    socket.once('close', () => {
      const [head = '', ...rest] = answer.split('\r\n\r\n')
      resolve([head, rest.join('\r\n\r\n')])
    })
  })
}
