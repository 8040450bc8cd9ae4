// Generated from schemas/ by `node scripts/generate-types.ts`. Change the schema, not this file.
import type {
  Address,
  Attributes,
  Line,
  Money,
  RecordSource,
  Reference,
  ResolvedLine,
  ResolvedReference,
} from './common.ts'

/**
 * A demand for payment, or a credit note.
 */
export type Invoice = {
  /**
   * The customer that has to pay, named as the source names it.
   */
  customer?: Reference
  /**
   * The account that is billed, named as the source names it.
   */
  account?: Reference
  /**
   * The order it bills, named as the source names it.
   */
  order?: Reference
  /**
   * The invoice number that people use.
   */
  number?: string
  /**
   * Whether it demands or gives back.
   */
  kind?: 'invoice' | 'credit-note'
  /**
   * Where it stands.
   */
  status?: 'draft' | 'open' | 'partly-paid' | 'paid' | 'overdue' | 'disputed' | 'cancelled' | 'written-off'
  /**
   * The date of the invoice.
   */
  issuedOn?: string
  /**
   * The day it has to be paid by.
   */
  dueOn?: string
  /**
   * The day it was paid in full.
   */
  paidOn?: string
  /**
   * First day of what is billed.
   */
  periodFrom?: string
  /**
   * Last day of what is billed.
   */
  periodTo?: string
  /**
   * The amount without tax.
   */
  net?: Money
  /**
   * The tax.
   */
  tax?: Money
  /**
   * The amount with tax.
   */
  total?: Money
  /**
   * What is still to be paid.
   */
  balance?: Money
  /**
   * What it is for, line by line.
   *
   * @maxItems 1000
   *
   * Items: One line of an order, an invoice or an offer.
   */
  lines?: Line[]
  /**
   * Where it was sent.
   */
  billingAddress?: Address
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in schemas/<entity>.extension.json.
   */
  attributes?: Attributes
}

/**
 * A demand for payment, or a credit note.
 */
export type InvoiceRecord = {
  /**
   * The hub's own id of the record. It never changes.
   */
  id: string
  /**
   * The customer that has to pay, named as the source names it.
   */
  customer?: ResolvedReference
  /**
   * The account that is billed, named as the source names it.
   */
  account?: ResolvedReference
  /**
   * The order it bills, named as the source names it.
   */
  order?: ResolvedReference
  /**
   * The invoice number that people use.
   */
  number?: string
  /**
   * Whether it demands or gives back.
   */
  kind?: 'invoice' | 'credit-note'
  /**
   * Where it stands.
   */
  status?: 'draft' | 'open' | 'partly-paid' | 'paid' | 'overdue' | 'disputed' | 'cancelled' | 'written-off'
  /**
   * The date of the invoice.
   */
  issuedOn?: string
  /**
   * The day it has to be paid by.
   */
  dueOn?: string
  /**
   * The day it was paid in full.
   */
  paidOn?: string
  /**
   * First day of what is billed.
   */
  periodFrom?: string
  /**
   * Last day of what is billed.
   */
  periodTo?: string
  /**
   * The amount without tax.
   */
  net?: Money
  /**
   * The tax.
   */
  tax?: Money
  /**
   * The amount with tax.
   */
  total?: Money
  /**
   * What is still to be paid.
   */
  balance?: Money
  /**
   * What it is for, line by line.
   *
   * @maxItems 1000
   *
   * Items: One line of an order, an invoice or an offer.
   */
  lines?: ResolvedLine[]
  /**
   * Where it was sent.
   */
  billingAddress?: Address
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
