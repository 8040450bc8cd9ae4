import { type Lane, laneName, laneOf } from '../../../contracts/change.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../contracts/json.ts'
import type { Queryable } from '../../../store/queryable.ts'
import { readRecordWrite } from '../../../store/record-write-queries.ts'
import { entitiesOfIds, idsBehind, readEntity } from '../../../store/source-record-queries.ts'
import type { Collection } from '../../operations/entities.ts'
import type { ApiPorts } from '../../ports.ts'
import { ownerOf } from '../included-records.ts'
import { decideByRule, type RuleDecision } from './decide-by-rule.ts'
import { type Amount, amountOf, orderTotal } from './order-total.ts'
import { acceptPayment } from './pay-invoice.ts'

export interface OrderedRecord {
  /** As it was sent. */
  body: JsonObject
  /** The order that was placed of it, in the same transaction. */
  write: string
  author: string
}

/** Records that a rule decides on before they are made, whichever way they are ordered. Null: nobody has to be asked. */
export async function decideOnCreate(
  ports: ApiPorts,
  db: Queryable,
  collection: Collection,
  ordered: OrderedRecord,
): Promise<RuleDecision | null> {
  if (collection !== 'orders' && collection !== 'payments') return null
  const row = await readRecordWrite(db, ordered.write)
  if (row === undefined) return null
  // In the terms of the system that gets it: all references are records there.
  const placed = { system: row.system, document: JSON.parse(row.wanted) as JsonObject }
  return collection === 'orders'
    ? decideOnOrder(ports, db, ordered, placed)
    : decideOnPaymentRecord(ports, db, ordered, placed)
}

interface Placed {
  system: string
  document: JsonObject
}

async function decideOnOrder(
  ports: ApiPorts,
  db: Queryable,
  { body, author }: OrderedRecord,
  placed: Placed,
): Promise<RuleDecision | null> {
  const prices = await pricesOf(db, body, placed.system)
  const total = orderTotal(body, (line) => prices[line] ?? null)
  const owner = await ownerOf(db, placed)
  const order = { ...body, ...(total === null ? {} : { total: { ...total } }) }
  const input = { order, ...(owner === undefined ? {} : { customer: { id: owner } }) }
  return decideByRule(ports, db, { rule: 'order-acceptance', input, actor: author })
}

/** What the products of the lines cost, where the hub has them. */
async function pricesOf(db: Queryable, { lines }: JsonObject, system: string): Promise<(Amount | null)[]> {
  const products = (Array.isArray(lines) ? lines : []).map((line) => referenceIn(line, 'product', system))
  const lanes = products.flatMap((product) => (product?.lane === undefined ? [] : [product.lane]))
  const behind = new Map((lanes.length === 0 ? [] : await idsBehind(db, lanes)).map((row) => [laneName(row), row.id]))
  const ids = products.map((product) => product?.id ?? (product?.lane && behind.get(laneName(product.lane))))
  const wanted = [...new Set(ids.filter((id) => id !== undefined))]
  const rows = wanted.length === 0 ? [] : await entitiesOfIds(db, 'product', wanted)
  const prices = new Map(rows.map((row) => [row.id, amountOf((JSON.parse(row.document) as JsonObject)['price'])]))
  return ids.map((id) => (id === undefined ? null : (prices.get(id) ?? null)))
}

/** A payment that goes back to the customer pays no invoice. */
async function decideOnPaymentRecord(
  ports: ApiPorts,
  db: Queryable,
  { body, write, author }: OrderedRecord,
  { system, document }: Placed,
): Promise<RuleDecision | null> {
  const invoice = referenceIn(document, 'invoice', system)
  const amount = amountOf(body['amount'])
  if (invoice?.lane === undefined || amount === null || body['direction'] === 'out') return null
  const [found] = await idsBehind(db, [invoice.lane])
  const row = found?.target === 'invoice' ? await readEntity(db, 'invoice', found.id) : undefined
  if (row === undefined) return null
  const { method } = body
  const order = { amount, method: typeof method === 'string' ? method : 'other' }
  return acceptPayment(ports, db, { row, order, write, author })
}

function referenceIn(holder: Json, name: string, system: string): { id?: string; lane?: Lane } | undefined {
  const value = isJsonObject(holder) ? holder[name] : undefined
  const lane = laneOf(value, system)
  if (lane !== undefined) return { lane }
  return isJsonObject(value) && typeof value.id === 'string' ? { id: value.id.toLowerCase() } : undefined
}
