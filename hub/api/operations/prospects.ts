import type { JsonObject } from '../../contracts/json.ts'
import { IDEMPOTENCY_KEY } from '../rest/idempotent.ts'
import { operation } from './operation.ts'

const ANSWER: JsonObject = {
  allOf: [
    { $ref: '#/components/schemas/customer' },
    {
      type: 'object',
      required: ['matched'],
      properties: {
        matched: {
          type: 'boolean',
          description: 'The hub knew this customer already; what was sent is joined with it.',
        },
      },
    },
  ],
}
const HEADERS = {
  etag: 'Of the version that stands now.',
  'idempotency-replayed': '`true`: the request was carried out before, with the same Idempotency-Key.',
} as const

export const createCustomerOperation = operation({
  id: 'createCustomer',
  method: 'POST',
  path: '/v1/customers',
  tag: 'Customers',
  summary: 'Note a prospect',
  description:
    'Somebody who is no customer yet: a customer of the status `prospect`, of whom the hub itself is the system of record. The same person is noted once: who comes again, through whatever channel, with an e-mail address, a phone number or an identifier that the hub knows answers with the same id (200, `matched`), and so does who is found to be a customer already. What is said again replaces what was said, lists grow. When a system of record gets the person, the id stays, and what the system says outranks what the hub noted, the status first. All is done when the answer comes.',
  permission: 'customers.edit',
  edits: 'customer',
  personal: true,
  headers: IDEMPOTENCY_KEY,
  body: {
    description:
      'The person or organization, as the schema of customers has it, without what the hub adds (`id`, `version`, ...). At least one of `name`, `organization`, `emails`, `phones`, `identifiers` and `addresses`.',
    types: ['application/json'],
    schema: {
      type: 'object',
      required: ['kind'],
      properties: {
        kind: { type: 'string', enum: ['person', 'organization'] },
        status: { type: 'string', enum: ['prospect'] },
      },
    },
    told: {
      allOf: [
        { $ref: '#/components/schemas/new-customer' },
        { type: 'object', required: ['kind'], properties: { status: { type: 'string', enum: ['prospect'] } } },
      ],
    },
  },
  answers: {
    200: {
      description: 'The hub knew this customer already: here it is, with what was sent.',
      schema: ANSWER,
      headers: { ...HEADERS, 'content-location': 'Where the customer is.' },
    },
    201: {
      description: 'A new prospect.',
      schema: ANSWER,
      headers: { ...HEADERS, location: 'Where the prospect is.' },
    },
    422: {
      description:
        'It would break the schema of customers, says nothing of anybody, has another status, a rule refuses it, or the Idempotency-Key came with another request.',
    },
  },
})

export const PROSPECT_OPERATIONS = [createCustomerOperation]
