import type { RawBody } from './body.ts'
import { errorOfAnswer, OmnihubError } from './error.ts'

export interface TransportOptions {
  /** Address of the hub: `https://hub.example.com`. */
  url: string
  /** An API key, or what gives a token for each request. Absent: only public operations. */
  key?: string | (() => string | Promise<string>) | undefined
  /** For one attempt, until its whole answer is there; of a stream, until it begins. Default 30,000 ms; 0: no limit. */
  timeoutMs?: number | undefined
  /** How many times a request is repeated at most. Default 4. */
  retries?: number | undefined
  /** Longest `Retry-After` that is waited for; beyond it the error is told at once. Default 60,000 ms. */
  retryAfterMaxMs?: number | undefined
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>> | undefined
  /** Stands in for the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined
  /** Told before a request is repeated. */
  onRetry?: ((retry: Retry) => void) | undefined
}

export interface Retry {
  operation: string
  /** 1: the first repetition. */
  attempt: number
  delayMs: number
  error: OmnihubError
}

export interface PlainRequest {
  operation: string
  method: string
  /** Path and query. */
  path: string
  headers: Readonly<Record<string, string>>
  body?: RawBody | undefined
  /** Doing it twice does what once does. */
  repeatable: boolean
  /** The answer is read by the caller as it comes. */
  streamed: boolean
}

export interface CallLimits {
  signal?: AbortSignal | undefined
  timeoutMs?: number | undefined
  /** Added to the time limit. */
  extraMs?: number | undefined
  retries?: number | undefined
}

const FIRST_PAUSE_MS = 250
const PAUSE_MS_MAX = 8_000

/** Sends requests: key, time limit, repetition. Answers a good answer or throws; a 304 is a good answer. */
export class Transport {
  readonly #options: TransportOptions
  readonly #base: string

  constructor(options: TransportOptions) {
    if (!/^https?:\/\/[^/]/.test(options.url))
      throw new OmnihubError({ code: 'client.usage', message: `${options.url} is no address of a hub.` })
    this.#options = options
    this.#base = options.url.replace(/\/+$/, '')
  }

  /** The answer, and its body as text where it is not streamed. */
  async send(request: PlainRequest, limits: CallLimits = {}): Promise<{ answer: Response; text: string }> {
    const retries = limits.retries ?? this.#options.retries ?? 4
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(request, limits)
      } catch (error) {
        const delayMs = this.#pauseBefore(attempt, request, error)
        if (attempt > retries || delayMs === undefined) throw error
        this.#options.onRetry?.({ operation: request.operation, attempt, delayMs, error: error as OmnihubError })
        await pause(delayMs, limits.signal)
      }
    }
  }

  /** In ms; undefined: it is not worth or not safe to try again. */
  #pauseBefore(attempt: number, { repeatable, body }: PlainRequest, error: unknown): number | undefined {
    if (!(error instanceof OmnihubError) || body instanceof ReadableStream || !isPassing(error)) return undefined
    // What was refused for the rate had no effect, so that it may be sent again whatever it is.
    if (!repeatable && error.status !== 429) return undefined
    const asked = error.retryAfterMs ?? 0
    if (asked > (this.#options.retryAfterMaxMs ?? 60_000)) return undefined
    const growing = Math.min(PAUSE_MS_MAX, FIRST_PAUSE_MS * 2 ** (attempt - 1))
    // A part by chance, so that callers who failed together do not come back together.
    return Math.max(asked, growing / 2) + Math.random() * (growing / 2)
  }

  async #attempt(request: PlainRequest, limits: CallLimits): Promise<{ answer: Response; text: string }> {
    const { operation } = request
    limits.signal?.throwIfAborted()
    const abort = new AbortController()
    const onAbort = (): void => {
      abort.abort(limits.signal?.reason)
    }
    limits.signal?.addEventListener('abort', onAbort, { once: true })
    const { extraMs = 0, timeoutMs: own } = limits
    const limitMs = own ?? this.#options.timeoutMs ?? 30_000
    const timeoutMs = limitMs + extraMs
    let isLate = false
    const onLate = (): void => {
      isLate = true
      abort.abort()
    }
    const timer = limitMs > 0 ? setTimeout(onLate, timeoutMs) : undefined
    let handedOver = false
    try {
      const answer = await this.#fetch(request, abort.signal)
      const isGood = answer.ok || answer.status === 304
      if (isGood && request.streamed) {
        handedOver = true
        return { answer, text: '' }
      }
      const text = await answer.text()
      if (!isGood) throw errorOfAnswer(operation, answer, text)
      return { answer, text }
    } catch (error) {
      if (error instanceof OmnihubError) throw error
      if (isLate) throw late(operation, timeoutMs)
      if (limits.signal?.aborted === true) throw limits.signal.reason
      throw unreachable(operation, error)
    } finally {
      clearTimeout(timer)
      // The signal goes on to end a stream that the caller is still reading.
      if (!handedOver) limits.signal?.removeEventListener('abort', onAbort)
    }
  }

  async #fetch({ method, path, headers, body }: PlainRequest, signal: AbortSignal): Promise<Response> {
    const { key, headers: common, fetch: own } = this.#options
    const secret = typeof key === 'function' ? await key() : key
    const init: RequestInit & { duplex?: 'half' } = {
      method,
      headers: { ...common, ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }), ...headers },
      signal,
      // A key must not follow a redirect to somebody else.
      redirect: 'error',
      ...(body === undefined ? {} : { body }),
      // Node wants to be told that a streamed body is not answered while it is sent.
      ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
    }
    return (own ?? globalThis.fetch)(this.#base + path, init)
  }
}

/** Whether the same request may fare better later. */
function isPassing({ status, code }: OmnihubError): boolean {
  return code === 'client.network' || code === 'client.timeout' || [429, 502, 503, 504].includes(status)
}

function late(operation: string, timeoutMs: number): OmnihubError {
  return new OmnihubError({
    code: 'client.timeout',
    message: `${operation} was not answered within ${timeoutMs} ms.`,
    operation,
  })
}

function unreachable(operation: string, cause: unknown): OmnihubError {
  const message = `${operation} did not reach the hub, or its answer broke off.`
  return new OmnihubError({ code: 'client.network', message, operation, cause })
}

/** Rejects with the reason of the signal as soon as it aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason as Error)
      return
    }
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
