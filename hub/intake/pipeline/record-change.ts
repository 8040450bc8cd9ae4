import type { Lane } from '../../contracts/change.ts'
import type { JsonObject } from '../../contracts/json.ts'
import type { RecordRow } from '../../store/apply-queries.ts'
import type { RecordWriteRow } from '../../store/apply-writes.ts'
import type { Assignment, Placed } from './assign-customers.ts'
import type { FieldTimes } from '../../golden/field-times.ts'
import { refName, refsOf } from './entity-records.ts'
import { instantText } from './instant.ts'
import type { MatchView } from './matcher.ts'
import { positionOf, sequenceKindNumber } from './plan-lanes.ts'
import type { MapOutcome } from './ports.ts'
import type { WorkItem } from './work-item.ts'

/** A record as a batch leaves it. */
export interface RecordChange {
  no: number
  name: string
  lane: Lane
  before: RecordRow | undefined
  /** The change it comes from; null where the record is only looked at again. */
  item: WorkItem | null
  mapped: Exclude<MapOutcome, { kind: 'failed' }>
  /** What matching sees; null for what is no customer (any more). */
  view: MatchView | null
  /** Look for matches even though nothing that matching sees has changed. */
  rematch: boolean
  /** Whether the record itself is written; false where at most its customer changes. */
  written: boolean
  /** What write-back found the system to have, beside its readings. */
  observed: Observed | null
}

/** The record as the hub found it when it wrote to it: as good as a reading, but of a moment that no sequence places. */
export interface Observed {
  /** Native fields that were looked at, and what they have. */
  fields: JsonObject
  /** The whole record with them. */
  raw: JsonObject
  /** Since when the system has them, ISO 8601. */
  at: string
  /** Paths that count as said anew, even where nothing in them has changed. */
  insists: readonly string[]
}

/** The system's own time of the record's last change, as stored. */
export function changedAtOf({ item, before }: RecordChange): string {
  return (item === null ? before?.changedAt : instantText(item.change.time)) ?? '1970-01-01T00:00:00.000000Z'
}

export function recordRow<Member extends Placed>(
  change: RecordChange,
  placement: Placement<Member>,
  publicId: string | null,
  fieldTimes: FieldTimes | null,
): RecordWriteRow {
  const { no, lane, before, item, mapped, view } = change
  const position = item === null ? null : positionOf(item)
  const document = mapped.kind === 'document' ? mapped.document : null
  const refs = document === null || mapped.target === 'customer' ? null : refsOf(document, lane)
  return {
    no,
    system: lane.system,
    entity: lane.entity,
    key: lane.key,
    sequenceKind: position === null ? (before?.sequenceKind ?? 0) : sequenceKindNumber(position.kind),
    sequence: position === null ? (before?.sequence ?? null) : position.sequence,
    changeNo: item?.no ?? before?.changeNo ?? 0,
    changeId: item?.change.id ?? before?.changeId ?? '',
    changedAt: changedAtOf(change),
    deleted: mapped.kind === 'deleted',
    raw: rawText(change),
    target: mapped.target ?? before?.target ?? null,
    document: document === null ? null : JSON.stringify(document),
    mappingRevision: mapped.revision,
    publicId: publicId ?? before?.publicId ?? null,
    customerRef: refName(refs?.customer ?? null),
    accountRef: refName(refs?.account ?? null),
    customerId: view === null ? null : (placement.customers.get(no) ?? null),
    homeId: placement.homes.get(no) ?? before?.homeId ?? null,
    features: view?.text ?? null,
    fieldTimes: fieldTimes === null ? null : JSON.stringify(fieldTimes),
    enriched: (mapped.kind === 'document' ? mapped.enriched : undefined) ?? null,
  }
}

function rawText({ item, observed }: RecordChange): string | null {
  const raw = item === null ? (observed?.raw ?? null) : item.change.data
  return raw === null ? null : JSON.stringify(raw)
}

/** Which customer each record is in now, by record number. */
export interface Placement<Member extends Placed> {
  assignment: Assignment<Member>
  customers: ReadonlyMap<number, string>
  homes: ReadonlyMap<number, string>
}

export function placementOf<Member extends Placed>(assignment: Assignment<Member>): Placement<Member> {
  const customers = new Map<number, string>()
  for (const { customerId, members } of assignment.groups) for (const { no } of members) customers.set(no, customerId)
  return { assignment, customers, homes: assignment.homes }
}

/** Records that the batch did not write but that are in another customer, or at home in another one, than before. */
export function movedRecords<Member extends Placed>(
  { assignment, homes }: Placement<Member>,
  changes: readonly RecordChange[],
): { no: number; customerId: string; homeId: string }[] {
  const written = new Set(changes.filter((change) => change.written).map((change) => change.no))
  return assignment.groups.flatMap(({ customerId, members }) =>
    members.flatMap((member) => {
      const homeId = homes.get(member.no) ?? customerId
      const stays = member.customerId === customerId && member.homeId === homeId
      return stays || written.has(member.no) ? [] : [{ no: member.no, customerId, homeId }]
    }),
  )
}
