// Generated from schemas/ by `node scripts/generate-types.ts`. Change the schema, not this file.
import type { JsonObject } from '../json.ts'

/** schemas/config/privacy.schema.json */
export const PRIVACY_CONFIG_SCHEMA: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://omnihub.dev/schemas/config/privacy/1.0',
  title: 'Privacy',
  description: 'config/privacy.yaml: what happens to the records of a customer who is erased.',
  type: 'object',
  additionalProperties: false,
  properties: {
    entities: {
      title: 'Entities',
      description:
        'By canonical entity. Invoices, payments and orders are kept without the person where nothing else is said, all others are erased. Customers always are.',
      type: 'object',
      additionalProperties: false,
      properties: {
        account: { $ref: '#/$defs/rule' },
        invoice: { $ref: '#/$defs/rule' },
        payment: { $ref: '#/$defs/rule' },
        order: { $ref: '#/$defs/rule' },
        case: { $ref: '#/$defs/rule' },
        interaction: { $ref: '#/$defs/rule' },
        consent: { $ref: '#/$defs/rule' },
        offer: { $ref: '#/$defs/rule' },
      },
      examples: [
        {
          invoice: { action: 'keep-without-person', reason: 'Tax law: ten years.', keep: ['number'] },
          order: { action: 'erase' },
        },
      ],
    },
  },
  $defs: {
    rule: {
      title: 'Rule',
      description: 'What happens to the records of this entity.',
      type: 'object',
      additionalProperties: false,
      required: ['action'],
      properties: {
        action: {
          title: 'Action',
          description:
            'erase: nothing of the record stays. keep-without-person: amounts, dates, states and products stay; the reference to the customer, texts, addresses and attributes go.',
          type: 'string',
          enum: ['erase', 'keep-without-person'],
        },
        reason: {
          title: 'Reason',
          description: 'Why it is kept: the law or the contract. Told in the proof of each erasure.',
          type: 'string',
          minLength: 1,
          maxLength: 500,
        },
        keep: {
          title: 'Keep',
          description:
            'Texts that stay all the same, by path: number, attributes.ledger. Items of lists have no index.',
          type: 'array',
          maxItems: 50,
          items: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_]*(\\.[A-Za-z][A-Za-z0-9_-]*)*$' },
        },
      },
    },
  },
}
