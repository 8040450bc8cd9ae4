/** Sends requests as they are, however odd, over kept connections; each is answered within a deadline or counts as hung. */
import { Agent, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { filled } from './pools.ts'
import { textOfBody } from './mutate.ts'
import type { Caller, FuzzRequest } from './requests.ts'

export interface FuzzAnswer {
  /** 0: none came. */
  status: number
  headers: IncomingHttpHeaders
  text: string
  /** Why no whole answer came. */
  failure: string | undefined
  ms: number
}

export interface SenderOptions {
  url: string
  /** The key of each caller; none for `nobody`. */
  keys: Readonly<Partial<Record<Caller, string | undefined>>>
  deadlineMs: number
  connections: number
}

/** What of an endless answer is looked at. */
const STREAM_MS = 60
const ANSWER_BYTES_MAX = 32 * 1024 * 1024

export class Sender {
  readonly #agent: Agent
  readonly #options: SenderOptions

  constructor(options: SenderOptions) {
    this.#options = options
    this.#agent = new Agent({ keepAlive: true, maxSockets: options.connections })
  }

  async send(fuzz: FuzzRequest): Promise<FuzzAnswer> {
    const answer = await this.#once(fuzz)
    // The hub may close a kept connection at the very moment at which it is used again: HTTP lets clients try again.
    return answer.failure === 'ECONNRESET' ? this.#once(fuzz) : answer
  }

  close(): void {
    this.#agent.destroy()
  }

  #once(fuzz: FuzzRequest): Promise<FuzzAnswer> {
    const { url, deadlineMs } = this.#options
    const began = performance.now()
    return new Promise((resolve) => {
      const answer: FuzzAnswer = { status: 0, headers: {}, text: '', failure: undefined, ms: 0 }
      let asked: ClientRequest | undefined = undefined
      const end = (failure?: string): void => {
        clearTimeout(timer)
        resolve({ ...answer, failure, ms: performance.now() - began })
      }
      const timer = setTimeout(() => {
        asked?.destroy()
        end(`no answer within ${deadlineMs} ms`)
      }, deadlineMs)
      try {
        asked = request(url + addressOf(fuzz), {
          method: fuzz.method,
          agent: this.#agent,
          headers: headersOf(fuzz, this.#options),
        })
      } catch (error) {
        end(`not sent: ${String(error)}`)
        return
      }
      asked.once('error', (error: NodeJS.ErrnoException) => {
        end(error.code ?? error.message)
      })
      asked.once('response', (response) => {
        collect(response, answer, end)
      })
      const body = textOfBody(fuzz)
      if (body !== undefined && fuzz.body?.chunked === true) {
        asked.write(body.subarray(0, body.length >> 1))
        asked.end(body.subarray(body.length >> 1))
      } else asked.end(body)
    })
  }
}

function collect(response: IncomingMessage, answer: FuzzAnswer, end: (failure?: string) => void): void {
  answer.status = response.statusCode ?? 0
  answer.headers = response.headers
  const chunks: Buffer[] = []
  let bytes = 0
  const done = (failure?: string): void => {
    answer.text = Buffer.concat(chunks).toString('utf8')
    end(failure)
  }
  if (String(response.headers['content-type']).startsWith('text/event-stream')) {
    setTimeout(() => {
      response.destroy()
      done()
    }, STREAM_MS)
  }
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES_MAX) response.destroy()
    else chunks.push(chunk)
  })
  response.once('end', () => {
    done()
  })
  response.once('error', (error: NodeJS.ErrnoException) => {
    done(error.code ?? error.message)
  })
}

export function addressOf({ operation, params, query }: FuzzRequest): string {
  const search = query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
  return filled(operation.path, params) + (search === '' ? '' : `?${search}`)
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

function headersOf(fuzz: FuzzRequest, { keys }: SenderOptions): Record<string, string | number> {
  const key = fuzz.caller === 'wrong-key' ? 'omni_aaaaaaaaaaaa_wrong' : keys[fuzz.caller]
  const body = textOfBody(fuzz)
  const type = fuzz.body?.type ?? null
  const isChunked = body !== undefined && fuzz.body?.chunked === true
  return {
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(type === null ? {} : { 'content-type': type }),
    ...(isChunked ? { 'transfer-encoding': 'chunked' } : body === undefined ? {} : { 'content-length': body.length }),
    ...withoutLength(fuzz.headers, body !== undefined),
  }
}

/** A body can not have a length and be in chunks: one client would send what no server could read. */
function withoutLength(headers: Record<string, string>, hasBody: boolean): Record<string, string> {
  const { 'transfer-encoding': chunked, ...rest } = headers
  return chunked === undefined || hasBody ? rest : headers
}

/** The request as a command that anybody can repeat; the key is named, not shown. */
export function curlOf(fuzz: FuzzRequest, url: string): string {
  const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
  const key =
    fuzz.caller === 'nobody' ? [] : [`-H "authorization: Bearer $${fuzz.caller.toUpperCase().replace('-', '_')}"`]
  const type =
    fuzz.body === undefined || fuzz.body.type === null ? [] : [`-H ${quote(`content-type: ${fuzz.body.type}`)}`]
  const headers = Object.entries(fuzz.headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`)
  const body = textOfBody(fuzz)
  const isText = body === undefined || Buffer.from(body.toString('utf8')).equals(body)
  const data =
    body === undefined
      ? []
      : isText && !body.includes(0)
        ? [`--data-binary ${quote(body.toString('utf8'))}`]
        : [`--data-binary @<(echo ${body.toString('base64')} | base64 -d)`]
  return [
    'curl -sg --path-as-is',
    `-X ${fuzz.method}`,
    quote(url + addressOf(fuzz)),
    ...key,
    ...type,
    ...headers,
    ...data,
  ].join(' ')
}
