import type { Checkpoint, Page } from '../../contracts/connector.ts'
import { HubError } from '../../contracts/hub-error.ts'
import { isJsonObject, type JsonObject } from '../../contracts/json.ts'
import type { CheckpointRow } from '../../store/connector-queries.ts'
import type { Backfill } from './backfill.ts'
import type { Comparison, ComparisonParts } from './comparison.ts'
import { within } from './guard.ts'
import { Nudge } from './nudge.ts'
import { entityConfig, persistently, type SessionTools } from './session-tools.ts'
import type { EntityPlan } from './system-config.ts'

const NO_ROOM_WAIT_MS = 100
const CLOSE_MS_MAX = 1_000
const REST_MS = 60_000
const SILENCE_MS = 1_000

/**
 * Follows the log of a system for all its entities that have one, and takes their snapshots beside it, one after the other.
 * Records carry sequences on the log's scale, so it does not matter which of the two is accepted first; what matters is that
 * the log is held before the first row of a snapshot is read.
 */
export class LogReader {
  readonly entities: readonly string[]
  readonly #tools: SessionTools
  readonly #plans: readonly EntityPlan[]
  readonly #backfills: readonly Backfill[]
  readonly #nudge = new Nudge()
  #comparisons: readonly Comparison[] = []
  #place: Checkpoint | null
  #isHeld = false
  /** When the last page came, and the newest change in it, ms. */
  #tookAt = -Infinity
  #newest = -Infinity

  constructor(
    tools: SessionTools,
    plans: readonly EntityPlan[],
    parts: { backfills: readonly Backfill[]; stored: JsonObject | undefined },
  ) {
    this.#tools = tools
    this.#plans = plans
    this.entities = plans.map(({ entity }) => entity)
    this.#backfills = parts.backfills
    const { stored } = parts
    const isUsable = stored?.reading === tools.config.connector
    this.#place = isUsable && isJsonObject(stored.checkpoint) ? stored.checkpoint : null
  }

  /** Comparisons of its entities, taken forward beside the log, one after the other. */
  compare(make: (parts: Pick<ComparisonParts, 'followedUpTo' | 'follow'>) => Comparison[]): Comparison[] {
    const comparisons = make({
      followedUpTo: () => this.#followedUpTo(),
      // The log is followed at all times.
      follow: () => undefined,
    })
    this.#comparisons = comparisons
    return comparisons
  }

  nudge(): void {
    this.#nudge.nudge()
  }

  /** A log tells what was written by itself. */
  soon(): void {
    this.#nudge.nudge()
  }

  /** A log that has been silent for a moment is read to its end; one that is not, to where its last page was. */
  #followedUpTo(): number {
    const now = this.#tools.now()
    return now - this.#tookAt > SILENCE_MS ? now - SILENCE_MS : this.#newest
  }

  async run(): Promise<void> {
    await Promise.all([
      persistently(this.#tools, this.entities, (progress) => this.#follow(progress)),
      persistently(this.#tools, [], (progress) => this.#snapshots(progress)),
    ])
  }

  async #follow(progress: () => void): Promise<void> {
    const { connector, guard, config, signal } = this.#tools
    const pages = connector.subscribe?.(this.#plans.map(entityConfig), this.#place)
    const iterator = pages?.[Symbol.asyncIterator]()
    if (iterator === undefined) throw logEnded()
    try {
      // Comes at once; a system whose log rests may then be silent for as long as it likes.
      let next = await guard.call(() => iterator.next(), config.timeoutMs, signal)
      while (next.done !== true) {
        await this.#take(next.value)
        progress()
        if (!this.#isHeld) {
          this.#isHeld = true
          this.#nudge.nudge()
        }
        next = await within(() => iterator.next(), undefined, signal)
      }
      throw logEnded()
    } finally {
      const close = async (): Promise<void> => void (await iterator.return?.())
      await within(close, CLOSE_MS_MAX, new AbortController().signal).catch(() => undefined)
    }
  }

  async #take(page: Page): Promise<void> {
    const { delivery, store, status, budget, log } = this.#tools
    budget.records(page.records.length)
    if (page.records.length > 0) this.#tookAt = this.#tools.now()
    const newest = await delivery.deliver(page.records)
    if (newest !== undefined) this.#newest = Math.max(this.#newest, Date.parse(newest))
    if (page.records.length > 0) this.#tookAt = this.#tools.now()
    const rows: CheckpointRow[] = page.checkpoint === null ? [] : [this.#placeRow(page.checkpoint)]
    // Without a place to go on from, nobody watched until now: what was read before says nothing about what happened since.
    const isAnew = this.#place === null || page.gap !== undefined
    const snapshots = isAnew ? this.#backfills.map((backfill) => backfill.anew()) : []
    if (page.gap !== undefined) {
      for (const entity of this.entities) status.entity(entity)?.missed(page.gap)
      log.warn({ count: this.entities.length }, 'The log has a gap; new snapshots are taken')
    }
    rows.push(...snapshots.map(({ row }) => row))
    if (rows.length > 0) await store.save(...rows)
    for (const { begin } of snapshots) begin()
    if (snapshots.length > 0) this.#nudge.nudge()
    this.#place = page.checkpoint ?? this.#place
    for (const entity of this.entities) {
      const times = page.records.flatMap((record) => (record.entity === entity && record.time ? [record.time] : []))
      status.entity(entity)?.followed(times.at(-1))
    }
  }

  async #snapshots(progress: () => void): Promise<void> {
    const { room, signal } = this.#tools
    const backfill = this.#isHeld ? this.#backfills.find((one) => one.isDue) : undefined
    if (backfill === undefined && this.#isHeld) await this.#compareOrRest(progress)
    else if (backfill === undefined) await this.#nudge.wait(REST_MS, signal)
    else if (!(await room.has())) await this.#nudge.wait(NO_ROOM_WAIT_MS, signal)
    else {
      await backfill.step(true)
      progress()
    }
  }

  async #compareOrRest(progress: () => void): Promise<void> {
    const { room, signal } = this.#tools
    const comparison = this.#comparisons.find((one) => one.isDue)
    if (comparison === undefined) {
      await this.#nudge.wait(Math.min(REST_MS, ...this.#comparisons.map((one) => one.waitMs)), signal)
      return
    }
    const restMs = (await room.has()) ? await comparison.step() : NO_ROOM_WAIT_MS
    if (restMs > 0) await this.#nudge.wait(restMs, signal)
    progress()
  }

  #placeRow(checkpoint: Checkpoint): CheckpointRow {
    return { entity: '', kind: 'follow', checkpoint: { reading: this.#tools.config.connector, checkpoint } }
  }
}

function logEnded(): HubError {
  return new HubError({
    code: 'system.log-ended',
    family: 'retry',
    message: 'The connector stopped following the log without saying why.',
  })
}
