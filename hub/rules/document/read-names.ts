/** What the hub can read for a rule, by the names that a rule's envelope and input have for it. */

/** Collections of records that belong to a customer. */
const COLLECTION_READS = [
  'accounts',
  'invoices',
  'payments',
  'orders',
  'cases',
  'interactions',
  'consents',
  'offers',
] as const
/** Single records that a caller names by their ids: `invoice: {id}`. */
export const RECORD_READS = [
  'account',
  'invoice',
  'payment',
  'order',
  'case',
  'interaction',
  'consent',
  'offer',
  'product',
] as const
/** What the hub can read for a rule: the golden record, what belongs to the customer, and single records. */
export const READ_NAMES = ['customer', ...COLLECTION_READS, ...RECORD_READS] as const
export type CollectionRead = (typeof COLLECTION_READS)[number]
export type RecordRead = (typeof RECORD_READS)[number]
export type ReadName = (typeof READ_NAMES)[number]

const NAMES: ReadonlySet<string> = new Set(READ_NAMES)
const RECORDS: ReadonlySet<string> = new Set(RECORD_READS)

export function isReadName(name: string): name is ReadName {
  return NAMES.has(name)
}

export function isRecordRead(name: string): name is RecordRead {
  return RECORDS.has(name)
}
