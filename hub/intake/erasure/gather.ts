import { type Lane, laneName } from '../../contracts/change.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'
import { RECORD_SEARCH } from '../../contracts/record-search.ts'
import { type OwnRecord, recordsTiedTo, type TiedRecord } from '../../store/erasure-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { referenceFacetOf } from '../../store/record-search-queries.ts'

const ROUNDS_MAX = 6

/**
 * The records of other entities that belong to a customer: those that name it, or one of its accounts, and those without a
 * customer of their own that point at one of these (a payment of its invoice, a call about its case).
 */
export async function tiedRecords(db: Queryable, own: readonly OwnRecord[]): Promise<TiedRecord[]> {
  const found = new Map<number, TiedRecord>()
  const names = new Set(own.map(laneName))
  let added: readonly Lane[] = own
  for (let round = 0; round < ROUNDS_MAX && added.length > 0; round++) {
    const rows = await recordsTiedTo(db, added.map(laneName), added.flatMap(facetsOf))
    const fresh = rows.filter(
      ({ no, target, customerRef }) =>
        !found.has(no) && target !== 'customer' && (customerRef === null || names.has(customerRef)),
    )
    for (const row of fresh) {
      found.set(row.no, row)
      names.add(laneName(row))
    }
    added = fresh
  }
  return [...found.values()]
}

/** As the search index has a record that points at this one, whichever entity and member. */
function facetsOf(lane: Lane): string[] {
  return Object.entries(RECORD_SEARCH).flatMap(([target, { references }]) =>
    Object.keys(references).map((member) => referenceFacetOf(target, member, lane)),
  )
}

/** Texts by which something that was kept elsewhere can be told to be of this person. */
export interface Terms {
  /** Found wherever they stand, whatever their case. */
  texts: string[]
  /** Keys of records: found as JSON strings, and in names of changes. */
  lanes: Lane[]
}

/** Shorter ones stand in much that has nothing to do with the person. */
const TEXT_MIN = 6
const TEXTS_MAX = 500

/** E-mail addresses, phone numbers and identifiers, as the canonical documents and the golden record have them. */
export function termsOf(documents: readonly JsonObject[], records: readonly OwnRecord[]): Terms {
  const texts = new Set<string>()
  for (const document of documents) {
    for (const [list, member] of [
      ['emails', 'address'],
      ['phones', 'number'],
      ['identifiers', 'value'],
    ] as const) {
      for (const item of listOf(document[list])) {
        const value = item[member]
        if (typeof value === 'string' && value.length >= TEXT_MIN) texts.add(value.toLowerCase())
      }
    }
  }
  const lanes = records.map(({ system, entity, key }) => ({ system, entity, key }))
  return { texts: [...texts].slice(0, TEXTS_MAX), lanes }
}

function listOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter((item) => isJsonObject(item)) : []
}
