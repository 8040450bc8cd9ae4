import type { JsonObject } from '../../contracts/json.ts'
import { WRITE_STATES } from '../../store/write-back-queries.ts'
import { operation } from './operation.ts'
import { CUSTOMER_ID, NOTE, PAGE, pageSchema } from './shared.ts'

const CUSTOMER: JsonObject = { $ref: '#/components/schemas/customer' }
/** `idle` rows have nothing to do and are in no list. */
const STATES = WRITE_STATES.slice(1)

const STATE_PROPERTIES: JsonObject = {
  system: { type: 'string' },
  entity: { type: 'string' },
  key: { type: 'string' },
  state: { type: 'string', enum: [...WRITE_STATES] },
  fields: { type: 'array', items: { type: 'string' }, description: 'Fields of the customer that are on their way.' },
}

export const WRITE_BACK_STATE: JsonObject = { type: 'object', properties: STATE_PROPERTIES }

const ENTRY_PROPERTIES: JsonObject = {
  no: { type: 'integer' },
  ...STATE_PROPERTIES,
  waitingSince: { type: ['string', 'null'], format: 'date-time' },
  attempts: { type: 'integer' },
  nextAttemptAt: { type: ['string', 'null'], format: 'date-time' },
  problem: { type: ['object', 'null'], description: 'What went wrong last: code, message, fix, at, fields.' },
}

const DETAILS: JsonObject = {
  type: 'object',
  properties: {
    customer: { type: ['string', 'null'] },
    ...ENTRY_PROPERTIES,
    wanted: {
      type: 'array',
      items: { type: 'object' },
      description: 'What the hub wants: field, value, and when it was said.',
    },
    conflict: {
      type: ['object', 'null'],
      description:
        'Native values: `fields` that the hub wants to write, what it `expected` to find, and the `current` record (null: deleted).',
    },
  },
}

export const editCustomerOperation = operation({
  id: 'editCustomer',
  method: 'PATCH',
  path: '/v1/customers/{id}',
  tag: 'Customers',
  summary: 'Edit a customer',
  description:
    'A JSON Merge Patch (RFC 7396): members replace, null empties, lists are replaced whole. The golden record shows the new values at once, and they are written back to every system that holds these fields and takes them from the hub. An edit counts until a system changes the same field itself; a steward’s decision outranks it.',
  permission: 'customers.edit',
  edits: 'customer',
  params: CUSTOMER_ID,
  headers: {
    'if-match': { description: 'ETag of the customer as you read it (without `include`). Needed.' },
    'idempotency-key': {
      description: 'The same key with the same request is one edit and gets the same answer, for a day.',
    },
  },
  body: {
    description: 'What is to change.',
    types: ['application/merge-patch+json'],
    schema: { type: 'object' },
  },
  answers: {
    200: {
      description: 'Edited. `writeBack` says what is on its way to which system.',
      schema: {
        allOf: [
          CUSTOMER,
          {
            type: 'object',
            properties: { writeBack: { type: 'array', items: { type: 'object', properties: STATE_PROPERTIES } } },
          },
        ],
      },
      headers: { etag: 'Of the new version.' },
    },
    404: { description: 'There is no such customer.' },
    409: { description: 'A steward has decided on the field, or the customer has no records any more.' },
    410: { description: 'The customer was erased.' },
    412: { description: 'The customer has changed since.' },
    422: { description: 'The customer would break its schema; the pointer names the first fault.' },
    428: { description: 'If-Match is missing.' },
  },
})

export const getCustomerWriteBacksOperation = operation({
  id: 'getCustomerWriteBacks',
  method: 'GET',
  path: '/v1/customers/{id}/write-backs',
  tag: 'Customers',
  summary: 'What is on its way to systems',
  description:
    'For each record of the customer to which the hub has something to write: which fields, and how far it is.',
  permission: 'records.read',
  personal: true,
  params: CUSTOMER_ID,
  answers: {
    200: {
      description: 'Records that have all that they are to have are left out.',
      schema: {
        type: 'object',
        properties: {
          customer: { type: 'string' },
          items: { type: 'array', items: { type: 'object', properties: ENTRY_PROPERTIES } },
        },
      },
    },
    404: { description: 'There is no such customer.' },
    410: { description: 'The customer was erased.' },
  },
})

const NO = {
  no: { type: 'integer', minimum: 1, description: 'Number of the write-back, as the list has it.' },
} as const
const NOT_THERE = {
  404: { description: 'There is nothing to write with this number (any more).' },
  409: { description: 'It is in another state meanwhile.' },
} as const

export const listWriteBacksOperation = operation({
  id: 'listWriteBacks',
  method: 'GET',
  path: '/admin/v1/write-backs',
  tag: 'Write-back',
  summary: 'What is to be written to systems',
  description: 'Writes that wait, are tried again, have failed, or are in conflict and wait for a steward.',
  permission: 'write-backs.read',
  personal: true,
  query: {
    state: { type: 'string', enum: STATES, description: 'Only those in this state.' },
    system: { type: 'string', maxLength: 128, description: 'Only those of this system.' },
    ...PAGE,
  },
  answers: { 200: { description: 'By number.', schema: pageSchema(DETAILS) } },
})

export const getWriteBackOperation = operation({
  id: 'getWriteBack',
  method: 'GET',
  path: '/admin/v1/write-backs/{no}',
  tag: 'Write-back',
  summary: 'One write-back',
  description: 'With what the hub wants, and in a conflict what it expected and what the system has.',
  permission: 'write-backs.read',
  personal: true,
  params: NO,
  answers: { 200: { description: 'The write-back.', schema: DETAILS }, 404: NOT_THERE[404] },
})

export const resolveWriteBackOperation = operation({
  id: 'resolveWriteBack',
  method: 'POST',
  path: '/admin/v1/write-backs/{no}/resolve',
  tag: 'Write-back',
  summary: 'Decide a conflict',
  description:
    '`hub`: the hub’s value is written over what the system has. `system`: what the system has counts as its latest word, and reaches the other systems by the rules of survivorship.',
  permission: 'write-backs.repair',
  params: NO,
  body: {
    description: 'Who wins.',
    types: ['application/json'],
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['winner'],
      properties: { winner: { type: 'string', enum: ['hub', 'system'] }, note: NOTE },
    },
  },
  answers: {
    200: {
      description: 'Decided.',
      schema: { type: 'object', properties: { no: { type: 'integer' }, state: { type: 'string' } } },
    },
    ...NOT_THERE,
  },
})

export const retryWriteBackOperation = operation({
  id: 'retryWriteBack',
  method: 'POST',
  path: '/admin/v1/write-backs/{no}/retry',
  tag: 'Write-back',
  summary: 'Try a write again',
  description: 'One that has failed, or that waits for its next attempt, is tried at once.',
  permission: 'write-backs.repair',
  params: NO,
  answers: {
    200: {
      description: 'It will be tried at once.',
      schema: { type: 'object', properties: { no: { type: 'integer' }, state: { type: 'string' } } },
    },
    ...NOT_THERE,
  },
})

export const WRITE_BACK_OPERATIONS = [
  editCustomerOperation,
  getCustomerWriteBacksOperation,
  listWriteBacksOperation,
  getWriteBackOperation,
  resolveWriteBackOperation,
  retryWriteBackOperation,
]
