import type { Lane } from '../contracts/change.ts'
import type { Json, JsonObject } from '../contracts/json.ts'

/** One source record as survivorship sees it. */
export interface SourceView {
  lane: Lane
  /** The canonical customer document that its mapping made. */
  document: JsonObject
  /** When the system changed it, ISO 8601. Unreadable: older than all that can be read. */
  changedAt: string
  mappingRevision: number
  /** Where parts of the record were said at other times (see field-times.ts): those count instead of `changedAt`. */
  fieldTimes?: Readonly<Record<string, string>>
}

/** A steward's word on one field: outranks all sources until it is removed. */
export interface Override {
  /** `status`, `name.given`, `emails`, `attributes.tier`: see `overridePathFault`. */
  path: string
  /** null: the field stays absent. */
  value: Json
  author: string
  /** When it was said, ISO 8601; of two overrides of one path the later counts. */
  at: string
}

/**
 * How one value is preferred to another:
 * - `source-priority`: the system that stands first in `systems`;
 * - `most-recent`: the record that changed last;
 * - `most-frequent`: the value that most records have, case and surrounding blanks aside;
 * - `longest`: the longest text; of tuples the one with most in it; of lists the one with most items;
 * - `liveliest` (status only): active, then prospect, inactive, closed.
 */
export type Preference = 'source-priority' | 'most-recent' | 'most-frequent' | 'longest' | 'liveliest'

/** `keep-all` (lists only): all items of all sources, each once. */
export type RuleName = Preference | 'keep-all'

/**
 * What decided for a value: a preference; or that only one record had any value (`only-value`), that all had the same
 * (`all-agree`), that the others may only fill gaps (`fill-only`), that records were equal in all else and the lane's
 * name decided (`lane-order`); `latest-word` for consents; `keep-all` for an item that one record only has; `override`.
 */
export type Decision = RuleName | 'only-value' | 'all-agree' | 'fill-only' | 'lane-order' | 'latest-word' | 'override'

export interface SourceName extends Lane {
  mappingRevision: number
}

export interface Loser {
  value: Json
  source: SourceName
  /** The rule by which it lost; `limit`: there were more items than a customer can have; `primary`: it stays, but its claim to be the primary one lost. */
  why: Decision | 'limit' | 'primary'
}

export interface FieldProvenance {
  /** null: a steward said that there is none. */
  value: Json
  /** null: the value is a steward's. */
  source: SourceName | null
  rule: Decision
  /** Other records with the same value. */
  agreeing: SourceName[]
  losers: Loser[]
  override?: { author: string; at: string }
}

/**
 * By field path, in the order of the golden record: `status`, `name` where its parts travel together, else `name.given`;
 * `emails[0]` for each item kept. `emails[+]` tells of items beyond the limit.
 */
export type Provenance = Record<string, FieldProvenance>

export interface MergeResult {
  golden: JsonObject
  provenance: Provenance
}
