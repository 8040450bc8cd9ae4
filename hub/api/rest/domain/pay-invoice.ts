import { HubError } from '../../../contracts/hub-error.ts'
import type { Json, JsonObject } from '../../../contracts/json.ts'
import { lockInvoicePayments, paymentsUnderWay } from '../../../store/payment-queries.ts'
import type { Queryable } from '../../../store/queryable.ts'
import { type EntityRow, readEntity, wasEntity } from '../../../store/source-record-queries.ts'
import type { ApiPorts } from '../../ports.ts'
import { entityTexts } from '../entity-text.ts'
import { unknownRecord } from '../../../contracts/record-errors.ts'
import { ownerOf } from '../included-records.ts'
import { createHeldPayment, type PaymentOrder } from './create-payment.ts'
import { compare, minus } from './decimal.ts'
import { decideByRule, type RuleDecision } from './decide-by-rule.ts'
import { amountOf } from './order-total.ts'

export interface PlacedPayment {
  write: string
  /** The hub's id of the payment. */
  id: string
  decision: RuleDecision | null
}

/**
 * In the caller's transaction: orders a payment of an invoice in the invoice's own system. Payments of one invoice are looked at
 * one after the other, and what is under way counts as paid, so that two of them can't both pass for the same money.
 */
export async function payInvoice(
  ports: ApiPorts,
  db: Queryable,
  { invoiceId, order, author }: { invoiceId: string; order: PaymentOrder; author: string },
): Promise<PlacedPayment> {
  const row = await readEntity(db, 'invoice', invoiceId)
  if (row === undefined) throw unknownRecord(await wasEntity(db, 'invoice', invoiceId))
  const invoice = JSON.parse(row.document) as JsonObject
  checkPayment(invoice, order, '{id}')
  const owner = await ownerOf(db, { system: row.system, document: invoice })
  const placed = await createHeldPayment(ports, db, { row, invoice, order, owner, author })
  return { ...placed, decision: await decideOnPayment(ports, db, { row, order, owner, write: placed.write, author }) }
}

/** The same for a payment that was ordered as a record, and names an invoice that the hub has. */
export async function acceptPayment(
  ports: ApiPorts,
  db: Queryable,
  { row, order, write, author }: { row: EntityRow; order: PaymentOrder; write: string; author: string },
): Promise<RuleDecision | null> {
  const document = JSON.parse(row.document) as JsonObject
  checkPayment(document, order, '/invoice')
  const owner = await ownerOf(db, { system: row.system, document })
  return decideOnPayment(ports, db, { row, order, owner, write, author })
}

interface DecidedPayment {
  row: EntityRow
  order: PaymentOrder
  owner: string | undefined
  write: string
  author: string
}

async function decideOnPayment(ports: ApiPorts, db: Queryable, payment: DecidedPayment): Promise<RuleDecision | null> {
  // Whoever comes second sees what the first has ordered: the lock is held until that is committed.
  await lockInvoicePayments(db, payment.row.id)
  const input = await decisionInput(db, payment)
  return decideByRule(ports, db, { rule: 'payment-acceptance', input, actor: payment.author })
}

/** What no rule could allow. */
function checkPayment(invoice: JsonObject, { amount }: PaymentOrder, invoiceAt: string): void {
  if (compare(amount.amount, '0') <= 0) {
    const message = 'A payment is more than nothing.'
    throw new HubError({ code: 'payment.amount.not-positive', family: 'reject', message, where: '/amount/amount' })
  }
  if (invoice['status'] === 'cancelled') {
    const message = 'The invoice was cancelled, so there is nothing to pay.'
    throw new HubError({ code: 'payment.invoice-cancelled', family: 'reject', status: 409, message, where: invoiceAt })
  }
  const owed = amountOf(invoice['balance']) ?? amountOf(invoice['total'])
  if (owed === null || owed.currency === amount.currency) return
  throw new HubError({
    code: 'payment.currency.other',
    family: 'reject',
    message: 'A payment is in the currency of its invoice.',
    where: '/amount/currency',
    fix: `Pay in ${owed.currency}.`,
  })
}

/** What the rule decides on: the invoice as it will be once all that is under way has arrived. */
async function decisionInput(db: Queryable, { row, order, owner, write }: DecidedPayment): Promise<JsonObject> {
  const [text = '{}'] = await entityTexts(db, [row])
  const invoice = JSON.parse(text) as JsonObject
  const open = amountOf(invoice['balance']) ?? amountOf(invoice['total'])
  const underWay = open === null ? [] : await paymentsUnderWay(db, row, write)
  const same = underWay.filter(({ currency }) => currency === open?.currency)
  if (open !== null && same.length > 0) {
    const amount = same.reduce((left, payment) => minus(left, payment.amount), open.amount)
    invoice['balance'] = { amount, currency: open.currency }
  }
  const { amount, method, channel } = order
  const payment: Record<string, Json> = { amount: { ...amount }, method, ...(channel === undefined ? {} : { channel }) }
  return { invoice, payment, ...(owner === undefined ? {} : { customer: { id: owner } }) }
}
