/** What the database says about a table: columns, types, key. */
import { chooseColumns, type ChosenColumns } from '../shared/chosen-columns.ts'
import { schemaError } from '../shared/errors.ts'
import type { TableOptions } from '../shared/table-options.ts'
import { type Database, quoted } from './database.ts'
import { baseTypeName, converterFor, type ToJson, type TypeInfo } from './values.ts'

export interface Column {
  name: string
  /** For casts: `numeric`, `timestamp with time zone`, `"my_schema"."my_enum"`; without length, which a cast would cut to. */
  type: string
  nullable: boolean
  baseType: string
  toJson: ToJson
}

export interface Table extends ChosenColumns<Column> {
  oid: number
  schema: string
  name: string
  /** Quoted, for SQL. */
  sql: string
  /** `r` table, `p` partitioned, `v` view, `m` materialized view, `f` foreign. */
  kind: string
  /** `d` primary key, `f` full, `i` index, `n` nothing. */
  replicaIdentity: string
  /** All columns of the table. */
  columns: Map<string, Column>
  primaryKey: string[]
}

const INTEGER_TYPES = new Set(['int2', 'int4', 'int8', 'numeric', 'oid', 'xid8'])

const TABLE_SQL = `
  SELECT c.oid, n.nspname, c.relkind, c.relreplident,
         coalesce((SELECT array_to_json(array_agg(a.attname ORDER BY k.place))
                   FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
                   JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
                   WHERE i.indrelid = c.oid AND i.indisprimary), '[]')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND (($2::text IS NULL AND n.nspname = 'public') OR n.nspname = $2::text)`

const COLUMNS_SQL = `
  SELECT attname, atttypid, format_type(atttypid, -1), attnotnull
  FROM pg_attribute WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped ORDER BY attnum`

const TYPES_SQL = `
  WITH RECURSIVE needed(oid) AS (
    SELECT unnest($1::oid[])
    UNION
    SELECT inside.oid FROM needed JOIN pg_type t ON t.oid = needed.oid
    CROSS JOIN LATERAL (SELECT CASE WHEN t.typtype = 'd' THEN t.typbasetype WHEN t.typcategory = 'A' THEN t.typelem END) AS inside(oid)
    WHERE inside.oid IS NOT NULL AND inside.oid <> 0
  )
  SELECT t.oid, t.typname, t.typtype, t.typcategory = 'A' AND t.typsubscript::text = 'array_subscript_handler', t.typelem, t.typbasetype, t.typdelim
  FROM pg_type t JOIN needed USING (oid)`

/** Reads the table that the options name. Throws `connector.schema` for a table, column or key that is not there. */
export async function describeTable(database: Database, options: TableOptions): Promise<Table> {
  const where = `/entities/${options.entity}/options`
  const [found] = await database.query(TABLE_SQL, [options.table, options.schema ?? null])
  const name = `${options.schema ?? 'public'}.${options.table}`
  if (found === undefined) {
    throw schemaError(`There is no table ${name}, or this user can't see it.`, {
      where: `${where}/table`,
      fix: 'Name the table as the database does, with its schema; upper and lower case count.',
    })
  }
  const [oid, schema, kind, replicaIdentity, primaryKey] = found as string[]
  const rows = await database.query(COLUMNS_SQL, [oid])
  const types = await loadTypes(
    database,
    rows.map((row) => Number(row[1])),
  )
  const columns = new Map(rows.map((row) => [row[0] as string, columnOf(row as string[], types)]))
  const primary = JSON.parse(primaryKey ?? '[]') as string[]
  return {
    oid: Number(oid),
    schema: String(schema),
    name: options.table,
    sql: `${quoted(String(schema))}.${quoted(options.table)}`,
    kind: String(kind),
    replicaIdentity: String(replicaIdentity),
    columns,
    primaryKey: primary,
    ...chooseColumns({ title: name, columns, primaryKey: primary }, options, (column) =>
      INTEGER_TYPES.has(column.baseType),
    ),
  }
}

function columnOf(row: readonly string[], types: ReadonlyMap<number, TypeInfo>): Column {
  const [name = '', typeOid, type = '', notNull] = row
  return {
    name,
    type,
    nullable: notNull !== 't',
    baseType: baseTypeName(Number(typeOid), types),
    toJson: converterFor(Number(typeOid), types),
  }
}

/** The types of these OIDs, with the element types of arrays and the base types of domains. */
export async function loadTypes(database: Database, oids: readonly number[]): Promise<Map<number, TypeInfo>> {
  const rows = await database.query(TYPES_SQL, [[...new Set(oids)]])
  return new Map(
    rows.map(([oid, name, kind, isArray, element, base, delimiter]) => [
      Number(oid),
      {
        name: String(name),
        kind: String(kind),
        isArray: isArray === 't',
        inner: Number(kind === 'd' ? base : element),
        delimiter: String(delimiter),
      },
    ]),
  )
}
