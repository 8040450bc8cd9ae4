import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EgressGuard } from '../../security/egress/egress-guard.ts'
import { type Answer, WebhookSender } from './sender.ts'

const NEVER = new AbortController().signal
const endings: (() => void)[] = []
afterEach(() => {
  for (const end of endings.splice(0)) end()
})

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  endings.push(() => server.close())
  return (server.address() as AddressInfo).port
}

const http = (listener: RequestListener): Promise<number> => listening(createServer(listener))

interface SendOptions {
  resolve?: (name: string) => Promise<{ address: string; family: number }[]>
  loopback?: boolean
}

function senderOf({ resolve, loopback = true }: SendOptions = {}): WebhookSender {
  const guard = new EgressGuard({ allow: [], loopback, ...(resolve === undefined ? {} : { resolve }) })
  const sender = new WebhookSender({ guard, timeoutMs: 400, now: Date.now })
  endings.push(() => {
    sender.close()
  })
  return sender
}

const post = (url: string, options?: SendOptions): Promise<Answer> =>
  senderOf(options).send({ url, headers: { 'content-type': 'text/plain' }, body: 'body' }, NEVER)

describe('The sender of webhooks', () => {
  test('tells the status and Retry-After, and follows no redirect', async () => {
    let calls = 0
    const port = await http((request, response) => {
      calls++
      const location = `http://127.0.0.1:${(request.socket.address() as AddressInfo).port}/elsewhere`
      response.writeHead(307, { location, 'retry-after': '7' }).end()
    })
    expect(await post(`http://127.0.0.1:${port}/`)).toMatchObject({
      status: 307,
      retryAfterMs: 7_000,
      problem: 'It answered 307; redirects are not followed.',
    })
    expect(calls).toBe(1)
  })

  test('gives up one that hangs, before its answer or within its head', async () => {
    const silent = await http(() => undefined)
    expect(await post(`http://127.0.0.1:${silent}/`)).toMatchObject({
      status: null,
      problem: 'It did not answer within 0.4 seconds.',
    })
    const sockets = createTcpServer((socket) => {
      const drip = setInterval(() => socket.write('x'), 20)
      socket.write('HTTP/1.1 200 OK\r\nx-slow: ')
      socket.on('close', () => {
        clearInterval(drip)
      })
      socket.on('error', () => undefined)
    })
    const port = await listening(sockets)
    expect(await post(`http://127.0.0.1:${port}/`)).toMatchObject({ status: null })
  })

  test.each([
    ['not HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n', 'Its answer is not HTTP.'],
    [
      'endless headers',
      `HTTP/1.1 200 OK\r\n${'x-y: z\r\n'.repeat(10_000)}`,
      'It answered with more headers than are read.',
    ],
  ])('takes %s for no answer', async (_, text, problem) => {
    const port = await listening(
      createTcpServer((socket) => {
        socket.on('error', () => undefined)
        socket.end(text)
      }),
    )
    expect(await post(`http://127.0.0.1:${port}/`)).toMatchObject({ status: null, problem })
  })

  test('is done with the head of the answer, and closes a body without end', async () => {
    let sent = 0
    let closed: () => void = () => undefined
    const ended = new Promise<void>((resolve) => (closed = resolve))
    const port = await http((_request, response) => {
      response.writeHead(200)
      const more = setInterval(() => {
        sent += 65_536
        response.write('x'.repeat(65_536))
      }, 2)
      response.on('close', () => {
        clearInterval(more)
        closed()
      })
    })
    const answer = await post(`http://127.0.0.1:${port}/`)
    expect(answer).toMatchObject({ status: 200, problem: null })
    await ended
    expect(sent).toBeLessThan(50 * 65_536)
  })

  test('does not call a name that was public when it was looked at and is this machine when it is dialled', async () => {
    let calls = 0
    const port = await http((_request, response) => {
      calls++
      response.end()
    })
    const answers = ['93.184.215.14', '127.0.0.1']
    const resolve = () => Promise.resolve([{ address: answers.shift() ?? '127.0.0.1', family: 4 }])
    const guard = new EgressGuard({ allow: [], loopback: false, resolve })
    const url = `https://rebinding.example:${port}/`
    await expect(guard.check(url, '/url')).resolves.toBeInstanceOf(URL)
    const sender = new WebhookSender({ guard, timeoutMs: 400, now: Date.now })
    endings.push(() => {
      sender.close()
    })
    expect(await sender.send({ url, headers: {}, body: '' }, NEVER)).toMatchObject({
      status: null,
      problem: 'The host is not on the public internet.',
    })
    expect(calls).toBe(0)
  })

  test('does not call an address that the settings do not allow any more', async () => {
    expect(await post('https://10.0.0.1/', { loopback: false })).toMatchObject({
      status: null,
      problem: 'The host is not on the public internet.',
    })
    expect(await post('http://example.com/')).toMatchObject({ problem: 'Only https:// URLs are called.' })
  })

  test('accepts no certificate that nobody vouches for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'omnihub-tls-'))
    endings.push(() => {
      rmSync(folder, { recursive: true })
    })
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const subject = ['-subj', '/CN=localhost', '-days', '1', '-nodes']
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-keyout', key, '-out', cert, ...subject], {
      stdio: 'ignore',
    })
    let calls = 0
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) => {
      calls++
      response.end()
    })
    const port = await listening(server)
    expect(await post(`https://127.0.0.1:${port}/`)).toMatchObject({
      status: null,
      problem: expect.stringMatching(/^Its certificate or its TLS is not accepted/) as string,
    })
    expect(calls).toBe(0)
  })

  test('tells who refused the connection, and who could not be found', async () => {
    const server = createServer()
    const port = await listening(server)
    server.close()
    expect(await post(`http://127.0.0.1:${port}/`)).toMatchObject({ problem: 'It refused the connection.' })
    const resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))
    expect(await post('https://nobody.example/', { resolve })).toMatchObject({
      problem: 'The name of its host can not be resolved.',
    })
  })
})
