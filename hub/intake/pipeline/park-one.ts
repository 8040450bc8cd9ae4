import { entryStates } from '../../store/apply-queries.ts'
import { anyErasedLane } from '../../store/erased-lane-queries.ts'
import { lockIdentityAlone } from '../../store/identity-lock.ts'
import type { Queryable } from '../../store/queryable.ts'
import { ENTRY_STATE } from '../../store/ledger-queries.ts'
import { hash53 } from '../../identity/key-hash.ts'
import { markErased, screen } from './erased.ts'
import type { ItemOutcome } from './plan-lanes.ts'
import type { ErasureTerms, ParkCause } from './ports.ts'
import type { WorkItem } from './work-item.ts'
import { ledgerWrites } from './write-ledger.ts'

/** A lane among the locks of a batch: beside its match keys, the lane itself must not be in two batches at once. */
export function laneLock(name: string): number {
  return hash53(`lane ${name}`)
}

/** Parks a change that the pipeline could not apply for a reason that only showed when it was written. */
export async function parkOne(
  db: Queryable,
  { shard, erasure }: { shard: number; erasure: ErasureTerms },
  item: WorkItem,
  cause: ParkCause,
): Promise<void> {
  await lockIdentityAlone(db)
  const state = (await entryStates(db, [item.no])).get(item.no)
  if (state !== ENTRY_STATE.inFlight) return
  // What could not be written was not understood either: of the erased nothing of it is kept.
  const screened = await screen(db, erasure, [{ item, mapped: { kind: 'failed', cause } }], await anyErasedLane(db))
  const outcome: ItemOutcome = screened.gone.has(item)
    ? { kind: 'discarded' }
    : { kind: 'parked', cause, waiting: false }
  const outcomes = new Map([[item, outcome]])
  await Promise.all(ledgerWrites(db, shard, outcomes, 0))
  await markErased(db, screened, outcomes)
}
