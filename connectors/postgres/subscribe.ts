import type { Checkpoint, ConnectorContext, EntityConfig, Page } from '../../hub/contracts/connector.ts'
import { stoppedError } from '../shared/errors.ts'
import { completed, type LoggedRecord } from '../shared/log-completion.ts'
import { lsnNumber, lsnText } from '../shared/sequence.ts'
import { tableOptions } from '../shared/table-options.ts'
import type { TableRow } from '../shared/table-source.ts'
import { describeTable } from './catalog.ts'
import type { Database } from './database.ts'
import { type FollowedEntity, LogDecoder } from './log-records.ts'
import { type LogEvent, LogStream } from './log-stream.ts'
import type { PostgresSettings } from './settings.ts'
import { type LogNames, type LogPlace, openPublication, openSlot } from './slot.ts'
import { PostgresTableSource } from './table-source.ts'

const EVENTS_PER_PAGE = 500
/** How often a position is told where nothing of ours changes, so that the server can forget what others wrote. */
const QUIET_CHECKPOINT_MS = 5000

export interface LogReading {
  database: Database
  settings: PostgresSettings
  context: ConnectorContext
  names: LogNames
  /** Told once the place is known, before the first page. */
  onPlace(place: LogPlace): void
}

/** Follows the log of all tables of `entities`, from `checkpoint` on. */
export async function* subscribePostgres(
  reading: LogReading,
  entities: readonly EntityConfig[],
  checkpoint: Checkpoint | null,
): AsyncGenerator<Page> {
  const { database, settings, context, names } = reading
  const followed: FollowedEntity[] = []
  for (const entity of entities) {
    const options = tableOptions(entity)
    followed.push({ options, table: await describeTable(database, options) })
  }
  // The publication first: the slot's stream reads it as it was at each change, and must not begin before it.
  await openPublication(
    database,
    names.publication,
    followed.map(({ table }) => table),
  )
  const place = await openSlot(database, names, checkpoint)
  reading.onPlace(place)
  yield firstPage(place)

  const stream = new LogStream(settings, context.system, names, place.lsn)
  const stop = (): void => {
    stream.stop(stoppedError())
    // At once, also while nobody asks for a page: the slot must be free for the next reader.
    void stream.close()
  }
  context.signal.addEventListener('abort', stop)
  try {
    if (context.signal.aborted) return
    yield* pages(reading, stream, new LogDecoder(database, followed, place.epoch), place)
  } catch (error) {
    if (!context.signal.aborted) throw error
  } finally {
    context.signal.removeEventListener('abort', stop)
    await stream.close()
  }
}

function firstPage({ lsn, epoch, gap }: LogPlace): Page {
  return { records: [], checkpoint: { lsn, epoch }, ...(gap === undefined ? {} : { gap }) }
}

async function* pages(
  { database, context }: LogReading,
  stream: LogStream,
  decoder: LogDecoder,
  place: LogPlace,
): AsyncGenerator<Page> {
  const reader = new LogPageReader(stream, decoder, place.lsn)
  let toldAt = context.now()
  for (;;) {
    const { records, truncated, reached } = await reader.read()
    const isQuiet = records.length === 0 && truncated.length === 0
    if (isQuiet && (reached === undefined || context.now() - toldAt < QUIET_CHECKPOINT_MS)) continue
    yield {
      records: await completed(records, (entity, positions) => rowsAt(database, entity, positions)),
      checkpoint: reached === undefined ? null : { lsn: reached, epoch: place.epoch },
      ...(truncated.length === 0 ? {} : { gap: `TRUNCATE emptied ${truncated.join(', ')}; the log names no rows.` }),
    }
    if (reached === undefined) continue
    // Asked for the next page: the last one is durable and its checkpoint stored.
    await stream.acknowledge(reached)
    toldAt = context.now()
  }
}

interface LogPage {
  records: LoggedRecord<FollowedEntity>[]
  truncated: string[]
  /** The end of the last transaction of the page; a page inside a big transaction has none. */
  reached: string | undefined
}

class LogPageReader {
  readonly #stream: LogStream
  readonly #decoder: LogDecoder
  #last: string
  #insideTransaction = false

  constructor(stream: LogStream, decoder: LogDecoder, from: string) {
    this.#stream = stream
    this.#decoder = decoder
    this.#last = from
  }

  /** What has arrived, up to a page; nothing where nothing came for a moment. Waits for the end of a transaction that fits. */
  async read(): Promise<LogPage> {
    const records: LoggedRecord<FollowedEntity>[] = []
    let reached: string | undefined
    for (;;) {
      const events = await this.#stream.take(EVENTS_PER_PAGE)
      for (const event of events) reached = (await this.#readEvent(event, records)) ?? reached
      if (events.length > 0 && this.#insideTransaction && records.length < EVENTS_PER_PAGE) continue
      return { records, truncated: this.#decoder.truncated.splice(0), reached }
    }
  }

  /** The position that is reached with the event, where one may go on from it. */
  async #readEvent({ lsn, message }: LogEvent, records: LoggedRecord<FollowedEntity>[]): Promise<string | undefined> {
    if (message !== 'heartbeat') {
      records.push(...(await this.#decoder.decode(lsn, message)))
      this.#insideTransaction = message.tag === 'begin' || (this.#insideTransaction && message.tag !== 'commit')
      return message.tag === 'commit' ? this.#reach(message.commitEndLsn ?? lsn) : undefined
    }
    // All transactions that ended before a heartbeat's position were sent before it.
    const isFurther = !this.#insideTransaction && lsnNumber(lsn) > lsnNumber(this.#last)
    return isFurther ? this.#reach(lsn) : undefined
  }

  #reach(lsn: string): string {
    this.#last = lsnText(lsnNumber(lsn))
    return this.#last
  }
}

async function rowsAt(database: Database, { options }: FollowedEntity, positions: string[][]): Promise<TableRow[]> {
  return new PostgresTableSource(database, await describeTable(database, options), options).rowsAt(positions)
}
