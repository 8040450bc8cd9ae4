import type {
  Checkpoint,
  CheckResult,
  Connector,
  ConnectorContext,
  CreateResult,
  EntityConfig,
  Page,
  RecordCreate,
  RecordWrite,
  SourceRecord,
  WriteResult,
} from '../../hub/contracts/connector.ts'
import { backfillRest } from './backfill.ts'
import { checkRest } from './check.ts'
import { RestClient } from './client.ts'
import { createRest } from './create.ts'
import { type RestOptions, restOptions } from './options.ts'
import type { PageReading } from './pages.ts'
import { pollRest } from './poll.ts'
import type { RestSettings } from './settings.ts'
import { writeWatermark } from './watermark.ts'
import { currentRecord, keyLookup, writeRest } from './write.ts'

export class RestConnector implements Connector {
  readonly #context: ConnectorContext
  readonly #settings: RestSettings
  readonly #client: RestClient

  constructor(settings: RestSettings, context: ConnectorContext) {
    this.#context = context
    this.#settings = settings
    this.#client = new RestClient(settings, context)
  }

  check(entities: readonly EntityConfig[] = []): Promise<CheckResult> {
    return checkRest(this.#client, this.#settings, entities)
  }

  async *backfill(entity: EntityConfig, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
    const options = restOptions(entity)
    const reading = { ...this.#reading(options), list: options.list }
    yield* backfillRest(reading, () => this.#context.now(), checkpoint)
  }

  async *poll(entity: EntityConfig, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
    const reading = this.#reading(restOptions(entity))
    const now = (): number => this.#context.now()
    yield* pollRest(reading, now, () => this.#systemTime(reading), checkpoint)
  }

  async write(entity: EntityConfig, writes: readonly RecordWrite[]): Promise<WriteResult[]> {
    const options = restOptions(entity)
    return writeRest({ client: this.#client, options, values: this.#settings.values }, writes)
  }

  async create(entity: EntityConfig, creates: readonly RecordCreate[]): Promise<CreateResult[]> {
    return createRest({ client: this.#client, options: restOptions(entity), values: this.#settings.values }, creates)
  }

  keysFrom(entity: EntityConfig): 'system' | 'hub' {
    return restOptions(entity).create?.key === undefined ? 'hub' : 'system'
  }

  /** Asks for each of the keys; where the options name no request for one record, nothing is known to be missing. */
  async missing(entity: EntityConfig, keys: readonly string[]): Promise<SourceRecord[]> {
    const options = restOptions(entity)
    if (options.get === undefined) return []
    const writing = { client: this.#client, options, values: this.#settings.values }
    const version = `${this.#context.now()}~missing`
    const gone: SourceRecord[] = []
    for (const key of keys) {
      const current = await currentRecord(writing, keyLookup(options, key))
      if (current === null || current.isDeleted) {
        gone.push({ entity: options.entity, key, kind: 'delete', version, data: null })
      }
    }
    return gone
  }

  #reading(options: RestOptions): PageReading {
    const list = options.changes?.list ?? options.list
    return { client: this.#client, options, values: this.#settings.values, list, since: undefined }
  }

  /** The clock of the system, ms: its times of change are compared with this one, however wrong it goes. */
  async #systemTime({ list, options }: PageReading): Promise<number> {
    const now = this.#context.now()
    const { changes, page } = options
    if (changes === undefined || changes.format === 'counter') return now
    const since = writeWatermark(BigInt(Math.floor(now)) * 1000n, changes.format)
    const first = { size: page.size, number: page.first, offset: 0 }
    const { headers } = await this.#client.ask(list.request, {
      // Only the clock of the answer counts.
      expects: ['expired'],
      lookup: ([name, member]) => (name === 'since' ? since : name === 'page' ? first[member as 'size'] : undefined),
    })
    const told = Date.parse(headers.get('date') ?? '')
    return Number.isNaN(told) ? now : told
  }

  close(): Promise<void> {
    this.#client.close()
    return Promise.resolve()
  }
}
