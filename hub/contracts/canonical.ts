/** The eleven canonical entities; their shapes are the JSON Schemas of schemas/. */
export const CANONICAL_ENTITIES = [
  'customer',
  'account',
  'invoice',
  'payment',
  'order',
  'product',
  'stock-level',
  'case',
  'interaction',
  'consent',
  'offer',
] as const

/** Members of a document that only the hub sets. */
export const ENVELOPE = ['id', 'version', 'createdAt', 'updatedAt', 'sources'] as const

export type CanonicalEntity = (typeof CANONICAL_ENTITIES)[number]

export function isCanonicalEntity(name: string): name is CanonicalEntity {
  return (CANONICAL_ENTITIES as readonly string[]).includes(name)
}
