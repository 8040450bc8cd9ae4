import type { Json, JsonObject } from '../../hub/contracts/json.ts'

/** Whether a row still has the values last seen of it; one that is gone, or lacks a column, has null there. */
export function hasExpected(current: JsonObject | null, expected: JsonObject | undefined): boolean {
  return Object.entries(expected ?? {}).every(([name, value]) => sameValue(current?.[name] ?? null, value))
}

/** Numbers may come as text and with zeros at the end: `1.50` is `1.5`. Texts must agree to the letter. */
export function sameValue(one: Json | undefined, other: Json | undefined): boolean {
  if (typeof one === 'object' || typeof other === 'object') return JSON.stringify(one) === JSON.stringify(other)
  return one === other || plainNumber(one) === plainNumber(other)
}

function plainNumber(value: Json | undefined): string {
  const text = typeof value === 'boolean' ? String(Number(value)) : String(value)
  return /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text
}
