import { asHubError } from '../../contracts/hub-error.ts'
import type { Database } from '../../store/database.ts'
import { eventLogRange, eventText, type LoggedEvent } from '../../store/event-queries.ts'
import { type Leadership, whileLeading } from '../../store/leadership.ts'
import {
  activeSubscriptions,
  type DeliveringRow,
  eventsAt,
  pruneAttempts,
  waitingOf,
} from '../../store/webhook-queries.ts'
import type { SecretBox } from '../../security/secret-box.ts'
import { messageOf } from './message.ts'
import { readOn, type View } from './reading.ts'
import { type Outcome, Receiver } from './receiver.ts'
import type { Answer, Send } from './sender.ts'
import { type Disabling, settleAll, type Settled } from './settlement.ts'
import type { Waiting } from './waiting-line.ts'

export interface CourierOptions {
  db: Database
  box: SecretBox
  send: Send
  /** Resolves once this process may deliver: only one does at a time. */
  lead(signal: AbortSignal): Promise<Leadership>
  newId(): string
  onError(error: unknown): void
  /** ms since 1970. */
  now(): number
  /** From 0 to 1. */
  random(): number
  /** What a role sees of an event. */
  view: View
  /** Told of each attempt, for the figures. */
  onAttempt?(kind: Outcome['kind'], answer: Answer): void
  /** Pauses between attempts, where tests can not wait for days. */
  pauses?: readonly number[]
}

/** Attempts of one subscription at once, and of all beyond the first of each. */
const OF_ONE_MAX = 4
const OF_A_HOST_MAX = 8
const OF_ALL_MAX = 128
/** How late a change made through another process, or an event of one, is noticed at most. */
const LOOK_MS = 250
const PRUNE_EVERY_MS = 60_000
const ATTEMPTS_KEPT = 500
const ATTEMPTS_KEPT_DAYS = 14

interface Pick {
  receiver: Receiver
  row: Waiting
}

/**
 * Delivers events to webhooks. It reads the log of events once for all subscriptions that are at the same place, notes for
 * each what it wants (webhook_delivery), and sends that: per subscription and customer one after another, different
 * customers side by side.
 *
 * Nobody waits for a receiver but its own events: each subscription may always have one attempt under way, and only what
 * goes beyond is shared with others of the same host and with all.
 */
export class Courier {
  readonly #options: CourierOptions
  readonly #abort = new AbortController()
  #wake: (() => void) | undefined
  #news = true
  #running: Promise<void> | undefined

  constructor(options: CourierOptions) {
    this.#options = options
  }

  start(): void {
    this.#running = this.#run()
  }

  /** There may be events to read, or subscriptions that were changed. */
  nudge(): void {
    this.#news = true
    this.#wake?.()
  }

  /** Attempts under way are given up: they are made again by who delivers next. */
  async stop(): Promise<void> {
    this.#abort.abort()
    this.#wake?.()
    await this.#running
  }

  get #stopped(): boolean {
    return this.#abort.signal.aborted
  }

  #run(): Promise<void> {
    const { lead, onError } = this.#options
    const work = (leadership: Leadership): Promise<void> => this.#deliverWhileLeading(leadership)
    return whileLeading({ lead, signal: this.#abort.signal, onError }, work)
  }

  async #deliverWhileLeading(leadership: Leadership): Promise<void> {
    const { db, now } = this.#options
    const round = new Round(this.#options, () => this.#wake?.())
    let pruneAt = 0
    let lookAt = 0
    try {
      while (!this.#stopped && !leadership.lost) {
        await round.settle()
        let more = false
        if (this.#news || now() >= lookAt || round.hasRetiring) {
          this.#news = false
          lookAt = now() + LOOK_MS
          await round.refresh()
          more = await round.read()
        }
        await round.begin()
        if (now() >= pruneAt) {
          pruneAt = now() + PRUNE_EVERY_MS
          await pruneAttempts(db, ATTEMPTS_KEPT, ATTEMPTS_KEPT_DAYS)
        }
        if (more) this.#news = true
        else await this.#pause(Math.min(lookAt, round.nextDue()) - now(), round)
      }
      await round.settle()
    } finally {
      round.abandon()
    }
  }

  async #pause(ms: number, round: Round): Promise<void> {
    if (this.#news || round.hasSettled || this.#stopped || ms <= 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
  }
}

/** What the process that delivers holds in memory; all of it can be read from the store again. */
class Round {
  readonly #options: CourierOptions
  readonly #onSettled: () => void
  readonly #abort = new AbortController()
  #receivers = new Map<string, Receiver>()
  #settled: Settled[] = []
  #disablings: Disabling[] = []
  readonly #ofHost = new Map<string, number>()
  #underWay = 0

  constructor(options: CourierOptions, onSettled: () => void) {
    this.#options = options
    this.#onSettled = onSettled
  }

  get hasSettled(): boolean {
    return this.#settled.length > 0
  }

  /** Whether a subscription that was changed waits to be read anew, and can be. */
  get hasRetiring(): boolean {
    for (const receiver of this.#receivers.values()) if (receiver.retiring && receiver.underWay === 0) return true
    return false
  }

  nextDue(): number {
    let soonest = Infinity
    for (const receiver of this.#receivers.values())
      if (this.#hasPlace(receiver)) soonest = Math.min(soonest, receiver.nextDue())
    return soonest
  }

  abandon(): void {
    this.#abort.abort()
  }

  /** Brings the subscriptions to what the store has. One that was changed is read anew once its attempts have ended. */
  async refresh(): Promise<void> {
    const { db } = this.#options
    const rows = await activeSubscriptions(db)
    const receivers = new Map<string, Receiver>()
    const fresh: Receiver[] = []
    for (const row of rows) {
      const known = this.#receivers.get(row.id)
      if (known !== undefined && (known.subscription.generation !== row.generation || !row.ownerMayUse))
        known.retiring = true
      if (known !== undefined && (!known.retiring || known.underWay > 0 || this.#awaitsSettling(known))) {
        receivers.set(row.id, known)
        continue
      }
      const receiver = this.#newReceiver(row)
      if (receiver === undefined) continue
      receivers.set(row.id, receiver)
      fresh.push(receiver)
    }
    const waiting = await waitingOf(
      db,
      fresh.map(({ subscription }) => subscription.id),
    )
    const bySubscription = Map.groupBy(waiting, ({ subscriptionId }) => subscriptionId)
    for (const receiver of fresh) receiver.line.add(bySubscription.get(receiver.subscription.id) ?? [])
    this.#receivers = receivers
  }

  /** Puts events that were written to the log since on their way; true where there are more. */
  async read(): Promise<boolean> {
    const { db, now, view } = this.#options
    const { last } = await eventLogRange(db)
    return readOn(db, [...this.#receivers.values()], last, { now: now(), view })
  }

  /** Begins attempts, as many as may be under way. */
  async begin(): Promise<void> {
    const picks = this.#pick()
    if (picks.length === 0) return
    let events: Map<number, LoggedEvent>
    try {
      const found = await eventsAt(this.#options.db, [...new Set(picks.map(({ row }) => row.position))])
      events = new Map(found.map((event) => [event.position, event]))
    } catch (error) {
      for (const { receiver, row } of picks) this.#release(receiver, row)
      throw error
    }
    for (const pick of picks) void this.#attempt(pick, events.get(pick.row.position))
  }

  /** Writes how attempts ended. */
  async settle(): Promise<void> {
    const settled = this.#settled
    const disablings = this.#disablings
    if (settled.length + disablings.length === 0) return
    // What ends from here on is for the next time.
    this.#settled = []
    this.#disablings = []
    const { db, now, newId } = this.#options
    await settleAll(db, settled, disablings, { now: now(), newId })
  }

  #awaitsSettling(receiver: Receiver): boolean {
    return this.#settled.some((one) => one.receiver === receiver)
  }

  #newReceiver(row: DeliveringRow): Receiver | undefined {
    const disable = (reason: Disabling['reason']): undefined => {
      this.#disablings.push({ receiver: { subscription: row, host: new URL(row.url).host }, reason })
      this.#onSettled()
    }
    if (!row.ownerMayUse) return disable('owner-revoked')
    try {
      return new Receiver(row)
    } catch (error) {
      this.#options.onError(error)
      return disable('filter')
    }
  }

  /** Takes turns, so that one with many events does not take all places. */
  #pick(): Pick[] {
    const now = this.#options.now()
    const picks: Pick[] = []
    let turn = [...this.#receivers.values()]
    while (turn.length > 0) {
      turn = turn.filter((receiver) => {
        if (!this.#hasPlace(receiver)) return false
        const row = receiver.take(now)
        if (row === undefined) return false
        this.#count(receiver.host, 1)
        picks.push({ receiver, row })
        return true
      })
    }
    return picks
  }

  #hasPlace(receiver: Receiver): boolean {
    if (receiver.underWay === 0) return true
    if (receiver.underWay >= receiver.limit(OF_ONE_MAX)) return false
    return (this.#ofHost.get(receiver.host) ?? 0) < OF_A_HOST_MAX && this.#underWay < OF_ALL_MAX
  }

  #count(host: string, by: 1 | -1): void {
    this.#underWay += by
    const count = (this.#ofHost.get(host) ?? 0) + by
    if (count === 0) this.#ofHost.delete(host)
    else this.#ofHost.set(host, count)
  }

  #release(receiver: Receiver, row: Waiting): void {
    this.#count(receiver.host, -1)
    receiver.release(row)
  }

  async #attempt({ receiver, row }: Pick, event: LoggedEvent | undefined): Promise<void> {
    const { now, random, pauses, onAttempt } = this.#options
    const beganAt = now()
    const { signal } = this.#abort
    const answer = event === undefined ? notSent(NOT_KEPT) : await this.#send(receiver, event, row.position, beganAt)
    if (signal.aborted) return
    this.#count(receiver.host, -1)
    const attempt = { row, beganAt, answer }
    let outcome: Outcome
    if (event === undefined) {
      receiver.drop(row)
      outcome = { kind: 'failed' }
    } else outcome = receiver.settle(attempt, random(), pauses)
    this.#settled.push({
      receiver,
      event: event ?? { id: '', type: '' },
      attempt: { ...attempt, row: { ...row } },
      outcome,
    })
    onAttempt?.(outcome.kind, answer)
    this.#onSettled()
  }

  #send({ subscription }: Receiver, event: LoggedEvent, number: number, beganAt: number): Promise<Answer> {
    const { box, send, view, onError } = this.#options
    const body = view(eventText(event), subscription.ownerRole)
    try {
      return send(messageOf(box, subscription, { id: event.id, body, number }, beganAt), this.#abort.signal)
    } catch (error) {
      // A secret that can't be opened concerns its own receiver only, and an event without a signature must not leave.
      onError(error)
      return Promise.resolve(notSent(asHubError(error).message))
    }
  }
}

const NOT_KEPT = 'The event is no longer kept.'

function notSent(problem: string): Answer {
  return { status: null, retryAfterMs: undefined, problem, durationMs: 0 }
}
