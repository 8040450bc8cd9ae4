import type { JsonObject } from '../../contracts/json.ts'
import { operation } from './operation.ts'
import { PAGE, pageSchema } from './shared.ts'

const TAG = 'Audit'

const ENTRY: JsonObject = {
  type: 'object',
  properties: {
    no: { type: 'integer' },
    at: { type: 'string', format: 'date-time' },
    lastAt: {
      type: ['string', 'null'],
      format: 'date-time',
      description: 'Of reads: when the last of those gathered in this entry was.',
    },
    actor: { type: 'string', description: 'Name and id of the key, or of the person behind a token.' },
    act: {
      type: 'string',
      description: '`read.<operation>` for reads, `key.create`, `mapping.publish`, ... for acts.',
    },
    subject: { type: 'string' },
    records: { type: ['array', 'null'], items: { type: 'string' }, description: 'Of reads: ids of the records read.' },
    facts: { type: ['object', 'null'] },
    position: {
      type: ['integer', 'null'],
      description: 'Place in the chain; null: to be chained within a second or two.',
    },
    hash: { type: ['string', 'null'] },
  },
}

export const listAuditOperation = operation({
  id: 'listAudit',
  method: 'GET',
  path: '/admin/v1/audit',
  tag: TAG,
  summary: 'Who read and did what',
  description:
    'Reads of personal data and administrative acts, newest first. Reads of one key through one operation within a fifth of a second are one entry.',
  permission: 'audit.read',
  query: {
    actor: { type: 'string', maxLength: 200, description: 'As entries show it: `web shop (k3x9w2m7p4qa)`.' },
    act: {
      type: 'string',
      maxLength: 100,
      description: 'An act, or the beginning of acts: `read.*`.',
      example: 'key.*',
    },
    subject: {
      type: 'string',
      maxLength: 1024,
      description:
        'A subject, or the id of a record that was read. Finding who read a record goes over all entries of the time.',
    },
    from: { type: 'string', format: 'date-time', description: 'From this moment on.' },
    to: { type: 'string', format: 'date-time', description: 'Before this moment.' },
    ...PAGE,
  },
  answers: { 200: { description: 'A page of entries.', schema: pageSchema(ENTRY) } },
})

const HEAD: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['position', 'hash'],
  properties: {
    position: { type: 'integer', minimum: 1 },
    hash: { type: 'string', pattern: '^[0-9A-Fa-f]{64}$' },
  },
}

export const verifyAuditOperation = operation({
  id: 'verifyAudit',
  method: 'POST',
  path: '/admin/v1/audit/verify',
  tag: TAG,
  summary: 'Whether the audit trail is as it was written',
  description:
    'Goes over the whole chain and names each entry that was changed, removed or put in between. Whether its end was cut off, or all of it made anew, shows only against heads that were noted outside of the database.',
  permission: 'audit.read',
  body: {
    description: 'Heads that were noted earlier.',
    types: ['application/json'],
    required: false,
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: { heads: { type: 'array', maxItems: 1000, items: HEAD } },
    },
  },
  answers: {
    200: {
      description: 'What was found.',
      schema: {
        type: 'object',
        properties: {
          sound: { type: 'boolean' },
          entries: { type: 'integer', description: 'Links of the chain looked at.' },
          waiting: { type: 'integer', description: 'Entries that are still to be chained.' },
          head: {
            type: ['object', 'null'],
            description: 'The end of the chain: note it elsewhere.',
            properties: HEAD.properties as JsonObject,
          },
          faults: {
            type: 'array',
            description: 'At most 100.',
            items: {
              type: 'object',
              properties: {
                kind: {
                  type: 'string',
                  enum: [
                    'entry-changed',
                    'entry-removed',
                    'link-removed',
                    'entry-not-chained',
                    'head-differs',
                    'end-removed',
                  ],
                },
                position: { type: ['integer', 'null'] },
                entry: { type: ['integer', 'null'] },
              },
            },
          },
        },
      },
    },
    503: { description: 'Somebody else has it verified right now.' },
  },
})

export const AUDIT_OPERATIONS = [listAuditOperation, verifyAuditOperation]
