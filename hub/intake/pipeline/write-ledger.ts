import {
  discardEntries,
  insertParked,
  type ParkWriteRow,
  settleEntries,
  shiftLedger,
} from '../../store/apply-writes.ts'
import { ENTRY_STATE } from '../../store/ledger-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { regrouped } from './identify.ts'
import type { ItemOutcome } from './plan-lanes.ts'
import type { ParkCause } from './ports.ts'
import type { WorkItem } from './work-item.ts'

/**
 * Settles the batch in the ledger. Where another worker settled one of its changes first, the batch fails and starts
 * over, and then finds it done.
 */
export function ledgerWrites(
  db: Queryable,
  shard: number,
  outcomes: ReadonlyMap<WorkItem, ItemOutcome>,
  restored: number,
): Promise<unknown>[] {
  const settled: { no: number; state: number }[] = []
  const parked: ParkWriteRow[] = []
  const discarded: number[] = []
  const counts = { applied: 0, superseded: 0, parked: 0, discarded: 0 }
  for (const [item, outcome] of outcomes) {
    if (outcome.kind === 'dropped') continue
    counts[outcome.kind]++
    if (outcome.kind === 'discarded') {
      discarded.push(item.no)
      continue
    }
    settled.push({ no: item.no, state: ENTRY_STATE[outcome.kind] })
    if (outcome.kind === 'parked') parked.push(parkRow(item, outcome.cause, outcome.waiting))
  }
  const settle = (work: Promise<number>, expected: number): Promise<void> =>
    work.then((count) => {
      if (count !== expected) throw regrouped()
    })
  const inFlight = restored - settled.length - discarded.length
  return [
    settle(settleEntries(db, settled), settled.length),
    settle(discardEntries(db, discarded), discarded.length),
    shiftLedger(db, shard, { accepted: restored, ...counts, inFlight }),
    insertParked(db, parked),
  ]
}

function parkRow(item: WorkItem, cause: ParkCause, waiting: boolean): ParkWriteRow {
  const { system, entity, key, id } = item.change
  return {
    no: item.no,
    system,
    entity: storable(entity),
    key: storable(key),
    changeId: id,
    change: JSON.stringify(item.change),
    waiting,
    code: cause.code,
    message: cause.message,
    where: cause.where ?? null,
    fix: cause.fix ?? null,
    problems: cause.problems === undefined ? null : JSON.stringify(cause.problems),
  }
}

/** PostgreSQL keeps no NUL in text. The front doors refuse it; what gets past them must still find its parking place. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD')
}
