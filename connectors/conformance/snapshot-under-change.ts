import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from '../../hub/contracts/connector.ts'
import type { Bench } from './bench.ts'
import type { Mode } from './harness.ts'
import { backfill, Follower, plain, plainOracle, poll, pollStart, someRecords } from './reading.ts'
import { Sink } from './sink.ts'

/** 10: changes between the pages of a snapshot, with the log's records delivered before or after those of the snapshot. */
export async function snapshotUnderChange(bench: Bench, mode: Mode, logFirst: boolean): Promise<void> {
  const entity = await bench.system.freshEntity(mode, { pageSize: 10 })
  await entity.put(someRecords(60))
  const open = await bench.open()
  const sink = new Sink()
  const follower = mode === 'log' ? new Follower(open, [entity], null, logFirst ? sink : undefined) : undefined
  await follower?.started()
  const start = mode === 'poll' ? await pollStart(open, entity) : undefined
  const removes = mode === 'log' && !bench.lacks('remove', entity.remove !== undefined)
  const held: Page[] = []
  let round = 0
  for await (const page of backfill(open, entity)) {
    round += 1
    // Read, but not delivered yet: what happens now is newer than this page, also to records that are in it.
    await entity.put(someRecords(10, { note: `round ${round}` }, 1 + (round % 6) * 10))
    await entity.put([{ id: `new${round}`, name: 'New', note: null, amount: round }])
    if (removes) await entity.remove?.([`r00${round}5`])
    if (logFirst) await follower?.until(({ records }) => records.length >= 11 * round, 'the changes in the log')
    held.push(page)
    if (held.length > 1) held.splice(0, 1).forEach((each) => sink.take(each))
  }
  held.forEach((each) => sink.take(each))
  if (start) for await (const page of poll(open, entity, start)) sink.take(page)
  await follower?.quiet()
  if (!logFirst) follower?.pages.forEach((page) => sink.take(page))
  assert.deepEqual(
    plain(entity, sink.live(entity.config.entity)),
    await plainOracle(entity),
    mode === 'log' ? `log first: ${logFirst}` : undefined,
  )
  await follower?.stop()
  await sleep(0)
}
