import type { CanonicalEntity } from '../../contracts/canonical.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import type { Refusal } from '../../contracts/rule-refusal.ts'
import type { Queryable } from '../../store/queryable.ts'

/** Why a change could not be applied, as it is shown to the operator and grouped by. */
export type ParkCause = Refusal

export type MapOutcome =
  | {
      kind: 'document'
      target: CanonicalEntity
      document: JsonObject
      revision: number
      /** JSON text: which rule and revision added a field, by path; absent: none did. */
      enriched?: string
    }
  | { kind: 'deleted'; target: CanonicalEntity | null; revision: number | null }
  | { kind: 'failed'; cause: ParkCause }

/** Which systems take fields of customers from the hub. */
export interface WriteBackTerms {
  /** Whether the system takes the field at this path (`name.given`, `emails`), and its mapping has a way back for it. */
  takes(system: string, entity: string, path: string): boolean
}

/** Who was erased, and what stays of their records. */
export interface ErasureTerms {
  /** What a lane is remembered by: a keyed hash of its name. */
  hashOf(laneName: string): Buffer
  /** Whether records of this canonical entity stay, without the person. */
  keeps(target: string | null): boolean
  /** What of a document says nothing of a person. */
  cut(target: string | null, document: JsonObject): JsonObject
}

/** Turns raw records into canonical documents that keep their schema. Never throws for bad data. */
export interface Mapper {
  /**
   * Asked before a batch is mapped: resolves when what it maps by is what was published last; undefined: it is. `db` is the
   * connection of the batch, which is held.
   */
  current?(db: Queryable): Promise<void> | undefined
  /** `at`: when the system changed the record, ISO 8601; what depends on time depends on this one. */
  map(system: string, entity: string, kind: 'upsert' | 'delete', data: JsonObject | null, at: string): MapOutcome
}

/** What rules found in a golden record. */
export interface GoldenNote {
  rule: string
  revision: number
  findings: readonly Json[]
}

/** Looks at golden records as they are written, and stops nothing. Never throws for bad data. */
export interface NoteTaker {
  notesOn(golden: JsonObject, now: string): GoldenNote[]
}
