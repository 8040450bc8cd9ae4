/** 12: what lies behind the checkpoint is gone. */
import assert from 'node:assert/strict'
import type { Bench } from './bench.ts'
import {
  backfill,
  collect,
  fieldsOf,
  Follower,
  lastCheckpoint,
  plain,
  plainOracle,
  poll,
  pollStart,
  someRecords,
} from './reading.ts'
import { Sink } from './sink.ts'

export async function losesPositionOfLog(bench: Bench): Promise<void> {
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
  assert.deepEqual(plain(entity, sink.live(entity.config.entity)), await plainOracle(entity))
  await entity.put([{ id: 'r0001', note: 'after the gap' }])
  await after.until(
    ({ records }) => records.some(({ data }) => fieldsOf(entity, data).note === 'after the gap'),
    'later changes',
  )
  assert.deepEqual(plain(entity, sink.live(entity.config.entity)), await plainOracle(entity))
  await after.stop()
}

export async function losesPositionOfPoll(bench: Bench): Promise<void> {
  const entity = await bench.system.freshEntity('poll')
  await entity.put(someRecords(5))
  const open = await bench.open()
  const sink = new Sink()
  const start = await pollStart(open, entity)
  for await (const page of backfill(open, entity)) sink.take(page)
  await entity.put(someRecords(5, { note: 'unseen' }, 4))
  await bench.system.losePosition?.(entity)
  const pages = await collect(poll(open, entity, start))
  assert.ok(
    pages.some(({ gap }) => gap !== undefined),
    'a gap is told',
  )
  const from = lastCheckpoint(pages)
  assert.ok(from, 'the page of the gap tells the place from which polling goes on')
  for (const page of [...pages, ...(await collect(backfill(open, entity)))]) sink.take(page)
  assert.deepEqual(plain(entity, sink.live(entity.config.entity)), await plainOracle(entity))
  await entity.put([{ id: 'r0001', note: 'after the gap' }])
  for await (const page of poll(open, entity, from)) sink.take(page)
  assert.deepEqual(plain(entity, sink.live(entity.config.entity)), await plainOracle(entity))
}
