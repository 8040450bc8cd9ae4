/** Raw records as the CloudEvents that POST /v1/changes takes. */
import { createHash } from 'node:crypto'
import { HubError } from '../../../contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../contracts/json.ts'
import type { ReadRecord } from '../shared/records.ts'

export interface EventShape {
  system: string
  entity: string
  /** Fields of the record that make its key, joined by `:`. A dot leads into an object. */
  keyFields: readonly string[]
  sequenceField: string | undefined
  deletes: boolean
  /** Names this sending: without a sequence the same record of the same run is the same change. */
  run: string
  /** ISO 8601. */
  time: string
}

export interface ChangeEvent {
  where: string
  /** JSON. */
  text: string
}

/** Throws where the record has no key, or no sequence though it should. */
export function eventOf(read: ReadRecord, shape: EventShape): ChangeEvent {
  const { system, entity, deletes, run, time, keyFields, sequenceField } = shape
  const key = keyFields.map((field) => nameAt(read, field, 'key')).join(':')
  const sequence = sequenceField === undefined ? undefined : nameAt(read, sequenceField, 'sequence')
  const isNumber = sequenceField !== undefined && Number.isSafeInteger(valueAt(read.record, sequenceField))
  const attributes = {
    specversion: '1.0',
    id: sequence === undefined ? `${run}-${read.line}` : digest([system, entity, key, sequence, read.text]),
    source: `/systems/${encodeURIComponent(system)}`,
    type: deletes ? 'omnihub.change.deleted' : 'omnihub.change.upserted',
    subject: `${encodeURIComponent(entity)}/${encodeURIComponent(key)}`,
    time,
    ...(sequence === undefined ? {} : { sequence }),
    ...(isNumber ? { sequencetype: 'Integer' } : {}),
    datacontenttype: 'application/json',
  }
  // The record as it was written: parsing and writing it again could change its numbers.
  return { where: read.where, text: `${JSON.stringify(attributes).slice(0, -1)},"data":${read.text}}` }
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}

function valueAt(record: JsonObject, field: string): Json | undefined {
  if (Object.hasOwn(record, field)) return record[field]
  return field.split('.').reduce<Json | undefined>((value, name) => {
    return value !== undefined && isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
  }, record)
}

function nameAt({ record, where }: ReadRecord, field: string, what: string): string {
  const value = valueAt(record, field)
  if (typeof value === 'string' && value !== '') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  throw new HubError({
    code: 'cli.send.name-missing',
    family: 'reject',
    message: `${where}: The record has no ${what}: ${field} must be a text or a whole number.`,
    where,
    fix: 'Correct the record, or name another field.',
  })
}
