import type { Json } from '../../hub/contracts/json.ts'

/** Deeper than any record that a system keeps; what is deeper ends processes that walk through it. */
export const JSON_DEPTH_MAX = 100

/** Whether lists and objects stand deeper in each other than that. Safe for any depth. */
export function isTooDeep(value: Json | undefined, depthMax = JSON_DEPTH_MAX): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (depthMax === 0) return true
  return Object.values(value).some((inner: Json) => isTooDeep(inner, depthMax - 1))
}
