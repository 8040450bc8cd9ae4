import { HubError } from '../../../contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../contracts/json.ts'
import type { Queryable } from '../../../store/queryable.ts'
import type { EntityRow } from '../../../store/source-record-queries.ts'
import type { ApiPorts } from '../../ports.ts'
import type { Amount } from './order-total.ts'

export interface PaymentOrder {
  amount: Amount
  method: string
  /** RFC 3339; absent: now. */
  paidAt?: string
  /** What the payer or the bank calls it. */
  reference?: string
  channel?: string
}

interface HeldOrder {
  row: EntityRow
  invoice: JsonObject
  order: PaymentOrder
  owner: string | undefined
  author: string
}

/** Money of these methods is there when the payment is made; of the others it is to come. */
const AT_ONCE: ReadonlySet<string> = new Set(['card', 'cash', 'wallet', 'voucher'])
const NO_PLACE: ReadonlySet<string> = new Set(['record.field.not-writable'])
const NO_RECORD = /^record\.reference\./

/**
 * Orders the payment with all of what is known of it that its system has a place for. What the caller said must have one; what the
 * hub knows beside (whose it is, where it stands) is left out where it has none.
 */
export async function createHeldPayment(
  ports: ApiPorts,
  db: Queryable,
  { row, invoice, order, owner, author }: HeldOrder,
): Promise<{ write: string; id: string }> {
  const at = new Date().toISOString()
  const said: JsonObject = { invoice: { id: row.id }, amount: { ...order.amount }, method: order.method }
  const more = knownBeside(row, invoice, order, owner, at)
  // The bank's own name of a payment is its number; systems that give numbers themselves keep it beside.
  const places = order.reference === undefined ? [] : ['number', 'reason']
  for (;;) {
    const [place] = places
    const document = { ...said, ...more, ...(place === undefined ? {} : { [place]: order.reference ?? '' }) }
    try {
      return await ports.records.create(db, { entity: 'payment', document, system: row.system, author, at })
    } catch (error) {
      const name = withoutPlace(error)
      if (name !== undefined && name === place && places.length > 1) places.shift()
      else if (name !== undefined && name in more && !(name === 'paidAt' && order.paidAt !== undefined)) {
        Reflect.deleteProperty(more, name)
      } else throw intoBody(error, place)
    }
  }
}

function knownBeside(
  row: EntityRow,
  { account }: JsonObject,
  order: PaymentOrder,
  owner: string | undefined,
  at: string,
): Record<string, Json> {
  const more: Record<string, Json> = {
    direction: 'in',
    status: AT_ONCE.has(order.method) ? 'settled' : 'pending',
    paidAt: order.paidAt ?? `${at.slice(0, 19)}Z`,
  }
  if (owner !== undefined) more['customer'] = { id: owner }
  if (isJsonObject(account ?? null)) more['account'] = { system: row.system, ...(account as JsonObject) }
  return more
}

/** The member that the system has no place for, or no record; undefined: something else is wrong. */
function withoutPlace(error: unknown): string | undefined {
  if (!(error instanceof HubError) || !(NO_PLACE.has(error.code) || NO_RECORD.test(error.code))) return undefined
  return error.where?.split('/')[1]
}

/** A pointer into the payment is one into what the caller sent. */
function intoBody(error: unknown, place: string | undefined): unknown {
  if (!(error instanceof HubError)) return error
  const [before, name] = error.where?.split('/') ?? []
  const isOfInvoice = before?.startsWith('?') === true || name === 'invoice'
  const where = isOfInvoice ? '{id}' : name !== undefined && name === place ? '/reference' : error.where
  const { code, family, message, fix, status, facts } = error
  return new HubError({
    code,
    family,
    status,
    message,
    ...(where === undefined ? {} : { where }),
    ...(fix === undefined ? {} : { fix }),
    ...(facts === undefined ? {} : { facts }),
  })
}
