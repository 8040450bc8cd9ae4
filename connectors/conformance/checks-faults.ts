import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import type { Bench, OpenConnector } from './bench.ts'
import type { Check } from './check.ts'
import type { TcpProxy, TestEntity } from './harness.ts'
import {
  backfill,
  collect,
  fieldsOf,
  Follower,
  keyOf,
  lastCheckpoint,
  plain,
  plainOracle,
  plainRecords,
  poll,
  pollStart,
  recordsOf,
  someRecords,
} from './reading.ts'
import { Sink } from './sink.ts'
import { readSlowly, stopAtOnce } from './volume.ts'

const STOP_MAX_MS = 3000
const GIVEN_UP_MAX_MS = 10_000
const TIME_OUTS = ['statementTimeoutMs', 'connectTimeoutMs', 'timeoutMs']

/** 21 and 24: what networks and slow readers do. */
export const FAULT_CHECKS: Check[] = [
  {
    number: 21,
    title: 'a peer that drops, hangs or restarts ends the call with a retry, and the next one goes on unaided',
    modes: ['poll', 'log'],
    inapplicable: (_, { lacks }) => lacks?.network,
    async run(bench, mode) {
      const { system } = bench
      const { proxy } = system
      assert.ok(!bench.lacks('network', proxy !== undefined) && proxy)
      const entity = await system.freshEntity(mode, { pageSize: 100 })
      await entity.fill(2000)
      const open = await bench.open({ ...system.settings, ...impatience(bench) })
      const follower = mode === 'log' ? new Follower(open, [entity], null) : undefined
      await follower?.started()
      const start = mode === 'poll' ? await pollStart(open, entity) : null
      const polled = { ...entity, config: { ...entity.config, mode: 'poll' as const } }
      if (bench.backfills) await tornReads(bench, open, polled, proxy)
      await silentPeer(bench, open, polled, proxy)
      if (!bench.lacks('restart', system.killAndRestart !== undefined)) await system.killAndRestart?.()
      await entity.put(someRecords(3, { note: 'after' }))
      if (bench.backfills) {
        const records = recordsOf(await collect(backfill(open, polled)))
        assert.deepEqual(plainRecords(entity, records), await plainOracle(entity))
      }
      if (start) {
        const notes = recordsOf(await collect(poll(open, entity, start))).map(({ data }) => fieldsOf(entity, data).note)
        assert.equal(notes.filter((note) => note === 'after').length, 3)
      }
      if (follower) await followOn(bench, open, entity, follower)
    },
  },
  {
    number: 24,
    title: '100,000 records flow into a slow sink in flat memory, and reading stops cleanly at once',
    inapplicable: (_, { lacks, modes }) =>
      lacks?.volume ?? (modes.every((mode) => mode === 'push') ? 'a push is one request of at most 8 MiB' : undefined),
    async run(bench) {
      const entity = await readSlowly(bench)
      await stopAtOnce(bench, entity)
      await bench.close()
      const { proxy } = bench.system
      if (!proxy) return
      for (let wait = 0; wait < 50 && proxy.openConnections > 0; wait += 1) await sleep(20)
      assert.equal(proxy.openConnections, 0, 'no connection is left open')
    },
  },
]

function impatience({ harness, system }: Bench): JsonObject {
  if (system.impatient) return system.impatient
  const { properties } = harness.spec.settings
  return Object.fromEntries(TIME_OUTS.filter((name) => Object.hasOwn(properties, name)).map((name) => [name, 1000]))
}

/**
 * Dropped in the middle of an answer, at several places. A connector may ask once more by itself (a kept connection that
 * broke); what it must not do is go on as if nothing was missing.
 */
async function tornReads(bench: Bench, open: OpenConnector, polled: TestEntity, proxy: TcpProxy): Promise<void> {
  let told = 0
  for (const bytes of [100, 5000, 40_000]) {
    const pages: Page[] = []
    proxy.cutAfterBytes(bytes)
    let ended = false
    const read = async (): Promise<void> => {
      for await (const page of backfill(open, polled)) pages.push(page)
      ended = true
    }
    await read().catch(async (thrown: unknown) => {
      const error = await bench.failure(() => Promise.reject(thrown as Error), `the line is cut after ${bytes} bytes`)
      assert.deepEqual([bytes, error.family], [bytes, 'retry'])
      told += 1
    })
    proxy.cut()
    const rest = ended ? [] : await collect(backfill(open, polled, lastCheckpoint(pages) ?? null))
    assert.deepEqual(
      plainRecords(polled, recordsOf([...pages, ...rest])),
      await plainOracle(polled),
      `read on after a cut after ${bytes} bytes`,
    )
  }
  assert.ok(told > 0, 'a read whose line was cut in the middle of an answer ends with an error')
}

/** Half open: the connection stands, nothing answers. */
async function silentPeer(bench: Bench, open: OpenConnector, polled: TestEntity, proxy: TcpProxy): Promise<void> {
  const idle = await bench.open()
  await idle.connector.check()
  proxy.freeze()
  const closedAt = Date.now()
  idle.abort.abort()
  await idle.connector.close()
  assert.ok(Date.now() - closedAt < STOP_MAX_MS, 'a connector closes, though its peer is silent')
  const frozenAt = Date.now()
  const error = await bench.failure(
    () => (bench.backfills ? collect(backfill(open, polled)) : open.connector.check([polled.config])),
    'the peer is silent',
  )
  assert.equal(error.family, 'retry')
  assert.ok(Date.now() - frozenAt < GIVEN_UP_MAX_MS, 'a silent peer is given up in time')
  proxy.thaw()
  proxy.cut()
}

/** The log stream was torn with everything else; the next one shows what has come since. */
async function followOn(bench: Bench, open: OpenConnector, entity: TestEntity, follower: Follower): Promise<void> {
  await follower.until(({ failure }) => failure !== undefined, 'the end of the torn log stream').catch(() => undefined)
  assert.ok(follower.failure !== undefined, 'a log stream whose line was cut ends with an error')
  assert.equal((await bench.failure(() => Promise.reject(follower.failure as Error))).family, 'retry')
  const sink = new Sink()
  const next = await followAgain(() => new Follower(open, [entity], follower.checkpoint, sink))
  await next.until(
    ({ records }) => records.filter(({ data }) => fieldsOf(entity, data).note === 'after').length >= 3,
    'later changes',
  )
  const after = [...plain(entity, sink.live(entity.config.entity))].filter(([, { note }]) => note === 'after')
  assert.deepEqual(
    after.map(([key]) => key),
    someRecords(3).map(({ id }) => keyOf(entity, id)),
  )
  await next.stop()
}

/** After a kill the system may need a moment before it lets anybody read its log again; the engine would try again too. */
async function followAgain(make: () => Follower): Promise<Follower> {
  for (let time = 1; ; time += 1) {
    const follower = make()
    await follower.started().catch(() => undefined)
    await sleep(300)
    if (follower.failure === undefined) return follower
    if (time === 20) throw follower.failure
    await sleep(250)
  }
}
