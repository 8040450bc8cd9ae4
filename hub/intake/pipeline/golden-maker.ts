import type { Lane } from '../../contracts/change.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import type { FieldKinds } from '../../golden/field-kinds.ts'
import type { FieldTimes } from '../../golden/field-times.ts'

/** One source record as survivorship sees it. */
export interface SourceDocument {
  lane: Lane
  document: JsonObject
  /** When the system changed it, ISO 8601. */
  changedAt: string
  mappingRevision: number
  /** When parts of it were said, where that differs. */
  fieldTimes?: FieldTimes
}

export interface OverrideValue {
  path: string
  value: Json
  author: string
  at: string
}

/** What the pipeline asks of survivorship: pure, and the same for any order of the sources. */
export interface GoldenMaker {
  /** The golden record without its envelope (id, version, times, sources). Equal records have equal JSON texts. */
  merge(sources: readonly SourceDocument[], overrides: readonly OverrideValue[]): JsonObject
  /** The golden record of a customer that has no source records left. */
  closed(last: JsonObject): JsonObject
  /** Paths of the fields that differ. */
  changedPaths(before: JsonObject, after: JsonObject): string[]
  /** How it treats the fields. */
  fields: FieldKinds
}
