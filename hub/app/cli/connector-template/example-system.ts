/** A system in memory that the connector is tried against, until yours takes its place. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Json, type JsonObject } from '../../../../connectors/authoring.ts'

export interface StoredRecord {
  changed: string
  data: JsonObject
}

export interface StoredEntity {
  /** A write that names another is refused. */
  fields: Set<string>
  records: Map<string, StoredRecord>
}

interface Answer {
  status: number
  body: unknown
}

const FORBIDDEN_TOKEN = 'no-rights-token'

export class ExampleSystem {
  readonly entities = new Map<string, StoredEntity>()
  /** While set, every request is answered with the order to wait so long. */
  retryAfterSeconds: number | undefined
  /** Instead of the next answer. */
  nextBody: string | undefined
  requests = 0
  readonly #token: string
  readonly #sockets = new Set<import('node:net').Socket>()
  #server: Server
  #port = 0
  #lastChange = 0

  constructor(token: string) {
    this.#token = token
    this.#server = this.#newServer()
  }

  get port(): number {
    return this.#port
  }

  /** Also again after `stop`, on the same port. */
  async start(): Promise<void> {
    this.#server = this.#newServer()
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** Times of change are in ms and never the same by accident. */
  now(): string {
    this.#lastChange = Math.max(Date.now(), this.#lastChange + 1)
    return new Date(this.#lastChange).toISOString()
  }

  create(entity: string): StoredEntity {
    const created = { fields: new Set(['id', 'name', 'note', 'amount']), records: new Map<string, StoredRecord>() }
    this.entities.set(entity, created)
    return created
  }

  store({ fields, records }: StoredEntity, key: string, values: JsonObject, changed = this.now()): void {
    const empty = [...fields].map((name) => [name, name === 'amount' ? 0 : null] as const)
    const data = { ...Object.fromEntries(empty), ...records.get(key)?.data, ...values, id: key }
    records.set(key, { changed, data })
  }

  #newServer(): Server {
    const server = createServer((request, response) => void this.#serve(request, response))
    server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    return server
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { status, body } = this.#answer(request, Buffer.concat(chunks).toString())
    const wait = this.retryAfterSeconds === undefined ? {} : { 'retry-after': String(this.retryAfterSeconds) }
    response.writeHead(status, { 'content-type': 'application/json', ...wait })
    response.end(this.nextBody ?? JSON.stringify(body))
    this.nextBody = undefined
  }

  #answer({ method, url = '', headers }: IncomingMessage, body: string): Answer {
    if (this.retryAfterSeconds !== undefined) return { status: 429, body: {} }
    const { pathname, searchParams: query } = new URL(url, 'http://127.0.0.1')
    const isNobody = headers.authorization === `Bearer ${FORBIDDEN_TOKEN}`
    if (!isNobody && headers.authorization !== `Bearer ${this.#token}`) return { status: 401, body: {} }
    if (pathname === '/version') return { status: 200, body: { version: '1.0' } }
    if (isNobody) return { status: 403, body: {} }
    const [, , name, part] = pathname.split('/').map(decodeURIComponent)
    if (name === undefined) return { status: 200, body: { entities: this.#listed() } }
    const entity = this.entities.get(name)
    if (entity === undefined) return { status: 404, body: {} }
    const { records } = entity
    if (method === 'PUT') return this.#put(entity, query.get('key') ?? '', JSON.parse(body) as PutBody)
    if (part === undefined) return { status: 200, body: summaryOf(records) }
    return { status: 200, body: { records: select(records, part, query) } }
  }

  #listed(): Json[] {
    return [...this.entities]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { fields }]) => ({ name, fields: [...fields].map((field) => ({ name: field })) }))
  }

  #put(entity: StoredEntity, key: string, { fields, unchangedSince }: PutBody): Answer {
    const current = entity.records.get(key)
    const isKnown = Object.keys(fields).every((name) => entity.fields.has(name))
    if (!isKnown || (fields.amount !== undefined && !Number.isInteger(fields.amount))) return { status: 422, body: {} }
    if ((current?.changed ?? null) !== unchangedSince) return { status: 409, body: { written: false } }
    this.store(entity, key, fields)
    return { status: 200, body: { written: true } }
  }
}

interface PutBody {
  fields: JsonObject
  unchangedSince: string | null
}

function summaryOf(records: ReadonlyMap<string, StoredRecord>): JsonObject {
  let latest: string | null = null
  for (const { changed } of records.values()) if (latest === null || changed > latest) latest = changed
  return { count: records.size, latest }
}

interface Row extends StoredRecord {
  key: string
}

function select(records: ReadonlyMap<string, StoredRecord>, part: string, query: URLSearchParams): Row[] {
  const all = [...records].map(([key, record]): Row => ({ key, ...record }))
  const one = query.get('key') ?? ''
  if (part === 'records' && query.has('key')) return all.filter(({ key }) => key === one)
  const byChange = part === 'changes'
  const place = (row: { changed: string; key: string }): string => (byChange ? `${row.changed} ${row.key}` : row.key)
  const after = byChange ? place({ changed: query.get('changed') ?? '', key: one }) : query.get('after')
  return all
    .filter((row) => after === null || place(row) > after)
    .sort((a, b) => (place(a) < place(b) ? -1 : 1))
    .slice(0, Number(query.get('limit')))
}
