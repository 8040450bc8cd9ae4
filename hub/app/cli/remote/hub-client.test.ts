import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { testFolder, type TestFolder, testIo, type TestIo } from '../../../../test/support/cli.ts'
import { HubError } from '../../../contracts/hub-error.ts'
import { HubClient, openHub } from './hub-client.ts'
import { sendRecords, type SendRequest } from './send.ts'

/** An HTTP server that answers as the test says: the faults here are of the network, which a hub itself can not be told to make. */
let server: Server
let url: string
let answer: (request: IncomingMessage, response: ServerResponse, body: string) => void
let folder: TestFolder

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      answer(request, response, Buffer.concat(chunks).toString())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  folder = testFolder()
})

afterAll(async () => {
  folder.remove()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function problem(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/problem+json', ...headers }).end(JSON.stringify(body))
}

async function refusal(work: Promise<unknown>): Promise<HubError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof HubError) return error
  throw new Error(`no HubError but ${String(error)}`)
}

describe('a hub asked over HTTP', () => {
  const hub = (): HubClient => new HubClient(url, 'omni_key_secret')

  test('gets the key as a bearer token and the query as it was given', async () => {
    let seen: string[] = []
    answer = (request, response) => {
      seen = [request.headers.authorization ?? '', request.url ?? '']
      response.end('{"ok":true}')
    }
    expect(await hub().get('/x', { query: { a: 'b c&d', none: undefined, n: 3 } })).toEqual({ ok: true })
    expect(seen).toEqual(['Bearer omni_key_secret', '/x?a=b+c%26d&n=3'])
  })

  test('refuses in its own words, code and status', async () => {
    answer = (_, response) => {
      problem(response, 403, { code: 'auth.forbidden', detail: 'No.', pointer: '/a', fix: 'Ask.', requestId: 'r' })
    }
    const error = await refusal(hub().get('/x'))
    expect(error).toMatchObject({
      code: 'auth.forbidden',
      family: 'reject',
      status: 403,
      message: 'No.',
      where: '/a',
      fix: 'Ask.',
    })
  })

  test('that is busy says when to come again', async () => {
    answer = (_, response) => {
      problem(response, 503, { code: 'store.unavailable', detail: 'Later.' }, { 'retry-after': '7' })
    }
    expect(await refusal(hub().get('/x'))).toMatchObject({ family: 'retry', retryAfterMs: 7000 })
  })

  test.each([
    ['a page', 200, '<html>'],
    ['a list', 200, '[]'],
    ['nothing', 200, ''],
    ["somebody else's error", 404, '{"error":"not found"}'],
  ])('that answers with %s is no hub', async (_, status, body) => {
    answer = (_request, response) => {
      response.writeHead(status).end(body)
    }
    expect(await refusal(hub().get('/x'))).toMatchObject({ code: 'cli.hub.no-hub', family: 'reject' })
  })

  test.each([
    ['a page', 404, 'cli.hub.no-hub', 'reject'],
    ["a proxy's page", 502, 'cli.hub.unreachable', 'retry'],
  ] as const)(
    'whose answer is read piece by piece, and is %s, is told by its status',
    async (_, status, code, family) => {
      answer = (_request, response) => {
        response.writeHead(status, { 'content-type': 'text/html' }).end('<html>')
      }
      const error = await refusal(hub().open('/x'))
      expect(error).toMatchObject({ code, family })
      expect(error.message).toContain(`HTTP ${status}`)
      expect(await refusal(hub().get('/x'))).toMatchObject({ code, family })
    },
  )

  test('whose answer is read piece by piece refuses in its own words too', async () => {
    answer = (_, response) => {
      problem(response, 429, { code: 'rate.exceeded', detail: 'Slower.' }, { 'retry-after': '7' })
    }
    expect(await refusal(hub().open('/x'))).toMatchObject({ code: 'rate.exceeded', status: 429, retryAfterMs: 7000 })
  })

  test('never sends the key on to where a redirection leads', async () => {
    let asked = 0
    answer = (_, response) => {
      asked++
      response.writeHead(302, { location: `${url}/elsewhere` }).end()
    }
    expect((await refusal(hub().get('/x'))).code).toBe('cli.hub.unreachable')
    expect(asked).toBe(1)
  })

  test('that hangs up is unreachable, with the reason', async () => {
    answer = (request) => {
      request.socket.destroy()
    }
    expect((await refusal(hub().get('/x'))).family).toBe('retry')
    const away = await refusal(new HubClient('http://127.0.0.1:9', 'k').get('/x'))
    expect(away.message).toMatch(/No hub can be reached at http:\/\/127\.0\.0\.1:9 \(.+\)\./)
  })
})

describe('address and key of a command line', () => {
  const open = (
    options: { url?: string; key?: string; 'key-file'?: string },
    env: Record<string, string> = {},
  ): Promise<HubClient> =>
    openHub({ url: options.url, key: options.key, 'key-file': options['key-file'] }, testIo({ cwd: folder.path, env }))

  test('the address is this machine at PORT, or what was named, without its last slash', async () => {
    expect((await open({ key: 'secret-key' })).url).toBe('http://127.0.0.1:8080')
    expect((await open({ key: 'secret-key' }, { PORT: '9090' })).url).toBe('http://127.0.0.1:9090')
    expect((await open({ key: 'secret-key', url: 'https://hub.example.com/base/' })).url).toBe(
      'https://hub.example.com/base',
    )
  })

  test.each(['hub', 'ftp://hub', 'http://user:word@hub', 'http://hub/?a=1', ''])(
    'the address %j is refused',
    async (wrong) => {
      expect((await refusal(open({ key: 'secret-key', url: wrong }))).code).toBe('cli.usage.url')
    },
  )

  test.each([['short'], ['two words here'], ['line\nbreak-in-it'], ['ключ-ключ']])(
    'the key %j is refused, and not shown',
    async (wrong) => {
      const error = await refusal(open({ key: wrong }))
      expect(error.code).toBe('cli.usage.key')
      expect(error.message).not.toContain(wrong)
    },
  )

  test('the first-run key of this machine goes to this machine only', async () => {
    mkdirSync(join(folder.path, 'data'), { recursive: true })
    folder.file('data/admin-key', 'omni_first_key\n')
    const env = { OMNIHUB_DATA_DIR: 'data' }
    const seen: string[] = []
    answer = (request, response) => {
      seen.push(request.headers.authorization ?? '')
      response.end('{}')
    }
    await (await open({ url }, env)).get('/x')
    expect(seen).toEqual(['Bearer omni_first_key'])
    for (const elsewhere of ['http://hub.example.com', 'http://127.0.0.1.example.com', 'http://10.0.0.1']) {
      expect((await refusal(open({ url: elsewhere }, env))).code).toBe('cli.usage.key-missing')
    }
  })

  test('a key file is read, and the key is hidden from then on', async () => {
    folder.file('a.key', ' omni_from_file \n')
    const io = testIo({ cwd: folder.path })
    await openHub({ url: undefined, key: undefined, 'key-file': 'a.key' }, io)
    expect([...io.secrets]).toEqual(['omni_from_file'])
  })
})

describe('omnihub send', () => {
  const ids = (body: string): string[] => (JSON.parse(body) as { id: string }[]).map(({ id }) => id)

  async function send(
    content: string,
    request: Partial<SendRequest> = {},
  ): Promise<{ io: TestIo; work: Promise<number> }> {
    folder.file('records.ndjson', content)
    const io = testIo({ cwd: folder.path })
    const shape = { system: 'crm', entity: 'Contact', keyFields: ['Id'], sequenceField: undefined, deletes: false }
    const work = sendRecords(
      new HubClient(url, 'secret-key'),
      { file: 'records.ndjson', shape, run: 'r', batchMax: 2, asJson: true, ...request },
      io,
    )
    return Promise.resolve({ io, work })
  }

  test('sends in order, in batches, and adds up what the hub says', async () => {
    const batches: string[][] = []
    answer = (_, response, body) => {
      batches.push(ids(body))
      response.writeHead(202).end(JSON.stringify({ accepted: ids(body).length - 1, duplicates: 1 }))
    }
    const { io, work } = await send('{"Id":1}\n{"Id":2}\n{"Id":3}\n')
    expect(await work).toBe(0)
    expect(batches).toEqual([['r-1', 'r-2'], ['r-3']])
    expect(JSON.parse(io.stdout())).toEqual({ run: 'r', records: 3, accepted: 1, duplicates: 2 })
  })

  test('sends the same ids again when the hub was away, and again when it hung up', async () => {
    const tries: string[][] = []
    answer = (request, response, body) => {
      tries.push(ids(body))
      if (tries.length === 1)
        problem(response, 503, { code: 'bus.unavailable', detail: 'Away.' }, { 'retry-after': '0' })
      else if (tries.length === 2) request.socket.destroy()
      else response.writeHead(202).end('{"accepted":1,"duplicates":0}')
    }
    const { work } = await send('{"Id":1}\n')
    expect(await work).toBe(0)
    expect(tries).toEqual([['r-1'], ['r-1'], ['r-1']])
  })

  test('halves a batch that is too large for the hub', async () => {
    const sizes: number[] = []
    answer = (_, response, body) => {
      sizes.push(ids(body).length)
      if (ids(body).length > 1) problem(response, 413, { code: 'change.body.too-large', detail: 'Too large.' })
      else response.writeHead(202).end('{"accepted":1,"duplicates":0}')
    }
    const { work } = await send('{"Id":1}\n{"Id":2}\n{"Id":3}\n{"Id":4}\n', { batchMax: 4 })
    expect(await work).toBe(0)
    expect(sizes).toEqual([4, 2, 1, 1, 2, 1, 1])
  })

  test('names the lines of the file that the hub refused', async () => {
    answer = (_, response) => {
      const errors = [{ code: 'change.text.nul', pointer: '/1/data/Name', detail: 'A NUL.' }]
      problem(response, 422, { code: 'change.text.nul', detail: 'A NUL.', pointer: '/1/data/Name', errors })
    }
    const { io, work } = await send('\n{"Id":1}\n\n{"Id":2}\n')
    expect(await refusal(work)).toMatchObject({ code: 'change.text.nul', where: 'records.ndjson:4' })
    expect(io.stderr()).toContain('records.ndjson:4: A NUL. (change.text.nul, /data/Name)')
    expect(io.stderr()).toContain('--run r')
  })

  test('sends nothing where the last line is broken', async () => {
    let asked = 0
    answer = (_, response) => {
      asked++
      response.writeHead(202).end('{"accepted":2,"duplicates":0}')
    }
    const { work } = await send('{"Id":1}\n{"Id":2}\n{"Id":3}\n{"Id":\n')
    expect(await refusal(work)).toMatchObject({ code: 'cli.json.invalid', where: 'records.ndjson:4:7' })
    expect(asked).toBe(0)
  })

  test('ends on Ctrl-C and says how to go on', async () => {
    const { io, work } = await send('{"Id":1}\n{"Id":2}\n{"Id":3}\n')
    answer = () => {
      io.interrupt()
    }
    expect(await work).toBe(130)
    expect(io.stderr()).toContain('0 records sent before it stopped. To go on, send the same file again with --run r')
  })
})
