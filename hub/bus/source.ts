import type { Delivery, Source } from '../contracts/bus.ts'
import { topicMatcher } from './topic.ts'

/** Names a consumer in reports. */
export function sourceName(source: Source): string {
  if ('work' in source) return `work ${source.work.join(',')}`
  if ('intake' in source) return 'intake'
  return `events ${source.group}`
}

/** Drops events that only an earlier pattern of the group asks for; its binding stays in the broker. */
export function onlyMatching(
  source: Source,
  handler: (batch: readonly Delivery[]) => Promise<void>,
): (batch: readonly Delivery[]) => Promise<void> {
  if (!('events' in source)) return handler
  const matches = topicMatcher(source.events)
  return async (batch) => {
    const wanted = batch.filter(({ from }) => 'event' in from && matches(from.event))
    if (wanted.length > 0) await handler(wanted)
  }
}
