import type { JsonObject } from '../../contracts/json.ts'
import { eventText, type LoggedEvent } from '../../store/event-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { advance, eventsBetween } from '../../store/webhook-queries.ts'
import type { Receiver } from './receiver.ts'

/** An event as a role sees it: what it may not see is masked. */
export type View = (text: string, role: string) => string

const EVENTS_PER_READ_MAX = 500
/** Events that wait for one subscription at most; the others stay in the log until there is room. */
const WAITING_MAX = 1_000

/**
 * Reads the log up to `last` and puts on its way what each subscription wants. Those at the same place share one read.
 * True where the log has more for one of them.
 */
export async function readOn(
  db: Queryable,
  receivers: readonly Receiver[],
  last: number,
  moment: { now: number; view: View },
): Promise<boolean> {
  const reading = receivers.filter(
    (receiver) => !receiver.retiring && receiver.position < last && receiver.line.size < WAITING_MAX,
  )
  const groups = Map.groupBy(reading, ({ position }) => position)
  for (const [position, group] of groups) {
    const events = await eventsBetween(db, position, last, EVENTS_PER_READ_MAX)
    const to = events.length < EVENTS_PER_READ_MAX ? last : (events.at(-1)?.position ?? last)
    await moveOn(db, group, events, to, moment)
  }
  return reading.some((receiver) => !receiver.retiring && receiver.position < last && receiver.line.size < WAITING_MAX)
}

async function moveOn(
  db: Queryable,
  group: readonly Receiver[],
  events: readonly LoggedEvent[],
  to: number,
  { now, view }: { now: number; view: View },
): Promise<void> {
  const wanted = events.flatMap((event) => {
    const known = new Map<string, JsonObject>()
    const seen = (role: string): JsonObject => {
      const found = known.get(role) ?? (JSON.parse(view(eventText(event), role)) as JsonObject)
      known.set(role, found)
      return found
    }
    const lane = event.customerId ?? event.subject
    return group
      .filter((receiver) => receiver.wants(event, seen))
      .map(({ subscription }) => ({ subscriptionId: subscription.id, position: event.position, lane }))
  })
  const advances = group.map(({ subscription, position }) => ({
    subscriptionId: subscription.id,
    generation: subscription.generation,
    from: position,
    to,
  }))
  const { moved, rows } = await advance(db, advances, wanted, now)
  const bySubscription = Map.groupBy(rows, ({ subscriptionId }) => subscriptionId)
  for (const receiver of group) {
    const { id } = receiver.subscription
    // Changed meanwhile: it is read anew.
    if (!moved.has(id)) receiver.retiring = true
    else {
      receiver.position = to
      receiver.line.add(bySubscription.get(id) ?? [])
    }
  }
}
