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
import { pollTable } from '../shared/table-poll.ts'
import { missingRecords } from '../shared/table-records.ts'
import { describeTable } from './catalog.ts'
import { Fences, subscribeChangeTables } from './change-table.ts'
import { checkOracle } from './check.ts'
import { Database } from './database.ts'
import { discoverOracle } from './discover.ts'
import type { OpenSession } from './session.ts'
import { type OracleSettings, oracleTableOptions } from './settings.ts'
import { changeTableOf } from './statements.ts'
import { OracleTableSource } from './table-source.ts'
import { writeOracle } from './write.ts'

export class OracleConnector implements Connector {
  readonly #context: ConnectorContext
  readonly #settings: OracleSettings
  readonly #database: Database
  readonly #fences = new Fences()

  constructor(settings: OracleSettings, context: ConnectorContext, openSession: OpenSession) {
    this.#context = context
    this.#settings = settings
    this.#database = new Database(settings, context, openSession)
  }

  check(entities: readonly EntityConfig[] = []): Promise<CheckResult> {
    return checkOracle(this.#database, entities)
  }

  discover(): Promise<DiscoveredEntity[]> {
    return discoverOracle(this.#database)
  }

  async *backfill(entity: EntityConfig, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
    const source = await this.#source(entity)
    yield* backfillTable(source, source.options, () => this.#snapshotStart(entity, source), checkpoint)
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
      fences: this.#fences,
    }
    return subscribeChangeTables(reading, entities, checkpoint)
  }

  async write(entity: EntityConfig, writes: readonly RecordWrite[]): Promise<WriteResult[]> {
    return writeOracle(this.#database, await this.#source(entity), writes)
  }

  async missing(entity: EntityConfig, keys: readonly string[]): Promise<SourceRecord[]> {
    const source = await this.#source(entity)
    if (entity.mode !== 'log') {
      return missingRecords(source, source.options, keys, String(this.#context.now()), undefined)
    }
    // Before the look: whoever makes such a record anew after it has a higher number.
    const sequence = await this.#fence(entity, source)
    return missingRecords(source, source.options, keys, sequence, sequence)
  }

  async #source(entity: EntityConfig): Promise<OracleTableSource> {
    const options = oracleTableOptions(entity)
    return new OracleTableSource(this.#database, await describeTable(this.#database, options), options)
  }

  async #snapshotStart(entity: EntityConfig, source: OracleTableSource): Promise<SnapshotStart> {
    if (entity.mode !== 'log') return { run: String(this.#context.now()) }
    if (!this.#fences.has(entity.entity)) throw orderError()
    const sequence = await this.#fence(entity, source)
    return { run: sequence, sequence }
  }

  async #fence(entity: EntityConfig, { table }: OracleTableSource): Promise<string> {
    const { changeTable } = oracleTableOptions(entity)
    const number = await this.#fences.raise(this.#database, entity.entity, changeTableOf(table.owner, changeTable))
    return sequenceOf(this.#fences.epoch, number)
  }

  close(): Promise<void> {
    return this.#database.close()
  }
}
