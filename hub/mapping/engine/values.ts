import type { Json, JsonObject } from '../../contracts/json.ts'
import { FORBIDDEN_NAMES } from '../document/path.ts'
import { UNPARSABLE } from '../conversions/conversion.ts'

const COPY_DEPTH_MAX = 32

/** A copy of any JSON that is bounded in depth and made of own members only; UNPARSABLE where that can't be. */
export function copyJson(value: Json): Json | typeof UNPARSABLE {
  return copy(value, 0)
}

function copy(value: Json, depth: number): Json | typeof UNPARSABLE {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : UNPARSABLE
  if (typeof value !== 'object' || depth >= COPY_DEPTH_MAX) return UNPARSABLE
  if (Array.isArray(value)) {
    const list: Json[] = []
    for (const item of value) {
      const copied = copy(item, depth + 1)
      if (copied === UNPARSABLE) return UNPARSABLE
      list.push(copied)
    }
    return list
  }
  const object: JsonObject = {}
  for (const name of Object.keys(value)) {
    if (FORBIDDEN_NAMES.has(name)) return UNPARSABLE
    const copied = copy(value[name] ?? null, depth + 1)
    if (copied === UNPARSABLE) return UNPARSABLE
    object[name] = copied
  }
  return object
}
