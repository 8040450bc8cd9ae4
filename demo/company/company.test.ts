import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { customersOf, makeCompany } from './company.ts'

const company = makeCompany()
const everybody = customersOf(company)

test('One seed gives one company, another seed another', () => {
  expect(makeCompany()).toEqual(company)
  expect(makeCompany({ seed: 'other', customers: 50 })).not.toEqual(makeCompany({ customers: 50 }))
})

test.each([20, 21, 500, 3_000, 20_000])('A company of %d has exactly so many people and organizations', (customers) => {
  const made = customersOf(makeCompany({ customers }))
  expect(made).toHaveLength(customers)
  expect(new Set(made.map((customer) => customer.id)).size).toBe(customers)
})

test.each([0, 19, 20_001, 3.5, Number.NaN])('A company of %d is refused', (customers) => {
  expect(() => makeCompany({ customers })).toThrow(RangeError)
})

test('Every phone number is a valid British one', () => {
  const numbers = everybody.flatMap((customer) =>
    customer.kind === 'person' ? [customer.mobile, customer.landline] : [customer.switchboard],
  )
  const wrong = numbers.filter((number) => number !== null && !parsePhoneNumberFromString(number, 'GB')?.isValid())
  expect(wrong).toEqual([])
})

test('Nobody shares a mobile or an e-mail address; households share landline and address', () => {
  const mobiles = company.people.flatMap((person) => person.mobile ?? [])
  const emails = company.people.flatMap((person) => person.email ?? [])
  expect(new Set(mobiles).size).toBe(mobiles.length)
  expect(new Set(emails).size).toBe(emails.length)
  const households = Map.groupBy(company.people, (person) => JSON.stringify(person.address))
  const shared = [...households.values()].filter((people) => people.length > 1)
  expect(shared.length).toBeGreaterThan(400)
  for (const people of shared) expect(new Set(people.map((person) => person.landline)).size).toBe(1)
})

test('Some organizations have many people behind one switchboard', () => {
  const staff = Map.groupBy(
    company.people.filter((person) => person.employment),
    (person) => person.employment?.organization,
  )
  expect(Math.max(...[...staff.values()].map((people) => people.length))).toBeGreaterThanOrEqual(10)
})

test('Contracts lie within the time of their customer, and their devices have serials of their own', () => {
  const since = new Map(everybody.map((customer) => [customer.id, customer.since]))
  for (const contract of company.contracts) {
    expect(contract.start >= (since.get(contract.customer) ?? '9')).toBe(true)
    expect(contract.start <= company.asOf).toBe(true)
    if (contract.end !== null) expect(contract.end >= contract.start).toBe(true)
  }
  const serials = company.contracts.flatMap((contract) => contract.devices.map((device) => device.serial))
  expect(new Set(serials).size).toBe(serials.length)
})
