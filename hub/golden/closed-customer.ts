import type { JsonObject } from '../contracts/json.ts'

/**
 * The golden record of a customer whose last source record is gone: what was known last, with the status `closed`. It is
 * not emptied: invoices still name it, and a record that comes back finds it. (Erasing is another matter, and asked for.)
 * A steward's status doesn't outrank this one: there is nothing left that it could speak of.
 */
export function closedCustomer(last: JsonObject): JsonObject {
  if (last['status'] === 'closed') return last
  const closed: JsonObject = {}
  for (const [member, value] of Object.entries(last)) {
    if (member !== 'status') closed[member] = value
    // The status stands behind the kind, in the order of all golden records.
    if (member === 'kind') closed['status'] = 'closed'
  }
  if (closed['status'] === undefined) return { status: 'closed', ...closed }
  return closed
}
