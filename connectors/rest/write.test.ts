import type { IncomingHttpHeaders } from 'node:http'
import type { CreateResult, RecordCreate, RecordWrite, WriteResult } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { entityOf, type Opened, openRest, serve, stopServers } from '../../test/support/rest-connector.ts'

interface Asked {
  request: string
  headers: IncomingHttpHeaders
  body: string
}
type Reply = { status?: number; headers?: Record<string, string>; body?: string } | undefined

const opened: Opened[] = []
let asked: Asked[] = []

afterEach(async () => {
  for (const { connector } of opened.splice(0)) await connector.close()
  await stopServers()
  asked = []
})

/** Writes to a system that answers as `reply` says, by method and address (`GET /api/things/1`). */
async function write(
  options: JsonObject,
  writes: Partial<RecordWrite>[],
  reply: (request: string, times: number) => Reply,
): Promise<WriteResult[]> {
  const { url } = await serve((incoming, body, response) => {
    const request = `${incoming.method} ${incoming.url}`
    asked.push({ request, headers: incoming.headers, body })
    const times = asked.filter((each) => each.request === request).length
    const { status = 200, headers = {}, body: answer = '{}' } = reply(request, times) ?? { status: 404 }
    response.writeHead(status, headers).end(answer)
  })
  const made = await openRest({ url })
  opened.push(made)
  const all = { key: ['id'], list: { path: '/things' }, get: { path: '/things/{{ key }}' }, ...options }
  const given = writes.map((each) => ({ key: '1', fields: {}, idempotencyKey: 'w', ...each }))
  return (await made.connector.write?.(entityOf(all), given)) ?? []
}

const changes = (): Asked[] => asked.filter(({ request }) => !request.startsWith('GET'))
const RECORD = '{"id":"1","name":"Old","big":12345678901234567890,"rate":1.10,"inner":{"a":1,"b":2},"v":3}'
const UPDATE = { update: { method: 'PUT', path: '/things/{{ key }}' } }

describe('an update', () => {
  test('sends what changed, whole where it nests', async () => {
    const results = await write(UPDATE, [{ fields: { name: 'New', inner: { b: 3 } } }], () => ({ body: RECORD }))
    expect(results).toEqual([{ outcome: 'written', key: '1' }])
    expect(changes().map(({ body }) => body)).toEqual(['{"name":"New","inner":{"a":1,"b":3}}'])
  })

  test('may send the whole record, every digit of its numbers as it was', async () => {
    const options = { update: { ...UPDATE.update, send: 'record' } }
    await write(options, [{ fields: { name: 'New' } }], () => ({ body: RECORD }))
    expect(changes()[0]?.body).toBe(RECORD.replace('Old', 'New').replace('1.10', '1.1'))
  })

  test('sends nothing where the record has the values already', async () => {
    const fields = { big: '12345678901234567890', rate: '1.1', inner: { b: 2 } }
    expect(await write(UPDATE, [{ fields, expected: { name: 'Older' } }], () => ({ body: RECORD }))).toMatchObject([
      { outcome: 'written' },
    ])
    expect(changes()).toEqual([])
  })

  test('has its lock in the data, or where the request says', async () => {
    const lock = { style: 'field', field: 'v' }
    await write({ ...UPDATE, lock }, [{ fields: { name: 'New' } }], () => ({ body: RECORD }))
    const placed = { update: { ...UPDATE.update, query: { version: '{{ lock }}' } }, lock }
    await write(placed, [{ fields: { name: 'New' } }], () => ({ body: RECORD }))
    expect(changes().map(({ request, body }) => [request, body])).toEqual([
      ['PUT /api/things/1', '{"name":"New","v":3}'],
      ['PUT /api/things/1?version=3', '{"name":"New"}'],
    ])
  })

  test.each([
    ['omit', '{"name":"New"}'],
    ['null', '{"name":"New","later":null}'],
  ])('of a record without a lock has none: %s', async (absent, body) => {
    const lock = { style: 'field', field: 'later', absent }
    await write({ ...UPDATE, lock }, [{ fields: { name: 'New' } }], () => ({ body: RECORD }))
    expect(changes()[0]?.body).toBe(body)
  })

  test('has the ETag where the system gives one', async () => {
    const lock = { style: 'etag' }
    const reply = (): Reply => ({ body: RECORD, headers: { etag: 'W/"7"' } })
    await write({ ...UPDATE, lock }, [{ fields: { name: 'New' } }], reply)
    await write({ ...UPDATE, lock }, [{ fields: { name: 'New' } }], () => ({ body: RECORD }))
    expect(changes().map(({ headers }) => headers['if-match'])).toEqual(['W/"7"', undefined])
  })

  test('that somebody was faster than is a conflict with what is there now', async () => {
    const results = await write(UPDATE, [{ fields: { name: 'New' } }], (request, times) => {
      if (request.startsWith('PUT')) return { status: 412 }
      return { body: times === 1 ? RECORD : '{"id":"1","name":"Theirs"}' }
    })
    expect(results).toEqual([{ outcome: 'conflict', key: '1', current: { id: '1', name: 'Theirs' } }])
  })

  test('whose earlier try was the one that was faster is written', async () => {
    const results = await write(UPDATE, [{ fields: { name: 'New' } }], (request, times) => {
      if (request.startsWith('PUT')) return { status: 412 }
      return { body: times === 1 ? RECORD : RECORD.replace('Old', 'New') }
    })
    expect(results).toMatchObject([{ outcome: 'written' }])
  })

  test('that is refused as a conflict though nobody changed anything is rejected, and not tried for ever', async () => {
    const results = await write(UPDATE, [{ fields: { name: 'New' } }], (request) => {
      return request.startsWith('PUT') ? { status: 409 } : { body: RECORD }
    })
    expect(results).toMatchObject([{ outcome: 'failed', error: { code: 'connector.rejected', family: 'reject' } }])
  })

  test('of a record that is deleted meanwhile is a conflict with nothing', async () => {
    const results = await write(UPDATE, [{ fields: { name: 'New' } }], (request, times) => {
      return request.startsWith('PUT') || times > 1 ? { status: 410 } : { body: RECORD }
    })
    expect(results).toEqual([{ outcome: 'conflict', key: '1', current: null }])
  })

  test('may be a form, with the same key for each try', async () => {
    const headers = { 'Idempotency-Key': '{{ idempotencyKey }}' }
    const options = { update: { method: 'POST', path: '/things/{{ key }}', encoding: 'form', headers } }
    await write(options, [{ fields: { inner: { a: 'ü' } }, idempotencyKey: 'k9' }], () => ({ body: RECORD }))
    expect(changes()).toMatchObject([
      {
        body: 'inner%5Ba%5D=%C3%BC&inner%5Bb%5D=2',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'idempotency-key': 'k9' },
      },
    ])
  })
})

describe('a batch', () => {
  test('ends where the system is away, without asking for the rest', async () => {
    const writes = ['1', '2', '3'].map((key) => ({ key, fields: { name: 'New' } }))
    const results = await write(UPDATE, writes, () => ({ status: 503, headers: { 'retry-after': '4' } }))
    expect(asked.length).toBe(1)
    expect(
      results.map((result) => (result.outcome === 'failed' ? [result.key, result.error.retryAfterMs] : [])),
    ).toEqual([
      ['1', 4000],
      ['2', 4000],
      ['3', 4000],
    ])
  })

  test('goes on behind a record that is refused', async () => {
    const writes = ['1', '2'].map((key) => ({ key, fields: { name: 'New' } }))
    const results = await write(UPDATE, writes, (request) => {
      return request === 'PUT /api/things/1' ? { status: 422 } : { body: RECORD }
    })
    expect(results.map(({ outcome }) => outcome)).toEqual(['failed', 'written'])
  })
})

describe('a record that is not there', () => {
  const create = { create: { path: '/things' } }
  const nothing = (request: string): Reply => (request.startsWith('GET') ? { status: 404 } : { status: 201 })

  test('is made with its key in the body', async () => {
    expect(await write(create, [{ key: 'n/1', fields: { name: 'New' } }], nothing)).toMatchObject([
      { outcome: 'written' },
    ])
    expect(changes().map(({ request, body }) => [request, body])).toEqual([
      ['POST /api/things', '{"name":"New","id":"n/1"}'],
    ])
  })

  test('is made under a key of several parts, each in its place', async () => {
    const options = {
      key: ['order.no', 'line'],
      get: { path: '/orders/{{ keys.order\\.no }}/{{ keys.line }}' },
      create: { method: 'PUT', path: '/orders/{{ keys.order\\.no }}/{{ keys.line }}' },
    }
    expect(await write(options, [{ key: 'a%3A/1:2', fields: { x: 1 } }], nothing)).toMatchObject([
      { outcome: 'written' },
    ])
    expect(asked.map(({ request }) => request)).toEqual(['GET /api/orders/a%3A%2F1/2', 'PUT /api/orders/a%3A%2F1/2'])
    expect(await write(options, [{ key: 'only one part' }], nothing)).toMatchObject([
      { outcome: 'failed', error: { code: 'connector.rejected', where: '/key' } },
    ])
  })

  test('gets the key that the system gives it', async () => {
    const options = { create: { path: '/things', key: 'data.id' } }
    const results = await write(options, [{ key: 'wish', fields: { name: 'New' } }], (request) => {
      return request.startsWith('GET') ? { status: 404 } : { status: 201, body: '{"data":{"id":12345678901234567890}}' }
    })
    expect(results).toEqual([{ outcome: 'written', key: '12345678901234567890' }])
    expect(changes()[0]?.body).toBe('{"name":"New"}')
  })

  test('is a conflict where values were expected of it', async () => {
    const results = await write(create, [{ fields: { name: 'New' }, expected: { name: 'Old' } }], nothing)
    expect(results).toEqual([{ outcome: 'conflict', key: '1', current: null }])
    expect(changes()).toEqual([])
  })

  test('and may not be made is rejected with the way to allow it', async () => {
    expect(await write(UPDATE, [{ fields: { name: 'New' } }], nothing)).toMatchObject([
      { outcome: 'failed', error: { code: 'connector.rejected', fix: expect.stringContaining('create') as string } },
    ])
  })

  test('and was made by somebody in the same moment is a conflict', async () => {
    const results = await write(create, [{ fields: { name: 'New' } }], (request, times) => {
      if (request.startsWith('POST')) return { status: 409 }
      return times === 1 ? { status: 404 } : { body: RECORD }
    })
    expect(results).toMatchObject([{ outcome: 'conflict', current: { name: 'Old' } }])
  })
})

test('Records that are gone are found by asking for each', async () => {
  const { url } = await serve(({ url: address }, _body, response) => {
    const key = decodeURIComponent((address ?? '').split('/').at(-1) ?? '')
    if (key === "gone/'%") response.writeHead(404).end()
    else response.end(JSON.stringify({ id: key, deleted: key === 'marked' }))
  })
  const made = await openRest({ url })
  opened.push(made)
  const options = {
    key: ['id'],
    list: { path: '/things' },
    deleted: { path: 'deleted' },
    get: { path: '/things/{{ key }}' },
  }
  const keys = ['here', "gone/'%", 'marked']
  const missing = (await made.connector.missing?.(entityOf(options), keys)) ?? []
  expect(missing.map(({ key, kind, data }) => [key, kind, data])).toEqual([
    ["gone/'%", 'delete', null],
    ['marked', 'delete', null],
  ])
  const { get: _, ...blind } = options
  expect(await made.connector.missing?.(entityOf(blind), keys)).toEqual([])
})

describe('a new record under a key that the system gives', () => {
  const CREATE = { create: { path: '/things', key: 'data.id' } }
  const MARKED = { create: { ...CREATE.create, headers: { 'Idempotency-Key': '{{ idempotencyKey }}' } } }
  const FOUND = {
    create: {
      ...CREATE.create,
      body: { name: '{{ data.name }}', reference: '{{ idempotencyKey }}' },
      find: { path: '/things', query: { reference: '{{ idempotencyKey }}' }, record: 'data' },
    },
  }

  async function create(
    options: JsonObject,
    creates: Partial<RecordCreate>[],
    reply: (request: string) => Reply,
  ): Promise<CreateResult[]> {
    const { url } = await serve((incoming, body, response) => {
      const request = `${incoming.method} ${incoming.url}`
      asked.push({ request, headers: incoming.headers, body })
      const answer = reply(request)
      if (answer === undefined) return void response.destroy()
      response.writeHead(answer.status ?? 200, answer.headers ?? {}).end(answer.body ?? '{}')
    })
    const made = await openRest({ url })
    opened.push(made)
    const all = { key: ['id'], list: { path: '/things' }, get: { path: '/things/{{ key }}' }, ...options }
    const given = creates.map((each) => ({ fields: { name: 'New' }, idempotencyKey: 'w1', ...each }))
    return (await made.connector.create?.(entityOf(all), given)) ?? []
  }

  test('has the key of the answer, and the request carries the idempotency key where it says so', async () => {
    expect(await create(MARKED, [{}], () => ({ status: 201, body: '{"data":{"id":17}}' }))).toEqual([
      { outcome: 'created', key: '17' },
    ])
    expect(asked).toMatchObject([
      { request: 'POST /api/things', body: '{"name":"New"}', headers: { 'idempotency-key': 'w1' } },
    ])
  })

  test('that an earlier try made is found, and not made again', async () => {
    const reply = (request: string): Reply => {
      if (request.startsWith('POST')) return { body: '{"data":{"id":"b"}}' }
      return { body: request.endsWith('?reference=w1') ? '{"data":[{"id":"a:1"}]}' : '{"data":[]}' }
    }
    expect(await create(FOUND, [{ mayExist: true }, { idempotencyKey: 'w2' }], reply)).toEqual([
      { outcome: 'created', key: 'a:1' },
      { outcome: 'created', key: 'b' },
    ])
    expect(changes().map(({ body }) => body)).toEqual(['{"name":"New","reference":"w2"}'])
  })

  test.each<[string, JsonObject, string]>([
    ['with a header that carries the idempotency key is tried again', MARKED, 'connector.unreachable'],
    ['without any is not tried again', CREATE, 'connector.create.unknown'],
  ])('whose answer is lost, %s', async (_title, options, code) => {
    const [result] = await create(options, [{}], () => undefined)
    expect(result).toMatchObject({ outcome: 'failed', error: { code } })
  })

  test('that may exist already is not made where nothing could tell', async () => {
    const [result] = await create(CREATE, [{ mayExist: true }], () => ({ body: '{"data":{"id":1}}' }))
    expect(result).toMatchObject({ outcome: 'failed', error: { code: 'connector.create.unknown' } })
    expect(asked).toEqual([])
  })

  test('which the system refuses, or tells no key of, is told for that one, and the next is made', async () => {
    const replies: Reply[] = [{ status: 422 }, { body: '{"data":{}}' }, { body: '{"data":{"id":"c"}}' }]
    const results = await create(MARKED, [{}, {}, {}], () => replies.shift())
    expect(results.map((result) => (result.outcome === 'failed' ? result.error.code : result.key))).toEqual([
      'connector.rejected',
      'connector.unexpected',
      'c',
    ])
  })

  test.each<[JsonObject, string]>([
    [{ create: { path: '/things', find: { path: '/x', query: { r: '{{ idempotencyKey }}' } } } }, '/find'],
    [{ create: { path: '/things', key: 'id', find: { path: '/x' } } }, '/find'],
    [{ create: { path: '/things/{{ key }}', key: 'id' } }, ''],
    [{ create: { path: '/things' } }, '/key'],
  ])('wants options that fit: %j', async (options, where) => {
    await expect(create(options, [{}], () => ({}))).rejects.toMatchObject({
      code: 'connector.settings',
      where: `/entities/Thing/options/create${where}`,
    })
  })
})
