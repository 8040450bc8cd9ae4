import type { JsonObject } from '../../hub/contracts/json.ts'

/** A place in the order of (time of change, key). */
export interface ChangePlace {
  /** ISO 8601 in UTC, as the system says it. */
  changed: string
  key: string
}

export interface ChangedRecord extends ChangePlace {
  data: JsonObject
}

/**
 * What a connector must be able to ask its system so that everything else (pages, checkpoints, versions, late changes,
 * preconditions) comes from here: records in the order of their key and in the order of their last change.
 * Every method awaits `context.call()` before it asks, and throws HubErrors.
 */
export interface ChangeSource {
  /** Records in the order of their keys, after `after` (null: from the beginning), at most `limit`. */
  pageByKey(after: string | null, limit: number): Promise<ChangedRecord[]>
  /** Records in the order of (changed, key), strictly after `after`, at most `limit`. */
  pageByChange(after: ChangePlace, limit: number): Promise<ChangedRecord[]>
  /** When the record that changed last did; null while there is none. */
  latest(): Promise<string | null>
  /** How many there are, where that is cheap to know. */
  count?(): Promise<number>
  get(key: string): Promise<ChangedRecord | null>
  /**
   * Sets fields of a record, or makes it. `unchangedSince`: what `changed` was when it was looked at (null: it was not
   * there); answers false, and does nothing, when that is so no more.
   */
  put?(key: string, fields: JsonObject, unchangedSince: string | null): Promise<boolean>
}

export interface ChangeSourceOptions {
  entity: string
  /** Records asked for at a time. */
  pageSize: number
  /** How much later than its time of change a record may become visible, seconds. */
  lookBackSeconds: number
}
