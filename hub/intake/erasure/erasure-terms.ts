import { createHmac } from 'node:crypto'
import type { ErasureTerms } from '../pipeline/ports.ts'
import type { PrivacyPolicy } from './privacy-policy.ts'

/**
 * Who was erased is remembered by HMAC-SHA-256 of lane names with a secret of the hub: whoever has the database but not its
 * master key can not tell whether a key is among them by trying.
 */
export function erasureTerms(policy: PrivacyPolicy, laneSecret: Buffer): ErasureTerms {
  return {
    hashOf: (laneName) => createHmac('sha256', laneSecret).update(laneName).digest(),
    keeps: (target) => policy.keeps(target),
    cut: (target, document) => policy.cut(target, document),
  }
}
