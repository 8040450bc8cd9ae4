import { randomUUID } from 'node:crypto'
import { mergePatch } from '../api/rest/merge-patch.ts'
import { recordTags } from '../api/rest/entity-text.ts'
import type { ConnectorSpec } from '../contracts/connector.ts'
import { HUB_SYSTEM } from '../contracts/hub-system.ts'
import type { SchemaValidator } from '../contracts/schema-validator.ts'
import type { ChangeRules } from '../decisions/change-rules.ts'
import { RecordWriteDesk } from '../delivery/record-writes/desk.ts'
import type { Settled } from '../delivery/record-writes/outcome.ts'
import { RecordTargets } from '../delivery/record-writes/targets.ts'
import { type RecordWriteTarget, writeRecords } from '../delivery/record-writes/writer.ts'
import { Nudge } from '../intake/connector-engine/nudge.ts'
import type { SystemDocument } from '../intake/connector-engine/system-config.ts'
import type { HubRecords } from '../intake/hub-system/hub-records.ts'
import type { CompiledMapping } from '../mapping/index.ts'
import type { Database } from '../store/database.ts'
import type { HubLog } from './log.ts'

export interface RecordWritePartsOptions {
  db: Database
  systems: ReadonlyMap<string, SystemDocument>
  connectors: readonly ConnectorSpec[]
  mapping(system: string, entity: string): CompiledMapping | undefined
  validator: SchemaValidator
  changeRules: ChangeRules
  own: HubRecords
  /** Events of the hub's own records wait to be relayed. */
  onOwnWritten(): void
  newId(): string
  onSettled(system: string, kind: Settled['kind']): void
  log: HubLog
}

/** Writes of records, put together: the desk that takes them, and the writer that carries them to systems. */
export class RecordWriteParts {
  readonly desk: RecordWriteDesk
  readonly #options: RecordWritePartsOptions
  readonly #nudges = new Map<string, Nudge>()

  constructor(options: RecordWritePartsOptions) {
    this.#options = options
    const { db, validator, changeRules, newId, own } = options
    this.desk = new RecordWriteDesk({
      db,
      targets: new RecordTargets(options),
      validate: (entity, document) => validator.validate(entity, document, { all: true }),
      refusal: (entity, document, more) => changeRules.refusal(entity, document, more),
      merge: mergePatch,
      tagsOf: recordTags,
      own,
      newId,
      newWrite: randomUUID,
      onPlaced: (system) => {
        if (system === HUB_SYSTEM) options.onOwnWritten()
        else this.#nudgeOf(system).nudge()
      },
    })
  }

  /** Carries orders to a system beside its readers, until the signal of the target aborts. */
  write(target: RecordWriteTarget): Promise<void> {
    const { db, log, onSettled } = this.#options
    const wait = (system: string, ms: number, signal: AbortSignal) => this.#nudgeOf(system).wait(ms, signal)
    return writeRecords({ db, log, onSettled, wait, now: Date.now }, target)
  }

  #nudgeOf(system: string): Nudge {
    const known = this.#nudges.get(system) ?? new Nudge()
    this.#nudges.set(system, known)
    return known
  }
}
