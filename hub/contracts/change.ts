import { isJsonObject, type Json, type JsonObject } from './json.ts'

/** The name of a record outside the hub: which system, which record type in it, which record. Also called a lane. */
export interface Lane {
  system: string
  entity: string
  key: string
}

/**
 * One upsert or delete of one record, as accepted.
 * `id` is unique within the system: the same id twice is one change.
 * `sequence` orders the changes of one lane: as text, or as numbers where `sequenceType` is `Integer`; changes without
 * one, and changes with equal ones, take the order of their acceptance.
 */
export interface Change extends Lane {
  id: string
  kind: 'upsert' | 'delete'
  /** When it happened in the system, ISO 8601. */
  time: string
  sequence?: string
  sequenceType?: 'Integer'
  /** The idempotencyKey of the hub's own write that made this change, where the system can tell. */
  writtenBy?: string
  /** The raw record as the system has it; null for a delete that says nothing more. */
  data: JsonObject | null
}

/** What a reference of a document names, `{system?, entity, key}`: without a system it is a record of `system`, the document's own. */
export function laneOf(value: Json | undefined, system: string): Lane | undefined {
  if (!isJsonObject(value) || typeof value.entity !== 'string' || typeof value.key !== 'string') return undefined
  return { system: typeof value.system === 'string' ? value.system : system, entity: value.entity, key: value.key }
}

/** A lane as one string, for maps and logs: each part percent-encoded, so that no key can imitate another. */
export function laneName(lane: Lane): string {
  return `${encodeURIComponent(lane.system)}/${encodeURIComponent(lane.entity)}/${encodeURIComponent(lane.key)}`
}

export function parseLaneName(name: string): Lane {
  const [system = '', entity = '', key = ''] = name.split('/').map(decodeURIComponent)
  return { system, entity, key }
}
