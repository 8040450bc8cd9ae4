import type { RecordWrite, WriteResult } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../hub/contracts/json.ts'
import { rejectedError, settingsError } from '../shared/errors.ts'
import { pointerTo } from '../shared/settings.ts'
import { parseXml, xmlAttribute } from '../shared/xml.ts'
import { scalarText } from '../shared/scalar-text.ts'
import type { GetOptions, SoapEntity, UpsertOptions } from './entity-options.ts'
import { FaultError } from './faults.ts'
import { decodeElement, XSI } from './message-decode.ts'
import { encodeElement } from './message-encode.ts'
import { keyValues, valueAt, valuesAt } from './rows.ts'
import { decodeAnswer, type SoapClient } from './soap-client.ts'
import { fillTemplate, type TemplateValues } from './template.ts'
import { type ComplexType, type ElementSlot, memberNames, type Operation, slotAt, type Wsdl } from './wsdl-model.ts'

/** Times that a write looks at the record anew, where somebody else was faster by a moment. */
const ATTEMPTS_MAX = 3

export interface Writing {
  client: SoapClient
  wsdl: Wsdl
  entity: SoapEntity
  upsert: UpsertOptions
}

export interface CurrentRecord {
  data: JsonObject
  /** The lock's text as the service wrote it: it must go back without a change. */
  lock: string | undefined
  /** Slot of the record, where the WSDL describes it. */
  slot: ElementSlot | undefined
}

/**
 * One record. Idempotent: a record that has the wanted values already is written, whoever did it, so a repeat after a
 * time-out that followed the service's commit finds nothing to do. Otherwise the values last seen must still be there, and
 * the service's own lock, where it has one, closes the gap between looking and writing.
 */
export async function writeRecord(writing: Writing, write: RecordWrite): Promise<WriteResult> {
  const { entity } = writing
  const { key } = write
  const keys = keyValues(key, entity)
  if (keys === undefined) {
    throw rejectedError(`The key has not the ${entity.keyFields.length} parts that a key of this entity has.`, {
      where: '/key',
    })
  }
  if (!entity.get) return writeBlindly(writing, write, keys)
  let current: CurrentRecord | undefined
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    current = await readRecord(writing, entity.get, keys)
    if (current && holds(current, write.fields)) return { outcome: 'written', key }
    const expected = write.expected ?? {}
    const isExpected = current ? holds(current, expected) : Object.values(expected).every((value) => value === null)
    if (!isExpected) break
    try {
      return await callUpsert(writing, write, keys, current)
    } catch (error) {
      if (!(error instanceof FaultError) || error.meaning !== 'conflict') throw error
    }
  }
  return { outcome: 'conflict', key, current: current?.data ?? null }
}

async function writeBlindly(writing: Writing, write: RecordWrite, keys: TemplateValues): Promise<WriteResult> {
  if (write.expected !== undefined && Object.keys(write.expected).length > 0) {
    throw settingsError('The values last seen can not be compared: there is no operation that reads one record.', {
      where: `${writing.entity.where}/get`,
    })
  }
  try {
    return await callUpsert(writing, write, keys, undefined)
  } catch (error) {
    if (!(error instanceof FaultError) || error.meaning !== 'conflict') throw error
    return { outcome: 'conflict', key: write.key, current: null }
  }
}

/** Undefined where the service has no such record: it says so by a fault, an empty answer, or xsi:nil. */
export async function readRecord(
  { client, wsdl, entity }: Pick<Writing, 'client' | 'wsdl' | 'entity'>,
  get: GetOptions,
  keys: TemplateValues,
): Promise<CurrentRecord | undefined> {
  const operation = await client.operation(get.operation, `${get.where}/operation`)
  let answer
  try {
    answer = await client.call(operation, fillTemplate(get.arguments, keys))
  } catch (error) {
    if (error instanceof FaultError && error.meaning === 'absent') return undefined
    throw error
  }
  const [data] = valuesAt(decodeAnswer(answer), get.row)
  const { element } = answer
  if (!isJsonObject(data ?? null) || element === undefined || operation.output === undefined) return undefined
  // A service that answers with an empty record means that there is none.
  if (entity.keyFields.some((path) => scalarText(valueAt(data, path)) === undefined)) return undefined
  const path = entity.upsert?.lock
  const raw = path && valuesAt(decodeElement(element, operation.output, { types: wsdl.types, raw: true }), get.row)[0]
  const found = slotAt(operation.output, get.row)
  return {
    data: data as JsonObject,
    lock: path && scalarText(valueAt(raw, path)),
    slot: found.found ? found.slot : undefined,
  }
}

async function callUpsert(
  { client, entity, upsert }: Writing,
  write: RecordWrite,
  keys: TemplateValues,
  current: CurrentRecord | undefined,
): Promise<WriteResult> {
  const operation = await client.operation(upsert.operation, `${upsert.where}/operation`)
  const record = recordFor(operation, upsert, write, current)
  for (const path of entity.keyFields) setAt(record, path, keys[`key.${path.join('/')}`] ?? null)
  const fields = Object.fromEntries(Object.entries(write.fields).map(([name, value]) => [`field.${name}`, value]))
  const values = { ...keys, ...fields, record, lock: current?.lock, idempotencyKey: write.idempotencyKey }
  const answer = await client.call(operation, fillTemplate(upsert.arguments, values))
  const version = upsert.version && scalarText(valueAt(decodeAnswer(answer), upsert.version))
  return { outcome: 'written', key: write.key, ...(version === undefined ? {} : { version }) }
}

/** What {record} stands for: the fields, on top of the record as it is where the service wants it whole. */
function recordFor(
  operation: Operation,
  { merge, arguments: template }: UpsertOptions,
  { fields }: RecordWrite,
  current: CurrentRecord | undefined,
): JsonObject {
  if (!merge || current === undefined) return { ...fields }
  const type = recordType(operation.input, template)
  const kept = Object.entries(current.data).filter(([name]) => type === undefined || memberNames(type).includes(name))
  return { ...Object.fromEntries(kept), ...fields }
}

/** The type of the argument in which {record} stands; undefined where it takes anything. */
function recordType(slot: ElementSlot, template: Json): ComplexType | undefined {
  const type = slot.type()
  if (type.kind === 'simple') return undefined
  if (template === '{record}') return type.open ? undefined : type
  if (!isJsonObject(template)) return undefined
  for (const [name, inner] of Object.entries(template)) {
    const member = type.elements.find((each) => each.name === name)
    const found = member && recordType(member, inner)
    if (found) return found
  }
  return undefined
}

function setAt(record: JsonObject, [name, ...rest]: readonly string[], value: Json): void {
  if (name === undefined) return
  if (rest.length === 0) {
    record[name] = value
    return
  }
  const inner = record[name]
  const next = isJsonObject(inner ?? null) ? { ...(inner as JsonObject) } : {}
  record[name] = next
  setAt(next, rest, value)
}

/** Whether the record has these values, compared as the WSDL's types: 7 and "7" of a long are the same. Absent counts as null. */
function holds({ data, slot }: CurrentRecord, wanted: JsonObject): boolean {
  return Object.entries(wanted).every(([name, value]) => {
    const own = Object.hasOwn(data, name) ? (data[name] ?? null) : null
    return sameText(own) === sameText(asRead(slot, name, value))
  })
}

/** The value as it would be read back, once written. Throws `connector.rejected` where the WSDL does not have it. */
function asRead(record: ElementSlot | undefined, name: string, value: Json): Json {
  if (value === null || record === undefined) return value
  const type = record.type()
  const slot = type.kind === 'complex' ? type.elements.find((each) => each.name === name) : undefined
  if (slot === undefined) return value
  const items = Array.isArray(value) ? value : [value]
  const xml = `<_ xmlns:xsi="${xmlAttribute(XSI)}">${encodeElement(slot, slot.many ? items : value, pointerTo('/fields', name))}</_>`
  const read = parseXml(xml).children.map((each) => decodeElement(each, slot, { types: new Map() }))
  return slot.many ? read : (read[0] ?? null)
}

/** Members in any order are the same object. */
function sameText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(sameText).join()}]`
  if (!isJsonObject(value)) return JSON.stringify(typeof value === 'number' ? String(value) : value)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${sameText(each)}`).join()}}`
}

/** One after the other, each for itself. */
export async function writeRecords(writing: Writing, writes: readonly RecordWrite[]): Promise<WriteResult[]> {
  const results: WriteResult[] = []
  for (const write of writes) {
    try {
      results.push(await writeRecord(writing, write))
    } catch (thrown) {
      const error = thrown instanceof FaultError ? thrown.told : thrown
      if (!(error instanceof HubError)) throw error
      results.push({ outcome: 'failed', key: write.key, error })
    }
  }
  return results
}
