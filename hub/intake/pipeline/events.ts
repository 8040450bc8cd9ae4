import type { JsonObject } from '../../contracts/json.ts'
import type { OutboxWriteRow } from '../../store/apply-writes.ts'

/** Time and randomness of one batch, handed in. */
export interface Moment {
  /** ISO 8601 with milliseconds. */
  now: string
  /** A UUIDv7: time-ordered, so that the smaller of two ids is the older one. */
  newId(): string
}

export interface EventFacts {
  /** The type, and the routing key on the bus: `customer.updated`. */
  type: string
  subject: string
  customerId: string | null
  /** Version of the subject, where it has one. */
  version?: number
  /** JSON text of the data, passed on as it is. */
  data: string
}

/** A CloudEvents 1.0 event in JSON. The text of `data` is put in as it is: a golden record is written out once, not twice. */
export function outboxRow(moment: Moment, facts: EventFacts): OutboxWriteRow {
  const id = moment.newId()
  const head: JsonObject = {
    specversion: '1.0',
    id,
    source: '/omnihub',
    type: facts.type,
    subject: facts.subject,
    time: moment.now,
    datacontenttype: 'application/json',
  }
  if (facts.version !== undefined) {
    head.sequence = String(facts.version)
    head.sequencetype = 'Integer'
  }
  if (facts.customerId !== null) head.customerid = facts.customerId
  const body = `${JSON.stringify(head).slice(0, -1)},"data":${facts.data}}`
  return { id, type: facts.type, customerId: facts.customerId, subject: facts.subject, body }
}
