import { matchesType, passesFilters } from '../../contracts/event-catalogue.ts'
import { compileEventFilter, type EventFilter } from '../../contracts/event-filter.ts'
import type { JsonObject } from '../../contracts/json.ts'
import type { EventRow } from '../../store/event-queries.ts'
import type { DeliveringRow, HealthRow, RetryRow } from '../../store/webhook-queries.ts'
import { pauseAfter } from './schedule.ts'
import type { Answer } from './sender.ts'
import { type Waiting, WaitingLine } from './waiting-line.ts'

/** What an attempt led to. */
export type Outcome =
  | { kind: 'delivered' }
  | { kind: 'retrying'; retry: RetryRow }
  | { kind: 'failed' }
  | { kind: 'disabled'; reason: DisableReason }

/**
 * `gone`: the receiver said so (410). `failed`: nothing was delivered for as long as an event was tried. `owner-revoked`: the
 * API key that made the subscription may not be used any more. `filter`: the filter can not be used by this hub.
 */
export type DisableReason = 'gone' | 'failed' | 'owner-revoked' | 'filter'

export interface Attempt {
  row: Waiting
  /** ms since 1970. */
  beganAt: number
  answer: Answer
}

/** Attempts that fail one after another until only events are tried that were tried before. */
const FAILING_AFTER = 3
/** An answer that takes longer makes a receiver a slow one, which gets one event at a time. */
const SLOW_MS = 3_000

/** One active subscription in the process that delivers: what it wants, what waits for it, how it does. */
export class Receiver {
  readonly subscription: DeliveringRow
  readonly host: string
  readonly line = new WaitingLine()
  position: number
  /** Attempts under way. */
  underWay = 0
  /** Nothing more is begun: it was changed, or it is disabled. */
  retiring = false
  readonly #filter: EventFilter | undefined
  #failures: number
  #failingSince: number | null
  #lastProblem: string | null
  #notBefore: number | null
  #lastSuccessAt: number | null
  #slow = false

  /** Throws the HubError of a filter that can not be used. */
  constructor(subscription: DeliveringRow) {
    this.subscription = subscription
    this.position = subscription.position
    this.host = new URL(subscription.url).host
    const { filter, types } = subscription
    this.#filter = filter === null ? undefined : compileEventFilter(filter, types, '/filter')
    this.#failures = subscription.failures
    this.#failingSince = timeOf(subscription.failingSince)
    this.#lastProblem = subscription.lastProblem
    this.#notBefore = timeOf(subscription.notBefore)
    this.#lastSuccessAt = timeOf(subscription.lastSuccessAt)
  }

  /** `seen` reads the event as a role sees it, which only filters need: they must tell of nothing that the owner may not see. */
  wants(event: EventRow, seen: (role: string) => JsonObject): boolean {
    const { id, types } = this.subscription
    if (!types.some((pattern) => matchesType(pattern, event.type))) return false
    // News of its own troubles would make more of them.
    if (event.subject === id && event.type.startsWith('subscription.')) return false
    if (this.#filter === undefined || passesFilters(event.type)) return true
    return this.#filter.matches(seen(this.subscription.ownerRole))
  }

  get #failing(): boolean {
    return this.#failures >= FAILING_AFTER
  }

  /** Attempts that it may have under way at once; `most` while it does well. */
  limit(most: number): number {
    return this.#failing || this.#slow ? 1 : most
  }

  take(now: number): Waiting | undefined {
    if (this.retiring || (this.#notBefore ?? 0) > now) return undefined
    const row = this.line.take(now, this.#failing)
    if (row !== undefined) this.underWay++
    return row
  }

  /** When there may be something to do; Infinity: when an attempt ends or an event comes. */
  nextDue(): number {
    if (this.retiring) return Infinity
    return Math.max(this.line.nextDue(this.#failing) ?? Infinity, this.#notBefore ?? 0)
  }

  /** The attempt did not take place. */
  release(row: Waiting): void {
    this.underWay--
    this.line.putBack(row)
  }

  /** Notes how an attempt ended; `random` from 0 to 1. */
  settle({ row, beganAt, answer }: Attempt, random: number, pauses?: readonly number[]): Outcome {
    this.underWay--
    const endedAt = beganAt + answer.durationMs
    this.#slow = answer.durationMs > SLOW_MS
    if (answer.problem === null) {
      this.#failures = 0
      this.#failingSince = null
      this.#lastProblem = null
      this.#notBefore = null
      this.#lastSuccessAt = endedAt
      this.line.remove(row)
      return { kind: 'delivered' }
    }
    this.#failures++
    this.#failingSince ??= beganAt
    this.#lastProblem = answer.problem
    if (answer.status === 410) return this.#disable('gone')
    const attempts = row.attempts + 1
    const firstAttemptAt = row.firstAttemptAt ?? beganAt
    const pause = pauseAfter(attempts, random, answer.retryAfterMs, pauses)
    if (pause === undefined) return this.#lastOf(row, firstAttemptAt)
    const dueAt = endedAt + pause
    // What the receiver asked for holds for all that it would be sent.
    if (answer.retryAfterMs !== undefined) this.#notBefore = Math.min(dueAt, endedAt + answer.retryAfterMs)
    Object.assign(row, { attempts, firstAttemptAt, dueAt })
    this.line.putBack(row)
    return { kind: 'retrying', retry: { no: row.no, attempts, firstAttemptAt, dueAt } }
  }

  /** The event is no longer in the log. */
  drop(row: Waiting): void {
    this.underWay--
    this.line.remove(row)
  }

  health(): HealthRow {
    return {
      id: this.subscription.id,
      failures: this.#failures,
      failingSince: this.#failingSince,
      lastProblem: this.#lastProblem,
      notBefore: this.#notBefore,
      lastSuccessAt: this.#lastSuccessAt,
    }
  }

  /** A receiver that took others meanwhile has trouble with this one; one that took nothing is not there. */
  #lastOf(row: Waiting, firstAttemptAt: number): Outcome {
    if (this.#lastSuccessAt === null || this.#lastSuccessAt < firstAttemptAt) return this.#disable('failed')
    this.line.remove(row)
    return { kind: 'failed' }
  }

  #disable(reason: DisableReason): Outcome {
    this.retiring = true
    return { kind: 'disabled', reason }
  }
}

function timeOf(text: string | null): number | null {
  return text === null ? null : Date.parse(text)
}
