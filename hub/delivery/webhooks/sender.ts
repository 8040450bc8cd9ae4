import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { asHubError } from '../../contracts/hub-error.ts'
import type { EgressGuard } from '../../security/egress/egress-guard.ts'
import { retryAfterMs } from './schedule.ts'

export interface Message {
  url: string
  headers: Readonly<Record<string, string>>
  body: string
}

/** How an attempt ended. `status` null: there was no answer, and `problem` says why, in words that hold no data. */
export interface Answer {
  status: number | null
  retryAfterMs: number | undefined
  problem: string | null
  durationMs: number
}

export type Send = (message: Message, signal: AbortSignal) => Promise<Answer>

export interface SenderOptions {
  guard: EgressGuard
  /** From the first byte sent, or the wait for a connection, to the head of the answer. */
  timeoutMs: number
  /** ms since 1970. */
  now(): number
}

/** Nothing in the answer is used but its status: so much is read, to keep the connection, and then it is closed. */
const ANSWER_BYTES_MAX = 16 * 1024
const ANSWER_MS_MAX = 2_000
const IDLE_CONNECTIONS_PER_HOST = 4

/**
 * Posts messages. Redirects are not followed (the new place would be one that nobody checked), proxies of the environment
 * are not used, and each connection is dialled to an address that the guard has seen.
 */
export class WebhookSender {
  readonly #options: SenderOptions
  readonly #http: HttpAgent
  readonly #https: HttpsAgent

  constructor(options: SenderOptions) {
    this.#options = options
    const { lookup } = options.guard
    // `proxyEnv` is left out: whatever NODE_USE_ENV_PROXY says, a proxy would dial for us, unguarded.
    const common = { keepAlive: true, maxFreeSockets: IDLE_CONNECTIONS_PER_HOST, lookup }
    this.#http = new HttpAgent(common)
    this.#https = new HttpsAgent(common)
  }

  /** Never rejects: what goes wrong is an answer without a status. */
  readonly send: Send = async (message, signal) => {
    const { guard, now, timeoutMs } = this.#options
    const beganAt = performance.now()
    const ended = (rest: Partial<Answer>): Answer => ({
      status: null,
      retryAfterMs: undefined,
      problem: null,
      durationMs: performance.now() - beganAt,
      ...rest,
    })
    let url: URL
    try {
      // Settings may have become stricter since the subscription was made.
      url = guard.parse(message.url, '')
    } catch (error) {
      return ended({ problem: asHubError(error).message })
    }
    try {
      const response = await this.#post(url, message, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]))
      drain(response)
      const status = response.statusCode ?? 0
      const wait = retryAfterMs(response.headers['retry-after'], now())
      return ended({ status, retryAfterMs: wait, problem: problemOf(status) })
    } catch (error) {
      return ended({ problem: signal.aborted ? 'The hub was stopped.' : faultOf(error, timeoutMs) })
    }
  }

  close(): void {
    this.#http.destroy()
    this.#https.destroy()
  }

  #post(url: URL, { headers, body }: Message, signal: AbortSignal): Promise<IncomingMessage> {
    const isTls = url.protocol === 'https:'
    const send = (agent: HttpAgent | false): Promise<IncomingMessage> =>
      new Promise((resolve, reject) => {
        const options = {
          method: 'POST',
          headers: { ...headers, 'content-length': Buffer.byteLength(body) },
          signal,
          lookup: this.#options.guard.lookup,
          maxHeaderSize: ANSWER_BYTES_MAX,
        }
        const request: ClientRequest = isTls
          ? httpsRequest(url, { ...options, agent: agent === false ? false : this.#https })
          : httpRequest(url, { ...options, agent })
        request.once('response', resolve)
        request.once('error', (error) => {
          reject(Object.assign(error, { reused: request.reusedSocket }))
        })
        request.end(body)
      })
    return send(this.#http).catch((error: NodeJS.ErrnoException & { reused?: boolean }) => {
      // A receiver may close an idle connection in the instant in which it is used again: that says nothing of the receiver.
      if (error.reused === true && error.code === 'ECONNRESET' && !signal.aborted) return send(false)
      throw error
    })
  }
}

function drain(response: IncomingMessage): void {
  let bytes = 0
  const patience = setTimeout(() => response.destroy(), ANSWER_MS_MAX)
  patience.unref()
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES_MAX) response.destroy()
  })
  response.on('error', () => undefined)
  response.once('close', () => {
    clearTimeout(patience)
  })
}

function problemOf(status: number): string | null {
  if (status >= 200 && status < 300) return null
  if (status >= 300 && status < 400) return `It answered ${status}; redirects are not followed.`
  return `It answered ${status}.`
}

const FAULTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'It refused the connection.',
  ECONNRESET: 'It broke the connection off.',
  EPIPE: 'It broke the connection off.',
  ETIMEDOUT: 'It could not be reached in time.',
  EHOSTUNREACH: 'It could not be reached.',
  ENETUNREACH: 'It could not be reached.',
  ENOTFOUND: 'The name of its host can not be resolved.',
  EAI_AGAIN: 'The name of its host can not be resolved at the moment.',
  HPE_HEADER_OVERFLOW: 'It answered with more headers than are read.',
}

function faultOf(error: unknown, timeoutMs: number): string {
  const { name, code = '', message } = error as NodeJS.ErrnoException
  if (name === 'HubError') return message
  if (name === 'AbortError' || name === 'TimeoutError') return `It did not answer within ${timeoutMs / 1_000} seconds.`
  const known = FAULTS[code]
  if (known !== undefined) return known
  if (code.startsWith('HPE_')) return 'Its answer is not HTTP.'
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO/.test(code)) return `Its certificate or its TLS is not accepted (${code}).`
  return code === '' ? 'The attempt failed.' : `The attempt failed (${code}).`
}
