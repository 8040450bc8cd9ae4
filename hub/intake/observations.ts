import type { JsonObject } from '../contracts/json.ts'
import { applyBatch, type PipelineTools } from './pipeline/apply-batch.ts'
import { type InTransaction, startingOver } from './worker.ts'

/** What a system was found to have in a record when the hub wrote to it. */
export interface Observation {
  recordNo: number
  /** Native fields. */
  fields: JsonObject
  /** Since when they count, ISO 8601. */
  at: string
  /** The change that the record was read by last when this was begun; a reading since then makes it worthless. */
  changeNo: number
  /** Paths that count as said anew, even where nothing in them has changed. */
  insists: readonly string[]
}

export interface ObservationsOptions {
  inTransaction: InTransaction
  tools(): PipelineTools
  /** Told when events wait to be relayed. */
  onObserved(): void
}

const RECORDS_PER_BATCH_MAX = 50

/** Takes what the hub saw while it wrote for a reading: the same pipeline as for every change, without one in the ledger. */
export class Observations {
  readonly #options: ObservationsOptions

  constructor(options: ObservationsOptions) {
    this.#options = options
  }

  async observe(observations: readonly Observation[]): Promise<void> {
    const { inTransaction, tools, onObserved } = this.#options
    for (let from = 0; from < observations.length; from += RECORDS_PER_BATCH_MAX) {
      const touches = observations
        .slice(from, from + RECORDS_PER_BATCH_MAX)
        .map(({ recordNo, ...observed }) => ({ recordNo, remap: true, observed }))
      await startingOver(() => inTransaction((db) => applyBatch(db, tools(), { items: [], touches })))
      onObserved()
    }
  }
}
