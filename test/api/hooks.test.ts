import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type {
  Connector,
  ConnectorContext,
  ConnectorSpec,
  PushRequest,
  PushResult,
} from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from '../../connectors/shared/errors.ts'
import { type RunningApi, startApi } from '../support/api.ts'
import { until } from '../support/engine.ts'
import { expectBalanced } from '../support/core.ts'

/** What goes on in the connector, for the tests. */
const seen = { opened: [] as ConnectorContext[], closed: 0, running: 0, runningMax: 0, requests: [] as PushRequest[] }
let slowMs = 0

/** A small system: JSON lines, signed by HMAC over the raw body; it wants `<ok/>` for what was taken and `<no/>` otherwise. */
class SmallConnector implements Connector {
  readonly #secret: string

  constructor(secret: string) {
    this.#secret = secret
  }

  check(): Promise<never> {
    return Promise.reject(new Error('nobody reads this system'))
  }

  async receive(request: PushRequest): Promise<PushResult> {
    seen.requests.push(request)
    seen.runningMax = Math.max(seen.runningMax, ++seen.running)
    try {
      if (slowMs > 0) await sleep(slowMs)
      return this.#read(request)
    } finally {
      seen.running--
    }
  }

  #read({ method, headers, query, body }: PushRequest): PushResult {
    if (method === 'GET') {
      return {
        records: [],
        answer: { status: 200, contentType: 'text/xml; charset=utf-8', body: `<wsdl q="${query.wsdl}"/>` },
      }
    }
    const signature = createHmac('sha256', this.#secret).update(body).digest('hex')
    if (headers['x-signature'] !== signature) {
      throw new HubError({
        code: 'connector.push.unauthorized',
        family: 'reject',
        message: `wanted ${signature}`,
        where: '/x-signature',
      })
    }
    const text = body.toString()
    if (text === 'crash') throw new TypeError(`no idea what ${text} is`)
    if (text === 'misconfigured') throw settingsError('The setting "secret" is wrong in config/systems/small.yaml.')
    const records = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const data = JSON.parse(line) as JsonObject
        return { entity: 'Person', key: String(data.id), kind: 'upsert' as const, version: String(data.version), data }
      })
    return {
      records,
      answer: {
        status: 202,
        contentType: 'application/xml',
        body: '<ok/>',
        headers: { 'X-Taken': String(records.length) },
      },
      refuse: (error) => ({
        status: error.family === 'reject' ? 400 : 503,
        contentType: 'application/xml',
        body: `<no code="${error.code}"/>`,
      }),
    }
  }

  close(): Promise<void> {
    seen.closed++
    return Promise.resolve()
  }
}

const CAPABILITIES = {
  discover: false,
  backfill: false,
  poll: false,
  subscribe: false,
  write: false,
  deletes: { poll: false, subscribe: false },
}
const SMALL: ConnectorSpec = {
  name: 'small',
  title: 'Small',
  description: 'A system of the tests.',
  settings: {
    type: 'object',
    properties: { secret: { type: 'string', title: 'Secret', description: 'It signs.', secret: true } },
    required: ['secret'],
    additionalProperties: false,
  },
  capabilities: { ...CAPABILITIES, receive: true },
  verification: { by: 'unchecked fake', how: 'A test.' },
  open: (settings, context) => {
    seen.opened.push(context)
    return Promise.resolve(new SmallConnector(String(settings.secret)))
  },
}
const MUTE: ConnectorSpec = { ...SMALL, name: 'mute', capabilities: { ...CAPABILITIES, receive: false, poll: true } }

const document = (connector: string): string =>
  `title: A\nconnector: ${connector}\nsettings: { secret: '\${env:SMALL_SECRET}' }\nentities:\n  Person: { mode: ${connector === 'mute' ? 'poll' : 'push'} }\n`
const environment: Record<string, string | undefined> = { SMALL_SECRET: 'first' }
const PERSON = 'source: Person\ntarget: customer\nkey: id\nfields:\n  kind: { constant: person }\n  name.family: name\n'
let hub: RunningApi

beforeAll(async () => {
  hub = await startApi(
    {
      'config/systems/small.yaml': document('small'),
      'config/systems/noisy.yaml': document('small'),
      'config/systems/mute.yaml': document('mute'),
      'config/systems/crm.yaml': 'title: C\nconnector: push\nentities:\n  Person: {}\n',
      'config/systems/wrong.yaml':
        'title: W\nconnector: small\nsettings: { password: plain }\nentities:\n  Person: {}\n',
      'mappings/small/Person.yaml': PERSON,
      'mappings/noisy/Person.yaml': PERSON,
    },
    { connectors: [SMALL, MUTE], environment },
  )
})
afterAll(() => hub.stop())
beforeEach(() => {
  slowMs = 0
})

const line = (id: string, version = 1): string => JSON.stringify({ id, version, name: `N ${id}` })
const signed = (body: string, secret = 'first'): Record<string, string> => ({
  'x-signature': createHmac('sha256', secret).update(body).digest('hex'),
})

function push(body: string, options: { system?: string; headers?: Record<string, string> } = {}) {
  const { system = 'small', headers = signed(body) } = options
  return hub.ask(`/v1/hooks/${system}`, { method: 'POST', key: null, body, headers })
}

/** A request by hand; answers what came back until the connection ended or fell silent. */
async function raw(text: string | Buffer, endAfterMs?: number): Promise<string> {
  const { hostname, port } = new URL(hub.url)
  const socket = connect(Number(port), hostname)
  let answer = ''
  socket.on('data', (data: Buffer) => (answer += data.toString()))
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(text)
  if (endAfterMs !== undefined) setTimeout(() => socket.destroy(), endAfterMs)
  await Promise.race([once(socket, 'close'), sleep(3_000)])
  socket.destroy()
  return answer
}

async function ledger(): Promise<number> {
  return (await hub.ledger()).accepted
}

describe("A push in a system's own format", () => {
  test('is answered in that format once its records are durable', async () => {
    const answer = await push(`${line('a')}\n${line('b')}`)
    expect(answer).toMatchObject({ status: 202, text: '<ok/>' })
    expect(answer.headers.get('content-type')).toBe('application/xml')
    expect(answer.headers.get('x-taken')).toBe('2')
    expect(await ledger()).toBe(2)
    await hub.quiet()
    expect((await hub.ask('/v1/customers?system=small&key=a')).body.items).toHaveLength(1)
  })

  test('that comes twice is one change, also side by side', async () => {
    const before = await ledger()
    const body = line('twice')
    const answers = await Promise.all([push(body), push(body), push(body)])
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202])
    expect((await push(body)).status).toBe(202)
    expect(await ledger()).toBe(before + 1)
  })

  test('may come as GET, for a description, with whatever the query has', async () => {
    const answer = await hub.ask('/v1/hooks/small?wsdl=1&what=ever', { key: null })
    expect(answer).toMatchObject({ status: 200, text: '<wsdl q="1"/>' })
    expect(answer.headers.get('content-type')).toBe('text/xml; charset=utf-8')
  })

  test('reaches the connector as it came: bytes, headers by lower-case name, no content type needed', async () => {
    const body = `${line('ü😀')}\n`
    const { 'x-signature': signature = '' } = signed(body)
    const head = `POST /v1/hooks/small?x=1&x=2 HTTP/1.1\r\nHost: x\r\nX-SIGNATURE: ${signature}\r\nconnection: close\r\n`
    const answer = await raw(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    expect(answer).toMatch(/^HTTP\/1\.1 202 /)
    const last = seen.requests.at(-1)
    expect(last).toMatchObject({ method: 'POST', query: { x: '1,2' }, headers: { host: 'x' } })
    expect(last?.body.toString()).toBe(body)
  })

  test('without the right signature is refused without a hint, and nothing of the connector leaks', async () => {
    const before = await ledger()
    const answer = await push(line('x'), { headers: { 'x-signature': 'wrong' } })
    hub.expectProblem(answer, 401, 'connector.push.unauthorized')
    expect(answer.text).not.toMatch(/wanted|x-signature|fix/)
    expect(await ledger()).toBe(before)
  })

  test('that the connector can not read, or that crashes it, is told without internals', async () => {
    hub.expectProblem(await push('crash'), 500, 'hub.internal')
    expect((await push('crash')).text).not.toMatch(/TypeError|no idea/)
    const answer = await push('misconfigured')
    hub.expectProblem(answer, 503, 'hook.unavailable')
    expect(answer.headers.get('retry-after')).toBe('30')
    expect(answer.text).not.toMatch(/secret|small\.yaml/)
    expect((await push(line('after'))).status).toBe(202)
  })

  test('with a record that can not be taken is refused as a whole, in the format of the system', async () => {
    const before = await ledger()
    const answer = await push(`${line('good')}\n${JSON.stringify({ id: '', version: 1 })}`)
    expect(answer).toMatchObject({ status: 400, text: '<no code="system.record.key"/>' })
    expect(await ledger()).toBe(before)
  })

  test.each([
    ['nobody', 404, 'system.unknown'],
    ['crm', 501, 'hook.unsupported'],
    ['mute', 501, 'hook.unsupported'],
    ['wrong', 503, 'hook.unavailable'],
  ])('to %s is answered %s', async (system, status, code) => {
    const answer = await push(line('x'), { system })
    hub.expectProblem(answer, status, code)
    expect(answer.text).not.toContain('plain')
  })

  test('by a wrong method is told which there are', async () => {
    const answer = await hub.ask('/v1/hooks/small', { method: 'PUT', key: null, body: 'x' })
    hub.expectProblem(answer, 405, 'request.method-not-allowed')
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST')
  })

  test('that is too large is refused, announced or not', async () => {
    const bytes = 8 * 1024 * 1024 + 1
    expect(await raw(`POST /v1/hooks/small HTTP/1.1\r\nhost: x\r\ncontent-length: ${bytes}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 413 /,
    )
    hub.expectProblem(await push('x'.repeat(bytes)), 413, 'request.body.too-large')
    const largest = JSON.stringify({ id: 'large', version: 1, name: 'x'.repeat(bytes - 200) })
    expect((await push(largest)).status).toBe(202)
  })

  test('of which only a half arrives changes nothing and holds nothing', async () => {
    const [before, asked] = [await ledger(), seen.requests.length]
    for (let i = 0; i < 20; i++) {
      await raw(`POST /v1/hooks/small HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n${line('half')}`, 20)
    }
    expect(await ledger()).toBe(before)
    expect(seen.requests.length).toBe(asked)
    expect((await push(line('whole'))).status).toBe(202)
  })
})

describe('The hook', () => {
  test('opens one connector, anew when its settings have changed, and closes the one before', async () => {
    const opened = seen.opened.length
    expect((await push(line('s1'))).status).toBe(202)
    expect(seen.opened.length).toBe(opened)
    expect(seen.opened.at(-1)?.hookUrl).toBe('http://hub.example/v1/hooks/small')
    environment.SMALL_SECRET = 'second'
    const body = line('s2')
    await until(async () => (await push(body, { headers: signed(body, 'second') })).status === 202, 10_000)
    expect(seen.opened.length).toBe(opened + 1)
    expect(seen.opened.at(-2)?.signal.aborted).toBe(true)
    await until(() => seen.closed > 0, 2_000)
    delete environment.SMALL_SECRET
    await until(async () => (await push(body, { headers: signed(body, 'second') })).status === 503, 10_000)
    environment.SMALL_SECRET = 'first'
    await until(async () => (await push(line('s3'))).status === 202, 10_000)
  })

  test('lets a noisy system wait for itself, and the others through', async () => {
    slowMs = 300
    seen.runningMax = 0
    const bodies = Array.from({ length: 40 }, (_, n) => line(`n${n}`))
    const noisy = bodies.map((body) => push(body, { system: 'noisy' }))
    await sleep(100)
    const begun = performance.now()
    expect((await push(line('quiet'))).status).toBe(202)
    expect(performance.now() - begun).toBeLessThan(1_500)
    const answers = await Promise.all(noisy)
    const taken = answers.filter(({ status }) => status === 202).length
    const busy = answers.filter(({ status }) => status === 503)
    expect(taken).toBeGreaterThanOrEqual(16)
    expect(taken + busy.length).toBe(40)
    for (const answer of busy) {
      hub.expectProblem(answer, 503, 'hook.busy')
      expect(answer.headers.get('retry-after')).toBe('1')
    }
    // Four of the noisy one, and the one of the other system.
    expect(seen.runningMax).toBeLessThanOrEqual(5)
    slowMs = 0
    expect((await push(line('n0'), { system: 'noisy' })).status).toBe(202)
  })

  test('tells in the status of the system what came and what was refused', async () => {
    await until(async () => {
      const { pushes } = (await hub.ask('/admin/v1/systems/small')).body as {
        pushes: { received: number; refused: number } | null
      }
      return pushes !== null && pushes.received > 5 && pushes.refused > 5
    }, 5_000)
    const { pushes } = (await hub.ask('/admin/v1/systems/small')).body
    expect(pushes).toMatchObject({ lastRefusedCode: expect.any(String), lastReceivedAt: expect.any(String) })
    expect((await hub.ask('/admin/v1/systems/crm')).body).toMatchObject({ pushes: null })
  })

  test('leaves a ledger that balances', async () => {
    await hub.quiet()
    await expectBalanced(hub.db)
  })
})

test('When the hub can not make records durable, the answer says so, and the same push later is one change', async () => {
  const accept = hub.core.acceptor.accept.bind(hub.core.acceptor)
  const before = await ledger()
  const body = line('in doubt')
  try {
    // The hub dies between making the records durable and the answer: for the pusher the same as an error.
    hub.core.acceptor.accept = async (changes) => {
      await accept(changes)
      throw new HubError({ code: 'intake.unavailable', family: 'retry', message: 'Not now.' })
    }
    expect(await push(body)).toMatchObject({ status: 503, text: '<no code="intake.unavailable"/>' })
  } finally {
    hub.core.acceptor.accept = accept
  }
  expect((await push(body)).status).toBe(202)
  expect(await ledger()).toBe(before + 1)
})
