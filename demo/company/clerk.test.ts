import { CAREFUL, type Care, noteDownPerson, shortenStreet, slip } from './clerk.ts'
import { makeCompany } from './company.ts'
import type { Person } from './model.ts'
import { Random } from './random.ts'

const NEVER: Care = Object.fromEntries(Object.keys(CAREFUL).map((name) => [name, 0])) as unknown as Care
const { people } = makeCompany({ customers: 300 })

function somebody(fits: (person: Person) => unknown): Person {
  const found = people.find(fits)
  if (!found) throw new Error('There is nobody like that.')
  return found
}

test('A clerk who makes no mistakes writes down what is', () => {
  for (const person of people) {
    const { given, middle, family, birthDate, email, mobile, landline, address } = person
    const is = { given, middle, family, birthDate, email, mobile, landline, address }
    expect(noteDownPerson(person, NEVER, new Random(person.id))).toEqual(is)
  }
})

test.each<
  [keyof Care, (person: Person) => unknown, (noted: ReturnType<typeof noteDownPerson>, person: Person) => boolean]
>([
  ['swappedNames', (person) => person.given !== person.family, (noted, person) => noted.given === person.family],
  ['formerName', (person) => person.formerFamily, (noted, person) => noted.family === person.formerFamily],
  [
    'formerAddress',
    (person) => person.formerAddress,
    (noted, person) => noted.address.street === person.formerAddress?.street,
  ],
  ['nickname', (person) => person.given === 'David', (noted) => noted.given === 'Dave'],
  ['noEmail', (person) => person.email, (noted) => noted.email === null],
  ['otherEmail', (person) => person.secondEmail, (noted, person) => noted.email === person.secondEmail],
  ['noBirthDate', () => true, (noted) => noted.birthDate === null],
  [
    'birthSlip',
    () => true,
    (noted, person) => noted.birthDate !== person.birthDate && !Number.isNaN(Date.parse(String(noted.birthDate))),
  ],
  [
    'phoneSlip',
    (person) => person.mobile,
    (noted, person) => noted.mobile !== person.mobile && noted.mobile?.length === 11,
  ],
  [
    'typo',
    (person) => person.family.length > 5,
    (noted, person) => noted.given !== person.given || noted.family !== person.family,
  ],
])('%s does to a record what its name says', (mistake, fits, shows) => {
  const person = somebody(fits)
  // A slip can hit a letter that is its own neighbour's double: some of the tries have to show.
  const notes = [1, 2, 3, 4, 5].map((seed) => noteDownPerson(person, { ...NEVER, [mistake]: 1 }, new Random(`${seed}`)))
  expect(notes.some((noted) => shows(noted, person))).toBe(true)
})

test('A slip keeps the first letter and changes the length by one at most', () => {
  const random = new Random('slips')
  for (let index = 0; index < 500; index++) {
    const slipped = slip('Featherstone', random)
    expect(slipped.charAt(0)).toBe('F')
    expect(Math.abs(slipped.length - 12)).toBeLessThanOrEqual(1)
  }
  expect(slip('Wei', random)).toBe('Wei')
})

test('Streets are shortened only where there is a usual short form', () => {
  expect(shortenStreet('Mill Lane')).toBe('Mill Ln')
  expect(shortenStreet('Castle Way')).toBe('Castle Way')
})
