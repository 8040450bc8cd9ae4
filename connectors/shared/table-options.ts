import type { EntityConfig, SettingsSchema } from '../../hub/contracts/connector.ts'
import { isJsonObject, type Json } from '../../hub/contracts/json.ts'
import { settingsError } from './errors.ts'
import { readSettings } from './settings.ts'

/** How one entity is read from a table: the options of an entity in config/systems/<name>.yaml, checked. */
export interface TableOptions {
  entity: string
  schema: string | undefined
  table: string
  keyColumns: string[] | undefined
  watermarkColumn: string | undefined
  lookBackSeconds: number
  pageSize: number
  sequenceColumn: string | undefined
  deletedWhen: DeletedWhen | undefined
  include: string[] | undefined
  exclude: string[]
}

export type DeletedWhen = { column: string; values: Json[] } | { column: string; notNull: true }

export const TABLE_OPTIONS: SettingsSchema = {
  type: 'object',
  properties: {
    schema: { type: 'string', title: 'Schema', description: 'Schema (or database) of the table.' },
    table: { type: 'string', title: 'Table', description: 'Table or view; by default the name of the entity.' },
    keyColumns: {
      type: 'array',
      items: { type: 'string' },
      title: 'Key columns',
      description: 'Columns that name a record, in their order; by default those of the primary key.',
    },
    watermarkColumn: {
      type: 'string',
      title: 'Watermark column',
      description: 'Column that grows with every change of a row (a time of change or a counter); needed to poll.',
    },
    lookBackSeconds: {
      type: 'integer',
      minimum: 0,
      maximum: 86_400,
      default: 60,
      title: 'Look-back (s)',
      description: 'How much later than its watermark a row may become visible: the longest writing transaction.',
    },
    pageSize: {
      type: 'integer',
      minimum: 1,
      maximum: 10_000,
      default: 1000,
      title: 'Page size',
      description: 'Rows read at a time at most; wide rows are read in smaller pages.',
    },
    sequenceColumn: {
      type: 'string',
      title: 'Sequence column',
      description: 'Integer column that only ever grows for a row (a row version); orders the changes of a record.',
    },
    deletedWhen: {
      type: 'object',
      title: 'Deleted when',
      description: 'Soft deletes: {column, value}, {column, values: [..]} or {column, notNull: true}.',
    },
    columns: {
      type: 'object',
      title: 'Columns',
      description: 'Which columns to read: {include: [..]} or {exclude: [..]}; key and watermark are always read.',
    },
  },
  additionalProperties: false,
}

/** Throws `connector.settings` with a pointer into the options. */
export function tableOptions(config: EntityConfig): TableOptions {
  const where = `/entities/${config.entity}/options`
  const given = readSettings(TABLE_OPTIONS, config.options, where)
  const columns = columnsOption(given.columns, `${where}/columns`)
  return {
    entity: config.entity,
    schema: given.schema as string | undefined,
    table: (given.table as string | undefined) ?? config.entity,
    keyColumns: keyColumnsOption(given.keyColumns, where),
    watermarkColumn: given.watermarkColumn as string | undefined,
    lookBackSeconds: given.lookBackSeconds as number,
    pageSize: given.pageSize as number,
    sequenceColumn: given.sequenceColumn as string | undefined,
    deletedWhen: deletedWhenOption(given.deletedWhen, `${where}/deletedWhen`),
    ...columns,
  }
}

function keyColumnsOption(given: Json | undefined, where: string): string[] | undefined {
  if (given === undefined) return undefined
  const names = given as string[]
  if (names.length === 0 || new Set(names).size !== names.length) {
    throw settingsError('The key columns must be at least one, each named once.', { where: `${where}/keyColumns` })
  }
  return names
}

function columnsOption(given: Json | undefined, where: string): Pick<TableOptions, 'include' | 'exclude'> {
  if (given === undefined) return { include: undefined, exclude: [] }
  const { include, exclude, ...others } = isJsonObject(given) ? given : {}
  const isNames = (names: Json | undefined): boolean =>
    names === undefined || (Array.isArray(names) && names.every((name) => typeof name === 'string'))
  if (Object.keys(others).length > 0 || !isNames(include) || !isNames(exclude)) {
    throw settingsError('The option "columns" takes "include" and "exclude", each a list of column names.', { where })
  }
  return { include: include as string[] | undefined, exclude: (exclude as string[] | undefined) ?? [] }
}

function deletedWhenOption(given: Json | undefined, where: string): DeletedWhen | undefined {
  if (!isJsonObject(given ?? null)) return undefined
  const { column, value, values, notNull, ...others } = given as Record<string, Json>
  const isScalar = (each: Json | undefined): boolean => ['string', 'number', 'boolean'].includes(typeof each)
  if (typeof column === 'string' && Object.keys(others).length === 0) {
    if (notNull === true && value === undefined && values === undefined) return { column, notNull }
    const wanted = values ?? (value === undefined ? undefined : [value])
    if (notNull === undefined && Array.isArray(wanted) && wanted.length > 0 && wanted.every(isScalar)) {
      return { column, values: wanted }
    }
  }
  throw settingsError(
    'The option "deletedWhen" must be {column, value}, {column, values} or {column, notNull: true}.',
    {
      where,
    },
  )
}
