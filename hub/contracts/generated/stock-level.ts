// Generated from schemas/ by `node scripts/generate-types.ts`. Change the schema, not this file.
import type { Attributes, RecordSource, Reference, ResolvedReference } from './common.ts'

/**
 * How much of a product there is in one place.
 */
export type StockLevel = {
  /**
   * The product, named as the source names it.
   */
  product: Reference
  location?: Location
  /**
   * Units that are there; negative: more was booked out than in.
   */
  onHand?: string
  /**
   * Units that are there but promised.
   */
  reserved?: string
  /**
   * Units that can be promised.
   */
  available?: string
  /**
   * Units that are on their way.
   */
  onOrder?: string
  /**
   * Where new ones are ordered.
   */
  reorderPoint?: string
  /**
   * The unit of the quantities.
   */
  unit?: string
  /**
   * When the figures were right.
   */
  countedAt?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in schemas/<entity>.extension.json.
   */
  attributes?: Attributes
}
/**
 * The warehouse, shop or van.
 */
export type Location = {
  /**
   * Its code in the source.
   */
  code: string
  /**
   * What it is called.
   */
  name?: string
}

/**
 * How much of a product there is in one place.
 */
export type StockLevelRecord = {
  /**
   * The hub's own id of the record. It never changes.
   */
  id: string
  /**
   * The product, named as the source names it.
   */
  product: ResolvedReference
  location?: ResolvedLocation
  /**
   * Units that are there; negative: more was booked out than in.
   */
  onHand?: string
  /**
   * Units that are there but promised.
   */
  reserved?: string
  /**
   * Units that can be promised.
   */
  available?: string
  /**
   * Units that are on their way.
   */
  onOrder?: string
  /**
   * Where new ones are ordered.
   */
  reorderPoint?: string
  /**
   * The unit of the quantities.
   */
  unit?: string
  /**
   * When the figures were right.
   */
  countedAt?: string
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
 * The warehouse, shop or van.
 */
export type ResolvedLocation = {
  /**
   * Its code in the source.
   */
  code: string
  /**
   * What it is called.
   */
  name?: string
}
