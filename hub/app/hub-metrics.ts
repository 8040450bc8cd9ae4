import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { SystemsDesk } from '../intake/connector-engine/systems-desk.ts'
import { readLedger } from '../store/ledger-queries.ts'
import type { Foundations } from './foundations.ts'
import type { HubCore } from './hub-core.ts'
import { addRuleMetrics } from './rule-metrics.ts'
import { addSystemMetrics } from './system-metrics.ts'
import { addWebhookMetrics } from './webhook-metrics.ts'
import type { WebhookParts } from './webhook-parts.ts'
import { addWriteBackMetrics } from './write-back-metrics.ts'

export interface HubMetricsOptions {
  registry: Registry
  foundations: Foundations
  core: HubCore
  systems: SystemsDesk
  webhooks: WebhookParts
}

const BATCH_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

/**
 * The hub's own figures. Counters and timings are of this process; gauges are read from the store when somebody asks, so
 * every process tells the same. Labels are names from the configuration only: nothing grows with the data.
 */
export function addHubMetrics(options: HubMetricsOptions): void {
  countBatches(options)
  addLedger(options)
  addBacklogs(options)
  addWriteBackMetrics({ registry: options.registry, db: options.foundations.db, core: options.core })
  addWebhookMetrics({ registry: options.registry, db: options.foundations.db, webhooks: options.webhooks })
  addRuleMetrics({ registry: options.registry, rules: options.core.rules })
  addSystemMetrics({ registry: options.registry, db: options.foundations.db, systems: options.systems })
}

function countBatches({ registry, core }: HubMetricsOptions): void {
  const registers = [registry]
  const changes = new Counter({ name: 'omnihub_changes_total', help: 'Changes settled by this process.', registers })
  const events = new Counter({ name: 'omnihub_events_total', help: 'Events made by this process.', registers })
  const relayed = new Counter({ name: 'omnihub_events_relayed_total', help: 'Events sent by this process.', registers })
  const seconds = new Histogram({
    name: 'omnihub_batch_duration_seconds',
    help: 'Time of a batch from the beginning of its transaction to its commit.',
    buckets: BATCH_SECONDS,
    registers,
  })
  core.onApplied((batch) => {
    changes.inc(batch.changes)
    events.inc(batch.events)
    seconds.observe(batch.elapsedMs / 1000)
  })
  core.onRelayed((count) => {
    relayed.inc(count)
  })
}

function addLedger({ registry, foundations }: HubMetricsOptions): void {
  new Gauge({
    name: 'omnihub_ledger_changes',
    help: 'The ledger: accepted = applied + superseded + parked + rejected + discarded + inFlight.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      for (const [state, count] of Object.entries(await readLedger(foundations.db))) this.set({ state }, Number(count))
    },
  })
}

function addBacklogs({ registry, foundations }: HubMetricsOptions): void {
  const { db, pipelineDb, bus } = foundations
  new Gauge({
    name: 'omnihub_backlog',
    help: 'What waits: events in the outbox, records to be looked at again, messages in the bus.',
    labelNames: ['of'],
    registers: [registry],
    async collect() {
      const { rows } = await db.query<{ outbox: number; rechecks: number }>({
        name: 'metrics-backlog',
        text: `select (select count(*) from outbox)::float8 as outbox, (select count(*) from match_recheck)::float8 as rechecks`,
      })
      const depth = await bus.depth()
      const backlogs = { outbox: rows[0]?.outbox ?? 0, rechecks: rows[0]?.rechecks ?? 0, ...depth }
      for (const [of, count] of Object.entries(backlogs)) this.set({ of }, count)
    },
  })
  new Gauge({
    name: 'omnihub_database_connections',
    help: 'Connections of this process to the database.',
    labelNames: ['pool', 'state'],
    registers: [registry],
    collect() {
      for (const [pool, { total, idle, waiting }] of [
        ['api', db.connections()],
        ['pipeline', pipelineDb.connections()],
      ] as const) {
        this.set({ pool, state: 'open' }, total)
        this.set({ pool, state: 'idle' }, idle)
        this.set({ pool, state: 'wanted' }, waiting)
      }
    },
  })
}
