import { CANONICAL_SCHEMAS } from '../../contracts/generated/schemas.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'
import { IDEMPOTENCY_KEY } from '../rest/idempotent.ts'
import { operation } from './operation.ts'
import { DECISION, PREFER, WRITES } from './record-writes.ts'
import { CUSTOMER_ID } from './shared.ts'
import { WRITE_BACK_STATE } from './write-back.ts'

/** The values that a member of an entity can have. */
function choices(entity: 'order' | 'payment', member: string): Json[] {
  const { properties } = CANONICAL_SCHEMAS[entity]
  const schema = isJsonObject(properties ?? null) ? ((properties as JsonObject)[member] ?? null) : null
  return isJsonObject(schema) && Array.isArray(schema['enum']) ? schema['enum'] : []
}

const MONEY: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['amount', 'currency'],
  properties: {
    amount: {
      type: 'string',
      pattern: '^-?(0|[1-9][0-9]{0,27})(\\.[0-9]{1,10})?$',
      description: 'Decimal text, more than 0: `49.90`.',
    },
    currency: { type: 'string', pattern: '^[A-Z]{3}$', description: 'ISO 4217; that of the invoice.' },
  },
}
const CHANNEL: JsonObject = {
  type: 'string',
  enum: choices('order', 'channel'),
  description: 'By which channel the customer asks for it.',
}
const REPLAYED = '`true`: the request was carried out before, with the same Idempotency-Key.'

export const payInvoiceOperation = operation({
  id: 'payInvoice',
  method: 'POST',
  path: '/v1/invoices/{id}/payments',
  tag: 'Domain operations',
  summary: 'Pay an invoice',
  description:
    'A payment is made in the system of the invoice. Whether it is taken is decided by the shared rule `payment-acceptance`, if the workspace has one, on what is open once all payments that are under way have arrived: two payments at the same moment are decided on one after the other. Without the rule an invoice that is not cancelled takes any amount in its currency. Nothing is changed where the answer is no.',
  permission: 'records.write',
  edits: 'payment',
  personal: true,
  params: { id: { type: 'string', format: 'uuid', description: "The hub's id of the invoice." } },
  headers: { ...IDEMPOTENCY_KEY, ...PREFER },
  body: {
    description: 'The payment.',
    types: ['application/json'],
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['amount', 'method'],
      properties: {
        amount: MONEY,
        method: { type: 'string', enum: choices('payment', 'method') },
        paidAt: { type: 'string', maxLength: 64, description: 'When, RFC 3339; absent: now.' },
        reference: {
          type: 'string',
          minLength: 1,
          maxLength: 100,
          description: 'What the payer or the bank calls it.',
        },
        channel: CHANNEL,
      },
    },
  },
  answers: {
    201: {
      description: 'The system has the payment, and it can be read.',
      schema: paid({ $ref: '#/components/schemas/payment' }),
      headers: {
        location: 'Of the payment.',
        'preference-applied': 'What of Prefer was done.',
        'idempotency-replayed': REPLAYED,
      },
    },
    202: {
      description: 'Taken, and on its way to the system of the invoice; it is carried there whatever happens.',
      schema: paid({ type: 'object', required: ['id'], properties: { id: { type: 'string', format: 'uuid' } } }),
      headers: {
        location: 'Where to ask how far it is.',
        'preference-applied': 'What of Prefer was done.',
        'idempotency-replayed': REPLAYED,
      },
    },
    404: { description: 'There is no such invoice.' },
    409: {
      description:
        'The rule does not allow it (`rule.refused`, with `reason`, `rule`, `revision` and `decision`), the invoice was cancelled, or its system takes no payments from the hub or refused this one.',
    },
    410: { description: 'The invoice was deleted in its system.' },
    422: {
      description:
        'The amount is not positive or in another currency, or the system has no place for something; the pointer names it. Or the Idempotency-Key came with another request.',
    },
  },
})

function paid(payment: JsonObject): JsonObject {
  return {
    type: 'object',
    required: ['payment', 'invoice', 'decision', 'writes'],
    properties: { payment, invoice: { $ref: '#/components/schemas/invoice' }, decision: DECISION, writes: WRITES },
  }
}

const MEMBERS = ['emails', 'phones', 'addresses'] as const

export const changeContactOperation = operation({
  id: 'changeContactData',
  method: 'POST',
  path: '/v1/customers/{id}/contact-changes',
  tag: 'Domain operations',
  summary: 'Change how a customer is reached',
  description:
    'Single e-mail addresses, phone numbers and postal addresses are added, replaced or removed, one after the other, on what the customer is at that moment: no ETag is needed. Whether the channel may do so is decided by the shared rule `contact-change`, if the workspace has one. Otherwise it is an edit of the customer like any other: shown at once, and written back to every system that takes it. Nothing is changed where the answer is no.',
  permission: 'customers.edit',
  edits: 'customer',
  editedPaths: (body) => listOf(body['changes']).map((change) => [String(change['member'])]),
  personal: true,
  params: CUSTOMER_ID,
  headers: {
    'if-match': { description: 'ETag of the customer as you read it, where only that version is to be changed.' },
    ...IDEMPOTENCY_KEY,
  },
  body: {
    description: 'The changes.',
    types: ['application/json'],
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['channel', 'changes'],
      properties: {
        channel: CHANNEL,
        verified: {
          type: 'boolean',
          description: 'The customer has shown who they are (logged in, a code, questions). Absent: false.',
        },
        changes: {
          type: 'array',
          minItems: 1,
          maxItems: 20,
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['op', 'member'],
            properties: {
              op: { type: 'string', enum: ['add', 'replace', 'remove'] },
              member: { type: 'string', enum: [...MEMBERS] },
              item: {
                type: 'object',
                description: 'The new item as the schema of customers has it; not for `remove`.',
              },
              of: {
                type: ['string', 'object'],
                maxLength: 254,
                description:
                  'Which item, for `replace` and `remove`: the e-mail address or phone number itself, or some members that only that item has.',
              },
            },
          },
        },
      },
    },
  },
  answers: {
    200: {
      description: 'Changed. `writeBack` says what is on its way to which system.',
      schema: {
        type: 'object',
        required: ['customer', 'decision', 'writeBack'],
        properties: {
          customer: { $ref: '#/components/schemas/customer' },
          decision: DECISION,
          writeBack: { type: 'array', items: WRITE_BACK_STATE },
        },
      },
      headers: { etag: 'Of the new version.', 'idempotency-replayed': REPLAYED },
    },
    404: { description: 'There is no such customer.' },
    409: {
      description:
        'The rule does not allow it (`rule.refused`, with `reason`, `rule`, `revision` and `decision`), a steward has decided on the field, or the customer has no records any more.',
    },
    410: { description: 'The customer was erased.' },
    412: { description: 'The customer has changed since.' },
    422: {
      description:
        'An item is there already or is not there, or the customer would break its schema; the pointer names the change. Or the Idempotency-Key came with another request.',
    },
  },
})

function listOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter((one) => isJsonObject(one)) : []
}

export const DOMAIN_OPERATIONS = [payInvoiceOperation, changeContactOperation]
