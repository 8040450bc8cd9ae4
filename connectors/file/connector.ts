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
import { stoppedError } from '../shared/errors.ts'
import { missingFromFiles } from './current-state.ts'
import { discoverFiles } from './discover.ts'
import { FullIndexes } from './full-index.ts'
import { LocalPlace } from './local-place.ts'
import { fileOptions } from './options.ts'
import { type FilePlace, joinPath } from './place.ts'
import { backfillFolder, type FolderReading, pollFolder } from './reading.ts'
import type { FileSettings } from './settings.ts'
import { SftpPlace } from './sftp-place.ts'
import { writeFolder } from './write.ts'

const PROBE = '.omnihub-check'

export class FileConnector implements Connector {
  readonly #context: ConnectorContext
  readonly #place: FilePlace
  readonly #indexes = new Map<string, FullIndexes>()

  constructor({ folder, sftp }: FileSettings, context: ConnectorContext) {
    this.#context = context
    const { signal } = context
    const call = async (): Promise<void> => {
      if (signal.aborted) throw stoppedError()
      await context.call()
    }
    this.#place =
      sftp === undefined ? new LocalPlace(folder, call) : new SftpPlace({ settings: sftp, folder, signal, call })
  }

  async check(entities: readonly EntityConfig[] = []): Promise<CheckResult> {
    const serverVersion = await this.#place.describe()
    const warnings: string[] = []
    for (const config of entities) {
      const options = fileOptions(config)
      for (const pattern of [options.full, options.delta]) {
        if (pattern === undefined) continue
        if ((await this.#place.list(pattern.folder)) !== null) continue
        warnings.push(`${config.entity}: there is no folder "${pattern.folder}" yet.`)
      }
      const { afterwards, archiveFolder, errorsFolder, out } = options
      const written = [errorsFolder, afterwards === 'archive' ? archiveFolder : undefined, out?.folder]
      for (const folder of new Set(written.filter((each) => each !== undefined))) {
        const probe = joinPath(folder, PROBE)
        await this.#place.write(probe, '')
        await this.#place.remove(probe)
      }
    }
    return { serverVersion, warnings }
  }

  discover(): Promise<DiscoveredEntity[]> {
    return discoverFiles(this.#place)
  }

  async *backfill(entity: EntityConfig, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
    yield* this.#untilStopped(backfillFolder(this.#reading(entity), checkpoint))
  }

  async *poll(entity: EntityConfig, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
    yield* this.#untilStopped(pollFolder(this.#reading(entity), checkpoint))
  }

  write(entity: EntityConfig, writes: readonly RecordWrite[]): Promise<WriteResult[]> {
    return writeFolder(this.#reading(entity), writes)
  }

  missing(entity: EntityConfig, keys: readonly string[]): Promise<SourceRecord[]> {
    return missingFromFiles(this.#reading(entity), keys)
  }

  close(): Promise<void> {
    this.#indexes.clear()
    return this.#place.close()
  }

  async *#untilStopped(pages: AsyncGenerator<Page>): AsyncGenerator<Page> {
    for await (const page of pages) {
      if (this.#context.signal.aborted) throw stoppedError()
      yield page
    }
  }

  #reading(config: EntityConfig): FolderReading {
    const indexes = this.#indexes.get(config.entity) ?? new FullIndexes()
    this.#indexes.set(config.entity, indexes)
    const { log, now } = this.#context
    return { place: this.#place, options: fileOptions(config), log, config, indexes, now: () => now() }
  }
}
