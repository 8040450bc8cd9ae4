import type { SourceRecord } from '../../hub/contracts/connector.ts'
import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { schemaError } from '../shared/errors.ts'
import { type JsonPath, valueAt } from '../shared/json-path.ts'
import { holds } from '../shared/json-predicate.ts'
import { joinKey } from '../shared/record-key.ts'
import { hashRow } from '../shared/row-hash.ts'
import type { ChangesOptions, ListRequest, RestOptions } from './options.ts'
import { isPlainObject, scalarText } from './raw-json.ts'
import { unwrapped, type ValueRule } from './values.ts'
import { readWatermark, timeOf } from './watermark.ts'

/** A record as the system gave it, read. */
export interface RestRecord {
  raw: JsonObject
  data: JsonObject
  /** Empty: it has none, and the hub rejects it with its reason. */
  key: string
  hash: string
  watermark: bigint | undefined
}

export function restRecord(raw: JsonObject, options: RestOptions, rules: readonly ValueRule[]): RestRecord {
  const data = unwrapped(raw, rules) as JsonObject
  const { changes } = options
  return {
    raw,
    data,
    key: keyOf(data, options.key),
    hash: hashRow(data),
    watermark: changes === undefined ? undefined : watermarkOf(data, changes),
  }
}

function watermarkOf(data: JsonObject, { fields, format }: ChangesOptions): bigint | undefined {
  const values = fields.map((field) => readWatermark(valueAt(data, field), format))
  return values.find((value) => value !== undefined)
}

export function keyOf(data: JsonObject, paths: readonly JsonPath[]): string {
  const parts = paths.map((path) => scalarText(valueAt(data, path)))
  return parts.every((part) => part !== undefined && part !== '') ? joinKey(parts as string[]) : ''
}

/** @param version see SourceRecord.version */
export function sourceRecord(record: RestRecord, options: RestOptions, version: string): SourceRecord {
  const { data, key, watermark } = record
  const { deleted, changes, sequence: sequencePath, entity } = options
  const isDeleted = deleted !== undefined && holds(deleted, data)
  const time = watermark === undefined || changes === undefined ? undefined : timeOf(watermark, changes.format)
  const sequence = sequencePath === undefined ? undefined : scalarText(valueAt(data, sequencePath))
  return {
    entity,
    key,
    kind: isDeleted ? 'delete' : 'upsert',
    version,
    data,
    ...(time === undefined ? {} : { time }),
    ...(sequence !== undefined && /^-?\d+$/.test(sequence) ? { sequence, sequenceType: 'Integer' as const } : {}),
  }
}

/** The raw records of a page. Throws `connector.schema` where the answer is not as the options say. */
export function rawRecords(answer: Json | undefined, { records, record }: ListRequest, entity: string): JsonObject[] {
  const list = valueAt(answer, records)
  const told = records.length === 0 ? 'The answer is no list' : `The answer has no list at "${records.join('.')}"`
  if (list === null) return []
  if (!Array.isArray(list)) throw schemaError(`${told} (entity "${entity}").`, { fix: 'Correct list.records.' })
  return list.map((item) => {
    const raw = valueAt(item, record)
    if (isPlainObject(raw)) return raw
    throw schemaError(`A record of the entity "${entity}" is no object.`, {
      fix: 'Correct list.records and list.record.',
    })
  })
}
