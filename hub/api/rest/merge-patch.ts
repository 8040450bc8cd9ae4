import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'

/** RFC 7396: members of `patch` replace those of `target`, null removes, objects are merged, all else is replaced whole. */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const result: JsonObject = { ...target }
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, name)
    else Object.defineProperty(result, name, { value: merged(result, name, value), ...PLAIN })
  }
  return result
}

/** `__proto__` is a name like any other. */
const PLAIN = { writable: true, enumerable: true, configurable: true }

function merged(target: JsonObject, name: string, value: Json): Json {
  if (!isJsonObject(value)) return value
  const former = Object.hasOwn(target, name) ? target[name] : undefined
  return mergePatch(isJsonObject(former) ? former : {}, value)
}
