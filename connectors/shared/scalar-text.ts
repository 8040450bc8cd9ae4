import type { Json } from '../../hub/contracts/json.ts'

/** A value that stands for itself as text; undefined for absent, null, lists and objects. */
export function scalarText(value: Json | undefined): string | undefined {
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value)
}
