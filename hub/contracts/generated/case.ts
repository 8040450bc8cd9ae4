// Generated from schemas/ by `node scripts/generate-types.ts`. Change the schema, not this file.
import type { Attributes, RecordSource, Reference, ResolvedReference } from './common.ts'

/**
 * Something a customer wants settled: a question, a fault, a complaint.
 */
export type Case = {
  /**
   * The customer whose case it is, named as the source names it.
   */
  customer?: Reference
  /**
   * The account it is about, named as the source names it.
   */
  account?: Reference
  /**
   * The product it is about, named as the source names it.
   */
  product?: Reference
  /**
   * The order it is about, named as the source names it.
   */
  order?: Reference
  /**
   * The invoice it is about, named as the source names it.
   */
  invoice?: Reference
  /**
   * The case number that people use.
   */
  number?: string
  /**
   * What it is about, in a line.
   */
  subject?: string
  /**
   * What the customer says.
   */
  description?: string
  /**
   * What sort of case it is.
   */
  kind?: 'question' | 'problem' | 'complaint' | 'request' | 'task' | 'other'
  /**
   * Where it stands.
   */
  status?: 'new' | 'open' | 'waiting' | 'resolved' | 'closed' | 'cancelled'
  /**
   * How soon it has to be settled.
   */
  priority?: 'low' | 'normal' | 'high' | 'urgent'
  /**
   * Where it came in.
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
   * Who works on it, as the source names them.
   */
  assignee?: string
  /**
   * When it was opened.
   */
  openedAt?: string
  /**
   * When it has to be settled.
   */
  dueAt?: string
  /**
   * When it was settled.
   */
  resolvedAt?: string
  /**
   * When it was closed.
   */
  closedAt?: string
  /**
   * How it was settled.
   */
  resolution?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in schemas/<entity>.extension.json.
   */
  attributes?: Attributes
}

/**
 * Something a customer wants settled: a question, a fault, a complaint.
 */
export type CaseRecord = {
  /**
   * The hub's own id of the record. It never changes.
   */
  id: string
  /**
   * The customer whose case it is, named as the source names it.
   */
  customer?: ResolvedReference
  /**
   * The account it is about, named as the source names it.
   */
  account?: ResolvedReference
  /**
   * The product it is about, named as the source names it.
   */
  product?: ResolvedReference
  /**
   * The order it is about, named as the source names it.
   */
  order?: ResolvedReference
  /**
   * The invoice it is about, named as the source names it.
   */
  invoice?: ResolvedReference
  /**
   * The case number that people use.
   */
  number?: string
  /**
   * What it is about, in a line.
   */
  subject?: string
  /**
   * What the customer says.
   */
  description?: string
  /**
   * What sort of case it is.
   */
  kind?: 'question' | 'problem' | 'complaint' | 'request' | 'task' | 'other'
  /**
   * Where it stands.
   */
  status?: 'new' | 'open' | 'waiting' | 'resolved' | 'closed' | 'cancelled'
  /**
   * How soon it has to be settled.
   */
  priority?: 'low' | 'normal' | 'high' | 'urgent'
  /**
   * Where it came in.
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
   * Who works on it, as the source names them.
   */
  assignee?: string
  /**
   * When it was opened.
   */
  openedAt?: string
  /**
   * When it has to be settled.
   */
  dueAt?: string
  /**
   * When it was settled.
   */
  resolvedAt?: string
  /**
   * When it was closed.
   */
  closedAt?: string
  /**
   * How it was settled.
   */
  resolution?: string
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
