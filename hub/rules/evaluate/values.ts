/** How values come together on their way through a graph: by the rules of the engine (zen-types, variable/mod.rs). */
import type { Json, JsonObject } from '../../contracts/json.ts'
import { isJsonObject } from '../../contracts/json.ts'
import { LIMITS } from '../limits.ts'

/**
 * `patch` over `doc`, neither of them changed: members of objects are merged, a null takes a member away, a list
 * replaces all, and what is neither object nor list changes nothing. Where nothing changes, the answer is `doc` itself:
 * an object that meets itself again is left alone, nulls included, so it matters which object it is.
 */
export function merge(doc: Json, patch: Json): Json {
  if (Array.isArray(patch)) return patch
  return isJsonObject(patch) ? mergeMember(doc, patch) : doc
}

function mergeMember(doc: Json, patch: Json): Json {
  if (doc === patch) return doc
  if (!isJsonObject(doc) || !isJsonObject(patch)) return isSame(doc, patch) ? doc : patch
  let merged: JsonObject | undefined
  for (const name of Object.keys(patch)) {
    const value = patch[name] ?? null
    const known = Object.hasOwn(doc, name)
    const old = known ? (doc[name] ?? null) : null
    if (value === null) {
      if (!known) continue
      merged ??= { ...doc }
      Reflect.deleteProperty(merged, name)
      continue
    }
    const next = known ? mergeMember(old, value) : value
    if (known && next === old) continue
    merged ??= { ...doc }
    merged[name] = next
  }
  return merged ?? doc
}

/** Deep equality of JSON values. */
function isSame(a: Json, b: Json): boolean {
  if (a === b) return true
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, at) => isSame(item, b[at] ?? null))
  if (!isJsonObject(a) || !isJsonObject(b)) return false
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSame(a[name] ?? null, b[name] ?? null))
  )
}

const NOTHING: JsonObject = {}

/** What comes in from one node alone. Without a copy where there is nothing to take away: values are never changed. */
export function mergedAlone(data: Json): Json {
  if (!isJsonObject(data)) return merge(NOTHING, data)
  for (const name in data) if (data[name] === null) return merge(NOTHING, data)
  return data
}

/** The same value in objects and lists of its own. */
export function copied<Value extends Json>(value: Value): Value
export function copied(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => copied(item))
  if (!isJsonObject(value)) return value
  const copy = { ...value }
  for (const name of Object.keys(copy)) copy[name] = copied(copy[name] ?? null)
  return copy
}

/** Puts a value at a path inside an object that nobody else has yet. */
export function place(target: JsonObject, path: readonly string[], value: Json): void {
  let holder = target
  const last = path.length - 1
  for (let at = 0; at < last; at++) {
    const name = path[at] ?? ''
    const inner = holder[name]
    if (inner !== undefined && isJsonObject(inner)) holder = inner
    else {
      const made: JsonObject = {}
      holder[name] = made
      holder = made
    }
  }
  holder[path[last] ?? ''] = value
}

/** Thrown by `copyOf`; the text goes on after "The result". */
export class NotAResult extends Error {}

/** A copy that shares nothing with the input, of what JSON can say. Throws NotAResult. */
export function copyOf(value: Json): Json {
  return copy(value, 0, { values: 0 })
}

function copy(value: Json, depth: number, count: { values: number }): Json {
  if (++count.values > LIMITS.resultValuesMax) throw new NotAResult(`has more than ${LIMITS.resultValuesMax} values`)
  if (typeof value === 'string') return value.isWellFormed() ? value : value.toWellFormed()
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new NotAResult('has a number that JSON cannot say')
    return value === 0 ? 0 : value
  }
  if (typeof value !== 'object' || value === null) return value
  if (depth >= LIMITS.inputDepthMax * 2) throw new NotAResult('is nested too deep')
  if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1, count))
  const made: JsonObject = {}
  for (const name of Object.keys(value)) {
    if (name === '__proto__') throw new NotAResult('has a member with a forbidden name')
    made[name] = copy(value[name] ?? null, depth + 1, count)
  }
  return made
}
