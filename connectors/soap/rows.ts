import { isJsonObject, type Json, type JsonObject } from '../../hub/contracts/json.ts'
import type { SourceRecord } from '../../hub/contracts/connector.ts'
import { unexpectedError } from '../shared/errors.ts'
import { joinKey, splitKey } from '../shared/record-key.ts'
import { scalarText } from '../shared/scalar-text.ts'
import type { SoapEntity } from './entity-options.ts'
import type { TemplateValues } from './template.ts'
import type { Path } from './wsdl-model.ts'

export interface Row {
  key: string
  /** The values of the key fields. */
  position: string[]
  data: JsonObject
  /** Undefined where the row has none, or the entity is not polled. */
  watermark: string | undefined
}

/** The value at a path; the first, where something on the way repeats. */
export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  return valuesAt(value, path)[0]
}

/** All values at a path, through lists on the way; a list at its end is taken apart too. */
export function valuesAt(value: Json | undefined, path: Path): Json[] {
  if (value === undefined) return []
  if (Array.isArray(value)) return value.flatMap((each) => valuesAt(each, path))
  const [name, ...rest] = path
  if (name === undefined) return [value]
  return isJsonObject(value) && Object.hasOwn(value, name) ? valuesAt(value[name], rest) : []
}

/** Throws `connector.unexpected` where what stands at the path is no record. */
export function rowsAt(answer: Json, path: Path, entity: SoapEntity): Row[] {
  return valuesAt(answer, path)
    .filter((each) => each !== null && each !== '')
    .map((each) => {
      if (isJsonObject(each)) return rowOf(each, entity)
      throw unexpectedError(`The service answered with something else than records of "${entity.entity}".`)
    })
}

/** Throws `connector.unexpected` for a record without a key. */
export function rowOf(data: JsonObject, entity: SoapEntity): Row {
  const position = entity.keyFields.map((path) => scalarText(valueAt(data, path)) ?? '')
  if (position.some((part) => part === '')) {
    throw unexpectedError(`The service answered with a record of "${entity.entity}" that lacks a key field.`, {
      fix: 'Name other key fields.',
    })
  }
  const watermark = entity.incremental ? scalarText(valueAt(data, entity.incremental.field)) : undefined
  return { key: joinKey(position), position, data: without(data, entity.omit), watermark }
}

function without(data: JsonObject, names: readonly string[]): JsonObject {
  if (names.length === 0) return data
  return Object.fromEntries(Object.entries(data).filter(([name]) => !names.includes(name)))
}

export function recordOf(row: Row, entity: SoapEntity, version: string): SourceRecord {
  const record: SourceRecord = {
    entity: entity.entity,
    key: row.key,
    kind: isDeleted(row.data, entity) ? 'delete' : 'upsert',
    version,
    data: row.data,
  }
  if (row.watermark !== undefined && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(row.watermark)) record.time = row.watermark
  const sequence = entity.sequence && scalarText(valueAt(row.data, entity.sequence))
  if (sequence !== undefined && /^\d+$/.test(sequence)) {
    record.sequence = sequence
    record.sequenceType = 'Integer'
  }
  const mark = entity.mark && scalarText(valueAt(row.data, entity.mark))
  if (mark !== undefined && mark !== '') record.writtenBy = mark
  return record
}

function isDeleted(data: JsonObject, { deletedWhen }: SoapEntity): boolean {
  if (!deletedWhen) return false
  const value = scalarText(valueAt(data, deletedWhen.field))
  return value !== undefined && deletedWhen.values.some((each) => String(each) === value)
}

/** `{key}` and `{key.<field>}` for templates; undefined for a text that is no key of the entity. */
export function keyValues(key: string, { keyFields }: SoapEntity, name = 'key'): TemplateValues | undefined {
  const parts = splitKey(key, keyFields.length)
  return parts && positionValues(parts, keyFields, name)
}

/** The same for a position, under the name `after`. */
export function positionValues(position: readonly string[], keyFields: readonly Path[], name: string): TemplateValues {
  const values: Record<string, string | undefined> = {}
  keyFields.forEach((path, index) => (values[`${name}.${path.join('/')}`] = position[index]))
  if (keyFields.length === 1) values[name] = position[0]
  return values
}
