import type { SettingSchema, SettingsSchema } from '../../contracts/connector.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { hasReference, isReference } from './references.ts'

/** What is wrong with a document, and where in it. A message never has the value itself: it may be a secret. */
export interface Fault {
  path: string[]
  message: string
  fix?: string
}

/** The members of a settings schema, or of one of its objects. */
type Members = Pick<SettingsSchema, 'properties' | 'required'>

/**
 * Settings as they stand in a document, before references are resolved: a value with a reference is checked when it is
 * resolved. A secret must be a reference, the whole of it, so that none of it ever stands in a file that people share.
 */
export function writtenFaults(schema: SettingsSchema, given: JsonObject, path: string[]): Fault[] {
  return memberFaults(schema, given, path, writtenValueFaults)
}

/** Options of an entity: no references, no secrets. */
export function optionFaults(schema: SettingsSchema, given: JsonObject, path: string[]): Fault[] {
  return memberFaults(schema, given, path, valueFaults)
}

/** One value against its schema. */
export function valueFaults(property: SettingSchema, value: Json, path: string[]): Fault[] {
  return innerFaults(property, value, path, valueFaults)
}

function writtenValueFaults(property: SettingSchema, value: Json, path: string[]): Fault[] {
  if (property.secret === true) {
    return typeof value === 'string' && isReference(value) ? [] : [plainSecret(path)]
  }
  if (typeof value === 'string' && hasReference(value)) return []
  return innerFaults(property, value, path, writtenValueFaults)
}

function memberFaults(members: Members, given: JsonObject, path: string[], faultsOf: typeof valueFaults): Fault[] {
  const faults = unknownFaults(members, given, path)
  for (const [name, property] of Object.entries(members.properties)) {
    const value = given[name]
    if (value !== undefined && value !== null) faults.push(...faultsOf(property, value, [...path, name]))
    else if (members.required?.includes(name)) faults.push(missing(name, property, path))
  }
  return faults
}

function innerFaults(property: SettingSchema, value: Json, path: string[], faultsOf: typeof valueFaults): Fault[] {
  const wrong = wrongness(property, value)
  if (wrong !== undefined) return [{ path, message: `"${path.at(-1)}" ${wrong}.`, fix: property.description }]
  const { items, properties, required } = property
  if (properties !== undefined) {
    const members: Members = { properties, ...(required === undefined ? {} : { required }) }
    return memberFaults(members, value as JsonObject, path, faultsOf)
  }
  if (!Array.isArray(value) || items === undefined || !('title' in items)) return []
  return value.flatMap((item, place) => faultsOf(items, item, [...path, String(place)]))
}

function unknownFaults(members: Members, given: JsonObject, path: string[]): Fault[] {
  const known = Object.keys(members.properties)
  return Object.keys(given)
    .filter((name) => !Object.hasOwn(members.properties, name))
    .map((name) => ({
      path: [...path, name],
      message: `There is no "${name}" here.`,
      fix: known.length === 0 ? 'Leave it out.' : `Use ${known.join(', ')}.`,
    }))
}

function missing(name: string, property: SettingSchema, path: string[]): Fault {
  return { path, message: `"${name}" is missing.`, fix: property.description }
}

function plainSecret(path: string[]): Fault {
  return {
    path,
    message: `"${path.at(-1)}" is a secret and must not stand in the file.`,
    fix: 'Put it into the environment or a file of its own, and write ${env:NAME} or ${file:path} here.',
  }
}

function wrongness(property: SettingSchema, value: Json): string | undefined {
  if (!hasType(property.type, value)) return `must be of type ${property.type}`
  if (property.enum !== undefined && !property.enum.includes(String(value))) {
    return `must be one of ${property.enum.join(', ')}`
  }
  if (typeof value === 'number') {
    if (property.minimum !== undefined && value < property.minimum) return `must be at least ${property.minimum}`
    if (property.maximum !== undefined && value > property.maximum) return `must be at most ${property.maximum}`
  }
  const { items } = property
  if (
    Array.isArray(value) &&
    items !== undefined &&
    !('title' in items) &&
    !value.every((item) => hasType(items.type, item))
  ) {
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
