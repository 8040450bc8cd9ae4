/** Arithmetic on ISO dates (`YYYY-MM-DD`), in UTC so that no machine's time zone has a say. */
import type { Random } from './random.ts'

const DAY_MS = 86_400_000

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS)
}

/** A day from `from` to `to`, both included; `from` when the span is empty. */
export function dateBetween(random: Random, from: string, to: string): string {
  return addDays(from, random.int(0, Math.max(0, daysBetween(from, to))))
}

/** The first day of the month that lies `months` before the month of `date`. */
export function monthStart(date: string, months: number): string {
  const [year = 0, month = 1] = date.split('-').map(Number)
  return new Date(Date.UTC(year, month - 1 - months, 1)).toISOString().slice(0, 10)
}

/** A time of day in office hours, `HH:MM:SS`. */
export function officeHour(random: Random): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(random.int(8, 18))}:${two(random.int(0, 59))}:${two(random.int(0, 59))}`
}
