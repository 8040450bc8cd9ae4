import type { CanonicalEntity } from '../../contracts/canonical.ts'
import type { JsonObject } from '../../contracts/json.ts'

/** Why a change could not be applied, as it is shown to the operator and grouped by. */
export interface ParkCause {
  code: string
  message: string
  where?: string
  fix?: string
  problems?: unknown[]
}

export type MapOutcome =
  | { kind: 'document'; target: CanonicalEntity; document: JsonObject; revision: number }
  | { kind: 'deleted'; target: CanonicalEntity | null; revision: number | null }
  | { kind: 'failed'; cause: ParkCause }

/** Which systems take fields of customers from the hub. */
export interface WriteBackTerms {
  /** Whether the system takes the field at this path (`name.given`, `emails`), and its mapping has a way back for it. */
  takes(system: string, entity: string, path: string): boolean
}

/** Turns raw records into canonical documents that keep their schema. Never throws for bad data. */
export interface Mapper {
  map(system: string, entity: string, kind: 'upsert' | 'delete', data: JsonObject | null): MapOutcome
}
