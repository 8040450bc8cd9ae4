/** `now` and `today` of a moment, for rules that say a time zone. Pure: the moment is handed in. */

interface Day {
  slot: number
  today: string
  format: Intl.DateTimeFormat
}

/** Offsets change at quarters of an hour, so within one the date is the same. The last answer of each zone is kept. */
const SLOT_MS = 900_000
const days = new Map<string, Day>()

export function todayIn(timeZone: string, at: number): { now: string; today: string } {
  const slot = Math.floor(at / SLOT_MS)
  let day = days.get(timeZone)
  if (day?.slot !== slot) {
    const format = day?.format ?? formatFor(timeZone)
    day = { slot, today: format.format(at), format }
    days.set(timeZone, day)
  }
  return { now: new Date(at).toISOString(), today: day.today }
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  // Swedish dates are ISO dates.
  return new Intl.DateTimeFormat('sv', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
}
