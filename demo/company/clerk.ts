/**
 * How a customer comes to stand in a system: somebody asked, listened, typed. `Care` says how often what goes wrong; each system
 * has its own. Values are still whole (a name, an address, a number); the system's taste is put on them afterwards.
 */
import { addDays } from './calendar.ts'
import type { Address, Organization, Person } from './model.ts'
import { NICKNAMES } from './names.ts'
import { SHORT_ENDINGS } from './places.ts'
import type { Random } from './random.ts'

/** Probabilities, 0 to 1. */
export interface Care {
  /** Of a slip of the keys, in each of given name, family name and street. */
  typo: number
  nickname: number
  swappedNames: number
  /** Of still having the name from before the marriage, or the address from before the move, where there is one. */
  formerName: number
  formerAddress: number
  noMiddle: number
  noEmail: number
  otherEmail: number
  noMobile: number
  noLandline: number
  /** Of one digit wrong. */
  phoneSlip: number
  noBirthDate: number
  /** Of day and month swapped where that gives a date, or a day off. */
  birthSlip: number
  shortStreet: number
}

export interface NotedPerson {
  given: string
  middle: string | null
  family: string
  birthDate: string | null
  email: string | null
  mobile: string | null
  landline: string | null
  address: Address
}

export interface NotedOrganization {
  name: string
  email: string | null
  phone: string | null
  address: Address
}

export const CAREFUL: Care = {
  typo: 0.015,
  nickname: 0.05,
  swappedNames: 0.006,
  formerName: 0.2,
  formerAddress: 0.15,
  noMiddle: 0.3,
  noEmail: 0.04,
  otherEmail: 0.25,
  noMobile: 0.06,
  noLandline: 0.2,
  phoneSlip: 0.008,
  noBirthDate: 0.12,
  birthSlip: 0.01,
  shortStreet: 0.12,
}

export function noteDownPerson(person: Person, care: Care, random: Random): NotedPerson {
  const nicknames = NICKNAMES[person.given]
  let given = nicknames && random.chance(care.nickname) ? random.pick(nicknames) : person.given
  let family = person.formerFamily && random.chance(care.formerName) ? person.formerFamily : person.family
  if (random.chance(care.typo)) given = slip(given, random)
  if (random.chance(care.typo)) family = slip(family, random)
  if (random.chance(care.swappedNames)) [given, family] = [family, given]
  const email = person.secondEmail && random.chance(care.otherEmail) ? person.secondEmail : person.email
  return {
    given,
    family,
    middle: random.chance(care.noMiddle) ? null : person.middle,
    birthDate: noteDate(person.birthDate, care, random),
    email: random.chance(care.noEmail) ? null : email,
    mobile: notePhone(person.mobile, care.noMobile, care, random),
    landline: notePhone(person.landline, care.noLandline, care, random),
    address: noteAddress(person.address, person.formerAddress, care, random),
  }
}

export function noteDownOrganization(organization: Organization, care: Care, random: Random): NotedOrganization {
  const name = random.chance(0.75) ? organization.legalName : organization.tradeName
  return {
    name: random.chance(care.typo) ? slip(name, random) : name,
    email: random.chance(care.noEmail * 2) ? null : organization.email,
    phone: notePhone(organization.switchboard, care.noMobile, care, random),
    address: noteAddress(organization.address, null, care, random),
  }
}

function noteAddress(now: Address, former: Address | null, care: Care, random: Random): Address {
  const address = former && random.chance(care.formerAddress) ? former : now
  let street = random.chance(care.shortStreet) ? shortenStreet(address.street) : address.street
  if (random.chance(care.typo)) street = slip(street, random)
  return { ...address, street }
}

function noteDate(date: string, care: Care, random: Random): string | null {
  if (random.chance(care.noBirthDate)) return null
  if (!random.chance(care.birthSlip)) return date
  const [year = '', month = '', day = ''] = date.split('-')
  return Number(day) <= 12 && day !== month ? `${year}-${day}-${month}` : addDays(date, random.pick([-1, 1]))
}

function notePhone(number: string | null, absent: number, care: Care, random: Random): string | null {
  if (number === null || random.chance(absent)) return null
  if (!random.chance(care.phoneSlip)) return number
  // Only the last three digits slip, so that the number stays one that can be dialled.
  const place = number.length - random.int(1, 3)
  const digit = (Number(number.charAt(place)) + random.int(1, 9)) % 10
  return number.slice(0, place) + String(digit) + number.slice(place + 1)
}

export function shortenStreet(street: string): string {
  const ending = street.slice(street.lastIndexOf(' ') + 1)
  const short = SHORT_ENDINGS[ending]
  return short ? street.slice(0, -ending.length) + short : street
}

const NEIGHBOURS: Readonly<Record<string, string>> = {
  a: 's',
  b: 'v',
  c: 'v',
  d: 'f',
  e: 'r',
  f: 'g',
  g: 'h',
  h: 'j',
  i: 'o',
  k: 'l',
  l: 'k',
  m: 'n',
  n: 'm',
  o: 'i',
  r: 't',
  s: 'a',
  t: 'r',
  u: 'i',
  v: 'b',
  y: 'u',
}

/** One slip of the keys, never in the first letter: two letters changed about, one left out, one doubled, a neighbour hit. */
export function slip(text: string, random: Random): string {
  if (text.length < 4) return text
  const place = random.int(1, text.length - 2)
  const letter = text.charAt(place)
  const [head, tail] = [text.slice(0, place), text.slice(place + 1)]
  switch (random.weighted({ about: 3, out: 3, doubled: 2, neighbour: 3 })) {
    case 'about':
      return head + tail.charAt(0) + letter + tail.slice(1)
    case 'out':
      return head + tail
    case 'doubled':
      return head + letter + letter + tail
    default:
      return head + (NEIGHBOURS[letter] ?? letter) + tail
  }
}
