import type { LaneKey } from './apply-queries.ts'
import type { Queryable } from './queryable.ts'
import { ORDER_KIND, ORDER_STATE, UNDER_WAY } from './record-write-queries.ts'
import type { EntityRow } from './source-record-queries.ts'

/** Payments and changes of payments of one invoice exclude each other until the transaction ends. */
export async function lockInvoicePayments(db: Queryable, invoiceId: string): Promise<void> {
  await db.query({
    name: 'payment-lock',
    text: `select pg_advisory_xact_lock(hashtextextended('omnihub payments ' || $1, 0))`,
    values: [invoiceId],
  })
}

export interface PaymentUnderWay {
  amount: string
  currency: string
}

/**
 * Payments of an invoice that were ordered through the hub and that the invoice can't show yet: those on their way, and those
 * that their system took after the invoice was read last. `except`: an order that is looked at itself.
 */
export async function paymentsUnderWay(
  db: Queryable,
  invoice: LaneKey & Pick<EntityRow, 'changeNo'>,
  except: string,
): Promise<PaymentUnderWay[]> {
  const { rows } = await db.query<PaymentUnderWay>({
    name: 'payment-under-way',
    text: `
      select w.wanted -> 'amount' ->> 'amount' as amount, w.wanted -> 'amount' ->> 'currency' as currency
      from record_write w
      where w.kind = ${ORDER_KIND.create} and w.target = 'payment' and w.wanted -> 'invoice' ->> 'key' = $3
        and w.wanted -> 'invoice' ->> 'entity' = $2 and coalesce(w.wanted -> 'invoice' ->> 'system', w.system) = $1
        and w.id <> $5::uuid
        and (
          w.state in (${UNDER_WAY})
          or (w.state = ${ORDER_STATE.written} and w.updated_at > (select e.accepted_at from change_entry e where e.no = $4::bigint))
        )`,
    values: [invoice.system, invoice.entity, invoice.key, invoice.changeNo, except],
  })
  return rows
}
