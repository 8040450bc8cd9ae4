import { LookBackMemory } from '../shared/look-back.ts'
import { hashRow } from '../shared/row-hash.ts'
import type { Row } from './rows.ts'
import type { Watermark } from './watermark.ts'

const PRUNED_AT = 6000
/** Beyond, the oldest are forgotten and come again in the next pass, under the same version. */
const ENTRIES_MAX = 20_000

interface Entry {
  state: string
  times: number
  mark: bigint | undefined
}

/**
 * What one pass has read of the records that may come again in the next one. A service may give records in any order, so
 * only the end of the pass shows which of them lie in the window; until then the oldest are dropped as it moves on.
 */
export class PollWindow {
  readonly #entries = new Map<string, Entry>()
  readonly #before: LookBackMemory
  readonly #lookBack: bigint
  #high: bigint | undefined

  /**
   * @param before what the passes before have delivered of the window
   * @param lookBack width of the window in the watermark's units
   */
  constructor(before: LookBackMemory, lookBack: bigint) {
    this.#before = before
    this.#lookBack = lookBack
  }

  /** The version under which the row is to be delivered; undefined where it was delivered in this very state. */
  take(row: Row, mark: Watermark | undefined): string | undefined {
    const state = `${row.watermark ?? ''}~${hashRow(row.data)}`
    const memory = new LookBackMemory()
    const inPass = this.#entries.get(row.key)
    if (inPass) memory.remember(row.key, inPass)
    const compared = inPass ? memory.compare(row.key, state) : this.#before.compare(row.key, state)
    this.#entries.set(row.key, { state: compared.state, times: compared.times, mark: mark?.value })
    if (mark && (this.#high === undefined || mark.value > this.#high)) this.#high = mark.value
    if (this.#entries.size > PRUNED_AT) this.#prune()
    if (compared.known) return undefined
    return compared.times === 0 ? state : `${state}~${compared.times}`
  }

  #prune(): void {
    const settled = this.#high === undefined ? undefined : this.#high - this.#lookBack
    for (const [key, { mark }] of this.#entries) {
      const isSettled = mark !== undefined && settled !== undefined && mark < settled
      if (isSettled || this.#entries.size > ENTRIES_MAX) this.#entries.delete(key)
    }
  }

  /** @param since what lies before is never read again */
  memory(since: bigint | undefined): LookBackMemory {
    const memory = new LookBackMemory()
    for (const [key, entry] of [...this.#entries].reverse()) {
      if (entry.mark === undefined || since === undefined || entry.mark >= since) memory.remember(key, entry)
    }
    return memory
  }

  /** For a checkpoint inside the pass: also what the passes before knew. */
  memorySoFar(): LookBackMemory {
    return this.#before.with(this.memory(undefined))
  }
}
