/** Customer records of about 1 KB, as a CRM would push them: deterministic, mostly different people. */
import type { Change } from '../../hub/contracts/change.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'

const SYLLABLES = [
  'ba',
  'den',
  'dor',
  'el',
  'fin',
  'gar',
  'hol',
  'is',
  'kar',
  'lo',
  'mar',
  'ne',
  'or',
  'pet',
  'ris',
  'sol',
  'tan',
  'ul',
  'vin',
  'wes',
]
const KINDS = ['Road', 'Street', 'Lane', 'Close', 'Avenue']

/** A multiplicative hash of the number, so that neighbours have nothing in common. */
function mixed(n: number, salt: number): number {
  let h = Math.imul(n ^ (salt * 0x9e3779b1), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

function word(n: number, salt: number, parts: number): string {
  let text = ''
  for (let i = 0; i < parts; i++) text += SYLLABLES[mixed(n, salt + i) % SYLLABLES.length] ?? ''
  return (text[0] ?? '').toUpperCase() + text.slice(1)
}

const AREAS = [
  'AB',
  'BS',
  'CF',
  'DN',
  'EH',
  'GL',
  'HU',
  'IP',
  'KT',
  'LS',
  'MK',
  'NG',
  'OX',
  'PE',
  'RG',
  'SA',
  'TN',
  'WR',
  'YO',
  'LE',
]
const LETTERS = 'ABDEFGHJLNPQRSTUWXYZ'

/** As many codes as the country really has: about 1.7 million. */
function postcode(n: number): string {
  const district = 1 + (Math.floor(n / 20) % 24)
  const unit = Math.floor(n / 480)
  const letters = `${LETTERS[unit % 20]}${LETTERS[Math.floor(unit / 20) % 20]}`
  return `${AREAS[n % 20]}${district} ${Math.floor(unit / 400) % 9}${letters}`
}

function record(person: number, revision: number): JsonObject {
  const day = mixed(person, 5)
  return {
    Id: `C${person}`,
    FirstName: word(person, 1, 2),
    LastName: word(person, 20, 3),
    Email: `${word(person, 1, 2)}.${word(person, 20, 3)}${person}@example.com`.toLowerCase(),
    Phone: `020 7946 ${String(mixed(person, 7) % 10_000).padStart(4, '0')}`,
    Birthdate: `${1940 + (day % 65)}${String(1 + (day % 12)).padStart(2, '0')}${String(1 + (day % 28)).padStart(2, '0')}`,
    Street: `${1 + ((mixed(person, 9) + revision) % 200)} ${word(person, 60, 3)} ${KINDS[mixed(person, 10) % KINDS.length]}`,
    City: word(person, 40, 2),
    PostalCode: postcode(mixed(person, 50)),
    Country: 'United Kingdom',
    Status: revision % 7 === 6 ? 'C' : 'A',
    Description: `revision ${revision} `.padEnd(620, 'lorem ipsum dolor sit amet '),
  }
}

export const PEOPLE_SYSTEM = 'connector: push\ntitle: The CRM\n'

export const PEOPLE_MAPPING = `source: Contact
target: customer
key: Id
defaults: { country: GB, region: GB }
fields:
  kind: { constant: person }
  status: { from: Status, convert: { lookup: { table: { A: active, C: closed }, otherwise: inactive } } }
  name.given: FirstName
  name.family: LastName
  birthDate: { from: Birthdate, convert: { date: { format: yyyyMMdd } } }
  emails:
    - { address: { from: Email, convert: email }, purpose: { constant: home } }
  addresses:
    - { lines: [Street], city: City, postalCode: PostalCode, country: { from: Country, convert: country }, purpose: { constant: home } }
`

/** The first `count` changes of a load: every person once, then everybody again and again with small changes. */
export function peopleChanges(count: number, people: number): Change[] {
  return Array.from({ length: count }, (_, n): Change => {
    const person = n % people
    const revision = Math.floor(n / people)
    return {
      system: 'crm',
      entity: 'Contact',
      key: `C${person}`,
      id: `${person}-${revision}`,
      kind: 'upsert',
      time: '2026-01-01T00:00:00Z',
      sequence: String(revision),
      sequenceType: 'Integer',
      data: record(person, revision),
    }
  })
}
