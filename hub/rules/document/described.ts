import type { Json, JsonObject } from '../../contracts/json.ts'
import { isJsonObject } from '../../contracts/json.ts'

/**
 * A value with no more than its schema describes: where an object is closed (`additionalProperties: false`), members that it does not
 * have are left out, in lists too. So a rule sees of a record only what it says that it needs. References must be resolved.
 * Shares what it leaves as it is; does not look whether the value is valid.
 */
export function described(value: Json, schema: Json | undefined): Json {
  if (schema === undefined || !isJsonObject(schema)) return value
  if (Array.isArray(value)) {
    const { items } = schema
    return items === undefined ? value : value.map((item) => described(item, items))
  }
  const members = schema['properties'] ?? null
  if (!isJsonObject(value) || !isJsonObject(members)) return value
  const isClosed = schema['additionalProperties'] === false
  const kept: JsonObject = {}
  for (const name of Object.keys(value)) {
    const isKnown = Object.hasOwn(members, name)
    if (isKnown || !isClosed)
      kept[name] = isKnown ? described(value[name] ?? null, members[name]) : (value[name] ?? null)
  }
  return kept
}
