// Generated from schemas/ by `node scripts/generate-types.ts`. Change the schema, not this file.
import type { Address, Attributes, Money, RecordSource, Reference, ResolvedReference } from './common.ts'

/**
 * What a customer holds with the company: the thing that is billed or served.
 */
export type Account = {
  /**
   * The customer that holds it, named as the source names it.
   */
  customer?: Reference
  /**
   * The account above this one, named as the source names it.
   */
  parent?: Reference
  /**
   * The account number that people use.
   */
  number?: string
  /**
   * What the account is called.
   */
  name?: string
  /**
   * What the account is for.
   */
  kind?: 'billing' | 'service' | 'credit' | 'loyalty' | 'other'
  /**
   * Where it stands.
   */
  status?: 'pending' | 'active' | 'suspended' | 'closed'
  /**
   * The day it was opened.
   */
  openedOn?: string
  /**
   * The day it was closed.
   */
  closedOn?: string
  /**
   * The currency it is kept in.
   */
  currency?: string
  /**
   * What the customer owes; negative: what the company owes.
   */
  balance?: Money
  /**
   * How much the customer may owe.
   */
  creditLimit?: Money
  /**
   * How it is paid.
   */
  paymentMethod?: 'card' | 'direct-debit' | 'bank-transfer' | 'cash' | 'cheque' | 'wallet' | 'voucher' | 'other'
  /**
   * Days from an invoice to its due date.
   */
  paymentTermDays?: number
  /**
   * Where invoices go.
   */
  billingAddress?: Address
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in schemas/<entity>.extension.json.
   */
  attributes?: Attributes
}

/**
 * What a customer holds with the company: the thing that is billed or served.
 */
export type AccountRecord = {
  /**
   * The hub's own id of the record. It never changes.
   */
  id: string
  /**
   * The customer that holds it, named as the source names it.
   */
  customer?: ResolvedReference
  /**
   * The account above this one, named as the source names it.
   */
  parent?: ResolvedReference
  /**
   * The account number that people use.
   */
  number?: string
  /**
   * What the account is called.
   */
  name?: string
  /**
   * What the account is for.
   */
  kind?: 'billing' | 'service' | 'credit' | 'loyalty' | 'other'
  /**
   * Where it stands.
   */
  status?: 'pending' | 'active' | 'suspended' | 'closed'
  /**
   * The day it was opened.
   */
  openedOn?: string
  /**
   * The day it was closed.
   */
  closedOn?: string
  /**
   * The currency it is kept in.
   */
  currency?: string
  /**
   * What the customer owes; negative: what the company owes.
   */
  balance?: Money
  /**
   * How much the customer may owe.
   */
  creditLimit?: Money
  /**
   * How it is paid.
   */
  paymentMethod?: 'card' | 'direct-debit' | 'bank-transfer' | 'cash' | 'cheque' | 'wallet' | 'voucher' | 'other'
  /**
   * Days from an invoice to its due date.
   */
  paymentTermDays?: number
  /**
   * Where invoices go.
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
