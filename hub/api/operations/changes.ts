import type { JsonObject } from '../../contracts/json.ts'
import { operation } from './operation.ts'

/** One change as a CloudEvent. */
export const CHANGE: JsonObject = {
  type: 'object',
  required: ['specversion', 'id', 'source', 'type', 'subject'],
  properties: {
    specversion: { const: '1.0' },
    id: { type: 'string', minLength: 1, maxLength: 256, description: 'The same when the change is sent again.' },
    source: { type: 'string', description: '`/systems/<name>`.' },
    type: { enum: ['omnihub.change.upserted', 'omnihub.change.deleted'] },
    subject: { type: 'string', description: '`<Entity>/<key>`, each percent-encoded.' },
    time: { type: 'string', format: 'date-time' },
    sequence: { type: 'string', description: 'Orders the changes of one record; absent: the order of acceptance.' },
    sequencetype: { type: 'string', description: '`Integer`: compared as numbers.' },
    data: { type: 'object', description: 'The raw record; absent in a delete.' },
  },
}

export const sendChangesOperation = operation({
  id: 'sendChanges',
  method: 'POST',
  path: '/v1/changes',
  tag: 'Changes',
  summary: 'Send changes of a system',
  description: [
    'CloudEvents 1.0 in JSON, one or a batch: `source: /systems/crm`, `type: omnihub.change.upserted` or `.deleted`,',
    '`subject: Contact/003A1` (entity and key, each percent-encoded), `id` (the same id of a system again is the same change),',
    '`time`, `sequence` (orders the changes of one record; compared as text, or as numbers with `sequencetype: Integer`;',
    'absent: order of acceptance), `data` (the raw record as a JSON object). One change may also come in binary mode, with `ce-*` headers.\n\n',
    'A batch is taken as a whole or not at all; a refusal lists each fault with its pointer. The answer comes when the changes are durable.',
  ].join(' '),
  permission: 'changes.send',
  // Each change has an id, by which the hub knows it again.
  idempotent: true,
  body: {
    description: 'One event, or an array of at most 10,000.',
    types: ['application/cloudevents+json', 'application/cloudevents-batch+json', 'application/json'],
    told: { anyOf: [CHANGE, { type: 'array', maxItems: 10_000, items: CHANGE }] },
    bytesMax: 'changes',
  },
  answers: {
    202: {
      description: 'Durable. `duplicates` were known already; nothing is done about them again.',
      schema: {
        type: 'object',
        required: ['accepted', 'duplicates'],
        properties: { accepted: { type: 'integer' }, duplicates: { type: 'integer' } },
      },
    },
    400: { description: 'The request can not be read.' },
    413: { description: 'Too many bytes or events.' },
    422: { description: 'An event is wrong; `errors` lists each fault with its pointer. Nothing was accepted.' },
    503: { description: 'The changes can not be made durable now; send them again with the same ids.' },
  },
})

export const CHANGES_OPERATIONS = [sendChangesOperation]
