import type {
  Checkpoint,
  CheckResult,
  Connector,
  ConnectorContext,
  DiscoveredEntity,
  EntityConfig,
  Page,
} from '../../hub/contracts/connector.ts'
import { backfillTable, type SnapshotStart } from '../shared/table-backfill.ts'
import { tableOptions } from '../shared/table-options.ts'
import { pollTable } from '../shared/table-poll.ts'
import { describeTable } from './catalog.ts'
import { checkPostgres } from './check.ts'
import { Database } from './database.ts'
import { discoverPostgres } from './discover.ts'
import type { PostgresSettings } from './settings.ts'
import { PostgresTableSource } from './table-source.ts'

export class PostgresConnector implements Connector {
  readonly #context: ConnectorContext
  readonly #database: Database

  constructor(settings: PostgresSettings, context: ConnectorContext) {
    this.#context = context
    this.#database = new Database(settings, context.system, context.signal)
  }

  check(entities: readonly EntityConfig[] = []): Promise<CheckResult> {
    return checkPostgres(this.#database, entities)
  }

  discover(): Promise<DiscoveredEntity[]> {
    return discoverPostgres(this.#database)
  }

  async *backfill(entity: EntityConfig, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
    const options = tableOptions(entity)
    const source = new PostgresTableSource(this.#database, await describeTable(this.#database, options), options)
    yield* backfillTable(source, options, () => this.#snapshotStart(), checkpoint)
  }

  async *poll(entity: EntityConfig, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
    const options = tableOptions(entity)
    const source = new PostgresTableSource(this.#database, await describeTable(this.#database, options), options)
    yield* pollTable(source, options, () => this.#context.now(), checkpoint)
  }

  async #snapshotStart(): Promise<SnapshotStart> {
    return { run: String(this.#context.now()) }
  }

  close(): Promise<void> {
    return this.#database.close()
  }
}
