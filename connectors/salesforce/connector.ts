import type {
  Checkpoint,
  CheckResult,
  Connector,
  ConnectorContext,
  CreateResult,
  DiscoveredEntity,
  EntityConfig,
  Page,
  PushRequest,
  PushResult,
  RecordCreate,
  RecordWrite,
  SourceRecord,
  WriteResult,
} from '../../hub/contracts/connector.ts'
import { orderError, settingsError } from '../shared/errors.ts'
import type { SnapshotStart } from '../shared/table-backfill.ts'
import { pollTable } from '../shared/table-poll.ts'
import { missingRecords } from '../shared/table-records.ts'
import { SalesforceApi } from './api.ts'
import { backfillObject } from './backfill.ts'
import { checkSalesforce, discoverSalesforce } from './check.ts'
import { createSalesforce } from './create.ts'
import { WriteMarks } from './marks.ts'
import { ObjectCatalog } from './object-info.ts'
import { objectOptions } from './options.ts'
import { receiveOutbound } from './outbound.ts'
import type { LogClock } from './sequence.ts'
import type { SalesforceSettings } from './settings.ts'
import { SoqlSource } from './source.ts'
import { subscribeSalesforce } from './subscribe.ts'
import { writeSalesforce } from './write.ts'

export class SalesforceConnector implements Connector {
  readonly #settings: SalesforceSettings
  readonly #context: ConnectorContext
  readonly #api: SalesforceApi
  readonly #catalog: ObjectCatalog
  readonly #marks = new WriteMarks()
  /** Of the stream of change events; snapshots beside it take their place from it. */
  #clock: LogClock | undefined

  constructor(settings: SalesforceSettings, context: ConnectorContext) {
    this.#settings = settings
    this.#context = context
    this.#api = new SalesforceApi(settings, context)
    this.#catalog = new ObjectCatalog(this.#api, context, settings.describeMs)
  }

  async check(entities: readonly EntityConfig[] = []): Promise<CheckResult> {
    return checkSalesforce(this.#api, this.#catalog, this.#settings, entities)
  }

  async discover(): Promise<DiscoveredEntity[]> {
    return discoverSalesforce(this.#api, this.#catalog)
  }

  async *backfill(entity: EntityConfig, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
    const parts = {
      api: this.#api,
      catalog: this.#catalog,
      context: this.#context,
      source: this.#source(entity),
      bulk: this.#settings.bulk,
      start: () => Promise.resolve(this.#snapshotStart(entity)),
    }
    yield* backfillObject(parts, checkpoint)
  }

  async *poll(entity: EntityConfig, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
    const source = this.#source(entity)
    yield* pollTable(source, source.tableOptions, () => this.#context.now(), checkpoint)
  }

  async *subscribe(entities: readonly EntityConfig[], checkpoint: Checkpoint | null): AsyncGenerator<Page> {
    if (!this.#settings.cdc) {
      throw settingsError('Change events are switched off in the settings of this system.', { where: '/settings/cdc' })
    }
    const parts = {
      api: this.#api,
      catalog: this.#catalog,
      context: this.#context,
      marks: this.#marks,
      timeoutMs: this.#settings.timeoutMs,
      sources: entities.map((entity) => this.#source(entity)),
      onClock: (clock: LogClock): void => void (this.#clock = clock),
    }
    yield* subscribeSalesforce(parts, checkpoint)
  }

  async receive(request: PushRequest): Promise<PushResult> {
    return receiveOutbound(request, this.#settings, this.#catalog)
  }

  async write(entity: EntityConfig, writes: readonly RecordWrite[]): Promise<WriteResult[]> {
    return writeSalesforce({ api: this.#api, marks: this.#marks, source: this.#source(entity) }, writes)
  }

  async create(entity: EntityConfig, creates: readonly RecordCreate[]): Promise<CreateResult[]> {
    return createSalesforce({ api: this.#api, marks: this.#marks, source: this.#source(entity) }, creates)
  }

  /** An external id is the hub's to choose; an Id is Salesforce's. */
  keysFrom(entity: EntityConfig): 'system' | 'hub' {
    return objectOptions(entity).externalIdField === undefined ? 'system' : 'hub'
  }

  async missing(entity: EntityConfig, keys: readonly string[]): Promise<SourceRecord[]> {
    const source = this.#source(entity)
    // Before the look: whoever makes such a record anew after it is told of later.
    const sequence = entity.mode === 'log' ? this.#clock?.besides() : undefined
    const stamp = sequence ?? String(this.#context.now())
    return missingRecords(source, source.tableOptions, keys, stamp, sequence)
  }

  #source(entity: EntityConfig): SoqlSource {
    return new SoqlSource(this.#api, this.#catalog, objectOptions(entity))
  }

  #snapshotStart({ mode }: EntityConfig): SnapshotStart {
    if (mode !== 'log') return { run: String(this.#context.now()) }
    if (this.#clock === undefined) throw orderError()
    const sequence = this.#clock.besides()
    return { run: sequence, sequence }
  }

  close(): Promise<void> {
    this.#api.close()
    return Promise.resolve()
  }
}
