const FRACTION = /\.(\d+)/
const LEAP_SECOND = /:60(\.\d+)?(?=Z|[+-]\d\d:\d\d$)/i

/**
 * A moment in the one form in which moments are stored and compared: UTC, six digits of a second. Takes any RFC 3339
 * text; digits beyond microseconds are cut off, as PostgreSQL would otherwise round them. Null where it is no moment.
 */
export function instantText(time: string): string | null {
  // A leap second is no moment of JavaScript's: it is taken for the end of the second before it.
  if (LEAP_SECOND.test(time)) return instantText(time.replace(LEAP_SECOND, ':59.999999'))
  const ms = Date.parse(time.replace(FRACTION, ''))
  if (Number.isNaN(ms)) return null
  const fraction = (FRACTION.exec(time)?.[1] ?? '').slice(0, 6).padEnd(6, '0')
  return `${new Date(ms).toISOString().slice(0, -5)}.${fraction}Z`
}
