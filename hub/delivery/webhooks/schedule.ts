const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Pauses before the second attempt, the third, and so on: three days from the first to the last, as Standard Webhooks advises. */
export const RETRY_PAUSES_MS: readonly number[] = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  12 * HOUR,
  20 * HOUR,
  24 * HOUR,
]

/** Each pause is longer or shorter by up to this part, so that what failed together does not come back together. */
const JITTER = 0.2
/** A receiver may ask for more time, but not for ever. */
const RETRY_AFTER_MAX_MS = 24 * HOUR

/**
 * The pause after this many failed attempts; undefined when that was the last. `random` from 0 to 1. What the receiver
 * asked for is the least, without jitter below it.
 */
export function pauseAfter(
  attempts: number,
  random: number,
  retryAfterMs: number | undefined,
  pauses: readonly number[] = RETRY_PAUSES_MS,
): number | undefined {
  const pause = pauses[attempts - 1]
  if (pause === undefined) return undefined
  const jittered = Math.round(pause * (1 - JITTER + 2 * JITTER * random))
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, RETRY_AFTER_MAX_MS))
}

/** Retry-After (RFC 9110, 10.2.3): seconds or an HTTP date; undefined where it is neither. `now` in ms. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND
  // Date.parse takes much that is no HTTP date, numbers among it.
  const date = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
