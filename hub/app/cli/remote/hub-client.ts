/** A running hub, asked over its HTTP API. */
import { readFileSync } from 'node:fs'
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import { HubError } from '../../../contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../contracts/json.ts'
import { ADMIN_KEY_FILE } from '../../../security/admin-key.ts'
import type { HubOptions } from '../shared/command.ts'
import { pathOf, readTextFile } from '../shared/files.ts'
import type { Io } from '../shared/io.ts'

type Query = Readonly<Record<string, string | number | undefined>>

export interface HubRequest {
  query?: Query
  /** Sent as JSON. */
  body?: unknown
  /** Sent as it is, with its content type. */
  raw?: { text: string; type: string }
  signal?: AbortSignal
}

export interface StreamedRequest {
  query?: Query
  headers?: Record<string, string>
  signal?: AbortSignal
}

const TIMEOUT_MS = 60_000
const ANSWER_BYTES_MAX = 256 * 1024 * 1024
const STREAMED_ANSWER_MAX = 1024 * 1024
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

export class HubClient {
  readonly url: string
  readonly #key: string

  constructor(url: string, key: string) {
    this.url = url
    this.#key = key
  }

  get(path: string, request: HubRequest = {}): Promise<JsonObject> {
    return this.#ask('GET', path, request)
  }

  post(path: string, request: HubRequest = {}): Promise<JsonObject> {
    return this.#ask('POST', path, request)
  }

  put(path: string, request: HubRequest = {}): Promise<JsonObject> {
    return this.#ask('PUT', path, request)
  }

  delete(path: string, request: HubRequest = {}): Promise<JsonObject> {
    return this.#ask('DELETE', path, request)
  }

  /**
   * A request that is sent, or answered, for as long as its bytes take; without a time-out of the whole. The caller ends it,
   * and hears of its errors: `opened` waits for its answer.
   */
  begin(method: 'GET' | 'POST', path: string, { query = {}, headers = {}, signal }: StreamedRequest): ClientRequest {
    const url = this.#address(path, query)
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const sent = { accept: '*/*', ...headers, authorization: `Bearer ${this.#key}` }
    return send(url, { method, headers: sent, ...(signal === undefined ? {} : { signal }) })
  }

  /** An answer to read piece by piece. Throws what `opened` throws. */
  async open(path: string, request: StreamedRequest = {}): Promise<IncomingMessage> {
    const asking = this.begin('GET', path, request)
    asking.end()
    return opened(asking, this.url)
  }

  #address(path: string, query: Query): URL {
    const url = new URL(`${this.url}${path}`)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value))
    return url
  }

  async #ask(method: string, path: string, { query = {}, body, raw, signal }: HubRequest): Promise<JsonObject> {
    const url = this.#address(path, query)
    const sent = raw ?? (body === undefined ? undefined : { text: JSON.stringify(body), type: 'application/json' })
    const timeout = AbortSignal.timeout(TIMEOUT_MS)
    try {
      const response = await fetch(url, {
        method,
        // Elsewhere nobody has a right to the key.
        redirect: 'error',
        headers: {
          authorization: `Bearer ${this.#key}`,
          accept: 'application/json',
          ...(sent === undefined ? {} : { 'content-type': sent.type }),
        },
        ...(sent === undefined ? {} : { body: sent.text }),
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      })
      return await readAnswer(response, this.url)
    } catch (error) {
      if (error instanceof HubError || signal?.aborted === true) throw error
      throw unreachable(this.url, error)
    }
  }
}

/** One path segment. */
export function segment(text: string): string {
  return encodeURIComponent(text)
}

/** Waits for the head of an answer. Throws the hub's refusal, `cli.hub.no-hub` and `cli.hub.unreachable`. */
export async function opened(asking: ClientRequest, hub: string): Promise<IncomingMessage> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    asking.once('response', resolve).on('error', (error) => {
      reject(unreachable(hub, error))
    })
  })
  if ((response.statusCode ?? 0) >= 300) await answerOf(response, hub)
  return response
}

/** A short answer as a whole. Throws as `opened` does. */
export async function answerOf(response: IncomingMessage, hub: string): Promise<JsonObject> {
  const { statusCode = 0, headers } = response
  let text = ''
  response.setEncoding('utf8')
  try {
    for await (const piece of response as AsyncIterable<string>) {
      text += piece
      if (text.length > STREAMED_ANSWER_MAX) break
    }
  } catch (error) {
    throw unreachable(hub, error)
  }
  return bodyOf(statusCode, (name) => headers[name] ?? null, text, hub)
}

async function readAnswer(response: Response, hub: string): Promise<JsonObject> {
  const { headers } = response
  const text = Number(headers.get('content-length') ?? 0) > ANSWER_BYTES_MAX ? '' : await response.text()
  return bodyOf(response.status, (name) => headers.get(name), text, hub)
}

type ShownHeader = 'retry-after' | 'content-type'

function bodyOf(status: number, header: (name: ShownHeader) => string | null, text: string, hub: string): JsonObject {
  const body = parsed(text)
  if (isJsonObject(body)) {
    if (status < 300) return body
    if (typeof body['code'] === 'string') throw refusalOf(status, header('retry-after'), body)
  }
  // A proxy stands before the hub, and does not find it.
  if (status >= 502) throw unreachable(hub, new Error(`HTTP ${status}`))
  throw new HubError({
    code: 'cli.hub.no-hub',
    family: 'reject',
    message: `What answers at ${hub} is no hub (HTTP ${status}, ${header('content-type') ?? 'no content type'}).`,
    fix: 'Correct --url; it is the address that the hub printed when it started.',
  })
}

/** null where it is no JSON. */
export function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return null
  }
}

/** problem+json (RFC 9457) as the error that it was in the hub. */
function refusalOf(status: number, retryAfter: string | null, problem: JsonObject): HubError {
  const text = (name: string): string | undefined => (typeof problem[name] === 'string' ? problem[name] : undefined)
  const waitSeconds = Number(retryAfter ?? NaN)
  // A parameter of the address (`{id}`, `?limit`) is nothing that a person at a shell wrote.
  const where = text('pointer')?.match(/^[^{?].*$/s)?.[0]
  const fix = text('fix')
  return new HubError({
    code: text('code') ?? '',
    family: status === 429 || status >= 502 ? 'retry' : 'reject',
    status,
    message: text('detail') ?? text('title') ?? `The hub answered with HTTP ${status}.`,
    ...(where === undefined ? {} : { where }),
    ...(fix === undefined ? {} : { fix }),
    ...(Number.isFinite(waitSeconds) ? { retryAfterMs: waitSeconds * 1000 } : {}),
    facts: problem,
  })
}

export function unreachable(hub: string, error: unknown): HubError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const reason = (cause as NodeJS.ErrnoException).code ?? (cause instanceof Error ? cause.message : String(cause))
  return new HubError({
    code: 'cli.hub.unreachable',
    family: 'retry',
    message: `No hub can be reached at ${hub} (${reason}).`,
    fix: 'Start one with `omnihub start`, or name another address with --url.',
    cause: error,
  })
}

/** The hub and the key that a command line means. */
export async function openHub(options: Omit<HubOptions, 'json'>, io: Io): Promise<HubClient> {
  const url = hubUrl(options.url ?? `http://127.0.0.1:${io.env['PORT'] || '8080'}`)
  const key = await findKey(options, url, io)
  io.secrets.add(key)
  return new HubClient(url, key)
}

function hubUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url?.username === '' && url.password === '' && url.search === '' && url.hash === ''
  if (url !== undefined && isPlain && /^https?:$/.test(url.protocol)) return url.href.replace(/\/+$/, '')
  throw new HubError({
    code: 'cli.usage.url',
    family: 'reject',
    message: 'The address of the hub is not one of HTTP.',
    fix: 'Write it as http://127.0.0.1:8080 or https://hub.example.com.',
  })
}

async function findKey({ key, 'key-file': keyFile }: Omit<HubOptions, 'json'>, url: string, io: Io): Promise<string> {
  if (key !== undefined) return checkedKey(key, '--key')
  if (keyFile !== undefined) return checkedKey(await readTextFile(io, keyFile, 4096), keyFile)
  if (io.env['OMNIHUB_ADMIN_KEY']) return checkedKey(io.env['OMNIHUB_ADMIN_KEY'], 'OMNIHUB_ADMIN_KEY')
  const named = io.env['OMNIHUB_ADMIN_KEY_FILE']
  if (named) return checkedKey(await readTextFile(io, named, 4096), named)
  // The key of the hub on this machine is nobody else's business.
  const kept = LOOPBACK.test(new URL(url).hostname) ? keptKey(io) : undefined
  if (kept !== undefined) return kept
  throw new HubError({
    code: 'cli.usage.key-missing',
    family: 'reject',
    message: 'The hub wants an API key, and none was given.',
    fix: 'Set OMNIHUB_ADMIN_KEY, or name a file with --key-file. A hub on this machine keeps its first key in its data folder: set OMNIHUB_DATA_DIR to it.',
  })
}

function keptKey(io: Io): string | undefined {
  const file = join(pathOf(io, io.env['OMNIHUB_DATA_DIR'] || '.omnihub'), ADMIN_KEY_FILE)
  try {
    return checkedKey(readFileSync(file, 'utf8'), file)
  } catch (error) {
    if (error instanceof HubError) throw error
    return undefined
  }
}

/** A key is a header: a line break in it would be a second one. */
function checkedKey(text: string, from: string): string {
  const key = text.trim()
  if (/^[\x21-\x7e]{8,512}$/.test(key)) return key
  throw new HubError({
    code: 'cli.usage.key',
    family: 'reject',
    message: `${from} holds no API key.`,
    fix: 'A key is one word of printable characters: omni_<id>_<secret>.',
  })
}
