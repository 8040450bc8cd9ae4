import type { EntityConfig, SettingsSchema } from '../../hub/contracts/connector.ts'
import { settingsError } from '../shared/errors.ts'
import { readSettings } from '../shared/settings.ts'
import { requireCondition } from './where.ts'

/** How one entity is read from an object: its options in config/systems/<name>.yaml, checked. */
export interface ObjectOptions {
  entity: string
  object: string
  fields: string[] | undefined
  exclude: string[]
  /** A SOQL condition, or nothing. */
  where: string | undefined
  externalIdField: string | undefined
  markField: string | undefined
  lookBackSeconds: number
  pageSize: number
}

export const OBJECT_OPTIONS: SettingsSchema = {
  type: 'object',
  properties: {
    object: {
      type: 'string',
      title: 'Object',
      description: 'API name of the object: Contact, Order__c; by default the name of the entity.',
    },
    fields: {
      type: 'array',
      items: { type: 'string' },
      title: 'Fields',
      description: 'API names of the fields to read; by default all that the account may read, custom ones too.',
    },
    exclude: {
      type: 'array',
      items: { type: 'string' },
      title: 'Fields left out',
      description: 'API names of fields that are not read.',
    },
    where: {
      type: 'string',
      title: 'Filter',
      description: 'SOQL condition that records must meet, on fields that never change for a record.',
    },
    externalIdField: {
      type: 'string',
      title: 'External id',
      description: "Field whose value is the record's key, here and in writes; by default the key is the Id.",
    },
    markField: {
      type: 'string',
      title: 'Mark',
      description:
        'Field (text, external id, unique) that carries the mark of records that the hub makes, so that a create whose answer was lost makes no second one. Only where the key is the Id.',
      examples: ['Hub_Reference__c'],
    },
    lookBackSeconds: {
      type: 'integer',
      minimum: 0,
      maximum: 86_400,
      default: 300,
      title: 'Look-back (s)',
      description: 'How much later than its SystemModstamp a record may become visible: the longest transaction.',
    },
    pageSize: {
      type: 'integer',
      minimum: 1,
      maximum: 10_000,
      default: 2000,
      title: 'Page size',
      description: 'Records read at a time at most; wide records are read in smaller pages.',
    },
  },
  additionalProperties: false,
}

const NAME = /^[A-Za-z]\w{0,79}$/

/** Throws `connector.settings` with a pointer into the options. */
export function objectOptions(config: EntityConfig): ObjectOptions {
  const where = `/entities/${config.entity}/options`
  const given = readSettings(OBJECT_OPTIONS, config.options, where)
  const object = (given.object as string | undefined) ?? config.entity
  const fields = given.fields as string[] | undefined
  const exclude = (given.exclude as string[] | undefined) ?? []
  const externalIdField = given.externalIdField as string | undefined
  // Names go into SOQL and addresses as they are.
  requireName(object, `${where}/object`)
  for (const [at, name] of (fields ?? []).entries()) requireName(name, `${where}/fields/${at}`)
  for (const [at, name] of exclude.entries()) requireName(name, `${where}/exclude/${at}`)
  if (externalIdField !== undefined) requireName(externalIdField, `${where}/externalIdField`)
  const markField = given.markField as string | undefined
  if (markField !== undefined) requireName(markField, `${where}/markField`)
  if (markField !== undefined && externalIdField !== undefined) {
    throw settingsError('A record that is named by its external id needs no mark.', {
      where: `${where}/markField`,
      fix: 'Leave markField out.',
    })
  }
  const condition = given.where as string | undefined
  if (condition !== undefined) requireCondition(condition, `${where}/where`)
  return {
    entity: config.entity,
    object,
    fields,
    exclude,
    where: condition,
    externalIdField,
    markField,
    lookBackSeconds: given.lookBackSeconds as number,
    pageSize: given.pageSize as number,
  }
}

function requireName(name: string, where: string): void {
  if (NAME.test(name)) return
  throw settingsError('This is no API name.', {
    where,
    fix: 'API names have letters, digits and underscores: Contact, LastName, Score__c. Fields of related objects are not read.',
  })
}
