import { isDeepStrictEqual } from 'node:util'
import type { Json, JsonObject } from '../../contracts/json.ts'
import type { Wants } from './wants.ts'

/**
 * What the hub knows of a record in its system beyond what was last read there: native values that it wrote, and those
 * that they replaced, which a reading from before the write may still show.
 */
export interface Overlay {
  /** `key`: the idempotencyKey of the write that set it. */
  fields: Record<string, { value: Json; past: Json[]; key: string }>
  /** By canonical path: when what was written was said. */
  times: Record<string, string>
  hops: number
}

/** A write that was begun: kept before it is sent, so that its echo is known and it can be repeated after a crash. */
export interface Attempt {
  /** `verify`: nothing is to change; it finds out whether a reading was old or the system has gone back. */
  kind: 'write' | 'verify'
  idempotencyKey: string
  fields: JsonObject
  expected: JsonObject
  times: Record<string, string>
  hops: number
  /** What it carries out. */
  wants: Wants
  /** The change that the record was read by last when the write was begun: tells whether an answer is newer than a reading. */
  changeNo: number
}

/** What is kept of one record for write-back. */
export interface LaneMemory {
  wants: Wants
  overlay: Overlay
  attempt: Attempt | null
  /** A reading showed what the hub had replaced: the system must be asked which it has. */
  verify: boolean
}

export const NO_OVERLAY: Overlay = { fields: {}, times: {}, hops: 0 }
const PAST_MAX = 8

/** The record as the system should have it by all that is known. */
export function believedRaw(raw: JsonObject, overlay: Overlay): JsonObject {
  const believed = { ...raw }
  for (const [name, { value }] of Object.entries(overlay.fields)) believed[name] = value
  return believed
}

export interface Reading {
  /** The record as it would be had nobody but the hub touched it. */
  believed: JsonObject
  /** The record as it was read, with what is known to be out of date in it replaced. */
  read: JsonObject
  overlay: Overlay
  verify: boolean
  /** How often values went to and fro when the system answered a write with something else; 0: it did not. */
  hops: number
}

/**
 * Holds a new reading against what is known. Each native field that the hub wrote is confirmed by it, or contradicted (then
 * the system has changed it since), or shows what was there before the write, and then only the system can say which it is.
 * @param writtenBy the key of the hub's own write that the reading is of, where the system can tell: what it shows in the
 * fields of that write is the system's way to have the hub's values
 */
export function holdAgainst(
  raw: JsonObject,
  read: JsonObject,
  memory: LaneMemory,
  writtenBy: string | undefined,
): Reading {
  const believed = believedRaw(raw, memory.overlay)
  const { attempt } = memory
  let isContradicted = false
  for (const [name, value] of Object.entries(attempt?.kind === 'write' ? attempt.fields : {})) {
    const now = read[name] ?? null
    if (writtenBy === attempt?.idempotencyKey) believed[name] = now
    else if (!isDeepStrictEqual(now, value) && !isDeepStrictEqual(now, believed[name] ?? null)) isContradicted = true
  }
  const adjusted = { ...read }
  const left: Overlay['fields'] = {}
  for (const [name, entry] of Object.entries(memory.overlay.fields)) {
    const now = read[name] ?? null
    if (isDeepStrictEqual(now, entry.value)) continue
    if (entry.key === writtenBy) believed[name] = now
    else if (isDeepStrictEqual(now, believed[name] ?? null)) continue
    else if (entry.past.some((value) => isDeepStrictEqual(value, now))) {
      adjusted[name] = believed[name] ?? null
      left[name] = entry
    } else isContradicted = true
  }
  const verify = Object.keys(left).length > 0
  const overlay = verify ? { ...memory.overlay, fields: left } : NO_OVERLAY
  const hops = isContradicted ? Math.max(memory.overlay.hops, attempt?.hops ?? 0) + 1 : 0
  return { believed, read: adjusted, overlay, verify, hops }
}

/** What is known after the system has taken (or was found to have) these values. */
export function overlaid(
  overlay: Overlay,
  before: JsonObject,
  known: { idempotencyKey: string; fields: JsonObject; times: Readonly<Record<string, string>>; hops: number },
): Overlay {
  const fields = { ...overlay.fields }
  for (const [name, value] of Object.entries(known.fields)) {
    const former = fields[name]
    const past = [...(former === undefined ? [] : [...former.past, former.value]), before[name] ?? null]
    const others = past.filter((one, at) => !isDeepStrictEqual(one, value) && isFirst(past, at))
    fields[name] = { value, past: others.slice(-PAST_MAX), key: known.idempotencyKey }
  }
  return { fields, times: { ...overlay.times, ...known.times }, hops: Math.max(overlay.hops, known.hops) }
}

const isFirst = (list: readonly Json[], at: number): boolean =>
  list.findIndex((one) => isDeepStrictEqual(one, list[at])) === at
