import { isJsonObject, type Json, type JsonObject } from '../../hub/contracts/json.ts'
import { authError, forbiddenError, unexpectedError } from '../shared/errors.ts'
import type { HttpResponse } from '../shared/http.ts'
import type { SalesforceApi } from './api.ts'

export interface StreamedEvent {
  channel: string
  replayId: number
  payload: JsonObject
}

export interface Delivery {
  events: StreamedEvent[]
  /** Salesforce's clock, ms, where it tells it. */
  serverNow: number | undefined
}

/** The server no longer knows this client: it forgets those that do not ask for 40 seconds, and all when it restarts. */
export class ForgottenError extends Error {}

const POLL_MS_DEFAULT = 110_000

/**
 * A client of the streaming API: Bayeux by long polling, with Salesforce's replay extension. Written here because the
 * clients of the libraries subscribe anew by themselves after a break and drop the refusal of a replay id that has expired,
 * and do not wait for a reader.
 * https://developer.salesforce.com/docs/atlas.en-us.api_streaming.meta/api_streaming/using_streaming_api_durability.htm
 */
export class CometdClient {
  readonly #api: SalesforceApi
  readonly #timeoutMs: number
  readonly #cookies = new Map<string, string>()
  #clientId = ''
  #pollMs = POLL_MS_DEFAULT
  #messages = 0

  constructor(api: SalesforceApi, timeoutMs: number) {
    this.#api = api
    this.#timeoutMs = timeoutMs
  }

  /** @returns Salesforce's clock, ms, where it tells it */
  async handshake(): Promise<number | undefined> {
    for (let time = 1; ; time += 1) {
      const { replies, serverNow } = await this.#send(
        {
          channel: '/meta/handshake',
          version: '1.0',
          supportedConnectionTypes: ['long-polling'],
          ext: { replay: true },
        },
        this.#timeoutMs,
      )
      const reply = replies.find(({ channel }) => channel === '/meta/handshake')
      if (reply?.successful === true && typeof reply.clientId === 'string') {
        this.#clientId = reply.clientId
        this.#note(reply)
        return serverNow
      }
      const isSession = /401::|403::Handshake denied/.test(
        `${String(reply?.error)} ${JSON.stringify(reply?.ext ?? {})}`,
      )
      if (isSession && time === 1) {
        await this.#api.renewSession()
        continue
      }
      if (isSession)
        throw authError('Salesforce refuses the token for the streaming API.', { internal: errorOf(reply) })
      throw unexpectedError('Salesforce refuses to open the stream of change events.', { internal: errorOf(reply) })
    }
  }

  /**
   * @param from the replay id to go on after; -1 only new events, -2 all that are retained
   * @returns false where the replay id is no longer known
   */
  async subscribe(channel: string, from: number): Promise<boolean> {
    const { replies } = await this.#send(
      {
        channel: '/meta/subscribe',
        clientId: this.#clientId,
        subscription: channel,
        ext: { replay: { [channel]: from } },
      },
      this.#timeoutMs,
    )
    const reply = replies.find((each) => each.channel === '/meta/subscribe')
    if (reply?.successful === true) return true
    const error = errorOf(reply)
    if (/^400:.*replay/i.test(error)) return false
    if (isForgotten(error)) throw new ForgottenError(error)
    const event = channel.slice('/data/'.length)
    if (/^40[034]:/.test(error)) {
      throw forbiddenError(`The change events of ${event} can't be followed.`, {
        internal: error.slice(0, 40),
        fix: 'Select the object in Setup under Change Data Capture, and give the integration user View All on it; or poll it.',
      })
    }
    throw unexpectedError(`Salesforce refuses the subscription to ${event}.`, { internal: error.slice(0, 40) })
  }

  /** Waits for events, as long as the server keeps the request open. */
  async connect(): Promise<Delivery> {
    const message = { channel: '/meta/connect', clientId: this.#clientId, connectionType: 'long-polling' }
    const { replies, serverNow } = await this.#send(message, this.#pollMs + this.#timeoutMs)
    const events = replies.flatMap(eventOf)
    const reply = replies.find(({ channel }) => channel === '/meta/connect')
    if (reply?.successful !== true) {
      const error = errorOf(reply)
      // Events that came with it are asked for again after the new handshake.
      if (isForgotten(error)) throw new ForgottenError(error)
      throw unexpectedError('Salesforce broke off the stream of change events.', { internal: error.slice(0, 40) })
    }
    this.#note(reply)
    return { events, serverNow }
  }

  /** Best effort: the server forgets the client by itself after a while. */
  async disconnect(): Promise<void> {
    if (this.#clientId === '') return
    const message = { channel: '/meta/disconnect', clientId: this.#clientId }
    this.#clientId = ''
    await this.#send(message, 1000).catch(() => undefined)
  }

  #note({ advice }: JsonObject): void {
    if (isJsonObject(advice) && typeof advice.timeout === 'number' && advice.timeout > 0) this.#pollMs = advice.timeout
  }

  async #send(
    message: JsonObject,
    timeoutMs: number,
  ): Promise<{ replies: JsonObject[]; serverNow: number | undefined }> {
    this.#messages += 1
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await this.#api.send({
      method: 'POST',
      path: `/cometd/${this.#api.version}`,
      body: [{ id: String(this.#messages), ...message }],
      headers: cookie === '' ? {} : { cookie },
      timeoutMs,
    })
    this.#keepCookies(response)
    const replies: Json = response.json()
    if (!Array.isArray(replies))
      throw unexpectedError('The streaming API answers with something that is no list of messages.')
    const serverNow = Date.parse(response.headers.get('date') ?? '')
    return { replies: replies.filter(isJsonObject), serverNow: Number.isNaN(serverNow) ? undefined : serverNow }
  }

  /** They bind the client to the server that knows it. */
  #keepCookies({ headers }: HttpResponse): void {
    for (const cookie of headers.getSetCookie()) {
      const [, name, value = ''] = /^([^=;\s]+)=([^;]*)/.exec(cookie) ?? []
      if (name !== undefined) this.#cookies.set(name, value)
    }
  }
}

function eventOf({ channel, data }: JsonObject): StreamedEvent[] {
  if (typeof channel !== 'string' || channel.startsWith('/meta/') || !isJsonObject(data)) return []
  const { event, payload } = data
  const replayId = isJsonObject(event) ? event.replayId : undefined
  return typeof replayId === 'number' && isJsonObject(payload) ? [{ channel, replayId, payload }] : []
}

function errorOf(reply: JsonObject | undefined): string {
  return typeof reply?.error === 'string' ? reply.error : 'no reply'
}

function isForgotten(error: string): boolean {
  return /^40[123]:/.test(error) && /unknown client|authentication invalid|client.*unknown/i.test(error)
}
