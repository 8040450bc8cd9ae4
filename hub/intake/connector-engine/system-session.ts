import type { Connector } from '../../contracts/connector.ts'
import type { JsonObject } from '../../contracts/json.ts'
import type { CheckpointRow } from '../../store/connector-queries.ts'
import type { Term } from '../../store/system-leadership.ts'
import { type ReconciliationRow, lastReconciliations } from '../../store/reconciliation-queries.ts'
import { Backfill, type BackfillRequest, goneState } from './backfill.ts'
import { Comparison, type ComparisonParts, type ComparisonRequest } from './comparison.ts'
import { type Accept, Delivery } from './delivery.ts'
import { type Guard, Stopped, within } from './guard.ts'
import { LogReader } from './log-reader.ts'
import { currentSettings, openConnector } from './open-connector.ts'
import { PollReader, Turns } from './poll-reader.ts'
import type { RateBudget } from './rate-budget.ts'
import type { Environment } from './references.ts'
import { CheckpointStore, type EngineLog, entityConfig, type Room, type SessionTools } from './session-tools.ts'
import type { EntityPlan, SystemConfig } from './system-config.ts'
import type { SystemStatus } from './system-status.ts'
import type { SystemWriter } from './system-writer.ts'

export interface SessionOptions {
  config: SystemConfig
  environment: Environment
  accept: Accept
  term: Term
  status: SystemStatus
  guard: Guard
  budget: RateBudget
  room: Room
  now(): number
  log: EngineLog
  hookUrl: string
  writer: SystemWriter | undefined
}

const CLOSE_MS_MAX = 1_000
const SNAPSHOTS_AT_ONCE = 2

/** One connection to a system, from opening to closing: checked, then read by all its readers until one can't go on. */
export class SystemSession {
  readonly #options: SessionOptions
  readonly #end = new AbortController()
  #readers: (PollReader | LogReader)[] = []
  #backfills = new Map<string, Backfill>()
  readonly #comparisons = new Map<string, Comparison>()
  #seen = new Set<string>()

  constructor(options: SessionOptions) {
    this.#options = options
  }

  /** Ends within a second of the abort of `signal`. Rejects with what ended it; resolves after an abort. */
  async run(signal: AbortSignal): Promise<void> {
    const ending = AbortSignal.any([signal, this.#end.signal])
    let connector: Connector | undefined
    try {
      connector = await this.#open(ending)
      await this.#check(connector, ending)
      await this.#read(connector, ending)
    } catch (error) {
      if (!(error instanceof Stopped) && !signal.aborted) throw error
    } finally {
      this.#end.abort()
      const opened = connector
      if (opened !== undefined) {
        await within(() => opened.close(), CLOSE_MS_MAX, new AbortController().signal).catch(() => undefined)
      }
    }
  }

  /** A comparison that somebody asks for; the store holds the request until it has ended. */
  compare(entity: string, request: ComparisonRequest): void {
    const comparison = this.#comparisons.get(entity)
    const name = `compare ${entity}\n${request.at}`
    if (comparison === undefined || this.#seen.has(name)) return
    this.#seen.add(name)
    comparison.order(request)
    for (const reader of this.#readers) reader.nudge()
  }

  /** A request that the store holds; told again and again until it is taken, taken once. */
  async request(entity: string, request: BackfillRequest, forget: () => Promise<void>): Promise<void> {
    const backfill = this.#backfills.get(entity)
    if (this.#seen.has(`${entity}\n${request.at}`)) return
    if (backfill === undefined) {
      // Nothing is read before the readers stand; what they don't know is no entity of the system any more.
      if (this.#readers.length > 0) await forget()
      return
    }
    this.#seen.add(`${entity}\n${request.at}`)
    try {
      await backfill.request(request)
    } catch (error) {
      this.#seen.delete(`${entity}\n${request.at}`)
      throw error
    }
    for (const reader of this.#readers) reader.nudge()
  }

  async #open(signal: AbortSignal): Promise<Connector> {
    const { config, environment, guard, budget, now, log, hookUrl } = this.#options
    const { spec } = config
    if (spec === undefined) throw new Stopped()
    const options = { config, spec, environment, budget, hookUrl, now, log }
    const settings = await currentSettings(options)
    let isGivenUp = false
    const opening = async (): Promise<Connector> => {
      const opened = await openConnector(options, settings, signal)
      if (isGivenUp) void opened.close().catch(() => undefined)
      return opened
    }
    try {
      return await guard.call(opening, config.timeoutMs, signal)
    } catch (error) {
      isGivenUp = true
      throw error
    }
  }

  async #check(connector: Connector, signal: AbortSignal): Promise<void> {
    const { config, guard, status, log } = this.#options
    const entities = config.entities.filter(({ mode }) => mode !== 'push').map(entityConfig)
    const { serverVersion, warnings } = await guard.call(() => connector.check(entities), config.timeoutMs, signal)
    status.serverVersion = serverVersion
    status.warnings = warnings
    status.succeed()
    status.enter('running')
    log.info({ serverVersion, connector: config.connector, count: entities.length }, 'System is connected')
  }

  async #read(connector: Connector, signal: AbortSignal): Promise<void> {
    const { config, accept, term, status, guard, budget, room, now, log } = this.#options
    const store = new CheckpointStore(term.db, config.name, signal)
    const entities = new Set(config.entities.map(({ entity }) => entity))
    const delivery = new Delivery({ system: config.name, entities, accept, db: term.db, status, signal, now, log })
    const tools: SessionTools = { config, connector, store, status, delivery, guard, budget, room, signal, now, log }
    const stored = await store.load()
    await this.#tidy(tools, stored)
    const compared = await within(() => lastReconciliations(term.db), undefined, signal)
    this.#tellLast(compared)
    this.#readers = this.#newReaders(tools, stored, compared)
    let failure: unknown
    const over = (error: unknown): void => {
      if (!(error instanceof Stopped)) failure ??= error
      this.#end.abort()
    }
    await Promise.all([
      ...this.#readers.map((reader) => reader.run().catch(over)),
      this.#write(connector, signal).catch(over),
    ])
    if (failure !== undefined) throw failure
  }

  async #write(connector: Connector, signal: AbortSignal): Promise<void> {
    const { config, guard, writer } = this.#options
    const entities = config.entities.filter(({ write }) => write !== null).map(entityConfig)
    if (writer === undefined || entities.length === 0) return
    const call = <T>(work: () => Promise<T>): Promise<T> => guard.call(work, config.timeoutMs, signal)
    const wrote = (entity: string): void => {
      for (const reader of this.#readers) if (reader.entities.includes(entity)) reader.soon()
    }
    await writer({ system: config.name, connector, entities, signal, call, wrote })
  }

  #newReaders(
    tools: SessionTools,
    stored: readonly CheckpointRow[],
    compared: readonly ReconciliationRow[],
  ): (PollReader | LogReader)[] {
    const find = (entity: string, kind: CheckpointRow['kind']): JsonObject | undefined =>
      stored.find((row) => row.entity === entity && row.kind === kind)?.checkpoint
    const read = tools.config.entities.filter(({ mode }) => mode !== 'push')
    // A queue has no snapshot: what it brings is all there is.
    const snapshots = tools.config.spec?.capabilities.backfill === true ? read : []
    this.#backfills = new Map(
      snapshots.map((plan) => [plan.entity, new Backfill(tools, plan, find(plan.entity, 'backfill'))]),
    )
    const turns = new Turns(SNAPSHOTS_AT_ONCE)
    const readers: (PollReader | LogReader)[] = []
    const logged = read.filter(({ mode }) => mode === 'log')
    for (const plan of read) {
      const backfill = this.#backfills.get(plan.entity)
      if (plan.mode !== 'poll' || backfill === undefined) continue
      const reader = new PollReader(tools, plan, { backfill, turns, stored: find(plan.entity, 'follow') })
      reader.compare((parts) => this.#newComparison(tools, plan, { ...parts, backfill }, compared))
      readers.push(reader)
    }
    if (logged.length > 0) {
      const backfills = logged.flatMap(({ entity }) => this.#backfills.get(entity) ?? [])
      const reader = new LogReader(tools, logged, { backfills, stored: find('', 'follow') })
      reader.compare((parts) =>
        logged.flatMap((plan) => {
          const backfill = this.#backfills.get(plan.entity)
          return backfill === undefined ? [] : [this.#newComparison(tools, plan, { ...parts, backfill }, compared)]
        }),
      )
      readers.push(reader)
    }
    return readers
  }

  #newComparison(
    tools: SessionTools,
    plan: EntityPlan,
    parts: Omit<ComparisonParts, 'lastEndedAt'>,
    compared: readonly ReconciliationRow[],
  ): Comparison {
    const { name } = tools.config
    const last = compared.find(({ system, entity }) => system === name && entity === plan.entity)
    const lastEndedAt = last?.finishedAt == null ? undefined : Date.parse(last.finishedAt)
    const comparison = new Comparison(tools, plan, { ...parts, lastEndedAt })
    this.#comparisons.set(plan.entity, comparison)
    return comparison
  }

  /** What the last comparisons found stays in sight through restarts. */
  #tellLast(compared: readonly ReconciliationRow[]): void {
    const { config, status } = this.#options
    for (const { system, entity, no, kind, finishedAt, report } of compared) {
      const told = system === config.name ? status.entity(entity) : undefined
      const { examples: _, ...figures } = report
      if (told !== undefined) told.lastComparison ??= { no, kind, at: finishedAt, ...figures }
    }
  }

  /** What is stored of entities that nobody reads any more must not pass for knowledge when they come back. */
  async #tidy({ store, connector, guard, signal }: SessionTools, stored: readonly CheckpointRow[]): Promise<void> {
    const { config, status, log } = this.#options
    const read = this.#options.config.entities.filter(({ mode }) => mode !== 'push')
    const followed = new Set(read.map(({ entity, mode }) => (mode === 'log' ? '' : entity)))
    const names = new Set(read.map(({ entity }) => entity))
    const gone = stored.filter(
      ({ entity, kind, checkpoint }) => kind === 'backfill' && !names.has(entity) && checkpoint.reading !== 'gone',
    )
    if (gone.length > 0) await store.save(...gone.map((row) => ({ ...row, checkpoint: goneState() })))
    const unfollowed = stored.filter(({ entity, kind }) => kind === 'follow' && !followed.has(entity))
    if (unfollowed.length === 0) return
    if (unfollowed.some(({ entity }) => entity === '')) {
      // Nobody follows the log any more: what the system keeps for a reader would grow for ever.
      const release = async () => (await connector.forget?.()) ?? []
      status.tellReleased(await guard.call(release, config.timeoutMs, signal))
      log.info({ system: config.name }, 'The log is not followed any more; what the system held for it is released')
    }
    await store.forget(...unfollowed)
  }
}
