import assert from 'node:assert/strict'
import type { Connector, RecordWrite, WriteResult } from '../../hub/contracts/connector.ts'
import type { Check } from './check.ts'
import type { TestEntity, TestRecord } from './harness.ts'
import { backfill, collect, Follower, someRecords } from './reading.ts'

const canWrite: Check['needs'] = ({ spec }) => spec.capabilities.write

/** 16 to 18 and 22: write-back. */
export const WRITING_CHECKS: Check[] = [
  {
    number: 16,
    title: 'the same write twice, and a line that breaks after the commit, are one effect',
    needs: canWrite,
    async run(bench) {
      const mode = bench.system.modes.includes('log') ? 'log' : 'poll'
      const entity = await bench.system.freshEntity(mode)
      await entity.put(someRecords(2))
      const open = await bench.open()
      const follower = mode === 'log' ? new Follower(open, [entity], null) : undefined
      await follower?.started()
      const write: RecordWrite = { key: 'r0001', fields: { amount: 7 }, expected: { amount: 1 }, idempotencyKey: 'w1' }
      for (let time = 1; time <= 2; time += 1)
        assert.equal((await writeOne(open.connector, entity, write)).outcome, 'written')
      const created: RecordWrite = { key: 'made', fields: { name: 'Made', amount: 1 }, idempotencyKey: 'w2' }
      for (let time = 1; time <= 2; time += 1)
        assert.equal((await writeOne(open.connector, entity, created)).outcome, 'written')
      const { proxy, commitWords } = bench.system
      if (proxy && commitWords !== undefined) {
        const torn: RecordWrite = { key: 'r0002', fields: { amount: 8 }, expected: { amount: 2 }, idempotencyKey: 'w3' }
        proxy.cutAfterWords(commitWords)
        const result = await writeOne(open.connector, entity, torn)
        assert.ok(result.outcome === 'failed' && result.error.family === 'retry', 'the outcome is not known')
        assert.equal((await stateOf(entity, 'r0002'))?.amount, 8, 'the line broke after the commit')
        assert.equal((await writeOne(open.connector, entity, torn)).outcome, 'written')
      }
      assert.equal((await stateOf(entity, 'r0001'))?.amount, 7)
      assert.equal((await stateOf(entity, 'made'))?.name, 'Made')
      if (!follower) return
      const count = (key: string): number => follower.records.filter((record) => record.key === key).length
      await follower
        .until(
          () =>
            count('r0001') > 0 && count('made') > 0 && (!proxy || count('r0002') > 0 || follower.failure !== undefined),
          'the writes in the log',
        )
        .catch(() => undefined)
      const again =
        follower.failure === undefined
          ? follower
          : new Follower(await bench.open(bench.system.settings, open.system), [entity], follower.checkpoint)
      await again.quiet()
      const all = again === follower ? follower.records : [...follower.records, ...again.records]
      const effects = new Set(all.map(({ key, version }) => `${key} ${version}`))
      for (const key of ['r0001', 'made'])
        assert.equal([...effects].filter((id) => id.startsWith(`${key} `)).length, 1, `one change of ${key}`)
      await again.stop()
    },
  },
  {
    number: 17,
    title: 'a stale write is a conflict that shows the current state, also within one tick of the clock',
    needs: canWrite,
    async run(bench) {
      const entity = await bench.system.freshEntity('poll')
      const at = new Date()
      const put = entity.putAt ? (records: TestRecord[]) => entity.putAt?.(records, at) : entity.put
      await put(someRecords(1))
      // The same watermark, another value: only the value tells them apart.
      await put([{ id: 'r0001', name: 'Name 1', note: null, amount: 5 }])
      const { connector } = await bench.open()
      const stale = await writeOne(connector, entity, {
        key: 'r0001',
        fields: { amount: 9 },
        expected: { amount: 1 },
        idempotencyKey: 's1',
      })
      assert.ok(stale.outcome === 'conflict')
      assert.equal(Number(stale.current?.amount), 5)
      const gone = await writeOne(connector, entity, {
        key: 'nobody',
        fields: { amount: 9 },
        expected: { amount: 1 },
        idempotencyKey: 's2',
      })
      assert.deepEqual(gone, { outcome: 'conflict', key: 'nobody', current: null })
      assert.equal((await stateOf(entity, 'r0001'))?.amount, 5, 'nothing was written')
    },
  },
  {
    number: 18,
    title: 'the failure of one write in a batch is told for that one, and the others are done',
    needs: canWrite,
    async run(bench) {
      const entity = await bench.system.freshEntity('poll')
      await entity.put(someRecords(3))
      const { connector } = await bench.open()
      const results = await connector.write?.(entity.config, [
        { key: 'r0001', fields: { amount: 11 }, idempotencyKey: 'b1' },
        { key: 'r0002', fields: { amount: 'no number' }, idempotencyKey: 'b2' },
        { key: 'r0003', fields: { amount: 33, 'no such field': 1 }, idempotencyKey: 'b3' },
        { key: 'r0004', fields: { name: 'Four', amount: 44 }, idempotencyKey: 'b4' },
      ])
      assert.deepEqual(
        results?.map(({ key, outcome }) => [key, outcome]),
        [
          ['r0001', 'written'],
          ['r0002', 'failed'],
          ['r0003', 'failed'],
          ['r0004', 'written'],
        ],
      )
      const families = results.map((result) => (result.outcome === 'failed' ? result.error.family : undefined))
      assert.deepEqual(families, [undefined, 'reject', 'reject', undefined])
      assert.deepEqual((await entity.oracle()).map(({ id, amount }) => [id, amount]).sort(), [
        ['r0001', 11],
        ['r0002', 2],
        ['r0003', 3],
        ['r0004', 44],
      ])
    },
  },
  {
    number: 22,
    title: "the hub's own write is known again when it is read back",
    needs: ({ spec }, system) => spec.capabilities.write && system.modes.includes('log'),
    async run(bench) {
      const entity = await bench.system.freshEntity('log')
      await entity.put(someRecords(2))
      const open = await bench.open()
      const follower = new Follower(open, [entity], null)
      await follower.started()
      await writeOne(open.connector, entity, { key: 'r0001', fields: { amount: 7 }, idempotencyKey: 'own/*1*/ ü' })
      await entity.put([{ id: 'r0002', amount: 8 }])
      await follower.until(({ records }) => records.length >= 2, 'both changes')
      assert.deepEqual(
        follower.records.map(({ key, writtenBy }) => [key, writtenBy]),
        [
          ['r0001', 'own/*1*/ ü'],
          ['r0002', undefined],
        ],
      )
      await follower.stop()
      const read = (
        await collect(backfill(await bench.open(), { ...entity, config: { ...entity.config, mode: 'poll' } }))
      ).flatMap((page) => page.records)
      assert.equal(read.length, 2)
    },
  },
]

async function writeOne(connector: Connector, entity: TestEntity, write: RecordWrite): Promise<WriteResult> {
  const [result] = (await connector.write?.(entity.config, [write])) ?? []
  return result ?? assert.fail('a write has a result')
}

async function stateOf(entity: TestEntity, id: string): Promise<TestRecord | undefined> {
  return (await entity.oracle()).find((record) => record.id === id)
}
