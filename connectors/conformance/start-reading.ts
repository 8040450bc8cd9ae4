import assert from 'node:assert/strict'
import type { Checkpoint, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import type { Bench, OpenConnector } from './bench.ts'
import type { Mode, TestEntity } from './harness.ts'
import { collect, Follower, lastCheckpoint, poll, pollStart } from './reading.ts'

const COME_WITHIN_MS = 30_000

export interface Read {
  pages: Page[]
  records: SourceRecord[]
  checkpoint: Checkpoint
}

/** Incremental reading by polling or by the log, from a place taken now. */
export interface Reading {
  start: Checkpoint
  /** What has changed since the start. The last page is not confirmed, as if this process had ended after it. */
  read(expected: number): Promise<Read>
  /** `expected` changes from any place, by a connector of its own; all are confirmed where the system asks for that. */
  step(from: Checkpoint, expected: number): Promise<Read>
  /** Follows until nothing more comes, by a connector of its own. */
  again(from: Checkpoint, expected?: number): Promise<Read>
}

export async function startReading(bench: Bench, entity: TestEntity, mode: Mode): Promise<Reading> {
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
  // What a queue has handed out and nobody has confirmed, it hands out again: a step confirms its last page too.
  const confirms = bench.system.lacks?.replay !== undefined
  return {
    start,
    read: async (expected) => untilCount(await reopen(), entity, start, expected),
    step: async (from, expected) => (confirms ? untilQuiet : untilCount)(await reopen(), entity, from, expected),
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
  assert.ok(open.connector.subscribe, 'the connector declares subscribe')
  let late = false
  const timer = setTimeout(() => {
    late = true
    open.abort.abort()
  }, COME_WITHIN_MS)
  try {
    for await (const page of open.connector.subscribe([entity.config], from)) {
      pages.push(page)
      records.push(...page.records)
      if (records.length >= expected && page.checkpoint !== null) break
    }
  } catch (error) {
    if (!late) throw error
  } finally {
    clearTimeout(timer)
  }
  assert.ok(!late, `${expected} records were expected within ${COME_WITHIN_MS} ms; ${records.length} came`)
  open.abort.abort()
  return { pages, records, checkpoint: lastCheckpoint(pages) ?? from }
}
