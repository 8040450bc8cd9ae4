import type { IncomingMessage, ServerResponse } from 'node:http'
import { type BayeuxAdapter, type BayeuxExtension, type BayeuxMessage, makeAdapter } from './faye.ts'
import type { Faults } from './faults.ts'
import type { Organization } from './organization.ts'
import { isHidden } from './rest.ts'
import { ReplayEngine } from './replay-engine.ts'
import type { ObjectType } from './schema.ts'
import type { Committed, Store } from './store.ts'
import type { StoredRecord, Value } from './values.ts'

interface RetainedEvent {
  replayId: number
  object: string
  channel: string
  data: unknown
}

const ALL_CHANNEL = '/data/ChangeEvents'
const STAMPS = new Set(['Id', 'IsDeleted', 'SystemModstamp', 'CreatedDate'])

/**
 * Change Data Capture over CometD, on faye's own server: events are retained, and a subscriber says after which it wants
 * to go on (-1: only new ones, -2: all that there are).
 * https://developer.salesforce.com/docs/atlas.en-us.change_data_capture.meta/change_data_capture/cdc_event_fields_header.htm
 */
export class Streaming {
  readonly #organization: Organization
  readonly #store: Store
  readonly #faults: Faults
  readonly #timeoutSeconds: number
  #events: RetainedEvent[] = []
  #lastReplayId = 5000
  /** Events up to here are no longer retained. */
  #expiredUpTo = 0
  #engine: ReplayEngine | undefined
  #adapter: BayeuxAdapter | undefined
  #held: RetainedEvent[] | undefined

  constructor(organization: Organization, store: Store, faults: Faults, timeoutSeconds: number) {
    this.#organization = organization
    this.#store = store
    this.#faults = faults
    this.#timeoutSeconds = timeoutSeconds
    store.onCommit((committed) => this.#capture(committed))
  }

  start(): void {
    const create = (host: ConstructorParameters<typeof ReplayEngine>[0]): ReplayEngine =>
      (this.#engine = new ReplayEngine(host))
    this.#adapter = makeAdapter({ mount: '/cometd', timeout: this.#timeoutSeconds, engine: { type: { create } } })
    this.#adapter.addExtension(this.#extension())
  }

  stop(): void {
    this.#engine?.forgetClients()
    this.#adapter?.close()
    this.#adapter = undefined
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    // What faye mounts has no version in it; whatever stands behind /cometd is the same endpoint.
    this.#adapter?.handle(request, response)
  }

  /** What was told up to now is no longer retained. */
  expireEvents(): void {
    this.#events = []
    this.#expiredUpTo = this.#lastReplayId
  }

  forgetClients(): void {
    this.#engine?.forgetClients()
  }

  /** Events of commits are kept back until the returned function is called, and then come in the order that `order` makes of them. */
  holdEvents(): (reverse?: boolean) => void {
    this.#held = []
    return (reverse = false) => {
      const held = this.#held ?? []
      this.#held = undefined
      for (const event of reverse ? held.toReversed() : held) this.#publish(event)
    }
  }

  /** A gap event: something changed, and the platform could not say what. `GAP_OVERFLOW` names no records. */
  tellGap(object: ObjectType, changeType: string, recordIds: readonly string[]): void {
    const header = { ...this.#header(object, changeType, recordIds), transactionKey: `gap-${this.#lastReplayId}` }
    this.#retain(object, { ChangeEventHeader: header })
  }

  #capture({ changes, ...commit }: Committed): void {
    let sequenceNumber = 0
    for (const { object, kind, before, after } of changes) {
      if (!object.cdc) continue
      sequenceNumber += 1
      const { changed, nulled, payload } = difference(object, kind, before, after)
      const header = {
        ...this.#header(object, kind, [String(after.Id)]),
        changeOrigin: commit.origin,
        transactionKey: commit.transactionKey,
        commitTimestamp: commit.commitTimestamp,
        commitNumber: commit.commitNumber,
        sequenceNumber,
        changedFields: kind === 'UPDATE' ? changed : [],
        nulledFields: nulled,
      }
      this.#retain(object, { ChangeEventHeader: header, ...payload })
    }
  }

  #header(object: ObjectType, changeType: string, recordIds: readonly string[]): Record<string, unknown> {
    return {
      entityName: object.name,
      recordIds,
      changeType,
      changeOrigin: '',
      transactionKey: '',
      sequenceNumber: 1,
      commitTimestamp: Date.now(),
      commitNumber: 0,
      commitUser: this.#organization.userId,
      nulledFields: [],
      diffFields: [],
      changedFields: [],
    }
  }

  #retain(object: ObjectType, payload: Record<string, unknown>): void {
    // Numbers grow, but not by one.
    this.#lastReplayId += 1 + (this.#lastReplayId % 3)
    const replayId = this.#lastReplayId
    const data = { schema: 'fakeSchemaId0123456789', payload, event: { replayId } }
    const event = { replayId, object: object.name, channel: `/data/${object.changeEvent}`, data }
    this.#events.push(event)
    if (this.#held) this.#held.push(event)
    else this.#publish(event)
  }

  #publish({ channel, data }: RetainedEvent): void {
    const times = this.#faults.duplicateEvents ? 2 : 1
    for (let time = 0; time < times; time += 1) this.#engine?.publish({ channel, data }, [channel, ALL_CHANNEL])
  }

  #extension(): BayeuxExtension {
    /** The last subscribe message of each request that asks for a replay. */
    const asked = new Map<string, number>()
    return {
      incoming: (message, request, callback) => {
        const refusal = this.#refusal(message, request)
        if (refusal !== undefined) callback({ ...message, error: refusal })
        else {
          if (message.channel === '/meta/subscribe') this.#noteReplay(message, asked)
          callback(message)
        }
      },
      outgoing: (message, _request, callback) => {
        if (message.channel === '/meta/handshake')
          message.ext = { ...message.ext, replay: true, 'payload.format': true }
        if (message.error?.includes('401::') === true || message.error === '403::Handshake denied') {
          message.advice = { reconnect: 'none', interval: 0 }
          if (message.channel === '/meta/handshake')
            message.ext = { ...message.ext, sfdc: { failureReason: '401::Authentication invalid' } }
        }
        if (message.error?.includes('Unknown client') === true) message.error = '403::Unknown client'
        callback(message)
        if (message.channel === '/meta/subscribe' && message.successful === true) this.#replay(message, asked)
      },
    }
  }

  #refusal(message: BayeuxMessage, request: IncomingMessage): string | undefined {
    const token = /^(?:OAuth|Bearer) (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    const user = this.#organization.userOf(token)
    if (user === undefined || this.#faults.refuseTokens) {
      return message.channel === '/meta/handshake' ? '403::Handshake denied' : '401::Authentication invalid'
    }
    if (!message.channel.startsWith('/meta/')) return '403::You may not publish here'
    if (message.channel !== '/meta/subscribe') return undefined
    for (const channel of [message.subscription ?? []].flat()) {
      if (channel === ALL_CHANNEL) continue
      const object = this.#store.objects.find(({ changeEvent }) => channel === `/data/${changeEvent}`)
      if (object === undefined || isHidden(user, object) || !object.cdc) {
        return `403:denied_by_security_policy:create_denied:The channel ${channel} is not available`
      }
      const from = replayFrom(message, channel)
      if (from !== undefined && from >= 0 && from <= this.#expiredUpTo && this.#faults.expiredReplay === 'error') {
        return `400::The replayId {${from}} you provided was invalid.  Please provide a valid ID, -2 to replay all events, or -1 to replay only new events.`
      }
    }
    return undefined
  }

  #noteReplay(message: BayeuxMessage, asked: Map<string, number>): void {
    for (const channel of [message.subscription ?? []].flat()) {
      const from = replayFrom(message, channel)
      if (from !== undefined) asked.set(`${message.clientId ?? ''} ${channel}`, from)
    }
  }

  #replay(message: BayeuxMessage, asked: Map<string, number>): void {
    const clientId = message.clientId ?? ''
    for (const channel of [message.subscription ?? []].flat()) {
      const from = asked.get(`${clientId} ${channel}`)
      asked.delete(`${clientId} ${channel}`)
      if (from === undefined || from === -1 || (from >= 0 && from <= this.#expiredUpTo)) continue
      const events = this.#events.filter(
        (event) => event.replayId > from && (channel === ALL_CHANNEL || event.channel === channel),
      )
      this.#engine?.sendTo(
        clientId,
        events.map(({ data }) => ({ channel, data })),
      )
    }
  }
}

function replayFrom({ ext }: BayeuxMessage, channel: string): number | undefined {
  const replay = ext?.replay as Record<string, unknown> | undefined
  const from = replay?.[channel]
  return typeof from === 'number' ? from : undefined
}

/** Only what changed is in an event; a field that became nothing is named in nulledFields. */
function difference(
  object: ObjectType,
  kind: string,
  before: StoredRecord | undefined,
  after: StoredRecord,
): { changed: string[]; nulled: string[]; payload: Record<string, Value> } {
  if (kind === 'DELETE') return { changed: [], nulled: [], payload: {} }
  const fields = object.fields.filter(({ name }) => !STAMPS.has(name))
  const whole = kind !== 'UPDATE'
  const changed = fields.filter(({ name }) =>
    whole ? after[name] !== null : (after[name] ?? null) !== (before?.[name] ?? null),
  )
  return {
    changed: changed.map(({ name }) => name),
    nulled: changed.filter(({ name }) => (after[name] ?? null) === null).map(({ name }) => name),
    payload: Object.fromEntries(changed.map(({ name }) => [name, after[name] ?? null])),
  }
}
