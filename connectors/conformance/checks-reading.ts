import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Checkpoint, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import type { Check } from './check.ts'
import type { Mode, TestEntity } from './harness.ts'
import {
  backfill,
  type Bench,
  collect,
  Follower,
  lastCheckpoint,
  type OpenConnector,
  plain,
  plainOracle,
  plainRecords,
  poll,
  pollStart,
  someRecords,
} from './reading.ts'
import { Sink } from './sink.ts'

/** 4 to 12 and 15: complete, in order, resumable. */
export const READING_CHECKS: Check[] = [
  {
    number: 4,
    title: 'a full read equals what the system has, twice',
    async run(bench) {
      const entity = await bench.system.freshEntity('poll', { pageSize: 7 })
      await entity.put([...someRecords(50), { id: "odd / ' % : key 😀", name: 'Odd', note: '\\', amount: -1 }])
      const open = await bench.open()
      const [first, second] = [await collect(backfill(open, entity)), await collect(backfill(open, entity))]
      const oracle = await plainOracle(entity)
      assert.deepEqual(plainRecords(first.flatMap((page) => page.records)), oracle)
      assert.deepEqual(
        second.flatMap((page) => page.records.map(({ key, data }) => [key, data])),
        first.flatMap((page) => page.records.map(({ key, data }) => [key, data])),
      )
      assert.equal(first[0]?.totalEstimate, oracle.size)
    },
  },
  {
    number: 5,
    title: 'a second incremental read gives nothing new',
    perMode: true,
    async run(bench, mode) {
      const entity = await bench.system.freshEntity(mode, { pageSize: 7 })
      const reader = await startReading(bench, entity, mode)
      await entity.put(someRecords(30))
      const first = await reader.read(30)
      assert.deepEqual(plainRecords(first.records), await plainOracle(entity))
      assert.deepEqual((await reader.again(first.checkpoint)).records, [])
    },
  },
  {
    number: 6,
    title: 'reading can go on from every checkpoint',
    perMode: true,
    async run(bench, mode) {
      const entity = await bench.system.freshEntity(mode, { pageSize: 4 })
      const reader = await startReading(bench, entity, mode)
      const read: SourceRecord[] = []
      let from = reader.start
      for (let round = 1; round <= 6; round += 1) {
        await entity.put(someRecords(6, { note: `round ${round}` }, round * 3))
        // Each time a fresh connector, which knows nothing but the last checkpoint.
        const step = await reader.step(from)
        read.push(...step.records)
        from = step.checkpoint
      }
      const expected = await plainOracle(entity)
      assert.deepEqual(plainRecords(read), expected)
      assert.equal(read.length, 36, 'nothing is repeated')
      const pages = await collect(backfill(await bench.open(), asPolled(entity)))
      assert.ok(pages.length >= 3, 'the snapshot has several pages')
      for (const [index, { checkpoint }] of pages.entries()) {
        const rest = await collect(backfill(await bench.open(), asPolled(entity), checkpoint))
        const union = [...pages.slice(0, index + 1), ...rest].flatMap((page) => page.records)
        assert.deepEqual(plainRecords(union), expected, `resumed after page ${index + 1}`)
        assert.equal(union.length, expected.size, 'nothing is repeated')
      }
      if (mode === 'log') return
      const polled = await collect(poll(await bench.open(), entity, reader.start))
      for (const [index, { checkpoint }] of polled.entries()) {
        const rest = await collect(poll(await bench.open(), entity, checkpoint))
        const union = [...polled.slice(0, index + 1), ...rest].flatMap((page) => page.records)
        assert.deepEqual(plainRecords(union), expected, `resumed after page ${index + 1} of a poll`)
      }
    },
  },
  {
    number: 7,
    title: 'an end between delivery and checkpoint loses nothing, and repeats carry the same versions',
    perMode: true,
    async run(bench, mode) {
      const entity = await bench.system.freshEntity(mode, { pageSize: 50 })
      const reader = await startReading(bench, entity, mode)
      await entity.put(someRecords(20))
      // Delivered, but nothing of it stored: the same place again.
      const first = await reader.read(20)
      const again = await reader.again(reader.start, 20)
      const ids = (records: SourceRecord[]): string[] => records.map(({ key, version }) => `${key} ${version}`).sort()
      assert.deepEqual(ids(again.records), ids(first.records))
    },
  },
  {
    number: 8,
    title: 'more records of one watermark than a page end, and are complete',
    needs: (_, system) => system.modes.includes('poll'),
    async run(bench) {
      const entity = await bench.system.freshEntity('poll', { pageSize: 10 })
      assert.ok(entity.putAt)
      const open = await bench.open()
      const start = await pollStart(open, entity)
      await entity.putAt(someRecords(35), new Date())
      const pages = await collect(poll(open, entity, start))
      assert.deepEqual(plainRecords(pages.flatMap((page) => page.records)), await plainOracle(entity))
    },
  },
  {
    number: 9,
    title: 'a change that becomes visible late, with an older watermark, is caught',
    needs: (_, system) => system.modes.includes('poll'),
    async run(bench) {
      const entity = await bench.system.freshEntity('poll', { lookBackSeconds: 30 })
      assert.ok(entity.putLate && entity.putAt)
      const open = await bench.open()
      const now = Date.now()
      await entity.putAt(someRecords(3, {}, 100), new Date(now - 3_600_000))
      let from = await pollStart(open, entity)
      const late = await entity.putLate(someRecords(2), new Date(now - 5000))
      await entity.putAt(someRecords(2, {}, 50), new Date(now))
      try {
        // The first poll may show again what the snapshot has; afterwards nothing.
        for (const expected of [['r0050', 'r0051'], []]) {
          const pages = await collect(poll(open, entity, from))
          assert.deepEqual(
            keysOf(pages).filter((key) => key < 'r0100'),
            expected,
          )
          from = lastCheckpoint(pages) ?? from
        }
      } finally {
        await late.commit()
      }
      const pages = await collect(poll(open, entity, from))
      assert.deepEqual(keysOf(pages), ['r0001', 'r0002'])
      assert.deepEqual(keysOf(await collect(poll(open, entity, lastCheckpoint(pages) ?? from))), [])
    },
  },
  {
    number: 10,
    title: 'records that change during the snapshot converge',
    perMode: true,
    async run(bench, mode) {
      // Whichever of the two is delivered first, the newer state must win.
      for (const logFirst of mode === 'log' ? [true, false] : [true]) await snapshotUnderChange(bench, mode, logFirst)
    },
  },
  {
    number: 11,
    title: 'deletes surface, or are declared not to',
    perMode: true,
    async run(bench, mode) {
      const entity = await bench.system.freshEntity(mode)
      const reader = await startReading(bench, entity, mode)
      await entity.put(someRecords(3))
      const { checkpoint } = await reader.read(3)
      await entity.remove(['r0002'])
      const { deletes } = bench.harness.spec.capabilities
      const declared = mode === 'log' ? deletes.subscribe : deletes.poll
      const { records } = await reader.again(checkpoint, declared ? 1 : 0)
      assert.deepEqual(
        records.map(({ kind, key }) => [kind, key]),
        declared ? [['delete', 'r0002']] : [],
      )
    },
  },
  {
    number: 12,
    title: 'a lost position is told as a gap, and a new snapshot repairs it',
    needs: (_, system) => system.losePosition !== undefined && system.modes.includes('log'),
    async run(bench) {
      const entity = await bench.system.freshEntity('log')
      await entity.put(someRecords(5))
      const first = await bench.open()
      const sink = new Sink()
      const before = new Follower(first, [entity], null, sink)
      await before.started()
      for await (const page of backfill(first, entity)) sink.take(page)
      await before.quiet()
      await before.stop()
      await entity.put(someRecords(5, { note: 'unseen' }, 4))
      await bench.system.losePosition?.(entity)
      const second = await bench.open(bench.system.settings, first.system)
      const after = new Follower(second, [entity], before.checkpoint, sink)
      await after.until(({ pages }) => pages.some(({ gap }) => gap !== undefined), 'a gap')
      for await (const page of backfill(second, entity)) sink.take(page)
      assert.deepEqual(plain(sink.live(entity.config.entity)), await plainOracle(entity))
      await entity.put([{ id: 'r0001', note: 'after the gap' }])
      await after.until(({ records }) => records.some(({ data }) => data?.note === 'after the gap'), 'later changes')
      assert.deepEqual(plain(sink.live(entity.config.entity)), await plainOracle(entity))
      await after.stop()
    },
  },
  {
    number: 15,
    title: 'the changes of one record keep their order',
    perMode: true,
    async run(bench, mode) {
      const entity = await bench.system.freshEntity(mode)
      const reader = await startReading(bench, entity, mode)
      const states = Array.from({ length: 10 }, (_, index) => ({ id: 'one', name: 'One', amount: index + 1 }))
      for (const state of states.slice(0, 5)) await entity.put([state])
      if (entity.putInOneTransaction) await entity.putInOneTransaction(states.slice(5))
      else for (const state of states.slice(5)) await entity.put([state])
      const { records } = await reader.read(mode === 'log' ? 10 : 1)
      const amounts = records.map(({ data }) => Number(data?.amount))
      assert.deepEqual(
        amounts,
        amounts.toSorted((a, b) => a - b),
      )
      assert.equal(amounts.at(-1), 10)
      const sequences = records.flatMap(({ sequence }) => (sequence === undefined ? [] : [BigInt(sequence)]))
      assert.deepEqual(
        sequences,
        sequences.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
      )
      assert.equal(new Set(records.map(({ version }) => version)).size, records.length)
    },
  },
]

function keysOf(pages: readonly Page[]): string[] {
  return pages.flatMap((page) => page.records.map(({ key }) => key))
}

function asPolled(entity: TestEntity): TestEntity {
  return { ...entity, config: { ...entity.config, mode: 'poll' } }
}

interface Read {
  pages: Page[]
  records: SourceRecord[]
  checkpoint: Checkpoint
}

/** Incremental reading by either way, from a place taken now. */
interface Reading {
  start: Checkpoint
  /** What has changed since the start. The last page is not confirmed, as if this process had ended after it. */
  read(expected: number): Promise<Read>
  /** The same from any place, by a connector of its own. */
  step(from: Checkpoint): Promise<Read>
  /** Follows until nothing more comes, by a connector of its own. */
  again(from: Checkpoint, expected?: number): Promise<Read>
}

async function startReading(bench: Bench, entity: TestEntity, mode: Mode): Promise<Reading> {
  const open = await bench.open()
  const reopen = (): Promise<OpenConnector> => bench.open(bench.system.settings, open.system)
  if (mode === 'poll') {
    const start = await pollStart(open, entity)
    const read = async (from: Checkpoint): Promise<Read> => {
      const pages = await collect(poll(await reopen(), entity, from))
      return { pages, records: pages.flatMap((page) => page.records), checkpoint: lastCheckpoint(pages) ?? from }
    }
    return { start, read: () => read(start), step: read, again: read }
  }
  const { checkpoint: start } = await untilQuiet(open, entity, null, 0)
  return {
    start,
    read: async (expected) => untilCount(await reopen(), entity, start, expected),
    step: async (from) => untilCount(await reopen(), entity, from, 6),
    again: async (from, expected = 0) => untilQuiet(await reopen(), entity, from, expected),
  }
}

async function untilQuiet(
  open: OpenConnector,
  entity: TestEntity,
  from: Checkpoint | null,
  expected: number,
): Promise<Read> {
  const follower = new Follower(open, [entity], from)
  await follower.started()
  await follower.until(({ records }) => records.length >= expected, `${expected} records`)
  await follower.quiet()
  await follower.stop()
  assert.equal(follower.failure, undefined)
  return { pages: follower.pages, records: follower.records, checkpoint: follower.checkpoint }
}

async function untilCount(open: OpenConnector, entity: TestEntity, from: Checkpoint, expected: number): Promise<Read> {
  const pages: Page[] = []
  const records: SourceRecord[] = []
  assert.ok(open.connector.subscribe)
  for await (const page of open.connector.subscribe([entity.config], from)) {
    pages.push(page)
    records.push(...page.records)
    if (records.length >= expected && page.checkpoint !== null) break
  }
  open.abort.abort()
  return { pages, records, checkpoint: lastCheckpoint(pages) ?? from }
}

async function snapshotUnderChange(bench: Bench, mode: Mode, logFirst: boolean): Promise<void> {
  const entity = await bench.system.freshEntity(mode, { pageSize: 10 })
  await entity.put(someRecords(60))
  const open = await bench.open()
  const sink = new Sink()
  const follower = mode === 'log' ? new Follower(open, [entity], null, logFirst ? sink : undefined) : undefined
  await follower?.started()
  const start = mode === 'poll' ? await pollStart(open, entity) : undefined
  const held: Page[] = []
  let round = 0
  for await (const page of backfill(open, entity)) {
    round += 1
    // Read, but not delivered yet: what happens now is newer than this page, also to records that are in it.
    await entity.put(someRecords(10, { note: `round ${round}` }, 1 + (round % 6) * 10))
    await entity.put([{ id: `new${round}`, name: 'New', note: null, amount: round }])
    if (mode === 'log') await entity.remove([`r00${round}5`])
    if (logFirst) await follower?.until(({ records }) => records.length >= 11 * round, 'the changes in the log')
    held.push(page)
    if (held.length > 1) held.splice(0, 1).forEach((each) => sink.take(each))
  }
  held.forEach((each) => sink.take(each))
  if (start) for await (const page of poll(open, entity, start)) sink.take(page)
  await follower?.quiet()
  if (!logFirst) follower?.pages.forEach((page) => sink.take(page))
  assert.deepEqual(plain(sink.live(entity.config.entity)), await plainOracle(entity), `log first: ${logFirst}`)
  await follower?.stop()
  await sleep(0)
}
