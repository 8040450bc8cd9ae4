// Generated from the OpenAPI document of the hub by `npm run docs`. Change the operation, not this file.
/** A person or an organization that does business with the company. */
export type Customer = {
  /**
   * The hub's own id of the record. It never changes.
   *
   * Example: `0b0f2c5e-6f0e-4f0e-9f57-2b8f4f1f6c11`
   */
  id: string
  /**
   * Whether it is a person or an organization.
   *
   * Example: `person`
   */
  kind: 'person' | 'organization'
  /**
   * Where the relation stands.
   *
   * Example: `active`
   */
  status?: 'prospect' | 'active' | 'inactive' | 'closed'
  /** The name, of a person. */
  name?: PersonName
  /** The names, of an organization. */
  organization?: OrganizationName
  /**
   * The day of birth, of a person.
   *
   * Example: `1984-02-29`
   */
  birthDate?: CanonicalDate
  /**
   * The gender, of a person, where the source says so.
   *
   * Example: `female`
   */
  gender?: 'female' | 'male' | 'other'
  /** All e-mail addresses known. */
  emails?: Email[]
  /** All phone numbers known. */
  phones?: Phone[]
  /** All postal addresses known. */
  addresses?: Address[]
  /** Numbers by which others know the customer. */
  identifiers?: Identifier[]
  /**
   * How the customer wants to be reached.
   *
   * Example: `email`
   */
  preferredChannel?: 'email' | 'phone' | 'sms' | 'post' | 'chat' | 'app'
  /**
   * The language the customer wants to be spoken to in.
   *
   * Example: `en-AU`
   */
  language?: LanguageTag
  /**
   * Where the customer's clock stands.
   *
   * Example: `Australia/Sydney`
   */
  timeZone?: TimeZone
  /** What the customer has allowed or refused. */
  consents?: CustomerConsent[]
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: Attributes
  /** The records that it is made from; none: all of them are gone. */
  sources: RecordSource[]
  /**
   * Grows by one with every change of the record; also in the ETag.
   *
   * Example: `7`
   */
  version: number
  /**
   * When the hub first had it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  createdAt: DateTime
  /**
   * When the hub last changed it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  updatedAt: DateTime
}

/** What a customer holds with the company: the thing that is billed or served. */
export type Account = {
  /**
   * The hub's own id of the record. It never changes.
   *
   * Example: `0b0f2c5e-6f0e-4f0e-9f57-2b8f4f1f6c11`
   */
  id: string
  /** The customer that holds it, named as the source names it. */
  customer?: ResolvedReference
  /** The account above this one, named as the source names it. */
  parent?: ResolvedReference
  /**
   * The account number that people use.
   *
   * Example: `1000-4711`
   */
  number?: string
  /**
   * What the account is called.
   *
   * Example: `Home internet`
   */
  name?: string
  /**
   * What the account is for.
   *
   * Example: `billing`
   */
  kind?: 'billing' | 'service' | 'credit' | 'loyalty' | 'other'
  /**
   * Where it stands.
   *
   * Example: `active`
   */
  status?: 'pending' | 'active' | 'suspended' | 'closed'
  /**
   * The day it was opened.
   *
   * Example: `2026-03-14`
   */
  openedOn?: CanonicalDate
  /**
   * The day it was closed.
   *
   * Example: `2026-03-14`
   */
  closedOn?: CanonicalDate
  /**
   * The currency it is kept in.
   *
   * Example: `AUD`
   */
  currency?: CurrencyCode
  /** What the customer owes; negative: what the company owes. */
  balance?: Money
  /** How much the customer may owe. */
  creditLimit?: Money
  /**
   * How it is paid.
   *
   * Example: `direct-debit`
   */
  paymentMethod?: 'card' | 'direct-debit' | 'bank-transfer' | 'cash' | 'cheque' | 'wallet' | 'voucher' | 'other'
  /**
   * Days from an invoice to its due date.
   *
   * Example: `14`
   */
  paymentTermDays?: number
  /** Where invoices go. */
  billingAddress?: Address
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: Attributes
  /** The records that it is made from; none: all of them are gone. */
  sources: RecordSource[]
  /**
   * Grows by one with every change of the record; also in the ETag.
   *
   * Example: `7`
   */
  version: number
  /**
   * When the hub first had it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  createdAt: DateTime
  /**
   * When the hub last changed it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  updatedAt: DateTime
}

/** A demand for payment, or a credit note. */
export type Invoice = {
  /**
   * The hub's own id of the record. It never changes.
   *
   * Example: `0b0f2c5e-6f0e-4f0e-9f57-2b8f4f1f6c11`
   */
  id: string
  /** The customer that has to pay, named as the source names it. */
  customer?: ResolvedReference
  /** The account that is billed, named as the source names it. */
  account?: ResolvedReference
  /** The order it bills, named as the source names it. */
  order?: ResolvedReference
  /**
   * The invoice number that people use.
   *
   * Example: `INV-2026-0042`
   */
  number?: string
  /**
   * Whether it demands or gives back.
   *
   * Example: `invoice`
   */
  kind?: 'invoice' | 'credit-note'
  /**
   * Where it stands.
   *
   * Example: `open`
   */
  status?: 'draft' | 'open' | 'partly-paid' | 'paid' | 'overdue' | 'disputed' | 'cancelled' | 'written-off'
  /**
   * The date of the invoice.
   *
   * Example: `2026-03-14`
   */
  issuedOn?: CanonicalDate
  /**
   * The day it has to be paid by.
   *
   * Example: `2026-03-28`
   */
  dueOn?: CanonicalDate
  /**
   * The day it was paid in full.
   *
   * Example: `2026-03-20`
   */
  paidOn?: CanonicalDate
  /**
   * First day of what is billed.
   *
   * Example: `2026-02-01`
   */
  periodFrom?: CanonicalDate
  /**
   * Last day of what is billed.
   *
   * Example: `2026-02-28`
   */
  periodTo?: CanonicalDate
  /** The amount without tax. */
  net?: Money
  /** The tax. */
  tax?: Money
  /** The amount with tax. */
  total?: Money
  /** What is still to be paid. */
  balance?: Money
  /** What it is for, line by line. */
  lines?: ResolvedLine[]
  /** Where it was sent. */
  billingAddress?: Address
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: Attributes
  /** The records that it is made from; none: all of them are gone. */
  sources: RecordSource[]
  /**
   * Grows by one with every change of the record; also in the ETag.
   *
   * Example: `7`
   */
  version: number
  /**
   * When the hub first had it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  createdAt: DateTime
  /**
   * When the hub last changed it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  updatedAt: DateTime
}

/** Money that came in from a customer or went back. */
export type Payment = {
  /**
   * The hub's own id of the record. It never changes.
   *
   * Example: `0b0f2c5e-6f0e-4f0e-9f57-2b8f4f1f6c11`
   */
  id: string
  /** The customer that paid, named as the source names it. */
  customer?: ResolvedReference
  /** The account it was booked on, named as the source names it. */
  account?: ResolvedReference
  /** The invoice it pays, where it is one, named as the source names it. */
  invoice?: ResolvedReference
  /** How it is shared among several invoices. */
  allocations?: {
    /** The invoice, named as the source names it. */
    invoice: ResolvedReference
    /** The share. */
    amount: Money
  }[]
  /**
   * The payment's number or the bank's reference.
   *
   * Example: `PAY-88`
   */
  number?: string
  /**
   * From the customer (in) or to the customer (out); absent: in.
   *
   * Example: `in`
   */
  direction?: 'in' | 'out'
  /**
   * Where it stands.
   *
   * Example: `settled`
   */
  status?: 'pending' | 'authorized' | 'settled' | 'failed' | 'refunded' | 'cancelled'
  /**
   * How it is paid.
   *
   * Example: `direct-debit`
   */
  method?: 'card' | 'direct-debit' | 'bank-transfer' | 'cash' | 'cheque' | 'wallet' | 'voucher' | 'other'
  /** How much. */
  amount: Money
  /**
   * The day of the payment.
   *
   * Example: `2026-03-14`
   */
  paidOn?: CanonicalDate
  /**
   * The moment of the payment, where the source knows it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  paidAt?: DateTime
  /**
   * What the bank or the payer says about it, or why it failed.
   *
   * Example: `INV-2026-0042`
   */
  reason?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: Attributes
  /** The records that it is made from; none: all of them are gone. */
  sources: RecordSource[]
  /**
   * Grows by one with every change of the record; also in the ETag.
   *
   * Example: `7`
   */
  version: number
  /**
   * When the hub first had it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  createdAt: DateTime
  /**
   * When the hub last changed it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  updatedAt: DateTime
}

/** What a customer has ordered. */
export type Order = {
  /**
   * The hub's own id of the record. It never changes.
   *
   * Example: `0b0f2c5e-6f0e-4f0e-9f57-2b8f4f1f6c11`
   */
  id: string
  /** The customer that ordered, named as the source names it. */
  customer?: ResolvedReference
  /** The account it is for, named as the source names it. */
  account?: ResolvedReference
  /** The offer it came from, named as the source names it. */
  offer?: ResolvedReference
  /**
   * The order number that people use.
   *
   * Example: `O-5001`
   */
  number?: string
  /**
   * Where it stands.
   *
   * Example: `placed`
   */
  status?: 'draft' | 'placed' | 'confirmed' | 'in-progress' | 'shipped' | 'completed' | 'returned' | 'cancelled'
  /**
   * Where it was placed.
   *
   * Example: `web`
   */
  channel?:
    | 'web'
    | 'app'
    | 'phone'
    | 'ivr'
    | 'chat'
    | 'email'
    | 'sms'
    | 'post'
    | 'agent'
    | 'partner'
    | 'store'
    | 'visit'
    | 'social'
    | 'other'
  /**
   * The day it was placed.
   *
   * Example: `2026-03-14`
   */
  orderedOn?: CanonicalDate
  /**
   * The moment it was placed, where the source knows it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  orderedAt?: DateTime
  /**
   * The day the customer wants it by.
   *
   * Example: `2026-03-21`
   */
  requiredOn?: CanonicalDate
  /**
   * The day it left.
   *
   * Example: `2026-03-16`
   */
  shippedOn?: CanonicalDate
  /**
   * The day all of it was delivered.
   *
   * Example: `2026-03-18`
   */
  completedOn?: CanonicalDate
  /** The amount without tax and shipping. */
  net?: Money
  /** The tax. */
  tax?: Money
  /** What the delivery costs. */
  shippingCost?: Money
  /** All that is to be paid. */
  total?: Money
  /** What is ordered, line by line. */
  lines?: ResolvedLine[]
  /** Where it goes. */
  shippingAddress?: Address
  /** Where the invoice goes. */
  billingAddress?: Address
  /**
   * Who takes delivery, where it is not the customer.
   *
   * Example: `Wattle Networks, front desk`
   */
  recipient?: string
  /**
   * Who delivers it.
   *
   * Example: `Speedy Express`
   */
  carrier?: string
  /**
   * The carrier's number of the parcel.
   *
   * Example: `SE123456789AU`
   */
  trackingNumber?: string
  /**
   * Who took it, as the source names them.
   *
   * Example: `j.lee`
   */
  agent?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: Attributes
  /** The records that it is made from; none: all of them are gone. */
  sources: RecordSource[]
  /**
   * Grows by one with every change of the record; also in the ETag.
   *
   * Example: `7`
   */
  version: number
  /**
   * When the hub first had it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  createdAt: DateTime
  /**
   * When the hub last changed it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  updatedAt: DateTime
}

/** What the company sells, rents out or lends: goods, services, plans, devices. */
export type Product = {
  /**
   * The hub's own id of the record. It never changes.
   *
   * Example: `0b0f2c5e-6f0e-4f0e-9f57-2b8f4f1f6c11`
   */
  id: string
  /**
   * The product number or SKU that people use.
   *
   * Example: `MODEM-7`
   */
  number?: string
  /**
   * What it is called.
   *
   * Example: `Cable modem, model 7`
   */
  name: string
  /**
   * What it is.
   *
   * Example: `A cable modem with four ports.`
   */
  description?: string
  /**
   * What kind of product it is.
   *
   * Example: `good`
   */
  kind?: 'good' | 'device' | 'service' | 'plan' | 'bundle' | 'other'
  /**
   * The group it belongs to, as the source names it.
   *
   * Example: `Modems`
   */
  category?: string
  /**
   * The maker's brand.
   *
   * Example: `Wattle`
   */
  brand?: string
  /**
   * Whether it can be had.
   *
   * Example: `active`
   */
  status?: 'planned' | 'active' | 'discontinued' | 'withdrawn'
  /**
   * Global trade item number, 8, 12, 13 or 14 digits.
   *
   * Example: `4006381333931`
   */
  gtin?: string
  /**
   * The unit it is sold in.
   *
   * Example: `piece`
   */
  unit?: string
  /** The list price of one unit. */
  price?: Money
  /**
   * How often the price is due; absent: once.
   *
   * Example: `month`
   */
  priceInterval?: 'once' | 'day' | 'week' | 'month' | 'quarter' | 'year'
  /**
   * Tax in percent.
   *
   * Example: `10`
   */
  taxRate?: Decimal
  /** Who supplies it, named as the source names it. */
  supplier?: ResolvedReference
  /** What a bundle is made of. */
  components?: {
    /** The product, named as the source names it. */
    product: ResolvedReference
    /**
     * How many of it.
     *
     * Example: `1`
     */
    quantity?: Decimal
  }[]
  /**
   * First day on which it can be had.
   *
   * Example: `2026-03-14`
   */
  validFrom?: CanonicalDate
  /**
   * Last day on which it can be had.
   *
   * Example: `2027-12-31`
   */
  validTo?: CanonicalDate
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: Attributes
  /** The records that it is made from; none: all of them are gone. */
  sources: RecordSource[]
  /**
   * Grows by one with every change of the record; also in the ETag.
   *
   * Example: `7`
   */
  version: number
  /**
   * When the hub first had it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  createdAt: DateTime
  /**
   * When the hub last changed it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  updatedAt: DateTime
}

/** How much of a product there is in one place. */
export type StockLevel = {
  /**
   * The hub's own id of the record. It never changes.
   *
   * Example: `0b0f2c5e-6f0e-4f0e-9f57-2b8f4f1f6c11`
   */
  id: string
  /** The product, named as the source names it. */
  product: ResolvedReference
  /** The warehouse, shop or van. */
  location?: {
    /**
     * Its code in the source.
     *
     * Example: `SYD-1`
     */
    code: string
    /**
     * What it is called.
     *
     * Example: `Sydney warehouse`
     */
    name?: string
  }
  /**
   * Units that are there; negative: more was booked out than in.
   *
   * Example: `40`
   */
  onHand?: Decimal
  /**
   * Units that are there but promised.
   *
   * Example: `6`
   */
  reserved?: Decimal
  /**
   * Units that can be promised.
   *
   * Example: `34`
   */
  available?: Decimal
  /**
   * Units that are on their way.
   *
   * Example: `100`
   */
  onOrder?: Decimal
  /**
   * Where new ones are ordered.
   *
   * Example: `20`
   */
  reorderPoint?: Decimal
  /**
   * The unit of the quantities.
   *
   * Example: `piece`
   */
  unit?: string
  /**
   * When the figures were right.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  countedAt?: DateTime
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: Attributes
  /** The records that it is made from; none: all of them are gone. */
  sources: RecordSource[]
  /**
   * Grows by one with every change of the record; also in the ETag.
   *
   * Example: `7`
   */
  version: number
  /**
   * When the hub first had it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  createdAt: DateTime
  /**
   * When the hub last changed it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  updatedAt: DateTime
}

/** Something a customer wants settled: a question, a fault, a complaint. */
export type Case = {
  /**
   * The hub's own id of the record. It never changes.
   *
   * Example: `0b0f2c5e-6f0e-4f0e-9f57-2b8f4f1f6c11`
   */
  id: string
  /** The customer whose case it is, named as the source names it. */
  customer?: ResolvedReference
  /** The account it is about, named as the source names it. */
  account?: ResolvedReference
  /** The product it is about, named as the source names it. */
  product?: ResolvedReference
  /** The order it is about, named as the source names it. */
  order?: ResolvedReference
  /** The invoice it is about, named as the source names it. */
  invoice?: ResolvedReference
  /**
   * The case number that people use.
   *
   * Example: `CS-900`
   */
  number?: string
  /**
   * What it is about, in a line.
   *
   * Example: `No signal since Monday`
   */
  subject?: string
  /**
   * What the customer says.
   *
   * Example: `The modem has shown a red light since Monday.`
   */
  description?: string
  /**
   * What sort of case it is.
   *
   * Example: `question`
   */
  kind?: 'question' | 'problem' | 'complaint' | 'request' | 'task' | 'other'
  /**
   * Where it stands.
   *
   * Example: `open`
   */
  status?: 'new' | 'open' | 'waiting' | 'resolved' | 'closed' | 'cancelled'
  /**
   * How soon it has to be settled.
   *
   * Example: `high`
   */
  priority?: 'low' | 'normal' | 'high' | 'urgent'
  /**
   * Where it came in.
   *
   * Example: `phone`
   */
  channel?:
    | 'web'
    | 'app'
    | 'phone'
    | 'ivr'
    | 'chat'
    | 'email'
    | 'sms'
    | 'post'
    | 'agent'
    | 'partner'
    | 'store'
    | 'visit'
    | 'social'
    | 'other'
  /**
   * Who works on it, as the source names them.
   *
   * Example: `j.lee`
   */
  assignee?: string
  /**
   * When it was opened.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  openedAt?: DateTime
  /**
   * When it has to be settled.
   *
   * Example: `2026-03-16T09:26:53Z`
   */
  dueAt?: DateTime
  /**
   * When it was settled.
   *
   * Example: `2026-03-15T10:00:00Z`
   */
  resolvedAt?: DateTime
  /**
   * When it was closed.
   *
   * Example: `2026-03-20T10:00:00Z`
   */
  closedAt?: DateTime
  /**
   * How it was settled.
   *
   * Example: `Modem exchanged.`
   */
  resolution?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: Attributes
  /** The records that it is made from; none: all of them are gone. */
  sources: RecordSource[]
  /**
   * Grows by one with every change of the record; also in the ETag.
   *
   * Example: `7`
   */
  version: number
  /**
   * When the hub first had it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  createdAt: DateTime
  /**
   * When the hub last changed it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  updatedAt: DateTime
}

/** One contact with a customer, on any channel. */
export type Interaction = {
  /**
   * The hub's own id of the record. It never changes.
   *
   * Example: `0b0f2c5e-6f0e-4f0e-9f57-2b8f4f1f6c11`
   */
  id: string
  /** The customer it was with, named as the source names it. */
  customer?: ResolvedReference
  /** The account it was about, named as the source names it. */
  account?: ResolvedReference
  /** The case it was about, named as the source names it. */
  case?: ResolvedReference
  /** The order it was about, named as the source names it. */
  order?: ResolvedReference
  /**
   * Where it took place.
   *
   * Example: `phone`
   */
  channel:
    | 'web'
    | 'app'
    | 'phone'
    | 'ivr'
    | 'chat'
    | 'email'
    | 'sms'
    | 'post'
    | 'agent'
    | 'partner'
    | 'store'
    | 'visit'
    | 'social'
    | 'other'
  /**
   * Who began it: the customer (inbound) or the company (outbound).
   *
   * Example: `inbound`
   */
  direction?: 'inbound' | 'outbound' | 'internal'
  /**
   * How it went.
   *
   * Example: `completed`
   */
  status?: 'planned' | 'ongoing' | 'completed' | 'missed' | 'failed' | 'cancelled'
  /**
   * When it began.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  at?: DateTime
  /**
   * When it ended.
   *
   * Example: `2026-03-14T09:31:53Z`
   */
  endedAt?: DateTime
  /**
   * How long it took, in seconds.
   *
   * Example: `300`
   */
  durationSeconds?: number
  /**
   * What it was about, in a line.
   *
   * Example: `Asked about the bill`
   */
  subject?: string
  /**
   * What was said.
   *
   * Example: `Explained the second line of the February invoice.`
   */
  summary?: string
  /**
   * What came of it, as the source names it.
   *
   * Example: `answered`
   */
  outcome?: string
  /**
   * Who spoke for the company, as the source names them.
   *
   * Example: `j.lee`
   */
  agent?: string
  /**
   * The number or address it came from.
   *
   * Example: `+61255501234`
   */
  from?: string
  /**
   * The number or address it went to.
   *
   * Example: `+61299990000`
   */
  to?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: Attributes
  /** The records that it is made from; none: all of them are gone. */
  sources: RecordSource[]
  /**
   * Grows by one with every change of the record; also in the ETag.
   *
   * Example: `7`
   */
  version: number
  /**
   * When the hub first had it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  createdAt: DateTime
  /**
   * When the hub last changed it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  updatedAt: DateTime
}

/** What a customer has allowed or refused, as a record of its own with its evidence. */
export type Consent = {
  /**
   * The hub's own id of the record. It never changes.
   *
   * Example: `0b0f2c5e-6f0e-4f0e-9f57-2b8f4f1f6c11`
   */
  id: string
  /** The customer who said it, named as the source names it. */
  customer?: ResolvedReference
  /**
   * What it is for.
   *
   * Example: `marketing`
   */
  purpose: Code
  /**
   * The channel it speaks of; absent or `any`: all of them.
   *
   * Example: `email`
   */
  channel?: 'email' | 'phone' | 'sms' | 'post' | 'chat' | 'app' | 'any'
  /**
   * What the customer said.
   *
   * Example: `granted`
   */
  state: 'granted' | 'denied' | 'withdrawn'
  /**
   * When the customer said it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  at?: DateTime
  /**
   * When it ends by itself.
   *
   * Example: `2028-03-14T09:26:53Z`
   */
  expiresAt?: DateTime
  /**
   * What allows it in law (GDPR article 6).
   *
   * Example: `consent`
   */
  legalBasis?: 'consent' | 'contract' | 'legal-obligation' | 'vital-interest' | 'public-task' | 'legitimate-interest'
  /**
   * Where it was given: a form, a page, an agent.
   *
   * Example: `web sign-up form`
   */
  collectedBy?: string
  /**
   * What the customer was asked, or the name and revision of that text.
   *
   * Example: `newsletter-2026-01`
   */
  wording?: string
  /**
   * Where the proof is kept.
   *
   * Example: `archive:calls/2026/03/14/093000`
   */
  evidence?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: Attributes
  /** The records that it is made from; none: all of them are gone. */
  sources: RecordSource[]
  /**
   * Grows by one with every change of the record; also in the ETag.
   *
   * Example: `7`
   */
  version: number
  /**
   * When the hub first had it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  createdAt: DateTime
  /**
   * When the hub last changed it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  updatedAt: DateTime
}

/** What the company proposes to a customer. */
export type Offer = {
  /**
   * The hub's own id of the record. It never changes.
   *
   * Example: `0b0f2c5e-6f0e-4f0e-9f57-2b8f4f1f6c11`
   */
  id: string
  /** The customer it is made to, named as the source names it. */
  customer?: ResolvedReference
  /** The account it is for, named as the source names it. */
  account?: ResolvedReference
  /** The product offered, where it is one, named as the source names it. */
  product?: ResolvedReference
  /**
   * The offer number that people use.
   *
   * Example: `OF-3`
   */
  number?: string
  /**
   * What it is called.
   *
   * Example: `Faster home internet`
   */
  name?: string
  /**
   * What is offered.
   *
   * Example: `100 Mbit/s for the price of 50.`
   */
  description?: string
  /**
   * Where it stands.
   *
   * Example: `presented`
   */
  status?: 'draft' | 'presented' | 'accepted' | 'declined' | 'expired' | 'withdrawn'
  /**
   * Where it was made.
   *
   * Example: `web`
   */
  channel?:
    | 'web'
    | 'app'
    | 'phone'
    | 'ivr'
    | 'chat'
    | 'email'
    | 'sms'
    | 'post'
    | 'agent'
    | 'partner'
    | 'store'
    | 'visit'
    | 'social'
    | 'other'
  /**
   * The campaign it belongs to.
   *
   * Example: `autumn-2026`
   */
  campaign?: string
  /** What it costs. */
  price?: Money
  /**
   * How often the price is due; absent: once.
   *
   * Example: `month`
   */
  priceInterval?: 'once' | 'day' | 'week' | 'month' | 'quarter' | 'year'
  /**
   * Discount in percent of the list price.
   *
   * Example: `15`
   */
  discount?: Decimal
  /** What is offered, line by line. */
  lines?: ResolvedLine[]
  /**
   * First day on which it can be taken.
   *
   * Example: `2026-03-14`
   */
  validFrom?: CanonicalDate
  /**
   * Last day on which it can be taken.
   *
   * Example: `2026-04-30`
   */
  validTo?: CanonicalDate
  /**
   * When the customer got it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  presentedAt?: DateTime
  /**
   * When the customer took or declined it.
   *
   * Example: `2026-03-20T10:00:00Z`
   */
  answeredAt?: DateTime
  /**
   * Why it was declined or withdrawn.
   *
   * Example: `moved away`
   */
  reason?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: Attributes
  /** The records that it is made from; none: all of them are gone. */
  sources: RecordSource[]
  /**
   * Grows by one with every change of the record; also in the ETag.
   *
   * Example: `7`
   */
  version: number
  /**
   * When the hub first had it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  createdAt: DateTime
  /**
   * When the hub last changed it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  updatedAt: DateTime
}

/**
 * A decimal number as text, so that no digit is lost: at most 28 digits before the point and 10 behind it, no
 * exponent, no leading zeros.
 */
export type Decimal = string

/** ISO 4217 code, in capitals. */
export type CurrencyCode = string

/** ISO 3166-1 alpha-2 code, in capitals; XK (user-assigned, Kosovo) is taken too. */
export type CountryCode = string

/** BCP 47 language tag. */
export type LanguageTag = string

/** Name of the zone in the IANA time zone database. */
export type TimeZone = string

/** A day of the calendar, ISO 8601: YYYY-MM-DD. */
export type CanonicalDate = string

/**
 * A moment, ISO 8601 as RFC 3339 profiles it: with seconds, and Z or an offset; at most nine digits of a second.
 * A leap second is written as second 59.
 */
export type DateTime = string

/** local@domain, without a display name; letters beyond ASCII are taken in both parts (RFC 6531). */
export type EmailAddress = string

/** E.164: a plus sign, the country code and the national number, 7 to 15 digits and nothing else. */
export type PhoneNumber = string

/** A short name for programs: lower-case letters, digits and hyphens, a letter first. */
export type Code = string

/** An amount in one currency. */
export type Money = {
  /**
   * The amount as decimal text, in the currency's main unit.
   *
   * Example: `49.90`
   */
  amount: Decimal
  /**
   * ISO 4217 code of the currency.
   *
   * Example: `AUD`
   */
  currency: CurrencyCode
}

/** Names another record in the terms of the source; the hub resolves it when it reads. */
export type Reference = {
  /**
   * The system that has the record; absent: the system that this record comes from.
   *
   * Example: `crm`
   */
  system?: string
  /**
   * The record type in that system.
   *
   * Example: `Contact`
   */
  entity: string
  /**
   * The record's id in that system.
   *
   * Example: `003A1`
   */
  key: string
}

/** The name of a person, in parts as far as the source has parts. */
export type PersonName = {
  /**
   * Title or form of address before the name.
   *
   * Example: `Dr`
   */
  prefix?: string
  /**
   * First name or names by which the person is called.
   *
   * Example: `Mary`
   */
  given?: string
  /**
   * Further given names.
   *
   * Example: `Ann`
   */
  middle?: string
  /**
   * Surname.
   *
   * Example: `Smith`
   */
  family?: string
  /**
   * What follows the name.
   *
   * Example: `Jr`
   */
  suffix?: string
  /**
   * The whole name as it is written in one line.
   *
   * Example: `Dr Mary Ann Smith`
   */
  full?: string
}

/** The names and the form of an organization. */
export type OrganizationName = {
  /**
   * The name in the register.
   *
   * Example: `Wattle Networks Pty Ltd`
   */
  legalName?: string
  /**
   * The name it trades under.
   *
   * Example: `Wattle`
   */
  tradeName?: string
  /**
   * The form in law, as the source writes it.
   *
   * Example: `Pty Ltd`
   */
  legalForm?: string
}

/** One e-mail address of a customer. */
export type Email = {
  /**
   * The address itself.
   *
   * Example: `mary.smith@example.com`
   */
  address: EmailAddress
  /**
   * What the customer uses it for.
   *
   * Example: `home`
   */
  purpose?: 'home' | 'work' | 'billing' | 'other'
  /**
   * Whether this is the one to use when there are several. A golden record has at most one primary e-mail.
   *
   * Example: `true`
   */
  primary?: boolean
  /**
   * First day on which it holds; absent: since ever.
   *
   * Example: `2024-07-01`
   */
  validFrom?: CanonicalDate
  /**
   * Last day on which it holds; absent: until further notice.
   *
   * Example: `2026-06-30`
   */
  validTo?: CanonicalDate
}

/** One phone number of a customer. */
export type Phone = {
  /**
   * The number in E.164 form.
   *
   * Example: `+61255501234`
   */
  number: PhoneNumber
  /**
   * What kind of number it is.
   *
   * Example: `mobile`
   */
  purpose?: 'mobile' | 'home' | 'work' | 'fax' | 'billing' | 'other'
  /**
   * Whether this is the one to use when there are several. A golden record has at most one primary phone.
   *
   * Example: `true`
   */
  primary?: boolean
  /**
   * First day on which it holds; absent: since ever.
   *
   * Example: `2024-07-01`
   */
  validFrom?: CanonicalDate
  /**
   * Last day on which it holds; absent: until further notice.
   *
   * Example: `2026-06-30`
   */
  validTo?: CanonicalDate
}

/**
 * A postal address. `lines` is what goes on an envelope; the other members are its parts, as far as the source
 * has parts.
 */
export type Address = {
  /**
   * What the address is for.
   *
   * Example: `home`
   */
  purpose?: 'home' | 'work' | 'billing' | 'shipping' | 'other'
  /**
   * The address as written on an envelope, without city, postal code and country where those have members of their
   * own.
   */
  lines?: string[]
  /**
   * Number of the building, with its letters.
   *
   * Example: `12A`
   */
  houseNumber?: string
  /**
   * Name of the street.
   *
   * Example: `Acacia Avenue`
   */
  street?: string
  /**
   * Flat, floor or suite in the building.
   *
   * Example: `Unit 4`
   */
  unit?: string
  /**
   * Suburb or part of the city.
   *
   * Example: `Ashfield`
   */
  locality?: string
  /**
   * City or town.
   *
   * Example: `Sydney`
   */
  city?: string
  /**
   * State, province or canton: its ISO 3166-2 part where known, else as written.
   *
   * Example: `NSW`
   */
  region?: string
  /**
   * Postal code as the country writes it.
   *
   * Example: `2131`
   */
  postalCode?: string
  /**
   * ISO 3166-1 alpha-2 code.
   *
   * Example: `AU`
   */
  country?: CountryCode
  /**
   * First day on which it holds; absent: since ever.
   *
   * Example: `2024-07-01`
   */
  validFrom?: CanonicalDate
  /**
   * Last day on which it holds; absent: until further notice.
   *
   * Example: `2026-06-30`
   */
  validTo?: CanonicalDate
}

/** A number that somebody else gave the customer. */
export type Identifier = {
  /**
   * What kind of number it is: national-id, tax-id, vat, passport, driving-licence, customer-number, or a code of
   * the workspace's own.
   *
   * Example: `tax-id`
   */
  scheme: Code
  /**
   * The number itself, as text.
   *
   * Example: `51824753556`
   */
  value: string
  /**
   * The country that issued it.
   *
   * Example: `AU`
   */
  country?: CountryCode
}

/** What a customer has allowed or refused. */
export type CustomerConsent = {
  /**
   * What it is for.
   *
   * Example: `marketing`
   */
  purpose: Code
  /**
   * The channel it speaks of; absent or `any`: all of them.
   *
   * Example: `email`
   */
  channel?: 'email' | 'phone' | 'sms' | 'post' | 'chat' | 'app' | 'any'
  /**
   * What the customer said.
   *
   * Example: `granted`
   */
  state: 'granted' | 'denied' | 'withdrawn'
  /**
   * When the customer said it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  at?: DateTime
}

/** One line of an order, an invoice or an offer. */
export type Line = {
  /**
   * The line's number or id in its document.
   *
   * Example: `1`
   */
  number?: string
  /** The product, named as the source names it. */
  product?: Reference
  /**
   * What the line says.
   *
   * Example: `Cable modem, model 7`
   */
  description?: string
  /**
   * How many units.
   *
   * Example: `2`
   */
  quantity?: Decimal
  /**
   * The unit of the quantity.
   *
   * Example: `piece`
   */
  unit?: string
  /** Price of one unit before tax and discount. */
  unitPrice?: Money
  /**
   * Discount in percent of the price.
   *
   * Example: `5`
   */
  discount?: Decimal
  /** The line's amount without tax. */
  net?: Money
  /** The tax on the line. */
  tax?: Money
  /**
   * Tax in percent.
   *
   * Example: `10`
   */
  taxRate?: Decimal
  /** The line's amount with tax. */
  total?: Money
}

/**
 * Extension fields: a name (a letter, then letters, digits, hyphens and underscores) with a text, a number or a
 * truth value.
 */
export type Attributes = { [name: string]: string | number | boolean }

/** A record outside the hub that this one is made from. */
export type RecordSource = {
  /**
   * The system that has the record.
   *
   * Example: `crm`
   */
  system: string
  /**
   * The record type in that system.
   *
   * Example: `Contact`
   */
  entity: string
  /**
   * The record's id in that system.
   *
   * Example: `003A1`
   */
  key: string
  /**
   * When it last changed there.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  changedAt?: DateTime
}

/** What the hub adds to a canonical document when the API answers with it. */
export type CanonicalRecord = {
  /**
   * The hub's own id of the record. It never changes.
   *
   * Example: `0b0f2c5e-6f0e-4f0e-9f57-2b8f4f1f6c11`
   */
  id: string
  /** The records that it is made from; none: all of them are gone. */
  sources: RecordSource[]
  /**
   * Grows by one with every change of the record; also in the ETag.
   *
   * Example: `7`
   */
  version: number
  /**
   * When the hub first had it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  createdAt: DateTime
  /**
   * When the hub last changed it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  updatedAt: DateTime
}

/** Names another record in the terms of the source; the hub resolves it when it reads. */
export type ResolvedReference = {
  /**
   * The system that has the record; absent: the system that this record comes from.
   *
   * Example: `crm`
   */
  system?: string
  /**
   * The record type in that system.
   *
   * Example: `Contact`
   */
  entity: string
  /**
   * The record's id in that system.
   *
   * Example: `003A1`
   */
  key: string
  /**
   * The hub's id of the record pointed at; absent: the hub does not have that record (yet).
   *
   * Example: `0b0f2c5e-6f0e-4f0e-9f57-2b8f4f1f6c11`
   */
  id?: string
}

/** One line of an order, an invoice or an offer. */
export type ResolvedLine = {
  /**
   * The line's number or id in its document.
   *
   * Example: `1`
   */
  number?: string
  /** The product, named as the source names it. */
  product?: ResolvedReference
  /**
   * What the line says.
   *
   * Example: `Cable modem, model 7`
   */
  description?: string
  /**
   * How many units.
   *
   * Example: `2`
   */
  quantity?: Decimal
  /**
   * The unit of the quantity.
   *
   * Example: `piece`
   */
  unit?: string
  /** Price of one unit before tax and discount. */
  unitPrice?: Money
  /**
   * Discount in percent of the price.
   *
   * Example: `5`
   */
  discount?: Decimal
  /** The line's amount without tax. */
  net?: Money
  /** The tax on the line. */
  tax?: Money
  /**
   * Tax in percent.
   *
   * Example: `10`
   */
  taxRate?: Decimal
  /** The line's amount with tax. */
  total?: Money
}

/**
 * Names another record: by the id that the hub gives it, or by entity and key in a system (absent: that of the
 * record).
 */
export type OrderReference =
  | {
      /** The hub's id. */
      id: string
    }
  | {
      /** As the hub answers it; entity and key count. */
      id?: string
      system?: string
      entity: string
      key: string
    }

/** A person or an organization that does business with the company. */
export type NewCustomer = {
  /**
   * Whether it is a person or an organization.
   *
   * Example: `person`
   */
  kind: 'person' | 'organization'
  /**
   * Where the relation stands.
   *
   * Example: `active`
   */
  status?: 'prospect' | 'active' | 'inactive' | 'closed'
  /** The name, of a person. */
  name?: {
    /**
     * Title or form of address before the name.
     *
     * Example: `Dr`
     */
    prefix?: string
    /**
     * First name or names by which the person is called.
     *
     * Example: `Mary`
     */
    given?: string
    /**
     * Further given names.
     *
     * Example: `Ann`
     */
    middle?: string
    /**
     * Surname.
     *
     * Example: `Smith`
     */
    family?: string
    /**
     * What follows the name.
     *
     * Example: `Jr`
     */
    suffix?: string
    /**
     * The whole name as it is written in one line.
     *
     * Example: `Dr Mary Ann Smith`
     */
    full?: string
  }
  /** The names, of an organization. */
  organization?: {
    /**
     * The name in the register.
     *
     * Example: `Wattle Networks Pty Ltd`
     */
    legalName?: string
    /**
     * The name it trades under.
     *
     * Example: `Wattle`
     */
    tradeName?: string
    /**
     * The form in law, as the source writes it.
     *
     * Example: `Pty Ltd`
     */
    legalForm?: string
  }
  /**
   * The day of birth, of a person.
   *
   * Example: `1984-02-29`
   */
  birthDate?: string
  /**
   * The gender, of a person, where the source says so.
   *
   * Example: `female`
   */
  gender?: 'female' | 'male' | 'other'
  /** All e-mail addresses known. */
  emails?: {
    /**
     * The address itself.
     *
     * Example: `mary.smith@example.com`
     */
    address: string
    /**
     * What the customer uses it for.
     *
     * Example: `home`
     */
    purpose?: 'home' | 'work' | 'billing' | 'other'
    /**
     * Whether this is the one to use when there are several. A golden record has at most one primary e-mail.
     *
     * Example: `true`
     */
    primary?: boolean
    /**
     * First day on which it holds; absent: since ever.
     *
     * Example: `2024-07-01`
     */
    validFrom?: string
    /**
     * Last day on which it holds; absent: until further notice.
     *
     * Example: `2026-06-30`
     */
    validTo?: string
  }[]
  /** All phone numbers known. */
  phones?: {
    /**
     * The number in E.164 form.
     *
     * Example: `+61255501234`
     */
    number: string
    /**
     * What kind of number it is.
     *
     * Example: `mobile`
     */
    purpose?: 'mobile' | 'home' | 'work' | 'fax' | 'billing' | 'other'
    /**
     * Whether this is the one to use when there are several. A golden record has at most one primary phone.
     *
     * Example: `true`
     */
    primary?: boolean
    /**
     * First day on which it holds; absent: since ever.
     *
     * Example: `2024-07-01`
     */
    validFrom?: string
    /**
     * Last day on which it holds; absent: until further notice.
     *
     * Example: `2026-06-30`
     */
    validTo?: string
  }[]
  /** All postal addresses known. */
  addresses?: {
    /**
     * What the address is for.
     *
     * Example: `home`
     */
    purpose?: 'home' | 'work' | 'billing' | 'shipping' | 'other'
    /**
     * The address as written on an envelope, without city, postal code and country where those have members of their
     * own.
     */
    lines?: string[]
    /**
     * Number of the building, with its letters.
     *
     * Example: `12A`
     */
    houseNumber?: string
    /**
     * Name of the street.
     *
     * Example: `Acacia Avenue`
     */
    street?: string
    /**
     * Flat, floor or suite in the building.
     *
     * Example: `Unit 4`
     */
    unit?: string
    /**
     * Suburb or part of the city.
     *
     * Example: `Ashfield`
     */
    locality?: string
    /**
     * City or town.
     *
     * Example: `Sydney`
     */
    city?: string
    /**
     * State, province or canton: its ISO 3166-2 part where known, else as written.
     *
     * Example: `NSW`
     */
    region?: string
    /**
     * Postal code as the country writes it.
     *
     * Example: `2131`
     */
    postalCode?: string
    /**
     * ISO 3166-1 alpha-2 code.
     *
     * Example: `AU`
     */
    country?: string
    /**
     * First day on which it holds; absent: since ever.
     *
     * Example: `2024-07-01`
     */
    validFrom?: string
    /**
     * Last day on which it holds; absent: until further notice.
     *
     * Example: `2026-06-30`
     */
    validTo?: string
  }[]
  /** Numbers by which others know the customer. */
  identifiers?: {
    /**
     * What kind of number it is: national-id, tax-id, vat, passport, driving-licence, customer-number, or a code of
     * the workspace's own.
     *
     * Example: `tax-id`
     */
    scheme: string
    /**
     * The number itself, as text.
     *
     * Example: `51824753556`
     */
    value: string
    /**
     * The country that issued it.
     *
     * Example: `AU`
     */
    country?: string
  }[]
  /**
   * How the customer wants to be reached.
   *
   * Example: `email`
   */
  preferredChannel?: 'email' | 'phone' | 'sms' | 'post' | 'chat' | 'app'
  /**
   * The language the customer wants to be spoken to in.
   *
   * Example: `en-AU`
   */
  language?: string
  /**
   * Where the customer's clock stands.
   *
   * Example: `Australia/Sydney`
   */
  timeZone?: string
  /** What the customer has allowed or refused. */
  consents?: {
    /**
     * What it is for.
     *
     * Example: `marketing`
     */
    purpose: string
    /**
     * The channel it speaks of; absent or `any`: all of them.
     *
     * Example: `email`
     */
    channel?: 'email' | 'phone' | 'sms' | 'post' | 'chat' | 'app' | 'any'
    /**
     * What the customer said.
     *
     * Example: `granted`
     */
    state: 'granted' | 'denied' | 'withdrawn'
    /**
     * When the customer said it.
     *
     * Example: `2026-03-14T09:26:53Z`
     */
    at?: string
  }[]
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: { [name: string]: string | number | boolean }
}

/** A person or an organization that does business with the company. */
export type CustomerPatch = {
  kind?: ('person' | 'organization') | null
  status?: ('prospect' | 'active' | 'inactive' | 'closed') | null
  name?: {
    /**
     * Title or form of address before the name.
     *
     * Example: `Dr`
     */
    prefix?: string
    /**
     * First name or names by which the person is called.
     *
     * Example: `Mary`
     */
    given?: string
    /**
     * Further given names.
     *
     * Example: `Ann`
     */
    middle?: string
    /**
     * Surname.
     *
     * Example: `Smith`
     */
    family?: string
    /**
     * What follows the name.
     *
     * Example: `Jr`
     */
    suffix?: string
    /**
     * The whole name as it is written in one line.
     *
     * Example: `Dr Mary Ann Smith`
     */
    full?: string
  } | null
  organization?: {
    /**
     * The name in the register.
     *
     * Example: `Wattle Networks Pty Ltd`
     */
    legalName?: string
    /**
     * The name it trades under.
     *
     * Example: `Wattle`
     */
    tradeName?: string
    /**
     * The form in law, as the source writes it.
     *
     * Example: `Pty Ltd`
     */
    legalForm?: string
  } | null
  birthDate?: string | null
  gender?: ('female' | 'male' | 'other') | null
  emails?:
    | {
        /**
         * The address itself.
         *
         * Example: `mary.smith@example.com`
         */
        address: string
        /**
         * What the customer uses it for.
         *
         * Example: `home`
         */
        purpose?: 'home' | 'work' | 'billing' | 'other'
        /**
         * Whether this is the one to use when there are several. A golden record has at most one primary e-mail.
         *
         * Example: `true`
         */
        primary?: boolean
        /**
         * First day on which it holds; absent: since ever.
         *
         * Example: `2024-07-01`
         */
        validFrom?: string
        /**
         * Last day on which it holds; absent: until further notice.
         *
         * Example: `2026-06-30`
         */
        validTo?: string
      }[]
    | null
  phones?:
    | {
        /**
         * The number in E.164 form.
         *
         * Example: `+61255501234`
         */
        number: string
        /**
         * What kind of number it is.
         *
         * Example: `mobile`
         */
        purpose?: 'mobile' | 'home' | 'work' | 'fax' | 'billing' | 'other'
        /**
         * Whether this is the one to use when there are several. A golden record has at most one primary phone.
         *
         * Example: `true`
         */
        primary?: boolean
        /**
         * First day on which it holds; absent: since ever.
         *
         * Example: `2024-07-01`
         */
        validFrom?: string
        /**
         * Last day on which it holds; absent: until further notice.
         *
         * Example: `2026-06-30`
         */
        validTo?: string
      }[]
    | null
  addresses?:
    | {
        /**
         * What the address is for.
         *
         * Example: `home`
         */
        purpose?: 'home' | 'work' | 'billing' | 'shipping' | 'other'
        /**
         * The address as written on an envelope, without city, postal code and country where those have members of their
         * own.
         */
        lines?: string[]
        /**
         * Number of the building, with its letters.
         *
         * Example: `12A`
         */
        houseNumber?: string
        /**
         * Name of the street.
         *
         * Example: `Acacia Avenue`
         */
        street?: string
        /**
         * Flat, floor or suite in the building.
         *
         * Example: `Unit 4`
         */
        unit?: string
        /**
         * Suburb or part of the city.
         *
         * Example: `Ashfield`
         */
        locality?: string
        /**
         * City or town.
         *
         * Example: `Sydney`
         */
        city?: string
        /**
         * State, province or canton: its ISO 3166-2 part where known, else as written.
         *
         * Example: `NSW`
         */
        region?: string
        /**
         * Postal code as the country writes it.
         *
         * Example: `2131`
         */
        postalCode?: string
        /**
         * ISO 3166-1 alpha-2 code.
         *
         * Example: `AU`
         */
        country?: string
        /**
         * First day on which it holds; absent: since ever.
         *
         * Example: `2024-07-01`
         */
        validFrom?: string
        /**
         * Last day on which it holds; absent: until further notice.
         *
         * Example: `2026-06-30`
         */
        validTo?: string
      }[]
    | null
  identifiers?:
    | {
        /**
         * What kind of number it is: national-id, tax-id, vat, passport, driving-licence, customer-number, or a code of
         * the workspace's own.
         *
         * Example: `tax-id`
         */
        scheme: string
        /**
         * The number itself, as text.
         *
         * Example: `51824753556`
         */
        value: string
        /**
         * The country that issued it.
         *
         * Example: `AU`
         */
        country?: string
      }[]
    | null
  preferredChannel?: ('email' | 'phone' | 'sms' | 'post' | 'chat' | 'app') | null
  language?: string | null
  timeZone?: string | null
  consents?:
    | {
        /**
         * What it is for.
         *
         * Example: `marketing`
         */
        purpose: string
        /**
         * The channel it speaks of; absent or `any`: all of them.
         *
         * Example: `email`
         */
        channel?: 'email' | 'phone' | 'sms' | 'post' | 'chat' | 'app' | 'any'
        /**
         * What the customer said.
         *
         * Example: `granted`
         */
        state: 'granted' | 'denied' | 'withdrawn'
        /**
         * When the customer said it.
         *
         * Example: `2026-03-14T09:26:53Z`
         */
        at?: string
      }[]
    | null
  attributes?: { [name: string]: string | number | boolean } | null
}

/** What a customer holds with the company: the thing that is billed or served. */
export type NewAccount = {
  /** The customer that holds it, named as the source names it. */
  customer?: OrderReference
  /** The account above this one, named as the source names it. */
  parent?: OrderReference
  /**
   * The account number that people use.
   *
   * Example: `1000-4711`
   */
  number?: string
  /**
   * What the account is called.
   *
   * Example: `Home internet`
   */
  name?: string
  /**
   * What the account is for.
   *
   * Example: `billing`
   */
  kind?: 'billing' | 'service' | 'credit' | 'loyalty' | 'other'
  /**
   * Where it stands.
   *
   * Example: `active`
   */
  status?: 'pending' | 'active' | 'suspended' | 'closed'
  /**
   * The day it was opened.
   *
   * Example: `2026-03-14`
   */
  openedOn?: string
  /**
   * The day it was closed.
   *
   * Example: `2026-03-14`
   */
  closedOn?: string
  /**
   * The currency it is kept in.
   *
   * Example: `AUD`
   */
  currency?: string
  /** What the customer owes; negative: what the company owes. */
  balance?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency: string
  }
  /** How much the customer may owe. */
  creditLimit?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency: string
  }
  /**
   * How it is paid.
   *
   * Example: `direct-debit`
   */
  paymentMethod?: 'card' | 'direct-debit' | 'bank-transfer' | 'cash' | 'cheque' | 'wallet' | 'voucher' | 'other'
  /**
   * Days from an invoice to its due date.
   *
   * Example: `14`
   */
  paymentTermDays?: number
  /** Where invoices go. */
  billingAddress?: {
    /**
     * What the address is for.
     *
     * Example: `home`
     */
    purpose?: 'home' | 'work' | 'billing' | 'shipping' | 'other'
    /**
     * The address as written on an envelope, without city, postal code and country where those have members of their
     * own.
     */
    lines?: string[]
    /**
     * Number of the building, with its letters.
     *
     * Example: `12A`
     */
    houseNumber?: string
    /**
     * Name of the street.
     *
     * Example: `Acacia Avenue`
     */
    street?: string
    /**
     * Flat, floor or suite in the building.
     *
     * Example: `Unit 4`
     */
    unit?: string
    /**
     * Suburb or part of the city.
     *
     * Example: `Ashfield`
     */
    locality?: string
    /**
     * City or town.
     *
     * Example: `Sydney`
     */
    city?: string
    /**
     * State, province or canton: its ISO 3166-2 part where known, else as written.
     *
     * Example: `NSW`
     */
    region?: string
    /**
     * Postal code as the country writes it.
     *
     * Example: `2131`
     */
    postalCode?: string
    /**
     * ISO 3166-1 alpha-2 code.
     *
     * Example: `AU`
     */
    country?: string
    /**
     * First day on which it holds; absent: since ever.
     *
     * Example: `2024-07-01`
     */
    validFrom?: string
    /**
     * Last day on which it holds; absent: until further notice.
     *
     * Example: `2026-06-30`
     */
    validTo?: string
  }
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: { [name: string]: string | number | boolean }
}

/** What a customer holds with the company: the thing that is billed or served. */
export type AccountPatch = {
  customer?: OrderReference | null
  parent?: OrderReference | null
  number?: string | null
  name?: string | null
  kind?: ('billing' | 'service' | 'credit' | 'loyalty' | 'other') | null
  status?: ('pending' | 'active' | 'suspended' | 'closed') | null
  openedOn?: string | null
  closedOn?: string | null
  currency?: string | null
  balance?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount?: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency?: string
  } | null
  creditLimit?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount?: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency?: string
  } | null
  paymentMethod?:
    ('card' | 'direct-debit' | 'bank-transfer' | 'cash' | 'cheque' | 'wallet' | 'voucher' | 'other') | null
  paymentTermDays?: number | null
  billingAddress?: {
    /**
     * What the address is for.
     *
     * Example: `home`
     */
    purpose?: 'home' | 'work' | 'billing' | 'shipping' | 'other'
    /**
     * The address as written on an envelope, without city, postal code and country where those have members of their
     * own.
     */
    lines?: string[]
    /**
     * Number of the building, with its letters.
     *
     * Example: `12A`
     */
    houseNumber?: string
    /**
     * Name of the street.
     *
     * Example: `Acacia Avenue`
     */
    street?: string
    /**
     * Flat, floor or suite in the building.
     *
     * Example: `Unit 4`
     */
    unit?: string
    /**
     * Suburb or part of the city.
     *
     * Example: `Ashfield`
     */
    locality?: string
    /**
     * City or town.
     *
     * Example: `Sydney`
     */
    city?: string
    /**
     * State, province or canton: its ISO 3166-2 part where known, else as written.
     *
     * Example: `NSW`
     */
    region?: string
    /**
     * Postal code as the country writes it.
     *
     * Example: `2131`
     */
    postalCode?: string
    /**
     * ISO 3166-1 alpha-2 code.
     *
     * Example: `AU`
     */
    country?: string
    /**
     * First day on which it holds; absent: since ever.
     *
     * Example: `2024-07-01`
     */
    validFrom?: string
    /**
     * Last day on which it holds; absent: until further notice.
     *
     * Example: `2026-06-30`
     */
    validTo?: string
  } | null
  attributes?: { [name: string]: string | number | boolean } | null
}

/** A demand for payment, or a credit note. */
export type NewInvoice = {
  /** The customer that has to pay, named as the source names it. */
  customer?: OrderReference
  /** The account that is billed, named as the source names it. */
  account?: OrderReference
  /** The order it bills, named as the source names it. */
  order?: OrderReference
  /**
   * The invoice number that people use.
   *
   * Example: `INV-2026-0042`
   */
  number?: string
  /**
   * Whether it demands or gives back.
   *
   * Example: `invoice`
   */
  kind?: 'invoice' | 'credit-note'
  /**
   * Where it stands.
   *
   * Example: `open`
   */
  status?: 'draft' | 'open' | 'partly-paid' | 'paid' | 'overdue' | 'disputed' | 'cancelled' | 'written-off'
  /**
   * The date of the invoice.
   *
   * Example: `2026-03-14`
   */
  issuedOn?: string
  /**
   * The day it has to be paid by.
   *
   * Example: `2026-03-28`
   */
  dueOn?: string
  /**
   * The day it was paid in full.
   *
   * Example: `2026-03-20`
   */
  paidOn?: string
  /**
   * First day of what is billed.
   *
   * Example: `2026-02-01`
   */
  periodFrom?: string
  /**
   * Last day of what is billed.
   *
   * Example: `2026-02-28`
   */
  periodTo?: string
  /** The amount without tax. */
  net?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency: string
  }
  /** The tax. */
  tax?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency: string
  }
  /** The amount with tax. */
  total?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency: string
  }
  /** What is still to be paid. */
  balance?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency: string
  }
  /** What it is for, line by line. */
  lines?: {
    /**
     * The line's number or id in its document.
     *
     * Example: `1`
     */
    number?: string
    /** The product, named as the source names it. */
    product?: OrderReference
    /**
     * What the line says.
     *
     * Example: `Cable modem, model 7`
     */
    description?: string
    /**
     * How many units.
     *
     * Example: `2`
     */
    quantity?: string
    /**
     * The unit of the quantity.
     *
     * Example: `piece`
     */
    unit?: string
    /** Price of one unit before tax and discount. */
    unitPrice?: {
      /**
       * The amount as decimal text, in the currency's main unit.
       *
       * Example: `49.90`
       */
      amount: string
      /**
       * ISO 4217 code of the currency.
       *
       * Example: `AUD`
       */
      currency: string
    }
    /**
     * Discount in percent of the price.
     *
     * Example: `5`
     */
    discount?: string
    /** The line's amount without tax. */
    net?: {
      /**
       * The amount as decimal text, in the currency's main unit.
       *
       * Example: `49.90`
       */
      amount: string
      /**
       * ISO 4217 code of the currency.
       *
       * Example: `AUD`
       */
      currency: string
    }
    /** The tax on the line. */
    tax?: {
      /**
       * The amount as decimal text, in the currency's main unit.
       *
       * Example: `49.90`
       */
      amount: string
      /**
       * ISO 4217 code of the currency.
       *
       * Example: `AUD`
       */
      currency: string
    }
    /**
     * Tax in percent.
     *
     * Example: `10`
     */
    taxRate?: string
    /** The line's amount with tax. */
    total?: {
      /**
       * The amount as decimal text, in the currency's main unit.
       *
       * Example: `49.90`
       */
      amount: string
      /**
       * ISO 4217 code of the currency.
       *
       * Example: `AUD`
       */
      currency: string
    }
  }[]
  /** Where it was sent. */
  billingAddress?: {
    /**
     * What the address is for.
     *
     * Example: `home`
     */
    purpose?: 'home' | 'work' | 'billing' | 'shipping' | 'other'
    /**
     * The address as written on an envelope, without city, postal code and country where those have members of their
     * own.
     */
    lines?: string[]
    /**
     * Number of the building, with its letters.
     *
     * Example: `12A`
     */
    houseNumber?: string
    /**
     * Name of the street.
     *
     * Example: `Acacia Avenue`
     */
    street?: string
    /**
     * Flat, floor or suite in the building.
     *
     * Example: `Unit 4`
     */
    unit?: string
    /**
     * Suburb or part of the city.
     *
     * Example: `Ashfield`
     */
    locality?: string
    /**
     * City or town.
     *
     * Example: `Sydney`
     */
    city?: string
    /**
     * State, province or canton: its ISO 3166-2 part where known, else as written.
     *
     * Example: `NSW`
     */
    region?: string
    /**
     * Postal code as the country writes it.
     *
     * Example: `2131`
     */
    postalCode?: string
    /**
     * ISO 3166-1 alpha-2 code.
     *
     * Example: `AU`
     */
    country?: string
    /**
     * First day on which it holds; absent: since ever.
     *
     * Example: `2024-07-01`
     */
    validFrom?: string
    /**
     * Last day on which it holds; absent: until further notice.
     *
     * Example: `2026-06-30`
     */
    validTo?: string
  }
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: { [name: string]: string | number | boolean }
}

/** A demand for payment, or a credit note. */
export type InvoicePatch = {
  customer?: OrderReference | null
  account?: OrderReference | null
  order?: OrderReference | null
  number?: string | null
  kind?: ('invoice' | 'credit-note') | null
  status?: ('draft' | 'open' | 'partly-paid' | 'paid' | 'overdue' | 'disputed' | 'cancelled' | 'written-off') | null
  issuedOn?: string | null
  dueOn?: string | null
  paidOn?: string | null
  periodFrom?: string | null
  periodTo?: string | null
  net?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount?: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency?: string
  } | null
  tax?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount?: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency?: string
  } | null
  total?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount?: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency?: string
  } | null
  balance?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount?: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency?: string
  } | null
  lines?:
    | {
        /**
         * The line's number or id in its document.
         *
         * Example: `1`
         */
        number?: string
        /** The product, named as the source names it. */
        product?: OrderReference
        /**
         * What the line says.
         *
         * Example: `Cable modem, model 7`
         */
        description?: string
        /**
         * How many units.
         *
         * Example: `2`
         */
        quantity?: string
        /**
         * The unit of the quantity.
         *
         * Example: `piece`
         */
        unit?: string
        /** Price of one unit before tax and discount. */
        unitPrice?: {
          /**
           * The amount as decimal text, in the currency's main unit.
           *
           * Example: `49.90`
           */
          amount: string
          /**
           * ISO 4217 code of the currency.
           *
           * Example: `AUD`
           */
          currency: string
        }
        /**
         * Discount in percent of the price.
         *
         * Example: `5`
         */
        discount?: string
        /** The line's amount without tax. */
        net?: {
          /**
           * The amount as decimal text, in the currency's main unit.
           *
           * Example: `49.90`
           */
          amount: string
          /**
           * ISO 4217 code of the currency.
           *
           * Example: `AUD`
           */
          currency: string
        }
        /** The tax on the line. */
        tax?: {
          /**
           * The amount as decimal text, in the currency's main unit.
           *
           * Example: `49.90`
           */
          amount: string
          /**
           * ISO 4217 code of the currency.
           *
           * Example: `AUD`
           */
          currency: string
        }
        /**
         * Tax in percent.
         *
         * Example: `10`
         */
        taxRate?: string
        /** The line's amount with tax. */
        total?: {
          /**
           * The amount as decimal text, in the currency's main unit.
           *
           * Example: `49.90`
           */
          amount: string
          /**
           * ISO 4217 code of the currency.
           *
           * Example: `AUD`
           */
          currency: string
        }
      }[]
    | null
  billingAddress?: {
    /**
     * What the address is for.
     *
     * Example: `home`
     */
    purpose?: 'home' | 'work' | 'billing' | 'shipping' | 'other'
    /**
     * The address as written on an envelope, without city, postal code and country where those have members of their
     * own.
     */
    lines?: string[]
    /**
     * Number of the building, with its letters.
     *
     * Example: `12A`
     */
    houseNumber?: string
    /**
     * Name of the street.
     *
     * Example: `Acacia Avenue`
     */
    street?: string
    /**
     * Flat, floor or suite in the building.
     *
     * Example: `Unit 4`
     */
    unit?: string
    /**
     * Suburb or part of the city.
     *
     * Example: `Ashfield`
     */
    locality?: string
    /**
     * City or town.
     *
     * Example: `Sydney`
     */
    city?: string
    /**
     * State, province or canton: its ISO 3166-2 part where known, else as written.
     *
     * Example: `NSW`
     */
    region?: string
    /**
     * Postal code as the country writes it.
     *
     * Example: `2131`
     */
    postalCode?: string
    /**
     * ISO 3166-1 alpha-2 code.
     *
     * Example: `AU`
     */
    country?: string
    /**
     * First day on which it holds; absent: since ever.
     *
     * Example: `2024-07-01`
     */
    validFrom?: string
    /**
     * Last day on which it holds; absent: until further notice.
     *
     * Example: `2026-06-30`
     */
    validTo?: string
  } | null
  attributes?: { [name: string]: string | number | boolean } | null
}

/** Money that came in from a customer or went back. */
export type NewPayment = {
  /** The customer that paid, named as the source names it. */
  customer?: OrderReference
  /** The account it was booked on, named as the source names it. */
  account?: OrderReference
  /** The invoice it pays, where it is one, named as the source names it. */
  invoice?: OrderReference
  /** How it is shared among several invoices. */
  allocations?: {
    /** The invoice, named as the source names it. */
    invoice: OrderReference
    /** The share. */
    amount: {
      /**
       * The amount as decimal text, in the currency's main unit.
       *
       * Example: `49.90`
       */
      amount: string
      /**
       * ISO 4217 code of the currency.
       *
       * Example: `AUD`
       */
      currency: string
    }
  }[]
  /**
   * The payment's number or the bank's reference.
   *
   * Example: `PAY-88`
   */
  number?: string
  /**
   * From the customer (in) or to the customer (out); absent: in.
   *
   * Example: `in`
   */
  direction?: 'in' | 'out'
  /**
   * Where it stands.
   *
   * Example: `settled`
   */
  status?: 'pending' | 'authorized' | 'settled' | 'failed' | 'refunded' | 'cancelled'
  /**
   * How it is paid.
   *
   * Example: `direct-debit`
   */
  method?: 'card' | 'direct-debit' | 'bank-transfer' | 'cash' | 'cheque' | 'wallet' | 'voucher' | 'other'
  /** How much. */
  amount: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency: string
  }
  /**
   * The day of the payment.
   *
   * Example: `2026-03-14`
   */
  paidOn?: string
  /**
   * The moment of the payment, where the source knows it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  paidAt?: string
  /**
   * What the bank or the payer says about it, or why it failed.
   *
   * Example: `INV-2026-0042`
   */
  reason?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: { [name: string]: string | number | boolean }
}

/** Money that came in from a customer or went back. */
export type PaymentPatch = {
  customer?: OrderReference | null
  account?: OrderReference | null
  invoice?: OrderReference | null
  allocations?:
    | {
        /** The invoice, named as the source names it. */
        invoice: OrderReference
        /** The share. */
        amount: {
          /**
           * The amount as decimal text, in the currency's main unit.
           *
           * Example: `49.90`
           */
          amount: string
          /**
           * ISO 4217 code of the currency.
           *
           * Example: `AUD`
           */
          currency: string
        }
      }[]
    | null
  number?: string | null
  direction?: ('in' | 'out') | null
  status?: ('pending' | 'authorized' | 'settled' | 'failed' | 'refunded' | 'cancelled') | null
  method?: ('card' | 'direct-debit' | 'bank-transfer' | 'cash' | 'cheque' | 'wallet' | 'voucher' | 'other') | null
  amount?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount?: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency?: string
  } | null
  paidOn?: string | null
  paidAt?: string | null
  reason?: string | null
  attributes?: { [name: string]: string | number | boolean } | null
}

/** What a customer has ordered. */
export type NewOrder = {
  /** The customer that ordered, named as the source names it. */
  customer?: OrderReference
  /** The account it is for, named as the source names it. */
  account?: OrderReference
  /** The offer it came from, named as the source names it. */
  offer?: OrderReference
  /**
   * The order number that people use.
   *
   * Example: `O-5001`
   */
  number?: string
  /**
   * Where it stands.
   *
   * Example: `placed`
   */
  status?: 'draft' | 'placed' | 'confirmed' | 'in-progress' | 'shipped' | 'completed' | 'returned' | 'cancelled'
  /**
   * Where it was placed.
   *
   * Example: `web`
   */
  channel?:
    | 'web'
    | 'app'
    | 'phone'
    | 'ivr'
    | 'chat'
    | 'email'
    | 'sms'
    | 'post'
    | 'agent'
    | 'partner'
    | 'store'
    | 'visit'
    | 'social'
    | 'other'
  /**
   * The day it was placed.
   *
   * Example: `2026-03-14`
   */
  orderedOn?: string
  /**
   * The moment it was placed, where the source knows it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  orderedAt?: string
  /**
   * The day the customer wants it by.
   *
   * Example: `2026-03-21`
   */
  requiredOn?: string
  /**
   * The day it left.
   *
   * Example: `2026-03-16`
   */
  shippedOn?: string
  /**
   * The day all of it was delivered.
   *
   * Example: `2026-03-18`
   */
  completedOn?: string
  /** The amount without tax and shipping. */
  net?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency: string
  }
  /** The tax. */
  tax?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency: string
  }
  /** What the delivery costs. */
  shippingCost?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency: string
  }
  /** All that is to be paid. */
  total?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency: string
  }
  /** What is ordered, line by line. */
  lines?: {
    /**
     * The line's number or id in its document.
     *
     * Example: `1`
     */
    number?: string
    /** The product, named as the source names it. */
    product?: OrderReference
    /**
     * What the line says.
     *
     * Example: `Cable modem, model 7`
     */
    description?: string
    /**
     * How many units.
     *
     * Example: `2`
     */
    quantity?: string
    /**
     * The unit of the quantity.
     *
     * Example: `piece`
     */
    unit?: string
    /** Price of one unit before tax and discount. */
    unitPrice?: {
      /**
       * The amount as decimal text, in the currency's main unit.
       *
       * Example: `49.90`
       */
      amount: string
      /**
       * ISO 4217 code of the currency.
       *
       * Example: `AUD`
       */
      currency: string
    }
    /**
     * Discount in percent of the price.
     *
     * Example: `5`
     */
    discount?: string
    /** The line's amount without tax. */
    net?: {
      /**
       * The amount as decimal text, in the currency's main unit.
       *
       * Example: `49.90`
       */
      amount: string
      /**
       * ISO 4217 code of the currency.
       *
       * Example: `AUD`
       */
      currency: string
    }
    /** The tax on the line. */
    tax?: {
      /**
       * The amount as decimal text, in the currency's main unit.
       *
       * Example: `49.90`
       */
      amount: string
      /**
       * ISO 4217 code of the currency.
       *
       * Example: `AUD`
       */
      currency: string
    }
    /**
     * Tax in percent.
     *
     * Example: `10`
     */
    taxRate?: string
    /** The line's amount with tax. */
    total?: {
      /**
       * The amount as decimal text, in the currency's main unit.
       *
       * Example: `49.90`
       */
      amount: string
      /**
       * ISO 4217 code of the currency.
       *
       * Example: `AUD`
       */
      currency: string
    }
  }[]
  /** Where it goes. */
  shippingAddress?: {
    /**
     * What the address is for.
     *
     * Example: `home`
     */
    purpose?: 'home' | 'work' | 'billing' | 'shipping' | 'other'
    /**
     * The address as written on an envelope, without city, postal code and country where those have members of their
     * own.
     */
    lines?: string[]
    /**
     * Number of the building, with its letters.
     *
     * Example: `12A`
     */
    houseNumber?: string
    /**
     * Name of the street.
     *
     * Example: `Acacia Avenue`
     */
    street?: string
    /**
     * Flat, floor or suite in the building.
     *
     * Example: `Unit 4`
     */
    unit?: string
    /**
     * Suburb or part of the city.
     *
     * Example: `Ashfield`
     */
    locality?: string
    /**
     * City or town.
     *
     * Example: `Sydney`
     */
    city?: string
    /**
     * State, province or canton: its ISO 3166-2 part where known, else as written.
     *
     * Example: `NSW`
     */
    region?: string
    /**
     * Postal code as the country writes it.
     *
     * Example: `2131`
     */
    postalCode?: string
    /**
     * ISO 3166-1 alpha-2 code.
     *
     * Example: `AU`
     */
    country?: string
    /**
     * First day on which it holds; absent: since ever.
     *
     * Example: `2024-07-01`
     */
    validFrom?: string
    /**
     * Last day on which it holds; absent: until further notice.
     *
     * Example: `2026-06-30`
     */
    validTo?: string
  }
  /** Where the invoice goes. */
  billingAddress?: {
    /**
     * What the address is for.
     *
     * Example: `home`
     */
    purpose?: 'home' | 'work' | 'billing' | 'shipping' | 'other'
    /**
     * The address as written on an envelope, without city, postal code and country where those have members of their
     * own.
     */
    lines?: string[]
    /**
     * Number of the building, with its letters.
     *
     * Example: `12A`
     */
    houseNumber?: string
    /**
     * Name of the street.
     *
     * Example: `Acacia Avenue`
     */
    street?: string
    /**
     * Flat, floor or suite in the building.
     *
     * Example: `Unit 4`
     */
    unit?: string
    /**
     * Suburb or part of the city.
     *
     * Example: `Ashfield`
     */
    locality?: string
    /**
     * City or town.
     *
     * Example: `Sydney`
     */
    city?: string
    /**
     * State, province or canton: its ISO 3166-2 part where known, else as written.
     *
     * Example: `NSW`
     */
    region?: string
    /**
     * Postal code as the country writes it.
     *
     * Example: `2131`
     */
    postalCode?: string
    /**
     * ISO 3166-1 alpha-2 code.
     *
     * Example: `AU`
     */
    country?: string
    /**
     * First day on which it holds; absent: since ever.
     *
     * Example: `2024-07-01`
     */
    validFrom?: string
    /**
     * Last day on which it holds; absent: until further notice.
     *
     * Example: `2026-06-30`
     */
    validTo?: string
  }
  /**
   * Who takes delivery, where it is not the customer.
   *
   * Example: `Wattle Networks, front desk`
   */
  recipient?: string
  /**
   * Who delivers it.
   *
   * Example: `Speedy Express`
   */
  carrier?: string
  /**
   * The carrier's number of the parcel.
   *
   * Example: `SE123456789AU`
   */
  trackingNumber?: string
  /**
   * Who took it, as the source names them.
   *
   * Example: `j.lee`
   */
  agent?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: { [name: string]: string | number | boolean }
}

/** What a customer has ordered. */
export type OrderPatch = {
  customer?: OrderReference | null
  account?: OrderReference | null
  offer?: OrderReference | null
  number?: string | null
  status?:
    ('draft' | 'placed' | 'confirmed' | 'in-progress' | 'shipped' | 'completed' | 'returned' | 'cancelled') | null
  channel?:
    | (
        | 'web'
        | 'app'
        | 'phone'
        | 'ivr'
        | 'chat'
        | 'email'
        | 'sms'
        | 'post'
        | 'agent'
        | 'partner'
        | 'store'
        | 'visit'
        | 'social'
        | 'other'
      )
    | null
  orderedOn?: string | null
  orderedAt?: string | null
  requiredOn?: string | null
  shippedOn?: string | null
  completedOn?: string | null
  net?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount?: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency?: string
  } | null
  tax?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount?: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency?: string
  } | null
  shippingCost?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount?: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency?: string
  } | null
  total?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount?: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency?: string
  } | null
  lines?:
    | {
        /**
         * The line's number or id in its document.
         *
         * Example: `1`
         */
        number?: string
        /** The product, named as the source names it. */
        product?: OrderReference
        /**
         * What the line says.
         *
         * Example: `Cable modem, model 7`
         */
        description?: string
        /**
         * How many units.
         *
         * Example: `2`
         */
        quantity?: string
        /**
         * The unit of the quantity.
         *
         * Example: `piece`
         */
        unit?: string
        /** Price of one unit before tax and discount. */
        unitPrice?: {
          /**
           * The amount as decimal text, in the currency's main unit.
           *
           * Example: `49.90`
           */
          amount: string
          /**
           * ISO 4217 code of the currency.
           *
           * Example: `AUD`
           */
          currency: string
        }
        /**
         * Discount in percent of the price.
         *
         * Example: `5`
         */
        discount?: string
        /** The line's amount without tax. */
        net?: {
          /**
           * The amount as decimal text, in the currency's main unit.
           *
           * Example: `49.90`
           */
          amount: string
          /**
           * ISO 4217 code of the currency.
           *
           * Example: `AUD`
           */
          currency: string
        }
        /** The tax on the line. */
        tax?: {
          /**
           * The amount as decimal text, in the currency's main unit.
           *
           * Example: `49.90`
           */
          amount: string
          /**
           * ISO 4217 code of the currency.
           *
           * Example: `AUD`
           */
          currency: string
        }
        /**
         * Tax in percent.
         *
         * Example: `10`
         */
        taxRate?: string
        /** The line's amount with tax. */
        total?: {
          /**
           * The amount as decimal text, in the currency's main unit.
           *
           * Example: `49.90`
           */
          amount: string
          /**
           * ISO 4217 code of the currency.
           *
           * Example: `AUD`
           */
          currency: string
        }
      }[]
    | null
  shippingAddress?: {
    /**
     * What the address is for.
     *
     * Example: `home`
     */
    purpose?: 'home' | 'work' | 'billing' | 'shipping' | 'other'
    /**
     * The address as written on an envelope, without city, postal code and country where those have members of their
     * own.
     */
    lines?: string[]
    /**
     * Number of the building, with its letters.
     *
     * Example: `12A`
     */
    houseNumber?: string
    /**
     * Name of the street.
     *
     * Example: `Acacia Avenue`
     */
    street?: string
    /**
     * Flat, floor or suite in the building.
     *
     * Example: `Unit 4`
     */
    unit?: string
    /**
     * Suburb or part of the city.
     *
     * Example: `Ashfield`
     */
    locality?: string
    /**
     * City or town.
     *
     * Example: `Sydney`
     */
    city?: string
    /**
     * State, province or canton: its ISO 3166-2 part where known, else as written.
     *
     * Example: `NSW`
     */
    region?: string
    /**
     * Postal code as the country writes it.
     *
     * Example: `2131`
     */
    postalCode?: string
    /**
     * ISO 3166-1 alpha-2 code.
     *
     * Example: `AU`
     */
    country?: string
    /**
     * First day on which it holds; absent: since ever.
     *
     * Example: `2024-07-01`
     */
    validFrom?: string
    /**
     * Last day on which it holds; absent: until further notice.
     *
     * Example: `2026-06-30`
     */
    validTo?: string
  } | null
  billingAddress?: {
    /**
     * What the address is for.
     *
     * Example: `home`
     */
    purpose?: 'home' | 'work' | 'billing' | 'shipping' | 'other'
    /**
     * The address as written on an envelope, without city, postal code and country where those have members of their
     * own.
     */
    lines?: string[]
    /**
     * Number of the building, with its letters.
     *
     * Example: `12A`
     */
    houseNumber?: string
    /**
     * Name of the street.
     *
     * Example: `Acacia Avenue`
     */
    street?: string
    /**
     * Flat, floor or suite in the building.
     *
     * Example: `Unit 4`
     */
    unit?: string
    /**
     * Suburb or part of the city.
     *
     * Example: `Ashfield`
     */
    locality?: string
    /**
     * City or town.
     *
     * Example: `Sydney`
     */
    city?: string
    /**
     * State, province or canton: its ISO 3166-2 part where known, else as written.
     *
     * Example: `NSW`
     */
    region?: string
    /**
     * Postal code as the country writes it.
     *
     * Example: `2131`
     */
    postalCode?: string
    /**
     * ISO 3166-1 alpha-2 code.
     *
     * Example: `AU`
     */
    country?: string
    /**
     * First day on which it holds; absent: since ever.
     *
     * Example: `2024-07-01`
     */
    validFrom?: string
    /**
     * Last day on which it holds; absent: until further notice.
     *
     * Example: `2026-06-30`
     */
    validTo?: string
  } | null
  recipient?: string | null
  carrier?: string | null
  trackingNumber?: string | null
  agent?: string | null
  attributes?: { [name: string]: string | number | boolean } | null
}

/** What the company sells, rents out or lends: goods, services, plans, devices. */
export type NewProduct = {
  /**
   * The product number or SKU that people use.
   *
   * Example: `MODEM-7`
   */
  number?: string
  /**
   * What it is called.
   *
   * Example: `Cable modem, model 7`
   */
  name: string
  /**
   * What it is.
   *
   * Example: `A cable modem with four ports.`
   */
  description?: string
  /**
   * What kind of product it is.
   *
   * Example: `good`
   */
  kind?: 'good' | 'device' | 'service' | 'plan' | 'bundle' | 'other'
  /**
   * The group it belongs to, as the source names it.
   *
   * Example: `Modems`
   */
  category?: string
  /**
   * The maker's brand.
   *
   * Example: `Wattle`
   */
  brand?: string
  /**
   * Whether it can be had.
   *
   * Example: `active`
   */
  status?: 'planned' | 'active' | 'discontinued' | 'withdrawn'
  /**
   * Global trade item number, 8, 12, 13 or 14 digits.
   *
   * Example: `4006381333931`
   */
  gtin?: string
  /**
   * The unit it is sold in.
   *
   * Example: `piece`
   */
  unit?: string
  /** The list price of one unit. */
  price?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency: string
  }
  /**
   * How often the price is due; absent: once.
   *
   * Example: `month`
   */
  priceInterval?: 'once' | 'day' | 'week' | 'month' | 'quarter' | 'year'
  /**
   * Tax in percent.
   *
   * Example: `10`
   */
  taxRate?: string
  /** Who supplies it, named as the source names it. */
  supplier?: OrderReference
  /** What a bundle is made of. */
  components?: {
    /** The product, named as the source names it. */
    product: OrderReference
    /**
     * How many of it.
     *
     * Example: `1`
     */
    quantity?: string
  }[]
  /**
   * First day on which it can be had.
   *
   * Example: `2026-03-14`
   */
  validFrom?: string
  /**
   * Last day on which it can be had.
   *
   * Example: `2027-12-31`
   */
  validTo?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: { [name: string]: string | number | boolean }
}

/** What the company sells, rents out or lends: goods, services, plans, devices. */
export type ProductPatch = {
  number?: string | null
  name?: string | null
  description?: string | null
  kind?: ('good' | 'device' | 'service' | 'plan' | 'bundle' | 'other') | null
  category?: string | null
  brand?: string | null
  status?: ('planned' | 'active' | 'discontinued' | 'withdrawn') | null
  gtin?: string | null
  unit?: string | null
  price?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount?: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency?: string
  } | null
  priceInterval?: ('once' | 'day' | 'week' | 'month' | 'quarter' | 'year') | null
  taxRate?: string | null
  supplier?: OrderReference | null
  components?:
    | {
        /** The product, named as the source names it. */
        product: OrderReference
        /**
         * How many of it.
         *
         * Example: `1`
         */
        quantity?: string
      }[]
    | null
  validFrom?: string | null
  validTo?: string | null
  attributes?: { [name: string]: string | number | boolean } | null
}

/** How much of a product there is in one place. */
export type NewStockLevel = {
  /** The product, named as the source names it. */
  product: OrderReference
  /** The warehouse, shop or van. */
  location?: {
    /**
     * Its code in the source.
     *
     * Example: `SYD-1`
     */
    code: string
    /**
     * What it is called.
     *
     * Example: `Sydney warehouse`
     */
    name?: string
  }
  /**
   * Units that are there; negative: more was booked out than in.
   *
   * Example: `40`
   */
  onHand?: string
  /**
   * Units that are there but promised.
   *
   * Example: `6`
   */
  reserved?: string
  /**
   * Units that can be promised.
   *
   * Example: `34`
   */
  available?: string
  /**
   * Units that are on their way.
   *
   * Example: `100`
   */
  onOrder?: string
  /**
   * Where new ones are ordered.
   *
   * Example: `20`
   */
  reorderPoint?: string
  /**
   * The unit of the quantities.
   *
   * Example: `piece`
   */
  unit?: string
  /**
   * When the figures were right.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  countedAt?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: { [name: string]: string | number | boolean }
}

/** How much of a product there is in one place. */
export type StockLevelPatch = {
  product?: OrderReference | null
  location?: {
    /**
     * Its code in the source.
     *
     * Example: `SYD-1`
     */
    code?: string
    /**
     * What it is called.
     *
     * Example: `Sydney warehouse`
     */
    name?: string
  } | null
  onHand?: string | null
  reserved?: string | null
  available?: string | null
  onOrder?: string | null
  reorderPoint?: string | null
  unit?: string | null
  countedAt?: string | null
  attributes?: { [name: string]: string | number | boolean } | null
}

/** Something a customer wants settled: a question, a fault, a complaint. */
export type NewCase = {
  /** The customer whose case it is, named as the source names it. */
  customer?: OrderReference
  /** The account it is about, named as the source names it. */
  account?: OrderReference
  /** The product it is about, named as the source names it. */
  product?: OrderReference
  /** The order it is about, named as the source names it. */
  order?: OrderReference
  /** The invoice it is about, named as the source names it. */
  invoice?: OrderReference
  /**
   * The case number that people use.
   *
   * Example: `CS-900`
   */
  number?: string
  /**
   * What it is about, in a line.
   *
   * Example: `No signal since Monday`
   */
  subject?: string
  /**
   * What the customer says.
   *
   * Example: `The modem has shown a red light since Monday.`
   */
  description?: string
  /**
   * What sort of case it is.
   *
   * Example: `question`
   */
  kind?: 'question' | 'problem' | 'complaint' | 'request' | 'task' | 'other'
  /**
   * Where it stands.
   *
   * Example: `open`
   */
  status?: 'new' | 'open' | 'waiting' | 'resolved' | 'closed' | 'cancelled'
  /**
   * How soon it has to be settled.
   *
   * Example: `high`
   */
  priority?: 'low' | 'normal' | 'high' | 'urgent'
  /**
   * Where it came in.
   *
   * Example: `phone`
   */
  channel?:
    | 'web'
    | 'app'
    | 'phone'
    | 'ivr'
    | 'chat'
    | 'email'
    | 'sms'
    | 'post'
    | 'agent'
    | 'partner'
    | 'store'
    | 'visit'
    | 'social'
    | 'other'
  /**
   * Who works on it, as the source names them.
   *
   * Example: `j.lee`
   */
  assignee?: string
  /**
   * When it was opened.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  openedAt?: string
  /**
   * When it has to be settled.
   *
   * Example: `2026-03-16T09:26:53Z`
   */
  dueAt?: string
  /**
   * When it was settled.
   *
   * Example: `2026-03-15T10:00:00Z`
   */
  resolvedAt?: string
  /**
   * When it was closed.
   *
   * Example: `2026-03-20T10:00:00Z`
   */
  closedAt?: string
  /**
   * How it was settled.
   *
   * Example: `Modem exchanged.`
   */
  resolution?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: { [name: string]: string | number | boolean }
}

/** Something a customer wants settled: a question, a fault, a complaint. */
export type CasePatch = {
  customer?: OrderReference | null
  account?: OrderReference | null
  product?: OrderReference | null
  order?: OrderReference | null
  invoice?: OrderReference | null
  number?: string | null
  subject?: string | null
  description?: string | null
  kind?: ('question' | 'problem' | 'complaint' | 'request' | 'task' | 'other') | null
  status?: ('new' | 'open' | 'waiting' | 'resolved' | 'closed' | 'cancelled') | null
  priority?: ('low' | 'normal' | 'high' | 'urgent') | null
  channel?:
    | (
        | 'web'
        | 'app'
        | 'phone'
        | 'ivr'
        | 'chat'
        | 'email'
        | 'sms'
        | 'post'
        | 'agent'
        | 'partner'
        | 'store'
        | 'visit'
        | 'social'
        | 'other'
      )
    | null
  assignee?: string | null
  openedAt?: string | null
  dueAt?: string | null
  resolvedAt?: string | null
  closedAt?: string | null
  resolution?: string | null
  attributes?: { [name: string]: string | number | boolean } | null
}

/** One contact with a customer, on any channel. */
export type NewInteraction = {
  /** The customer it was with, named as the source names it. */
  customer?: OrderReference
  /** The account it was about, named as the source names it. */
  account?: OrderReference
  /** The case it was about, named as the source names it. */
  case?: OrderReference
  /** The order it was about, named as the source names it. */
  order?: OrderReference
  /**
   * Where it took place.
   *
   * Example: `phone`
   */
  channel:
    | 'web'
    | 'app'
    | 'phone'
    | 'ivr'
    | 'chat'
    | 'email'
    | 'sms'
    | 'post'
    | 'agent'
    | 'partner'
    | 'store'
    | 'visit'
    | 'social'
    | 'other'
  /**
   * Who began it: the customer (inbound) or the company (outbound).
   *
   * Example: `inbound`
   */
  direction?: 'inbound' | 'outbound' | 'internal'
  /**
   * How it went.
   *
   * Example: `completed`
   */
  status?: 'planned' | 'ongoing' | 'completed' | 'missed' | 'failed' | 'cancelled'
  /**
   * When it began.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  at?: string
  /**
   * When it ended.
   *
   * Example: `2026-03-14T09:31:53Z`
   */
  endedAt?: string
  /**
   * How long it took, in seconds.
   *
   * Example: `300`
   */
  durationSeconds?: number
  /**
   * What it was about, in a line.
   *
   * Example: `Asked about the bill`
   */
  subject?: string
  /**
   * What was said.
   *
   * Example: `Explained the second line of the February invoice.`
   */
  summary?: string
  /**
   * What came of it, as the source names it.
   *
   * Example: `answered`
   */
  outcome?: string
  /**
   * Who spoke for the company, as the source names them.
   *
   * Example: `j.lee`
   */
  agent?: string
  /**
   * The number or address it came from.
   *
   * Example: `+61255501234`
   */
  from?: string
  /**
   * The number or address it went to.
   *
   * Example: `+61299990000`
   */
  to?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: { [name: string]: string | number | boolean }
}

/** One contact with a customer, on any channel. */
export type InteractionPatch = {
  customer?: OrderReference | null
  account?: OrderReference | null
  case?: OrderReference | null
  order?: OrderReference | null
  channel?:
    | (
        | 'web'
        | 'app'
        | 'phone'
        | 'ivr'
        | 'chat'
        | 'email'
        | 'sms'
        | 'post'
        | 'agent'
        | 'partner'
        | 'store'
        | 'visit'
        | 'social'
        | 'other'
      )
    | null
  direction?: ('inbound' | 'outbound' | 'internal') | null
  status?: ('planned' | 'ongoing' | 'completed' | 'missed' | 'failed' | 'cancelled') | null
  at?: string | null
  endedAt?: string | null
  durationSeconds?: number | null
  subject?: string | null
  summary?: string | null
  outcome?: string | null
  agent?: string | null
  from?: string | null
  to?: string | null
  attributes?: { [name: string]: string | number | boolean } | null
}

/** What a customer has allowed or refused, as a record of its own with its evidence. */
export type NewConsent = {
  /** The customer who said it, named as the source names it. */
  customer?: OrderReference
  /**
   * What it is for.
   *
   * Example: `marketing`
   */
  purpose: string
  /**
   * The channel it speaks of; absent or `any`: all of them.
   *
   * Example: `email`
   */
  channel?: 'email' | 'phone' | 'sms' | 'post' | 'chat' | 'app' | 'any'
  /**
   * What the customer said.
   *
   * Example: `granted`
   */
  state: 'granted' | 'denied' | 'withdrawn'
  /**
   * When the customer said it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  at?: string
  /**
   * When it ends by itself.
   *
   * Example: `2028-03-14T09:26:53Z`
   */
  expiresAt?: string
  /**
   * What allows it in law (GDPR article 6).
   *
   * Example: `consent`
   */
  legalBasis?: 'consent' | 'contract' | 'legal-obligation' | 'vital-interest' | 'public-task' | 'legitimate-interest'
  /**
   * Where it was given: a form, a page, an agent.
   *
   * Example: `web sign-up form`
   */
  collectedBy?: string
  /**
   * What the customer was asked, or the name and revision of that text.
   *
   * Example: `newsletter-2026-01`
   */
  wording?: string
  /**
   * Where the proof is kept.
   *
   * Example: `archive:calls/2026/03/14/093000`
   */
  evidence?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: { [name: string]: string | number | boolean }
}

/** What a customer has allowed or refused, as a record of its own with its evidence. */
export type ConsentPatch = {
  customer?: OrderReference | null
  purpose?: string | null
  channel?: ('email' | 'phone' | 'sms' | 'post' | 'chat' | 'app' | 'any') | null
  state?: ('granted' | 'denied' | 'withdrawn') | null
  at?: string | null
  expiresAt?: string | null
  legalBasis?:
    ('consent' | 'contract' | 'legal-obligation' | 'vital-interest' | 'public-task' | 'legitimate-interest') | null
  collectedBy?: string | null
  wording?: string | null
  evidence?: string | null
  attributes?: { [name: string]: string | number | boolean } | null
}

/** What the company proposes to a customer. */
export type NewOffer = {
  /** The customer it is made to, named as the source names it. */
  customer?: OrderReference
  /** The account it is for, named as the source names it. */
  account?: OrderReference
  /** The product offered, where it is one, named as the source names it. */
  product?: OrderReference
  /**
   * The offer number that people use.
   *
   * Example: `OF-3`
   */
  number?: string
  /**
   * What it is called.
   *
   * Example: `Faster home internet`
   */
  name?: string
  /**
   * What is offered.
   *
   * Example: `100 Mbit/s for the price of 50.`
   */
  description?: string
  /**
   * Where it stands.
   *
   * Example: `presented`
   */
  status?: 'draft' | 'presented' | 'accepted' | 'declined' | 'expired' | 'withdrawn'
  /**
   * Where it was made.
   *
   * Example: `web`
   */
  channel?:
    | 'web'
    | 'app'
    | 'phone'
    | 'ivr'
    | 'chat'
    | 'email'
    | 'sms'
    | 'post'
    | 'agent'
    | 'partner'
    | 'store'
    | 'visit'
    | 'social'
    | 'other'
  /**
   * The campaign it belongs to.
   *
   * Example: `autumn-2026`
   */
  campaign?: string
  /** What it costs. */
  price?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency: string
  }
  /**
   * How often the price is due; absent: once.
   *
   * Example: `month`
   */
  priceInterval?: 'once' | 'day' | 'week' | 'month' | 'quarter' | 'year'
  /**
   * Discount in percent of the list price.
   *
   * Example: `15`
   */
  discount?: string
  /** What is offered, line by line. */
  lines?: {
    /**
     * The line's number or id in its document.
     *
     * Example: `1`
     */
    number?: string
    /** The product, named as the source names it. */
    product?: OrderReference
    /**
     * What the line says.
     *
     * Example: `Cable modem, model 7`
     */
    description?: string
    /**
     * How many units.
     *
     * Example: `2`
     */
    quantity?: string
    /**
     * The unit of the quantity.
     *
     * Example: `piece`
     */
    unit?: string
    /** Price of one unit before tax and discount. */
    unitPrice?: {
      /**
       * The amount as decimal text, in the currency's main unit.
       *
       * Example: `49.90`
       */
      amount: string
      /**
       * ISO 4217 code of the currency.
       *
       * Example: `AUD`
       */
      currency: string
    }
    /**
     * Discount in percent of the price.
     *
     * Example: `5`
     */
    discount?: string
    /** The line's amount without tax. */
    net?: {
      /**
       * The amount as decimal text, in the currency's main unit.
       *
       * Example: `49.90`
       */
      amount: string
      /**
       * ISO 4217 code of the currency.
       *
       * Example: `AUD`
       */
      currency: string
    }
    /** The tax on the line. */
    tax?: {
      /**
       * The amount as decimal text, in the currency's main unit.
       *
       * Example: `49.90`
       */
      amount: string
      /**
       * ISO 4217 code of the currency.
       *
       * Example: `AUD`
       */
      currency: string
    }
    /**
     * Tax in percent.
     *
     * Example: `10`
     */
    taxRate?: string
    /** The line's amount with tax. */
    total?: {
      /**
       * The amount as decimal text, in the currency's main unit.
       *
       * Example: `49.90`
       */
      amount: string
      /**
       * ISO 4217 code of the currency.
       *
       * Example: `AUD`
       */
      currency: string
    }
  }[]
  /**
   * First day on which it can be taken.
   *
   * Example: `2026-03-14`
   */
  validFrom?: string
  /**
   * Last day on which it can be taken.
   *
   * Example: `2026-04-30`
   */
  validTo?: string
  /**
   * When the customer got it.
   *
   * Example: `2026-03-14T09:26:53Z`
   */
  presentedAt?: string
  /**
   * When the customer took or declined it.
   *
   * Example: `2026-03-20T10:00:00Z`
   */
  answeredAt?: string
  /**
   * Why it was declined or withdrawn.
   *
   * Example: `moved away`
   */
  reason?: string
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: { [name: string]: string | number | boolean }
}

/** What the company proposes to a customer. */
export type OfferPatch = {
  customer?: OrderReference | null
  account?: OrderReference | null
  product?: OrderReference | null
  number?: string | null
  name?: string | null
  description?: string | null
  status?: ('draft' | 'presented' | 'accepted' | 'declined' | 'expired' | 'withdrawn') | null
  channel?:
    | (
        | 'web'
        | 'app'
        | 'phone'
        | 'ivr'
        | 'chat'
        | 'email'
        | 'sms'
        | 'post'
        | 'agent'
        | 'partner'
        | 'store'
        | 'visit'
        | 'social'
        | 'other'
      )
    | null
  campaign?: string | null
  price?: {
    /**
     * The amount as decimal text, in the currency's main unit.
     *
     * Example: `49.90`
     */
    amount?: string
    /**
     * ISO 4217 code of the currency.
     *
     * Example: `AUD`
     */
    currency?: string
  } | null
  priceInterval?: ('once' | 'day' | 'week' | 'month' | 'quarter' | 'year') | null
  discount?: string | null
  lines?:
    | {
        /**
         * The line's number or id in its document.
         *
         * Example: `1`
         */
        number?: string
        /** The product, named as the source names it. */
        product?: OrderReference
        /**
         * What the line says.
         *
         * Example: `Cable modem, model 7`
         */
        description?: string
        /**
         * How many units.
         *
         * Example: `2`
         */
        quantity?: string
        /**
         * The unit of the quantity.
         *
         * Example: `piece`
         */
        unit?: string
        /** Price of one unit before tax and discount. */
        unitPrice?: {
          /**
           * The amount as decimal text, in the currency's main unit.
           *
           * Example: `49.90`
           */
          amount: string
          /**
           * ISO 4217 code of the currency.
           *
           * Example: `AUD`
           */
          currency: string
        }
        /**
         * Discount in percent of the price.
         *
         * Example: `5`
         */
        discount?: string
        /** The line's amount without tax. */
        net?: {
          /**
           * The amount as decimal text, in the currency's main unit.
           *
           * Example: `49.90`
           */
          amount: string
          /**
           * ISO 4217 code of the currency.
           *
           * Example: `AUD`
           */
          currency: string
        }
        /** The tax on the line. */
        tax?: {
          /**
           * The amount as decimal text, in the currency's main unit.
           *
           * Example: `49.90`
           */
          amount: string
          /**
           * ISO 4217 code of the currency.
           *
           * Example: `AUD`
           */
          currency: string
        }
        /**
         * Tax in percent.
         *
         * Example: `10`
         */
        taxRate?: string
        /** The line's amount with tax. */
        total?: {
          /**
           * The amount as decimal text, in the currency's main unit.
           *
           * Example: `49.90`
           */
          amount: string
          /**
           * ISO 4217 code of the currency.
           *
           * Example: `AUD`
           */
          currency: string
        }
      }[]
    | null
  validFrom?: string | null
  validTo?: string | null
  presentedAt?: string | null
  answeredAt?: string | null
  reason?: string | null
  attributes?: { [name: string]: string | number | boolean } | null
}

/** RFC 9457. Some codes bring further members. */
export type Problem = {
  /** `urn:omnihub:problem:<code>` */
  type: string
  title: string
  status: number
  /** What is wrong, for people. */
  detail: string
  /** What is wrong, for programs. */
  code: string
  /** Where: a JSON pointer into the body, `?name` of a parameter or `{name}` of the path. */
  pointer?: string
  /** What to do about it. */
  fix?: string
  retryAfterMs?: number
  /** Each fault of a request that has several, at most 100. */
  errors?: {
    code?: string
    pointer?: string
    detail?: string
    fix?: string
  }[]
  requestId: string
}
