import { isDeepStrictEqual } from 'node:util'
import type { JsonObject } from '../../contracts/json.ts'
import { diffPaths } from '../diff-paths.ts'
import type { FieldKinds } from '../field-kinds.ts'
import { itemIdentity } from '../item-identity.ts'
import { type ItemChange, itemChanges } from './list-changes.ts'
import { valueAt, type Wants } from './wants.ts'

/** What one record (or the API) says that was not known. */
export interface News {
  /** The number of the record; null: the API. */
  from: number | null
  at: string
  hops: number
  /** Fields of one value, and lists that are one value. */
  paths: string[]
  /** By list of which all items are kept: what became of its items. */
  items: Map<string, ItemChange[]>
}

export interface Compared {
  /** null: nothing is new. */
  news: News | null
  /** By path: when what the record says there was said, where it says something else than before. */
  said: Map<string, string>
}

export interface Comparison {
  /** The canonical documents: as stored, as the hub believes the system to have it, and as it was read. */
  stored: JsonObject
  believed: JsonObject
  read: JsonObject
  wants: Wants
  /** What a write brings whose outcome is not known yet. */
  attempted: Wants
  /** By path: when what the hub wrote was said. */
  writtenAt: Readonly<Record<string, string>>
  from: number
  at: string
  hops: number
}

/**
 * Tells news from echoes. What differs from what the hub believes is news, unless it is just what the hub wants there;
 * what only differs from what was stored is an echo, and as old as what it echoes.
 */
export function compareReading(kinds: FieldKinds, reading: Comparison): Compared {
  const { stored, believed, read, at } = reading
  const said = new Map<string, string>()
  const news: News = { from: reading.from, at, hops: reading.hops, paths: [], items: new Map() }
  const latest = latestOf(Object.values(reading.writtenAt)) ?? at
  for (const path of diffPaths(stored, read)) said.set(path, reading.writtenAt[path] ?? latest)
  for (const path of diffPaths(believed, read)) {
    if (kinds.kept.has(path)) {
      const changes = itemChanges(path, believed[path], read[path])
      const own = changes.map((change) => wantedAt(path, change, reading.wants) ?? arrivedAt(path, change, reading))
      const others = changes.filter((_, place) => own[place] === undefined)
      said.set(path, others.length > 0 ? at : (latestOf(own.flatMap((time) => time ?? [])) ?? at))
      if (others.length > 0) news.items.set(path, others)
      continue
    }
    const wantedSince = valueWantedAt(path, reading)
    said.set(path, wantedSince ?? at)
    if (wantedSince === undefined) news.paths.push(path)
  }
  return { news: news.paths.length + news.items.size > 0 ? news : null, said }
}

/**
 * When the value at a path was said, where it is what the hub wants there, or what it wanted when it began the write that is
 * under way. Where nothing is wanted any more, somebody else has said it: the record's own last word was another one.
 */
function valueWantedAt(path: string, { read, wants, attempted }: Comparison): string | undefined {
  const [want, former] = [wants.values[path], attempted.values[path]]
  const value = valueAt(read, path) ?? null
  if (want !== undefined && isDeepStrictEqual(value, want.value)) return want.at
  return want !== undefined && former !== undefined && isDeepStrictEqual(value, former.value) ? former.at : undefined
}

/** The same for an item, as far as it is what the write under way brings. */
function arrivedAt(member: string, change: ItemChange, { wants, attempted }: Comparison): string | undefined {
  const { from } = change
  const at = from === null ? undefined : wantedAt(member, change, attempted)
  if (from === null || at === undefined) return undefined
  const id = itemIdentity(member, from)
  return (wants.items[member] ?? []).some((want) => want.slots.includes(id) || want.id === id) ? at : undefined
}

/** When the want that this change fulfils was said; undefined: it fulfils none. */
function wantedAt(member: string, { from, to }: ItemChange, wants: Wants): string | undefined {
  if (from === null || to === null) return undefined
  const [former, id] = [itemIdentity(member, from), itemIdentity(member, to)]
  const found = (wants.items[member] ?? []).find((want) => {
    if (want.id !== id || !want.slots.includes(former)) return false
    return member !== 'consents' || want.set['state'] === undefined || want.set['state'] === to['state']
  })
  return found?.at
}

function latestOf(times: readonly string[]): string | undefined {
  return [...times].sort().at(-1)
}
