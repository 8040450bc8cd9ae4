import { HubError } from '../../../contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../contracts/json.ts'
import { compare, plus, times } from './decimal.ts'

export interface Amount {
  amount: string
  currency: string
}

/** Digits behind the point of what a line costs; no currency in use has more. */
const DIGITS = 4

/**
 * What an order costs: as it says itself, held against its lines where all their prices are known, or the sum of these.
 * `priceOf`: the price of a line's product, by the place of the line; null: the hub has none. Null: nobody knows.
 * Pure. Throws `order.currency.mixed` and `order.total.mismatch`.
 */
export function orderTotal(order: JsonObject, priceOf: (line: number) => Amount | null): Amount | null {
  const said = amountOf(order['total'])
  const lines = Array.isArray(order['lines']) ? order['lines'] : []
  const costs = lines.map((line, at) => costOf(line, priceOf(at)))
  const known = costs.filter((cost) => cost !== null)
  const extras = (['tax', 'shippingCost'] as const).map((name) => ({ name, amount: amountOf(order[name]) }))
  const currency = said?.currency ?? known[0]?.currency
  for (const [at, cost] of costs.entries()) {
    if (cost !== null && cost.currency !== currency) throw mixed(`/lines/${at}`)
  }
  for (const { name, amount } of extras) if (amount !== null && amount.currency !== currency) throw mixed(`/${name}`)
  if (currency === undefined || lines.length === 0 || known.length < lines.length) return said
  const sum = known.reduce((total, cost) => plus(total, cost.amount), '0')
  const [tax, shipping] = extras.map(({ amount }) => amount?.amount ?? '0')
  const gross = plus(sum, shipping ?? '0')
  const net = plus(gross, tax ?? '0')
  if (said === null) return { amount: net, currency }
  // Prices may be with or without tax, as the system has them.
  if (compare(said.amount, gross) === 0 || compare(said.amount, net) === 0) return said
  throw mismatch()
}

function costOf(line: Json, price: Amount | null): Amount | null {
  if (!isJsonObject(line)) return null
  const total = amountOf(line['total'])
  if (total !== null) return total
  const each = amountOf(line['unitPrice']) ?? price
  const { quantity = '1' } = line
  if (each === null || !isDecimal(quantity)) return null
  return { amount: times(each.amount, quantity, DIGITS), currency: each.currency }
}

export function amountOf(value: Json | undefined): Amount | null {
  if (!isJsonObject(value ?? null)) return null
  const { amount, currency } = value as JsonObject
  return isDecimal(amount) && typeof currency === 'string' ? { amount, currency } : null
}

const DECIMAL_TEXT = /^-?(0|[1-9]\d{0,27})(\.\d{1,10})?$/

function isDecimal(value: Json | undefined): value is string {
  return typeof value === 'string' && DECIMAL_TEXT.test(value)
}

function mixed(where: string): HubError {
  return new HubError({
    code: 'order.currency.mixed',
    family: 'reject',
    message: 'An order is in one currency.',
    where,
    fix: 'Say the price of the line in the currency of the order, or make an order for each currency.',
  })
}

function mismatch(): HubError {
  return new HubError({
    code: 'order.total.mismatch',
    family: 'reject',
    message: 'The total is not what the lines cost, with or without tax, and the shipping.',
    where: '/total',
    fix: 'Leave the total out, or correct it.',
  })
}
