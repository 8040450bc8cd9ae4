import { OmnihubError } from './error.ts'
import { linesOf } from './lines.ts'
import { pause } from './transport.ts'

export interface EventStreamOptions {
  /** Opens the stream after an event. */
  open(lastEventId: string | undefined, signal: AbortSignal): Promise<Response>
  lastEventId?: string | undefined
  signal?: AbortSignal | undefined
  /** A connection that gives no sign of life for this long is taken for dead. The hub gives one every 15 seconds. */
  silenceMs?: number
}

const PAUSES_MS = [250, 1_000, 2_000, 5_000, 10_000]

/**
 * Events as they happen, for as long as they are iterated over. A connection that breaks is opened again after the last
 * event that was handed out: none is missed, and one may come twice where the loop that got it did not come back. Ends by leaving
 * the loop or by the signal; throws where the hub refuses (a key that was revoked, a position that is no longer kept).
 */
export class EventStream<Event> implements AsyncIterable<Event> {
  readonly #options: EventStreamOptions
  #lastEventId: string | undefined

  constructor(options: EventStreamOptions) {
    this.#options = options
    this.#lastEventId = options.lastEventId
  }

  /** Position of the event that was handed out last: keep it to go on there in another process. */
  get lastEventId(): string | undefined {
    return this.#lastEventId
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event, void, undefined> {
    const { signal } = this.#options
    const isEnded = (): boolean => signal?.aborted === true
    for (let failures = 0; ; failures++) {
      try {
        for await (const { id, data } of this.#connection()) {
          failures = 0
          this.#lastEventId = id
          yield JSON.parse(data) as Event
        }
      } catch (error) {
        if (isEnded()) return
        if (error instanceof OmnihubError && !isPassing(error)) throw error
      }
      if (isEnded()) return
      const pauseMs = PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)] ?? 0
      await pause(pauseMs * (0.5 + Math.random()), signal).catch(() => undefined)
      if (isEnded()) return
    }
  }

  /** The messages of one connection. */
  async *#connection(): AsyncGenerator<Message, void, undefined> {
    const { signal, silenceMs = 45_000 } = this.#options
    const abort = new AbortController()
    const onAbort = (): void => {
      abort.abort(signal?.reason)
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    let timer: ReturnType<typeof setTimeout> | undefined
    const alive = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        abort.abort()
      }, silenceMs)
    }
    try {
      const { body } = await this.#options.open(this.#lastEventId, abort.signal)
      if (body === null) return
      alive()
      yield* messagesOf(linesOf(body), alive)
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      abort.abort()
    }
  }
}

function isPassing({ code, status }: OmnihubError): boolean {
  return code === 'client.network' || code === 'client.timeout' || status === 429 || status >= 500
}

interface Message {
  id: string
  data: string
}

/** Messages of a stream as the HTML standard reads them (9.2.6); those without an id or data are none of the hub's. */
export async function* messagesOf(
  lines: AsyncIterable<string>,
  onSign: () => void = () => undefined,
): AsyncGenerator<Message, void, undefined> {
  let id: string | undefined
  let data: string[] = []
  for await (const raw of lines) {
    onSign()
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    if (line === '') {
      if (data.length > 0 && id !== undefined) yield { id, data: data.join('\n') }
      data = []
      continue
    }
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'id') id = value
    else if (field === 'data') data.push(value)
  }
}
