import { asHubError, type HubError } from '../../contracts/hub-error.ts'
import { deleteCheckpoints, saveStatus, type SystemControl } from '../../store/connector-queries.ts'
import type { Term } from '../../store/system-leadership.ts'
import type { BackfillRequest } from './backfill.ts'
import type { Accept } from './delivery.ts'
import { Guard, Retries, within } from './guard.ts'
import { Nudge, pause } from './nudge.ts'
import type { RateBudget } from './rate-budget.ts'
import type { Environment } from './references.ts'
import type { EngineLog, Room } from './session-tools.ts'
import type { SystemConfig } from './system-config.ts'
import { SystemSession } from './system-session.ts'
import { SystemStatus } from './system-status.ts'

export interface RunnerOptions {
  name: string
  /** The error of a document that can't be used is shown like any other that a person must mend. */
  config: SystemConfig | HubError
  environment: Environment
  accept: Accept
  room: Room
  /** Shared with all that calls the system in this process. */
  budget: RateBudget
  now(): number
  log: EngineLog
  hookUrl(): string
}

const FLUSH_MS = 1_000
const LAST_FLUSH_MS_MAX = 500
/** A session that ran this long was a success, whatever ended it. */
const LONG_ENOUGH_MS = 60_000
const HOUR_MS = 3_600_000

/** Runs one system for as long as this process may: sessions one after the other, pauses, stops, figures. */
export class SystemRunner {
  readonly name: string
  readonly #options: RunnerOptions
  readonly #status: SystemStatus
  readonly #guard: Guard
  readonly #budget: RateBudget
  readonly #nudge = new Nudge()
  #control: SystemControl | undefined
  #session: SystemSession | undefined
  #interrupt: AbortController | undefined
  #running: Promise<void> = Promise.resolve()
  #flushed = ''

  constructor(options: RunnerOptions) {
    this.#options = options
    this.name = options.name
    const { config, now } = options
    this.#status = new SystemStatus('spec' in config ? config.entities : [], now)
    this.#budget = options.budget
    this.#guard = new Guard(options.budget)
  }

  /** Begins to run the system until the term or the signal ends. */
  begin(term: Term, signal: AbortSignal): void {
    const ending = AbortSignal.any([term.signal, signal])
    const before = this.#running
    this.#running = (async () => {
      await before
      await Promise.all([this.#run(term, ending), this.#keepTold(term, ending)])
      await this.#lastFlush(term)
    })().catch((error: unknown) => this.#options.log.error({ error }, 'A system ended by a fault of the hub'))
  }

  /** Resolves when nothing of it runs any more. */
  ended(): Promise<void> {
    return this.#running
  }

  /** What operators want now, as the store has it. */
  control(control: SystemControl): void {
    const before = this.#control
    this.#control = control
    if (control.paused) this.#interrupt?.abort()
    const news = control.requests.filter(
      ({ request }) => !before?.requests.some((one) => one.request.at === request.at),
    )
    if (before === undefined || before.paused !== control.paused || news.length > 0) this.#nudge.nudge()
  }

  /** Does not wait any longer for the next attempt, or for somebody to mend something. */
  tryAgain(): void {
    this.#nudge.nudge()
  }

  async #run(term: Term, signal: AbortSignal): Promise<void> {
    const retries = new Retries()
    while (!signal.aborted) {
      if (this.#control === undefined || this.#control.paused) {
        if (this.#control?.paused === true) this.#status.enter('paused')
        await this.#nudge.wait(HOUR_MS, signal)
        continue
      }
      const begun = this.#options.now()
      const error = await this.#runSession(term, signal)
      if (error === undefined || signal.aborted) continue
      if (this.#options.now() - begun > LONG_ENOUGH_MS) retries.reset()
      await this.#rest(error, retries, signal)
    }
  }

  /** What ended the session; undefined: an operator, or the hub. */
  async #runSession(term: Term, signal: AbortSignal): Promise<HubError | undefined> {
    const { config, log } = this.#options
    if (!('spec' in config)) return config
    const interrupt = new AbortController()
    this.#interrupt = interrupt
    this.#status.enter('starting')
    const { environment, accept, room, now, hookUrl } = this.#options
    const parts = { status: this.#status, guard: this.#guard, budget: this.#budget }
    this.#session = new SystemSession({
      config,
      environment,
      accept,
      room,
      now,
      log,
      term,
      hookUrl: hookUrl(),
      ...parts,
    })
    try {
      await this.#session.run(AbortSignal.any([signal, interrupt.signal]))
      return undefined
    } catch (error) {
      return asHubError(error)
    } finally {
      this.#session = undefined
      this.#interrupt = undefined
    }
  }

  /** Settings need a person, who then resumes the system or asks for a snapshot; all else is tried again by itself. */
  async #rest(error: HubError, retries: Retries, signal: AbortSignal): Promise<void> {
    const { log, now } = this.#options
    this.#status.fail(error)
    if (error.family === 'config') {
      this.#status.enter('stopped')
      log.error({ error }, 'The system is stopped until somebody mends its settings')
      await this.#nudge.wait(HOUR_MS * 24, signal)
      retries.reset()
      return
    }
    const delayMs = retries.delayAfter(error)
    this.#status.enter('retrying')
    this.#status.nextAttemptAt = now() + delayMs
    log.warn(
      { error, attempt: retries.attempts, retryAfterMs: Math.round(delayMs) },
      'The system can not be read at the moment; it is tried again',
    )
    await this.#nudge.wait(delayMs, signal)
  }

  async #keepTold(term: Term, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#passOn(term)
        await within(() => this.#flush(term), undefined, signal)
      } catch (error) {
        if (!signal.aborted) this.#options.log.warn({ error }, 'The figures of a system could not be stored')
      }
      await pause(FLUSH_MS, signal)
    }
  }

  async #passOn(term: Term): Promise<void> {
    const session = this.#session
    if (session === undefined) return
    for (const { entity, request } of this.#control?.requests ?? []) {
      const forget = () => deleteCheckpoints(term.db, this.name, [{ entity, kind: 'request' }])
      await session.request(entity, request as unknown as BackfillRequest, forget)
    }
  }

  async #flush(term: Term): Promise<void> {
    const status = this.#status.toJson()
    const text = JSON.stringify(status)
    if (text === this.#flushed) return
    await saveStatus(term.db, this.name, status)
    this.#flushed = text
  }

  async #lastFlush(term: Term): Promise<void> {
    if (this.#status.phase !== 'paused' && this.#status.phase !== 'stopped') this.#status.enter('idle')
    const patience = new AbortController()
    await within(() => this.#flush(term), LAST_FLUSH_MS_MAX, patience.signal).catch(() => undefined)
  }
}
