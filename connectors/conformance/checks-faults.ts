import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from '../../hub/contracts/connector.ts'
import type { Check } from './check.ts'
import {
  backfill,
  collect,
  Follower,
  lastCheckpoint,
  plain,
  plainOracle,
  plainRecords,
  poll,
  pollStart,
  someRecords,
} from './reading.ts'
import { Sink } from './sink.ts'

const ROWS = 100_000
const GROWTH_MAX_BYTES = 80 * 1024 * 1024
const STOP_MAX_MS = 3000

/** 21 and 24: what networks and slow readers do. */
export const FAULT_CHECKS: Check[] = [
  {
    number: 21,
    title: 'a peer that drops, hangs or restarts ends the call with a retry, and the next one goes on unaided',
    perMode: true,
    needs: (_, system) => system.proxy !== undefined,
    async run(bench, mode) {
      const { system } = bench
      const { proxy } = system
      assert.ok(proxy)
      const entity = await system.freshEntity(mode, { pageSize: 100 })
      await entity.fill(2000)
      const open = await bench.open({ ...system.settings, statementTimeoutMs: 1000, connectTimeoutMs: 1000 })
      const follower = mode === 'log' ? new Follower(open, [entity], null) : undefined
      await follower?.started()
      const start = mode === 'poll' ? await pollStart(open, entity) : null

      // Dropped in the middle of an answer, at several places.
      const polled = { ...entity, config: { ...entity.config, mode: 'poll' as const } }
      for (const bytes of [100, 5000, 40_000]) {
        const pages: Page[] = []
        proxy.cutAfterBytes(bytes)
        const error = await bench.failure(async () => {
          for await (const page of backfill(open, polled)) pages.push(page)
          proxy.cut()
        })
        assert.equal(error.family, 'retry')
        const rest = await collect(backfill(open, polled, lastCheckpoint(pages) ?? null))
        assert.deepEqual(plainRecords([...pages, ...rest].flatMap((page) => page.records)), await plainOracle(entity))
      }

      // Half open: the connection stands, nothing answers.
      const idle = await bench.open()
      await idle.connector.check()
      proxy.freeze()
      const closedAt = Date.now()
      idle.abort.abort()
      await idle.connector.close()
      assert.ok(Date.now() - closedAt < STOP_MAX_MS, 'a connector closes, though its peer is silent')
      const frozenAt = Date.now()
      assert.equal((await bench.failure(() => collect(backfill(open, polled)))).family, 'retry')
      assert.ok(Date.now() - frozenAt < 10_000, 'a silent peer is given up in time')
      proxy.thaw()
      proxy.cut()

      if (system.killAndRestart) await system.killAndRestart()
      await entity.put(someRecords(3, { note: 'after' }))
      assert.deepEqual(
        plainRecords((await collect(backfill(open, polled))).flatMap((page) => page.records)),
        await plainOracle(entity),
      )
      if (start) {
        const keys = (await collect(poll(open, entity, start))).flatMap((page) =>
          page.records.map(({ data }) => data?.note),
        )
        assert.equal(keys.filter((note) => note === 'after').length, 3)
      }
      if (!follower) return
      await follower
        .until(({ failure }) => failure !== undefined, 'the end of the torn log stream')
        .catch(() => undefined)
      assert.equal((await bench.failure(() => Promise.reject(follower.failure as Error))).family, 'retry')
      const sink = new Sink()
      const next = await followAgain(() => new Follower(open, [entity], follower.checkpoint, sink))
      await next.until(
        ({ records }) => records.filter(({ data }) => data?.note === 'after').length >= 3,
        'later changes',
      )
      assert.deepEqual([...plain(sink.live(entity.config.entity)).keys()], ['r0001', 'r0002', 'r0003'])
      await next.stop()
    },
  },
  {
    number: 24,
    title: '100,000 records flow into a slow sink in flat memory, and reading stops cleanly at once',
    async run(bench) {
      const entity = await bench.system.freshEntity('poll')
      await entity.fill(ROWS)
      const open = await bench.open()
      let count = 0
      let pages = 0
      let base = 0
      let peak = 0
      for await (const page of backfill(open, entity)) {
        count += page.records.length
        pages += 1
        await sleep(2)
        if (pages % 10 !== 0) continue
        globalThis.gc?.()
        const { heapUsed, external } = process.memoryUsage()
        if (pages === 20) base = heapUsed + external
        peak = Math.max(peak, heapUsed + external)
      }
      assert.equal(count, ROWS)
      assert.ok(peak - base < GROWTH_MAX_BYTES, `memory grew by ${Math.round((peak - base) / 2 ** 20)} MiB`)

      const stopped = await bench.open()
      let taken = 0
      let abortedAt = 0
      const error = await bench.failure(async () => {
        for await (const page of backfill(stopped, entity)) {
          taken += page.records.length
          if (taken < 5000 || abortedAt > 0) continue
          abortedAt = Date.now()
          stopped.abort.abort()
        }
      })
      assert.equal(error.code, 'connector.stopped')
      assert.ok(Date.now() - abortedAt < STOP_MAX_MS && taken < ROWS, 'it stops at once')
      await stopped.connector.close()
      await bench.close()
      const { proxy } = bench.system
      if (!proxy) return
      for (let wait = 0; wait < 50 && proxy.openConnections > 0; wait += 1) await sleep(20)
      assert.equal(proxy.openConnections, 0, 'no connection is left open')
    },
  },
]

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
