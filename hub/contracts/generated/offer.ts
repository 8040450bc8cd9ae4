// Generated from schemas/ by `node scripts/generate-types.ts`. Change the schema, not this file.
import type { Attributes, Line, Money, RecordSource, Reference, ResolvedLine, ResolvedReference } from './common.ts'

/**
 * What the company proposes to a customer.
 */
export type Offer = {
  /**
   * The customer it is made to, named as the source names it.
   */
  customer?: Reference
  /**
   * The account it is for, named as the source names it.
   */
  account?: Reference
  /**
   * The product offered, where it is one, named as the source names it.
   */
  product?: Reference
  /**
   * The offer number that people use.
   */
  number?: string
  /**
   * What it is called.
   */
  name?: string
  /**
   * What is offered.
   */
  description?: string
  /**
   * Where it stands.
   */
  status?: 'draft' | 'presented' | 'accepted' | 'declined' | 'expired' | 'withdrawn'
  /**
   * Where it was made.
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
   * The campaign it belongs to.
   */
  campaign?: string
  /**
   * What it costs.
   */
  price?: Money
  /**
   * How often the price is due; absent: once.
   */
  priceInterval?: 'once' | 'day' | 'week' | 'month' | 'quarter' | 'year'
  /**
   * Discount in percent of the list price.
   */
  discount?: string
  /**
   * What is offered, line by line.
   *
   * @maxItems 1000
   *
   * Items: One line of an order, an invoice or an offer.
   */
  lines?: Line[]
  /**
   * First day on which it can be taken.
   */
  validFrom?: string
  /**
   * Last day on which it can be taken.
   */
  validTo?: string
  /**
   * When the customer got it.
   */
  presentedAt?: string
  /**
   * When the customer took or declined it.
   */
  answeredAt?: string
  /**
   * Why it was declined or withdrawn.
   */
  reason?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in schemas/<entity>.extension.json.
   */
  attributes?: Attributes
}

/**
 * What the company proposes to a customer.
 */
export type OfferRecord = {
  /**
   * The hub's own id of the record. It never changes.
   */
  id: string
  /**
   * The customer it is made to, named as the source names it.
   */
  customer?: ResolvedReference
  /**
   * The account it is for, named as the source names it.
   */
  account?: ResolvedReference
  /**
   * The product offered, where it is one, named as the source names it.
   */
  product?: ResolvedReference
  /**
   * The offer number that people use.
   */
  number?: string
  /**
   * What it is called.
   */
  name?: string
  /**
   * What is offered.
   */
  description?: string
  /**
   * Where it stands.
   */
  status?: 'draft' | 'presented' | 'accepted' | 'declined' | 'expired' | 'withdrawn'
  /**
   * Where it was made.
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
   * The campaign it belongs to.
   */
  campaign?: string
  /**
   * What it costs.
   */
  price?: Money
  /**
   * How often the price is due; absent: once.
   */
  priceInterval?: 'once' | 'day' | 'week' | 'month' | 'quarter' | 'year'
  /**
   * Discount in percent of the list price.
   */
  discount?: string
  /**
   * What is offered, line by line.
   *
   * @maxItems 1000
   *
   * Items: One line of an order, an invoice or an offer.
   */
  lines?: ResolvedLine[]
  /**
   * First day on which it can be taken.
   */
  validFrom?: string
  /**
   * Last day on which it can be taken.
   */
  validTo?: string
  /**
   * When the customer got it.
   */
  presentedAt?: string
  /**
   * When the customer took or declined it.
   */
  answeredAt?: string
  /**
   * Why it was declined or withdrawn.
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
