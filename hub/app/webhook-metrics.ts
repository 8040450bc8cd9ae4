import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Queryable } from '../store/queryable.ts'
import { webhookFigures } from '../store/webhook-queries.ts'
import { sharedLook } from './shared-look.ts'
import type { WebhookParts } from './webhook-parts.ts'

const SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15]

const GAUGES = [
  {
    name: 'omnihub_webhook_events_waiting',
    help: 'Events that are on their way to a webhook, those of paused and disabled subscriptions too.',
    figure: 'waiting',
  },
  {
    name: 'omnihub_webhook_lag_seconds',
    help: 'Age of the oldest event that waits for an active subscription.',
    figure: 'oldestSeconds',
  },
  {
    name: 'omnihub_webhook_events_unread',
    help: 'Events of the log that the active subscription that is furthest behind has not looked at.',
    figure: 'behind',
  },
] as const

/** What goes to webhooks. Gauges are read from the store, counters are of this process; nothing is labelled by subscription. */
export function addWebhookMetrics({
  registry,
  db,
  webhooks,
}: {
  registry: Registry
  db: Queryable
  webhooks: WebhookParts
}): void {
  const registers = [registry]
  const figures = sharedLook(() => webhookFigures(db))
  new Gauge({
    name: 'omnihub_webhook_subscriptions',
    help: 'Webhook subscriptions by state.',
    labelNames: ['state'],
    registers,
    async collect() {
      const known = await figures()
      for (const state of ['active', 'paused', 'disabled'] as const) this.set({ state }, known[state])
    },
  })
  for (const { name, help, figure } of GAUGES) {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set((await figures())[figure])
      },
    })
  }
  const attempts = new Counter({
    name: 'omnihub_webhook_attempts_total',
    help: 'Attempts to deliver by how they ended: delivered, retrying, failed (given up), disabled (with its subscription).',
    labelNames: ['outcome'],
    registers,
  })
  const seconds = new Histogram({
    name: 'omnihub_webhook_attempt_duration_seconds',
    help: 'Time from the beginning of an attempt to the head of its answer, or to its failure.',
    buckets: SECONDS,
    registers,
  })
  webhooks.onAttempt((outcome, { durationMs }) => {
    attempts.inc({ outcome })
    seconds.observe(durationMs / 1_000)
  })
}
