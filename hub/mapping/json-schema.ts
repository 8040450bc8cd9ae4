import { CANONICAL_ENTITIES } from '../contracts/canonical.ts'
import type { JsonObject } from '../contracts/json.ts'
import type { ConversionDefinition, OptionDefinition } from './conversions/options.ts'
import { CONVERSIONS } from './conversions/registry.ts'
import { ABSENT_POLICIES, EMPTY_POLICIES, UNPARSABLE_POLICIES } from './document/document.ts'
import { FIELD_KEYS } from './document/read-field.ts'

/**
 * The JSON Schema of the mapping document, made from the same definitions that the reader uses; editors show it while
 * a mapping is written. schemas/config/mapping.schema.json is this, committed; a test compares the two.
 */
export function mappingJsonSchema(): JsonObject {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://omnihub.dev/schemas/config/mapping.schema.json',
    title: 'Omnihub mapping',
    description: 'Turns the records of one source entity into canonical documents.',
    type: 'object',
    required: ['source', 'target', 'fields'],
    additionalProperties: false,
    properties: documentProperties(),
    $defs: definitions(),
  }
}

const described = (description: string, schema: JsonObject): JsonObject => ({ description, ...schema })
const PATH: JsonObject = { $ref: '#/$defs/path' }
const PATHS: JsonObject = { oneOf: [PATH, { type: 'array', items: PATH, minItems: 1 }] }
const SCALAR: JsonObject = { type: ['string', 'number', 'boolean', 'null'] }

function documentProperties(): JsonObject {
  return {
    source: described('The entity of the system.', { type: 'string' }),
    target: described('The canonical entity.', { enum: [...CANONICAL_ENTITIES] }),
    key: described('Path of the key, or the paths of its parts, joined by a colon.', PATHS),
    sequence: described('Path of what orders the changes of a record.', PATH),
    deletedWhen: described('Zen expression over the record: true means that it is deleted.', { type: 'string' }),
    defaults: described('What conversions use where they are not told.', {
      type: 'object',
      additionalProperties: false,
      properties: {
        region: described('ISO 3166-1 alpha-2 region of national phone numbers.', { type: 'string' }),
        country: described('ISO 3166-1 alpha-2 country.', { type: 'string' }),
        timeZone: described('IANA zone of times without an offset.', { type: 'string' }),
        currency: described('ISO 4217 currency of amounts.', { type: 'string' }),
      },
    }),
    policies: described('What absent, empty and unparsable mean for all fields that do not say otherwise.', {
      type: 'object',
      additionalProperties: false,
      properties: policyProperties(),
    }),
    fields: described('Target paths, each with where its value comes from.', { $ref: '#/$defs/group' }),
  }
}

function policyProperties(): JsonObject {
  return {
    absent: described('No value: leave the field out (omit), refuse the record (error), or take `default`.', {
      enum: [...ABSENT_POLICIES],
    }),
    empty: described('An empty text: like no value (absent), an empty text (keep), or refuse the record (error).', {
      enum: [...EMPTY_POLICIES],
    }),
    unparsable: described(
      'A value that a conversion cannot read: refuse the record (error), leave the field out (omit), or keep it in attributes.',
      {
        enum: [...UNPARSABLE_POLICIES],
      },
    ),
  }
}

function definitions(): JsonObject {
  const isField: JsonObject = { type: 'object', anyOf: FIELD_KEYS.map((name) => ({ required: [name] })) }
  const itemKeys: JsonObject = {
    each: described('A source list; every item of it gives one item.', PATH),
    require: described('Members without which the item is left out.', {
      oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
    }),
  }
  const members: JsonObject = { $ref: '#/$defs/target' }
  return {
    path: described('Path such as address.city, phones[0].number or "odd.name".', {
      type: 'string',
      minLength: 1,
      maxLength: 1000,
    }),
    // Choices are written as if and then, so that an editor tells what is wrong in the form that was begun.
    target: choose(
      { type: 'string' },
      PATH,
      choose(
        { type: 'array' },
        { $ref: '#/$defs/list' },
        choose(isField, { $ref: '#/$defs/field' }, { $ref: '#/$defs/group' }),
      ),
    ),
    group: { type: 'object', minProperties: 1, additionalProperties: members },
    list: { type: 'array', maxItems: 100, items: choose({ type: 'string' }, PATH, { $ref: '#/$defs/item' }) },
    item: choose(isField, fieldDefinition(itemKeys), {
      type: 'object',
      properties: itemKeys,
      additionalProperties: members,
    }),
    field: fieldDefinition({}),
    convert: choose(
      { type: 'array' },
      { type: 'array', maxItems: 20, items: { $ref: '#/$defs/conversion' } },
      { $ref: '#/$defs/conversion' },
    ),
    conversion: choose(
      { type: 'object' },
      {
        type: 'object',
        minProperties: 1,
        maxProperties: 1,
        additionalProperties: false,
        properties: conversionProperties(),
      },
      { enum: [...CONVERSIONS.values()].filter((one) => one.bare).map((one) => one.name) },
    ),
  }
}

const choose = (condition: JsonObject, yes: JsonObject, no: JsonObject): JsonObject => ({
  if: condition,
  then: yes,
  else: no,
})

function fieldDefinition(more: JsonObject): JsonObject {
  return {
    type: 'object',
    additionalProperties: false,
    oneOf: ['from', 'constant', 'expression', 'ref'].map((name) => ({ required: [name] })),
    properties: {
      ...more,
      from: described('Source path, or several whose values make a list.', PATHS),
      constant: described('A fixed value.', {}),
      expression: described('Zen expression over the record.', { type: 'string', maxLength: 2000 }),
      ref: described("A reference to another record, in the source's terms.", {
        type: 'object',
        required: ['entity', 'key'],
        additionalProperties: false,
        properties: {
          entity: described('Source entity of the other record.', { type: 'string' }),
          key: described('Path of its key, or of the key parts.', PATHS),
          system: described("Its system, where it isn't the record's own.", { type: 'string' }),
          convert: described('Conversions of the key.', { $ref: '#/$defs/convert' }),
        },
      }),
      convert: described('Conversions, one after the other.', { $ref: '#/$defs/convert' }),
      default: described('The value where there is none.', {}),
      ...policyProperties(),
      keepSpaces: described('Keep white space at both ends, which is otherwise removed on reading.', {
        type: 'boolean',
      }),
      absentWhen: described('Texts that mean that there is no value, such as 00000000.', {
        oneOf: [SCALAR, { type: 'array', items: SCALAR }],
      }),
    },
  }
}

function conversionProperties(): JsonObject {
  return Object.fromEntries(
    [...CONVERSIONS.values()].map((definition) => [definition.name, conversionSchema(definition)]),
  )
}

function conversionSchema(definition: ConversionDefinition): JsonObject {
  const properties = Object.entries(definition.options).map(
    ([name, option]) => [name, described(option.description, optionSchema(option))] as const,
  )
  const required = Object.entries(definition.options).flatMap(([name, option]) =>
    option.required === true ? [name] : [],
  )
  const options: JsonObject = {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
  }
  const main = definition.main === undefined ? undefined : definition.options[definition.main]
  return described(
    `${definition.summary} Example: ${definition.example}`,
    main === undefined ? options : { anyOf: [options, optionSchema(main)] },
  )
}

function optionSchema(option: OptionDefinition): JsonObject {
  switch (option.type) {
    case 'text':
      return option.values === undefined ? { type: ['string', 'number', 'boolean'] } : { enum: [...option.values] }
    case 'texts':
      return {
        oneOf: [
          { type: ['string', 'number', 'boolean'] },
          { type: 'array', items: { type: ['string', 'number', 'boolean'] } },
        ],
      }
    case 'integer':
      return {
        type: 'integer',
        ...(option.minimum === undefined ? {} : { minimum: option.minimum }),
        ...(option.maximum === undefined ? {} : { maximum: option.maximum }),
      }
    case 'boolean':
      return { type: 'boolean' }
    case 'scalar':
      return SCALAR
    case 'path':
      return PATH
    case 'table':
      return { type: 'object', minProperties: 1, additionalProperties: SCALAR }
    case 'conversions':
      return { $ref: '#/$defs/convert' }
  }
}
