import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createHmac } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { problem, scriptedServer, type ScriptedServer } from '../test/scripted-server.ts'
import { linesBody } from './body.ts'
import { EventStream, messagesOf } from './event-stream.ts'
import type { OmnihubError } from './index.ts'
import { OmnihubClient, verifyWebhook } from './index.ts'

let server: ScriptedServer
let hub: OmnihubClient

beforeAll(async () => {
  server = await scriptedServer()
})
afterAll(() => server.close())
beforeEach(() => {
  hub = new OmnihubClient({ url: server.url, key: 'omni_key' })
})

const event = (position: number, type = 'customer.updated'): string =>
  `id: ${position}\nevent: ${type}\ndata: {"type":"${type}","id":"e${position}"}\n\n`
const stream =
  (text: string, after: (response: ServerResponse) => void = () => undefined) =>
  (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(text)
    after(response)
  }

describe('The event stream', () => {
  test('goes on after the last event when the connection breaks or the hub ends it', async () => {
    server.answer(
      stream(`: omnihub events\n\n${event(4)}${event(5)}`, (response) => setTimeout(() => response.destroy(), 20)),
      problem(503, 'events.streams.too-many'),
      stream(event(6), (response) => response.end()),
      stream(event(7)),
    )
    const found: string[] = []
    const events = hub.followEvents({ type: ['customer.*'], after: '3' })
    for await (const { id } of events) {
      found.push(id)
      if (found.length === 4) break
    }
    expect(found).toEqual(['e4', 'e5', 'e6', 'e7'])
    expect(events.lastEventId).toBe('7')
    expect(server.asked.map(({ url, headers }) => [url, headers['last-event-id']])).toEqual([
      ['/v1/events?type=customer.*&after=3', undefined],
      ['/v1/events?type=customer.*', '5'],
      ['/v1/events?type=customer.*', '5'],
      ['/v1/events?type=customer.*', '6'],
    ])
  }, 20_000)

  test('hands an event out again where the loop that got it did not come back', async () => {
    server.answer(stream(event(1) + event(2)))
    const events = hub.followEvents({ lastEventId: '0' })
    await expect(async () => {
      for await (const { id } of events) if (id === 'e2') throw new Error('it could not be handled')
    }).rejects.toThrow('it could not be handled')
    expect(events.lastEventId).toBe('2')
  })

  test('ends with the signal, without an error', async () => {
    const abort = new AbortController()
    server.answer(stream(event(1)))
    const found: string[] = []
    for await (const { id } of hub.followEvents({}, { signal: abort.signal })) {
      found.push(id)
      setTimeout(() => abort.abort(), 20)
    }
    expect(found).toEqual(['e1'])
  })

  test('throws what waiting does not mend', async () => {
    server.answer(problem(410, 'events.position.pruned'))
    const read = async (): Promise<void> => {
      for await (const one of hub.followEvents({ lastEventId: '1' })) throw new Error(`there is ${one.id}`)
    }
    await expect(read()).rejects.toMatchObject({ code: 'events.position.pruned', status: 410 })
  })

  test('opens a connection anew that gives no sign of life', async () => {
    server.answer(stream(event(1)), stream(event(2)))
    const events = new EventStream<{ id: string }>({
      silenceMs: 60,
      open: (position, signal) => fetch(`${server.url}/?at=${position ?? ''}`, { signal }),
    })
    const found: string[] = []
    for await (const { id } of events) if (found.push(id) === 2) break
    expect(found).toEqual(['e1', 'e2'])
    expect(server.asked[1]?.url).toBe('/?at=1')
  })

  test('is read as the standard says, whatever the ends of lines and fields', async () => {
    async function* lines(): AsyncGenerator<string> {
      yield* [
        'id:1',
        'data:{"a":',
        'data: 1}',
        'retry: 5',
        ': comment',
        '',
        'data: nothing',
        'id',
        '',
        'id: 2\r',
        'data: x\r',
        '\r',
        'data: cut',
      ]
    }
    const found = []
    for await (const one of messagesOf(lines())) found.push(one)
    expect(found).toEqual([
      { id: '1', data: '{"a":\n1}' },
      { id: '', data: 'nothing' },
      { id: '2', data: 'x' },
    ])
  })
})

describe('Lines of NDJSON', () => {
  const answer =
    (chunks: (string | Buffer)[], end: (response: ServerResponse) => void) => (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' })
      for (const chunk of chunks) response.write(chunk)
      end(response)
    }

  test('are read one by one, however they are cut, and nothing is sent before', async () => {
    const bytes = Buffer.from('{"customer":"zoë"}\n\n{"customer":"b"}')
    const cut = bytes.indexOf('ë') + 1
    server.answer(answer([bytes.subarray(0, cut), bytes.subarray(cut)], (response) => response.end()))
    const lines = hub.streamCrossReferences({ system: 'crm' })
    expect(server.asked).toHaveLength(0)
    const found = []
    for await (const { customer } of lines) found.push(customer)
    expect(found).toEqual(['zoë', 'b'])
  })

  test('that break off are an error, not an end', async () => {
    server.answer(answer(['{"customer":"a"}\n{"cust'], (response) => setTimeout(() => response.destroy(), 30)))
    const found: unknown[] = []
    await expect(async () => {
      for await (const { customer } of hub.streamCrossReferences()) found.push(customer)
    }).rejects.toMatchObject({ code: 'client.answer.incomplete', operation: 'streamCrossReferences' })
    expect(found).toEqual(['a'])
  })

  test('that are refused are the refusal', async () => {
    server.answer(problem(403, 'auth.forbidden'))
    await expect(hub.streamCrossReferences().response()).rejects.toMatchObject({ code: 'auth.forbidden' })
  })

  test('are made of objects as they come, and can be sent as a text or a list too', async () => {
    async function* many(): AsyncGenerator<object> {
      for (let n = 0; n < 20_000; n++) yield { n }
    }
    const text = await new Response(linesBody(many())).text()
    expect(text.split('\n')).toHaveLength(20_001)
    expect(text.endsWith('{"n":19999}\n')).toBe(true)
    expect(linesBody([{ a: 1 }, { b: 2 }])).toBe('{"a":1}\n{"b":2}\n')
    expect(linesBody('{"a":1}\n')).toBe('{"a":1}\n')
    expect(await new Response(linesBody(new Set([{ a: 1 }]))).text()).toBe('{"a":1}\n')
  })
})

describe('A webhook', () => {
  const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes ...').toString('base64')}`
  const NOW = Date.parse('2026-03-14T09:26:53Z')
  const body = '{"type":"customer.updated","id":"é"}'
  const signed = (secret = SECRET, at = NOW / 1000): Record<string, string> => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    const signature = createHmac('sha256', key).update(`m1.${at}.${body}`).digest('base64')
    return { 'webhook-id': 'm1', 'webhook-timestamp': String(at), 'webhook-signature': `v1,AAAA v2,x v1,${signature}` }
  }
  const refusal = async (message: Partial<Parameters<typeof verifyWebhook>[0]>): Promise<unknown> => {
    const whole = { secret: SECRET, headers: signed(), body, now: NOW, ...message }
    return verifyWebhook(whole).then(
      () => 'taken',
      (error: unknown) => (error as OmnihubError).code,
    )
  }

  test('of the hub is taken: text or bytes, headers of Node or of fetch, the secret before the present one', async () => {
    const message = { secret: SECRET, headers: signed(), body, now: NOW }
    expect(await verifyWebhook(message)).toEqual({ type: 'customer.updated', id: 'é' })
    expect(await refusal({ body: new TextEncoder().encode(body) })).toBe('taken')
    expect(await refusal({ headers: new Headers(signed()) })).toBe('taken')
    const other = `whsec_${Buffer.from('another').toString('base64')}`
    expect(await refusal({ secret: [other, SECRET] })).toBe('taken')
  })

  test('of somebody else, of long ago or of the future is refused', async () => {
    expect(await refusal({ body: `${body} ` })).toBe('client.webhook.forged')
    expect(await refusal({ secret: `whsec_${Buffer.from('another').toString('base64')}` })).toBe(
      'client.webhook.forged',
    )
    expect(await refusal({ headers: { ...signed(), 'webhook-signature': 'v1,***' } })).toBe('client.webhook.forged')
    expect(await refusal({ headers: { ...signed(), 'webhook-id': 'm2' } })).toBe('client.webhook.forged')
    expect(await refusal({ headers: signed(SECRET, NOW / 1000 - 301) })).toBe('client.webhook.stale')
    expect(await refusal({ headers: signed(SECRET, NOW / 1000 + 301) })).toBe('client.webhook.stale')
    expect(await refusal({ headers: { ...signed(), 'webhook-timestamp': 'x' } })).toBe('client.webhook.stale')
    expect(await refusal({ headers: {} })).toBe('client.webhook.missing')
    expect(await refusal({ secret: 'whsec_' })).toBe('client.usage')
  })
})
