import type { Checkpoint, Page, SourceRecord } from '../../contracts/connector.ts'
import { asHubError } from '../../contracts/hub-error.ts'
import {
  beginReconciliation,
  hubRecords,
  isSettled,
  lastChangeNo,
  livingRecords,
  saveReconciliation,
} from '../../store/reconciliation-queries.ts'
import type { Backfill } from './backfill.ts'
import { ComparisonReport } from './comparison-report.ts'
import { Stopped, within } from './guard.ts'
import { PageStream } from './page-stream.ts'
import { RateMeter } from './rate-meter.ts'
import { SecondLook } from './second-look.ts'
import { SeenRecords } from './seen-records.ts'
import { entityConfig, type SessionTools } from './session-tools.ts'
import { compareSides, stateOf, type Suspect, systemDigest } from './suspects.ts'
import type { EntityPlan } from './system-config.ts'

export interface ComparisonRequest {
  actor: string
  repair: boolean
  /** Tells requests apart. */
  at: string
}

export interface ComparisonParts {
  backfill: Backfill
  /** Up to when (hub's clock, ms) the live changes of the entity are known to have been read. */
  followedUpTo(): number
  /** Asks for the live changes now, where they are read on a schedule. */
  follow(): void
  /** When the last comparison ended, ms; undefined: never. */
  lastEndedAt: number | undefined
}

interface Run {
  no: number
  kind: 'drift' | 'certificate'
  repair: boolean
  request: ComparisonRequest | undefined
  /** `settling`: what is in flight must be applied first, and live changes read; then comes `next`. */
  phase: 'settling' | 'reading' | 'looking' | 'sweeping'
  next: 'reading' | 'looking' | 'sweeping'
  settle: { upTo: number; followed: number | undefined }
  /** After the looks. */
  back: 'reading' | 'sweeping' | 'end'
  /** From where reading goes on, and what was read since then. */
  from: Checkpoint | null
  rowsSince: number
  isRead: boolean
  sweptTo: string | null
  startNo: number
  seen: SeenRecords
  suspects: Map<string, Suspect>
  look: SecondLook | undefined
  report: ComparisonReport
  total: number | null
  startedAt: string
}

/** So many are looked at again at a time: what is kept of them is bounded, however much the two sides differ. */
const SUSPECTS_MAX = 5_000
const LOOKS_MAX = 4
const KEYS_PER_SWEEP = 1_000
const SETTLE_WAIT_MS = 100

/**
 * Compares one entity of the system with what the hub has of it, beside live changes: reads everything there is, page by
 * page, looks the same records up in the hub, then looks for what only the hub has. A difference counts only if it is still
 * there, with both sides as they were, after all that was in flight at the first look has been applied. What a process had
 * found when it died is found anew.
 */
export class Comparison {
  readonly entity: string
  readonly #tools: SessionTools
  readonly #plan: EntityPlan
  readonly #parts: ComparisonParts
  readonly #meter = new RateMeter()
  #requests: ComparisonRequest[] = []
  #lastEndedAt: number | undefined
  #run: Run | undefined
  #stream: PageStream | undefined

  constructor(tools: SessionTools, plan: EntityPlan, parts: ComparisonParts) {
    this.#tools = tools
    this.#plan = plan
    this.#parts = parts
    this.entity = plan.entity
    this.#lastEndedAt = parts.lastEndedAt
  }

  get isDue(): boolean {
    const { backfill } = this.#parts
    if (backfill.isDue) return false
    return this.#run !== undefined || backfill.isToBeCertified || this.#requests.length > 0 || this.#dueInMs() <= 0
  }

  /** Until the next one on schedule, ms. */
  get waitMs(): number {
    return Math.max(0, this.#dueInMs())
  }

  order(request: ComparisonRequest): void {
    this.#requests.push(request)
  }

  /** Does a piece of the work: a page read, or one looked up. Answers how long to wait before the next, ms. */
  async step(): Promise<number> {
    try {
      const run = (this.#run ??= await this.#begin())
      const waitMs = await this.#advance(run)
      this.#tell(run)
      return waitMs
    } catch (error) {
      this.#drop()
      if (!(error instanceof Stopped)) this.#tools.status.entity(this.entity)?.fail(asHubError(error))
      throw error
    }
  }

  #dueInMs(): number {
    const every = this.#plan.reconcile?.everyMs
    if (every === undefined || this.#parts.backfill.isDue) return Infinity
    return (this.#lastEndedAt ?? this.#parts.backfill.finishedAtMs ?? 0) + every - this.#tools.now()
  }

  async #begin(): Promise<Run> {
    const { config, now } = this.#tools
    const isCertificate = this.#parts.backfill.isToBeCertified
    const request = isCertificate ? undefined : this.#requests[0]
    const report = new ComparisonReport()
    const startedAt = new Date(now()).toISOString()
    const kind = isCertificate ? ('certificate' as const) : ('drift' as const)
    const repair = request?.repair ?? this.#plan.reconcile?.repair ?? false
    const head = { system: config.name, entity: this.entity, kind, repair, requestedBy: request?.actor ?? null }
    const no = await this.#ask(() => beginReconciliation(this.#db, { ...head, startedAt, report: report.toJson() }))
    const startNo = await this.#ask(() => lastChangeNo(this.#db))
    this.#tools.log.info({ entity: this.entity }, 'The system is compared with the hub')
    return {
      no,
      kind,
      repair,
      request,
      phase: 'settling',
      next: 'reading',
      settle: { upTo: startNo, followed: undefined },
      back: 'end',
      from: null,
      rowsSince: 0,
      isRead: false,
      sweptTo: null,
      startNo,
      seen: new SeenRecords(),
      suspects: new Map(),
      look: undefined,
      report,
      total: null,
      startedAt,
    }
  }

  async #advance(run: Run): Promise<number> {
    switch (run.phase) {
      case 'settling':
        return this.#settle(run)
      case 'reading':
        await this.#read(run)
        return 0
      case 'sweeping':
        await this.#sweep(run)
        return 0
      case 'looking':
        await this.#look(run)
        return 0
    }
  }

  async #settle(run: Run): Promise<number> {
    const { upTo, followed } = run.settle
    const isFollowed = followed === undefined || this.#parts.followedUpTo() >= followed
    if (!isFollowed) this.#parts.follow()
    if (!isFollowed || !(await this.#ask(() => isSettled(this.#db, upTo)))) return SETTLE_WAIT_MS
    if (followed !== undefined) {
      // What the live changes brought is in flight now.
      run.settle = { upTo: await this.#ask(() => lastChangeNo(this.#db)), followed: undefined }
      return 0
    }
    run.phase = run.next
    return 0
  }

  async #read(run: Run): Promise<void> {
    this.#stream ??= this.#open(run.from)
    const page = await this.#stream.next()
    if (page === undefined) {
      this.#drop()
      run.isRead = true
      this.#lookThen(run, 'sweeping')
      return
    }
    this.#stream.readAhead()
    run.total = page.totalEstimate ?? run.total
    await this.#comparePage(run, page)
    if (run.suspects.size >= SUSPECTS_MAX) this.#lookThen(run, 'reading')
  }

  async #comparePage(run: Run, page: Page): Promise<void> {
    const { config, now } = this.#tools
    const keys = page.records.map(({ key }) => key)
    const known = await this.#ask(() => hubRecords(this.#db, config.name, this.entity, keys))
    const address = { from: run.from, rows: run.rowsSince + page.records.length }
    for (const record of page.records) {
      const hub = known.get(record.key)
      const sides = { system: record, hub }
      const isSame = compareSides(sides) === 'same'
      if (hub !== undefined && !run.seen.add(hub.no)) {
        // Read twice: where reading had to begin again, or where the system keeps older states; the last one counts.
        if (!isSame || !run.suspects.delete(record.key)) continue
      }
      if (!isSame) {
        run.suspects.set(record.key, { key: record.key, page: address, seen: stateOf(sides) })
      } else if (record.kind === 'upsert') run.report.same(systemDigest(record))
    }
    run.report.read += page.records.length
    this.#meter.add(page.records.length, now())
    if (page.checkpoint === null) run.rowsSince += page.records.length
    else {
      run.from = page.checkpoint
      run.rowsSince = 0
    }
  }

  /** What the hub has and reading did not show: deleted in the system, unless it is younger than the comparison. */
  async #sweep(run: Run): Promise<void> {
    const { config } = this.#tools
    const after = run.sweptTo
    const rows = await this.#ask(() => livingRecords(this.#db, config.name, this.entity, after, KEYS_PER_SWEEP))
    for (const { no, key, changeNo } of rows) {
      if (run.seen.has(no)) continue
      if (changeNo > run.startNo) run.report.counts.changedMeanwhile++
      else run.suspects.set(key, { key, page: null, seen: `/${changeNo}` })
    }
    run.sweptTo = rows.at(-1)?.key ?? run.sweptTo
    if (rows.length < KEYS_PER_SWEEP) this.#lookThen(run, 'end')
    else if (run.suspects.size >= SUSPECTS_MAX) this.#lookThen(run, 'sweeping')
  }

  /** Looks at what differs a second time, once all that was on its way has arrived; goes on with `back`. */
  #lookThen(run: Run, back: Run['back']): void {
    this.#drop()
    run.back = back
    run.next = 'looking'
    run.phase = 'settling'
    run.look = undefined
    // Nothing to look at: nothing to wait for.
    if (run.suspects.size === 0) run.phase = 'looking'
    else run.settle = { upTo: 0, followed: this.#tools.now() }
  }

  async #look(run: Run): Promise<void> {
    const { delivery } = this.#tools
    run.look ??= new SecondLook(this.#tools, this.#plan, run)
    const repairs: SourceRecord[] = (await run.look.step()) ?? []
    if (repairs.length > 0) {
      await delivery.deliver(repairs)
      run.report.counts.repaired += repairs.length
    }
    if (!run.look.isOver) return
    const { looks } = run.look
    if (run.suspects.size > 0 && looks < LOOKS_MAX) {
      // Some have moved since: they are looked at again after another rest.
      run.phase = 'settling'
      run.settle = { upTo: 0, followed: this.#tools.now() }
      run.look.again()
      return
    }
    run.report.counts.changedMeanwhile += run.suspects.size
    run.suspects.clear()
    run.look = undefined
    if (run.back === 'end') await this.#end(run)
    else run.phase = run.back
  }

  async #end(run: Run): Promise<void> {
    const { now, log, store } = this.#tools
    const endedAt = now()
    const finishedAt = new Date(endedAt).toISOString()
    const report = run.report.toJson()
    await this.#ask(() => saveReconciliation(this.#db, run.no, 'done', report, finishedAt))
    if (run.kind === 'certificate') await this.#parts.backfill.certified()
    if (run.request !== undefined) {
      const { at } = run.request
      this.#requests = this.#requests.filter((request) => request.at !== at)
      await store.carriedOut({ entity: this.entity, kind: 'reconcile', at })
    }
    this.#lastEndedAt = endedAt
    this.#run = undefined
    const facts = { entity: this.entity, rows: run.report.read, ms: endedAt - Date.parse(run.startedAt) }
    if (run.report.matches) log.info(facts, 'The hub has what the system has')
    else log.warn(facts, 'The hub differs from the system')
    this.#tools.status.entity(this.entity)?.succeed()
  }

  #tell(run: Run): void {
    const status = this.#tools.status.entity(this.entity)
    if (status === undefined) return
    if (this.#run === undefined) {
      const { examples: _, ...report } = run.report.toJson()
      const endedAt = this.#lastEndedAt ?? 0
      status.comparison = null
      status.lastComparison = { no: run.no, kind: run.kind, at: new Date(endedAt).toISOString(), ...report }
      return
    }
    const rate = run.phase === 'reading' ? this.#meter.perSecond(this.#tools.now()) : 0
    const left = run.total === null || rate === 0 || run.isRead ? null : Math.max(0, run.total - run.report.read) / rate
    status.comparison = {
      kind: run.kind,
      state: run.phase === 'settling' ? `waiting before ${run.next}` : run.phase,
      rows: run.report.read,
      total: run.total,
      ratePerSecond: rate,
      secondsLeft: left === null ? null : Math.ceil(left),
      startedAt: run.startedAt,
    }
  }

  #open(from: Checkpoint | null): PageStream {
    const { connector } = this.#tools
    const pages = connector.backfill?.(entityConfig(this.#plan), from)
    if (pages === undefined) throw new Error('a connector that declares backfill has it')
    return new PageStream(pages, this.#tools)
  }

  #drop(): void {
    this.#stream?.close()
    this.#stream = undefined
  }

  get #db() {
    return this.#tools.store.db
  }

  #ask<T>(query: () => Promise<T>): Promise<T> {
    return within(query, undefined, this.#tools.signal)
  }
}
