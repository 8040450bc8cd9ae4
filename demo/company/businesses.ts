/** Organizations that buy from the company: shops, practices, firms, a few large ones with many people behind one switchboard. */
import { addDays, dateBetween } from './calendar.ts'
import { type ContactPoints, cityOf, mailWord } from './contact-points.ts'
import type { Organization, Person } from './model.ts'
import { FAMILY_NAMES } from './names.ts'
import type { Random } from './random.ts'

const TRADES: readonly string[] =
  `Plumbing|Bakery|Dental Practice|Veterinary Surgery|Accountants|Solicitors|Estate Agents|Coffee Roasters|Joinery|
Opticians|Printing|Logistics|Scaffolding|Catering|Electrical|Brewery|Florists|Physiotherapy|Architects|Car Repairs|
Cycle Works|Bookshop|Fishmongers|Insurance Brokers|Upholstery|Recruitment|Nursery|Garden Centre|Housing|Packaging`
    .replaceAll('\n', '')
    .split('|')

const STEMS: readonly string[] =
  `Harbourside|Northgate|Old Quay|Red Kite|Blue Door|Copperfield|Ironbridge|Silverdale|Greenfinch|Whitestone|
Foxhole|Marlborough|Three Bridges|Lantern Street|Seven Stars|Larkhill|Stonebow|Merchant Row|Tallis|Hollowell|Pennine|
Clydeside|Mersey|Tyne Valley|Avonside|Taff Vale|Lagan|Castle Hill|Five Ways|Kingfisher`
    .replaceAll('\n', '')
    .split('|')

const JOBS = [
  'Office Manager',
  'Owner',
  'Bookkeeper',
  'Facilities',
  'IT Manager',
  'Purchasing',
  'Receptionist',
  'Director',
]
const FORMS = { Ltd: 74, LLP: 10, PLC: 4, Charity: 7, CIC: 5 } as const

export function makeOrganization(
  index: number,
  taken: Set<string>,
  asOf: string,
  points: ContactPoints,
  random: Random,
): Organization {
  const address = points.address(random)
  const tradeName = tradingName(taken, random)
  const legalForm = random.weighted(FORMS)
  const ending = legalForm === 'Ltd' ? random.pick(['Ltd', 'Limited']) : legalForm === 'Charity' ? 'Trust' : legalForm
  const here = cityOf(address.city)
  return {
    kind: 'organization',
    id: `O${String(index).padStart(6, '0')}`,
    legalName: `${tradeName} ${ending}`,
    tradeName,
    legalForm,
    vatNumber: legalForm === 'Charity' || random.chance(0.2) ? null : vatNumber(index),
    companyNumber: String(4_000_000 + index * 7_919).padStart(8, '0'),
    email: `${random.pick(['info', 'office', 'accounts', 'hello'])}@${organizationDomain(tradeName)}`,
    switchboard: points.landline(address.city),
    address,
    branches: random.chance(0.2)
      ? [points.address(random, here), ...(random.chance(0.3) ? [points.address(random, here)] : [])]
      : [],
    since: dateBetween(random, '2005-01-01', addDays(asOf, -30)),
    standing: random.weighted({ active: 90, inactive: 2, closed: 5, prospect: 3 }),
  }
}

/** How many people the company knows there; one in forty is large. */
export function contactCount(random: Random): number {
  return random.chance(0.025) ? random.int(12, 30) : Number(random.weighted({ '1': 65, '2': 25, '3': 10 }))
}

export function employ(person: Person, at: Organization, random: Random): void {
  const local = `${mailWord(person.given)}.${mailWord(person.family)}`
  // The last four characters of the id keep namesakes at one organization apart.
  const suffix = random.chance(0.1) ? Number(person.id.slice(-4)) : ''
  person.employment = {
    organization: at.id,
    email: `${local}${suffix}@${organizationDomain(at.tradeName)}`,
    jobTitle: random.pick(JOBS),
  }
}

/**
 * GB VAT numbers carry check digits: with the weights 8 to 2 over seven digits, 97 less the sum until it is negative
 * (HMRC, VAT registration number check, "modulus 97"). Seven digits from 900 0000 up are not given out so far.
 */
function vatNumber(index: number): string {
  const digits = String(9_000_000 + index)
  const sum = [...digits].reduce((total, digit, place) => total + Number(digit) * (8 - place), 0)
  const check = 97 - (sum % 97)
  return `GB${digits}${String(check).padStart(2, '0')}`
}

function tradingName(taken: Set<string>, random: Random): string {
  for (;;) {
    const family = random.pickSkewed(FAMILY_NAMES)
    const trade = random.pick(TRADES)
    const style = random.weighted({ family: 4, stem: 5, partners: 2 })
    const name =
      style === 'family'
        ? `${family} ${trade}`
        : style === 'stem'
          ? `${random.pick(STEMS)} ${trade}`
          : `${family} & ${random.pickSkewed(FAMILY_NAMES)} ${trade}`
    if (taken.has(name)) continue
    taken.add(name)
    return name
  }
}

function organizationDomain(tradeName: string): string {
  return `${mailWord(tradeName.replaceAll(/[\s&]+/g, '-'))}.example`
}
