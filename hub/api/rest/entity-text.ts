import { type Lane, laneName } from '../../contracts/change.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'
import type { Queryable } from '../../store/queryable.ts'
import { type EntityRow, idsBehind } from '../../store/source-record-queries.ts'
import { tagOf } from './answer.ts'

/**
 * Canonical records other than customers as the API answers them: the document that the mapping made, with the hub's own
 * members, and the hub's id put into each reference that it can resolve. References are resolved when they are read,
 * since what they point at may come later, or move to another customer.
 */
export async function entityTexts(db: Queryable, rows: readonly EntityRow[]): Promise<string[]> {
  const documents = rows.map((row) => JSON.parse(row.document) as JsonObject)
  const references = documents.flatMap((document, index) => referencesIn(document, rows[index]?.system ?? ''))
  const wanted = new Map(references.map(({ lane }) => [laneName(lane), lane]))
  const found = wanted.size === 0 ? [] : await idsBehind(db, [...wanted.values()])
  const ids = new Map(found.map((row) => [laneName(row), row.id]))
  for (const { holder, lane } of references) {
    const id = ids.get(laneName(lane))
    if (id !== undefined) holder.id = id
  }
  return rows.map((row, index) => recordText(row, documents[index] ?? {}))
}

function recordText(row: EntityRow, document: JsonObject): string {
  const { id, system, entity, key } = row
  return JSON.stringify({
    id,
    ...document,
    sources: [{ system, entity, key }],
    version: row.changeNo,
    createdAt: timeOfId(id),
    updatedAt: row.changedAt,
  })
}

/** The tags that If-Match may name a record by: that of the text as GET serves it, and that of its version, for those who see less. */
export async function recordTags(db: Queryable, row: EntityRow): Promise<string[]> {
  const [text = ''] = await entityTexts(db, [row])
  return [`"${tagOf(text)}"`, `"${row.id}.${row.changeNo}"`]
}

interface FoundReference {
  holder: JsonObject
  lane: Lane
}

/** Objects of `system?`, `entity` and `key` and nothing else are references: no schema has any other such object. */
function referencesIn(value: Json, system: string): FoundReference[] {
  if (Array.isArray(value)) return value.flatMap((item) => referencesIn(item, system))
  if (!isJsonObject(value)) return []
  const { entity, key, system: own } = value
  if (typeof entity === 'string' && typeof key === 'string') {
    return [{ holder: value, lane: { system: typeof own === 'string' ? own : system, entity, key } }]
  }
  return Object.entries(value).flatMap(([name, member]) => (name === 'attributes' ? [] : referencesIn(member, system)))
}

/** The first 48 bits of a UUIDv7 (RFC 9562) are the Unix time in ms at which it was made. */
function timeOfId(id: string): string {
  return new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toISOString()
}
