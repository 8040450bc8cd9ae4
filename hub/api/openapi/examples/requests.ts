import type { Json } from '../../../contracts/json.ts'
import { EXAMPLE, etagOf } from './values.ts'

/** A request to show, which a test sends to a real hub. What is absent is made of the operation's declaration. */
export interface RequestExample {
  /** What it does, in a few words; absent: the operation's summary. */
  title?: string
  path?: Readonly<Record<string, string>>
  query?: Readonly<Record<string, string>>
  headers?: Readonly<Record<string, string>>
  contentType?: string
  /** A text is sent as it is, anything else as JSON. */
  body?: Json
  /** What it is answered with; absent: the first answer below 300. */
  status?: number
}

const CUSTOMER = { customer: EXAMPLE.customer }
const CONTACT = {
  Id: '003A1',
  FirstName: 'Mary',
  LastName: 'Smith',
  Email: 'mary.smith@example.com',
  Phone: '+61255501234',
}

const CUSTOMERS: Readonly<Record<string, readonly RequestExample[]>> = {
  listCustomers: [
    { title: 'Who is calling?', query: { phone: '+61255501234' } },
    { title: 'By words, only what a list shows', query: { q: 'smith wagga', limit: '10' } },
    { title: 'By the number that a system has', query: { system: 'crm', key: '003A1' } },
  ],
  getCustomer: [
    { title: 'The customer' },
    { title: 'With what hangs on it', query: { include: 'accounts,invoices,cases' } },
    { title: 'Only when it is newer than mine', headers: { 'if-none-match': etagOf(EXAMPLE.customer) }, status: 304 },
  ],
  createCustomer: [
    {
      title: 'Somebody asks for an offer',
      body: { kind: 'person', name: { given: 'Nia', family: 'Jones' }, emails: [{ address: 'nia.jones@example.com' }] },
      status: 201,
    },
  ],
  changeContactData: [
    {
      title: 'Another e-mail address, by phone',
      body: {
        channel: 'phone',
        verified: true,
        changes: [{ op: 'add', member: 'emails', item: { address: 'mary@example.org', purpose: 'home' } }],
      },
    },
  ],
  getCustomerHistory: [{ query: { limit: '5' } }],
  getCustomerTimeline: [{ query: { limit: '5' } }],
  joinCustomers: [{ body: { with: EXAMPLE.otherCustomer, note: 'Same person, moved house.' } }],
  splitCustomer: [{ body: { records: [{ system: 'crm', entity: 'Contact', key: '003A1' }], note: 'Father and son.' } }],
  editCustomer: [{ body: { preferredChannel: 'sms', emails: [{ address: 'mary@example.com', primary: true }] } }],
}

/** What is to change, in a new record of each kind. */
const EDITS: Readonly<Record<string, readonly RequestExample[]>> = {
  editAccount: [{ body: { status: 'suspended' } }],
  editInvoice: [{ body: { status: 'disputed' } }],
  editPayment: [{ body: { status: 'failed' } }],
  editOrder: [{ body: { status: 'cancelled' } }],
  editProduct: [{ body: { name: 'Home internet 200' } }],
  editStockLevel: [{ body: { onHand: '11' } }],
  editCase: [{ body: { status: 'closed' } }],
  editInteraction: [{ body: { summary: 'Called back: solved.' } }],
  editConsent: [{ body: { state: 'withdrawn' } }],
  editOffer: [{ body: { status: 'accepted' } }],
}

const CHANNELS: Readonly<Record<string, readonly RequestExample[]>> = {
  createOrder: [
    {
      body: {
        customer: { id: EXAMPLE.customer },
        status: 'placed',
        lines: [
          {
            number: '1',
            product: { id: EXAMPLE.products },
            quantity: '2',
            unitPrice: { amount: '49.90', currency: 'GBP' },
          },
        ],
      },
    },
  ],
  payInvoice: [
    {
      body: { amount: { amount: '54.89', currency: 'AUD' }, method: 'card', channel: 'web' },
      headers: { 'idempotency-key': 'checkout-4711' },
    },
  ],
  listInvoices: [{ title: "A customer's invoices", query: CUSTOMER }],
  decide: [
    {
      title: 'Whether to remind of an invoice, and why',
      body: {
        input: { status: 'overdue', dueOn: '2026-03-01', balance: { amount: '89.90', currency: 'AUD' } },
        at: '2026-03-23T10:00:00+11:00',
        trace: true,
      },
    },
    {
      title: 'With a customer of whom the hub knows the rest',
      path: { rule: 'preferred-channel' },
      body: { input: { customer: { id: EXAMPLE.customer }, purpose: 'billing' } },
    },
  ],
  followEvents: [{ query: { type: 'customer.*,invoice.created', after: '0' } }],
  createSubscription: [
    {
      body: {
        url: 'https://hooks.example.com/omnihub',
        types: ['customer.*', 'invoice.created'],
        description: 'Mailing list',
      },
    },
  ],
  editSubscription: [{ title: 'Hold events back', body: { state: 'paused' } }],
  replaySubscription: [{ title: 'All that is kept, again', body: { after: 0 } }],
  sendChanges: [
    {
      title: 'One record of a system',
      contentType: 'application/cloudevents+json',
      body: {
        specversion: '1.0',
        id: '4711',
        source: '/systems/crm',
        type: 'omnihub.change.upserted',
        subject: 'Contact/003A1',
        time: '2026-03-14T09:26:53Z',
        data: CONTACT,
      },
    },
  ],
}

const MAPPING = `source: Contact
target: customer
key: Id
fields:
  kind: { constant: person }
  status: { constant: active }
  name.given: FirstName
  name.family: LastName
  emails:
    - { address: { from: Email, convert: email }, purpose: { constant: home } }
  phones:
    - { number: { from: Phone, convert: phone }, purpose: { constant: mobile } }
`

const RULE = `name: free-delivery
title: Free delivery
sentence: Whether an order is delivered for nothing.
input:
  type: object
  required: [total]
  properties: { total: { type: number, minimum: 0 } }
output:
  type: object
  required: [free]
  properties: { free: { type: boolean } }
`

/** As the Zen editor saves it. */
const GRAPH = {
  contentType: 'application/vnd.gorules.decision',
  nodes: [
    { id: 'in', type: 'inputNode', name: 'Input', content: {} },
    {
      id: 'threshold',
      type: 'expressionNode',
      name: 'From 50 on',
      content: { expressions: [{ id: 'free', key: 'free', value: 'total >= 50' }] },
    },
    { id: 'out', type: 'outputNode', name: 'Output', content: {} },
  ],
  edges: [
    { id: 'e1', type: 'edge', sourceId: 'in', targetId: 'threshold' },
    { id: 'e2', type: 'edge', sourceId: 'threshold', targetId: 'out' },
  ],
}
const FREE_DELIVERY = { rule: 'free-delivery', revision: '1' }

const ENVELOPE = `<?xml version="1.0"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Header>
    <wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">
      <wsse:UsernameToken>
        <wsse:Username>web shop</wsse:Username>
        <wsse:Password>omni_k3x9w2m7p4qa_secret</wsse:Password>
      </wsse:UsernameToken>
    </wsse:Security>
  </soap:Header>
  <soap:Body>
    <FindCustomers xmlns="urn:omnihub:customers:1"><phone>+61255501234</phone></FindCustomers>
  </soap:Body>
</soap:Envelope>
`

const ADMINS: Readonly<Record<string, readonly RequestExample[]>> = {
  streamCrossReferences: [{ query: { system: 'crm' } }],
  replayAllParked: [{ body: { system: 'crm' } }],
  editParked: [{ body: { data: CONTACT, revision: 0 } }],
  previewMapping: [{ body: { revision: 1, records: 10 } }],
  checkRule: [{ body: { revision: 1 } }],
  shadowRule: [{ body: { revision: 1, decisions: 100 } }],
  decideMatch: [
    {
      body: {
        a: { system: 'crm', entity: 'Contact', key: '003A1' },
        b: { system: 'billing', entity: 'Account', key: 'A-77' },
        kind: 'must-join',
        note: 'She said so on the phone.',
      },
    },
  ],
  draftMapping: [{ body: { document: MAPPING, note: 'Mobile numbers.' } }],
  draftRule: [{ path: { rule: 'free-delivery' }, body: { envelope: RULE, graph: GRAPH } }],
  publishRule: [{ path: FREE_DELIVERY }],
  getRuleRevision: [{ path: FREE_DELIVERY }],
  describeSoapService: [{ query: { wsdl: '' } }],
  callSoapService: [{ contentType: 'text/xml', body: ENVELOPE }],
  startImport: [
    {
      query: { system: 'crm', entity: 'Contact' },
      contentType: 'application/x-ndjson',
      body: `${JSON.stringify(CONTACT)}\n${JSON.stringify({ ...CONTACT, Id: '003A9', FirstName: 'Max', Email: 'max@example.com' })}\n`,
    },
  ],
  createKey: [{ body: { name: 'web shop', role: 'channel' } }],
}

/** By operationId. */
export const REQUESTS: Readonly<Record<string, readonly RequestExample[]>> = {
  ...CUSTOMERS,
  ...EDITS,
  ...CHANNELS,
  ...ADMINS,
}
