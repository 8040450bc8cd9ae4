/** 24: very many records, read slowly, and a stop in the middle. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from '../../hub/contracts/connector.ts'
import { stoppedError } from '../shared/errors.ts'
import type { Bench, OpenConnector } from './bench.ts'
import type { TestEntity } from './harness.ts'
import { memoryKept } from './memory.ts'
import { backfill } from './reading.ts'

const ROWS = 100_000
/** From here on memory must stay flat: by then all code is warm and all buffers have their size. */
const WARM_ROWS = 20_000
const SAMPLE_EVERY_ROWS = 4000
const PAGE_SIZE = 1000
const GROWTH_MAX_BYTES = 80 * 1024 * 1024
const STOP_MAX_MS = 3000
const STOP_AFTER_ROWS = 5000

/** Reads everything by snapshot, or by the log where there is no snapshot. */
export async function readSlowly(bench: Bench): Promise<TestEntity> {
  const entity = await bench.system.freshEntity(bench.mode, { pageSize: PAGE_SIZE })
  const open = await bench.open()
  const pages = await pagesOf(bench, open, entity, false)
  let count = 0
  let sampledAt = 0
  let base = 0
  let peak = 0
  for await (const page of pages) {
    count += page.records.length
    await sleep(2)
    if (count - sampledAt >= SAMPLE_EVERY_ROWS) {
      sampledAt = count
      const kept = await memoryKept()
      if (base === 0 && count >= WARM_ROWS) base = kept
      peak = Math.max(peak, kept)
    }
    if (!bench.backfills && count >= ROWS) break
  }
  assert.equal(count, ROWS)
  assert.ok(base > 0, `the records come in pages of fewer than ${ROWS - WARM_ROWS}`)
  assert.ok(peak - base < GROWTH_MAX_BYTES, `memory grew by ${Math.round((peak - base) / 2 ** 20)} MiB`)
  return entity
}

export async function stopAtOnce(bench: Bench, filled: TestEntity): Promise<void> {
  const stopped = await bench.open()
  // What a log has handed out is gone; the stop needs new changes.
  const entity = bench.backfills ? filled : await bench.system.freshEntity(bench.mode, { pageSize: PAGE_SIZE })
  const pages = await pagesOf(bench, stopped, entity, bench.backfills)
  let taken = 0
  let abortedAt = 0
  const read = async (): Promise<void> => {
    for await (const page of pages) {
      taken += page.records.length
      if (taken < STOP_AFTER_ROWS || abortedAt > 0) continue
      abortedAt = Date.now()
      stopped.abort.abort()
    }
    // A log reader may end on an abort as well as throw; a snapshot that just ends would be taken for complete.
    if (!bench.backfills && abortedAt > 0) throw stoppedError()
  }
  assert.equal((await bench.failure(read, 'reading is stopped')).code, 'connector.stopped')
  assert.ok(Date.now() - abortedAt < STOP_MAX_MS && taken < ROWS, 'it stops at once')
  await stopped.connector.close()
}

/** The pages of a filled entity. A log is held before it is filled. */
async function pagesOf(
  bench: Bench,
  open: OpenConnector,
  entity: TestEntity,
  filled: boolean,
): Promise<AsyncIterable<Page>> {
  if (bench.backfills) {
    if (!filled) await entity.fill(ROWS)
    return backfill(open, entity)
  }
  assert.ok(open.connector.subscribe, 'the connector declares backfill or subscribe')
  const pages = open.connector.subscribe([entity.config], null)[Symbol.asyncIterator]()
  const first = await pages.next()
  await entity.fill(ROWS)
  return (async function* () {
    if (first.done !== true) yield first.value
    for (;;) {
      const { done, value } = await pages.next()
      if (done === true) return
      yield value
    }
  })()
}
