// Generated from schemas/ by `node scripts/generate-types.ts`. Change the schema, not this file.
import type { Attributes, Money, RecordSource, Reference, ResolvedReference } from './common.ts'

/**
 * What the company sells, rents out or lends: goods, services, plans, devices.
 */
export type Product = {
  /**
   * The product number or SKU that people use.
   */
  number?: string
  /**
   * What it is called.
   */
  name: string
  /**
   * What it is.
   */
  description?: string
  /**
   * What kind of product it is.
   */
  kind?: 'good' | 'device' | 'service' | 'plan' | 'bundle' | 'other'
  /**
   * The group it belongs to, as the source names it.
   */
  category?: string
  /**
   * The maker's brand.
   */
  brand?: string
  /**
   * Whether it can be had.
   */
  status?: 'planned' | 'active' | 'discontinued' | 'withdrawn'
  /**
   * Global trade item number, 8, 12, 13 or 14 digits.
   */
  gtin?: string
  /**
   * The unit it is sold in.
   */
  unit?: string
  /**
   * The list price of one unit.
   */
  price?: Money
  /**
   * How often the price is due; absent: once.
   */
  priceInterval?: 'once' | 'day' | 'week' | 'month' | 'quarter' | 'year'
  /**
   * Tax in percent.
   */
  taxRate?: string
  /**
   * Who supplies it, named as the source names it.
   */
  supplier?: Reference
  /**
   * What a bundle is made of.
   *
   * @maxItems 200
   */
  components?: Component[]
  /**
   * First day on which it can be had.
   */
  validFrom?: string
  /**
   * Last day on which it can be had.
   */
  validTo?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in schemas/<entity>.extension.json.
   */
  attributes?: Attributes
}
/**
 * A product inside a bundle.
 */
export type Component = {
  /**
   * The product, named as the source names it.
   */
  product: Reference
  /**
   * How many of it.
   */
  quantity?: string
}

/**
 * What the company sells, rents out or lends: goods, services, plans, devices.
 */
export type ProductRecord = {
  /**
   * The hub's own id of the record. It never changes.
   */
  id: string
  /**
   * The product number or SKU that people use.
   */
  number?: string
  /**
   * What it is called.
   */
  name: string
  /**
   * What it is.
   */
  description?: string
  /**
   * What kind of product it is.
   */
  kind?: 'good' | 'device' | 'service' | 'plan' | 'bundle' | 'other'
  /**
   * The group it belongs to, as the source names it.
   */
  category?: string
  /**
   * The maker's brand.
   */
  brand?: string
  /**
   * Whether it can be had.
   */
  status?: 'planned' | 'active' | 'discontinued' | 'withdrawn'
  /**
   * Global trade item number, 8, 12, 13 or 14 digits.
   */
  gtin?: string
  /**
   * The unit it is sold in.
   */
  unit?: string
  /**
   * The list price of one unit.
   */
  price?: Money
  /**
   * How often the price is due; absent: once.
   */
  priceInterval?: 'once' | 'day' | 'week' | 'month' | 'quarter' | 'year'
  /**
   * Tax in percent.
   */
  taxRate?: string
  /**
   * Who supplies it, named as the source names it.
   */
  supplier?: ResolvedReference
  /**
   * What a bundle is made of.
   *
   * @maxItems 200
   */
  components?: ResolvedComponent[]
  /**
   * First day on which it can be had.
   */
  validFrom?: string
  /**
   * Last day on which it can be had.
   */
  validTo?: string
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
 * A product inside a bundle.
 */
export type ResolvedComponent = {
  /**
   * The product, named as the source names it.
   */
  product: ResolvedReference
  /**
   * How many of it.
   */
  quantity?: string
}
