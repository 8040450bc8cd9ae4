import { DecisionService, type KeptDecision } from '../decisions/decision-service.ts'
import { RuleDesk } from '../decisions/rule-desk.ts'
import type { RuleFile } from '../decisions/rule-file.ts'
import { RuleRegistry } from '../decisions/rule-registry.ts'
import type { Database } from '../store/database.ts'
import type { HubLog } from './log.ts'
import { Ticker } from './ticker.ts'

export interface RulePartsOptions {
  db: Database
  log: HubLog
  newId(): string
  onError(error: unknown): void
}

const LOOK_MS = 400

/** Everything about rules: which are in force, where they are written, who decides by them. */
export class RuleParts {
  readonly registry: RuleRegistry
  readonly desk: RuleDesk
  readonly service: DecisionService
  readonly #options: RulePartsOptions
  readonly #ticker: Ticker

  constructor(options: RulePartsOptions) {
    this.#options = options
    const { db, log, newId, onError } = options
    const refresh = async (): Promise<void> => void (await this.registry.refresh(db))
    this.registry = new RuleRegistry({
      onFault: ({ rule, revision }, error) => {
        log.error({ rule, revision, error }, 'A rule in force can not be loaded by this process')
      },
    })
    this.desk = new RuleDesk({ db, inTransaction: db.transaction.bind(db), onPublished: refresh })
    this.service = new DecisionService({
      db,
      registry: this.registry,
      faults: () => this.desk.faults,
      keep: (_: KeptDecision) => Promise.resolve(),
      newId,
      now: Date.now,
    })
    this.#ticker = new Ticker(LOOK_MS, refresh, onError)
  }

  async load(files: readonly RuleFile[]): Promise<void> {
    await this.desk.importFiles(files)
    for (const [rule, errors] of this.desk.faults) {
      for (const error of errors) this.#options.log.error({ rule, error }, 'A rule of the workspace is not in force')
    }
  }

  start(): void {
    this.#ticker.start()
  }

  async stop(): Promise<void> {
    await this.#ticker.stop()
  }
}
