import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { streamEvents } from '../../hub/api/events/event-stream.ts'
import { EventTail } from '../../hub/api/events/event-tail.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { eventLogRange } from '../../hub/store/event-queries.ts'
import { changeEvent, type RunningApi, startApi } from '../support/api.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'

let hub: RunningApi
beforeAll(async () => {
  hub = await startApi(PUSH_WORKSPACE)
})
afterAll(() => hub.stop())

interface StreamedEvent {
  id: string
  type: string
  data: JsonObject
}

interface Stream {
  /** Resolves when this many events have come, or fails. */
  take(count: number): Promise<StreamedEvent[]>
  events: StreamedEvent[]
  headers: Headers
  close(): void
  ended: Promise<void>
}

async function follow(query = '', headers: Record<string, string> = {}): Promise<Stream> {
  const abort = new AbortController()
  const answer = await fetch(`${hub.url}/v1/events${query}`, {
    headers: { authorization: `Bearer ${hub.adminKey}`, ...headers },
    signal: abort.signal,
  })
  if (answer.status !== 200 || answer.body === null) throw new Error(await answer.text())
  const events: StreamedEvent[] = []
  const waiting = new Set<() => void>()
  const read = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    let text = ''
    for await (const chunk of body) {
      text += Buffer.from(chunk).toString()
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1]
        const data = field('data')
        if (data === undefined) continue
        events.push({ id: field('id') ?? '', type: field('event') ?? '', data: JSON.parse(data) as JsonObject })
      }
      for (const wake of waiting) wake()
    }
  }
  const ended = read(answer.body).catch(() => undefined)
  return {
    events,
    headers: answer.headers,
    ended,
    close: () => {
      abort.abort()
    },
    take: async (count) => {
      const deadline = Date.now() + 10_000
      while (events.length < count) {
        if (Date.now() > deadline) throw new Error(`only ${events.length} of ${count} events came`)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 100)
          waiting.add(() => {
            clearTimeout(timer)
            resolve()
          })
        })
      }
      return events.slice(0, count)
    },
  }
}

let people = 0
async function makePeople(count: number): Promise<string[]> {
  const keys = Array.from({ length: count }, () => `p${++people}`)
  const events = keys.map((key) =>
    changeEvent(`crm/Contact/${key}`, {
      Id: key,
      FirstName: `Person${key}`,
      LastName: `Family${key}`,
      Email: `${key}@example.com`,
    }),
  )
  const headers = { 'content-type': 'application/cloudevents-batch+json' }
  await hub.ask('/v1/changes', { method: 'POST', headers, body: JSON.stringify(events) })
  return keys
}

async function idOf(key: string): Promise<string> {
  await hub.quiet()
  const { body } = await hub.ask(`/v1/customers?system=crm&key=${key}`)
  return (body.items as { id: string }[])[0]?.id ?? 'none'
}

describe('GET /v1/events', () => {
  test('tells what happens from now on, as CloudEvents', async () => {
    const stream = await follow()
    expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(stream.headers.get('cache-control')).toBe('no-store')
    const [key = ''] = await makePeople(1)
    const [event] = await stream.take(1)
    expect(event).toMatchObject({
      type: 'customer.created',
      data: {
        specversion: '1.0',
        type: 'customer.created',
        source: '/omnihub',
        data: { customer: { name: { given: `Person${key}` } } },
      },
    })
    stream.close()
  })

  test('goes on after the last event that was seen, so that none is missed and none comes twice', async () => {
    const first = await follow()
    await makePeople(3)
    const [one] = await first.take(1)
    first.close()
    await first.ended
    await makePeople(3)
    const again = await follow('', { 'last-event-id': one?.id ?? '' })
    const rest = await again.take(5)
    const ids = [one, ...rest].map((event) => Number(event?.id))
    expect(ids).toEqual(Array.from({ length: 6 }, (_, index) => (ids[0] ?? 0) + index))
    again.close()
  })

  test('begins at the beginning where that is asked for', async () => {
    const stream = await follow('?after=0')
    const [event] = await stream.take(1)
    expect(event?.id).toBe('1')
    stream.close()
  })

  test('tells of the types and customers that are asked for only', async () => {
    const [key = ''] = await makePeople(1)
    const id = await idOf(key)
    const updates = await follow('?type=customer.updated,invoice.*')
    const ofOne = await follow(`?customer=${id}&type=customer.*`)
    await makePeople(2)
    const headers = { 'content-type': 'application/cloudevents+json' }
    const change = changeEvent(`crm/Contact/${key}`, { Id: key, FirstName: 'Renamed', LastName: 'Person' })
    await hub.ask('/v1/changes', { method: 'POST', headers, body: JSON.stringify(change) })
    for (const stream of [updates, ofOne]) {
      const [event] = await stream.take(1)
      expect(event).toMatchObject({
        type: 'customer.updated',
        data: { customerid: id, data: { customer: { name: { given: 'Renamed' } } } },
      })
      expect(stream.events).toHaveLength(1)
      stream.close()
    }
  })

  test('tells of events for which a filter is true only', async () => {
    const filter = encodeURIComponent(
      'startsWith(data.customer.name.family, "Wanted") and len(data.customer.emails) > 0',
    )
    const stream = await follow(`?filter=${filter}&type=customer.created`)
    await makePeople(2)
    const headers = { 'content-type': 'application/cloudevents+json' }
    const change = changeEvent('crm/Contact/wanted1', {
      Id: 'wanted1',
      LastName: 'Wanted',
      Email: 'wanted@example.com',
    })
    await hub.ask('/v1/changes', { method: 'POST', headers, body: JSON.stringify(change) })
    const [event] = await stream.take(1)
    expect(event?.data).toMatchObject({ data: { customer: { name: { family: 'Wanted' } } } })
    await makePeople(1)
    await hub.quiet()
    expect(stream.events).toHaveLength(1)
    stream.close()
  })

  test('costs a slow reader nothing but time', async () => {
    const after = (
      await hub.db.query<{ last: string }>({ text: 'select coalesce(max(position), 0) as last from event_log' })
    ).rows[0]?.last
    await makePeople(400)
    await hub.quiet()
    const stream = await follow(`?after=${after}`)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const events = await stream.take(400)
    expect(new Set(events.map(({ id }) => id)).size).toBe(400)
    stream.close()
  })

  test.each([
    ['?type=Customer', 'request.query.invalid', '?type'],
    ['?type=*', 'request.query.invalid', '?type'],
    ['?customer=1', 'request.query.invalid', '?customer'],
    ['?after=tomorrow', 'events.position.unknown', '?after'],
    ['?after=999999999', 'events.position.unknown', '?after'],
    ['?since=1', 'request.query.unknown', '?since'],
    ['?filter=type%20%3D%20%22x%22', 'events.filter.invalid', '?filter'],
    ['?filter=data.invoice.status&type=customer.*', 'events.filter.invalid', '?filter'],
  ])('refuses %s precisely', async (query, code, pointer) => {
    hub.expectProblem(await hub.ask(`/v1/events${query}`), 400, code, pointer)
  })

  test('says so when events after a position are no longer kept', async () => {
    await hub.quiet()
    await hub.db.query({ text: 'delete from event_log where position < 10' })
    hub.expectProblem(
      await hub.ask('/v1/events', { headers: { 'last-event-id': '5' } }),
      410,
      'events.position.pruned',
      'Last-Event-ID',
    )
    const stream = await follow('', { 'last-event-id': '9' })
    expect((await stream.take(1))[0]?.id).toBe('10')
    stream.close()
  })
})

describe('A stream', () => {
  interface Served {
    url: string
    /** Resolves when the stream has ended by itself. */
    over: Promise<void>
    close(): void
  }

  /** The stream of the hub with other times, on a server of its own. */
  async function serve(stillAllowed: () => boolean, after: number): Promise<Served> {
    const abort = new AbortController()
    const tail = new EventTail({ db: hub.db, onError: () => undefined })
    const filter = { types: [], prefixes: [], customers: null }
    let ended: () => void = () => undefined
    const over = new Promise<void>((resolve) => {
      ended = resolve
    })
    const server = createServer((_request, out) => {
      const times = { heartbeatMs: 30, patienceMs: 200 }
      const options = { db: hub.db, tail, filter, after, out, signal: abort.signal, ...times }
      void streamEvents({ ...options, stillAllowed: () => Promise.resolve(stillAllowed()) }).then(() => {
        out.destroy()
        ended()
      })
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const close = (): void => {
      abort.abort()
      server.close()
    }
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, over, close }
  }

  test('shows that it lives, and ends once its key is revoked', async () => {
    let allowed = true
    await hub.quiet()
    const { last } = await eventLogRange(hub.db)
    const served = await serve(() => allowed, last)
    const answer = await fetch(served.url)
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    let text = ''
    while (!text.includes(': alive')) text += Buffer.from((await reader.read()).value ?? []).toString()
    allowed = false
    await served.over
    served.close()
  })

  test('is given up when its reader does not read', async () => {
    await hub.quiet()
    // As many events as no socket holds on its way.
    await hub.db.query({
      text: `insert into event_log (position, id, type, subject, at, data)
             select (select max(position) from event_log) + n, gen_random_uuid(), 'big.event', 'x', now(),
                    json_build_object('text', repeat('x', 20000)) from generate_series(1, 1000) n`,
    })
    const served = await serve(() => true, 0)
    const socket = connect(Number(new URL(served.url).port), '127.0.0.1', () => {
      socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
      socket.pause()
    })
    await served.over
    socket.destroy()
    served.close()
  })
})
