/** What a fake SAP system has: tables, and OData services that show them as entity sets. */

export type FieldType =
  | 'String'
  | 'Boolean'
  | 'Int32'
  | 'Int64'
  | 'Decimal'
  | 'Double'
  | 'Date'
  | 'Time'
  | 'DateTime'
  | 'Timestamp'
  | 'Guid'
  | 'Binary'

export interface FieldDefinition {
  name: string
  type: FieldType
  /** Default true for what is no key. */
  nullable?: boolean
  /** Longest text, as MaxLength in the metadata; longer values are refused. */
  maxLength?: number
}

export interface NavigationDefinition {
  name: string
  /** Entity set of the same service. */
  target: string
  many: boolean
  /** Own field -> field of the target. */
  on: Record<string, string>
  /** How many a new record may bring with it (deep insert); default any number. */
  max?: number
}

/** A number range: a new record without a value in `field` gets the next number that is free. */
export interface NumberRange {
  field: string
  from: number
  step: number
}

export interface SetDefinition {
  name: string
  /** Rows of this table; several sets, also of other services, may show the same. */
  table: string
  keys: string[]
  fields: FieldDefinition[]
  navigations?: NavigationDefinition[]
  /** Whether changes need If-Match; default true. */
  etag?: boolean
  /** Whether the set gives delta tokens. */
  delta?: boolean
  /** Fields that the system sets itself with each change. */
  stamps?: { changed?: string[]; created?: string[] }
  /** Records that come without a key get one. */
  numbers?: NumberRange
  /** What the system works out of a new record and what it brings with it, by navigation. Throws a SapRefusal for what it does not take. */
  derive?(row: Row, brought: ReadonlyMap<string, readonly Row[]>): void
}

export interface ServiceDefinition {
  /** `/sap/opu/odata/sap/API_BUSINESS_PARTNER` */
  path: string
  version: '2' | '4'
  namespace: string
  sets: SetDefinition[]
}

export type Value = string | number | boolean | null
/** Canonical values: dates and times ISO 8601 without zone, Timestamp with Z, Decimal and Int64 as text, Binary base64. */
export type Row = Record<string, Value>
