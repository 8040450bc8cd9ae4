/** How the CRM writes people and organizations down. */
import { type Care, noteDownOrganization, noteDownPerson } from '../../company/clerk.ts'
import type { Address, Organization, Person, Standing } from '../../company/model.ts'
import type { Random } from '../../company/random.ts'
import { internationalPhone, nationalPhone, streetLine } from '../forms.ts'
import type { Row } from '../system.ts'

const STATUS: Readonly<Record<Standing, string>> = {
  prospect: 'Prospect',
  active: 'Customer',
  inactive: 'Dormant',
  closed: 'Former customer',
}

const LANGUAGE: Readonly<Record<Person['language'], string>> = { en: 'English', cy: 'Welsh', pl: 'Polish' }

/** A person as a customer at home; the caller adds id and time stamps. */
export function homeContact(person: Person, care: Care, random: Random): Row {
  const noted = noteDownPerson(person, care, random)
  return {
    salutation: random.chance(0.8) ? person.prefix : null,
    first_name: noted.given,
    middle_name: noted.middle,
    last_name: noted.family,
    gender: random.chance(0.6) ? (person.gender === 'female' ? 'Female' : 'Male') : null,
    email: noted.email,
    mobile: phone(noted.mobile, random),
    phone: phone(noted.landline, random),
    ...mailingAddress(noted.address, random),
    birthdate: noted.birthDate,
    language: random.chance(0.7) ? LANGUAGE[person.language] : null,
    preferred_channel: random.weighted({ Email: 4, Phone: 2, SMS: 2, Post: 1, '': 4 }) || null,
    status: STATUS[person.standing],
  }
}

/** The same person as somebody at an organization: its switchboard, its address, their work e-mail. */
export function workContact(person: Person, at: Organization, accountId: string, care: Care, random: Random): Row {
  const noted = noteDownPerson(person, care, random)
  return {
    account_id: accountId,
    salutation: random.chance(0.5) ? person.prefix : null,
    first_name: noted.given,
    last_name: noted.family,
    job_title: person.employment?.jobTitle ?? null,
    email: person.employment?.email ?? null,
    mobile: phone(noted.mobile, random),
    phone: phone(at.switchboard, random),
    ...mailingAddress(at.address, random),
    preferred_channel: 'Email',
    status: STATUS[at.standing],
  }
}

export function accountRow(organization: Organization, care: Care, random: Random): Row {
  const noted = noteDownOrganization(organization, care, random)
  return {
    name: noted.name,
    legal_form: random.chance(0.6) ? organization.legalForm : null,
    vat_number: random.chance(0.7) ? organization.vatNumber : null,
    company_number: random.chance(0.4) ? organization.companyNumber : null,
    website: random.chance(0.6) ? `https://www.${organization.email.split('@')[1] ?? ''}` : null,
    email: noted.email,
    phone: phone(noted.phone, random),
    billing_street: streetLine(noted.address),
    billing_city: noted.address.city,
    billing_postcode: noted.address.postalCode,
    billing_country: 'United Kingdom',
    status: STATUS[organization.standing],
  }
}

export function mailingAddress(address: Address, random: Random): Row {
  return {
    mailing_unit: address.unit,
    mailing_number: address.houseNumber,
    mailing_street: address.street,
    mailing_locality: random.chance(0.6) ? address.suburb : null,
    mailing_city: address.city,
    mailing_county: random.chance(0.5) ? address.county : null,
    mailing_postcode: address.postalCode,
    mailing_country: random.chance(0.9) ? 'United Kingdom' : 'GB',
  }
}

/** Agents type numbers as they like; the CRM keeps what they type. */
export function phone(digits: string | null, random: Random): string | null {
  if (digits === null) return null
  const form = random.weighted({ international: 6, national: 3, digits: 1 })
  return form === 'international' ? internationalPhone(digits) : form === 'national' ? nationalPhone(digits) : digits
}
