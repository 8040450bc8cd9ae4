import type { SettingSchema, SettingsSchema } from '../../hub/contracts/connector.ts'
import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from './errors.ts'

/**
 * Checks settings against their schema and fills in the defaults. Throws `connector.settings` with a pointer to the
 * first wrong one; the value itself is never part of the message, because it may be a secret.
 * @param where JSON pointer of `given` inside the document that it came from, e.g. `/settings`
 */
export function readSettings(schema: SettingsSchema, given: JsonObject, where: string): JsonObject {
  return readMembers(schema.properties, schema.required, given, where)
}

function readMembers(
  properties: SettingsSchema['properties'],
  required: readonly string[] | undefined,
  given: JsonObject,
  where: string,
): JsonObject {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(properties, name)) {
      throw settingsError(`There is no setting "${name}".`, {
        where: pointerTo(where, name),
        fix: `Use one of ${Object.keys(properties).join(', ')}.`,
      })
    }
  }
  const result: JsonObject = {}
  for (const [name, property] of Object.entries(properties)) {
    const value = given[name] ?? (property.default as Json | undefined)
    const place = pointerTo(where, name)
    if (value === undefined || value === null) {
      if (!required?.includes(name)) continue
      throw settingsError(`The setting "${name}" is missing.`, { where: place, fix: property.description })
    }
    result[name] = readValue(property, value, place, name)
  }
  return result
}

function readValue(property: SettingSchema, value: Json, where: string, name: string): Json {
  const wrong = wrongness(property, value)
  if (wrong !== undefined) throw settingsError(`The setting "${name}" ${wrong}.`, { where, fix: property.description })
  const { items, properties, required } = property
  if (properties !== undefined) return readMembers(properties, required, value as JsonObject, where)
  if (Array.isArray(value) && items !== undefined && 'title' in items) {
    return value.map((item, place) => readValue(items, item, pointerTo(where, String(place)), items.title))
  }
  return value
}

/** RFC 6901. */
export function pointerTo(where: string, name: string): string {
  return `${where}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

function wrongness(property: SettingSchema, value: Json): string | undefined {
  if (!hasType(property.type, value)) return `must be of type ${property.type}`
  if (property.enum && !property.enum.includes(String(value))) return `must be one of ${property.enum.join(', ')}`
  if (typeof value === 'number') {
    if (property.minimum !== undefined && value < property.minimum) return `must be at least ${property.minimum}`
    if (property.maximum !== undefined && value > property.maximum) return `must be at most ${property.maximum}`
  }
  if (typeof value === 'string' && value.includes('\0')) return 'must not have a NUL character'
  const { items } = property
  if (Array.isArray(value) && items && !('title' in items) && !value.every((item) => hasType(items.type, item))) {
    return `must have items of type ${items.type} only`
  }
  return undefined
}

function hasType(type: SettingSchema['type'], value: Json): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}
