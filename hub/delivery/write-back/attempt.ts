import type { JsonObject } from '../../contracts/json.ts'
import { isItemHeld, isHeld, unfulfilled, wantedList, wantedPaths, type Wants } from '../../golden/write-back/wants.ts'
import type { CompiledMapping } from '../../mapping/index.ts'

export interface BuiltWrite {
  /** Native fields to set; empty: the record has it all. */
  fields: JsonObject
  /** What the fields carry out. */
  carried: Wants
  /** Wanted paths that the system has no way to hold as they are. */
  impossible: string[]
}

/**
 * The native fields by which a record takes over what is wanted of it. What it can't hold exactly is left out whole and
 * told: half an address would be worse than the old one.
 * @param raw the record as the hub believes the system to have it
 */
export function buildWrite(mapping: CompiledMapping, raw: JsonObject, wants: Wants): BuiltWrite {
  const mapped = mapping.apply(raw)
  if (!mapped.ok) return { fields: {}, carried: { values: {}, items: {} }, impossible: wantedPaths(wants) }
  let carried = unfulfilled(wants, mapped.document)
  const impossible: string[] = []
  for (;;) {
    const { fields } = mapping.inverse(changesOf(mapped.document, carried), raw)
    const after = mapping.apply({ ...raw, ...fields })
    const left = after.ok ? unmet(carried, after.document) : wantedPaths(carried)
    if (left.length === 0) return { fields, carried, impossible }
    impossible.push(...left)
    carried = without(carried, left)
  }
}

function changesOf(document: JsonObject, wants: Wants): JsonObject {
  const changes: JsonObject = {}
  for (const [path, { value }] of Object.entries(wants.values)) {
    const [member = '', part] = path.split('.')
    if (part === undefined) changes[member] = value
    else changes[member] = { ...(changes[member] as JsonObject | undefined), [part]: value }
  }
  for (const [member, list] of Object.entries(wants.items)) changes[member] = wantedList(document, member, list)
  return changes
}

function unmet(wants: Wants, document: JsonObject): string[] {
  const values = Object.entries(wants.values).filter(([path, want]) => !isHeld(document, path, want))
  const lists = Object.entries(wants.items).filter(([member, list]) =>
    list.some((want) => !isItemHeld(document, member, want)),
  )
  return [...values, ...lists].map(([path]) => path)
}

/** The wants of all paths but these. */
export function without({ values, items }: Wants, paths: readonly string[]): Wants {
  return {
    values: Object.fromEntries(Object.entries(values).filter(([path]) => !paths.includes(path))),
    items: Object.fromEntries(Object.entries(items).filter(([member]) => !paths.includes(member))),
  }
}

/** By path: when what is wanted was said. */
export function timesOf({ values, items }: Wants): Record<string, string> {
  const times = Object.entries(values).map(([path, { at }]): [string, string] => [path, at])
  const lists = Object.entries(items).map(([member, list]): [string, string] => [
    member,
    list
      .map(({ at }) => at)
      .sort()
      .at(-1) ?? '',
  ])
  return Object.fromEntries([...times, ...lists.filter(([, at]) => at !== '')])
}

export function hopsOf({ values, items }: Wants): number {
  return Math.max(0, ...[...Object.values(values), ...Object.values(items).flat()].map(({ hops }) => hops))
}
