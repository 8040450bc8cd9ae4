// Generated from schemas/ by `node scripts/generate-types.ts`. Change the schema, not this file.
import type { Attributes, RecordSource, Reference, ResolvedReference } from './common.ts'

/**
 * One contact with a customer, on any channel.
 */
export type Interaction = {
  /**
   * The customer it was with, named as the source names it.
   */
  customer?: Reference
  /**
   * The account it was about, named as the source names it.
   */
  account?: Reference
  /**
   * The case it was about, named as the source names it.
   */
  case?: Reference
  /**
   * The order it was about, named as the source names it.
   */
  order?: Reference
  /**
   * Where it took place.
   */
  channel:
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
   * Who began it: the customer (inbound) or the company (outbound).
   */
  direction?: 'inbound' | 'outbound' | 'internal'
  /**
   * How it went.
   */
  status?: 'planned' | 'ongoing' | 'completed' | 'missed' | 'failed' | 'cancelled'
  /**
   * When it began.
   */
  at?: string
  /**
   * When it ended.
   */
  endedAt?: string
  /**
   * How long it took, in seconds.
   */
  durationSeconds?: number
  /**
   * What it was about, in a line.
   */
  subject?: string
  /**
   * What was said.
   */
  summary?: string
  /**
   * What came of it, as the source names it.
   */
  outcome?: string
  /**
   * Who spoke for the company, as the source names them.
   */
  agent?: string
  /**
   * The number or address it came from.
   */
  from?: string
  /**
   * The number or address it went to.
   */
  to?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in schemas/<entity>.extension.json.
   */
  attributes?: Attributes
}

/**
 * One contact with a customer, on any channel.
 */
export type InteractionRecord = {
  /**
   * The hub's own id of the record. It never changes.
   */
  id: string
  /**
   * The customer it was with, named as the source names it.
   */
  customer?: ResolvedReference
  /**
   * The account it was about, named as the source names it.
   */
  account?: ResolvedReference
  /**
   * The case it was about, named as the source names it.
   */
  case?: ResolvedReference
  /**
   * The order it was about, named as the source names it.
   */
  order?: ResolvedReference
  /**
   * Where it took place.
   */
  channel:
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
   * Who began it: the customer (inbound) or the company (outbound).
   */
  direction?: 'inbound' | 'outbound' | 'internal'
  /**
   * How it went.
   */
  status?: 'planned' | 'ongoing' | 'completed' | 'missed' | 'failed' | 'cancelled'
  /**
   * When it began.
   */
  at?: string
  /**
   * When it ended.
   */
  endedAt?: string
  /**
   * How long it took, in seconds.
   */
  durationSeconds?: number
  /**
   * What it was about, in a line.
   */
  subject?: string
  /**
   * What was said.
   */
  summary?: string
  /**
   * What came of it, as the source names it.
   */
  outcome?: string
  /**
   * Who spoke for the company, as the source names them.
   */
  agent?: string
  /**
   * The number or address it came from.
   */
  from?: string
  /**
   * The number or address it went to.
   */
  to?: string
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
