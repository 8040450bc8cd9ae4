import type { OutboxWriteRow } from '../../store/apply-writes.ts'

/** Time and randomness of one batch, handed in. */
export interface Moment {
  /** ISO 8601 with milliseconds. */
  now: string
  /** A UUIDv7: time-ordered, so that the smaller of two ids is the older one. */
  newId(): string
}

export type EventFacts = Omit<OutboxWriteRow, 'id' | 'at'>

export function outboxRow(moment: Moment, facts: EventFacts): OutboxWriteRow {
  return { id: moment.newId(), at: moment.now, ...facts }
}
