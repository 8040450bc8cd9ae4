import type { Checkpoint, SourceRecord } from '../../contracts/connector.ts'
import type { HubRecord } from '../../store/reconciliation-queries.ts'
import { recordDigest } from './fingerprint.ts'

/** From where a page can be read again, and how far to read to have seen it whole. */
export interface PageAddress {
  from: Checkpoint | null
  rows: number
}

/** A record of which the two sides did not agree when they were looked at. */
export interface Suspect {
  key: string
  /** Null: the hub has it, and reading the system did not show it. */
  page: PageAddress | null
  /** What both sides were at the last look, to be compared with the next. */
  seen: string
}

export type Verdict = 'same' | 'missing' | 'differing' | 'extra'

/** One record on both sides. */
export interface Sides {
  system: SourceRecord | undefined
  hub: HubRecord | undefined
}

/** `missing`: in the hub; `extra`: the hub has what the system deleted or never had. */
export function compareSides({ system, hub }: Sides): Verdict {
  const isThere = system !== undefined && system.kind === 'upsert'
  const isKnown = hub !== undefined && !hub.deleted
  if (!isThere) return isKnown ? 'extra' : 'same'
  if (!isKnown) return 'missing'
  return hasSameData(system, hub) ? 'same' : 'differing'
}

function hasSameData(system: SourceRecord, hub: HubRecord): boolean {
  if (hub.raw === null) return system.data === null
  if (hub.raw === JSON.stringify(system.data)) return true
  return systemDigest(system) === hubDigest(hub)
}

/** See recordDigest; of a record that is there. */
export function systemDigest({ key, data }: SourceRecord): string {
  return recordDigest(key, data)
}

export function hubDigest({ key, raw }: HubRecord): string {
  return recordDigest(key, raw === null ? null : (JSON.parse(raw) as SourceRecord['data']))
}

/** What both sides are now, so that a later look can tell whether one of them has moved. */
export function stateOf({ system, hub }: Sides): string {
  const theirs = system === undefined || system.kind === 'delete' ? '' : systemDigest(system)
  return `${theirs}/${hub?.changeNo ?? ''}`
}

/**
 * The record as it must be accepted so that it replaces what the hub has: with an id of its own, since the hub may have
 * known and lost the same reading, and a sequence not below the hub's. Should a live change come between, that one has a
 * higher sequence, or is accepted later, and wins.
 */
export function repairOf({ system, hub }: Sides, key: string, entity: string, run: string): SourceRecord {
  const record: SourceRecord = system ?? { entity, key, kind: 'delete', version: 'gone', data: null }
  const repaired: SourceRecord = { ...record, version: `${record.version}~repair-${run}` }
  if (hub === undefined || hub.sequence === null) return repaired
  const type = hub.sequenceKind === 2 ? ('Integer' as const) : undefined
  if (
    repaired.sequence !== undefined &&
    repaired.sequenceType === type &&
    isAtLeast(repaired.sequence, hub.sequence, type)
  )
    return repaired
  const { sequenceType: _, ...plain } = repaired
  return { ...plain, sequence: hub.sequence, ...(type === undefined ? {} : { sequenceType: type }) }
}

function isAtLeast(one: string, other: string, type: 'Integer' | undefined): boolean {
  return type === 'Integer' ? BigInt(one) >= BigInt(other) : one >= other
}
