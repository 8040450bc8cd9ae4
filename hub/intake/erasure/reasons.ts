/**
 * Grounds of article 17 (1) of the GDPR, letters a to f in this order (no longer needed, consent withdrawn, objection, unlawful
 * processing, a legal duty, a child's data), and whatever other law there is.
 */
export const ERASURE_REASONS = [
  'no-longer-needed',
  'consent-withdrawn',
  'objection',
  'unlawful-processing',
  'legal-obligation',
  'child',
  'other-law',
] as const
export type ErasureReason = (typeof ERASURE_REASONS)[number]
