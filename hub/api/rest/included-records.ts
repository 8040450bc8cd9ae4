import { laneOf } from '../../contracts/change.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { customersOfIds } from '../../store/customer-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { entitiesOfIds, type EntityRow, idsBehind } from '../../store/source-record-queries.ts'
import { collectionNameOf, targetOfInclude } from '../operations/entities.ts'
import { entityTexts } from './entity-text.ts'

export interface Included {
  /** JSON text: `{customers: [...], accounts: [...]}`, each record once. */
  text: string
  ids: string[]
}

/** A document with the system in whose terms it points at others. */
export interface Holder {
  system: string
  document: JsonObject
}

/**
 * What records point at, once each, by the names of their collections; beside the records rather than in them, so that a
 * page of a hundred invoices has their customer once. A record without a customer of its own has that of its account.
 */
export async function includedRecords(
  db: Queryable,
  rows: readonly EntityRow[],
  include: readonly string[],
): Promise<Included> {
  const holders = rows.map((row) => ({ ...row, document: JSON.parse(row.document) as JsonObject }))
  const names = [...new Set(include)]
  const accounts = names.includes('customer') ? await accountsOf(db, holders) : []
  const wanted = names.flatMap((name) =>
    [...holders, ...(name === 'customer' ? accounts : [])].flatMap(
      ({ document, system }) => laneOf(document[name], system) ?? [],
    ),
  )
  const behind = wanted.length === 0 ? [] : await idsBehind(db, wanted)
  const targets = new Set(names.map((name) => targetOfInclude(name)))
  const idsOf = (target: string): string[] => [
    ...new Set(behind.filter((row) => row.target === target).map(({ id }) => id)),
  ]
  const parts: string[] = []
  const ids: string[] = []
  for (const target of targets) {
    const found = await readAll(db, target, idsOf(target))
    parts.push(`${JSON.stringify(collectionNameOf(target))}:[${found.map(({ text }) => text).join(',')}]`)
    ids.push(...found.map(({ id }) => id))
  }
  return { text: `{${parts.join(',')}}`, ids }
}

/** The customer that a record belongs to, itself or by its account; undefined: the hub knows of none. */
export async function ownerOf(db: Queryable, holder: Holder): Promise<string | undefined> {
  const lanes = [holder, ...(await accountsOf(db, [holder]))].flatMap(
    (it) => laneOf(it.document.customer, it.system) ?? [],
  )
  const behind = lanes.length === 0 ? [] : await idsBehind(db, lanes)
  return behind.find(({ target }) => target === 'customer')?.id
}

/** The accounts of records that name no customer of their own. */
async function accountsOf(db: Queryable, holders: readonly Holder[]): Promise<Holder[]> {
  const lanes = holders
    .filter(({ document, system }) => laneOf(document.customer, system) === undefined)
    .flatMap(({ document, system }) => laneOf(document.account, system) ?? [])
  if (lanes.length === 0) return []
  const behind = (await idsBehind(db, lanes)).filter(({ target }) => target === 'account')
  const rows = await entitiesOfIds(db, 'account', [...new Set(behind.map(({ id }) => id))])
  return rows.map((row) => ({ ...row, document: JSON.parse(row.document) as JsonObject }))
}

async function readAll(db: Queryable, target: string, ids: readonly string[]): Promise<{ id: string; text: string }[]> {
  if (ids.length === 0) return []
  if (target === 'customer') return (await customersOfIds(db, ids)).map(({ id, golden }) => ({ id, text: golden }))
  const rows = await entitiesOfIds(db, target, ids)
  const texts = await entityTexts(db, rows)
  return rows.map(({ id }, index) => ({ id, text: texts[index] ?? 'null' }))
}

/** Puts one more member at the end of an object's JSON text. */
export function withMember(text: string, name: string, value: string): string {
  return `${text.slice(0, -1)}${text === '{}' ? '' : ','}${JSON.stringify(name)}:${value}}`
}
