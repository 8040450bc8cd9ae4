import {
  backfillChanges,
  type Checkpoint,
  type CheckResult,
  type Connector,
  type ConnectorContext,
  type DiscoveredEntity,
  type EntityConfig,
  missingChanges,
  type Page,
  pollChanges,
  type RecordWrite,
  type SourceRecord,
  writeChanges,
  type WriteResult,
} from '../../../../connectors/authoring.ts'
import { Client, EntitySource } from './client.ts'
import { optionsOf } from './options.ts'
import type { Settings } from './settings.ts'

/** Pages, checkpoints, versions and preconditions come from the kit; what the system is asked is in client.ts. */
export class SystemConnector implements Connector {
  readonly #client: Client
  readonly #context: ConnectorContext

  constructor(settings: Settings, context: ConnectorContext) {
    this.#client = new Client(settings, context)
    this.#context = context
  }

  async check(entities: readonly EntityConfig[] = []): Promise<CheckResult> {
    const serverVersion = await this.#client.version()
    // Whether the account may read them shows only when it does.
    for (const entity of entities) await this.#source(entity).pageByKey(null, 1)
    return { serverVersion, warnings: [] }
  }

  discover(): Promise<DiscoveredEntity[]> {
    return this.#client.entities()
  }

  backfill(entity: EntityConfig, checkpoint: Checkpoint | null): AsyncIterable<Page> {
    return backfillChanges(this.#source(entity), optionsOf(entity), checkpoint)
  }

  poll(entity: EntityConfig, checkpoint: Checkpoint | null): AsyncIterable<Page> {
    return pollChanges(this.#source(entity), optionsOf(entity), checkpoint)
  }

  write(entity: EntityConfig, writes: readonly RecordWrite[]): Promise<WriteResult[]> {
    return writeChanges(this.#source(entity), writes)
  }

  missing(entity: EntityConfig, keys: readonly string[]): Promise<SourceRecord[]> {
    return missingChanges(this.#source(entity), entity.entity, keys, String(this.#context.now()))
  }

  close(): Promise<void> {
    return this.#client.close()
  }

  #source({ entity }: EntityConfig): EntitySource {
    return new EntitySource(this.#client, entity)
  }
}
