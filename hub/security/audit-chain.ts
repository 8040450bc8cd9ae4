import { createHash } from 'node:crypto'

/** One entry of the audit trail as the chain sees it: every column of it, as text where the database has no plain JSON for it. */
export interface ChainedContent {
  no: number
  /** ISO 8601 with microseconds, as the database keeps it. */
  at: string
  lastAt: string | null
  actor: string
  act: string
  subject: string
  /** JSON text as it was written. */
  facts: string | null
  /** Hash of the ids of the records: there may be thousands. */
  recordsHash: string | null
}

/** What stands before the first entry. */
export const CHAIN_START = Buffer.alloc(32)

/**
 * The hash of an entry: SHA-256 over the hash of the entry before it and the entry's own content, which is written as one JSON
 * array, so that no two different entries have the same text.
 */
export function chainHash(previous: Buffer, position: number, content: ChainedContent): Buffer {
  const { no, at, lastAt, actor, act, subject, facts, recordsHash } = content
  const text = JSON.stringify([position, no, at, lastAt, actor, act, subject, facts, recordsHash])
  return createHash('sha256').update(previous).update(text).digest()
}
