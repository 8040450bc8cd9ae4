import { setTimeout as sleep } from 'node:timers/promises'
import type { Queryable } from '../store/queryable.ts'
import { isRuleAwaited, leaveRuleWatch, sayRulesSeen } from '../store/rule-watch-queries.ts'
import type { RuleRegistry } from './rule-registry.ts'

/** How often a process looks whether anything was published. */
export const LOOK_MS = 250
/** How long what was seen may be decided by: longer than a look takes on a busy day, and what a publication waits for at most. */
const LEASE_MS = 2_000
/** How often a process says that it lives, how old that may be to decide by a lease, and when others stop waiting for it. */
const SAY_MS = 4_000
const SAID_MS_MAX = 10_000
const SILENT_SECONDS = 15
const POLL_MS = 15

export interface RuleWatchOptions {
  registry: RuleRegistry
  processId: string
  /** ms of two clocks: one that never goes back, and one that goes on while the machine sleeps. */
  clocks(): { steady: number; wall: number }
}

/** A moment by both clocks, since each of them alone may stand still or go back. */
type Moment = ReturnType<RuleWatchOptions['clocks']>

/**
 * Sees to it that a rule which was published is the rule by which the next request is decided, on every hub process.
 *
 * Each process looks at the number of the last publication several times a second, and may decide for two seconds by what
 * it saw: a lease. Who publishes waits until every living process has said that it has the rule, which takes one look; or
 * until all leases of the time before the publication have run out. A process that hung, or could not reach the database,
 * says nothing, and has no lease any more when it goes on: it looks before it decides. So no clocks are compared
 * between machines, a process that is dead or hangs delays a publication by two seconds at most, and a decision costs no
 * statement while looks succeed.
 */
export class RuleWatch {
  readonly #options: RuleWatchOptions
  /** When the last look began that succeeded, and when this process last said that it lives. */
  #looked: Moment | undefined
  #said: Moment | undefined
  #saidGeneration = -1

  constructor(options: RuleWatchOptions) {
    this.#options = options
  }

  /** Makes the process known before its first look, so that no publication in between misses it. */
  async join(db: Queryable): Promise<void> {
    await this.#say(db)
  }

  /** Puts in force what was published since, and says so. Called several times a second, with connections of a pool. */
  async look(db: Queryable): Promise<void> {
    await this.#look(db)
    const { generation } = this.#options.registry.inForce
    if (generation !== this.#saidGeneration || !this.#isWithin(this.#said, this.#options.clocks(), SAY_MS)) {
      await this.#say(db)
    }
  }

  /**
   * Before anything is decided: undefined where what is in force may be decided by, else resolves when it may. Inside of
   * a transaction `db` is that one, so that no second connection is waited for. Throws what the database throws: who can not
   * find out whether a rule has changed does not decide.
   */
  current(db: Queryable): Promise<void> | undefined {
    const now = this.#options.clocks()
    const isLeased = this.#isWithin(this.#looked, now, LEASE_MS) && this.#isWithin(this.#said, now, SAID_MS_MAX)
    return isLeased ? undefined : this.#look(db)
  }

  /** After a publication that this process has: resolves when nobody decides by what was before. */
  async everywhere(db: Queryable): Promise<void> {
    const { registry, clocks } = this.#options
    const from = clocks()
    const { generation } = registry.inForce
    await this.#say(db)
    while (this.#isWithin(from, clocks(), LEASE_MS)) {
      if (!(await isRuleAwaited(db, generation, SILENT_SECONDS))) return
      await sleep(POLL_MS)
    }
  }

  async leave(db: Queryable): Promise<void> {
    await leaveRuleWatch(db, this.#options.processId)
  }

  /** What is seen counts from the moment at which the look began: what is published while it is under way may be missed. */
  async #look(db: Queryable): Promise<void> {
    const begun = this.#options.clocks()
    await this.#options.registry.refresh(db)
    if (this.#looked === undefined || begun.steady > this.#looked.steady) this.#looked = begun
  }

  async #say(db: Queryable): Promise<void> {
    const begun = this.#options.clocks()
    const { generation } = this.#options.registry.inForce
    await sayRulesSeen(db, this.#options.processId, generation)
    this.#said = begun
    this.#saidGeneration = generation
  }

  #isWithin(then: Moment | undefined, now: Moment, ms: number): boolean {
    if (then === undefined) return false
    const wall = now.wall - then.wall
    return now.steady - then.steady < ms && wall >= 0 && wall < ms
  }
}
