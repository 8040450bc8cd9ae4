/** Households and the people in them. */
import { addDays, dateBetween } from './calendar.ts'
import { type ContactPoints, cityOf } from './contact-points.ts'
import type { Address, Person, Standing } from './model.ts'
import { FAMILY_NAMES, FEMALE_NAMES, MALE_NAMES } from './names.ts'
import type { Random } from './random.ts'

interface Home {
  address: Address
  formerAddress: Address | null
  landline: string | null
  since: string
  standing: Standing
}

/** One to three people at one address: a holder, often a partner, sometimes a grown-up child. */
export function makeHousehold(firstId: number, asOf: string, points: ContactPoints, random: Random): Person[] {
  const home = makeHome(asOf, points, random)
  const family = random.pickSkewed(FAMILY_NAMES)
  const size = Number(random.weighted({ '1': 55, '2': 35, '3': 10 }))
  const birthYear = random.int(1938, 1999)
  const people: Person[] = []
  for (let index = 0; index < size; index++) {
    const id = `P${String(firstId + index).padStart(6, '0')}`
    const child = index === 2
    const year = child ? Math.min(2006, birthYear + random.int(22, 36)) : birthYear + random.int(-4, 4)
    const gender =
      index === 1 && people[0] ? opposite(people[0].gender, random) : random.pick(['female', 'male'] as const)
    const ownFamily = index === 1 && random.chance(0.25) ? random.pickSkewed(FAMILY_NAMES) : family
    const person = makePerson({ id, gender, family: ownFamily, birthYear: year, home }, points, random)
    if (index > 0) person.role = 'member'
    // The child called after the father, at the same address with the same phone: the classic over-merge.
    if (child && random.chance(0.15)) copyName(people, person)
    people.push(person)
  }
  return people
}

/** Somebody whom the company knows only as a contact at an organization. */
export function makeContactPerson(id: number, asOf: string, points: ContactPoints, random: Random): Person {
  const home = { ...makeHome(asOf, points, random), formerAddress: null, landline: null, standing: 'active' as const }
  const facts = {
    id: `P${String(id).padStart(6, '0')}`,
    gender: random.pick(['female', 'male'] as const),
    family: random.pickSkewed(FAMILY_NAMES),
    birthYear: random.int(1958, 2001),
    home,
  }
  return { ...makePerson(facts, points, random), role: 'contact' }
}

function makeHome(asOf: string, points: ContactPoints, random: Random): Home {
  const address = points.address(random)
  const since = dateBetween(random, '2003-04-01', addDays(asOf, -20))
  return {
    address,
    formerAddress: random.chance(0.14) ? points.address(random, cityOf(address.city)) : null,
    landline: random.chance(0.55) ? points.landline(address.city) : null,
    since,
    standing: random.weighted({ active: 88, inactive: 3, closed: 6, prospect: 3 }),
  }
}

interface Birth {
  id: string
  gender: Person['gender']
  family: string
  birthYear: number
  home: Home
}

function makePerson(birth: Birth, points: ContactPoints, random: Random): Person {
  const { gender, family, home } = birth
  const names = gender === 'female' ? FEMALE_NAMES : MALE_NAMES
  const given = random.pickSkewed(names)
  const married = gender === 'female' && random.chance(0.12)
  const hasEmail = random.chance(birth.birthYear < 1950 ? 0.7 : 0.94)
  const hasMobile = random.chance(birth.birthYear < 1950 ? 0.75 : 0.95)
  return {
    kind: 'person',
    id: birth.id,
    prefix: random.chance(0.04) ? 'Dr' : gender === 'male' ? 'Mr' : married || random.chance(0.4) ? 'Mrs' : 'Ms',
    given,
    middle: random.chance(0.35) ? random.pickSkewed(names) : null,
    family,
    formerFamily: married ? random.pickSkewed(FAMILY_NAMES.filter((name) => name !== family)) : null,
    gender,
    birthDate: dateBetween(random, `${birth.birthYear}-01-01`, `${birth.birthYear}-12-31`),
    email: hasEmail ? points.email(given, family, random) : null,
    secondEmail: hasEmail && random.chance(0.1) ? points.email(given, family, random) : null,
    mobile: hasMobile || !home.landline ? points.mobile() : null,
    landline: home.landline,
    address: home.address,
    formerAddress: home.formerAddress,
    language: home.address.city === 'Cardiff' && random.chance(0.2) ? 'cy' : random.chance(0.02) ? 'pl' : 'en',
    since: home.since,
    standing: home.standing,
    role: 'holder',
    employment: null,
  }
}

function opposite(gender: Person['gender'], random: Random): Person['gender'] {
  const other = gender === 'female' ? 'male' : 'female'
  return random.chance(0.93) ? other : gender
}

function copyName(parents: readonly Person[], child: Person): void {
  const namesake = parents.find((parent) => parent.gender === child.gender)
  if (namesake) child.given = namesake.given
}
