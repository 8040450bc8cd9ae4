import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'
import type { CompiledMapping, MappingProblem, NotInverted } from '../../mapping/index.ts'
import {
  type Fault,
  invalidRecord,
  missingMember,
  notReadable,
  notWritable,
  pointerOf,
  pointerOfPath,
} from './refusals.ts'

/** What the system is told, made of what was ordered. Pure; throws HubErrors that name the member at fault. */
export interface PlannedWrite {
  /** Native. */
  fields: JsonObject
  /** Native values that must be there before; null stands for none. */
  expected: JsonObject
  /** The record as the hub will read it, once it is written. */
  document: JsonObject
}

export type Validate = (document: JsonObject) => readonly Fault[]

/**
 * A new record. Its key is no member that a channel could choose, so nothing may be written to the fields that hold it.
 * @param required canonical members that it must have; `a|b`: one of the two
 */
export function planCreate(
  mapping: CompiledMapping,
  wanted: JsonObject,
  { validate, required }: { validate: Validate; required: readonly string[] },
): PlannedWrite {
  const missing = required.find((names) => !names.split('|').some((name) => Object.hasOwn(wanted, name)))
  if (missing !== undefined) {
    const names = missing.split('|')
    throw missingMember(pointerOf(names[0] ?? ''), `A new record needs ${names.join(' or ')}.`)
  }
  const { fields, notInverted } = mapping.inverse(wanted, null)
  refuse(notInverted)
  for (const [target, sources] of mapping.lineage) {
    const isKey = mapping.document.key.some((path) => sources.some((source) => firstName(source) === path[0]))
    const isWanted = valueAt(wanted, target) !== undefined
    if (isKey && isWanted && sources.some((source) => Object.hasOwn(fields, firstName(source))))
      throw notWritable(pointerOfPath(target), 'New records get their key from the system or the hub.', 'Leave it out.')
  }
  const document = readBack(mapping, fields, validate)
  refuseUnheld(wanted, document)
  return { fields, expected: emptied(fields), document }
}

export interface ChangeOrder {
  raw: JsonObject
  /** A merge patch, its references resolved. */
  patch: JsonObject
  merge(target: JsonObject, patch: JsonObject): JsonObject
  validate: Validate
  /** Whether the system takes this member, or this part of a member, from the hub. */
  takes(path: string): boolean
}

/** A change of a record; no fields: the record is as it is wanted. `before`: the record as the hub reads it now. */
export function planPatch(
  mapping: CompiledMapping,
  order: ChangeOrder,
): PlannedWrite & { before: JsonObject; wanted: JsonObject } {
  const { raw, patch, merge, validate, takes } = order
  const now = mapping.apply(raw)
  if (!now.ok) throw notReadable()
  const before = now.document
  const target = merge(before, patch)
  const paths = changedPaths(before, target)
  const refused = paths.find((path) => !takes(path.join('.')))
  if (refused !== undefined)
    throw notWritable(pointerOf(...refused), 'The system does not take this member from the hub.', 'Leave it out.')
  const faults = validate(target)
  if (faults.length > 0) throw invalidRecord(faults)
  const members = [...new Set(paths.map(([name = '']) => name))]
  const wanted = Object.fromEntries(members.map((name): [string, Json] => [name, target[name] ?? null]))
  const { fields, notInverted } = mapping.inverse(cleared(before, wanted), raw)
  refuse(notInverted)
  const document = readBack(mapping, { ...raw, ...fields }, validate)
  refuseUnheld(wanted, document)
  const expected = Object.fromEntries(Object.keys(fields).map((name): [string, Json] => [name, raw[name] ?? null]))
  return { fields, expected, document, before, wanted }
}

/** Whether a record says what was ordered of it. Rules may have added attributes of their own. */
export function holdsWanted(wanted: JsonObject, document: JsonObject): boolean {
  return Object.entries(wanted).every(([name, value]) => {
    const held = document[name] ?? null
    if (name !== 'attributes' || !isJsonObject(value) || !isJsonObject(held)) return isDeepStrictEqual(held, value)
    return Object.entries(value).every(([part, one]) => isDeepStrictEqual(held[part], one))
  })
}

/** In an object that stays, members that are gone are emptied by name. */
function cleared(before: JsonObject, wanted: JsonObject): JsonObject {
  const changes = Object.entries(wanted).map(([name, value]): [string, Json] => {
    const former = before[name]
    if (!isJsonObject(value) || !isJsonObject(former ?? null)) return [name, value]
    const gone = Object.keys(former as JsonObject).filter((member) => !Object.hasOwn(value, member))
    return [name, { ...value, ...Object.fromEntries(gone.map((member) => [member, null])) }]
  })
  return Object.fromEntries(changes)
}

/** Members that differ, and parts of those that are objects on both sides. */
function changedPaths(before: JsonObject, after: JsonObject): string[][] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names.flatMap((name) => {
    const [old, now] = [before[name] ?? null, after[name] ?? null]
    if (isDeepStrictEqual(old, now)) return []
    if (name !== 'attributes' || !isJsonObject(old) || !isJsonObject(now)) {
      return name === 'attributes' && isJsonObject(now) ? Object.keys(now).map((part) => [name, part]) : [[name]]
    }
    const parts = [...new Set([...Object.keys(old), ...Object.keys(now)])]
    return parts.filter((part) => !isDeepStrictEqual(old[part], now[part])).map((part) => [name, part])
  })
}

function refuse(notInverted: readonly NotInverted[]): void {
  const [first] = notInverted
  if (first === undefined) return
  const errors = notInverted.map(({ target, reason }) => ({ pointer: pointerOfPath(target), detail: reason }))
  throw notWritable(
    pointerOfPath(first.target),
    `This can't be written to the system: ${first.reason}.`,
    undefined,
    errors,
  )
}

function readBack(mapping: CompiledMapping, raw: JsonObject, validate: Validate): JsonObject {
  const read = mapping.apply(raw)
  if (!read.ok) throw unreadable(read.errors)
  const faults = validate(read.document)
  if (faults.length > 0) throw invalidRecord(faults)
  return read.document
}

/** What has to be there for the system's record to be one, by the mapping. */
function unreadable([problem]: readonly MappingProblem[]): Error {
  const pointer = pointerOfPath(problem?.target ?? '')
  if (problem?.code === 'mapping.value.absent') return missingMember(pointer, 'A record of this system needs it.')
  return notWritable(pointer, 'The system would hold something that its mapping can not read.')
}

/** A last look: what the system would hold, read back, must be what was ordered. */
function refuseUnheld(wanted: JsonObject, document: JsonObject): void {
  const name = Object.keys(wanted).find(
    (one) => !isDeepStrictEqual(document[one] ?? null, withoutNulls(wanted[one] ?? null)),
  )
  if (name === undefined) return
  throw notWritable(pointerOf(name), 'The system can not hold this as it is.', 'Change the value, or leave it out.')
}

function withoutNulls(value: Json): Json {
  if (Array.isArray(value) || !isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))
}

function emptied(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, null]))
}

const firstName = (path: string): string => /^[^.[]*/.exec(path)?.[0] ?? path

/** What a document says at a target path without places in lists; undefined: nothing. */
function valueAt(document: JsonObject, target: string): Json | undefined {
  let value: Json | undefined = document
  for (const name of target.replaceAll(/\[\d*\]/g, '').split('.')) {
    if (!isJsonObject(value ?? null)) return value
    value = (value as JsonObject)[name]
  }
  return value
}
