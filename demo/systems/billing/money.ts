/** Invoices, payments and the credit standing that follows from them. */
import { addDays, monthStart, officeHour } from '../../company/calendar.ts'
import type { Contract } from '../../company/model.ts'
import type { Random } from '../../company/random.ts'
import { pounds } from '../forms.ts'
import type { Row } from '../system.ts'

const VAT_PERCENT = 20
/** Older invoices lie in the archive. */
const MONTHS_KEPT = 3
export const TERMS_DAYS = 14
const METHODS = { DD: 7, CC: 2, BT: 1, CH: 0.4 }

export interface AccountMoney {
  standing: Row
  invoices: Row[]
  payments: Row[]
}

/**
 * The last three months of an account. `invoiceNo` and `paymentId` are the numbers to begin with.
 * `standing` lacks only the account's number, as do the others.
 */
export function accountMoney(
  contracts: readonly Contract[],
  asOf: string,
  invoiceNo: number,
  paymentId: number,
  random: Random,
): AccountMoney {
  const invoices: Row[] = []
  const payments: Row[] = []
  const method = random.weighted(METHODS)
  const late = random.chance(0.06)
  for (let back = MONTHS_KEPT; back >= 1; back--) {
    const [from, next] = [monthStart(asOf, back), monthStart(asOf, back - 1)]
    const running = contracts.filter(
      (contract) => contract.start < next && (contract.end === null || contract.end >= from),
    )
    if (running.length === 0) continue
    const total = running.reduce((sum, contract) => sum + contract.monthlyPence, 0)
    const unpaid = late ? back <= 2 : back === 1 && random.chance(0.25)
    const invoice_no = invoiceNo + invoices.length
    const issued = `${next}T${officeHour(random)}`
    const paid = `${addDays(next, random.int(1, TERMS_DAYS))}T${officeHour(random)}`
    const state = unpaid ? (late && back > 1 ? 'D' : 'O') : 'P'
    invoices.push({
      invoice_no,
      ...invoiceAmounts(total),
      open_cents: unpaid ? total : 0,
      state,
      issued,
      due: addDays(next, TERMS_DAYS),
      period_from: from,
      period_to: addDays(next, -1),
      changed_at: unpaid ? issued : paid,
    })
    if (unpaid) continue
    const payment_id = paymentId + payments.length
    payments.push({ payment_id, invoice_no, ...paymentRow(total, method, invoice_no), paid, changed_at: paid })
  }
  return { invoices, payments, standing: standingRow(contracts, invoices, method, late, asOf, random) }
}

export function invoiceAmounts(total: number): Row {
  const vat = Math.round((total * VAT_PERCENT) / (100 + VAT_PERCENT))
  return { net_cents: total - vat, vat_cents: vat, total_cents: total }
}

export function paymentRow(pence: number, method: string, invoiceNo: number): Row {
  return { amount: pounds(pence), method, state: 'S', reference: `INV ${invoiceNo}` }
}

function standingRow(
  contracts: readonly Contract[],
  invoices: readonly Row[],
  method: string,
  late: boolean,
  asOf: string,
  random: Random,
): Row {
  const owed = invoices.reduce((sum, invoice) => sum + Number(invoice.open_cents), 0)
  const closed = contracts.length > 0 && contracts.every((contract) => contract.end !== null)
  return {
    standing: closed ? 'X' : late ? random.pick(['C', 'S']) : random.pick(['A', 'A', 'B']),
    // Now and then somebody has paid too much.
    balance_cents: owed === 0 && random.chance(0.02) ? -random.int(100, 3_000) : owed,
    credit_limit: pounds(random.pick([10_000, 15_000, 25_000, 50_000])),
    pay_method: method,
    terms_days: TERMS_DAYS,
    dunning_level: late ? random.int(1, 3) : 0,
    changed_at: `${addDays(asOf, -random.int(0, 60))}T${officeHour(random)}`,
  }
}
