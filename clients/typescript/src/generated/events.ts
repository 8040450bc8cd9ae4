// Generated from the OpenAPI document of the hub by `npm run docs`. Change the operation, not this file.
import type {
  Address,
  Attributes,
  CanonicalDate,
  Code,
  CurrencyCode,
  Customer,
  DateTime,
  Decimal,
  Line,
  Money,
  Reference,
} from './schemas.ts'

/** What a customer holds with the company: the thing that is billed or served. */
export type EventRecordAccount = {
  /** The hub's id of the record. */
  id: string
  /** The customer that holds it, named as the source names it. */
  customer?: Reference
  /** The account above this one, named as the source names it. */
  parent?: Reference
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
  /** When its source changed it. */
  updatedAt: string
  /** The record that it was made of. */
  source: {
    system: string
    entity: string
    key: string
  }
}

/** A demand for payment, or a credit note. */
export type EventRecordInvoice = {
  /** The hub's id of the record. */
  id: string
  /** The customer that has to pay, named as the source names it. */
  customer?: Reference
  /** The account that is billed, named as the source names it. */
  account?: Reference
  /** The order it bills, named as the source names it. */
  order?: Reference
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
  lines?: Line[]
  /** Where it was sent. */
  billingAddress?: Address
  /**
   * Extension fields of this workspace: names with scalar values. A workspace describes its own in
   * schemas/<entity>.extension.json.
   */
  attributes?: Attributes
  /** When its source changed it. */
  updatedAt: string
  /** The record that it was made of. */
  source: {
    system: string
    entity: string
    key: string
  }
}

/** Money that came in from a customer or went back. */
export type EventRecordPayment = {
  /** The hub's id of the record. */
  id: string
  /** The customer that paid, named as the source names it. */
  customer?: Reference
  /** The account it was booked on, named as the source names it. */
  account?: Reference
  /** The invoice it pays, where it is one, named as the source names it. */
  invoice?: Reference
  /** How it is shared among several invoices. */
  allocations?: {
    /** The invoice, named as the source names it. */
    invoice: Reference
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
  /** When its source changed it. */
  updatedAt: string
  /** The record that it was made of. */
  source: {
    system: string
    entity: string
    key: string
  }
}

/** What a customer has ordered. */
export type EventRecordOrder = {
  /** The hub's id of the record. */
  id: string
  /** The customer that ordered, named as the source names it. */
  customer?: Reference
  /** The account it is for, named as the source names it. */
  account?: Reference
  /** The offer it came from, named as the source names it. */
  offer?: Reference
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
  lines?: Line[]
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
  /** When its source changed it. */
  updatedAt: string
  /** The record that it was made of. */
  source: {
    system: string
    entity: string
    key: string
  }
}

/** What the company sells, rents out or lends: goods, services, plans, devices. */
export type EventRecordProduct = {
  /** The hub's id of the record. */
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
  supplier?: Reference
  /** What a bundle is made of. */
  components?: {
    /** The product, named as the source names it. */
    product: Reference
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
  /** When its source changed it. */
  updatedAt: string
  /** The record that it was made of. */
  source: {
    system: string
    entity: string
    key: string
  }
}

/** How much of a product there is in one place. */
export type EventRecordStockLevel = {
  /** The hub's id of the record. */
  id: string
  /** The product, named as the source names it. */
  product: Reference
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
  /** When its source changed it. */
  updatedAt: string
  /** The record that it was made of. */
  source: {
    system: string
    entity: string
    key: string
  }
}

/** Something a customer wants settled: a question, a fault, a complaint. */
export type EventRecordCase = {
  /** The hub's id of the record. */
  id: string
  /** The customer whose case it is, named as the source names it. */
  customer?: Reference
  /** The account it is about, named as the source names it. */
  account?: Reference
  /** The product it is about, named as the source names it. */
  product?: Reference
  /** The order it is about, named as the source names it. */
  order?: Reference
  /** The invoice it is about, named as the source names it. */
  invoice?: Reference
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
  /** When its source changed it. */
  updatedAt: string
  /** The record that it was made of. */
  source: {
    system: string
    entity: string
    key: string
  }
}

/** One contact with a customer, on any channel. */
export type EventRecordInteraction = {
  /** The hub's id of the record. */
  id: string
  /** The customer it was with, named as the source names it. */
  customer?: Reference
  /** The account it was about, named as the source names it. */
  account?: Reference
  /** The case it was about, named as the source names it. */
  case?: Reference
  /** The order it was about, named as the source names it. */
  order?: Reference
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
  /** When its source changed it. */
  updatedAt: string
  /** The record that it was made of. */
  source: {
    system: string
    entity: string
    key: string
  }
}

/** What a customer has allowed or refused, as a record of its own with its evidence. */
export type EventRecordConsent = {
  /** The hub's id of the record. */
  id: string
  /** The customer who said it, named as the source names it. */
  customer?: Reference
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
  /** When its source changed it. */
  updatedAt: string
  /** The record that it was made of. */
  source: {
    system: string
    entity: string
    key: string
  }
}

/** What the company proposes to a customer. */
export type EventRecordOffer = {
  /** The hub's id of the record. */
  id: string
  /** The customer it is made to, named as the source names it. */
  customer?: Reference
  /** The account it is for, named as the source names it. */
  account?: Reference
  /** The product offered, where it is one, named as the source names it. */
  product?: Reference
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
  lines?: Line[]
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
  /** When its source changed it. */
  updatedAt: string
  /** The record that it was made of. */
  source: {
    system: string
    entity: string
    key: string
  }
}

/** A customer is new. */
export type EventCustomerCreated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'customer.created'
  /** Customer id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The version of the customer. */
  sequence?: string
  sequencetype?: 'Integer'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    customer?: Customer
  }
}

/** The golden record of a customer has a new version. */
export type EventCustomerUpdated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'customer.updated'
  /** Customer id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The version of the customer. */
  sequence?: string
  sequencetype?: 'Integer'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    customer?: Customer
    /** Paths that differ from the version before: `name.given`, `emails`. */
    changed?: string[]
  }
}

/** Two customers turned out to be one. */
export type EventCustomerJoined = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'customer.joined'
  /** Id of the customer that survives. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The version of the customer. */
  sequence?: string
  sequencetype?: 'Integer'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    customer?: Customer
    /** The customer that was taken in. */
    joined?: string
    /** The customer that survives. */
    into?: string
  }
}

/** A part of a customer turned out to be somebody else. */
export type EventCustomerSplit = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'customer.split'
  /** Id of the customer that was split. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The version of the customer. */
  sequence?: string
  sequencetype?: 'Integer'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    customer?: Customer
    /** The customer that was split. */
    from?: string
    /** The part that left. */
    into?: string
  }
}

/** A customer was erased: whoever holds data of it has to delete it too. It passes every filter. */
export type EventCustomerErased = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'customer.erased'
  /** Customer id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The version of the customer. */
  sequence?: string
  sequencetype?: 'Integer'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    /** Id of the erasure. */
    erasure?: string
    /** The customer and all that had been joined into it. */
    customers?: string[]
    /** When. */
    erasedAt?: string
    /** Records of systems that are to be deleted and not confirmed yet: `system`, `entity`, `key`. */
    references?: {
      system: string
      entity: string
      key: string
    }[]
    /**
     * Records of other entities, at most 1000: `entity`, `id` (of the hub) and `fate`, erased or
     * kept-without-person.
     */
    records?: {
      entity: string
      id: string
      fate: string
    }[]
  }
}

/** A record of the entity account is new. */
export type EventAccountCreated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'account.created'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    account?: EventRecordAccount
  }
}

/** A record of the entity account has changed. */
export type EventAccountUpdated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'account.updated'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    account?: EventRecordAccount
  }
}

/** A record of the entity account was deleted. */
export type EventAccountDeleted = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'account.deleted'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    account?: EventRecordAccount
  }
}

/** A record of the entity invoice is new. */
export type EventInvoiceCreated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'invoice.created'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    invoice?: EventRecordInvoice
  }
}

/** A record of the entity invoice has changed. */
export type EventInvoiceUpdated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'invoice.updated'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    invoice?: EventRecordInvoice
  }
}

/** A record of the entity invoice was deleted. */
export type EventInvoiceDeleted = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'invoice.deleted'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    invoice?: EventRecordInvoice
  }
}

/** A record of the entity payment is new. */
export type EventPaymentCreated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'payment.created'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    payment?: EventRecordPayment
  }
}

/** A record of the entity payment has changed. */
export type EventPaymentUpdated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'payment.updated'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    payment?: EventRecordPayment
  }
}

/** A record of the entity payment was deleted. */
export type EventPaymentDeleted = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'payment.deleted'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    payment?: EventRecordPayment
  }
}

/** A record of the entity order is new. */
export type EventOrderCreated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'order.created'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    order?: EventRecordOrder
  }
}

/** A record of the entity order has changed. */
export type EventOrderUpdated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'order.updated'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    order?: EventRecordOrder
  }
}

/** A record of the entity order was deleted. */
export type EventOrderDeleted = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'order.deleted'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    order?: EventRecordOrder
  }
}

/** A record of the entity product is new. */
export type EventProductCreated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'product.created'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    product?: EventRecordProduct
  }
}

/** A record of the entity product has changed. */
export type EventProductUpdated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'product.updated'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    product?: EventRecordProduct
  }
}

/** A record of the entity product was deleted. */
export type EventProductDeleted = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'product.deleted'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    product?: EventRecordProduct
  }
}

/** A record of the entity stock-level is new. */
export type EventStockLevelCreated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'stock-level.created'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    'stock-level'?: EventRecordStockLevel
  }
}

/** A record of the entity stock-level has changed. */
export type EventStockLevelUpdated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'stock-level.updated'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    'stock-level'?: EventRecordStockLevel
  }
}

/** A record of the entity stock-level was deleted. */
export type EventStockLevelDeleted = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'stock-level.deleted'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    'stock-level'?: EventRecordStockLevel
  }
}

/** A record of the entity case is new. */
export type EventCaseCreated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'case.created'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    case?: EventRecordCase
  }
}

/** A record of the entity case has changed. */
export type EventCaseUpdated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'case.updated'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    case?: EventRecordCase
  }
}

/** A record of the entity case was deleted. */
export type EventCaseDeleted = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'case.deleted'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    case?: EventRecordCase
  }
}

/** A record of the entity interaction is new. */
export type EventInteractionCreated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'interaction.created'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    interaction?: EventRecordInteraction
  }
}

/** A record of the entity interaction has changed. */
export type EventInteractionUpdated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'interaction.updated'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    interaction?: EventRecordInteraction
  }
}

/** A record of the entity interaction was deleted. */
export type EventInteractionDeleted = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'interaction.deleted'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    interaction?: EventRecordInteraction
  }
}

/** A record of the entity consent is new. */
export type EventConsentCreated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'consent.created'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    consent?: EventRecordConsent
  }
}

/** A record of the entity consent has changed. */
export type EventConsentUpdated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'consent.updated'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    consent?: EventRecordConsent
  }
}

/** A record of the entity consent was deleted. */
export type EventConsentDeleted = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'consent.deleted'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    consent?: EventRecordConsent
  }
}

/** A record of the entity offer is new. */
export type EventOfferCreated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'offer.created'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    offer?: EventRecordOffer
  }
}

/** A record of the entity offer has changed. */
export type EventOfferUpdated = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'offer.updated'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    offer?: EventRecordOffer
  }
}

/** A record of the entity offer was deleted. */
export type EventOfferDeleted = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'offer.deleted'
  /** Record id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    offer?: EventRecordOffer
  }
}

/** The hub has disabled a webhook subscription; its events wait until it is active again. */
export type EventSubscriptionDisabled = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'subscription.disabled'
  /** Subscription id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    /** The subscription: `id`, `owner` (id of its API key), `host`, and `reason`. */
    subscription?: {
      id: string
      owner?: string
      host?: string
      reason?: string
    }
  }
}

/** One event could not be delivered to a webhook that otherwise works, and is not tried again. */
export type EventSubscriptionEventFailed = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'subscription.event-failed'
  /** Subscription id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    /** The subscription: `id`, `owner` (id of its API key), `host`, and `reason`. */
    subscription?: {
      id: string
      owner?: string
      host?: string
      reason?: string
    }
    /** The event: `id`, `type`, `number`. */
    event?: {
      id: string
      type?: string
      number?: number
    }
  }
}

/** Sent on request, to try a webhook out. */
export type EventSubscriptionTest = {
  specversion: '1.0'
  /** The same when the event comes again. */
  id: string
  source: '/omnihub'
  type: 'subscription.test'
  /** Subscription id. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The customer that it is about, where there is one. */
  customerid?: string
  data: {
    /** The subscription: its `id`. */
    subscription?: {
      id: string
      owner?: string
      host?: string
      reason?: string
    }
  }
}

/** Every kind of event, by its type. */
export type EventsByType = {
  'customer.created': EventCustomerCreated
  'customer.updated': EventCustomerUpdated
  'customer.joined': EventCustomerJoined
  'customer.split': EventCustomerSplit
  'customer.erased': EventCustomerErased
  'account.created': EventAccountCreated
  'account.updated': EventAccountUpdated
  'account.deleted': EventAccountDeleted
  'invoice.created': EventInvoiceCreated
  'invoice.updated': EventInvoiceUpdated
  'invoice.deleted': EventInvoiceDeleted
  'payment.created': EventPaymentCreated
  'payment.updated': EventPaymentUpdated
  'payment.deleted': EventPaymentDeleted
  'order.created': EventOrderCreated
  'order.updated': EventOrderUpdated
  'order.deleted': EventOrderDeleted
  'product.created': EventProductCreated
  'product.updated': EventProductUpdated
  'product.deleted': EventProductDeleted
  'stock-level.created': EventStockLevelCreated
  'stock-level.updated': EventStockLevelUpdated
  'stock-level.deleted': EventStockLevelDeleted
  'case.created': EventCaseCreated
  'case.updated': EventCaseUpdated
  'case.deleted': EventCaseDeleted
  'interaction.created': EventInteractionCreated
  'interaction.updated': EventInteractionUpdated
  'interaction.deleted': EventInteractionDeleted
  'consent.created': EventConsentCreated
  'consent.updated': EventConsentUpdated
  'consent.deleted': EventConsentDeleted
  'offer.created': EventOfferCreated
  'offer.updated': EventOfferUpdated
  'offer.deleted': EventOfferDeleted
  'subscription.disabled': EventSubscriptionDisabled
  'subscription.event-failed': EventSubscriptionEventFailed
  'subscription.test': EventSubscriptionTest
}

export type EventType = keyof EventsByType

/** Any event of the hub: `type` tells which. */
export type OmnihubEvent = EventsByType[EventType]
