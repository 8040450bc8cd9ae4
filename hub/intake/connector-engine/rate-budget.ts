import { holdBudget, leaseTokens, type Tokens } from '../../store/rate-budget-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { within } from './guard.ts'
import { pause } from './nudge.ts'
import type { SystemConfig } from './system-config.ts'

/** A slice is what the rate gives in this time: the store is asked a few times a second at most, however many calls are made. */
const SLICE_SECONDS = 0.25
/** A slice that was not used by then goes back: others may need it. */
const SLICE_MS_MAX = 1_000
const WAIT_MS_MIN = 5
const HOLD_MS_MAX = 3_600_000

/** What waiting for a budget has cost so far in this process. */
export interface BudgetWaits {
  count: number
  /** Time in which somebody waited, ms; those who wait side by side count once. */
  ms: number
}

/**
 * What a system may be asked for, by all hub processes together: reading, write-back, pushes that make a connector ask back.
 * The tokens are in the store; each process leases a small slice at a time and spends it in memory, so the death of a
 * process loses no more than a slice. What a page took too much is charged with the next lease, and waited for. A system
 * without a rate has no row in the store; only a hold (the system asked to be left in peace) then counts, in this process.
 */
export class RateBudget {
  readonly #system: string
  readonly #db: Queryable
  readonly #rates: Tokens
  readonly #now: () => number
  #left: Tokens = { calls: 0, records: 0 }
  #leasedAt = -Infinity
  #heldUntil = -Infinity
  #turn: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #waitingSince = 0
  readonly #waits: BudgetWaits = { count: 0, ms: 0 }

  constructor(system: string, rate: SystemConfig['rate'], db: Queryable, now: () => number = Date.now) {
    this.#system = system
    this.#db = db
    this.#now = now
    this.#rates = { calls: rate.callsPerSecond ?? Infinity, records: rate.recordsPerSecond ?? Infinity }
  }

  /** Resolves when the system may be called; counts that call. Rejects when the signal aborts, or with the store's error. */
  async call(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#isLimited || this.#heldUntil > this.#now()) await this.#inTurn(signal)
    this.#left.calls -= 1
  }

  /** Read without anybody having been asked how many: what is too much is waited for before the next call. */
  records(count: number): void {
    this.#left.records -= count
  }

  /** The system asked to be left in peace for so long: no process calls it before. */
  async hold(ms: number): Promise<void> {
    const holdMs = Math.min(ms, HOLD_MS_MAX)
    this.#heldUntil = Math.max(this.#heldUntil, this.#now() + holdMs)
    if (this.#isLimited) await holdBudget(this.#db, this.#system, holdMs)
  }

  /** So far; a wait under way counts up to now. */
  waits(): BudgetWaits {
    const running = this.#waiting > 0 ? this.#now() - this.#waitingSince : 0
    return { count: this.#waits.count, ms: this.#waits.ms + running }
  }

  get #isLimited(): boolean {
    return Number.isFinite(this.#rates.calls) || Number.isFinite(this.#rates.records)
  }

  /** One after the other, in the order in which they came: nobody is passed over, and the store is asked once for all. */
  #inTurn(signal: AbortSignal): Promise<void> {
    const before = this.#turn
    const turn = (async () => {
      await within(() => before, undefined, signal).catch(() => undefined)
      signal.throwIfAborted()
      if (!this.#mayCall()) await this.#wait(signal)
    })()
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  #mayCall(): boolean {
    const now = this.#now()
    if (this.#heldUntil > now) return false
    const isFresh = now - this.#leasedAt < SLICE_MS_MAX
    return !this.#isLimited || (isFresh && has(this.#left.calls, this.#rates.calls) && this.#left.records > 0)
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const begun = this.#now()
    if (this.#waiting++ === 0) this.#waitingSince = begun
    let waited = false
    try {
      for (;;) {
        const heldMs = this.#heldUntil - this.#now()
        const waitMs = heldMs > 0 ? heldMs : await within(() => this.#lease(), undefined, signal)
        if (waitMs === 0) return
        waited = true
        await pause(Math.max(WAIT_MS_MIN, waitMs), signal)
        signal.throwIfAborted()
      }
    } finally {
      if (waited) this.#waits.count++
      if (--this.#waiting === 0 && waited) this.#waits.ms += this.#now() - this.#waitingSince
    }
  }

  /** Answers 0 when a call may be made, else after how many ms to ask again. */
  async #lease(): Promise<number> {
    if (!this.#isLimited) return 0
    const { calls, records } = this.#rates
    const debt = { calls: -this.#left.calls, records: -this.#left.records }
    const wanted = { calls: sliceOf(calls), records: sliceOf(records) }
    const lease = await leaseTokens(this.#db, this.#system, { rates: this.#rates, debt, wanted })
    // What was used while the store answered stays counted.
    this.#left = {
      calls: Number.isFinite(calls) ? this.#left.calls + debt.calls + lease.granted.calls : 0,
      records: Number.isFinite(records) ? this.#left.records + debt.records + lease.granted.records : 1,
    }
    this.#leasedAt = this.#now()
    if (lease.heldMs > 0) {
      this.#heldUntil = this.#now() + lease.heldMs
      return lease.heldMs
    }
    const waitMs = Math.max(
      waitOf(this.#left.calls, lease.left.calls, calls, 1),
      waitOf(this.#left.records, lease.left.records, records, 0),
    )
    return waitMs
  }
}

/** At least a whole call; a system that takes few is asked for one at a time. */
function sliceOf(rate: number): number {
  return Number.isFinite(rate) ? Math.max(1, rate * SLICE_SECONDS) : 0
}

/** A call needs a whole token; records are paid for afterwards, so any above zero will do. */
function has(left: number, rate: number): boolean {
  return !Number.isFinite(rate) || left >= 0.999_999
}

function waitOf(mine: number, theirs: number, rate: number, needed: 0 | 1): number {
  if (!Number.isFinite(rate)) return 0
  if (needed === 1 ? mine >= 0.999_999 : mine > 0) return 0
  // What a part of a token was granted is kept here; the rest must grow in the store first.
  const lacking = (needed === 1 ? 1 - mine : 0.001 - mine) - Math.min(0, theirs)
  return Math.max(WAIT_MS_MIN, (lacking / rate) * 1_000)
}

/** The budgets of this process, one for each system: whoever calls a system here spends the same. */
export class RateBudgets {
  readonly #db: Queryable
  readonly #now: () => number
  readonly #budgets = new Map<string, RateBudget>()

  constructor(db: Queryable, now: () => number = Date.now) {
    this.#db = db
    this.#now = now
  }

  of(system: string, rate: SystemConfig['rate']): RateBudget {
    const known = this.#budgets.get(system)
    if (known !== undefined) return known
    const budget = new RateBudget(system, rate, this.#db, this.#now)
    this.#budgets.set(system, budget)
    return budget
  }
}
