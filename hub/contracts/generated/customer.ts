// Generated from schemas/ by `node scripts/generate-types.ts`. Change the schema, not this file.
import type {
  Address,
  Attributes,
  CustomerConsent,
  Email,
  Identifier,
  OrganizationName,
  PersonName,
  Phone,
  RecordSource,
} from './common.ts'

/**
 * A person or an organization that does business with the company.
 */
export type Customer = {
  /**
   * Whether it is a person or an organization.
   */
  kind: 'person' | 'organization'
  /**
   * Where the relation stands.
   */
  status?: 'prospect' | 'active' | 'inactive' | 'closed'
  /**
   * The name, of a person.
   */
  name?: PersonName
  /**
   * The names, of an organization.
   */
  organization?: OrganizationName
  /**
   * The day of birth, of a person.
   */
  birthDate?: string
  /**
   * The gender, of a person, where the source says so.
   */
  gender?: 'female' | 'male' | 'other'
  /**
   * All e-mail addresses known.
   *
   * @maxItems 100
   *
   * Items: One e-mail address of a customer.
   */
  emails?: Email[]
  /**
   * All phone numbers known.
   *
   * @maxItems 100
   *
   * Items: One phone number of a customer.
   */
  phones?: Phone[]
  /**
   * All postal addresses known.
   *
   * @maxItems 100
   *
   * Items: A postal address. `lines` is what goes on an envelope; the other members are its parts, as far as the source has parts.
   */
  addresses?: Address[]
  /**
   * Numbers by which others know the customer.
   *
   * @maxItems 100
   *
   * Items: A number that somebody else gave the customer.
   */
  identifiers?: Identifier[]
  /**
   * How the customer wants to be reached.
   */
  preferredChannel?: 'email' | 'phone' | 'sms' | 'post' | 'chat' | 'app'
  /**
   * The language the customer wants to be spoken to in.
   */
  language?: string
  /**
   * Where the customer's clock stands.
   */
  timeZone?: string
  /**
   * What the customer has allowed or refused.
   *
   * @maxItems 200
   *
   * Items: What a customer has allowed or refused.
   */
  consents?: CustomerConsent[]
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in schemas/<entity>.extension.json.
   */
  attributes?: Attributes
}

/**
 * A person or an organization that does business with the company.
 */
export type CustomerRecord = {
  /**
   * The hub's own id of the record. It never changes.
   */
  id: string
  /**
   * Whether it is a person or an organization.
   */
  kind: 'person' | 'organization'
  /**
   * Where the relation stands.
   */
  status?: 'prospect' | 'active' | 'inactive' | 'closed'
  /**
   * The name, of a person.
   */
  name?: PersonName
  /**
   * The names, of an organization.
   */
  organization?: OrganizationName
  /**
   * The day of birth, of a person.
   */
  birthDate?: string
  /**
   * The gender, of a person, where the source says so.
   */
  gender?: 'female' | 'male' | 'other'
  /**
   * All e-mail addresses known.
   *
   * @maxItems 100
   *
   * Items: One e-mail address of a customer.
   */
  emails?: Email[]
  /**
   * All phone numbers known.
   *
   * @maxItems 100
   *
   * Items: One phone number of a customer.
   */
  phones?: Phone[]
  /**
   * All postal addresses known.
   *
   * @maxItems 100
   *
   * Items: A postal address. `lines` is what goes on an envelope; the other members are its parts, as far as the source has parts.
   */
  addresses?: Address[]
  /**
   * Numbers by which others know the customer.
   *
   * @maxItems 100
   *
   * Items: A number that somebody else gave the customer.
   */
  identifiers?: Identifier[]
  /**
   * How the customer wants to be reached.
   */
  preferredChannel?: 'email' | 'phone' | 'sms' | 'post' | 'chat' | 'app'
  /**
   * The language the customer wants to be spoken to in.
   */
  language?: string
  /**
   * Where the customer's clock stands.
   */
  timeZone?: string
  /**
   * What the customer has allowed or refused.
   *
   * @maxItems 200
   *
   * Items: What a customer has allowed or refused.
   */
  consents?: CustomerConsent[]
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in schemas/<entity>.extension.json.
   */
  attributes?: Attributes
  /**
   * The records that it is made from; none: all of them are gone.
   *
   * @maxItems 10000
   *
   * Items: A record outside the hub that this one is made from.
   */
  sources: RecordSource[]
  /**
   * Grows by one with every change of the record; also in the ETag.
   */
  version: number
  /**
   * When the hub first had it.
   */
  createdAt: string
  /**
   * When the hub last changed it.
   */
  updatedAt: string
}
