import { setTimeout as sleep } from 'node:timers/promises'
import type { Checkpoint, ConnectorContext, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import { busyError, unexpectedError } from '../shared/errors.ts'
import { changeChannel, type ChangeEvent, readChangeEvent } from './change-event.ts'
import { CometdClient, type Delivery, ForgottenError, type StreamedEvent } from './cometd.ts'
import { baseline, LostChanges } from './lost-changes.ts'
import type { WriteMarks } from './marks.ts'
import type { SalesforceApi } from './api.ts'
import type { ObjectCatalog } from './object-info.ts'
import { LogClock } from './sequence.ts'
import { keyOf, type SoqlSource } from './source.ts'
import {
  type ChannelPlace,
  noteEvent,
  readStreamPlace,
  resumeFrom,
  type StreamPlace,
  toCheckpoint,
} from './stream-place.ts'

export interface StreamParts {
  api: SalesforceApi
  catalog: ObjectCatalog
  context: ConnectorContext
  marks: WriteMarks
  timeoutMs: number
  /** One for each entity. */
  sources: readonly SoqlSource[]
  /** Told once the place is known, before the first page. */
  onClock(clock: LogClock): void
}

/** How often a position is told where nothing changes: it says that the stream was heard until then. */
const QUIET_CHECKPOINT_MS = 60_000
/** The commit of an event that is still under way may lie so far before the last sign of life. */
const UNDER_WAY_MS = 60_000
const HANDSHAKES_IN_A_ROW_MAX = 3

/** Follows the change events of all objects, from `checkpoint` on. Events say what changed; the records are then read whole. */
export async function* subscribeSalesforce(parts: StreamParts, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
  const stream = new ChangeStream(parts, checkpoint)
  try {
    yield* stream.pages()
  } catch (error) {
    if (parts.context.signal.aborted) return
    if (error instanceof ForgottenError) throw busyError('Salesforce forgets the stream of change events at once.')
    throw error
  } finally {
    await stream.close()
  }
}

class ChangeStream {
  readonly #parts: StreamParts
  readonly #client: CometdClient
  readonly #sources: ReadonlyMap<string, SoqlSource>
  readonly #place: StreamPlace
  readonly #isFirst: boolean
  readonly #lost: LostChanges
  #clock = new LogClock(0)
  /** Of channels that replay all that is retained: which of those events are known already. */
  readonly #replayed = new Map<string, { committedAt: number; replayId: number }>()
  #pending: Promise<Delivery> | undefined

  constructor(parts: StreamParts, checkpoint: Checkpoint | null) {
    this.#parts = parts
    this.#client = new CometdClient(parts.api, parts.timeoutMs)
    this.#sources = new Map(parts.sources.map((source) => [changeChannel(source.options.object), source]))
    this.#isFirst = checkpoint === null
    this.#place = checkpoint === null ? { channels: {}, sequence: 0, heardAt: 0 } : readStreamPlace(checkpoint)
    this.#lost = new LostChanges(() => parts.context.now())
  }

  async *pages(): AsyncGenerator<Page> {
    const { context } = this.#parts
    const gaps = await this.#begin()
    yield this.#page([], gaps)
    let toldAt = context.now()
    while (!context.signal.aborted) {
      const delivery = await this.#next()
      const { records, gaps: unnamed } = await this.#records(delivery?.events ?? [])
      const lost = await this.#lostNow()
      this.#hear(delivery?.serverNow)
      const isQuiet = records.length === 0 && lost.length === 0 && unnamed.length === 0
      if (isQuiet && (delivery === undefined || context.now() - toldAt < QUIET_CHECKPOINT_MS)) continue
      yield this.#page(records, [...lost, ...unnamed])
      toldAt = context.now()
    }
  }

  async close(): Promise<void> {
    if (!this.#parts.context.signal.aborted) await this.#client.disconnect()
  }

  #page(records: SourceRecord[], gaps: readonly string[]): Page {
    this.#place.sequence = this.#clock.last
    return { records, checkpoint: toCheckpoint(this.#place), ...(gaps.length === 0 ? {} : { gap: gaps.join(' ') }) }
  }

  #hear(serverNow: number | undefined): void {
    const now = serverNow ?? this.#parts.context.now()
    if (now > this.#place.heardAt) this.#place.heardAt = now
  }

  /** Opens the stream where the checkpoint says. @returns what was lost */
  async #begin(): Promise<string[]> {
    const serverNow = (await this.#client.handshake()) ?? this.#parts.context.now()
    const gaps = []
    for (const [channel, source] of this.#sources) {
      const gap = await this.#subscribe(channel, source, serverNow)
      if (gap !== undefined) gaps.push(gap)
    }
    // A snapshot must outrank all that was read before it: with a gap, and at first, that is the time of now.
    const isNew = this.#isFirst || gaps.length > 0
    this.#clock = new LogClock(isNew ? Math.max(this.#place.sequence, LogClock.at(serverNow)) : this.#place.sequence)
    this.#parts.onClock(this.#clock)
    this.#hear(serverNow)
    return gaps
  }

  async #subscribe(channel: string, source: SoqlSource, serverNow: number): Promise<string | undefined> {
    const place = this.#place.channels[channel]
    const { heardAt } = this.#place
    const from = place && resumeFrom(place, heardAt, serverNow)
    if (place && from !== undefined && (await this.#client.subscribe(channel, from))) {
      if (from === -2) this.#replayAll(channel, place)
      await this.#lost.suspect(channel, place, source)
      return undefined
    }
    if (!(await this.#client.subscribe(channel, -1))) {
      throw unexpectedError('Salesforce refuses to send even new change events.')
    }
    // After the subscription: what changes in between is both in the baseline and in an event.
    this.#place.channels[channel] = { known: await baseline(source) }
    if (place === undefined) return undefined
    return `Change events of ${source.options.object} since ${new Date(heardAt).toISOString()} are no longer retained.`
  }

  /** What came next; undefined where it is time to look whether something was lost. */
  async #next(): Promise<Delivery | undefined> {
    for (let time = 1; ; time += 1) {
      try {
        return await this.#awaited()
      } catch (error) {
        if (!(error instanceof ForgottenError)) throw error
        if (time === HANDSHAKES_IN_A_ROW_MAX)
          throw busyError('Salesforce forgets the stream of change events again and again.')
        const gaps = await this.#reopen()
        if (gaps) throw busyError('The stream of change events can not go on where it was.', { retryAfterMs: 0 })
      }
    }
  }

  async #awaited(): Promise<Delivery | undefined> {
    if (this.#pending === undefined) {
      this.#pending = this.#client.connect()
      // It may break while nobody waits for it; whoever waits next is told.
      this.#pending.catch(() => undefined)
    }
    const { waitMs } = this.#lost
    const delivery = await (
      waitMs === undefined
        ? this.#pending
        : Promise.race([this.#pending, sleep(waitMs, undefined, { signal: this.#parts.context.signal })])
    ).catch((error: unknown) => {
      this.#pending = undefined
      throw error
    })
    if (delivery) this.#pending = undefined
    return delivery ?? undefined
  }

  /** @returns true where the stream can't go on: then the reader is started anew from the checkpoint, and tells the gap */
  async #reopen(): Promise<boolean> {
    const serverNow = (await this.#client.handshake()) ?? this.#parts.context.now()
    for (const [channel, source] of this.#sources) {
      const place = this.#place.channels[channel]
      const from = place && resumeFrom(place, this.#place.heardAt, serverNow)
      if (place === undefined || from === undefined || !(await this.#client.subscribe(channel, from))) return true
      if (from === -2) this.#replayAll(channel, place)
      await this.#lost.suspect(channel, place, source)
    }
    return false
  }

  async #records(events: readonly StreamedEvent[]): Promise<{ records: SourceRecord[]; gaps: string[] }> {
    const read: ReadEvent[] = []
    const gaps: string[] = []
    for (const { channel, replayId, payload } of events) {
      const source = this.#sources.get(channel)
      const place = this.#place.channels[channel]
      const event = readChangeEvent(payload, replayId)
      if (source === undefined || place === undefined || event === undefined) continue
      const known = this.#replayed.get(channel)
      const isKnown = known && (event.committedAt <= known.committedAt || replayId <= known.replayId)
      noteEvent(place, replayId, event.committedAt, event.ids)
      this.#lost.clear(channel, event.ids, event.committedAt)
      if (isKnown === true) continue
      if (event.kind === 'unknown')
        gaps.push(`Salesforce could not tell which records of ${source.options.object} changed.`)
      else read.push({ event, source, sequence: this.#clock.event(event.committedAt) })
    }
    const records = await completed(this.#parts, read, gaps)
    return { records, gaps }
  }

  /** A replay of all that is retained repeats what was read before. */
  #replayAll(channel: string, { committedAt, replayId = -1 }: ChannelPlace): void {
    this.#replayed.set(channel, { committedAt: committedAt ?? this.#place.heardAt - UNDER_WAY_MS, replayId })
  }

  /** Changes without events, told once: what there is now is known to the snapshot that the gap brings. */
  async #lostNow(): Promise<string[]> {
    const gaps = []
    for (const channel of this.#lost.lost()) {
      const [place, source] = [this.#place.channels[channel], this.#sources.get(channel)]
      if (place === undefined || source === undefined) continue
      place.known = await baseline(source)
      gaps.push(`Changes of ${source.options.object} came without an event.`)
    }
    return gaps
  }
}

interface ReadEvent {
  event: ChangeEvent
  source: SoqlSource
  sequence: string
}

/** The records that the events name, whole. */
async function completed(parts: StreamParts, read: readonly ReadEvent[], gaps: string[]): Promise<SourceRecord[]> {
  const rows = new Map<SoqlSource, Rows>()
  for (const [source, group] of Map.groupBy(read, (each) => each.source))
    rows.set(source, await rowsOf(parts, source, group))
  return read.flatMap(({ event, source, sequence }) =>
    event.ids.flatMap((id) => recordOf(parts, { event, source, sequence }, id, rows.get(source), gaps)),
  )
}

interface Rows {
  live: Awaited<ReturnType<SoqlSource['byIds']>>
  /** For keys of deleted records, where the key is not the Id. */
  deleted: Awaited<ReturnType<SoqlSource['byIds']>>
}

async function rowsOf({ catalog }: StreamParts, source: SoqlSource, group: readonly ReadEvent[]): Promise<Rows> {
  const { all } = await source.info()
  // A field that is not known here was made since.
  const isNew = group.some(({ event }) => event.fields.some((name) => !all.has(name.toLowerCase())))
  if (isNew) catalog.forget(source.options.object)
  const idsOf = (kind: ChangeEvent['kind']): string[] => [
    ...new Set(group.filter(({ event }) => event.kind === kind).flatMap(({ event }) => event.ids)),
  ]
  const live = await source.byIds(idsOf('change'))
  const needsKeys = source.options.externalIdField !== undefined
  return { live, deleted: needsKeys ? await source.byIds(idsOf('delete'), true) : new Map() }
}

function recordOf(
  { marks }: StreamParts,
  { event, source, sequence }: ReadEvent,
  id: string,
  rows: Rows | undefined,
  gaps: string[],
): SourceRecord[] {
  const { entity, externalIdField } = source.options
  const base = {
    entity,
    version: event.version,
    sequence,
    sequenceType: 'Integer' as const,
    time: new Date(event.committedAt).toISOString(),
  }
  if (event.kind === 'delete') {
    const row = rows?.deleted.get(id)
    const key = externalIdField === undefined ? id : row && keyOf(row.key)
    if (key === undefined) {
      gaps.push(`A record of ${source.options.object} was deleted for good before its key could be read.`)
      return []
    }
    return [{ ...base, key, kind: 'delete', data: null }]
  }
  const row = rows?.live.get(id)
  // Deleted or changed beyond the filter since: its next event tells.
  if (row === undefined) return []
  const writtenBy = marks.writtenBy(event.origin, row.key)
  return [{ ...base, key: row.key, kind: 'upsert', data: row.data, ...(writtenBy === undefined ? {} : { writtenBy }) }]
}
