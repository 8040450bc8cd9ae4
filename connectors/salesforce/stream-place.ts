import type { Checkpoint } from '../../hub/contracts/connector.ts'
import { isJsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'

/** What is known to be complete for one object, to find changes of which no event came. */
export interface KnownState {
  /** The last second of which changes are known, ISO 8601. */
  stamp: string
  /** Ids of the records that changed in that second. */
  ids: string[]
  /** There were more than are kept here: nothing can be said of other records of that second. */
  isFull?: true
}

export interface ChannelPlace {
  /** Of the last event; absent before the first. */
  replayId?: number
  /** When that event was committed, ms. */
  committedAt?: number
  known: KnownState
}

/** Where the stream of change events stands, for all channels. */
export interface StreamPlace {
  channels: Record<string, ChannelPlace>
  /** See LogClock. */
  sequence: number
  /** Until when the stream was heard, by Salesforce's clock, ms. */
  heardAt: number
}

/** Change events are kept for three days; some hours less, because clocks and clean-ups are not exact. */
export const RETENTION_MS = 70 * 60 * 60 * 1000
/** A checkpoint is small. */
export const KNOWN_IDS_MAX = 100

export function readStreamPlace(checkpoint: Checkpoint): StreamPlace {
  const { channels, sequence, heardAt } = checkpoint
  if (!isJsonObject(channels) || typeof sequence !== 'number' || typeof heardAt !== 'number') {
    throw settingsError('The stored position of the change events is not one of this connector.', {
      fix: 'Reset the position; the next start takes a snapshot.',
    })
  }
  return structuredClone(checkpoint) as unknown as StreamPlace
}

export function toCheckpoint(place: StreamPlace): Checkpoint {
  return structuredClone(place) as unknown as Checkpoint
}

/** Takes an event into account that was committed then. */
export function noteEvent(place: ChannelPlace, replayId: number, committedAt: number, ids: readonly string[]): void {
  if (place.replayId === undefined || replayId > place.replayId) {
    place.replayId = replayId
    place.committedAt = committedAt
  }
  const stamp = new Date(Math.floor(committedAt / 1000) * 1000).toISOString()
  if (stamp < place.known.stamp) return
  if (stamp > place.known.stamp) place.known = { stamp, ids: [] }
  for (const id of ids) {
    if (place.known.ids.includes(id)) continue
    if (place.known.ids.length < KNOWN_IDS_MAX) place.known.ids.push(id)
    else place.known.isFull = true
  }
}

/** Where to go on after: a replay id, -2 (all that is retained, where the last event is too old to be named), or nothing. */
export function resumeFrom(place: ChannelPlace, heardAt: number, now: number): number | undefined {
  if (now - heardAt > RETENTION_MS) return undefined
  if (place.replayId === undefined || now - (place.committedAt ?? 0) > RETENTION_MS) return -2
  return place.replayId
}
