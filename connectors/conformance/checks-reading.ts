import assert from 'node:assert/strict'
import type { SourceRecord } from '../../hub/contracts/connector.ts'
import type { Check } from './check.ts'
import type { SystemUnderTest, TestEntity } from './harness.ts'
import { losesPositionOfLog, losesPositionOfPoll } from './lost-position.ts'
import { pushedDeletes, pushedOrder, repeatedPush } from './push-runs.ts'
import {
  backfill,
  collect,
  fieldsOf,
  keyOf,
  keysOf,
  lastCheckpoint,
  plainOracle,
  plainRecords,
  poll,
  pollStart,
  recordsOf,
  someRecords,
} from './reading.ts'
import { sequenceOf } from './sink.ts'
import { snapshotUnderChange } from './snapshot-under-change.ts'
import { startReading } from './start-reading.ts'

const readsAll: Check['inapplicable'] = ({ spec }) =>
  spec.capabilities.backfill ? undefined : 'the connector declares no backfill'

/** 4 to 12 and 15: complete, in order, resumable. */
export const READING_CHECKS: Check[] = [
  {
    number: 4,
    title: 'a full read equals what the system has, twice',
    inapplicable: readsAll,
    async run(bench) {
      const entity = await bench.system.freshEntity(bench.mode, { pageSize: 7 })
      await entity.put([...someRecords(50), { id: "odd / ' % : key 😀", name: 'Odd', note: '\\', amount: -1 }])
      const open = await bench.open()
      const [first, second] = [await collect(backfill(open, entity)), await collect(backfill(open, entity))]
      const oracle = await plainOracle(entity)
      assert.deepEqual(plainRecords(entity, recordsOf(first)), oracle)
      assert.deepEqual(
        recordsOf(second).map(({ key, data }) => [key, data]),
        recordsOf(first).map(({ key, data }) => [key, data]),
      )
      if (!bench.lacks('totalEstimate')) assert.equal(first[0]?.totalEstimate, oracle.size)
    },
  },
  {
    number: 5,
    title: 'a second incremental read gives nothing new',
    modes: ['poll', 'log'],
    async run(bench, mode) {
      const entity = await bench.system.freshEntity(mode, { pageSize: 7 })
      const reader = await startReading(bench, entity, mode)
      await entity.put(someRecords(30))
      const first = await reader.step(reader.start, 30)
      assert.deepEqual(plainRecords(entity, first.records), await plainOracle(entity))
      assert.deepEqual((await reader.again(first.checkpoint)).records, [])
    },
  },
  {
    number: 6,
    title: 'reading can go on from every checkpoint',
    modes: ['poll', 'log'],
    async run(bench, mode) {
      const entity = await bench.system.freshEntity(mode, { pageSize: 4 })
      const reader = await startReading(bench, entity, mode)
      const read: SourceRecord[] = []
      let from = reader.start
      for (let round = 1; round <= 6; round += 1) {
        await entity.put(someRecords(6, { note: `round ${round}` }, round * 3))
        // Each time a fresh connector, which knows nothing but the last checkpoint.
        const step = await reader.step(from, 6)
        read.push(...step.records)
        from = step.checkpoint
      }
      const expected = await plainOracle(entity)
      assert.deepEqual(plainRecords(entity, read), expected)
      assert.equal(read.length, 36, 'nothing is repeated')
      if (bench.backfills) {
        const pages = await collect(backfill(await bench.open(), asPolled(entity)))
        assert.ok(pages.length >= 3, 'the snapshot has several pages')
        for (const [index, { checkpoint }] of pages.entries()) {
          if (checkpoint === null) continue
          const rest = await collect(backfill(await bench.open(), asPolled(entity), checkpoint))
          const union = recordsOf([...pages.slice(0, index + 1), ...rest])
          assert.deepEqual(plainRecords(entity, union), expected, `resumed after page ${index + 1}`)
          assert.equal(union.length, expected.size, 'nothing is repeated')
        }
      }
      if (mode === 'log') return
      const polled = await collect(poll(await bench.open(), entity, reader.start))
      for (const [index, { checkpoint }] of polled.entries()) {
        if (checkpoint === null) continue
        const rest = await collect(poll(await bench.open(), entity, checkpoint))
        const union = recordsOf([...polled.slice(0, index + 1), ...rest])
        assert.deepEqual(plainRecords(entity, union), expected, `resumed after page ${index + 1} of a poll`)
      }
    },
  },
  {
    number: 7,
    title: 'an end between delivery and checkpoint loses nothing, and repeats carry the same versions',
    modes: ['poll', 'log', 'push'],
    async run(bench, mode) {
      if (mode === 'push') return repeatedPush(bench)
      const entity = await bench.system.freshEntity(mode, { pageSize: 50 })
      const reader = await startReading(bench, entity, mode)
      await entity.put(someRecords(20))
      const first = await reader.read(20)
      const ids = (records: SourceRecord[]): string[] => records.map(({ key, version }) => `${key} ${version}`).sort()
      // Delivered, but nothing of it stored: the same place again. A queue has forgotten all but the last page by then.
      const lastOnly = mode === 'log' && bench.lacks('replay')
      const unconfirmed = lastOnly ? (first.pages.at(-1)?.records ?? []) : first.records
      const again = await reader.again(reader.start, unconfirmed.length)
      assert.deepEqual(ids(again.records), ids(unconfirmed))
    },
  },
  {
    number: 8,
    title: 'more records of one watermark than a page end, and are complete',
    modes: ['poll'],
    inapplicable: (_, { lacks }) => lacks?.sharedWatermark,
    async run(bench) {
      const entity = await bench.system.freshEntity('poll', { pageSize: 10 })
      assert.ok(!bench.lacks('sharedWatermark', entity.putAt !== undefined))
      const open = await bench.open()
      const start = await pollStart(open, entity)
      await entity.putAt?.(someRecords(35), new Date())
      const pages = await collect(poll(open, entity, start))
      assert.deepEqual(plainRecords(entity, recordsOf(pages)), await plainOracle(entity))
    },
  },
  {
    number: 9,
    title: 'a change that becomes visible late, with an older watermark, is caught',
    modes: ['poll'],
    inapplicable: (_, { lacks }) => lacks?.lateCommit,
    async run(bench) {
      const entity = await bench.system.freshEntity('poll', { lookBackSeconds: 30 })
      assert.ok(!bench.lacks('lateCommit', entity.putLate !== undefined && entity.putAt !== undefined))
      const open = await bench.open()
      const now = Date.now()
      const earlier = someRecords(3, {}, 100)
      const seen = new Set(earlier.map(({ id }) => keyOf(entity, id)))
      await entity.putAt?.(earlier, new Date(now - 3_600_000))
      let from = await pollStart(open, entity)
      const late = await entity.putLate?.(someRecords(2), new Date(now - 5000))
      await entity.putAt?.(someRecords(2, {}, 50), new Date(now))
      try {
        // The first poll may show again what the snapshot has; afterwards nothing.
        for (const expected of [['r0050', 'r0051'], []]) {
          const pages = await collect(poll(open, entity, from))
          assert.deepEqual(
            keysOf(pages).filter((key) => !seen.has(key)),
            expected.map((id) => keyOf(entity, id)),
          )
          from = lastCheckpoint(pages) ?? from
        }
      } finally {
        await late?.commit()
      }
      const pages = await collect(poll(open, entity, from))
      assert.deepEqual(
        keysOf(pages),
        ['r0001', 'r0002'].map((id) => keyOf(entity, id)),
      )
      assert.deepEqual(keysOf(await collect(poll(open, entity, lastCheckpoint(pages) ?? from))), [])
    },
  },
  {
    number: 10,
    title: 'records that change during the snapshot converge',
    modes: ['poll', 'log'],
    inapplicable: readsAll,
    async run(bench, mode) {
      // Whichever of the two is delivered first, the newer state must win.
      for (const logFirst of mode === 'log' ? [true, false] : [true]) await snapshotUnderChange(bench, mode, logFirst)
    },
  },
  {
    number: 11,
    title: 'deletes surface, or are declared not to',
    modes: ['poll', 'log', 'push'],
    inapplicable(_, { lacks, modes }) {
      const reasons = modes.map((mode) => (mode === 'push' ? lacks?.pushDelete : lacks?.remove))
      return reasons.includes(undefined) ? undefined : reasons[0]
    },
    async run(bench, mode) {
      if (mode === 'push') return pushedDeletes(bench)
      const entity = await bench.system.freshEntity(mode)
      if (bench.lacks('remove', entity.remove !== undefined)) return
      const reader = await startReading(bench, entity, mode)
      await entity.put(someRecords(3))
      const { checkpoint } = await reader.step(reader.start, 3)
      await entity.remove?.(['r0002'])
      const { deletes } = bench.harness.spec.capabilities
      const declared = mode === 'log' ? deletes.subscribe : deletes.poll
      const { records } = await reader.again(checkpoint, declared ? 1 : 0)
      assert.deepEqual(
        records.map(({ kind, key }) => [kind, key]),
        declared ? [['delete', keyOf(entity, 'r0002')]] : [],
      )
    },
  },
  {
    number: 12,
    title: 'a lost position is told as a gap, and a new snapshot repairs it',
    modes: ['poll', 'log'],
    inapplicable: (harness, system) => system.lacks?.losePosition ?? notOne(system) ?? readsAll(harness, system),
    async run(bench, mode) {
      const { losePosition, losesPosition = ['log'] } = bench.system
      assert.ok(!bench.lacks('losePosition', losePosition !== undefined))
      if (!losesPosition.includes(mode)) return
      await (mode === 'log' ? losesPositionOfLog(bench) : losesPositionOfPoll(bench))
    },
  },
  {
    number: 15,
    title: 'the changes of one record keep their order',
    modes: ['poll', 'log', 'push'],
    async run(bench, mode) {
      if (mode === 'push') return pushedOrder(bench)
      const entity = await bench.system.freshEntity(mode)
      const reader = await startReading(bench, entity, mode)
      const states = Array.from({ length: 10 }, (_, index) => ({
        id: 'one',
        name: 'One',
        note: null,
        amount: index + 1,
      }))
      for (const state of states.slice(0, 5)) await entity.put([state])
      if (entity.putInOneTransaction) await entity.putInOneTransaction(states.slice(5))
      else for (const state of states.slice(5)) await entity.put([state])
      // A log that keeps the newest state of a record only tells the last one.
      const { records } = await reader.read(mode === 'log' && !bench.lacks('order') ? 10 : 1)
      const amounts = records.map(({ data }) => Number(fieldsOf(entity, data).amount))
      assert.deepEqual(
        amounts,
        amounts.toSorted((a, b) => a - b),
      )
      assert.equal(amounts.at(-1), 10)
      const sequences = records.map(sequenceOf).filter((sequence) => sequence !== undefined)
      assert.deepEqual(
        sequences,
        sequences.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
      )
      assert.equal(new Set(records.map(({ version }) => version)).size, records.length)
    },
  },
]

/** For harnesses that offer nothing to lose a position with and poll only: a database's poll goes by its rows. */
function notOne({ modes, losePosition }: SystemUnderTest): string | undefined {
  return losePosition === undefined && !modes.includes('log')
    ? 'a poll goes by what the records themselves say, and has no position to lose'
    : undefined
}

function asPolled(entity: TestEntity): TestEntity {
  return { ...entity, config: { ...entity.config, mode: 'poll' } }
}
