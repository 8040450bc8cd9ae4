import { HubError } from '../contracts/hub-error.ts'
import { type Json, type JsonObject, isJsonObject } from '../contracts/json.ts'
import { CUSTOMER_SHAPE, shapedCustomer } from './customer-shape.ts'
import { fieldFault } from './field-paths.ts'
import type { FieldProvenance, Loser, MergeResult, Override, Provenance } from './golden-types.ts'

/** What is wrong with the path of an override, as a sentence; undefined: nothing. To be asked before one is stored. */
export function overridePathFault(path: string): string | undefined {
  if (path === 'attributes') return '"attributes" has many fields: name one, such as attributes.tier.'
  return fieldFault(path)
}

/**
 * Overrides by the fields that they decide: one for `name` decides all its parts. The later word counts; of two at the
 * same time the one on the smaller field, then the one whose value is later as text.
 */
function byField(overrides: readonly Override[]): Map<string, Override> {
  const ordered = overrides
    .map((override) => ({ override, depth: override.path.split('.').length, text: JSON.stringify(override.value) }))
    .sort((a, b) => {
      return (
        compareText(a.override.at, b.override.at) ||
        a.depth - b.depth ||
        compareText(a.text, b.text) ||
        compareText(a.override.author, b.override.author)
      )
    })
  const fields = new Map<string, Override>()
  for (const { override } of ordered) {
    const fault = overridePathFault(override.path)
    if (fault !== undefined) throw unknownPath(override.path, fault)
    for (const [path, value] of fieldsOf(override)) fields.set(path, { ...override, value })
  }
  return fields
}

const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)

function fieldsOf({ path, value }: Override): [string, Json][] {
  const shape = CUSTOMER_SHAPE.get(path)
  if (shape?.kind !== 'object') return [[path, value]]
  const parts = isJsonObject(value) ? value : {}
  return shape.members.map((part) => [`${path}.${part}`, parts[part] ?? null])
}

function unknownPath(path: string, fault: string): HubError {
  return new HubError({
    code: 'golden.override.path-unknown',
    family: 'reject',
    message: `A steward's value stands on a field that customers don't have. ${fault}`,
    fix: 'Remove the override, or set it on a field of the customer.',
    facts: { path },
  })
}

/** The golden record with the stewards' values in place. With `provenance`, says there what they outrank. */
export function withOverrides(
  golden: JsonObject,
  overrides: readonly Override[],
  provenance?: Provenance,
): MergeResult {
  const fields = byField(overrides)
  const changed: JsonObject = { ...golden }
  for (const [path, { value }] of fields) {
    const [member = '', part] = path.split('.')
    if (part === undefined) changed[member] = value
    else changed[member] = { ...(changed[member] as JsonObject | undefined), [part]: value }
  }
  // Shaping drops what was set to null and puts the rest in order.
  const shaped = shapedCustomer(changed)
  if (provenance === undefined) return { golden: shaped, provenance: {} }
  return { golden: shaped, provenance: overriddenProvenance(provenance, fields) }
}

function overriddenProvenance(provenance: Provenance, fields: ReadonlyMap<string, Override>): Provenance {
  const entries = Object.entries(provenance).map(([path, entry]) => ({ path, field: path.replace(/\[.*$/, ''), entry }))
  const result: Provenance = {}
  for (const member of CUSTOMER_SHAPE.keys()) {
    const isOfMember = (field: string): boolean => field === member || field.startsWith(`${member}.`)
    const own = entries.filter(({ field }) => isOfMember(field))
    const told = new Set<string>()
    for (const { path, field, entry } of own) {
      const override = fields.get(field)
      if (override === undefined) result[path] = entry
      else if (!told.has(field)) {
        told.add(field)
        const replaced = own.filter((it) => it.field === field).map((it) => it.entry)
        result[field] = overrideEntry(override, replaced)
      }
    }
    for (const [field, override] of fields) {
      if (isOfMember(field) && !told.has(field)) result[field] = overrideEntry(override, [])
    }
  }
  return result
}

function overrideEntry({ value, author, at }: Override, replaced: readonly FieldProvenance[]): FieldProvenance {
  const losers = replaced.flatMap((entry): Loser[] => {
    const sources = entry.source === null || entry.value === null ? [] : [entry.source, ...entry.agreeing]
    return [...sources.map((source): Loser => ({ value: entry.value, source, why: 'override' })), ...entry.losers]
  })
  return { value, source: null, rule: 'override', agreeing: [], losers, override: { author, at } }
}
