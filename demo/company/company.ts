import { contactCount, employ, makeOrganization } from './businesses.ts'
import { ContactPoints } from './contact-points.ts'
import { makeContracts } from './contracts.ts'
import type { Company, Customer, Organization, Person } from './model.ts'
import { makeContactPerson, makeHousehold } from './people.ts'
import { Random } from './random.ts'

export interface CompanyOptions {
  /** The same seed and size give the same company, to the letter. */
  seed?: string
  /** Distinct people and organizations, from 20 to 20,000. */
  customers?: number
}

export const DEFAULT_SEED = 'lanternwick'
export const DEFAULT_CUSTOMERS = 3_000
/** Raised whenever the same seed would give another company or another database. */
export const GENERATOR_VERSION = 3
const AS_OF = '2025-09-30'
const ORGANIZATION_SHARE = 0.1

/** Lanternwick Cable, its customers and contracts. About 60 ms for 3,000 customers. Throws RangeError on a size out of bounds. */
export function makeCompany(options: CompanyOptions = {}): Company {
  const { seed = DEFAULT_SEED, customers = DEFAULT_CUSTOMERS } = options
  if (!Number.isInteger(customers) || customers < 20 || customers > 20_000) {
    throw new RangeError(`A company has 20 to 20,000 customers, not ${customers}.`)
  }
  const random = new Random(seed)
  const points = new ContactPoints()
  const organizations = makeOrganizations(
    Math.round(customers * ORGANIZATION_SHARE),
    points,
    random.fork('organizations'),
  )
  const people = makePeople(customers - organizations.length, organizations, points, random.fork('people'))
  const contracts = makeContracts([...people, ...organizations], AS_OF, random.fork('contracts'))
  return { seed, asOf: AS_OF, people, organizations, contracts }
}

/** Everybody, people first. */
export function customersOf(company: Company): Customer[] {
  return [...company.people, ...company.organizations]
}

function makeOrganizations(count: number, points: ContactPoints, random: Random): Organization[] {
  const taken = new Set<string>()
  return Array.from({ length: count }, (_, index) =>
    makeOrganization(index + 1, taken, AS_OF, points, random.fork(String(index))),
  )
}

function makePeople(
  count: number,
  organizations: readonly Organization[],
  points: ContactPoints,
  random: Random,
): Person[] {
  const jobs = organizations.flatMap((organization) => Array.from({ length: contactCount(random) }, () => organization))
  // Seven in ten contacts are known only by their work; the others are customers at home as well.
  const strangers = Math.min(Math.round(jobs.length * 0.7), Math.floor(count / 2))
  const people: Person[] = []
  while (people.length < count - strangers) {
    const household = makeHousehold(people.length + 1, AS_OF, points, random.fork(`household ${people.length}`))
    people.push(...household.slice(0, count - strangers - people.length))
  }
  const residents = people.length
  for (const [index, organization] of jobs.entries()) {
    const own = random.fork(`job ${index}`)
    const stranger = people.length < count
    const person = stranger
      ? makeContactPerson(people.length + 1, AS_OF, points, own)
      : people[own.int(0, residents - 1)]
    if (!person || person.employment) continue
    employ(person, organization, own)
    if (stranger) people.push(person)
  }
  return people
}
