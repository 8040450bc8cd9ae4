import { Registry } from 'prom-client'
import { makeWorkspace, startCore } from '../../test/support/core.ts'
import { until } from '../../test/support/engine.ts'
import { push, PUSH_WORKSPACE } from '../../test/support/push-workspace.ts'
import { testDatabase } from '../../test/support/test-database.ts'
import { webhookReceiver } from '../../test/support/webhook-receiver.ts'
import type { Principal } from '../security/key-verifier.ts'
import { createLog } from './log.ts'
import { addWebhookMetrics } from './webhook-metrics.ts'
import { WebhookParts } from './webhook-parts.ts'

const ADMIN: Principal = { keyId: 'admin', name: 'admin key', role: 'admin', system: null }

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

test('the metrics of webhooks tell what waits, how old it is, and how attempts ended', async () => {
  const database = await testDatabase()
  endings.push(() => database.drop())
  const workspace = await makeWorkspace(PUSH_WORKSPACE)
  endings.push(() => Promise.resolve(workspace.remove()))
  const { core, db, vault, quiet, stop } = await startCore({ workspace: workspace.folder, databaseUrl: database.url })
  endings.push(stop)
  const log = createLog('warn')
  const webhooks = new WebhookParts({
    db,
    box: vault.box,
    egressAllow: undefined,
    loopback: true,
    log,
    pauses: [600_000],
  })
  const registry = new Registry()
  addWebhookMetrics({ registry, db, webhooks })
  const valueOf = async (line: string): Promise<number> =>
    Number(
      (await registry.metrics())
        .split('\n')
        .find((one) => one.startsWith(`${line} `))
        ?.split(' ')
        .at(-1),
    )

  const [good, bad, gone] = [await webhookReceiver(), await webhookReceiver(), await webhookReceiver()]
  for (const receiver of [good, bad, gone]) endings.push(() => receiver.close())
  bad.answer(500)
  gone.answer(410)
  for (const { url } of [good, bad, gone]) await webhooks.desk.create(ADMIN, { url, types: ['customer.*'] })
  const contact = (key: string) => ({ Id: key, FirstName: `Given${key}`, LastName: `Family${key}` })
  await core.acceptor.accept(['m1', 'm2', 'm3'].map((key) => push(`crm/Contact/${key}`, contact(key))))
  await quiet()
  expect(await valueOf('omnihub_webhook_events_unread')).toBe(3)
  expect(await valueOf('omnihub_webhook_subscriptions{state="active"}')).toBe(3)

  webhooks.start()
  endings.push(() => webhooks.stop())
  await good.take(3)
  await until(async () => (await valueOf('omnihub_webhook_subscriptions{state="disabled"}')) === 1, 5_000)
  await until(async () => (await valueOf('omnihub_webhook_attempts_total{outcome="delivered"}')) === 3, 5_000)
  expect(await valueOf('omnihub_webhook_subscriptions{state="active"}')).toBe(2)
  await until(async () => (await valueOf('omnihub_webhook_events_unread')) === 0, 5_000)
  expect(await valueOf('omnihub_webhook_attempts_total{outcome="retrying"}')).toBeGreaterThan(0)
  expect(await valueOf('omnihub_webhook_attempts_total{outcome="disabled"}')).toBeGreaterThan(0)
  // Those of the one that fails and of the one that is disabled.
  await until(async () => (await valueOf('omnihub_webhook_events_waiting')) === 6, 5_000)
  expect(await valueOf('omnihub_webhook_lag_seconds')).toBeGreaterThan(0)
  expect(await valueOf('omnihub_webhook_attempt_duration_seconds_count')).toBeGreaterThanOrEqual(5)
})
