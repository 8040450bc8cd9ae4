import type { JsonObject } from '../../contracts/json.ts'
import { COLLECTIONS } from './entities.ts'
import { operation } from './operation.ts'
import { CUSTOMER_ID, FIELDS, KEY_LOOKUP, LANE, NOTE, PAGE, pageSchema } from './shared.ts'

const TAG = 'Customers'
const CUSTOMER: JsonObject = { $ref: '#/components/schemas/customer' }
const NOT_THERE = {
  404: { description: 'There is no such customer.' },
  410: { description: 'The customer was erased.' },
} as const
const SURVIVOR =
  'An id that was joined into another customer answers with that one; the header Content-Location then names it.'

/** What `include` can bring with a customer. */
export const INCLUDES = [
  'accounts',
  'invoices',
  'payments',
  'orders',
  'cases',
  'interactions',
  'consents',
  'offers',
] as const

/** A customer with what `include` brings. */
const WITH_RECORDS: JsonObject = {
  allOf: [
    CUSTOMER,
    {
      type: 'object',
      properties: Object.fromEntries(
        // A customer has `consents` of its own, whose form stays told.
        INCLUDES.filter((name) => name !== 'consents').map((name) => [
          name,
          { type: 'array', items: { $ref: `#/components/schemas/${COLLECTIONS[name]}` }, maxItems: 100 },
        ]),
      ),
    },
  ],
}

export const getCustomerOperation = operation({
  id: 'getCustomer',
  method: 'GET',
  path: '/v1/customers/{id}',
  tag: TAG,
  summary: 'One customer',
  description: `The golden record: what all systems together say of the customer. ${SURVIVOR}`,
  permission: 'records.read',
  personal: true,
  params: CUSTOMER_ID,
  query: {
    include: {
      type: 'string',
      list: true,
      enum: INCLUDES,
      description:
        'Records to bring along, as members of these names: at most the first 100 of each. `consents` come in the place of the customer’s own.',
    },
    ...FIELDS,
  },
  headers: {
    'if-none-match': { description: 'ETag of the version that you have: answered with 304 while it is the newest.' },
  },
  answers: {
    200: { description: 'The customer.', schema: WITH_RECORDS, headers: { etag: 'Changes with each version.' } },
    304: { description: 'You have the newest version.' },
    ...NOT_THERE,
  },
})

export const listCustomersOperation = operation({
  id: 'listCustomers',
  method: 'GET',
  path: '/v1/customers',
  tag: TAG,
  summary: 'Find customers',
  description:
    'By a record (`system` and `key`), by `email`, by `phone`, or by words (`q`): one of these ways, or none for all customers. In the order of their ids.',
  permission: 'records.read',
  personal: true,
  query: {
    ...KEY_LOOKUP,
    email: {
      type: 'string',
      maxLength: 254,
      description: 'An e-mail address, in any case.',
      searches: ['emails.address'],
    },
    phone: {
      type: 'string',
      maxLength: 32,
      description: 'A phone number with its country code: `+61255501234`.',
      example: '+61255501234',
      searches: ['phones.number'],
    },
    q: {
      type: 'string',
      maxLength: 200,
      description: 'Beginnings of words of names, company names, towns and customer numbers; all must be there.',
      example: 'smith wagga',
      searches: ['name', 'organization', 'addresses.city', 'identifiers.value'],
    },
    ...FIELDS,
    ...PAGE,
  },
  answers: { 200: { description: 'A page of customers.', schema: pageSchema(CUSTOMER) } },
})

const RECORD: JsonObject = {
  type: 'object',
  properties: {
    system: { type: 'string' },
    entity: { type: 'string' },
    key: { type: 'string' },
    sequence: { type: ['string', 'null'] },
    changeId: { type: 'string' },
    changedAt: { type: 'string', format: 'date-time' },
    mappingRevision: { type: ['integer', 'null'] },
    raw: { type: ['object', 'null'], description: 'As the system sent it.' },
    document: { type: ['object', 'null'], description: 'As its mapping made it.' },
    fieldTimes: {
      type: ['object', 'null'],
      description: 'With write-back: when its fields were said, by path; `*`: all others. null: all at `changedAt`.',
    },
    enriched: {
      type: ['object', 'null'],
      description: 'Fields that rules added to what the mapping made: `rule#revision` by path.',
    },
  },
}

export const getProvenanceOperation = operation({
  id: 'getCustomerProvenance',
  method: 'GET',
  path: '/v1/customers/{id}/provenance',
  tag: TAG,
  summary: 'Where each value comes from',
  description: `For each field: the value, the record it comes from, the rule that chose it, who agrees, and the values that lost. ${SURVIVOR}`,
  permission: 'records.read',
  personal: true,
  params: CUSTOMER_ID,
  answers: {
    200: {
      description: 'By field path: `name.given`, `emails[0]`, ...',
      schema: {
        type: 'object',
        properties: {
          customer: { type: 'string' },
          version: { type: 'integer' },
          fields: {
            type: 'object',
            additionalProperties: {
              type: 'object',
              properties: {
                value: {},
                source: { type: ['object', 'null'], description: "null: a steward's value." },
                rule: { type: 'string' },
                agreeing: { type: 'array', items: { type: 'object' } },
                losers: { type: 'array', items: { type: 'object' } },
                override: { type: 'object' },
                madeBy: {
                  type: 'object',
                  description: 'The rule that added the value to the record.',
                  properties: { rule: { type: 'string' }, revision: { type: 'integer' } },
                },
              },
            },
          },
        },
      },
    },
    ...NOT_THERE,
  },
})

export const getSourcesOperation = operation({
  id: 'getCustomerSources',
  method: 'GET',
  path: '/v1/customers/{id}/sources',
  tag: TAG,
  summary: 'The records behind a customer',
  description: `Each record of a system that belongs to the customer, raw and as its mapping made it. ${SURVIVOR}`,
  permission: 'records.read',
  personal: true,
  params: CUSTOMER_ID,
  answers: {
    200: {
      description: 'The records, by system, entity and key.',
      schema: {
        type: 'object',
        properties: { customer: { type: 'string' }, records: { type: 'array', items: RECORD } },
      },
    },
    ...NOT_THERE,
  },
})

export const getHistoryOperation = operation({
  id: 'getCustomerHistory',
  method: 'GET',
  path: '/v1/customers/{id}/history',
  tag: TAG,
  summary: 'Versions of a customer',
  description: 'Newest first. A joined id shows its own versions.',
  permission: 'records.read',
  personal: true,
  params: CUSTOMER_ID,
  query: PAGE,
  answers: {
    200: {
      description: 'A page of versions.',
      schema: pageSchema({
        type: 'object',
        properties: {
          version: { type: 'integer' },
          at: { type: 'string', format: 'date-time' },
          cause: { type: 'string', enum: ['created', 'changed', 'joined', 'closed', 'reopened'] },
          changed: { type: 'array', items: { type: 'string' }, description: 'Paths of the fields that changed.' },
          customer: CUSTOMER,
        },
      }),
    },
    ...NOT_THERE,
  },
})

export const getTimelineOperation = operation({
  id: 'getCustomerTimeline',
  method: 'GET',
  path: '/v1/customers/{id}/timeline',
  tag: TAG,
  summary: 'Everything that happened to a customer',
  description: `Events of the customer, of those joined into it and of its records (invoices, orders, cases, ...), newest first, as CloudEvents. ${SURVIVOR}`,
  permission: 'records.read',
  personal: true,
  params: CUSTOMER_ID,
  query: PAGE,
  answers: { 200: { description: 'A page of events.', schema: pageSchema({ type: 'object' }) }, ...NOT_THERE },
})

export const joinCustomersOperation = operation({
  id: 'joinCustomers',
  method: 'POST',
  path: '/v1/customers/{id}/join',
  tag: TAG,
  summary: 'Join two customers',
  description:
    'A steward says that both are the same. The older id survives, the other keeps pointing to it. The decision outranks every score; a split undoes it.',
  permission: 'customers.decide',
  params: CUSTOMER_ID,
  body: {
    description: 'The other customer.',
    types: ['application/json'],
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['with'],
      properties: {
        with: { type: 'string', pattern: '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$' },
        note: NOTE,
      },
    },
  },
  answers: {
    200: {
      description: 'Joined.',
      schema: { type: 'object', properties: { survivor: { type: 'string' }, customer: CUSTOMER } },
    },
    404: { description: 'There is no such customer.' },
    410: { description: 'A customer was erased.' },
    409: { description: 'They are one already, or an earlier decision stands against it.' },
  },
})

export const splitCustomerOperation = operation({
  id: 'splitCustomer',
  method: 'POST',
  path: '/v1/customers/{id}/split',
  tag: TAG,
  summary: 'Split a customer',
  description:
    'A steward says that some records do not belong to the customer. They become the customer that they were before, or a new one. A join undoes it.',
  permission: 'customers.decide',
  params: CUSTOMER_ID,
  body: {
    description: 'The records to take out.',
    types: ['application/json'],
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['records'],
      properties: { records: { type: 'array', minItems: 1, maxItems: 2000, items: LANE }, note: NOTE },
    },
  },
  answers: {
    200: {
      description: 'Split.',
      schema: {
        type: 'object',
        properties: { remaining: { type: 'string' }, separated: { type: 'array', items: { type: 'string' } } },
      },
    },
    404: { description: 'There is no such customer.' },
    410: { description: 'A customer was erased.' },
    409: { description: 'An earlier decision stands against it.' },
    422: { description: 'A record does not belong to the customer, or nothing would be left.' },
  },
})

export const CUSTOMERS_OPERATIONS = [
  listCustomersOperation,
  getCustomerOperation,
  getProvenanceOperation,
  getSourcesOperation,
  getHistoryOperation,
  getTimelineOperation,
  joinCustomersOperation,
  splitCustomerOperation,
]
