import { type Lane, laneName } from '../../contracts/change.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'

/** The canonical entities other than customer: one record each, pointing at others in the terms of their source. */

export interface Refs {
  customer: Lane | null
  account: Lane | null
}

/** What a document points at: `{system?, entity, key}`, the system being the record's own where it says none. */
export function refsOf(document: JsonObject, lane: Lane): Refs {
  return { customer: refOf(document.customer, lane), account: refOf(document.account, lane) }
}

function refOf(value: Json | undefined, { system }: Lane): Lane | null {
  if (!isJsonObject(value) || typeof value.entity !== 'string' || typeof value.key !== 'string') return null
  return { system: typeof value.system === 'string' ? value.system : system, entity: value.entity, key: value.key }
}

export function refName(lane: Lane | null): string | null {
  return lane === null ? null : laneName(lane)
}

/** The record as the API answers it: its id first, then the document, then where it comes from. */
export function entityText(publicId: string, document: JsonObject, lane: Lane, updatedAt: string): string {
  const { system, entity, key } = lane
  return JSON.stringify({ id: publicId, ...document, updatedAt, source: { system, entity, key } })
}
