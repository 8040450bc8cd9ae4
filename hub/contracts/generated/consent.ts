// Generated from schemas/ by `node scripts/generate-types.ts`. Change the schema, not this file.
import type { Attributes, RecordSource, Reference, ResolvedReference } from './common.ts'

/**
 * What a customer has allowed or refused, as a record of its own with its evidence.
 */
export type Consent = {
  /**
   * The customer who said it, named as the source names it.
   */
  customer?: Reference
  /**
   * What it is for.
   */
  purpose: string
  /**
   * The channel it speaks of; absent or `any`: all of them.
   */
  channel?: 'email' | 'phone' | 'sms' | 'post' | 'chat' | 'app' | 'any'
  /**
   * What the customer said.
   */
  state: 'granted' | 'denied' | 'withdrawn'
  /**
   * When the customer said it.
   */
  at?: string
  /**
   * When it ends by itself.
   */
  expiresAt?: string
  /**
   * What allows it in law (GDPR article 6).
   */
  legalBasis?: 'consent' | 'contract' | 'legal-obligation' | 'vital-interest' | 'public-task' | 'legitimate-interest'
  /**
   * Where it was given: a form, a page, an agent.
   */
  collectedBy?: string
  /**
   * What the customer was asked, or the name and revision of that text.
   */
  wording?: string
  /**
   * Where the proof is kept.
   */
  evidence?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in schemas/<entity>.extension.json.
   */
  attributes?: Attributes
}

/**
 * What a customer has allowed or refused, as a record of its own with its evidence.
 */
export type ConsentRecord = {
  /**
   * The hub's own id of the record. It never changes.
   */
  id: string
  /**
   * The customer who said it, named as the source names it.
   */
  customer?: ResolvedReference
  /**
   * What it is for.
   */
  purpose: string
  /**
   * The channel it speaks of; absent or `any`: all of them.
   */
  channel?: 'email' | 'phone' | 'sms' | 'post' | 'chat' | 'app' | 'any'
  /**
   * What the customer said.
   */
  state: 'granted' | 'denied' | 'withdrawn'
  /**
   * When the customer said it.
   */
  at?: string
  /**
   * When it ends by itself.
   */
  expiresAt?: string
  /**
   * What allows it in law (GDPR article 6).
   */
  legalBasis?: 'consent' | 'contract' | 'legal-obligation' | 'vital-interest' | 'public-task' | 'legitimate-interest'
  /**
   * Where it was given: a form, a page, an agent.
   */
  collectedBy?: string
  /**
   * What the customer was asked, or the name and revision of that text.
   */
  wording?: string
  /**
   * Where the proof is kept.
   */
  evidence?: string
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
