import type {
  Checkpoint,
  CheckResult,
  Connector,
  ConnectorContext,
  DiscoveredEntity,
  EntityConfig,
  Page,
  PushAnswer,
  PushRequest,
  PushResult,
  RecordWrite,
  SourceRecord,
  WriteResult,
} from '../../hub/contracts/connector.ts'
import type { HubError } from '../../hub/contracts/hub-error.ts'
import { settingsError } from '../shared/errors.ts'
import { backfillEntity } from './backfill.ts'
import { checkSoap } from './check.ts'
import { discoverEntities } from './discover.ts'
import { type SoapEntity, soapEntity } from './entity-options.ts'
import { FaultError } from './faults.ts'
import { pollEntity } from './poll.ts'
import { PushReceiver } from './push.ts'
import { keyValues } from './rows.ts'
import type { SoapSettings } from './settings.ts'
import { SoapClient } from './soap-client.ts'
import { readRecord, writeRecords } from './write.ts'

export class SoapConnector implements Connector {
  readonly #context: ConnectorContext
  readonly #client: SoapClient
  readonly #push: PushReceiver

  constructor(settings: SoapSettings, context: ConnectorContext) {
    this.#context = context
    this.#client = new SoapClient(settings, context)
    this.#push = new PushReceiver(settings.push, context)
  }

  check(entities: readonly EntityConfig[] = []): Promise<CheckResult> {
    return told(() => checkSoap(this.#client, entities))
  }

  discover(): Promise<DiscoveredEntity[]> {
    return told(async () => {
      this.#client.forget()
      return discoverEntities(await this.#client.wsdl())
    })
  }

  async *backfill(config: EntityConfig, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
    const entity = soapEntity(config)
    const list = needed(entity.list, entity, 'list', 'a snapshot')
    yield* toldPages(backfillEntity({ client: this.#client, entity, list }, () => this.#context.now(), checkpoint))
  }

  async *poll(config: EntityConfig, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
    const entity = soapEntity(config)
    const list = needed(entity.changes ?? entity.list, entity, 'changes', 'polling')
    const incremental = needed(entity.incremental, entity, 'incremental', 'polling')
    const reading = { client: this.#client, entity, list, incremental, now: () => this.#context.now() }
    yield* toldPages(pollEntity(reading, checkpoint))
  }

  receive(request: PushRequest): Promise<PushResult> {
    return this.#push.receive(request)
  }

  refuse(error: HubError, request: PushRequest): PushAnswer | undefined {
    return this.#push.refuse(error, request)
  }

  async write(config: EntityConfig, writes: readonly RecordWrite[]): Promise<WriteResult[]> {
    const entity = soapEntity(config)
    const upsert = needed(entity.upsert, entity, 'upsert', 'writing')
    const wsdl = await told(() => this.#client.wsdl())
    return writeRecords({ client: this.#client, wsdl, entity, upsert }, writes)
  }

  async missing(config: EntityConfig, keys: readonly string[]): Promise<SourceRecord[]> {
    const entity = soapEntity(config)
    const get = needed(entity.get, entity, 'get', 'looking for deletes')
    const version = `${this.#context.now()}~missing`
    return told(async () => {
      const wsdl = await this.#client.wsdl()
      const gone: SourceRecord[] = []
      for (const key of keys) {
        const values = keyValues(key, entity)
        const found = values && (await readRecord({ client: this.#client, wsdl, entity }, get, values))
        if (!found) gone.push({ entity: entity.entity, key, kind: 'delete', version, data: null })
      }
      return gone
    })
  }

  close(): Promise<void> {
    this.#client.close()
    return Promise.resolve()
  }
}

function needed<T>(options: T | undefined, { where }: SoapEntity, name: string, what: string): T {
  if (options !== undefined) return options
  throw settingsError(`For ${what} the option "${name}" is missing.`, { where: `${where}/${name}` })
}

async function told<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    throw error instanceof FaultError ? error.told : error
  }
}

async function* toldPages(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  try {
    yield* pages
  } catch (error) {
    throw error instanceof FaultError ? error.told : error
  }
}
