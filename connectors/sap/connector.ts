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
import { settingsError, stoppedError } from '../shared/errors.ts'
import { backfillTable } from '../shared/table-backfill.ts'
import { missingRecords } from '../shared/table-records.ts'
import type { TableOptions } from '../shared/table-options.ts'
import type { TableSource } from '../shared/table-source.ts'
import { checkSap } from './check.ts'
import { type BapiOptions, type ODataOptions, type SapOptions, sapOptions } from './entity-options.ts'
import { receiveIdocs } from './idoc/receive.ts'
import { writeIdocs } from './idoc/write.ts'
import { createOData } from './odata/create.ts'
import { discoverOData } from './odata/discover.ts'
import { pollByDelta } from './odata/delta.ts'
import { asTable, pollByChange } from './odata/poll.ts'
import { ODataService } from './odata/service.ts'
import { ODataSource } from './odata/source.ts'
import { writeOData } from './odata/write.ts'
import { BapiSource } from './rfc/bapi-source.ts'
import { bapiMapping } from './rfc/mapping.ts'
import type { RfcPort } from './rfc/port.ts'
import { writeBapi } from './rfc/write.ts'
import { type ScanMemory, scanPass } from './scan.ts'
import { SapHttp } from './sap-http.ts'
import type { SapSettings } from './settings.ts'

export class SapConnector implements Connector {
  readonly #settings: SapSettings
  readonly #context: ConnectorContext
  readonly #rfc: RfcPort
  readonly #services = new Map<string, ODataService>()
  readonly #scans = new Map<string, ScanMemory>()
  #http: SapHttp | undefined

  /** @param rfc how BAPIs are called; by node-rfc, or in tests by something that behaves like it */
  constructor(settings: SapSettings, context: ConnectorContext, rfc: RfcPort) {
    this.#settings = settings
    this.#context = context
    this.#rfc = rfc
  }

  check(entities: readonly EntityConfig[] = []): Promise<CheckResult> {
    return checkSap({
      settings: this.#settings,
      options: entities.map((entity) => this.#options(entity)),
      http: () => this.#requests(),
      service: (options) => this.#service(options),
      rfc: this.#rfc,
    })
  }

  async discover(): Promise<DiscoveredEntity[]> {
    if (this.#settings.services.length === 0) {
      throw settingsError('There is no service to explore.', {
        where: '/settings/services',
        fix: 'Name the paths of OData services, e.g. /sap/opu/odata/sap/API_BUSINESS_PARTNER.',
      })
    }
    const found: DiscoveredEntity[] = []
    for (const path of this.#settings.services) {
      found.push(...(await discoverOData(await ODataService.detect(this.#requests(), path))))
    }
    return found
  }

  async *backfill(entity: EntityConfig, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
    const { source, table } = await this.#table(entity)
    yield* this.#until(
      backfillTable(source, table, () => Promise.resolve({ run: String(this.#context.now()) }), checkpoint),
    )
  }

  async *poll(entity: EntityConfig, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
    yield* this.#until(await this.#polling(entity, checkpoint))
  }

  async #polling(entity: EntityConfig, checkpoint: Checkpoint | null): Promise<AsyncIterable<Page>> {
    const options = this.#options(entity)
    if (options.protocol === 'odata' && options.follow === 'change') {
      return pollByChange(this.#service(options), options, () => this.#context.now(), checkpoint)
    }
    if (options.protocol === 'odata' && options.follow === 'delta') {
      return pollByDelta(this.#service(options), options, checkpoint)
    }
    const { source, table } = await this.#table(entity)
    const memory = this.#scans.get(entity.entity) ?? new Map()
    this.#scans.set(entity.entity, memory)
    return scanPass((after, limit) => source.pageByKey(after, limit), table, memory, checkpoint)
  }

  receive(request: PushRequest): Promise<PushResult> {
    return receiveIdocs(this.#settings.idoc, request)
  }

  async write(entity: EntityConfig, writes: readonly RecordWrite[]): Promise<WriteResult[]> {
    const options = this.#options(entity)
    if (options.protocol === 'idoc') {
      return writeIdocs(this.#requests(), this.#settings, options, writes, () => this.#context.now())
    }
    if (options.protocol === 'bapi') return writeBapi(this.#rfc, bapiMapping(options), this.#settings, writes)
    const source = await ODataSource.open(this.#service(options), options, [])
    return writeOData(source, writes, this.#settings.batch)
  }

  async create(entity: EntityConfig, creates: readonly RecordCreate[]): Promise<CreateResult[]> {
    const options = this.#options(entity)
    if (options.protocol !== 'odata' || options.numbering === 'external') {
      throw settingsError('New records of this entity are numbered by the hub.', { where: options.where })
    }
    return createOData(await ODataSource.open(this.#service(options), options, []), creates)
  }

  /** IDocs and BAPIs name their records. */
  keysFrom(entity: EntityConfig): 'system' | 'hub' {
    const options = this.#options(entity)
    return options.protocol === 'odata' && options.numbering === 'internal' ? 'system' : 'hub'
  }

  async missing(entity: EntityConfig, keys: readonly string[]): Promise<SourceRecord[]> {
    const { source, table } = await this.#table(entity)
    return missingRecords(source, table, keys, String(this.#context.now()), undefined)
  }

  async close(): Promise<void> {
    this.#http?.close()
    await this.#rfc.close()
  }

  async #table(entity: EntityConfig): Promise<{ source: TableSource; table: TableOptions }> {
    const options = this.#options(entity)
    if (options.protocol === 'idoc') throw idocOnly(options.where)
    if (options.protocol === 'bapi') return { source: this.#bapiSource(options), table: bapiTable(options) }
    const source = await ODataSource.open(this.#service(options), options, options.changeFields)
    return { source, table: asTable(options) }
  }

  #options(entity: EntityConfig): SapOptions {
    return sapOptions(entity, this.#settings.idoc)
  }

  #bapiSource(options: BapiOptions): BapiSource {
    return new BapiSource(this.#rfc, bapiMapping(options), this.#settings)
  }

  #requests(): SapHttp {
    this.#http ??= new SapHttp(this.#settings, this.#context)
    return this.#http
  }

  #service({ service: path, version }: ODataOptions): ODataService {
    const name = `${version} ${path}`
    const known = this.#services.get(name)
    if (known) return known
    const service = new ODataService(this.#requests(), path, version)
    this.#services.set(name, service)
    return service
  }

  /** Whatever the last page was made of, nothing more is yielded once the engine has asked to stop. */
  async *#until(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
    for await (const page of pages) {
      if (this.#context.signal.aborted) throw stoppedError()
      yield page
    }
  }
}

function bapiTable({ entity, pageSize }: BapiOptions): TableOptions {
  return asTable({ entity, pageSize, deletedWhen: undefined })
}

function idocOnly(where: string): Error {
  return settingsError('IDocs are sent by SAP and can not be asked for.', {
    where: `${where}/protocol`,
    fix: 'Write mode: push for the entity, or read it by OData.',
  })
}
