// Generated from schemas/ by `node scripts/generate-types.ts`. Change the schema, not this file.
import type { JsonObject } from '../json.ts'

/** schemas/config/access.schema.json */
export const ACCESS_CONFIG_SCHEMA: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://omnihub.dev/schemas/config/access/1.0',
  title: 'Access to fields',
  description:
    'config/access.yaml: which fields of records the roles may not see. What is not named here is seen in clear.',
  type: 'object',
  additionalProperties: false,
  properties: {
    roles: {
      title: 'Roles',
      description: 'By role. The role admin sees everything.',
      type: 'object',
      additionalProperties: false,
      properties: {
        channel: { $ref: '#/$defs/entities' },
        steward: { $ref: '#/$defs/entities' },
        engineer: { $ref: '#/$defs/entities' },
        viewer: { $ref: '#/$defs/entities' },
      },
      examples: [{ viewer: { customer: { birthDate: 'masked', identifiers: 'hidden' } } }],
    },
  },
  $defs: {
    entities: {
      title: 'Entities',
      description: 'By canonical entity: customer, account, invoice, ...',
      type: 'object',
      propertyNames: {
        enum: [
          'customer',
          'account',
          'invoice',
          'payment',
          'order',
          'product',
          'stock-level',
          'case',
          'interaction',
          'consent',
          'offer',
        ],
      },
      additionalProperties: { $ref: '#/$defs/fields' },
    },
    fields: {
      title: 'Fields',
      description:
        'By path: birthDate, name.family, emails.address, attributes.<name>. A path speaks for all below it.',
      type: 'object',
      maxProperties: 500,
      additionalProperties: { $ref: '#/$defs/sight' },
    },
    sight: {
      title: 'What is seen',
      description: 'masked: that there is a value, as ***. hidden: nothing.',
      type: 'string',
      enum: ['masked', 'hidden'],
    },
  },
}
