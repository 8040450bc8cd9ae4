import type { JsonObject } from '../../hub/contracts/json.ts'

/** Generated customers for tests and benches: names, streets and towns are made of syllables, so they are nobody's. */
export interface GeneratedRecord {
  id: string
  system: string
  /** The number of the person: records with the same one are copies. */
  person: number
  document: JsonObject
}

const STARTS = [
  'bar',
  'cal',
  'den',
  'fer',
  'gol',
  'har',
  'jas',
  'kel',
  'lor',
  'mar',
  'nor',
  'pel',
  'ros',
  'sal',
  'tor',
  'vel',
  'wen',
  'zan',
]
const MIDDLES = ['a', 'e', 'i', 'o', 'u', 'an', 'en', 'il', 'or', 'ta', 'ri', 'ne']
const ENDS = [
  'ber',
  'den',
  'dil',
  'fax',
  'ler',
  'lin',
  'mond',
  'nell',
  'rick',
  'sen',
  'son',
  'ton',
  'ver',
  'well',
  'wick',
  'zi',
]
const KINDS = ['Street', 'Road', 'Avenue', 'Lane', 'Close', 'Crescent']

/** Three of four people are in one of two systems, the fourth in both, and then with a slip or two in one of them. */
export function generatedPeople(count: number, random: () => number): GeneratedRecord[] {
  const records: GeneratedRecord[] = []
  for (let person = 0; records.length < count; person++) {
    const document = newPerson(random)
    const twice = random() < 0.25
    const system = random() < 0.5 ? 'crm' : 'billing'
    records.push({ id: `${system}/${person}`, system, person, document })
    if (twice && records.length < count) {
      const other = system === 'crm' ? 'billing' : 'crm'
      records.push({ id: `${other}/${person}`, system: other, person, document: withSlips(document, random) })
    }
  }
  return records
}

function newPerson(random: () => number): JsonObject {
  const month = String(1 + Math.floor(random() * 12)).padStart(2, '0')
  const day = String(1 + Math.floor(random() * 28)).padStart(2, '0')
  return {
    kind: 'person',
    name: { given: word(random), family: word(random) },
    birthDate: `${1930 + Math.floor(random() * 75)}-${month}-${day}`,
    emails: random() < 0.6 ? [{ address: `${word(random)}.${word(random)}@example.org` }] : [],
    phones: random() < 0.7 ? [{ number: `+4415${String(Math.floor(random() * 1e8)).padStart(8, '0')}` }] : [],
    addresses: [
      {
        houseNumber: String(1 + Math.floor(random() * 200)),
        street: `${word(random)} ${pick(KINDS, random)}`,
        city: word(random),
        postalCode: String(1000 + Math.floor(random() * 9000)),
        country: 'GB',
      },
    ],
  }
}

function word(random: () => number): string {
  const name = pick(STARTS, random) + pick(MIDDLES, random) + pick(ENDS, random)
  return name.charAt(0).toUpperCase() + name.slice(1)
}

function pick(list: readonly string[], random: () => number): string {
  return list[Math.floor(random() * list.length)] ?? ''
}

function withSlips(document: JsonObject, random: () => number): JsonObject {
  const copy = structuredClone(document)
  const name = copy.name as { given: string; family: string }
  const address = (copy.addresses as { street: string; postalCode: string }[])[0]
  const kinds = 1 + Math.floor(random() * 2)
  for (let slips = 0; slips < kinds; slips++) {
    const where = Math.floor(random() * 6)
    if (where === 0) name.given = slipped(name.given, random)
    else if (where === 1) name.family = slipped(name.family, random)
    else if (where === 2) delete copy.birthDate
    else if (where === 3) copy.emails = []
    else if (where === 4) copy.phones = []
    else if (address !== undefined) address.street = slipped(address.street, random)
  }
  return copy
}

/** One letter exchanged with its neighbour, left out, doubled or replaced. */
export function slipped(text: string, random: () => number): string {
  const at = 1 + Math.floor(random() * Math.max(1, text.length - 2))
  const kind = Math.floor(random() * 4)
  if (kind === 0) return text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2)
  if (kind === 1) return text.slice(0, at) + text.slice(at + 1)
  if (kind === 2) return text.slice(0, at) + text.charAt(at) + text.slice(at)
  return `${text.slice(0, at)}e${text.slice(at + 1)}`
}
