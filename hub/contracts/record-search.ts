import type { CanonicalEntity } from './canonical.ts'

export type RecordEntity = Exclude<CanonicalEntity, 'customer'>

/** What the records of an entity are found by; the pipeline keeps it, the API asks for it. */
export interface RecordSearch {
  /** Members that are compared with one value, whatever its case. */
  equal: readonly string[]
  /** Members that point at other records, and the entities that those are of; beside customer and account. */
  references: Readonly<Record<string, RecordEntity>>
  /** The day by which people speak of such records: the first of these members that a record has. */
  day?: { name: string; members: readonly string[] }
  /** The day by which something is to have happened. */
  due?: { name: string; members: readonly string[] }
  /** Members whose words are searched by `q`. */
  words: readonly string[]
}

/** The one table of what can be searched: a line here is a parameter of the API and a part of the index. */
export const RECORD_SEARCH: Readonly<Record<RecordEntity, RecordSearch>> = {
  account: {
    equal: ['number', 'kind', 'status', 'currency'],
    references: {},
    day: { name: 'opened', members: ['openedOn'] },
    words: ['number', 'name'],
  },
  invoice: {
    equal: ['number', 'kind', 'status'],
    references: { order: 'order' },
    day: { name: 'issued', members: ['issuedOn'] },
    due: { name: 'due', members: ['dueOn'] },
    words: [],
  },
  payment: {
    equal: ['number', 'direction', 'status', 'method'],
    references: { invoice: 'invoice' },
    day: { name: 'paid', members: ['paidAt', 'paidOn'] },
    words: [],
  },
  order: {
    equal: ['number', 'status', 'channel', 'trackingNumber'],
    references: { offer: 'offer' },
    day: { name: 'ordered', members: ['orderedAt', 'orderedOn'] },
    due: { name: 'required', members: ['requiredOn'] },
    words: [],
  },
  product: {
    equal: ['number', 'kind', 'status', 'category', 'brand', 'gtin'],
    references: {},
    words: ['number', 'name', 'brand', 'category'],
  },
  'stock-level': { equal: [], references: { product: 'product' }, words: [] },
  case: {
    equal: ['number', 'kind', 'status', 'priority', 'channel', 'assignee'],
    references: { product: 'product', order: 'order', invoice: 'invoice' },
    day: { name: 'opened', members: ['openedAt'] },
    due: { name: 'due', members: ['dueAt'] },
    words: ['number', 'subject'],
  },
  interaction: {
    equal: ['channel', 'direction', 'status', 'agent'],
    references: { case: 'case', order: 'order' },
    day: { name: 'at', members: ['at'] },
    words: ['subject'],
  },
  consent: {
    equal: ['purpose', 'channel', 'state', 'legalBasis'],
    references: {},
    day: { name: 'at', members: ['at'] },
    due: { name: 'expires', members: ['expiresAt'] },
    words: [],
  },
  offer: {
    equal: ['number', 'status', 'channel', 'campaign'],
    references: { product: 'product' },
    day: { name: 'starts', members: ['validFrom'] },
    due: { name: 'expires', members: ['validTo'] },
    words: ['number', 'name'],
  },
}
