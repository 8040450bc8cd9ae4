import { MatchingDesk } from '../intake/matching/desk.ts'
import { Reevaluations } from '../intake/matching/reevaluations.ts'
import { MatcherRegistry } from '../intake/matching/registry.ts'
import type { Database } from '../store/database.ts'
import { lead } from '../store/leadership.ts'
import type { InTransaction } from '../intake/worker.ts'
import { Ticker } from './ticker.ts'

export interface MatchingPartsOptions {
  db: Database
  inTransaction: InTransaction
  /** Told when records were listed to be looked at again. */
  onEnqueued(): void
  onError(error: unknown): void
}

const LOOK_MS = 400

/** What keeps the matcher of this process the one in force, and has records looked at again when that changes. */
export class MatchingParts {
  readonly desk: MatchingDesk
  readonly registry = new MatcherRegistry()
  readonly #ticker: Ticker
  readonly #reevaluations: Reevaluations

  constructor({ db, inTransaction, onEnqueued, onError }: MatchingPartsOptions) {
    const refresh = async (): Promise<void> => {
      await this.registry.refresh(db)
    }
    this.desk = new MatchingDesk({
      db,
      inTransaction,
      inSnapshot: (run) => db.transaction(run, { isolation: 'repeatable read', readOnly: true, attemptsMax: 1 }),
      onChanged: refresh,
    })
    this.#ticker = new Ticker(LOOK_MS, refresh, onError)
    this.#reevaluations = new Reevaluations({
      db,
      lead: (signal) => lead(db, 'reevaluations', signal),
      onEnqueued,
      onError,
    })
  }

  /** Puts the workspace's model in force where it changed. There is a matcher once this has resolved. */
  load(document: unknown): Promise<void> {
    return this.desk.importFile(document)
  }

  start(): void {
    this.#ticker.start()
    this.#reevaluations.start()
  }

  async stop(): Promise<void> {
    await this.desk.stop()
    await this.#ticker.stop()
    await this.#reevaluations.stop()
  }
}
