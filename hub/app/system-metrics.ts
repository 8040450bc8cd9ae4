import { Gauge, type Registry } from 'prom-client'
import type { SystemsDesk } from '../intake/connector-engine/systems-desk.ts'
import { isJsonObject, type Json, type JsonObject, objectOf } from '../contracts/json.ts'
import type { Database } from '../store/database.ts'
import { pushCounts } from '../store/push-queries.ts'
import { lastReconciliations } from '../store/reconciliation-queries.ts'
import { sharedLook } from './shared-look.ts'

export interface SystemMetricsOptions {
  registry: Registry
  db: Database
  systems: SystemsDesk
}

const BREAKER_STATES: Readonly<Record<string, number>> = { closed: 0, 'half-open': 1, open: 2 }
const DRIFT_KINDS = ['missing', 'differing', 'extra', 'parked'] as const

/**
 * What the process that runs each system last told of it, so every process shows the same. docs/operators/metrics.md lists
 * them. Counts begin anew when another process takes a system over; labels are names from the configuration and error codes.
 */
export function addSystemMetrics({ registry, db, systems }: SystemMetricsOptions): void {
  // All gauges are asked for at once, and each must wait for the figures.
  const refresh = sharedLook(() => read())
  const gauges = gaugesIn(registry, refresh)
  const read = async (): Promise<void> => {
    const [overview, pushes, compared] = await Promise.all([
      systems.overview(),
      pushCounts(db),
      lastReconciliations(db),
    ])
    for (const gauge of Object.values(gauges)) gauge.reset()
    for (const { name, status } of overview) {
      if (!isJsonObject(status)) continue
      tellSystem(gauges, name, status)
      for (const [entity, figures] of Object.entries(objectOf(status.entities))) {
        tellEntity(gauges, { system: name, entity }, objectOf(figures))
      }
    }
    for (const [system, { received, refused }] of pushes) {
      gauges.pushes.set({ system, outcome: 'received' }, received)
      gauges.pushes.set({ system, outcome: 'refused' }, refused)
    }
    for (const { system, entity, report } of compared) {
      for (const kind of DRIFT_KINDS) gauges.drift.set({ system, entity, kind }, numberOf(report[kind]) ?? 0)
    }
  }
}

type Gauges = ReturnType<typeof gaugesIn>

function gaugesIn(registry: Registry, refresh: () => Promise<void>) {
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]): Gauge<Label> =>
    new Gauge({ name: `omnihub_system_${name}`, help, labelNames, registers: [registry], collect: refresh })
  const entity = ['system', 'entity'] as const
  return {
    running: gauge(
      'running',
      '1 where it is read without fault, 0 where it is paused, stopped or being retried.',
      'system',
    ),
    lag: gauge('lag_seconds', 'How old the newest change was when the hub had accepted it.', ...entity),
    read: gauge('records_read', 'Records read since the process that runs the system began.', ...entity),
    rate: gauge('records_per_second', 'Records read a second, over the last ten.', ...entity),
    accepted: gauge('records_accepted', 'Records that were new to the hub.', ...entity),
    duplicates: gauge('records_known', 'Records that the hub had accepted before.', ...entity),
    left: gauge('backfill_rows_left', 'Rows that a snapshot has still to read, where that is known.', ...entity),
    errors: gauge('errors', 'Errors by code; without an entity: of the system as a whole.', ...entity, 'code'),
    drift: gauge('drift_records', 'Differences that the last comparison found, by kind.', ...entity, 'kind'),
    breaker: gauge('breaker_state', 'Circuit breaker: 0 closed, 1 half-open, 2 open.', 'system'),
    waits: gauge('budget_waits', 'Calls that waited for the rate budget in the process that reads it.', 'system'),
    waited: gauge('budget_wait_seconds', 'Time in which such calls waited.', 'system'),
    pushes: gauge('pushes', 'Pushes to /v1/hooks, over all processes.', 'system', 'outcome'),
  }
}

function tellSystem(gauges: Gauges, system: string, status: JsonObject): void {
  const { count, ms } = objectOf(status.budgetWaits)
  gauges.running.set({ system }, status.state === 'running' ? 1 : 0)
  set(gauges.breaker, { system }, BREAKER_STATES[String(status.breaker)])
  set(gauges.waits, { system }, numberOf(count))
  set(gauges.waited, { system }, numberOf(ms), 1000)
  for (const [code, errors] of Object.entries(objectOf(status.errors))) {
    set(gauges.errors, { system, entity: '', code }, numberOf(errors))
  }
}

function tellEntity(gauges: Gauges, labels: { system: string; entity: string }, figures: JsonObject): void {
  set(gauges.lag, labels, numberOf(figures.lagMs), 1000)
  set(gauges.read, labels, numberOf(figures.recordsRead))
  set(gauges.rate, labels, numberOf(figures.ratePerSecond))
  set(gauges.accepted, labels, numberOf(figures.accepted))
  set(gauges.duplicates, labels, numberOf(figures.duplicates))
  const { total, rows, state } = objectOf(figures.backfill)
  const left = typeof total === 'number' && typeof rows === 'number' ? Math.max(0, total - rows) : undefined
  set(gauges.left, labels, state === 'done' ? 0 : left)
  for (const [code, errors] of Object.entries(objectOf(figures.errors))) {
    set(gauges.errors, { ...labels, code }, numberOf(errors))
  }
}

function set<Label extends string>(
  gauge: Gauge<Label>,
  labels: Record<Label, string>,
  value: number | undefined,
  divisor = 1,
): void {
  if (value !== undefined) gauge.set(labels, value / divisor)
}

function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}
