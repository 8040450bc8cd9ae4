import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FakeUser } from './organization.ts'
import { badRequest } from './errors.ts'

/** One request to the fake, with its body read, and what it will be answered. */
export interface Exchange {
  method: string
  /** Without the query. */
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: Buffer
  user: FakeUser
  /** `62.0` */
  version: string
}

export interface Answer {
  status: number
  headers?: Record<string, string>
  /** JSON, unless it is text. */
  body?: unknown
  /** Whether it changed a record. */
  isWrite?: boolean
}

const BODY_MAX = 50 * 1024 * 1024

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_MAX) throw badRequest('EXCEEDED_MAX_SIZE_REQUEST', 'Request size exceeded')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

export function jsonBody(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString())
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Told below, as for anything else that is no object.
  }
  throw badRequest('JSON_PARSER_ERROR', 'Unexpected character at [line:1, column:1]')
}

export function send(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const type = typeof body === 'string' ? 'text/csv' : 'application/json;charset=UTF-8'
  const own = body === undefined ? {} : { 'content-type': type }
  response.writeHead(status, { ...own, ...headers, 'content-length': String(Buffer.byteLength(text)) })
  response.end(text)
}

/** `Wed, 21 Oct 2015 07:28:00 GMT` as ms; undefined where the header is absent or unreadable. */
export function headerTime(value: string | undefined): number | undefined {
  const ms = value === undefined ? Number.NaN : Date.parse(value)
  return Number.isNaN(ms) ? undefined : ms
}
