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
import { sequenceOf } from '../shared/sequence.ts'
import { backfillTable, type SnapshotStart } from '../shared/table-backfill.ts'
import { tableOptions } from '../shared/table-options.ts'
import { pollTable } from '../shared/table-poll.ts'
import { missingRecords } from '../shared/table-records.ts'
import { describeTable, run } from './catalog.ts'
import { subscribeChanges, type TrackingPlace } from './change-tracking.ts'
import { checkSqlServer } from './check.ts'
import { Database } from './database.ts'
import { discoverSqlServer } from './discover.ts'
import type { SqlServerSettings } from './settings.ts'
import { CURRENT_VERSION } from './statements.ts'
import { SqlServerTableSource } from './table-source.ts'
import { writeSqlServer } from './write.ts'

export class SqlServerConnector implements Connector {
  readonly #context: ConnectorContext
  readonly #settings: SqlServerSettings
  readonly #database: Database
  /** Where subscribe of this connector began; snapshots beside it carry this place. */
  #place: TrackingPlace | undefined

  constructor(settings: SqlServerSettings, context: ConnectorContext) {
    this.#context = context
    this.#settings = settings
    this.#database = new Database(settings, context)
  }

  check(entities: readonly EntityConfig[] = []): Promise<CheckResult> {
    return checkSqlServer(this.#database, entities)
  }

  discover(): Promise<DiscoveredEntity[]> {
    return discoverSqlServer(this.#database)
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
      onPlace: (place: TrackingPlace): void => void (this.#place = place),
    }
    return subscribeChanges(reading, entities, checkpoint)
  }

  async write(entity: EntityConfig, writes: readonly RecordWrite[]): Promise<WriteResult[]> {
    return writeSqlServer(this.#database, await this.#source(entity), writes)
  }

  async missing(entity: EntityConfig, keys: readonly string[]): Promise<SourceRecord[]> {
    const source = await this.#source(entity)
    if (entity.mode !== 'log') {
      return missingRecords(source, source.options, keys, String(this.#context.now()), undefined)
    }
    // Before the look: whoever makes such a record anew after it has a higher version.
    const [current] = await run(this.#database, CURRENT_VERSION)
    const sequence = sequenceOf(this.#place?.epoch ?? 0, BigInt(String(current?.[0] ?? 0)))
    return missingRecords(source, source.options, keys, sequence, sequence)
  }

  async #source(entity: EntityConfig): Promise<SqlServerTableSource> {
    const options = tableOptions(entity)
    return new SqlServerTableSource(this.#database, await describeTable(this.#database, options), options)
  }

  #snapshotStart({ entity, mode }: EntityConfig): Promise<SnapshotStart> {
    if (mode !== 'log') return Promise.resolve({ run: String(this.#context.now()) })
    const cursor = this.#place?.cursors[entity]
    if (this.#place === undefined || cursor === undefined) return Promise.reject(orderError())
    // What Change Tracking says from here on has a higher version than any row of the snapshot is given.
    const version = BigInt(cursor.version) - (cursor.after === null ? 0n : 1n)
    const sequence = sequenceOf(this.#place.epoch, version)
    return Promise.resolve({ run: sequence, sequence })
  }

  close(): Promise<void> {
    return this.#database.close()
  }
}
