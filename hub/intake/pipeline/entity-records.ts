import { type Lane, laneName, laneOf } from '../../contracts/change.ts'
import type { JsonObject } from '../../contracts/json.ts'

/** The canonical entities other than customer: one record each, pointing at others in the terms of their source. */

export interface Refs {
  customer: Lane | null
  account: Lane | null
}

/** What a document points at: `{system?, entity, key}`, the system being the record's own where it says none. */
export function refsOf(document: JsonObject, { system }: Lane): Refs {
  return { customer: laneOf(document.customer, system) ?? null, account: laneOf(document.account, system) ?? null }
}

export function refName(lane: Lane | null): string | null {
  return lane === null ? null : laneName(lane)
}

/** The record as the API answers it: its id first, then the document, then where it comes from. */
export function entityText(publicId: string, document: JsonObject, lane: Lane, updatedAt: string): string {
  const { system, entity, key } = lane
  return JSON.stringify({ id: publicId, ...document, updatedAt, source: { system, entity, key } })
}
