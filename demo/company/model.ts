/**
 * The company as it really is, before any of its systems has written it down wrongly. Dates are ISO `YYYY-MM-DD`, phone
 * numbers national digits without blanks (`07700100123`), amounts pence. Absent is null.
 */
export interface Company {
  seed: string
  /** The day on which the generated data ends; constant, so that a company is the same whenever it is made. */
  asOf: string
  people: Person[]
  organizations: Organization[]
  contracts: Contract[]
}

export interface Address {
  unit: string | null
  houseNumber: string
  street: string
  suburb: string | null
  city: string
  county: string
  postalCode: string
}

export interface Person {
  kind: 'person'
  id: string
  prefix: string
  given: string
  middle: string | null
  family: string
  /** The family name before a marriage. */
  formerFamily: string | null
  gender: 'female' | 'male'
  birthDate: string
  email: string | null
  secondEmail: string | null
  mobile: string | null
  /** Shared by everybody in the household. */
  landline: string | null
  address: Address
  /** Where the household lived before; some systems never learnt of the move. */
  formerAddress: Address | null
  language: 'en' | 'cy' | 'pl'
  since: string
  standing: Standing
  /** `holder` signs the household's contracts, `member` lives there, `contact` is known as somebody at an organization. */
  role: 'holder' | 'member' | 'contact'
  employment: Employment | null
}

export interface Employment {
  organization: string
  email: string
  jobTitle: string
}

export interface Organization {
  kind: 'organization'
  id: string
  legalName: string
  tradeName: string
  legalForm: 'Ltd' | 'LLP' | 'PLC' | 'Charity' | 'CIC'
  vatNumber: string | null
  companyNumber: string
  email: string
  switchboard: string
  address: Address
  /** Further premises that are served. */
  branches: Address[]
  since: string
  standing: Standing
}

export type Standing = 'prospect' | 'active' | 'inactive' | 'closed'
export type Customer = Person | Organization

export interface Contract {
  id: string
  /** Person.id or Organization.id */
  customer: string
  sku: string
  start: string
  end: string | null
  monthlyPence: number
  serviceAddress: Address
  devices: Device[]
}

export interface Device {
  serial: string
  sku: string
  mac: string
  installedOn: string
}
