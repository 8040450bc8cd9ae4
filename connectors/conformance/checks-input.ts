import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EntityConfig } from '../../hub/contracts/connector.ts'
import type { HubError } from '../../hub/contracts/hub-error.ts'
import type { Bench, OpenConnector } from './bench.ts'
import type { Check } from './check.ts'
import type { TestEntity } from './harness.ts'
import { watchMemory } from './memory.ts'
import { assertGoodPush, assertForgeriesRefused } from './push-runs.ts'
import {
  backfill,
  collect,
  keyOf,
  nativeFields,
  plainOracle,
  plainRecords,
  poll,
  pollStart,
  someRecords,
} from './reading.ts'
import { startReading } from './start-reading.ts'

const RETRY_AFTER_SECONDS = 37
/** HTTP dates have whole seconds, and time goes on while the answer travels. */
const RETRY_AFTER_SLACK_MS = 3000
/** One for the request and one for a token that was fetched anew. */
const THROTTLED_REQUESTS_MAX = 2
/** Who waits the ordered time itself holds up the engine, which knows of all the system's calls. */
const TOLD_WITHIN_MS = 5000
const KEPT_MAX_BYTES = 32 * 1024 * 1024
const TOLD_TRIES = 50
const TOLD_STEP_MS = 20
const PEAK_MAX_BYTES = 256 * 1024 * 1024

/** 20 and 25: what systems order, and what comes that nobody should have sent. */
export const INPUT_CHECKS: Check[] = [
  {
    number: 20,
    title: 'an order to wait is told with its time, obeyed at once, and every request asks for the rate budget',
    inapplicable: (_, { lacks }) => lacks?.throttle,
    async run(bench) {
      const { system } = bench
      assert.ok(!bench.lacks('throttle', system.throttle !== undefined))
      const entity = await system.freshEntity(bench.mode)
      await entity.put(someRecords(3))
      const open = await bench.open()
      for (const [what, act] of requestsOf(bench, open, entity)) {
        const callsBefore = bench.calls
        const throttle = await system.throttle?.(entity, { retryAfterSeconds: RETRY_AFTER_SECONDS })
        assert.ok(throttle)
        try {
          const startedAt = Date.now()
          const error = await bench.failure(act, `${what} while the system orders to wait`)
          const requests = throttle.requests()
          assert.deepEqual([what, error.code, error.family], [what, 'connector.throttled', 'retry'])
          assert.ok(Date.now() - startedAt < TOLD_WITHIN_MS, `${what}: the order is told, not waited for`)
          assert.ok(
            requests >= 1 && requests <= THROTTLED_REQUESTS_MAX,
            `${what}: ${requests} requests came though the first was answered with an order to wait`,
          )
          assert.ok(
            bench.calls - callsBefore >= requests,
            `${what}: ${requests} requests, but context.call() was awaited ${bench.calls - callsBefore} times`,
          )
          assertWaits(bench, what, error)
        } finally {
          await throttle.restore()
        }
        await act()
      }
    },
  },
  {
    number: 25,
    title: 'malformed, oversize or forged input is refused within bounds, and nothing else suffers',
    inapplicable: ({ spec }, { lacks }) => (spec.capabilities.receive ? undefined : lacks?.malformed),
    async run(bench) {
      const { system } = bench
      const pushes = system.modes.includes('push')
      const entity = await system.freshEntity(pushes ? 'push' : bench.mode)
      await entity.put(someRecords(3))
      if (pushes) await assertForgeriesRefused(bench, entity)
      if (bench.lacks('malformed', system.malformed !== undefined || system.spoiled !== undefined)) return
      const setAside = await assertSetAside(bench)
      const cases = system.malformed?.(entity) ?? []
      assert.ok(cases.length + setAside > 0, 'SystemUnderTest.malformed or spoiled gives at least one case')
      for (const { title, run, code, family } of cases) {
        const {
          value: error,
          kept,
          peak,
        } = await watchMemory(
          () => bench.failure(() => run(async (settings) => (await bench.open(settings)).connector), title),
          KEPT_MAX_BYTES,
        )
        assert.deepEqual([title, error.code, error.family], [title, code, family])
        assertBounded(title, kept, peak)
        await assertStillReads(bench, entity, title)
      }
    },
  },
]

/** The ways in which the connector asks the system for something, each to be tried against the order to wait. */
function requestsOf(bench: Bench, open: OpenConnector, entity: TestEntity): [string, () => Promise<unknown>][] {
  const { capabilities } = bench.harness.spec
  const { connector } = open
  const polled: EntityConfig = { ...entity.config, mode: 'poll' }
  const requests: [string, () => Promise<unknown>][] = [['check', () => connector.check([entity.config])]]
  if (capabilities.backfill) requests.push(['backfill', () => collect(backfill(open, { ...entity, config: polled }))])
  if (capabilities.poll && bench.system.modes.includes('poll')) {
    requests.push(['poll', () => pollStart(open, entity).then((start) => collect(poll(open, entity, start)))])
  }
  if (capabilities.write) requests.push(['write', () => writeOnce(open, entity)])
  return requests
}

async function writeOnce({ connector }: OpenConnector, entity: TestEntity): Promise<void> {
  const fields = nativeFields(entity, { amount: 7 })
  const [result] =
    (await connector.write?.(entity.config, [{ key: keyOf(entity, 'r0001'), fields, idempotencyKey: 'throttled' }])) ??
    []
  if (result?.outcome === 'failed') throw result.error
  assert.equal(result?.outcome, 'written')
}

function assertWaits(bench: Bench, what: string, { retryAfterMs }: HubError): void {
  if (bench.lacks('retryAfter')) return
  assert.ok(retryAfterMs !== undefined, `${what}: the error has retryAfterMs, from the system's own order`)
  const wanted = RETRY_AFTER_SECONDS * 1000
  assert.ok(
    Math.abs(retryAfterMs - wanted) <= RETRY_AFTER_SLACK_MS,
    `${what}: the system ordered ${wanted} ms, the error says ${retryAfterMs}`,
  )
}

/** Bad input among good: the good is read, in bounded memory, and of the bad somebody is told. */
async function assertSetAside(bench: Bench): Promise<number> {
  if (bench.system.spoiled === undefined) return 0
  const entity = await bench.system.freshEntity(bench.mode)
  const cases = bench.system.spoiled(entity)
  const reader = await startReading(bench, entity, bench.mode)
  let from = reader.start
  for (const [index, { title, spoil, told }] of cases.entries()) {
    await spoil()
    await entity.put([{ id: `good${index}`, name: 'Good', note: null, amount: index }])
    const { value: step, kept, peak } = await watchMemory(() => reader.step(from, 1), KEPT_MAX_BYTES)
    assert.deepEqual(
      step.records.map(({ kind, key }) => [title, kind, key]),
      [[title, 'upsert', keyOf(entity, `good${index}`)]],
    )
    assertBounded(title, kept, peak)
    for (let wait = 0; wait < TOLD_TRIES && !(await told()); wait += 1) await sleep(TOLD_STEP_MS)
    assert.ok(await told(), `${title}: nobody was told of it`)
    from = step.checkpoint
  }
  return cases.length
}

function assertBounded(title: string, kept: number, peak: number): void {
  assert.ok(kept < KEPT_MAX_BYTES, `${title}: ${mebibytes(kept)} are kept afterwards`)
  assert.ok(peak < PEAK_MAX_BYTES, `${title}: ${mebibytes(peak)} were taken`)
}

async function assertStillReads(bench: Bench, entity: TestEntity, title: string): Promise<void> {
  if (!bench.backfills) {
    if (bench.system.modes.includes('push')) await assertGoodPush(bench, entity)
    return
  }
  const polled = { ...entity, config: { ...entity.config, mode: 'poll' as const } }
  const pages = await collect(backfill(await bench.open(), polled))
  assert.deepEqual(
    plainRecords(
      entity,
      pages.flatMap((page) => page.records),
    ),
    await plainOracle(entity),
    `after ${title} everything can be read`,
  )
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`
}
