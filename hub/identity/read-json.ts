import type { Json, JsonObject } from '../contracts/json.ts'
import { isJsonObject } from '../contracts/json.ts'

/** Longer texts than this are cut: they are no names, and the work on them must stay bounded. */
const TEXT_MAX = 256

/** A text member as it is, a number as text, anything else as empty text. */
export function text(value: Json | undefined): string {
  if (typeof value === 'string') return value.length > TEXT_MAX ? value.slice(0, TEXT_MAX) : value
  return typeof value === 'number' ? String(value) : ''
}

/** The objects of a list member; anything else as no items. */
export function items(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
