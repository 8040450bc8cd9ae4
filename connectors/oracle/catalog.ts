/** What the database says about a table: columns, types, key. */
import { HubError } from '../../hub/contracts/hub-error.ts'
import { chooseColumns, type ChosenColumns } from '../shared/chosen-columns.ts'
import { schemaError } from '../shared/errors.ts'
import type { TableOptions } from '../shared/table-options.ts'
import type { Database } from './database.ts'
import type { Row } from './session.ts'
import { columnsOf, findTable, primaryKeyOf, quoted, touch } from './statements.ts'
import { type ValueType, valueType } from './values.ts'

export interface Column extends ValueType {
  name: string
  nullable: boolean
}

export interface Table extends ChosenColumns<Column> {
  owner: string
  name: string
  /** `"SALES"."CUSTOMER"`, for SQL. */
  sql: string
  isView: boolean
  columns: Map<string, Column>
  primaryKey: string[]
}

/** Reads the table that the options name. Throws `connector.schema` for a table, column, key or type that won't do. */
export async function describeTable(database: Database, options: TableOptions): Promise<Table> {
  const where = `/entities/${options.entity}/options`
  const [found] = await database.query(findTable(options.schema, options.table))
  if (found === undefined) throw await notFound(database, options, where)
  const [owner, name, type] = found.map(String) as [string, string, string]
  const columns = new Map((await database.query(columnsOf(owner, name))).map((row) => columnOf(row)))
  const primaryKey = (await database.query(primaryKeyOf(owner, name))).map(([column]) => String(column))
  const title = `${owner}.${name}`
  const chosen = chooseColumns({ title, columns, primaryKey }, options, ({ kind }) => kind === 'integer')
  const unreadable = chosen.selected.find(({ kind }) => kind === 'long' || kind === 'other')
  if (unreadable) {
    throw schemaError(
      `The column "${unreadable.name}" of ${title} has the type ${unreadable.type}, which is not read.`,
      {
        where: `${where}/columns`,
        fix: 'Leave it out by columns: {exclude: [..]}, or read a view that converts it.',
      },
    )
  }
  return {
    owner,
    name,
    sql: `${quoted(owner)}.${quoted(name)}`,
    isView: type === 'VIEW',
    columns,
    primaryKey,
    ...chosen,
  }
}

/** What one may not read does not exist in these views. Oracle says so of the table too, unless another right on it was given. */
async function notFound(database: Database, options: TableOptions, where: string): Promise<HubError> {
  try {
    await database.query(touch(options.schema, options.table))
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'connector.schema') throw error
  }
  return schemaError(
    `There is no table ${options.schema ?? '(own schema)'}.${options.table}, or this account can't see it.`,
    {
      where: `${where}/table`,
      fix: 'Name schema and table as the database has them (upper-case, where they were made without quotes), and grant SELECT.',
    },
  )
}

/** @param row name, type, length, precision, scale, nullable */
export function columnOf(row: Row): [string, Column] {
  const [name, type, length, precision, scale, nullable] = row
  const number = (cell: Row[number] | undefined): number | null => (cell === null ? null : Number(cell))
  const column = {
    name: String(name),
    ...valueType(String(type), Number(length), number(precision), number(scale)),
    nullable: nullable === 'Y',
  }
  return [column.name, column]
}
