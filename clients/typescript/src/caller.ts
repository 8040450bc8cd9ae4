import { answerInfo, infoFrom, keepInfo, versionTag } from './answer-info.ts'
import { isRaw, linesBody, type RawBody } from './body.ts'
import { OmnihubError } from './error.ts'
import { EventStream } from './event-stream.ts'
import { READS } from './generated/table.ts'
import { Lines } from './lines.ts'
import type { OperationRow } from './operation.ts'
import { type Page, Pages } from './pages.ts'
import { type CallLimits, type PlainRequest, Transport, type TransportOptions } from './transport.ts'

/** For one call; what is absent is as the client has it. */
export interface RequestOptions extends CallLimits {
  headers?: Readonly<Record<string, string>> | undefined
  /** A key of your own for a request that must have one effect only. Absent: one is made, and kept over retries. */
  idempotencyKey?: string | undefined
  /** ETag of what you have: the answer is undefined while it is the newest. */
  ifNoneMatch?: string | undefined
}

type Values = Readonly<Record<string, unknown>>

/** Makes requests of operations and their parameters, and values of answers. */
export class Caller {
  readonly #transport: Transport

  constructor(options: TransportOptions) {
    this.#transport = new Transport(options)
  }

  protected async callJson<Answer>(row: OperationRow, params: object, options: RequestOptions): Promise<Answer> {
    const { answer, text } = await this.#transport.send(requestOf(row, params, options), limitsOf(row, params, options))
    if (answer.status === 304) return undefined as Answer
    const value = text === '' ? undefined : parsed(row, answer, text)
    keepInfo(value, infoFrom(row.id, answer), params)
    return value as Answer
  }

  protected callPages<Item, One extends Page<Item>>(
    row: OperationRow,
    params: object,
    options: RequestOptions,
  ): Pages<Item, One> {
    return new Pages<Item, One>(async (cursor) => {
      const page = await this.callJson<One>(row, cursor === undefined ? params : { ...params, cursor }, options)
      for (const item of page.items) keepItem(row.id, page, item)
      return page
    })
  }

  protected async callText(row: OperationRow, params: object, options: RequestOptions): Promise<string> {
    return (await this.#transport.send(requestOf(row, params, options), limitsOf(row, params, options))).text
  }

  protected async callNothing(row: OperationRow, params: object, options: RequestOptions): Promise<void> {
    await this.#transport.send(requestOf(row, params, options), limitsOf(row, params, options))
  }

  protected async callResponse(row: OperationRow, params: object, options: RequestOptions): Promise<Response> {
    const request = { ...requestOf(row, params, options), streamed: true }
    return (await this.#transport.send(request, limitsOf(row, params, options))).answer
  }

  protected callLines<Item>(row: OperationRow, params: object, options: RequestOptions): Lines<Item> {
    return new Lines<Item>(row.id, () => this.callResponse(row, params, options))
  }

  protected callEvents<Event>(row: OperationRow, params: object, options: RequestOptions): EventStream<Event> {
    const { lastEventId, ...rest } = params as { lastEventId?: string; after?: string }
    return new EventStream<Event>({
      lastEventId,
      signal: options.signal,
      open: (position, signal) => {
        // The position of the last event outranks where the stream began.
        const place = position === undefined ? rest : { ...rest, after: undefined, lastEventId: position }
        return this.callResponse(row, place, { ...options, signal, retries: 0 })
      },
    })
  }
}

/** An item of a list is as good as one that was read by its id: what is needed to edit it is kept with it. */
function keepItem(list: string, page: object, item: unknown): void {
  const operation = READS[list]
  const info = answerInfo(page)
  if (operation === undefined || info === undefined || typeof item !== 'object' || item === null) return
  const { id } = item as { id?: unknown }
  keepInfo(item, { ...info, operation, etag: versionTag(item) }, { id })
}

function parsed(row: OperationRow, answer: Response, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const message = `${row.id} was answered with something that is no JSON.`
    const { status } = answer
    throw new OmnihubError({ code: 'client.answer.unexpected', message, status, operation: row.id, cause })
  }
}

/** A call that the hub is to wait in takes that much longer; lines are sent for as long as there are some. */
function limitsOf(row: OperationRow, params: object, { signal, timeoutMs, retries }: RequestOptions): CallLimits {
  const { waitSeconds = 0 } = params as { waitSeconds?: number }
  const isLines = /ndjson|jsonl/.test(row.body ?? '')
  return { signal, retries, timeoutMs: timeoutMs ?? (isLines ? 0 : undefined), extraMs: waitSeconds * 1000 }
}

function requestOf(row: OperationRow, params: object, options: RequestOptions): PlainRequest {
  const values = params as Values
  const body = bodyOf(row, values['body'])
  const key = row.keyed ? (options.idempotencyKey ?? newKey()) : undefined
  return {
    operation: row.id,
    method: row.method,
    path: pathOf(row, values),
    headers: {
      accept: ACCEPT[row.answer],
      ...(body === undefined || row.body === '*/*' ? {} : { 'content-type': typeOf(row, values['body']) }),
      ...headersOf(row, values),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(options.ifNoneMatch === undefined ? {} : { 'if-none-match': options.ifNoneMatch }),
      ...options.headers,
    },
    body,
    repeatable: row.idempotent,
    streamed: false,
  }
}

const ACCEPT: Readonly<Record<OperationRow['answer'], string>> = {
  json: 'application/json, application/problem+json',
  text: '*/*',
  lines: 'application/x-ndjson, application/problem+json',
  events: 'text/event-stream, application/problem+json',
  response: '*/*',
  none: 'application/problem+json',
}

function pathOf(row: OperationRow, values: Values): string {
  const path = row.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined || value === null || value === '') throw missing(row, name)
    return encodeURIComponent(textOf(value))
  })
  const query = Object.entries(row.query).flatMap(([name, wire]) => {
    const value = values[name]
    if (value === undefined || value === null) return []
    // Commas part the values of a list, so that they must stay as they are.
    const list = Array.isArray(value) ? value.map(textOf) : [textOf(value)]
    return [`${encodeURIComponent(wire)}=${list.map(encodeURIComponent).join(',')}`]
  })
  return query.length === 0 ? path : `${path}?${query.join('&')}`
}

function headersOf(row: OperationRow, values: Values): Record<string, string> {
  const given = Object.entries(row.headers).flatMap(([name, wire]): [string, string][] => {
    const value = values[name]
    if (value === undefined || value === null) return []
    return [[wire, name === 'waitSeconds' ? `wait=${textOf(value)}` : textOf(value)]]
  })
  return Object.fromEntries(given)
}

function textOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value)
}

function missing(row: OperationRow, name: string): OmnihubError {
  const message = `${row.id} needs \`${name}\`.`
  return new OmnihubError({ code: 'client.usage', message, operation: row.id, pointer: `{${name}}` })
}

function typeOf({ body = '', batch }: OperationRow, value: unknown): string {
  return batch !== undefined && Array.isArray(value) ? batch : body
}

function bodyOf(row: OperationRow, body: unknown): RawBody | undefined {
  if (row.body === undefined || body === undefined) return undefined
  if (/ndjson|jsonl/.test(row.body)) return linesBody(body as Iterable<unknown>)
  return isRaw(body) && !/json/.test(row.body) ? body : JSON.stringify(body)
}

/** A UUID (RFC 9562, version 4) that also pages without HTTPS can make, where crypto.randomUUID is not. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
