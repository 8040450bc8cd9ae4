// Generated from schemas/ by `node scripts/generate-types.ts`. Change the schema, not this file.
import type { Attributes, Money, RecordSource, Reference, ResolvedReference } from './common.ts'

/**
 * Money that came in from a customer or went back.
 */
export type Payment = {
  /**
   * The customer that paid, named as the source names it.
   */
  customer?: Reference
  /**
   * The account it was booked on, named as the source names it.
   */
  account?: Reference
  /**
   * The invoice it pays, where it is one, named as the source names it.
   */
  invoice?: Reference
  /**
   * How it is shared among several invoices.
   *
   * @maxItems 200
   */
  allocations?: Allocation[]
  /**
   * The payment's number or the bank's reference.
   */
  number?: string
  /**
   * From the customer (in) or to the customer (out); absent: in.
   */
  direction?: 'in' | 'out'
  /**
   * Where it stands.
   */
  status?: 'pending' | 'authorized' | 'settled' | 'failed' | 'refunded' | 'cancelled'
  /**
   * How it is paid.
   */
  method?: 'card' | 'direct-debit' | 'bank-transfer' | 'cash' | 'cheque' | 'wallet' | 'voucher' | 'other'
  /**
   * How much.
   */
  amount: Money
  /**
   * The day of the payment.
   */
  paidOn?: string
  /**
   * The moment of the payment, where the source knows it.
   */
  paidAt?: string
  /**
   * What the bank or the payer says about it, or why it failed.
   */
  reason?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in schemas/<entity>.extension.json.
   */
  attributes?: Attributes
}
/**
 * A share of the payment for one invoice.
 */
export type Allocation = {
  /**
   * The invoice, named as the source names it.
   */
  invoice: Reference
  /**
   * The share.
   */
  amount: Money
}

/**
 * Money that came in from a customer or went back.
 */
export type PaymentRecord = {
  /**
   * The hub's own id of the record. It never changes.
   */
  id: string
  /**
   * The customer that paid, named as the source names it.
   */
  customer?: ResolvedReference
  /**
   * The account it was booked on, named as the source names it.
   */
  account?: ResolvedReference
  /**
   * The invoice it pays, where it is one, named as the source names it.
   */
  invoice?: ResolvedReference
  /**
   * How it is shared among several invoices.
   *
   * @maxItems 200
   */
  allocations?: ResolvedAllocation[]
  /**
   * The payment's number or the bank's reference.
   */
  number?: string
  /**
   * From the customer (in) or to the customer (out); absent: in.
   */
  direction?: 'in' | 'out'
  /**
   * Where it stands.
   */
  status?: 'pending' | 'authorized' | 'settled' | 'failed' | 'refunded' | 'cancelled'
  /**
   * How it is paid.
   */
  method?: 'card' | 'direct-debit' | 'bank-transfer' | 'cash' | 'cheque' | 'wallet' | 'voucher' | 'other'
  /**
   * How much.
   */
  amount: Money
  /**
   * The day of the payment.
   */
  paidOn?: string
  /**
   * The moment of the payment, where the source knows it.
   */
  paidAt?: string
  /**
   * What the bank or the payer says about it, or why it failed.
   */
  reason?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in schemas/<entity>.extension.json.
   */
  attributes?: Attributes
  /**
   * The records that it is made from; none: all of them are gone.
   *
   * @maxItems 10000
   *
   * Items: A record outside the hub that this one is made from.
   */
  sources: RecordSource[]
  /**
   * Grows by one with every change of the record; also in the ETag.
   */
  version: number
  /**
   * When the hub first had it.
   */
  createdAt: string
  /**
   * When the hub last changed it.
   */
  updatedAt: string
}
/**
 * A share of the payment for one invoice.
 */
export type ResolvedAllocation = {
  /**
   * The invoice, named as the source names it.
   */
  invoice: ResolvedReference
  /**
   * The share.
   */
  amount: Money
}
