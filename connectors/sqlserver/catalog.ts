/** What the database says about a table: columns, types, key. */
import { chooseColumns, type ChosenColumns } from '../shared/chosen-columns.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import { schemaError } from '../shared/errors.ts'
import type { TableOptions } from '../shared/table-options.ts'
import type { Database } from './database.ts'
import type { Row } from './session.ts'
import { columnsOf, findTable, primaryKeyOf, quoted, type Statement, touch } from './statements.ts'
import { type ValueType, valueType } from './values.ts'

export interface Column extends ValueType {
  name: string
  nullable: boolean
}

export interface Table extends ChosenColumns<Column> {
  objectId: number
  /** `[dbo].[Contact]`, for SQL. */
  sql: string
  isView: boolean
  /** Whether Change Tracking is enabled for it, as far as this account may see. */
  isTracked: boolean
  columns: Map<string, Column>
  primaryKey: string[]
}

export function run(database: Pick<Database, 'query'>, { text, parameters }: Statement): Promise<Row[]> {
  return database.query(text, parameters)
}

/** Reads the table that the options name. Throws `connector.schema` for a table, column, key or type that won't do. */
export async function describeTable(database: Database, options: TableOptions): Promise<Table> {
  const where = `/entities/${options.entity}/options`
  const [found] = await run(database, findTable(options.schema, options.table))
  if (found === undefined) throw await notFound(database, options, where)
  const [objectId, schema, name, type, minimumVersion] = found
  const columns = new Map((await run(database, columnsOf(Number(objectId)))).map((row) => columnOf(row)))
  const primaryKey = (await run(database, primaryKeyOf(Number(objectId)))).map(([column]) => String(column))
  const title = `${String(schema)}.${String(name)}`
  const chosen = chooseColumns(
    { title, columns, primaryKey },
    options,
    ({ kind, type: declared }) =>
      ['integer', 'bigint', 'rowversion'].includes(kind) || (kind === 'decimal' && declared.endsWith(',0)')),
  )
  const unreadable = chosen.selected.find(({ kind }) => kind === 'variant')
  if (unreadable) {
    throw schemaError(`The column "${unreadable.name}" of ${title} is a sql_variant, whose values have no one type.`, {
      where: `${where}/columns`,
      fix: 'Leave it out by columns: {exclude: [..]}, or read a view that converts it.',
    })
  }
  return {
    objectId: Number(objectId),
    sql: `${quoted(String(schema))}.${quoted(String(name))}`,
    isView: String(type).trim() === 'V',
    isTracked: minimumVersion !== null,
    columns,
    primaryKey,
    ...chosen,
  }
}

/** What one may not read does not exist in the catalogue: only the table itself tells the two apart. */
async function notFound(database: Database, options: TableOptions, where: string): Promise<HubError> {
  try {
    await run(database, touch(options.schema, options.table))
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'connector.schema') throw error
  }
  return schemaError(
    `There is no table ${options.schema ?? '(default schema)'}.${options.table}, or this account can't see it.`,
    {
      where: `${where}/table`,
      fix: 'Name the table as the database does, with its schema.',
    },
  )
}

/** @param row name, type, length, precision, scale, nullable */
export function columnOf(row: Row): [string, Column] {
  const [name, type, length, precision, scale, nullable] = row
  const column = {
    name: String(name),
    ...valueType(String(type), Number(length), Number(precision), Number(scale)),
    nullable: nullable === true,
  }
  return [column.name, column]
}
