import { FIELD_NAMES } from './fields.ts'
import type { ValueKind } from './key-kinds.ts'

/** What scoring must know of the other records; the same answers for the same set of records and snapshot. */
export interface ScoreContext {
  /**
   * Share (0 to 1) of records that bear a value, from the frequency snapshot in use; undefined where it does not know it
   * (the model's own figure is used). Fields: `given`, `family`, `name` (of organizations), `area` (post codes).
   */
  frequencyOf?(field: FrequencyField, value: string): number | undefined
  /** Whether more records hold the value than the model's `genericAbove` allows. Values are the texts of match keys of that kind. */
  isGeneric?(kind: ValueKind, text: string): boolean
  /**
   * How often (0 to 1) two different customers would each be in one of two systems and missing from the other, as a
   * snapshot measured it; undefined where it was not: the model's odds of `system` are used. Symmetric.
   */
  aloneOf?(systemA: string, systemB: string): number | undefined
}

export type FrequencyField = 'given' | 'family' | 'name' | 'area'

export const UNKNOWN = -1

/** Levels by field number; UNKNOWN where one of the records says nothing. Reused from pair to pair. */
export interface Comparison {
  levels: Int8Array
  /** Values that both records have, for term frequencies. */
  given: string | undefined
  family: string | undefined
  name: string | undefined
  area: string | undefined
  /** Measured ScoreContext.aloneOf of the records' two systems. */
  alone: number | undefined
}

export function newComparison(): Comparison {
  return {
    levels: new Int8Array(FIELD_NAMES.length),
    given: undefined,
    family: undefined,
    name: undefined,
    area: undefined,
    alone: undefined,
  }
}

export function clearComparison(comparison: Comparison): void {
  comparison.levels.fill(UNKNOWN)
  comparison.given = undefined
  comparison.family = undefined
  comparison.name = undefined
  comparison.area = undefined
  comparison.alone = undefined
}
