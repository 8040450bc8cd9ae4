/** What the fake does wrong, or is hard about, on request. Counts are how many more requests it happens to. */
export class Faults {
  /** Every request is refused: `limit` is 403 REQUEST_LIMIT_EXCEEDED, `unavailable` 503 SERVER_UNAVAILABLE. */
  throttle: { kind: 'limit' | 'unavailable'; retryAfterSeconds?: number; times: number } | undefined
  /** The next writes are done, but their connections break before the answer. */
  dropAfterWrite = 0
  /** The next answers of addresses like this have this body instead of their own. */
  garble: { path: RegExp; body: string; times: number } | undefined
  /** The next answers break off in the middle. */
  dropMidResponse = 0
  /** The next requests are never answered. */
  hang = 0
  /** Every answer waits so long, ms. */
  delayMs = 0
  /** No token is good, new ones neither. */
  refuseTokens = false
  /** The next writes of a record find it locked. */
  lockRows = 0
  /** The next bulk queries fail with this message. */
  failJobs: string | undefined
  /** Change events are delivered twice. */
  duplicateEvents = false
  /** How a replay id that has expired is answered: with an error, or not at all. */
  expiredReplay: 'error' | 'silent' = 'error'
  /** Requests that came while throttled. */
  throttled = 0
}
