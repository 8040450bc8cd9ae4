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
import { backfillTable, type SnapshotStart } from '../shared/table-backfill.ts'
import { tableOptions } from '../shared/table-options.ts'
import { pollTable } from '../shared/table-poll.ts'
import { missingRecords } from '../shared/table-records.ts'
import { type BinlogPlace, currentPosition, placeSequence } from './binlog/place.ts'
import { describeTable } from './catalog.ts'
import { checkMysql } from './check.ts'
import { Database } from './database.ts'
import { discoverMysql } from './discover.ts'
import type { MysqlSettings } from './settings.ts'
import { subscribeMysql } from './subscribe.ts'
import { MysqlTableSource } from './table-source.ts'
import { writeMysql } from './write.ts'

export class MysqlConnector implements Connector {
  readonly #context: ConnectorContext
  readonly #settings: MysqlSettings
  readonly #database: Database
  /** Where subscribe of this connector began; snapshots beside it carry this place. */
  #logPlace: BinlogPlace | undefined

  constructor(settings: MysqlSettings, context: ConnectorContext) {
    this.#context = context
    this.#settings = settings
    this.#database = new Database(settings, context)
  }

  check(entities: readonly EntityConfig[] = []): Promise<CheckResult> {
    return checkMysql(this.#database, entities)
  }

  discover(): Promise<DiscoveredEntity[]> {
    return discoverMysql(this.#database)
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
      onPlace: (place: BinlogPlace): void => void (this.#logPlace = place),
    }
    return subscribeMysql(reading, entities, checkpoint)
  }

  async write(entity: EntityConfig, writes: readonly RecordWrite[]): Promise<WriteResult[]> {
    return writeMysql(this.#database, await this.#source(entity), writes)
  }

  async missing(entity: EntityConfig, keys: readonly string[]): Promise<SourceRecord[]> {
    const source = await this.#source(entity)
    if (entity.mode !== 'log') {
      return missingRecords(source, source.options, keys, String(this.#context.now()), undefined)
    }
    // Before the look: whoever makes such a record anew after it has a higher place in the log.
    const sequence = placeSequence(this.#logPlace?.epoch ?? 0, await currentPosition(this.#database))
    return missingRecords(source, source.options, keys, sequence, sequence)
  }

  async #source(entity: EntityConfig): Promise<MysqlTableSource> {
    const options = tableOptions(entity)
    return new MysqlTableSource(this.#database, await describeTable(this.#database, options), options)
  }

  async #snapshotStart({ mode }: EntityConfig): Promise<SnapshotStart> {
    if (mode !== 'log') return { run: String(this.#context.now()) }
    if (this.#logPlace === undefined) throw orderError()
    // What the log says from this place on has a higher sequence than any row of the snapshot.
    const sequence = placeSequence(this.#logPlace.epoch, this.#logPlace)
    return { run: sequence, sequence }
  }

  close(): Promise<void> {
    return this.#database.close()
  }
}
