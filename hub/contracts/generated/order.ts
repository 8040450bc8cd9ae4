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
 * What a customer has ordered.
 */
export type Order = {
  /**
   * The customer that ordered, named as the source names it.
   */
  customer?: Reference
  /**
   * The account it is for, named as the source names it.
   */
  account?: Reference
  /**
   * The offer it came from, named as the source names it.
   */
  offer?: Reference
  /**
   * The order number that people use.
   */
  number?: string
  /**
   * Where it stands.
   */
  status?: 'draft' | 'placed' | 'confirmed' | 'in-progress' | 'shipped' | 'completed' | 'returned' | 'cancelled'
  /**
   * Where it was placed.
   */
  channel?:
    | 'web'
    | 'app'
    | 'phone'
    | 'ivr'
    | 'chat'
    | 'email'
    | 'sms'
    | 'post'
    | 'agent'
    | 'partner'
    | 'store'
    | 'visit'
    | 'social'
    | 'other'
  /**
   * The day it was placed.
   */
  orderedOn?: string
  /**
   * The moment it was placed, where the source knows it.
   */
  orderedAt?: string
  /**
   * The day the customer wants it by.
   */
  requiredOn?: string
  /**
   * The day it left.
   */
  shippedOn?: string
  /**
   * The day all of it was delivered.
   */
  completedOn?: string
  /**
   * The amount without tax and shipping.
   */
  net?: Money
  /**
   * The tax.
   */
  tax?: Money
  /**
   * What the delivery costs.
   */
  shippingCost?: Money
  /**
   * All that is to be paid.
   */
  total?: Money
  /**
   * What is ordered, line by line.
   *
   * @maxItems 1000
   *
   * Items: One line of an order, an invoice or an offer.
   */
  lines?: Line[]
  /**
   * Where it goes.
   */
  shippingAddress?: Address
  /**
   * Where the invoice goes.
   */
  billingAddress?: Address
  /**
   * Who takes delivery, where it is not the customer.
   */
  recipient?: string
  /**
   * Who delivers it.
   */
  carrier?: string
  /**
   * The carrier's number of the parcel.
   */
  trackingNumber?: string
  /**
   * Who took it, as the source names them.
   */
  agent?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in schemas/<entity>.extension.json.
   */
  attributes?: Attributes
}

/**
 * What a customer has ordered.
 */
export type OrderRecord = {
  /**
   * The hub's own id of the record. It never changes.
   */
  id: string
  /**
   * The customer that ordered, named as the source names it.
   */
  customer?: ResolvedReference
  /**
   * The account it is for, named as the source names it.
   */
  account?: ResolvedReference
  /**
   * The offer it came from, named as the source names it.
   */
  offer?: ResolvedReference
  /**
   * The order number that people use.
   */
  number?: string
  /**
   * Where it stands.
   */
  status?: 'draft' | 'placed' | 'confirmed' | 'in-progress' | 'shipped' | 'completed' | 'returned' | 'cancelled'
  /**
   * Where it was placed.
   */
  channel?:
    | 'web'
    | 'app'
    | 'phone'
    | 'ivr'
    | 'chat'
    | 'email'
    | 'sms'
    | 'post'
    | 'agent'
    | 'partner'
    | 'store'
    | 'visit'
    | 'social'
    | 'other'
  /**
   * The day it was placed.
   */
  orderedOn?: string
  /**
   * The moment it was placed, where the source knows it.
   */
  orderedAt?: string
  /**
   * The day the customer wants it by.
   */
  requiredOn?: string
  /**
   * The day it left.
   */
  shippedOn?: string
  /**
   * The day all of it was delivered.
   */
  completedOn?: string
  /**
   * The amount without tax and shipping.
   */
  net?: Money
  /**
   * The tax.
   */
  tax?: Money
  /**
   * What the delivery costs.
   */
  shippingCost?: Money
  /**
   * All that is to be paid.
   */
  total?: Money
  /**
   * What is ordered, line by line.
   *
   * @maxItems 1000
   *
   * Items: One line of an order, an invoice or an offer.
   */
  lines?: ResolvedLine[]
  /**
   * Where it goes.
   */
  shippingAddress?: Address
  /**
   * Where the invoice goes.
   */
  billingAddress?: Address
  /**
   * Who takes delivery, where it is not the customer.
   */
  recipient?: string
  /**
   * Who delivers it.
   */
  carrier?: string
  /**
   * The carrier's number of the parcel.
   */
  trackingNumber?: string
  /**
   * Who took it, as the source names them.
   */
  agent?: string
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
