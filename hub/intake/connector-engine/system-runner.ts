import { asHubError, type HubError } from '../../contracts/hub-error.ts'
import {
  type CheckpointRow,
  deleteCheckpoints,
  deleteOrder,
  loadCheckpoints,
  saveCheckpoints,
  saveStatus,
  type SystemControl,
} from '../../store/connector-queries.ts'
import type { Term } from '../../store/system-leadership.ts'
import { type BackfillRequest, goneState } from './backfill.ts'
import type { ComparisonRequest } from './comparison.ts'
import type { Accept } from './delivery.ts'
import { Guard, Retries, within } from './guard.ts'
import { Nudge, pause } from './nudge.ts'
import { currentSettings, openConnector } from './open-connector.ts'
import type { RateBudget } from './rate-budget.ts'
import type { Environment } from './references.ts'
import type { EngineLog, Room } from './session-tools.ts'
import type { SystemConfig } from './system-config.ts'
import { SystemSession } from './system-session.ts'
import { SystemStatus } from './system-status.ts'
import type { SystemWriter } from './system-writer.ts'

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
  writer: SystemWriter | undefined
}

const FLUSH_MS = 1_000
const LAST_FLUSH_MS_MAX = 500
/** A session that ran this long was a success, whatever ended it. */
const LONG_ENOUGH_MS = 60_000
const HOUR_MS = 3_600_000
const ORDER_RETRY_MS = 2_000

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
  /** Orders carried out, which the next look at the store may still show. */
  readonly #done = new Set<string>()

  constructor(options: RunnerOptions) {
    this.#options = options
    this.name = options.name
    const { config, now } = options
    this.#status = new SystemStatus('spec' in config ? config.entities : [], now)
    this.#budget = options.budget
    this.#guard = new Guard(options.budget)
    this.#status.meters = { breaker: () => this.#guard.state, waits: () => this.#budget.waits() }
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
    if (control.paused || control.requests.some((order) => isForRest(order) && !this.#isDone(order)))
      this.#interrupt?.abort()
    const news = control.requests.filter(
      ({ kind, request }) => !before?.requests.some((one) => one.kind === kind && one.request.at === request.at),
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
      if (await this.#carryOut(term, signal)) continue
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

  /** Does what can only be done while nothing of the system runs; answers whether there was anything. */
  async #carryOut(term: Term, signal: AbortSignal): Promise<boolean> {
    const orders = (this.#control?.requests ?? []).filter((order) => isForRest(order) && !this.#isDone(order))
    for (const { kind, entity, request } of orders) {
      try {
        if (kind === 'reset') await this.#reset(term, entity)
        else await this.#forget(term, signal)
        await deleteOrder(term.db, this.name, { entity, kind, at: String(request.at) })
        this.#done.add(`${kind} ${entity} ${String(request.at)}`)
      } catch (thrown) {
        const error = asHubError(thrown)
        this.#status.fail(error)
        this.#options.log.warn({ error, action: kind }, 'What an operator ordered failed; it is tried again')
        await pause(ORDER_RETRY_MS, signal)
        return true
      }
    }
    return orders.length > 0
  }

  #isDone({ kind, entity, request }: SystemControl['requests'][number]): boolean {
    return this.#done.has(`${kind} ${entity} ${String(request.at)}`)
  }

  /** Forgets the places from which reading would go on; a snapshot that also looks for deletes then makes up for it. */
  async #reset({ db }: Pick<Term, 'db'>, entity: string): Promise<void> {
    const stored = await loadCheckpoints(db, this.name)
    const { config } = this.#options
    const plans = 'spec' in config ? config.entities : []
    const isLogged = plans.some((plan) => plan.entity === entity && plan.mode === 'log')
    // The entities of a log share its place: forgetting it is forgetting it for all of them.
    const logged = plans.filter(({ mode }) => isLogged && mode === 'log').map((plan) => plan.entity)
    const names = new Set(isLogged ? ['', ...logged] : [entity])
    const isMeant = (row: CheckpointRow): boolean => entity === '' || names.has(row.entity)
    const places = stored.filter((row) => row.kind === 'follow' && isMeant(row))
    const snapshots = stored.filter((row) => row.kind === 'backfill' && isMeant(row))
    await saveCheckpoints(
      db,
      this.name,
      snapshots.map((row) => ({ ...row, checkpoint: goneState() })),
    )
    await deleteCheckpoints(db, this.name, places)
    this.#options.log.info(
      { entity, count: places.length },
      'The stored places were forgotten; new snapshots are taken',
    )
  }

  async #forget({ db }: Term, signal: AbortSignal): Promise<void> {
    const { config, environment, budget, hookUrl, now, log } = this.#options
    if (!('spec' in config)) throw config
    if (config.spec !== undefined) {
      const options = { config, spec: config.spec, environment, budget, hookUrl: hookUrl(), now, log }
      const end = new AbortController()
      const ending = AbortSignal.any([signal, end.signal])
      const connector = await openConnector(options, await currentSettings(options), ending)
      try {
        const release = async () => (await connector.forget?.()) ?? []
        this.#status.tellReleased(await within(release, config.timeoutMs, signal))
        this.#status.succeed()
      } finally {
        end.abort()
        await within(() => connector.close(), LAST_FLUSH_MS_MAX, new AbortController().signal).catch(() => undefined)
      }
    }
    await this.#reset({ db }, '')
  }

  /** What ended the session; undefined: an operator, or the hub. */
  async #runSession(term: Term, signal: AbortSignal): Promise<HubError | undefined> {
    const { config, log } = this.#options
    if (!('spec' in config)) return config
    const interrupt = new AbortController()
    this.#interrupt = interrupt
    this.#status.enter('starting')
    const { environment, accept, room, now, hookUrl, writer } = this.#options
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
      writer,
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
    for (const { entity, kind, request } of this.#control?.requests ?? []) {
      if (kind === 'reconcile') session.compare(entity, request as unknown as ComparisonRequest)
      if (kind !== 'request') continue
      const forget = () => deleteOrder(term.db, this.name, { entity, kind, at: String(request.at) })
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

/** Orders that wait until nothing of the system runs. */
function isForRest({ kind }: SystemControl['requests'][number]): boolean {
  return kind === 'reset' || kind === 'forget'
}
