import { type Lane, laneName } from '../../contracts/change.ts'
import type { RecordRow } from '../../store/apply-queries.ts'
import { ENTRY_STATE } from '../../store/ledger-queries.ts'
import type { MapOutcome, ParkCause } from './ports.ts'
import { comparePositions, type Position, type SequenceKind } from './sequence.ts'
import type { WorkItem } from './work-item.ts'

/** A change with what its mapping made of it. */
export interface MappedItem {
  item: WorkItem
  mapped: MapOutcome
}

export type ItemOutcome =
  | { kind: 'applied' }
  | { kind: 'superseded' }
  | { kind: 'parked'; cause: ParkCause; waiting: boolean }
  /** Of somebody who was erased. */
  | { kind: 'discarded' }
  /** Came before (a redelivery) or was accepted under another number: nothing is written, nothing is counted. */
  | { kind: 'dropped' }

/** What a lane becomes: the newest change that applies to it. */
export interface LaneChange {
  lane: Lane
  name: string
  before: RecordRow | undefined
  item: WorkItem
  mapped: Exclude<MapOutcome, { kind: 'failed' }>
}

export interface LanePlan {
  outcomes: Map<WorkItem, ItemOutcome>
  lanes: LaneChange[]
}

export interface LaneKnowledge {
  /** Ledger states by number; absent: no entry (yet). */
  entries: ReadonlyMap<number, number>
  records: ReadonlyMap<string, RecordRow>
  held: ReadonlySet<string>
  /** Changes of those who were erased. */
  gone?: ReadonlySet<WorkItem>
}

const WAITING: ParkCause = {
  code: 'lane.held',
  message: 'An earlier change of this record is parked; this one waits behind it.',
  fix: 'Repair, discard or replay the earlier change.',
}

/**
 * Decides for each change, in order, whether it applies, is superseded by what its lane has, or is parked; and for each
 * lane what it becomes. Pure: the same knowledge gives the same plan.
 */
export function planLanes(items: readonly MappedItem[], knowledge: LaneKnowledge): LanePlan {
  const outcomes = new Map<WorkItem, ItemOutcome>()
  const lanes = new Map<string, LaneChange>()
  const heldNow = new Set(knowledge.held)
  const seen = new Set<number>()
  for (const { item, mapped } of items) {
    const state = knowledge.entries.get(item.no)
    if (seen.has(item.no) || (state !== undefined && state !== ENTRY_STATE.inFlight)) {
      outcomes.set(item, { kind: 'dropped' })
      continue
    }
    seen.add(item.no)
    if (knowledge.gone?.has(item) === true) {
      outcomes.set(item, { kind: 'discarded' })
      continue
    }
    const name = laneName(item.change)
    const before = knowledge.records.get(name)
    if (heldNow.has(name)) {
      outcomes.set(item, { kind: 'parked', cause: WAITING, waiting: true })
    } else if (comparePositions(positionOf(item), currentPosition(lanes.get(name), before)) <= 0) {
      outcomes.set(item, { kind: 'superseded' })
    } else if (mapped.kind === 'failed') {
      outcomes.set(item, { kind: 'parked', cause: mapped.cause, waiting: false })
      heldNow.add(name)
    } else {
      outcomes.set(item, { kind: 'applied' })
      lanes.set(name, { lane: item.change, name, before, item, mapped })
    }
  }
  return { outcomes, lanes: [...lanes.values()] }
}

/** Older than anything: a lane that has nothing yet. */
const BEGINNING: Position = { kind: 'none', sequence: null, changeNo: -1 }

function currentPosition(planned: LaneChange | undefined, before: RecordRow | undefined): Position {
  if (planned !== undefined) return positionOf(planned.item)
  if (before === undefined) return BEGINNING
  return { kind: KINDS[before.sequenceKind], sequence: before.sequence, changeNo: before.changeNo }
}

const KINDS: readonly [SequenceKind, SequenceKind, SequenceKind] = ['none', 'text', 'integer']

export function positionOf({ no, change }: WorkItem): Position {
  if (change.sequence === undefined) return { kind: 'none', sequence: null, changeNo: no }
  const kind = change.sequenceType === 'Integer' ? 'integer' : 'text'
  return { kind, sequence: change.sequence, changeNo: no }
}

export function sequenceKindNumber(kind: SequenceKind): 0 | 1 | 2 {
  return kind === 'none' ? 0 : kind === 'text' ? 1 : 2
}
