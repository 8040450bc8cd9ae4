// Generated from schemas/ by `node scripts/generate-types.ts`. Change the schema, not this file.
/**
 * An amount in one currency.
 */
export type Money = {
  /**
   * The amount as decimal text, in the currency's main unit.
   */
  amount: string
  /**
   * ISO 4217 code of the currency.
   */
  currency: string
}

/**
 * Names another record in the terms of the source; the hub resolves it when it reads.
 */
export type Reference = {
  /**
   * The system that has the record; absent: the system that this record comes from.
   */
  system?: string
  /**
   * The record type in that system.
   */
  entity: string
  /**
   * The record's id in that system.
   */
  key: string
}

/**
 * The name of a person, in parts as far as the source has parts.
 */
export type PersonName = {
  /**
   * Title or form of address before the name.
   */
  prefix?: string
  /**
   * First name or names by which the person is called.
   */
  given?: string
  /**
   * Further given names.
   */
  middle?: string
  /**
   * Surname.
   */
  family?: string
  /**
   * What follows the name.
   */
  suffix?: string
  /**
   * The whole name as it is written in one line.
   */
  full?: string
}

/**
 * The names and the form of an organization.
 */
export type OrganizationName = {
  /**
   * The name in the register.
   */
  legalName?: string
  /**
   * The name it trades under.
   */
  tradeName?: string
  /**
   * The form in law, as the source writes it.
   */
  legalForm?: string
}

/**
 * One e-mail address of a customer.
 */
export type Email = {
  /**
   * The address itself.
   */
  address: string
  /**
   * What the customer uses it for.
   */
  purpose?: 'home' | 'work' | 'billing' | 'other'
  /**
   * Whether this is the one to use when there are several. A golden record has at most one primary e-mail.
   */
  primary?: boolean
  /**
   * First day on which it holds; absent: since ever.
   */
  validFrom?: string
  /**
   * Last day on which it holds; absent: until further notice.
   */
  validTo?: string
}

/**
 * One phone number of a customer.
 */
export type Phone = {
  /**
   * The number in E.164 form.
   */
  number: string
  /**
   * What kind of number it is.
   */
  purpose?: 'mobile' | 'home' | 'work' | 'fax' | 'billing' | 'other'
  /**
   * Whether this is the one to use when there are several. A golden record has at most one primary phone.
   */
  primary?: boolean
  /**
   * First day on which it holds; absent: since ever.
   */
  validFrom?: string
  /**
   * Last day on which it holds; absent: until further notice.
   */
  validTo?: string
}

/**
 * A postal address. `lines` is what goes on an envelope; the other members are its parts, as far as the source has parts.
 */
export type Address = {
  /**
   * What the address is for.
   */
  purpose?: 'home' | 'work' | 'billing' | 'shipping' | 'other'
  /**
   * The address as written on an envelope, without city, postal code and country where those have members of their own.
   *
   * @maxItems 10
   */
  lines?: string[]
  /**
   * Number of the building, with its letters.
   */
  houseNumber?: string
  /**
   * Name of the street.
   */
  street?: string
  /**
   * Flat, floor or suite in the building.
   */
  unit?: string
  /**
   * Suburb or part of the city.
   */
  locality?: string
  /**
   * City or town.
   */
  city?: string
  /**
   * State, province or canton: its ISO 3166-2 part where known, else as written.
   */
  region?: string
  /**
   * Postal code as the country writes it.
   */
  postalCode?: string
  /**
   * ISO 3166-1 alpha-2 code.
   */
  country?: string
  /**
   * First day on which it holds; absent: since ever.
   */
  validFrom?: string
  /**
   * Last day on which it holds; absent: until further notice.
   */
  validTo?: string
}

/**
 * A number that somebody else gave the customer.
 */
export type Identifier = {
  /**
   * What kind of number it is: national-id, tax-id, vat, passport, driving-licence, customer-number, or a code of the workspace's own.
   */
  scheme: string
  /**
   * The number itself, as text.
   */
  value: string
  /**
   * The country that issued it.
   */
  country?: string
}

/**
 * What a customer has allowed or refused.
 */
export type CustomerConsent = {
  /**
   * What it is for.
   */
  purpose: string
  /**
   * The channel it speaks of; absent or `any`: all of them.
   */
  channel?: 'email' | 'phone' | 'sms' | 'post' | 'chat' | 'app' | 'any'
  /**
   * What the customer said.
   */
  state: 'granted' | 'denied' | 'withdrawn'
  /**
   * When the customer said it.
   */
  at?: string
}

/**
 * One line of an order, an invoice or an offer.
 */
export type Line = {
  /**
   * The line's number or id in its document.
   */
  number?: string
  /**
   * The product, named as the source names it.
   */
  product?: Reference
  /**
   * What the line says.
   */
  description?: string
  /**
   * How many units.
   */
  quantity?: string
  /**
   * The unit of the quantity.
   */
  unit?: string
  /**
   * Price of one unit before tax and discount.
   */
  unitPrice?: Money
  /**
   * Discount in percent of the price.
   */
  discount?: string
  /**
   * The line's amount without tax.
   */
  net?: Money
  /**
   * The tax on the line.
   */
  tax?: Money
  /**
   * Tax in percent.
   */
  taxRate?: string
  /**
   * The line's amount with tax.
   */
  total?: Money
}

/** Extension fields: a name (a letter, then letters, digits, hyphens and underscores) with a text, a number or a truth value. */
export type Attributes = Record<string, string | number | boolean>

/**
 * A record outside the hub that this one is made from.
 */
export type RecordSource = {
  /**
   * The system that has the record.
   */
  system: string
  /**
   * The record type in that system.
   */
  entity: string
  /**
   * The record's id in that system.
   */
  key: string
  /**
   * When it last changed there.
   */
  changedAt?: string
}

/**
 * Names another record in the terms of the source; the hub resolves it when it reads.
 */
export type ResolvedReference = {
  /**
   * The system that has the record; absent: the system that this record comes from.
   */
  system?: string
  /**
   * The record type in that system.
   */
  entity: string
  /**
   * The record's id in that system.
   */
  key: string
  /**
   * The hub's id of the record pointed at; absent: the hub does not have that record (yet).
   */
  id?: string
}

/**
 * One line of an order, an invoice or an offer.
 */
export type ResolvedLine = {
  /**
   * The line's number or id in its document.
   */
  number?: string
  /**
   * The product, named as the source names it.
   */
  product?: ResolvedReference
  /**
   * What the line says.
   */
  description?: string
  /**
   * How many units.
   */
  quantity?: string
  /**
   * The unit of the quantity.
   */
  unit?: string
  /**
   * Price of one unit before tax and discount.
   */
  unitPrice?: Money
  /**
   * Discount in percent of the price.
   */
  discount?: string
  /**
   * The line's amount without tax.
   */
  net?: Money
  /**
   * The tax on the line.
   */
  tax?: Money
  /**
   * Tax in percent.
   */
  taxRate?: string
  /**
   * The line's amount with tax.
   */
  total?: Money
}
