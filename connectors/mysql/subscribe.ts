import type { Checkpoint, ConnectorContext, EntityConfig, Page } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import { schemaError, stoppedError } from '../shared/errors.ts'
import { completed, type LoggedRecord } from '../shared/log-completion.ts'
import { tableOptions } from '../shared/table-options.ts'
import { type BinlogEvent, EventReader } from './binlog/events.ts'
import { LogUnreadable } from './binlog/logged-table.ts'
import {
  type BinlogPlace,
  type BinlogPosition,
  positionNumber,
  serverIdentity,
  storedPlace,
  visiblePosition,
} from './binlog/place.ts'
import { BinlogDecoder, type FollowedEntity } from './binlog/records.ts'
import { BinlogStream, LogPurged } from './binlog/stream.ts'
import { describeTable } from './catalog.ts'
import type { Database } from './database.ts'
import { type MysqlSettings, serverIdOf } from './settings.ts'
import { MysqlTableSource } from './table-source.ts'

const EVENTS_PER_PAGE = 500
/** How often a position is told where nothing of ours changes. */
const QUIET_CHECKPOINT_MS = 5000

export interface LogReading {
  database: Database
  settings: MysqlSettings
  context: ConnectorContext
  /** Told once the place is known, before the first page. */
  onPlace(place: BinlogPlace): void
}

/** Follows the log of all tables of `entities`, from `checkpoint` on. Begins anew, with a gap, where the log can't be read on. */
export async function* subscribeMysql(
  reading: LogReading,
  entities: readonly EntityConfig[],
  checkpoint: Checkpoint | null,
): AsyncGenerator<Page> {
  const { context } = reading
  const followed = await describeEntities(reading.database, entities)
  let place = checkpoint === null ? await freshPlace(reading.database, undefined) : storedPlace(checkpoint)
  let gap: string | undefined
  if (checkpoint !== null && (await serverIdentity(reading.database)) !== place.serverId) {
    gap = 'This is not the server whose log was read before.'
    place = await freshPlace(reading.database, place)
  }
  for (;;) {
    reading.onPlace(place)
    yield { records: [], checkpoint: { ...place }, ...(gap === undefined ? {} : { gap }) }
    try {
      yield* follow(reading, followed, place)
      return
    } catch (error) {
      if (context.signal.aborted) return
      if (!(error instanceof LogPurged) && !(error instanceof LogUnreadable)) throw error
      gap = `The server's log can't be read on from ${place.file}:${place.offset}: ${error.message}`
      place = await freshPlace(reading.database, place)
    }
  }
}

async function describeEntities(database: Database, entities: readonly EntityConfig[]): Promise<FollowedEntity[]> {
  const followed: FollowedEntity[] = []
  for (const entity of entities) {
    const options = tableOptions(entity)
    const table = await describeTable(database, options)
    if (table.isView)
      throw schemaError(`${table.sql} is a view: its changes are not in the log. Poll it, or follow its tables.`)
    const unfit = table.key.find((column) => column.kind === 'other')
    if (unfit) {
      throw schemaError(
        `The key column "${unfit.name}" of ${table.sql} has the type ${unfit.type}, unreadable in the log.`,
      )
    }
    followed.push({ options, table })
  }
  return followed
}

async function freshPlace(database: Database, before: BinlogPlace | undefined): Promise<BinlogPlace> {
  const serverId = await serverIdentity(database)
  const position = await visiblePosition(database)
  const epoch = before?.epoch ?? 0
  // Positions that begin anew must still compare as newer.
  const isBehind = before !== undefined && positionNumber(position) < positionNumber(before)
  const isOther = before !== undefined && before.serverId !== serverId
  return { ...position, serverId, epoch: isBehind || isOther ? epoch + 1 : epoch }
}

async function* follow(
  reading: LogReading,
  followed: readonly FollowedEntity[],
  place: BinlogPlace,
): AsyncGenerator<Page> {
  const { settings, context, database } = reading
  const stream = await BinlogStream.open(settings, serverIdOf(settings, context.system), place)
  const stop = (): void => {
    stream.stop(stoppedError())
    // At once, also while nobody asks for a page: the server keeps what a reader has open.
    stream.close()
  }
  context.signal.addEventListener('abort', stop)
  if (context.signal.aborted) stop()
  let toldAt = context.now()
  try {
    const reader = new BinlogPageReader(stream, new BinlogDecoder(database, followed, place), place)
    for (;;) {
      const { records, unnamed, reached } = await reader.read()
      const isQuiet = records.length === 0 && unnamed.length === 0
      if (isQuiet && (reached === undefined || context.now() - toldAt < QUIET_CHECKPOINT_MS)) continue
      const complete = await completed(records, ({ options, table }, positions) =>
        new MysqlTableSource(database, table, options).rowsAt(positions),
      )
      toldAt = context.now()
      yield {
        records: complete,
        checkpoint: reached === undefined ? null : { ...place, ...reached },
        ...(unnamed.length === 0 ? {} : { gap: unnamed.join('; ') }),
      }
    }
  } finally {
    context.signal.removeEventListener('abort', stop)
    stream.close()
  }
}

interface BinlogPage {
  records: LoggedRecord<FollowedEntity>[]
  unnamed: string[]
  /** The end of the last transaction of the page; a page inside a big transaction has none. */
  reached: BinlogPosition | undefined
}

class BinlogPageReader {
  readonly #stream: BinlogStream
  readonly #decoder: BinlogDecoder
  readonly #events = new EventReader()
  #position: BinlogPosition
  #insideTransaction = false

  constructor(stream: BinlogStream, decoder: BinlogDecoder, from: BinlogPosition) {
    this.#stream = stream
    this.#decoder = decoder
    this.#position = { file: from.file, offset: from.offset }
  }

  /** What has arrived, up to a page; nothing where nothing came for a moment. Waits for the end of a transaction that fits. */
  async read(): Promise<BinlogPage> {
    const records: LoggedRecord<FollowedEntity>[] = []
    let reached: BinlogPosition | undefined
    for (;;) {
      const events = await this.#stream.take(EVENTS_PER_PAGE)
      for (const bytes of events) {
        const event = await this.#readEvent(bytes, records)
        if (this.#endsTransaction(event)) reached = this.#position
      }
      if (events.length > 0 && this.#insideTransaction && records.length < EVENTS_PER_PAGE) continue
      return { records, unnamed: this.#decoder.unnamed.splice(0), reached }
    }
  }

  async #readEvent(bytes: Buffer, records: LoggedRecord<FollowedEntity>[]): Promise<BinlogEvent> {
    try {
      const event = this.#events.read(bytes)
      records.push(...(await this.#decoder.decode(event)))
      return event
    } catch (error) {
      if (error instanceof HubError || error instanceof LogUnreadable) throw error
      // Rather a gap and a new snapshot than to stand before this event for ever.
      throw new LogUnreadable(`an event can't be decoded (${String(error)})`, { cause: error })
    }
  }

  /** Keeps count of the position; only between transactions may reading go on later. */
  #endsTransaction(event: BinlogEvent): boolean {
    if (event.type === 'rotate') {
      this.#position = { file: event.file, offset: event.offset }
      return false
    }
    // Events that the server makes up for the reader have no position.
    if (event.type === 'heartbeat' || event.nextOffset === 0) return false
    this.#position = { file: this.#position.file, offset: event.nextOffset }
    if (event.type === 'begin') this.#insideTransaction = true
    if (event.type !== 'commit' && event.type !== 'statement') return false
    this.#insideTransaction = false
    return true
  }
}
