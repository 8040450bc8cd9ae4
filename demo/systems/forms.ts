/** Written forms that more than one system uses. */
import { addDays, daysBetween, officeHour } from '../company/calendar.ts'
import type { Address } from '../company/model.ts'
import type { Random } from '../company/random.ts'

/** `01174960123` -> `0117 496 0123`, `02079460123` -> `020 7946 0123`, `07700100123` -> `07700 100123` */
export function nationalPhone(digits: string): string {
  if (digits.startsWith('07')) return `${digits.slice(0, 5)} ${digits.slice(5)}`
  if (digits.startsWith('02')) return `${digits.slice(0, 3)} ${digits.slice(3, 7)} ${digits.slice(7)}`
  return `${digits.slice(0, 4)} ${digits.slice(4, 7)} ${digits.slice(7)}`
}

/** `07700100123` -> `+44 7700 100123` */
export function internationalPhone(digits: string): string {
  return `+44 ${nationalPhone(digits).slice(1)}`
}

/** `Flat 3, 12a Mill Lane` */
export function streetLine(address: Address): string {
  const street = `${address.houseNumber} ${address.street}`
  return address.unit ? `${address.unit}, ${street}` : street
}

/** When a record was made and last changed: made on `since`, changed in office hours on a day up to `asOf`. `YYYY-MM-DDTHH:MM:SS` */
export function lifeOf(since: string, asOf: string, random: Random): { created: string; changed: string } {
  const created = `${since}T${officeHour(random)}`
  const span = Math.max(0, daysBetween(since, asOf))
  // Half of all records were touched in the last fifth of their life.
  const day = addDays(since, Math.round(span * (random.chance(0.5) ? 0.8 + random.unit() * 0.2 : random.unit())))
  const changed = `${day}T${officeHour(random)}`
  return { created, changed: changed > created ? changed : created }
}

/** 1234 -> `12.34` */
export function pounds(pence: number): string {
  const sign = pence < 0 ? '-' : ''
  const digits = String(Math.abs(pence)).padStart(3, '0')
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
