import type { ServerResponse } from 'node:http'
import { once } from 'node:events'
import { passesFilters } from '../../contracts/event-catalogue.ts'
import type { EventFilter } from '../../contracts/event-filter.ts'
import type { JsonObject } from '../../contracts/json.ts'
import type { Masking } from '../../security/masking.ts'
import { eventText, type LoggedEvent } from '../../store/event-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { type StreamFilter, streamedEvents } from '../../store/stream-queries.ts'
import type { EventTailPort } from '../ports.ts'

export interface EventStreamOptions {
  db: Queryable
  tail: EventTailPort
  filter: StreamFilter
  /** What the reader does not see; the condition does not see it either, or it would tell. */
  masking?: Masking | null
  /** A further condition, over whole events; absent: none. */
  condition?: EventFilter
  /** Position after which to begin. */
  after: number
  out: ServerResponse
  /** Ends the stream: the process stops, or the caller has gone. */
  signal: AbortSignal
  /** Asked with each sign of life: a key that was revoked meanwhile ends the stream. */
  stillAllowed(): Promise<boolean>
  heartbeatMs: number
  /** A reader that takes nothing for this long is gone or as good as gone. */
  patienceMs: number
}

const EVENTS_PER_READ_MAX = 200

/**
 * Writes events as they come. They are read from the log page by page, and a page only once the one before is out, so a
 * slow reader costs one page of memory and falls behind in the log, where nothing is lost.
 */
export async function streamEvents(options: EventStreamOptions): Promise<void> {
  const { db, tail, filter, out, signal } = options
  let { after } = options
  out.write(': omnihub events\n\n')
  while (!signal.aborted) {
    const upTo = await tail.position()
    while (after < upTo && !signal.aborted) {
      const rows = await streamedEvents(db, { after, upTo }, filter, EVENTS_PER_READ_MAX)
      after = rows.length < EVENTS_PER_READ_MAX ? upTo : (rows.at(-1)?.position ?? upTo)
      const text = rows.map((row) => messageOf(row, options)).join('')
      if (text !== '' && !(await wrote(options, text))) return
    }
    if (!(await alive(options, after))) return
  }
}

/** Empty where the event does not fit the condition. */
function messageOf(event: LoggedEvent, { condition, masking }: EventStreamOptions): string {
  const stored = eventText(event)
  const text = masking == null ? stored : masking.text(stored, null)
  if (condition !== undefined && !passesFilters(event.type) && !condition.matches(JSON.parse(text) as JsonObject))
    return ''
  // A line break inside of JSON text can only be between its parts, where it means nothing.
  const data = text.replaceAll(/[\r\n]+/g, ' ')
  return `id: ${event.position}\nevent: ${event.type}\ndata: ${data}\n\n`
}

/** Waits for news and writes a comment now and then meanwhile; false when the stream is over. */
async function alive(options: EventStreamOptions, after: number): Promise<boolean> {
  const { tail, signal, heartbeatMs, stillAllowed } = options
  for (;;) {
    const pause = AbortSignal.any([signal, AbortSignal.timeout(heartbeatMs)])
    await tail.grown(after, pause)
    if (signal.aborted) return false
    if (!pause.aborted) return true
    if (!(await stillAllowed()) || !(await wrote(options, ': alive\n\n'))) return false
  }
}

/** False when the reader does not read. */
async function wrote({ out, signal, patienceMs }: EventStreamOptions, text: string): Promise<boolean> {
  if (out.write(text)) return true
  try {
    await once(out, 'drain', { signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]) })
    return true
  } catch {
    return false
  }
}
