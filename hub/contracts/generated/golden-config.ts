// Generated from schemas/ by `node scripts/generate-types.ts`. Change the schema, not this file.
import type { JsonObject } from '../json.ts'

/** schemas/config/golden.schema.json */
export const GOLDEN_CONFIG_SCHEMA: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://omnihub.dev/schemas/config/golden/1.0',
  title: 'Survivorship',
  description: 'config/golden.yaml: how the records of several systems make one golden customer.',
  type: 'object',
  additionalProperties: false,
  properties: {
    systems: {
      title: 'Systems',
      description: 'Systems, most trusted first. Those not listed come after all that are, equal among themselves.',
      $ref: '#/$defs/systems',
      examples: [['crm', 'erp', 'billing', 'inventory']],
    },
    fillOnly: {
      title: 'Fill only',
      description:
        "Systems whose values only fill gaps that all other systems leave. A field's own list replaces this one.",
      $ref: '#/$defs/systems',
      examples: [['legacy-archive']],
    },
    default: {
      title: 'Default',
      description:
        'The rule for fields without one of their own. Absent: most-recent. Lists keep all items and the status is the liveliest unless they have a rule.',
      $ref: '#/$defs/ruleOrName',
      examples: ['most-recent'],
    },
    fields: {
      title: 'Fields',
      description: 'Rules by field path: status, name or name.given, emails, attributes or attributes.<name>.',
      type: 'object',
      maxProperties: 1000,
      additionalProperties: { $ref: '#/$defs/ruleOrName' },
      examples: [{ birthDate: 'most-frequent', name: { rule: 'source-priority', together: true } }],
    },
  },
  $defs: {
    systems: {
      type: 'array',
      maxItems: 200,
      uniqueItems: true,
      items: { type: 'string', minLength: 1, maxLength: 128 },
    },
    rule: {
      type: 'string',
      enum: ['source-priority', 'most-recent', 'most-frequent', 'longest', 'liveliest', 'keep-all'],
    },
    preference: { type: 'string', enum: ['source-priority', 'most-recent', 'most-frequent', 'longest', 'liveliest'] },
    ruleOrName: { if: { type: 'object' }, then: { $ref: '#/$defs/fieldRule' }, else: { $ref: '#/$defs/rule' } },
    fieldRule: {
      title: 'Field rule',
      description: 'The rule of one field with its settings.',
      type: 'object',
      additionalProperties: false,
      required: ['rule'],
      properties: {
        rule: {
          title: 'Rule',
          description:
            'source-priority: the most trusted system. most-recent: the record that changed last. most-frequent: the value that most records have. longest: the longest text, the fullest tuple. liveliest: of a status, active before prospect, inactive and closed. keep-all: of a list, all items, each once.',
          $ref: '#/$defs/rule',
          examples: ['source-priority'],
        },
        systems: {
          title: 'Systems',
          description: "For source-priority: this field's own order of trust.",
          $ref: '#/$defs/systems',
          examples: [['billing', 'crm']],
        },
        then: {
          title: 'Then',
          description:
            'What decides where the rule leaves several values. Absent: source-priority, then most-recent. What is left after that is decided by system, entity and key.',
          type: 'array',
          maxItems: 5,
          items: { $ref: '#/$defs/preference' },
          examples: [['most-recent']],
        },
        fillOnly: {
          title: 'Fill only',
          description:
            'Systems whose values of this field only fill gaps. Replaces the list of the whole configuration.',
          $ref: '#/$defs/systems',
          examples: [['inventory']],
        },
        together: {
          title: 'Together',
          description:
            "For name and organization: all parts come from one record, so that no name is made of two people's.",
          type: 'boolean',
          examples: [true],
        },
        apart: {
          title: 'Apart',
          description:
            'For keep-all: items that are the same thing but differ in this member stay apart, so that a home that is also a billing address is there as both.',
          type: 'string',
          enum: ['purpose'],
          examples: ['purpose'],
        },
      },
    },
  },
}
