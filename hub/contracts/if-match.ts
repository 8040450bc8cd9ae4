/**
 * Whether the header If-Match names one of these entity tags, or any (`*`). It compares strongly (RFC 9110, 13.1.1): a weakened
 * tag does not do.
 */
export function ifMatchHolds(ifMatch: string, tags: readonly string[]): boolean {
  return ifMatch.trim() === '*' || ifMatch.split(',').some((one) => tags.includes(one.trim()))
}
