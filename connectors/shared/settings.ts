import type { SettingSchema, SettingsSchema } from '../../hub/contracts/connector.ts'
import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from './errors.ts'

/**
 * Checks settings against their schema and fills in the defaults. Throws `connector.settings` with a pointer to the
 * first wrong one; the value itself is never part of the message, because it may be a secret.
 * @param where JSON pointer of `given` inside the document that it came from, e.g. `/settings`
 */
export function readSettings(schema: SettingsSchema, given: JsonObject, where: string): JsonObject {
  const known = Object.keys(schema.properties)
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(schema.properties, name)) {
      throw settingsError(`There is no setting "${name}".`, {
        where: `${where}/${name}`,
        fix: `Use one of ${known.join(', ')}.`,
      })
    }
  }
  const result: JsonObject = {}
  for (const [name, property] of Object.entries(schema.properties)) {
    const value = given[name] ?? (property.default as Json | undefined)
    if (value === undefined || value === null) {
      if (!schema.required?.includes(name)) continue
      throw settingsError(`The setting "${name}" is missing.`, { where: `${where}/${name}`, fix: property.description })
    }
    const wrong = wrongness(property, value)
    if (wrong !== undefined) {
      throw settingsError(`The setting "${name}" ${wrong}.`, { where: `${where}/${name}`, fix: property.description })
    }
    result[name] = value
  }
  return result
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
  if (Array.isArray(value) && items && !value.every((item) => hasType(items.type, item))) {
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
