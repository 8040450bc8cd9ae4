import type { JsonObject } from '../../contracts/json.ts'
import { ERASURE_REASONS } from '../../intake/erasure/reasons.ts'
import { operation } from './operation.ts'
import { CUSTOMER_ID, LANE, PAGE, pageSchema } from './shared.ts'

const TAG = 'Privacy'

const TASK_STATE: JsonObject = {
  type: 'string',
  enum: ['waiting', 'told', 'confirmed'],
  description: 'waiting: the event is still to leave the hub. told: it left. confirmed: the system has deleted it.',
}
const nullable = (schema: JsonObject): JsonObject => ({ ...schema, type: [schema.type as string, 'null'] })
const TIME: JsonObject = { type: 'string', format: 'date-time' }
/** As RFC 3339 writes it; whether there is such a day is seen when it is read. */
const MOMENT = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?(Z|[+-]\\d{2}:\\d{2})$'
const COUNT: JsonObject = { type: 'integer' }

const TASK_RECORD: JsonObject = {
  type: 'object',
  required: ['entity', 'key', 'state', 'confirmedAt', 'confirmedBy'],
  properties: {
    entity: { type: 'string' },
    key: { type: ['string', 'null'], description: 'null once it is confirmed: nobody needs it any more.' },
    state: TASK_STATE,
    confirmedAt: nullable(TIME),
    confirmedBy: { type: ['string', 'null'], description: '`system`: its own deletion came; else who confirmed it.' },
  },
}

const ERASURE: JsonObject = {
  type: 'object',
  required: [
    ...['id', 'customer', 'customers', 'state', 'reason', 'note', 'requestedAt', 'erasedAt', 'finishedAt', 'actor'],
    ...['counts', 'records', 'systems', 'keptOut', 'proof'],
  ],
  properties: {
    id: { type: 'string', format: 'uuid' },
    customer: { type: 'string', format: 'uuid' },
    customers: {
      type: 'array',
      items: { type: 'string', format: 'uuid' },
      description: 'The customer and all that had been joined into it.',
    },
    state: {
      type: 'string',
      enum: ['sweeping', 'done'],
      description:
        'Nothing can be read of the customer in either. sweeping: logs and answers are being looked through for what is left; done: they were, twice.',
    },
    reason: { type: 'string', enum: [...ERASURE_REASONS] },
    note: { type: ['string', 'null'] },
    requestedAt: nullable(TIME),
    erasedAt: TIME,
    finishedAt: nullable(TIME),
    actor: { type: 'string' },
    counts: { type: 'object', additionalProperties: COUNT, description: 'Rows removed or emptied, by table.' },
    records: {
      type: 'array',
      description: 'Records of other entities and what became of them; the first 1000.',
      items: {
        type: 'object',
        required: ['entity', 'id', 'fate'],
        properties: {
          entity: { type: 'string' },
          id: { type: 'string', format: 'uuid' },
          fate: { type: 'string', enum: ['erased', 'kept-without-person'] },
          reason: { type: 'string', description: 'Why it is kept, as config/privacy.yaml says.' },
        },
      },
    },
    systems: {
      type: 'array',
      description: 'What the systems of record have to delete.',
      items: {
        type: 'object',
        required: ['system', 'state', 'records'],
        properties: { system: { type: 'string' }, state: TASK_STATE, records: { type: 'array', items: TASK_RECORD } },
      },
    },
    keptOut: {
      type: 'object',
      description: 'Records whose changes are not applied any more, or only without the person.',
      required: ['erased', 'kept', 'seen', 'lastSeenAt'],
      properties: {
        erased: COUNT,
        kept: COUNT,
        seen: { ...COUNT, description: 'Changes of them that came since.' },
        lastSeenAt: nullable(TIME),
      },
    },
    proof: {
      type: 'object',
      description: 'The entry of the audit trail: its number, its place in the chain and its hash there.',
      required: ['entry', 'position', 'hash'],
      properties: {
        entry: { type: ['integer', 'null'] },
        position: { type: ['integer', 'null'] },
        hash: { type: ['string', 'null'] },
      },
    },
  },
}

const ERASURE_ID = {
  id: { type: 'string', format: 'uuid', description: 'Id of the erasure.' },
} as const
const UNKNOWN_ERASURE = { description: 'There is no such erasure.' }

export const exportPersonalDataOperation = operation({
  id: 'exportPersonalData',
  method: 'GET',
  path: '/v1/customers/{id}/personal-data',
  tag: TAG,
  summary: 'Everything the hub holds of a person',
  description:
    'For the answer to a person who asks (GDPR, articles 15 and 20): the golden record and where each value comes from, all versions, the records of the systems as they came, records that belong to the customer, decisions, notes, writes, parked changes, events and who received them, and who read it when; each part with the reason why it is held. One JSON document, sent as it is read. Nothing in it is masked, so a role that does not see everything gets none.',
  permission: 'privacy.export',
  personal: true,
  unmasked: true,
  params: CUSTOMER_ID,
  answers: {
    200: {
      description: 'The document.',
      schema: {
        type: 'object',
        required: ['format', 'customer', 'customers', 'madeAt', 'parts'],
        properties: {
          format: { type: 'string', const: 'omnihub personal data 1.0' },
          customer: { type: 'string', format: 'uuid' },
          customers: { type: 'array', items: { type: 'string', format: 'uuid' } },
          madeAt: TIME,
          parts: {
            type: 'object',
            additionalProperties: {
              type: 'object',
              required: ['why', 'items'],
              properties: { why: { type: 'string' }, items: { type: 'array', items: { type: 'object' } } },
            },
          },
        },
      },
    },
    404: { description: 'There is no such customer.' },
    410: { description: 'The customer was erased.' },
    503: { description: 'The process makes as many of these documents as it may, or can not note who reads.' },
  },
})

export const eraseCustomerOperation = operation({
  id: 'eraseCustomer',
  method: 'POST',
  path: '/v1/customers/{id}/erasure',
  tag: TAG,
  summary: 'Erase a customer',
  description:
    'Takes everything that the hub holds of the person (GDPR, article 17), for good: afterwards each read of the customer, and of those joined into it, is answered with 410. Records that the law has kept stay without the person (config/privacy.yaml). Changes that systems send of it later are not applied. The event `customer.erased` tells the systems of record. Again for the same customer: the same answer.',
  permission: 'privacy.erase',
  params: CUSTOMER_ID,
  body: {
    description: 'Why. It stays as part of the proof, so it must not say who the person is.',
    types: ['application/json'],
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['reason'],
      properties: {
        reason: { type: 'string', enum: [...ERASURE_REASONS] },
        note: { type: 'string', minLength: 1, maxLength: 1000, description: 'A reference to your own files.' },
        requestedAt: {
          type: 'string',
          pattern: MOMENT,
          description: 'When the person asked for it: a moment of the past as RFC 3339 writes it.',
        },
      },
    },
  },
  answers: {
    200: { description: 'Erased.', schema: ERASURE },
    404: { description: 'There is no such customer.' },
    409: { description: 'The customer was joined into another one: erase that one, or split it first.' },
    422: { description: 'The note names the person.' },
  },
})

export const getErasureOfCustomerOperation = operation({
  id: 'getErasureOfCustomer',
  method: 'GET',
  path: '/v1/customers/{id}/erasure',
  tag: TAG,
  summary: 'The erasure of a customer',
  description: 'By the id of the customer, or of one that had been joined into it.',
  permission: 'privacy.erase',
  params: CUSTOMER_ID,
  answers: {
    200: { description: 'The erasure.', schema: ERASURE },
    404: { description: 'There is no such customer, or it was not erased.' },
  },
})

export const listErasuresOperation = operation({
  id: 'listErasures',
  method: 'GET',
  path: '/admin/v1/erasures',
  tag: TAG,
  summary: 'Erasures',
  description: 'Newest first.',
  permission: 'privacy.erase',
  query: {
    open: { type: 'boolean', default: false, description: 'Only those that a system has still to confirm.' },
    ...PAGE,
  },
  answers: { 200: { description: 'A page of erasures.', schema: pageSchema(ERASURE) } },
})

export const getErasureOperation = operation({
  id: 'getErasure',
  method: 'GET',
  path: '/admin/v1/erasures/{id}',
  tag: TAG,
  summary: 'One erasure: its certificate',
  description: 'What was done, when, why and by whom, and what systems have confirmed. It holds no personal data.',
  permission: 'privacy.erase',
  params: ERASURE_ID,
  answers: { 200: { description: 'The erasure.', schema: ERASURE }, 404: UNKNOWN_ERASURE },
})

export const confirmErasureOperation = operation({
  id: 'confirmErasure',
  method: 'POST',
  path: '/admin/v1/erasures/{id}/confirmations',
  tag: TAG,
  summary: 'A system has deleted what it held',
  description:
    'For systems that do not tell the hub of deletions. All that the system has still to delete, or the one record of `entity` and `key`. The hub forgets the keys then.',
  permission: 'privacy.erase',
  params: ERASURE_ID,
  body: {
    description: 'Which system, and which record where it is not all.',
    types: ['application/json'],
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['system'],
      dependentRequired: { entity: ['key'], key: ['entity'] },
      properties: {
        system: { type: 'string', minLength: 1, maxLength: 128 },
        entity: { type: 'string', minLength: 1, maxLength: 256 },
        key: { type: 'string', minLength: 1, maxLength: 512 },
      },
    },
  },
  answers: {
    200: { description: 'The erasure.', schema: ERASURE },
    404: UNKNOWN_ERASURE,
    409: { description: 'The system has nothing (more) to delete, or not this record.' },
  },
})

export const readmitOperation = operation({
  id: 'readmitErased',
  method: 'POST',
  path: '/admin/v1/erasures/{id}/readmission',
  tag: TAG,
  summary: 'Let changes of erased records in again',
  description:
    'The person has become a customer anew: the next changes of these records, or of all records of the erasure, are applied, and make a new customer with a new id. What was erased stays erased.',
  permission: 'privacy.erase',
  params: ERASURE_ID,
  body: {
    description: 'Which records, where it is not all of them.',
    types: ['application/json'],
    required: false,
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: { records: { type: 'array', minItems: 1, maxItems: 1000, items: LANE } },
    },
  },
  answers: {
    200: { description: 'The erasure.', schema: ERASURE },
    404: UNKNOWN_ERASURE,
    409: { description: 'None of these records is kept out by this erasure.' },
  },
})

const SECRETS: JsonObject = {
  type: 'object',
  required: ['key', 'inUse'],
  properties: {
    key: { type: 'string', description: 'Id of the master key that seals.' },
    inUse: { type: 'object', additionalProperties: COUNT, description: 'How many secrets each key has sealed.' },
  },
}

export const getSecretsOperation = operation({
  id: 'getSecrets',
  method: 'GET',
  path: '/admin/v1/secrets',
  tag: TAG,
  summary: 'Which master keys are in use',
  description: 'Ids of keys only: they tell keys apart and say nothing of them.',
  permission: 'secrets.rotate',
  answers: { 200: { description: 'The keys.', schema: SECRETS } },
})

export const rotateSecretsOperation = operation({
  id: 'rotateSecrets',
  method: 'POST',
  path: '/admin/v1/secrets/rotation',
  tag: TAG,
  summary: 'Seal all secrets with the present master key',
  description:
    'After OMNIHUB_MASTER_KEY was changed and the former key listed in OMNIHUB_MASTER_KEYS_OLD, for all processes. Broken off, it goes on where it was when it is asked for again. When only the present key is in use, the former one can be taken out of the settings.',
  permission: 'secrets.rotate',
  answers: {
    200: {
      description: 'Done.',
      schema: {
        ...SECRETS,
        required: ['rotated', 'key', 'inUse'],
        properties: { ...(SECRETS.properties as JsonObject), rotated: { ...COUNT, description: 'Sealed anew.' } },
      },
    },
  },
})

export const PRIVACY_OPERATIONS = [
  exportPersonalDataOperation,
  eraseCustomerOperation,
  getErasureOfCustomerOperation,
  listErasuresOperation,
  getErasureOperation,
  confirmErasureOperation,
  readmitOperation,
  getSecretsOperation,
  rotateSecretsOperation,
]
