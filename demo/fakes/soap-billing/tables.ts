/** The records of the billing service, as its WSDL has them, in the order of their elements. */

/** Whole numbers up to 2^53 and decimals may also be given as text, which is how they are kept exactly. */
export type Value = string | number | boolean | null | readonly Record<string, string>[]
export type Row = Record<string, Value>

export interface Field {
  name: string
  type:
    | 'string'
    | 'boolean'
    | 'short'
    | 'int'
    | 'long'
    | 'decimal'
    | 'double'
    | 'date'
    | 'dateTime'
    | 'base64Binary'
    | 'lines'
  nillable?: boolean
  /** Of a text, in characters. */
  max?: number
  /** Whether a new record needs it. */
  required?: boolean
  /** Kept by the service itself; ignored in what is put. */
  own?: boolean
}

export interface Table {
  /** `Account`: operations are ListAccounts, GetAccount, PutAccount. */
  name: string
  plural: string
  /** Element of one record. */
  element: string
  /** Element around a list of them. */
  elements: string
  key: string
  fields: readonly Field[]
  /** Entries of registers: every request names its register, and records may have elements that the WSDL does not name. */
  registered?: boolean
}

const OWN: readonly Field[] = [
  { name: 'changed_at', type: 'dateTime', own: true },
  { name: 'version', type: 'long', own: true },
  { name: 'last_request', type: 'string', nillable: true, own: true },
]

const text = (name: string, more: Partial<Field> = {}): Field => ({ name, type: 'string', ...more })

export const TABLES: readonly Table[] = [
  {
    name: 'Account',
    plural: 'Accounts',
    element: 'account',
    elements: 'accounts',
    key: 'account_no',
    fields: [
      text('account_no', { required: true }),
      text('customer_type', { required: true }),
      text('full_name', { required: true }),
      text('addr_line1', { nillable: true }),
      text('addr_line2', { nillable: true }),
      text('addr_line3', { nillable: true }),
      text('phone', { nillable: true }),
      text('email', { nillable: true }),
      text('state_code', { required: true }),
      { name: 'opened', type: 'dateTime' },
      { name: 'closed', type: 'dateTime', nillable: true },
      ...OWN,
    ],
  },
  {
    name: 'CreditStanding',
    plural: 'CreditStandings',
    element: 'credit_standing',
    elements: 'credit_standings',
    key: 'account_no',
    fields: [
      text('account_no', { required: true }),
      text('standing', { required: true }),
      { name: 'balance_cents', type: 'int' },
      { name: 'credit_limit', type: 'decimal' },
      text('currency'),
      text('pay_method'),
      { name: 'terms_days', type: 'short' },
      { name: 'dunning_level', type: 'short' },
      ...OWN,
    ],
  },
  {
    name: 'Invoice',
    plural: 'Invoices',
    element: 'invoice',
    elements: 'invoices',
    key: 'invoice_no',
    fields: [
      { name: 'invoice_no', type: 'long', required: true },
      text('account_no', { required: true }),
      text('doc_type'),
      { name: 'issued', type: 'dateTime' },
      { name: 'due', type: 'date', required: true },
      { name: 'period_from', type: 'date', nillable: true },
      { name: 'period_to', type: 'date', nillable: true },
      { name: 'net_cents', type: 'int' },
      { name: 'vat_cents', type: 'int' },
      { name: 'total_cents', type: 'int' },
      { name: 'open_cents', type: 'int' },
      text('currency'),
      text('state'),
      { name: 'exchange_rate', type: 'decimal' },
      { name: 'discount_percent', type: 'double' },
      { name: 'e_bill', type: 'boolean' },
      { name: 'accepted_at', type: 'dateTime', nillable: true },
      { name: 'lines', type: 'lines' },
      { name: 'document', type: 'base64Binary', nillable: true },
      ...OWN,
    ],
  },
  {
    name: 'Payment',
    plural: 'Payments',
    element: 'payment',
    elements: 'payments',
    key: 'payment_id',
    fields: [
      { name: 'payment_id', type: 'long', required: true },
      text('account_no', { required: true }),
      { name: 'invoice_no', type: 'long', nillable: true },
      { name: 'amount', type: 'decimal', required: true },
      text('currency'),
      text('method', { required: true }),
      text('state'),
      text('reference', { nillable: true, max: 40 }),
      { name: 'paid', type: 'dateTime' },
      ...OWN,
    ],
  },
  {
    name: 'Entry',
    plural: 'Entries',
    element: 'entry',
    elements: 'entries',
    key: 'id',
    registered: true,
    fields: [
      text('id', { required: true }),
      text('name', { nillable: true }),
      text('note', { nillable: true }),
      { name: 'amount', type: 'int' },
      ...OWN,
    ],
  },
]
