import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HttpFaults } from './faults.ts'

export interface FakeRequest {
  method: string
  /** Segments of the path, decoded. */
  path: string[]
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: Buffer
}

export interface FakeAnswer {
  status: number
  headers?: Record<string, string>
  /** JSON text; absent: no body. */
  body?: string
  /** Whether the request changed something. */
  isWrite?: boolean
}

const BODY_MAX = 8 * 1024 * 1024

/** A server on loopback that keeps its port through `down` and `up`, with faults on request. */
export abstract class FakeServer {
  readonly faults = new HttpFaults()
  /** Requests that came, also those that met a fault. */
  requests = 0
  #server: Server | undefined
  #port = 0

  /** `now`: wall clock, ms. */
  protected readonly now: () => number

  constructor(now: () => number) {
    this.now = now
  }

  protected abstract handle(request: FakeRequest): FakeAnswer
  /** How this system says that there are too many requests. */
  protected abstract tooMany(retryAfter: string): FakeAnswer

  /** Answers the port. */
  async listen(port = 0): Promise<number> {
    const server = createServer((request, response) => {
      void this.#take(request, response).catch(() => response.destroy())
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    this.#server = server
    this.#port = (server.address() as AddressInfo).port
    return this.#port
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Ends hard, with all connections; what is stored stays. */
  async down(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }

  /** Back on the same port. */
  async up(): Promise<void> {
    await this.listen(this.#port)
  }

  close(): Promise<void> {
    return this.down()
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1
    const { faults } = this
    const body = await readBody(request)
    if (faults.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.delayMs))
    if (faults.take('hang')) return
    const retryAfter = faults.retryAfter(this.now())
    const forced: FakeAnswer | undefined = retryAfter === undefined ? faults.answer : this.tooMany(retryAfter)
    const answer = forced ?? this.#answer(request, body)
    if (answer.isWrite === true && faults.take('dropAfterWrite')) {
      response.destroy()
      return
    }
    const content = Buffer.from(answer.body ?? '')
    const type = answer.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }
    response.writeHead(answer.status, { ...type, ...answer.headers, 'content-length': String(content.length) })
    if (faults.take('dropMidResponse')) {
      response.write(content.subarray(0, Math.floor(content.length / 2)))
      setTimeout(() => response.destroy(), 5)
      return
    }
    response.end(request.method === 'HEAD' ? undefined : content)
  }

  #answer(request: IncomingMessage, body: Buffer | undefined): FakeAnswer {
    if (body === undefined) return { status: 413, body: '{"error":{"code":"too_large"}}' }
    const [path = '', search = ''] = (request.url ?? '/').split('?')
    try {
      const segments = path.split('/').slice(1).map(decodeURIComponent)
      const query = new URLSearchParams(search)
      return this.handle({ method: request.method ?? 'GET', path: segments, query, headers: request.headers, body })
    } catch (error) {
      if (error instanceof URIError) return { status: 400, body: '{"error":{"code":"bad_address"}}' }
      throw error
    }
  }
}

/** undefined: it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= BODY_MAX) chunks.push(chunk)
  }
  return size <= BODY_MAX ? Buffer.concat(chunks) : undefined
}
