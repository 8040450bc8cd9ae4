import type { Checkpoint } from '../../contracts/connector.ts'
import { asHubError, HubError } from '../../contracts/hub-error.ts'
import { isJsonObject, type JsonObject } from '../../contracts/json.ts'
import { type CheckpointRow, livingKeys } from '../../store/connector-queries.ts'
import { Stopped, within } from './guard.ts'
import { PageStream } from './page-stream.ts'
import { RateMeter } from './rate-meter.ts'
import { entityConfig, readingOf, type SessionTools } from './session-tools.ts'
import type { EntityPlan } from './system-config.ts'

/** As it is stored after each page. */
export interface BackfillState {
  /**
   * `sweeping`: everything was read, and now the records that the hub has are looked up in the system: those that it no
   * longer has were deleted while nobody watched.
   */
  phase: 'waiting' | 'reading' | 'sweeping' | 'done'
  /** See readingOf. */
  reading: string
  checkpoint: Checkpoint | null
  rows: number
  total: number | null
  /** Whether to sweep: not in the first snapshot, which has nothing to compare with. */
  sweep: boolean
  sweptTo: string | null
  startedAt: string | null
  finishedAt: string | null
  requestedBy: string | null
  /** Whether the end of the snapshot is still to be proved by a comparison of both sides. */
  certificate: 'none' | 'due' | 'done'
}

export interface BackfillRequest {
  actor: string
  /** From the beginning, also where one is on its way. */
  restart: boolean
  /** Tells requests apart. */
  at: string
}

const KEYS_PER_SWEEP = 1_000

/** The snapshot of one entity: read page by page, resumable after each, begun anew on request or after a gap. */
export class Backfill {
  readonly entity: string
  readonly #tools: SessionTools
  readonly #plan: EntityPlan
  readonly #meter = new RateMeter()
  #state: BackfillState
  #stream: PageStream | undefined
  /** While the beginning of a new snapshot is being stored, nothing of the old one may be stored over it. */
  #isRenewed = false

  constructor(tools: SessionTools, plan: EntityPlan, stored: JsonObject | undefined) {
    this.#tools = tools
    this.#plan = plan
    this.entity = plan.entity
    const reading = readingOf(tools.config.connector, plan)
    const known = readState(stored)
    this.#state = known?.reading === reading ? known : freshState(reading, known !== undefined)
    this.#tell()
  }

  get isDue(): boolean {
    return this.#state.phase !== 'done' && !this.#isRenewed
  }

  get isToBeCertified(): boolean {
    return this.#state.phase === 'done' && this.#state.certificate === 'due'
  }

  get finishedAtMs(): number | undefined {
    return this.#state.finishedAt === null ? undefined : Date.parse(this.#state.finishedAt)
  }

  /** The comparison that the end of the snapshot made due has ended. */
  async certified(): Promise<void> {
    if (this.isToBeCertified) await this.#store({ ...this.#state, certificate: 'done' })
  }

  /** What to store so that the snapshot begins anew; it does once `begin` was called. */
  anew(requestedBy: string | null = null): { row: CheckpointRow; begin: () => void } {
    const wasUsed = this.#state.phase !== 'waiting' || this.#state.sweep
    const state = { ...freshState(this.#state.reading, wasUsed), requestedBy }
    this.#isRenewed = true
    return {
      row: this.#row(state),
      begin: () => {
        this.#drop()
        this.#state = state
        this.#isRenewed = false
        this.#tell()
      },
    }
  }

  async request({ actor, restart, at }: BackfillRequest): Promise<void> {
    const { store } = this.#tools
    if (this.#state.phase === 'done' || restart) {
      const { row, begin } = this.anew(actor)
      await store.save(row)
      begin()
    }
    await store.carriedOut({ entity: this.entity, kind: 'request', at })
  }

  /** Reads one page, or looks one page of keys up. `readOn`: more will be asked for at once, so the next page may be read meanwhile. */
  async step(readOn: boolean): Promise<void> {
    try {
      if (this.#state.phase === 'sweeping') await this.#sweep()
      else await this.#read(readOn)
    } catch (error) {
      this.#drop()
      if (!(error instanceof Stopped)) this.#tools.status.entity(this.entity)?.fail(asHubError(error))
      throw error
    }
  }

  async #read(readOn: boolean): Promise<void> {
    const { connector, delivery, now } = this.#tools
    const before = this.#state
    if (before.phase === 'waiting') {
      this.#state = { ...before, phase: 'reading', startedAt: new Date(now()).toISOString() }
      this.#tell()
      this.#tools.log.info({ entity: this.entity }, 'Snapshot begins')
    }
    const stream = (this.#stream ??= this.#open())
    const page = await stream.next()
    // A gap may have begun the snapshot anew meanwhile: then this page belongs to nobody.
    if (this.#stream !== stream) return
    if (page === undefined) {
      this.#stream = undefined
      const isSwept = !this.#state.sweep || connector.missing === undefined
      await this.#store(isSwept ? this.#finished() : { ...this.#state, phase: 'sweeping', sweptTo: null })
      return
    }
    if (readOn) stream.readAhead()
    await delivery.deliver(page.records)
    if (this.#stream !== stream) return
    this.#meter.add(page.records.length, now())
    await this.#store({
      ...this.#state,
      checkpoint: page.checkpoint ?? this.#state.checkpoint,
      rows: this.#state.rows + page.records.length,
      total: page.totalEstimate ?? this.#state.total,
    })
  }

  #open(): PageStream {
    const pages = this.#tools.connector.backfill?.(entityConfig(this.#plan), this.#state.checkpoint)
    if (pages === undefined) throw noBackfill()
    return new PageStream(pages, this.#tools)
  }

  async #sweep(): Promise<void> {
    const { connector, config, store, guard, delivery, signal } = this.#tools
    const before = this.#state
    const keys = await within(
      () => livingKeys(store.db, config.name, this.entity, before.sweptTo, KEYS_PER_SWEEP),
      undefined,
      signal,
    )
    if (keys.length > 0) {
      const look = async () => (await connector.missing?.(entityConfig(this.#plan), keys)) ?? []
      await delivery.deliver(await guard.call(look, config.timeoutMs, signal))
    }
    if (this.#state !== before) return
    await this.#store(
      keys.length < KEYS_PER_SWEEP ? this.#finished() : { ...before, sweptTo: keys.at(-1) ?? before.sweptTo },
    )
  }

  #finished(): BackfillState {
    const { log, now } = this.#tools
    const { rows, startedAt } = this.#state
    const ms = startedAt === null ? undefined : now() - Date.parse(startedAt)
    log.info({ entity: this.entity, rows, ms }, 'Snapshot is complete')
    return { ...this.#state, phase: 'done', finishedAt: new Date(now()).toISOString(), certificate: 'due' }
  }

  async #store(state: BackfillState): Promise<void> {
    if (this.#isRenewed) return
    const before = this.#state
    await this.#tools.store.save(this.#row(state))
    if (this.#state === before) this.#state = state
    this.#tools.status.entity(this.entity)?.succeed()
    this.#tell()
  }

  #row(state: BackfillState): CheckpointRow {
    return { entity: this.entity, kind: 'backfill', checkpoint: { ...state } }
  }

  #drop(): void {
    this.#stream?.close()
    this.#stream = undefined
  }

  #tell(): void {
    const status = this.#tools.status.entity(this.entity)
    if (status === undefined) return
    const { phase, rows, total, startedAt, finishedAt, certificate } = this.#state
    const ratePerSecond = phase === 'reading' ? this.#meter.perSecond(this.#tools.now()) : 0
    const left = total === null || ratePerSecond === 0 ? null : Math.max(0, total - rows) / ratePerSecond
    status.backfill = {
      state: phase === 'sweeping' ? 'looking for deletes' : phase,
      rows,
      total,
      ratePerSecond,
      secondsLeft: left === null ? null : Math.ceil(left),
      startedAt,
      finishedAt,
      certificate,
    }
  }
}

function freshState(reading: string, sweep: boolean): BackfillState {
  return {
    phase: 'waiting',
    reading,
    checkpoint: null,
    rows: 0,
    total: null,
    sweep,
    sweptTo: null,
    startedAt: null,
    finishedAt: null,
    requestedBy: null,
    certificate: 'none',
  }
}

/** Stored of an entity that the document no longer names: should it come back, it needs a snapshot, and one that sweeps. */
export function goneState(): JsonObject {
  return { ...freshState('gone', true) }
}

function readState(stored: JsonObject | undefined): BackfillState | undefined {
  if (stored === undefined || typeof stored.reading !== 'string' || typeof stored.phase !== 'string') return undefined
  const checkpoint = isJsonObject(stored.checkpoint) ? stored.checkpoint : null
  return { ...freshState(stored.reading, false), ...stored, checkpoint } as BackfillState
}

function noBackfill(): HubError {
  return new HubError({
    code: 'system.backfill.unsupported',
    family: 'config',
    message: 'The connector can not read everything that is there.',
  })
}
