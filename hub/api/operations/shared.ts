import type { JsonObject } from '../../contracts/json.ts'
import type { ParamSpec } from './operation.ts'

export const CUSTOMER_ID = {
  id: { type: 'string', format: 'uuid', description: "The hub's id of the customer." },
} as const satisfies Record<string, ParamSpec>

export const PAGE = {
  limit: { type: 'integer', minimum: 1, maximum: 200, default: 50, description: 'How many at most.' },
  cursor: { type: 'string', maxLength: 1024, description: 'The `next` of the page before; absent: the first page.' },
} as const satisfies Record<string, ParamSpec>

export const KEY_LOOKUP = {
  system: { type: 'string', maxLength: 128, description: 'Name of a system, with `key`.' },
  key: { type: 'string', maxLength: 512, description: "The record's id in that system." },
  entity: { type: 'string', maxLength: 256, description: 'The record type in that system; absent: any.' },
} as const satisfies Record<string, ParamSpec>

export const FIELDS = {
  fields: {
    type: 'string',
    list: true,
    maxLength: 200,
    description:
      'Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag stays that of the whole.',
  },
} as const satisfies Record<string, ParamSpec>

export function pageSchema(items: JsonObject): JsonObject {
  return {
    type: 'object',
    required: ['items', 'next'],
    properties: {
      items: { type: 'array', items },
      next: { type: ['string', 'null'], description: 'Cursor of the next page; null: this is the last one.' },
    },
  }
}

export const LANE: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['system', 'entity', 'key'],
  properties: {
    system: { type: 'string', minLength: 1, maxLength: 128 },
    entity: { type: 'string', minLength: 1, maxLength: 256 },
    key: { type: 'string', minLength: 1, maxLength: 512 },
  },
}

export const NOTE: JsonObject = { type: 'string', maxLength: 2000, description: 'Why, for whoever reads it later.' }
