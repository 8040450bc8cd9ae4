import { entityTexts } from '../api/rest/entity-text.ts'
import { selected, selectionOf } from '../api/rest/field-selection.ts'
import { ExportDesk } from '../delivery/bulk/export-desk.ts'
import { ExportRunner, SILENT_SECONDS } from '../delivery/bulk/export-runner.ts'
import type { ExportRequest, Selector } from '../delivery/bulk/export-request.ts'
import { ImportDesk } from '../intake/bulk/import-desk.ts'
import type { AccessPolicy } from '../security/access-policy.ts'
import { isRole } from '../security/permissions.ts'
import { tendJobs } from '../store/bulk-queries.ts'
import type { Database } from '../store/database.ts'
import type { HubCore } from './hub-core.ts'
import { Ticker } from './ticker.ts'
import { createUuid7 } from './uuid7.ts'
import type { Workspace } from './workspace.ts'

export interface BulkPartsOptions {
  db: Database
  core: HubCore
  workspace: Pick<Workspace, 'systems'>
  access: AccessPolicy
  /** How often what has expired or broken off is looked for, ms. */
  tendMs?: number
  onError(error: unknown): void
}

const LOOK_MS = 2_000
const TEND_MS = 10_000

/** Imports and exports of one process: their desks, and what works in the background. */
export class BulkParts {
  readonly imports: ImportDesk
  readonly exports: ExportDesk
  readonly #runner: ExportRunner
  readonly #looking: Ticker
  readonly #tending: Ticker

  constructor({ db, core, workspace, access, tendMs = TEND_MS, onError }: BulkPartsOptions) {
    const newId = createUuid7()
    this.imports = new ImportDesk({
      db,
      newId,
      accept: (changes) => core.acceptor.accept(changes),
      mapping: (system, entity) => core.mappings.find(system, entity)?.compiled,
      systems: workspace.systems,
      now: () => Date.now(),
    })
    const maskingOf = (role: string) => access.maskingOf(isRole(role) ? role : 'viewer')
    this.#runner = new ExportRunner({ db, newId, selectorOf, maskingOf, textsOf: entityTexts })
    this.exports = new ExportDesk({
      db,
      newId,
      tools: (role) => ({ selectorOf, masking: maskingOf(role) }),
      onCreated: () => {
        this.#runner.work().catch(onError)
      },
    })
    this.#looking = new Ticker(LOOK_MS, () => this.#runner.work(), onError)
    this.#tending = new Ticker(tendMs, () => tendJobs(db, SILENT_SECONDS), onError)
  }

  start(): void {
    this.#looking.start()
    this.#tending.start()
  }

  async stop(): Promise<void> {
    await this.#runner.stop()
    await Promise.all([this.#looking.stop(), this.#tending.stop()])
  }
}

function selectorOf(entity: ExportRequest['entity'], fields: readonly string[]): Selector {
  const selection = selectionOf(entity, fields, {}, '/fields')
  return (record) => selected(record, selection)
}
