/** All the SQL of the connector, so that a change of it is seen (statements.test.ts). */
import type { Column, Table } from './catalog.ts'
import type { Bind } from './session.ts'
import { settingsError } from '../shared/errors.ts'
import { bindSql, selectSql, toBind } from './values.ts'

export interface Statement {
  text: string
  binds: Bind[]
}

/** A name for SQL text. Throws `connector.settings` for a double quote, which no name of Oracle's may have. */
export function quoted(name: string): string {
  if (name.includes('"')) throw settingsError("A name in Oracle can't have a double quote.")
  return `"${name}"`
}

/** Values on their way into a statement: each becomes :1, :2, ... in the order in which the text names them. */
class Binds {
  readonly list: Bind[] = []

  text(value: string | null): string {
    return `:${this.list.push({ kind: 'text', value })}`
  }

  /** As a value of the column's own type. */
  of(column: Column, value: Bind): string {
    return bindSql(`:${this.list.push(value)}`, column)
  }
}

const plain = (text: string): Statement => ({ text, binds: [] })

export const SERVER = plain(
  `SELECT banner, SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') FROM v$version FETCH FIRST 1 ROWS ONLY`,
)

/** Tables are found by the name as the database has it; a name that was not quoted there is upper-case. */
export function findTable(schema: string | undefined, table: string): Statement {
  const binds = new Binds()
  const name = binds.text(table)
  const owner = binds.text(schema ?? null)
  const text = `SELECT o.owner, o.object_name, o.object_type, o.object_id FROM all_objects o
WHERE o.object_name = ${name} AND o.object_type IN ('TABLE', 'VIEW') AND o.owner = COALESCE(${owner}, SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA'))
ORDER BY o.object_type`
  return { text, binds: binds.list }
}

const COLUMN_FACTS =
  'c.column_name, c.data_type, CASE WHEN c.char_length > 0 THEN c.char_length ELSE c.data_length END, c.data_precision, c.data_scale, c.nullable'

export function columnsOf(owner: string, table: string): Statement {
  const binds = new Binds()
  const text = `SELECT ${COLUMN_FACTS} FROM all_tab_columns c WHERE c.owner = ${binds.text(owner)} AND c.table_name = ${binds.text(table)} ORDER BY c.column_id`
  return { text, binds: binds.list }
}

export function primaryKeyOf(owner: string, table: string): Statement {
  const binds = new Binds()
  const text = `SELECT x.column_name FROM all_constraints k JOIN all_cons_columns x ON x.owner = k.owner AND x.constraint_name = k.constraint_name
WHERE k.constraint_type = 'P' AND k.owner = ${binds.text(owner)} AND k.table_name = ${binds.text(table)} ORDER BY x.position`
  return { text, binds: binds.list }
}

export function indexBeginsWith(owner: string, table: string, column: string): Statement {
  const binds = new Binds()
  const text = `SELECT i.index_name FROM all_ind_columns i WHERE i.table_owner = ${binds.text(owner)} AND i.table_name = ${binds.text(table)} AND i.column_position = 1 AND i.column_name = ${binds.text(column)}`
  return { text, binds: binds.list }
}

/** Oracle's own schemas are left out by their mark. */
export const TABLES = plain(
  `SELECT o.owner, o.object_name FROM all_objects o JOIN all_users u ON u.username = o.owner
WHERE o.object_type IN ('TABLE', 'VIEW') AND u.oracle_maintained = 'N'`,
)

export const ALL_COLUMNS = plain(
  `SELECT c.owner, c.table_name, ${COLUMN_FACTS} FROM all_tab_columns c JOIN all_users u ON u.username = c.owner
WHERE u.oracle_maintained = 'N' ORDER BY c.owner, c.table_name, c.column_id`,
)

export const KEYS = plain(
  `SELECT k.owner, k.table_name, k.constraint_name, x.column_name FROM all_constraints k
JOIN all_cons_columns x ON x.owner = k.owner AND x.constraint_name = k.constraint_name
WHERE k.constraint_type IN ('P', 'U') AND k.status = 'ENABLED'
ORDER BY k.owner, k.table_name, CASE WHEN k.constraint_type = 'P' THEN 0 ELSE 1 END, k.constraint_name, x.position`,
)

/** Reads nothing, but needs the right to read, and tells a table that is missing from one that may not be read. */
export function touch(schema: string | undefined, table: string): Statement {
  return plain(`SELECT 1 FROM ${schema === undefined ? '' : `${quoted(schema)}.`}${quoted(table)} WHERE 1 = 0`)
}

export function knownRows(owner: string, table: string): Statement {
  const binds = new Binds()
  const text = `SELECT t.num_rows FROM all_tables t WHERE t.owner = ${binds.text(owner)} AND t.table_name = ${binds.text(table)}`
  return { text, binds: binds.list }
}

export function countedRows({ sql }: Table, max: number): Statement {
  return plain(`SELECT COUNT(*) FROM (SELECT 1 AS one FROM ${sql} FETCH FIRST ${max} ROWS ONLY) counted`)
}

const columnList = (columns: readonly Column[], from = ''): string =>
  columns
    .map(
      (column, place) =>
        `${selectSql(`${from}${quoted(column.name)}`, column)} AS ${from === '' ? 'c' : from[0]}${place}`,
    )
    .join(', ')

const orderList = (columns: readonly Column[], direction = ''): string =>
  columns.map(({ name }) => `${quoted(name)}${direction}`).join(', ')

/** `a > :1 OR (a = :2 AND b > :3)` with `a >= :0` before it, by which the server finds the place in an index. */
function beyond(columns: readonly Column[], position: readonly string[], binds: Binds): string {
  const term = (place: number, operator: string): string => {
    const column = columns[place]
    if (column === undefined) throw new Error('a position has as many parts as columns')
    return `${quoted(column.name)} ${operator} ${binds.of(column, toBind(position[place] ?? '', column))}`
  }
  if (columns.length === 1) return term(0, '>')
  const start = term(0, '>=')
  const steps = columns.map((_, last) => {
    const equal = columns.slice(0, last).map((__, place) => term(place, '='))
    return `(${[...equal, term(last, '>')].join(' AND ')})`
  })
  return `${start} AND (${steps.join(' OR ')})`
}

function whereSql(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` WHERE ${conditions.map((each) => `(${each})`).join(' AND ')}`
}

const notNull = (columns: readonly Column[]): string[] =>
  columns.filter(({ nullable }) => nullable).map(({ name }) => `${quoted(name)} IS NOT NULL`)

export function pageByKey({ selected, key, sql }: Table, after: readonly string[] | null, limit: number): Statement {
  const binds = new Binds()
  const conditions = [...notNull(key), ...(after === null ? [] : [beyond(key, after, binds)])]
  const text = `SELECT ${columnList(selected)} FROM ${sql}${whereSql(conditions)} ORDER BY ${orderList(key)} FETCH FIRST ${limit} ROWS ONLY`
  return { text, binds: binds.list }
}

/** The last column says whether the row is settled, 1 or 0. */
export function pageByWatermark(
  { selected, key, sql }: Table,
  watermark: Column,
  after: readonly string[] | null,
  settledUpTo: readonly (readonly string[])[],
  limit: number,
): Statement {
  const binds = new Binds()
  const order = [watermark, ...key]
  const settled = settledUpTo.map((position) => `NOT (${beyond(order, position, binds)})`)
  const isSettled = settled.length === 0 ? '0' : `CASE WHEN ${settled.join(' OR ')} THEN 1 ELSE 0 END`
  const conditions = [...notNull(order), ...(after === null ? [] : [beyond(order, after, binds)])]
  const text = `SELECT ${columnList(selected)}, ${isSettled} AS settled FROM ${sql}${whereSql(conditions)} ORDER BY ${orderList(order)} FETCH FIRST ${limit} ROWS ONLY`
  return { text, binds: binds.list }
}

/** The newest rows, newest first. @param behindSeconds only those that far behind the highest watermark */
export function newestRows(
  { selected, key, sql }: Table,
  watermark: Column,
  behindSeconds: number | undefined,
  limit: number,
): Statement {
  const name = quoted(watermark.name)
  const order = [watermark, ...key]
  const behind =
    behindSeconds === undefined
      ? []
      : [`${name} <= (SELECT MAX(${name}) FROM ${sql}) - NUMTODSINTERVAL(${behindSeconds}, 'SECOND')`]
  return plain(
    `SELECT ${columnList(selected)} FROM ${sql}${whereSql([...notNull(order), ...behind])} ORDER BY ${orderList(order, ' DESC')} FETCH FIRST ${limit} ROWS ONLY`,
  )
}

function keyCondition(key: readonly Column[], position: readonly string[], binds: Binds): string {
  return key
    .map((column, place) => `${quoted(column.name)} = ${binds.of(column, toBind(position[place] ?? '', column))}`)
    .join(' AND ')
}

export function rowsAt({ selected, key, sql }: Table, positions: readonly (readonly string[])[]): Statement {
  const binds = new Binds()
  const one = positions.map((position) => `(${keyCondition(key, position, binds)})`)
  return { text: `SELECT ${columnList(selected)} FROM ${sql} WHERE ${one.join(' OR ')}`, binds: binds.list }
}

/** The row, held until the transaction ends, with all columns: a precondition may name any. */
export function lockedRow({ columns, key, sql }: Table, position: readonly string[], waitSeconds: number): Statement {
  const binds = new Binds()
  const where = keyCondition(key, position, binds)
  const text = `SELECT ${columnList([...columns.values()])} FROM ${sql} WHERE ${where} FOR UPDATE WAIT ${waitSeconds}`
  return { text, binds: binds.list }
}

export interface Assignment {
  column: Column
  value: Bind
}

export function update({ key, sql }: Table, position: readonly string[], fields: readonly Assignment[]): Statement {
  const binds = new Binds()
  const set = fields.map(({ column, value }) => `${quoted(column.name)} = ${binds.of(column, value)}`)
  return {
    text: `UPDATE ${sql} SET ${set.join(', ')} WHERE ${keyCondition(key, position, binds)}`,
    binds: binds.list,
  }
}

export function insert({ key, sql }: Table, position: readonly string[], fields: readonly Assignment[]): Statement {
  const binds = new Binds()
  const keys = key.map((column, place) => ({ column, value: toBind(position[place] ?? '', column) }))
  const all = [...keys, ...fields.filter(({ column }) => !key.includes(column))]
  const names = all.map(({ column }) => quoted(column.name)).join(', ')
  const values = all.map(({ column, value }) => binds.of(column, value)).join(', ')
  return { text: `INSERT INTO ${sql} (${names}) VALUES (${values})`, binds: binds.list }
}

/** Names the writer for the triggers of this session; null: nobody. */
export function setWriter(mark: string | null): Statement {
  const binds = new Binds()
  return { text: `BEGIN DBMS_SESSION.SET_IDENTIFIER(${binds.text(mark)}); END;`, binds: binds.list }
}

/** The change table of a followed table; it, its sequence and trigger are made by changeTableDdl. */
export interface ChangeTable {
  /** `"SALES"."CUSTOMER_OMNIHUB"` */
  sql: string
  sequenceSql: string
}

export function changeTableOf(owner: string, name: string): ChangeTable {
  const sql = `${quoted(owner)}.${quoted(name)}`
  return { sql, sequenceSql: `${quoted(owner)}.${quoted(`${name}_SEQ`)}` }
}

/** A number that is higher than that of any change noted so far, committed or not. */
export function nextNumber({ sequenceSql }: ChangeTable): Statement {
  return plain(`SELECT ${sequenceSql}.NEXTVAL FROM dual`)
}

/** Which change table this is: made anew, it has another object id. Its trigger, as far as the account may see it. */
export function changeTableState(owner: string, name: string): Statement {
  const binds = new Binds()
  const text = `SELECT o.object_id, TO_CHAR(t.last_ddl_time, 'YYYY-MM-DD"T"HH24:MI:SS'), g.status FROM all_objects o
LEFT JOIN all_triggers g ON g.owner = o.owner AND g.trigger_name = ${binds.text(`${name}_TRG`)}
LEFT JOIN all_objects t ON t.owner = g.owner AND t.object_name = g.trigger_name AND t.object_type = 'TRIGGER'
WHERE o.object_type = 'TABLE' AND o.owner = ${binds.text(owner)} AND o.object_name = ${binds.text(name)}`
  return { text, binds: binds.list }
}

/**
 * The oldest changes that are noted, with the rows as they are now: key columns, then the selected ones, the number, the
 * writer, when, and whether the row is there.
 */
export function notedChanges({ selected, key, sql }: Table, changes: ChangeTable, limit: number): Statement {
  const join = key.map(({ name }) => `t.${quoted(name)} = ch.${quoted(name)}`).join(' AND ')
  const [first] = key
  const facts = [
    'ch.omnihub_seq AS n',
    'ch.omnihub_writer AS w',
    `TO_CHAR(SYS_EXTRACT_UTC(ch.omnihub_at), 'YYYY-MM-DD"T"HH24:MI:SS.FF6"Z"') AS m`,
    `CASE WHEN t.${quoted(first?.name ?? '')} IS NULL THEN 0 ELSE 1 END AS h`,
  ]
  return plain(
    `SELECT ${columnList(key, 'ch.')}, ${columnList(selected, 't.')}, ${facts.join(', ')}
FROM ${changes.sql} ch LEFT JOIN ${sql} t ON ${join} ORDER BY ch.omnihub_seq FETCH FIRST ${limit} ROWS ONLY`,
  )
}

/** @param runs numbers from and to, both included; at most 500 */
export function forgetChanges({ sql }: ChangeTable, runs: readonly (readonly [bigint, bigint])[]): Statement {
  const binds = new Binds()
  const conditions = runs.map(
    ([from, to]) =>
      `omnihub_seq BETWEEN TO_NUMBER(${binds.text(String(from))}) AND TO_NUMBER(${binds.text(String(to))})`,
  )
  return { text: `DELETE FROM ${sql} WHERE ${conditions.join(' OR ')}`, binds: binds.list }
}
