/** Hands out addresses, landlines, mobiles and e-mail addresses, none of them twice. */
import type { Address } from './model.ts'
import { CITIES, type City, STREETS } from './places.ts'
import type { Random } from './random.ts'

/**
 * Ofcom's drama range for mobiles, 07700 900000-900999, is no valid number to libphonenumber, so mobiles come from 07700 0xxxxx
 * and 07700 1xxxxx beside it: 200,000 numbers, walked with a step that has no common factor with their count.
 */
const MOBILES = { prefix: '07700', count: 200_000, step: 77_713 }
const LANDLINE_STEP = 617
const MAIL_DOMAINS = [
  'mailbox.example',
  'fastpost.example',
  'webmail.example',
  'example.com',
  'example.org',
  'example.net',
]
const POSTCODE_LETTERS = 'ABDEFGHJLNPQRSTUWXYZ'

export class ContactPoints {
  private mobiles = 0
  private readonly landlines = new Map<string, number>()
  private readonly emails = new Set<string>()
  private readonly addresses = new Set<string>()

  mobile(): string {
    return mobileNumber(this.mobiles++)
  }

  /** The first 1,000 of a city are its drama numbers in a scattered order, the next 9,000 follow them. */
  landline(cityName: string): string {
    const prefix = cityOf(cityName).landlinePrefix
    const used = this.landlines.get(cityName) ?? 0
    this.landlines.set(cityName, used + 1)
    if (used >= 4_000) throw new RangeError(`There are no more landlines in ${cityName}.`)
    const number = used < 1_000 ? (used * LANDLINE_STEP + 123) % 1_000 : used
    const head = Number(prefix.at(-1)) + Math.floor(number / 1_000)
    return prefix.slice(0, -1) + String(head) + String(number % 1_000).padStart(3, '0')
  }

  email(given: string, family: string, random: Random, domain = random.pickSkewed(MAIL_DOMAINS)): string {
    const [first, last] = [mailWord(given), mailWord(family)]
    const style = random.weighted({ dotted: 5, initial: 3, joined: 2 })
    const local =
      style === 'dotted' ? `${first}.${last}` : style === 'initial' ? `${first.charAt(0)}${last}` : first + last
    let address = `${local}@${domain}`
    while (this.emails.has(address)) address = `${local}${random.int(2, 99)}@${domain}`
    this.emails.add(address)
    return address
  }

  address(random: Random, city: City = random.pickSkewed(CITIES)): Address {
    for (;;) {
      const address: Address = {
        unit: random.chance(0.18) ? `Flat ${random.int(1, 24)}` : null,
        houseNumber: `${random.int(1, 148)}${random.chance(0.04) ? random.pick(['a', 'b']) : ''}`,
        street: random.pick(STREETS),
        suburb: random.chance(0.4) ? random.pick(city.suburbs) : null,
        city: city.name,
        county: city.county,
        postalCode: postcode(city, random),
      }
      const name = `${address.unit ?? ''}|${address.houseNumber}|${address.street}|${address.city}`
      if (this.addresses.has(name)) continue
      this.addresses.add(name)
      return address
    }
  }
}

/** The index-th mobile number, from 0. */
export function mobileNumber(index: number): string {
  if (index >= MOBILES.count) throw new RangeError(`There are only ${MOBILES.count} mobile numbers.`)
  return MOBILES.prefix + String((index * MOBILES.step + 4_321) % MOBILES.count).padStart(6, '0')
}

export function cityOf(name: string): City {
  const found = CITIES.find((city) => city.name === name)
  if (!found) throw new RangeError(`The company does not serve ${name}.`)
  return found
}

/** `Seán` -> `Sean`, `Łukasz` -> `Lukasz`, `Müller` -> `Muller`: letters that fit into the ASCII of old systems. */
export function withoutDiacritics(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[łŁøØßæÆđĐ]/g, (letter) => FOLDED[letter] ?? letter)
}

const FOLDED: Readonly<Record<string, string>> = {
  ł: 'l',
  Ł: 'L',
  ø: 'o',
  Ø: 'O',
  ß: 'ss',
  æ: 'ae',
  Æ: 'AE',
  đ: 'd',
  Đ: 'D',
}

/** A name as it stands in e-mail addresses and domains. */
export function mailWord(text: string): string {
  return withoutDiacritics(text)
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '')
}

function postcode(city: City, random: Random): string {
  const inward = `${random.int(1, 9)}${random.pick([...POSTCODE_LETTERS])}${random.pick([...POSTCODE_LETTERS])}`
  return `${city.postcodeArea}${random.int(1, city.districtMax)} ${inward}`
}
