import type { Checkpoint } from '../../contracts/connector.ts'
import { isJsonObject, type JsonObject } from '../../contracts/json.ts'
import type { Backfill } from './backfill.ts'
import type { Comparison, ComparisonParts } from './comparison.ts'
import { Nudge } from './nudge.ts'
import { PageStream } from './page-stream.ts'
import { entityConfig, persistently, readingOf, type SessionTools } from './session-tools.ts'
import type { EntityPlan } from './system-config.ts'

const NO_ROOM_WAIT_MS = 100
/** A comparison asks for a poll out of turn no more often than this. */
const EARLY_POLL_MS = 500
/** From the beginning of one poll to one for the sake of what was written: many writes are seen by one poll. */
const POLL_AFTER_WRITE_MS = 100

/** Snapshots of a system that may be read side by side: more would only take the system's time from its own users. */
export class Turns {
  readonly #taken = new Set<string>()
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  take(entity: string): boolean {
    if (!this.#taken.has(entity) && this.#taken.size >= this.#max) return false
    this.#taken.add(entity)
    return true
  }

  release(entity: string): void {
    this.#taken.delete(entity)
  }
}

/**
 * Polls one entity on its schedule, and between polls reads its snapshot as long as one is due. Both in one line of work:
 * records without a sequence take the order of acceptance, so an older reading must never be accepted after a newer one.
 */
export class PollReader {
  readonly entities: readonly string[]
  readonly #tools: SessionTools
  readonly #plan: EntityPlan
  readonly #backfill: Backfill
  readonly #turns: Turns
  readonly #nudge = new Nudge()
  #comparison: Comparison | undefined
  #place: Checkpoint | null
  #dueAt = 0
  /** How often a poll out of turn was asked for. */
  #asks = 0
  /** When the last poll that came to its end began. */
  #polledAt = -Infinity

  constructor(
    tools: SessionTools,
    plan: EntityPlan,
    parts: { backfill: Backfill; turns: Turns; stored: JsonObject | undefined },
  ) {
    this.#tools = tools
    this.#plan = plan
    this.entities = [plan.entity]
    this.#backfill = parts.backfill
    this.#turns = parts.turns
    const { stored } = parts
    const isUsable = stored?.reading === readingOf(tools.config.connector, plan)
    this.#place = isUsable && isJsonObject(stored.checkpoint) ? stored.checkpoint : null
  }

  /** How the comparison of the entity learns of its live changes; it is then taken forward between polls. */
  compare(make: (parts: Pick<ComparisonParts, 'followedUpTo' | 'follow'>) => Comparison): Comparison {
    this.#comparison = make({
      followedUpTo: () => this.#polledAt,
      follow: () => {
        if (this.#polledAt < this.#tools.now() - EARLY_POLL_MS) this.#dueAt = Math.min(this.#dueAt, this.#tools.now())
      },
    })
    return this.#comparison
  }

  nudge(): void {
    this.#nudge.nudge()
  }

  /** Something was written that a poll will bring: it does not wait for its schedule. */
  soon(): void {
    this.#asks++
    this.#dueAt = Math.min(this.#dueAt, Math.max(this.#tools.now(), this.#polledAt + POLL_AFTER_WRITE_MS))
    this.#nudge.nudge()
  }

  run(): Promise<void> {
    return persistently(this.#tools, this.entities, async (progress) => {
      try {
        await this.#turn(progress)
      } catch (error) {
        this.#turns.release(this.#plan.entity)
        throw error
      }
    })
  }

  async #turn(progress: () => void): Promise<void> {
    const { now, room, signal } = this.#tools
    const { entity, everyMs } = this.#plan
    if (this.#place === null) await this.#takePlace()
    if (now() >= this.#dueAt) {
      const begun = now()
      const asks = this.#asks
      await this.#poll(progress)
      this.#polledAt = begun
      // What was written while it ran, it may not have seen.
      this.#dueAt = begun + (this.#asks === asks ? everyMs : Math.min(everyMs, POLL_AFTER_WRITE_MS))
    }
    const waitMs = Math.max(0, this.#dueAt - now())
    if (this.#comparison?.isDue === true) await this.#compare(this.#comparison, waitMs, progress)
    else if (!this.#backfill.isDue)
      await this.#nudge.wait(Math.min(waitMs, this.#comparison?.waitMs ?? Infinity), signal)
    else if (!this.#turns.take(entity) || !(await room.has())) {
      await this.#nudge.wait(Math.min(NO_ROOM_WAIT_MS, waitMs), signal)
    } else {
      // Nothing is read ahead of a poll: what it reads would be accepted before.
      const isNextToo = (): boolean => now() < this.#dueAt
      await this.#backfill.step(isNextToo())
      progress()
      if (!this.#backfill.isDue) this.#turns.release(entity)
    }
  }

  /** Waits while the pipeline has enough to do, like snapshots: live changes come first. */
  async #compare(comparison: Comparison, waitMs: number, progress: () => void): Promise<void> {
    const { room, signal } = this.#tools
    const restMs = (await room.has()) ? await comparison.step() : NO_ROOM_WAIT_MS
    if (restMs > 0) await this.#nudge.wait(Math.min(restMs, waitMs), signal)
    progress()
  }

  /** The place of now, held before the snapshot begins, so that nothing falls between the two. */
  async #takePlace(): Promise<void> {
    const { connector, store } = this.#tools
    const stream = new PageStream(connector.poll?.(entityConfig(this.#plan), null) ?? none(), this.#tools)
    let place: Checkpoint | null = null
    try {
      // Some systems tell the place of now only at the end of a long answer; until then there are pages without one.
      for (let page = await stream.next(); page !== undefined; page = await stream.next()) {
        place = page.checkpoint
        if (place !== null) break
      }
    } finally {
      stream.close()
    }
    const snapshot = this.#backfill.anew()
    await store.save(this.#placeRow(place ?? {}), snapshot.row)
    snapshot.begin()
    this.#place = place ?? {}
  }

  async #poll(progress: () => void): Promise<void> {
    const { connector, delivery, store, status } = this.#tools
    const stream = new PageStream(connector.poll?.(entityConfig(this.#plan), this.#place) ?? none(), this.#tools)
    try {
      for (let page = await stream.next(); page !== undefined; page = await stream.next()) {
        stream.readAhead()
        const newest = await delivery.deliver(page.records)
        if (page.gap !== undefined) this.#missed(page.gap)
        const snapshot = page.gap === undefined ? undefined : this.#backfill.anew()
        const rows = snapshot === undefined ? [] : [snapshot.row]
        if (page.checkpoint !== null) rows.push(this.#placeRow(page.checkpoint))
        if (rows.length > 0) await store.save(...rows)
        snapshot?.begin()
        this.#place = page.checkpoint ?? this.#place
        progress()
        status.entity(this.#plan.entity)?.followed(newest)
      }
    } finally {
      stream.close()
    }
    status.entity(this.#plan.entity)?.succeed()
  }

  #missed(gap: string): void {
    this.#tools.status.entity(this.#plan.entity)?.missed(gap)
    this.#tools.log.warn({ entity: this.#plan.entity }, 'Changes may be missing; a new snapshot is taken')
  }

  #placeRow(checkpoint: Checkpoint) {
    const { entity } = this.#plan
    const reading = readingOf(this.#tools.config.connector, this.#plan)
    return { entity, kind: 'follow' as const, checkpoint: { reading, checkpoint } }
  }
}

async function* none(): AsyncGenerator<never> {
  // A connector that declares `poll` has it; this only spares a check at each use.
}
