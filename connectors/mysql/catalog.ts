/** What the database says about a table: columns, types, key. */
import { HubError } from '../../hub/contracts/hub-error.ts'
import { chooseColumns, type ChosenColumns } from '../shared/chosen-columns.ts'
import { schemaError } from '../shared/errors.ts'
import type { TableOptions } from '../shared/table-options.ts'
import { type ByteRow, type Database, quoted } from './database.ts'
import { kindOf, type Kind } from './values.ts'

export interface Column {
  name: string
  kind: Kind
  nullable: boolean
  unsigned: boolean
  /** `decimal(38,10)`, `enum('a','b')` */
  type: string
  /** As MySQL names it; null for what is no text. */
  charset: string | null
}

export interface Table extends ChosenColumns<Column> {
  schema: string
  name: string
  /** Quoted, for SQL. */
  sql: string
  isView: boolean
  columns: Map<string, Column>
  primaryKey: string[]
  /** The planner's figure. */
  rowsEstimate: number
}

const COLUMNS_SQL = `
  SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE, CHARACTER_SET_NAME
  FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`

const KEY_SQL = `
  SELECT COLUMN_NAME FROM information_schema.STATISTICS
  WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX`

/** MariaDB's JSON is LONGTEXT with a check. */
const JSON_CHECKS_SQL = `
  SELECT CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ? AND TABLE_NAME = ?`

/** Reads the table that the options name. Throws `connector.schema` for a table, column or key that is not there. */
export async function describeTable(database: Database, options: TableOptions): Promise<Table> {
  const where = `/entities/${options.entity}/options`
  const found = await findTable(database, options, where)
  const { schema, name } = found
  const columns = new Map((await readColumns(database, schema, name)).map((column) => [column.name, column]))
  const primaryKey = texts(await database.query(KEY_SQL, [schema, name])).map(([column]) => String(column))
  const sql = `${quoted(schema)}.${quoted(name)}`
  const chosen = chooseColumns({ title: `${schema}.${name}`, columns, primaryKey }, options, isInteger)
  return { ...found, sql, columns, primaryKey, ...chosen }
}

function isInteger({ kind }: Column): boolean {
  return kind === 'integer'
}

async function findTable(
  database: Database,
  options: TableOptions,
  where: string,
): Promise<Pick<Table, 'schema' | 'name' | 'isView' | 'rowsEstimate'>> {
  const rows = await database.query(
    `SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, coalesce(TABLE_ROWS, 0) FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = coalesce(?, database()) AND TABLE_NAME = ?`,
    [options.schema ?? null, options.table],
  )
  const candidates = texts(rows)
  const row = candidates.find(([, name]) => name === options.table) ?? candidates[0]
  if (row === undefined || row[0] === undefined) {
    // What one may not read does not exist in these views: the server itself tells the two apart.
    const sql =
      options.schema === undefined ? quoted(options.table) : `${quoted(options.schema)}.${quoted(options.table)}`
    await database.query(`SELECT 1 FROM ${sql} LIMIT 0`).catch((error: unknown) => {
      if (error instanceof HubError && error.code !== 'connector.schema') throw error
    })
    throw schemaError(
      `There is no table ${options.schema ?? '(this database)'}.${options.table}, or this user can't see it.`,
      {
        where: `${where}/table`,
        fix: 'Name the table as the database does, with its schema (database).',
      },
    )
  }
  const [schema = '', name = '', type, rowsEstimate] = row
  return { schema, name, isView: type === 'VIEW', rowsEstimate: Number(rowsEstimate) }
}

async function readColumns(database: Database, schema: string, name: string): Promise<Column[]> {
  const rows = texts(await database.query(COLUMNS_SQL, [schema, name]))
  // MySQL has no TABLE_NAME in this view, and a JSON type of its own.
  const clauses = texts(await database.query(JSON_CHECKS_SQL, [schema, name]).catch(() => [])).map(([clause]) => clause)
  return rows.map(([column = '', dataType = '', type = '', nullable, charset]) => ({
    name: column,
    kind: clauses.includes(`json_valid(${quoted(column)})`) ? 'json' : kindOf(dataType, type),
    nullable: nullable === 'YES',
    unsigned: type.includes('unsigned'),
    type,
    charset: charset ?? null,
  }))
}

export function texts(rows: readonly ByteRow[]): (string | undefined)[][] {
  return rows.map((row) => row.map((value) => value?.toString('utf8')))
}
