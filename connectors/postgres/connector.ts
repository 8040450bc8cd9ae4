import type {
  Checkpoint,
  CheckResult,
  Connector,
  ConnectorContext,
  DiscoveredEntity,
  EntityConfig,
  Page,
  RecordWrite,
  SourceRecord,
  WriteResult,
} from '../../hub/contracts/connector.ts'
import { orderError } from '../shared/errors.ts'
import { lsnNumber, sequenceOf } from '../shared/sequence.ts'
import { backfillTable, type SnapshotStart } from '../shared/table-backfill.ts'
import { missingRecords } from '../shared/table-records.ts'
import { tableOptions } from '../shared/table-options.ts'
import { pollTable } from '../shared/table-poll.ts'
import { describeTable } from './catalog.ts'
import { checkPostgres } from './check.ts'
import { Database } from './database.ts'
import { discoverPostgres } from './discover.ts'
import type { PostgresSettings } from './settings.ts'
import { type LogPlace, logNames, releaseLog } from './slot.ts'
import { subscribePostgres } from './subscribe.ts'
import { PostgresTableSource } from './table-source.ts'
import { writePostgres } from './write.ts'

export class PostgresConnector implements Connector {
  readonly #context: ConnectorContext
  readonly #settings: PostgresSettings
  /** Where subscribe of this connector began; snapshots beside it carry this place. */
  #logPlace: LogPlace | undefined
  readonly #database: Database

  constructor(settings: PostgresSettings, context: ConnectorContext) {
    this.#context = context
    this.#settings = settings
    this.#database = new Database(settings, context)
  }

  check(entities: readonly EntityConfig[] = []): Promise<CheckResult> {
    return checkPostgres(this.#database, entities)
  }

  discover(): Promise<DiscoveredEntity[]> {
    return discoverPostgres(this.#database)
  }

  async *backfill(entity: EntityConfig, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
    const source = await this.#source(entity)
    yield* backfillTable(source, source.options, () => this.#snapshotStart(entity), checkpoint)
  }

  async *poll(entity: EntityConfig, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
    const source = await this.#source(entity)
    yield* pollTable(source, source.options, () => this.#context.now(), checkpoint)
  }

  subscribe(entities: readonly EntityConfig[], checkpoint: Checkpoint | null): AsyncIterable<Page> {
    const reading = {
      database: this.#database,
      settings: this.#settings,
      context: this.#context,
      names: logNames(this.#settings, this.#context.system),
      onPlace: (place: LogPlace): void => void (this.#logPlace = place),
    }
    return subscribePostgres(reading, entities, checkpoint)
  }

  async write(entity: EntityConfig, writes: readonly RecordWrite[]): Promise<WriteResult[]> {
    const { options, table } = await this.#source(entity)
    return writePostgres(this.#database, table, options, writes)
  }

  async missing(entity: EntityConfig, keys: readonly string[]): Promise<SourceRecord[]> {
    const source = await this.#source(entity)
    // Before the look: whoever makes such a record anew after it has a higher place in the log.
    const [lsn] = await this.#database.query('SELECT pg_current_wal_insert_lsn()')
    const position = lsnNumber(lsn?.[0] ?? '0/0')
    const sequence = entity.mode === 'log' ? sequenceOf(this.#logPlace?.epoch ?? 0, position) : undefined
    return missingRecords(source, source.options, keys, sequence ?? String(this.#context.now()), sequence)
  }

  forget(): Promise<string[]> {
    return releaseLog(this.#database, logNames(this.#settings, this.#context.system))
  }

  async #source(entity: EntityConfig): Promise<PostgresTableSource> {
    const options = tableOptions(entity)
    return new PostgresTableSource(this.#database, await describeTable(this.#database, options), options)
  }

  async #snapshotStart({ mode }: EntityConfig): Promise<SnapshotStart> {
    if (mode !== 'log') return { run: String(this.#context.now()) }
    const place = this.#logPlace
    if (place === undefined) throw orderError()
    // One less: what the log says from this very place on is newer than any row of the snapshot.
    const sequence = sequenceOf(place.epoch, lsnNumber(place.lsn) - 1n)
    return { run: sequence, sequence }
  }

  close(): Promise<void> {
    return this.#database.close()
  }
}
