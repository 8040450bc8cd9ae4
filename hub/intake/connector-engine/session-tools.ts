import { createHash } from 'node:crypto'
import type { Connector, EntityConfig } from '../../contracts/connector.ts'
import { asHubError, type HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import {
  type CheckpointRow,
  deleteCheckpoints,
  deleteOrder,
  loadCheckpoints,
  type OrderKind,
  saveCheckpoints,
} from '../../store/connector-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import type { Delivery } from './delivery.ts'
import { type Guard, Retries, Stopped, within } from './guard.ts'
import { pause } from './nudge.ts'
import type { RateBudget } from './rate-budget.ts'
import type { EntityPlan, SystemConfig } from './system-config.ts'
import type { SystemStatus } from './system-status.ts'

/** What the engine writes; hub/app's HubLog is one. Facts are allow-listed there. */
export interface EngineLog {
  debug(facts: Record<string, unknown>, text: string): void
  info(facts: Record<string, unknown>, text: string): void
  warn(facts: Record<string, unknown>, text: string): void
  error(facts: Record<string, unknown>, text: string): void
}

/** What all readers of one running system share. */
export interface SessionTools {
  config: SystemConfig
  connector: Connector
  store: CheckpointStore
  status: SystemStatus
  delivery: Delivery
  guard: Guard
  budget: RateBudget
  room: Room
  signal: AbortSignal
  now(): number
  log: EngineLog
}

/** The checkpoints of one system. Nothing waits for the store beyond the end of the session. */
export class CheckpointStore {
  readonly system: string
  readonly db: Queryable
  readonly #signal: AbortSignal

  constructor(db: Queryable, system: string, signal: AbortSignal) {
    this.db = db
    this.system = system
    this.#signal = signal
  }

  load(): Promise<CheckpointRow[]> {
    return within(() => loadCheckpoints(this.db, this.system), undefined, this.#signal)
  }

  /** All or nothing. */
  save(...rows: CheckpointRow[]): Promise<void> {
    return within(() => saveCheckpoints(this.db, this.system, rows), undefined, this.#signal)
  }

  /** The store holds an order until it is carried out. */
  carriedOut(order: { entity: string; kind: OrderKind; at: string }): Promise<void> {
    return within(() => deleteOrder(this.db, this.system, order), undefined, this.#signal)
  }

  forget(...rows: Pick<CheckpointRow, 'entity' | 'kind'>[]): Promise<void> {
    return within(() => deleteCheckpoints(this.db, this.system, rows), undefined, this.#signal)
  }
}

const ROOM_LOOK_MS = 100

/**
 * Whether the pipeline keeps up. Snapshots wait while too much is in flight: they can be read many times faster than
 * applied, and live changes would wait behind them for as long as the whole snapshot takes.
 */
export class Room {
  readonly #inFlight: () => Promise<number>
  readonly #max: number
  readonly #now: () => number
  #lookedAt = -Infinity
  #has = true

  constructor(inFlight: () => Promise<number>, max: number, now: () => number) {
    this.#inFlight = inFlight
    this.#max = max
    this.#now = now
  }

  async has(): Promise<boolean> {
    if (this.#now() - this.#lookedAt >= ROOM_LOOK_MS) {
      this.#lookedAt = this.#now()
      this.#has = (await this.#inFlight()) < this.#max
    }
    return this.#has
  }
}

/** An entity as the connector knows it. */
export function entityConfig({ entity, mode, options }: EntityPlan): EntityConfig {
  return { entity, options, mode: mode === 'log' ? 'log' : 'poll' }
}

/** Changes when an entity is read in another way: what was stored of it before then says nothing any more. */
export function readingOf(connector: string, { mode, options }: EntityPlan): string {
  return createHash('sha256')
    .update(JSON.stringify([connector, mode, sorted(options)]))
    .digest('base64url')
    .slice(0, 16)
}

function sorted(options: JsonObject): [string, unknown][] {
  return Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Errors that one reader can't get over by trying again on the same connection: the session must end. */
function endsSession(error: HubError): boolean {
  return error.family === 'config' || error.code === 'system.timeout' || error.code === 'system.leadership-lost'
}

/**
 * Takes turn after turn until the session ends. A turn that fails is told of and taken again after a growing delay; only
 * errors that end the session come out.
 */
export async function persistently(
  tools: SessionTools,
  entities: readonly string[],
  turn: (progress: () => void) => Promise<void>,
): Promise<void> {
  const { signal, status, log, now } = tools
  const retries = new Retries()
  const progress = (): void => {
    retries.reset()
    status.nextAttemptAt = null
  }
  while (!signal.aborted) {
    try {
      await turn(progress)
      progress()
    } catch (thrown) {
      if (signal.aborted || thrown instanceof Stopped) return
      const error = asHubError(thrown)
      if (endsSession(error)) throw error
      for (const entity of entities) status.entity(entity)?.fail(error)
      const delayMs = retries.delayAfter(error)
      status.nextAttemptAt = now() + delayMs
      const facts = { error, entity: entities[0], attempt: retries.attempts, retryAfterMs: Math.round(delayMs) }
      if (error.family === 'bug') log.error(facts, 'Reading failed by a fault of the hub or the connector; tried again')
      else log.warn(facts, 'Reading failed; it is tried again')
      await pause(delayMs, signal)
    }
  }
}
