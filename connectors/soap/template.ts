import { isJsonObject, type Json, type JsonObject } from '../../hub/contracts/json.ts'

/** Values by the placeholder's name; one that is undefined has none this time. */
export type TemplateValues = Readonly<Record<string, Json | undefined>>

const PLACEHOLDER = /\{([A-Za-z]+(?:\.[^{}]+)?)\}/g

/**
 * Fills `{name}` in the texts of a template. A text that is nothing but a placeholder becomes its value, whatever its type.
 * A member with a placeholder that has no value is left out, and so is an object of which nothing is left for that reason:
 * so one template serves the first page and the next, the snapshot and the poll.
 */
export function fillTemplate(template: JsonObject, values: TemplateValues): JsonObject {
  const filled = fill(template, values)
  return isJsonObject(filled) ? filled : {}
}

function fill(template: Json, values: TemplateValues): Json | undefined {
  if (typeof template === 'string') return fillText(template, values)
  if (Array.isArray(template)) return template.map((each) => fill(each, values)).filter((each) => each !== undefined)
  if (!isJsonObject(template)) return template
  const members = Object.entries(template).map(([name, value]) => [name, fill(value, values)] as const)
  const kept = members.filter((member): member is [string, Json] => member[1] !== undefined)
  return kept.length === 0 && members.length > 0 ? undefined : Object.fromEntries(kept)
}

function fillText(text: string, values: TemplateValues): Json | undefined {
  const names = placeholdersIn(text)
  const [only] = names
  if (only !== undefined && text === `{${only}}`) return values[only]
  if (names.some((name) => values[name] === undefined || typeof values[name] === 'object')) return undefined
  return text.replaceAll(PLACEHOLDER, (_, name: string) => String(values[name]))
}

/** The names of the placeholders in a template, each once. */
export function placeholdersOf(template: Json): string[] {
  if (typeof template === 'string') return placeholdersIn(template)
  const parts = Array.isArray(template) ? template : isJsonObject(template) ? Object.values(template) : []
  return [...new Set(parts.flatMap(placeholdersOf))]
}

export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name)
}
