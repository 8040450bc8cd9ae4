import type { HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import type { BudgetWaits } from './rate-budget.ts'
import { RateMeter } from './rate-meter.ts'
import type { EntityMode } from './system-config.ts'

/**
 * - `starting`: connecting and checking
 * - `running`
 * - `retrying`: something is away or fails; it is tried again by itself
 * - `stopped`: a person must mend something first; `error` says what
 * - `paused`: by an operator
 * - `idle`: no hub process runs it at the moment
 */
export type SystemPhase = 'starting' | 'running' | 'retrying' | 'stopped' | 'paused' | 'idle'

export interface ToldError {
  code: string
  family: string
  message: string
  fix: string | null
  where: string | null
  at: string
}

export interface BackfillFigures {
  state: 'waiting' | 'reading' | 'looking for deletes' | 'done'
  rows: number
  total: number | null
  ratePerSecond: number
  secondsLeft: number | null
  startedAt: string | null
  finishedAt: string | null
  /** `due`: the comparison of both sides that proves the snapshot has not ended yet. */
  certificate: 'none' | 'due' | 'done'
}

export interface ComparisonFigures {
  kind: 'drift' | 'certificate'
  state: string
  rows: number
  total: number | null
  ratePerSecond: number
  secondsLeft: number | null
  startedAt: string
}

/** How a system is, for the operator: kept in memory by the process that runs it, written out about once a second. */
export class SystemStatus {
  phase: SystemPhase = 'idle'
  serverVersion: string | null = null
  warnings: string[] = []
  nextAttemptAt: number | null = null
  /** What the system held for the hub and was released last. */
  #released: { at: string; what: string[] } | null = null
  readonly entities = new Map<string, EntityStatus>()
  readonly #now: () => number
  #since: number
  #error: ToldError | null = null
  #acceptError: ToldError | null = null
  readonly #errors = new ErrorCounts()

  constructor(entities: readonly { entity: string; mode: EntityMode }[], now: () => number) {
    this.#now = now
    this.#since = now()
    for (const { entity, mode } of entities) this.entities.set(entity, new EntityStatus(mode, now))
  }

  /** What stands between the hub and the system: the circuit breaker and the rate budget. */
  meters: { breaker(): string; waits(): BudgetWaits } | undefined

  tellReleased(what: readonly string[]): void {
    this.#released = { at: instant(this.#now()), what: [...what] }
  }

  enter(phase: SystemPhase): void {
    if (this.phase !== phase) this.#since = this.#now()
    this.phase = phase
    if (phase !== 'retrying') this.nextAttemptAt = null
  }

  /** The last error stays in sight until something succeeds. */
  fail(error: HubError): void {
    this.#error = told(error, this.#now())
    this.#errors.count(error.code)
  }

  succeed(): void {
    this.#error = null
  }

  /** The hub itself can't take records at the moment; null: it can again. */
  acceptFails(error: HubError | null): void {
    this.#acceptError = error === null ? null : told(error, this.#now())
  }

  entity(name: string): EntityStatus | undefined {
    return this.entities.get(name)
  }

  toJson(): JsonObject {
    const now = this.#now()
    const entities = [...this.entities].map(([entity, status]) => [entity, status.toJson(now)] as const)
    const all = [...this.entities.values()]
    const failing = all.find((one) => one.error !== null)?.error ?? null
    const error = this.#error ?? this.#acceptError ?? failing
    const waits = this.meters?.waits()
    const phase = this.phase === 'running' && error !== null ? 'retrying' : this.phase
    return {
      state: phase,
      since: instant(this.#since),
      error: error === null ? null : { ...error },
      nextAttemptAt: this.nextAttemptAt === null ? null : instant(this.nextAttemptAt),
      serverVersion: this.serverVersion,
      warnings: this.warnings,
      released: this.#released === null ? null : { ...this.#released },
      lastSuccessAt: instantOrNull(greatest(all.map((one) => one.lastSuccess))),
      lagMs: greatest(all.map((one) => one.lagMs)),
      recordsRead: all.reduce((sum, one) => sum + one.read, 0),
      ratePerSecond: all.reduce((sum, one) => sum + one.rate(now), 0),
      errors: this.#errors.toJson(),
      breaker: this.meters?.breaker() ?? null,
      budgetWaits: waits === undefined ? null : { count: waits.count, ms: Math.round(waits.ms) },
      entities: Object.fromEntries(entities),
    }
  }
}

/** How often each error came, by code, since the process began to run the system. */
class ErrorCounts {
  readonly #counts = new Map<string, number>()

  count(code: string): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1)
  }

  toJson(): JsonObject {
    return Object.fromEntries(this.#counts)
  }
}

export class EntityStatus {
  read = 0
  accepted = 0
  duplicates = 0
  rejected = 0
  lastRejected: ToldError | null = null
  lastSuccess: number | null = null
  /** How old the last change was when the hub had accepted it. */
  lagMs: number | null = null
  error: ToldError | null = null
  backfill: BackfillFigures | null = null
  gap: { text: string; at: string } | null = null
  readonly errors = new ErrorCounts()
  /** The one under way. */
  comparison: ComparisonFigures | null = null
  /** What the last one found. */
  lastComparison: JsonObject | null = null
  readonly #mode: EntityMode
  readonly #now: () => number
  readonly #meter = new RateMeter()

  constructor(mode: EntityMode, now: () => number) {
    this.#mode = mode
    this.#now = now
  }

  took(records: number): void {
    this.read += records
    this.#meter.add(records, this.#now())
  }

  /** @param changedAt when the newest of these changes happened in the system, ISO 8601 */
  followed(changedAt: string | undefined): void {
    this.succeed()
    if (changedAt !== undefined) this.lagMs = Math.max(0, this.#now() - Date.parse(changedAt))
  }

  succeed(): void {
    this.lastSuccess = this.#now()
    this.error = null
  }

  fail(error: HubError): void {
    this.error = told(error, this.#now())
    this.errors.count(error.code)
  }

  reject(error: HubError): void {
    this.rejected++
    this.errors.count(error.code)
    this.lastRejected = told(error, this.#now())
  }

  missed(gap: string): void {
    this.gap = { text: gap, at: instant(this.#now()) }
  }

  rate(now: number): number {
    return this.#meter.perSecond(now)
  }

  toJson(now: number): JsonObject {
    return {
      mode: this.#mode,
      recordsRead: this.read,
      accepted: this.accepted,
      duplicates: this.duplicates,
      rejected: this.rejected,
      lastRejected: this.lastRejected === null ? null : { ...this.lastRejected },
      lastSuccessAt: instantOrNull(this.lastSuccess),
      lagMs: this.lagMs,
      ratePerSecond: this.rate(now),
      error: this.error === null ? null : { ...this.error },
      errors: this.errors.toJson(),
      gap: this.gap === null ? null : { ...this.gap },
      backfill: this.backfill === null ? null : { ...this.backfill },
      comparison: this.comparison === null ? null : { ...this.comparison },
      lastComparison: this.lastComparison,
    }
  }
}

function told({ code, family, message, fix, where }: HubError, now: number): ToldError {
  return { code, family, message, fix: fix ?? null, where: where ?? null, at: instant(now) }
}

function greatest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.max(...known)
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}

function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : instant(ms)
}
