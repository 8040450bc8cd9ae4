/**
 * All the T-SQL of the connector. Here alone, so that its grammar can be checked by an independent parser
 * (statements.system.test.ts) and a change of it is seen (statements.test.ts).
 */
import type { Column, Table } from './catalog.ts'
import { type Parameter, parameterSql, selectSql, toParameter } from './values.ts'

export interface Statement {
  text: string
  parameters: Parameter[]
}

/** A name for SQL text, whatever characters it has. */
export function quoted(name: string): string {
  return `[${name.replaceAll(']', ']]')}]`
}

/** Values on their way into a statement: each becomes @p0, @p1, ... */
class Parameters {
  readonly list: Parameter[] = []

  text(value: string | null): string {
    return `@p${this.list.push({ binary: false, value }) - 1}`
  }

  /** As a value of the column's own type. */
  of(column: Column, value: Parameter): string {
    return parameterSql(`@p${this.list.push(value) - 1}`, column)
  }
}

const plain = (text: string): Statement => ({ text, parameters: [] })

export const SERVER = plain(
  `SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)), CAST(SERVERPROPERTY('Edition') AS nvarchar(128)), SCHEMA_NAME()`,
)

export const SNAPSHOT_STATE = plain(
  `SELECT CAST(snapshot_isolation_state AS int) FROM sys.databases WHERE name = DB_NAME()`,
)

export function findTable(schema: string | undefined, table: string): Statement {
  const parameters = new Parameters()
  const text = `SELECT o.object_id, s.name, o.name, CAST(o.type AS nvarchar(2)), CHANGE_TRACKING_MIN_VALID_VERSION(o.object_id)
FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE o.type IN ('U', 'V') AND o.name = ${parameters.text(table)} AND s.name = COALESCE(${parameters.text(schema ?? null)}, SCHEMA_NAME())`
  return { text, parameters: parameters.list }
}

export function columnsOf(objectId: number): Statement {
  return plain(
    `SELECT c.name, COALESCE(TYPE_NAME(c.system_type_id), t.name), CAST(c.max_length AS int), CAST(c.precision AS int), CAST(c.scale AS int), c.is_nullable
FROM sys.columns AS c JOIN sys.types AS t ON t.user_type_id = c.user_type_id
WHERE c.object_id = ${objectId} ORDER BY c.column_id`,
  )
}

export function primaryKeyOf(objectId: number): Statement {
  return plain(
    `SELECT c.name FROM sys.indexes AS i
JOIN sys.index_columns AS x ON x.object_id = i.object_id AND x.index_id = i.index_id
JOIN sys.columns AS c ON c.object_id = x.object_id AND c.column_id = x.column_id
WHERE i.object_id = ${objectId} AND i.is_primary_key = 1 AND x.key_ordinal > 0 ORDER BY x.key_ordinal`,
  )
}

export function indexBeginsWith(objectId: number, column: string): Statement {
  const parameters = new Parameters()
  const text = `SELECT TOP (1) i.index_id FROM sys.indexes AS i
JOIN sys.index_columns AS x ON x.object_id = i.object_id AND x.index_id = i.index_id
JOIN sys.columns AS c ON c.object_id = x.object_id AND c.column_id = x.column_id
WHERE i.object_id = ${objectId} AND x.key_ordinal = 1 AND c.name = ${parameters.text(column)}`
  return { text, parameters: parameters.list }
}

export const TABLES = plain(
  `SELECT o.object_id, s.name, o.name FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0
AND HAS_PERMS_BY_NAME(CONCAT(QUOTENAME(s.name), '.', QUOTENAME(o.name)), 'OBJECT', 'SELECT') = 1`,
)

export const ALL_COLUMNS = plain(
  `SELECT c.object_id, c.name, COALESCE(TYPE_NAME(c.system_type_id), t.name), CAST(c.max_length AS int), CAST(c.precision AS int), CAST(c.scale AS int), c.is_nullable
FROM sys.columns AS c JOIN sys.types AS t ON t.user_type_id = c.user_type_id ORDER BY c.object_id, c.column_id`,
)

export const UNIQUE_KEYS = plain(
  `SELECT i.object_id, i.index_id, c.name, c.is_nullable FROM sys.indexes AS i
JOIN sys.index_columns AS x ON x.object_id = i.object_id AND x.index_id = i.index_id
JOIN sys.columns AS c ON c.object_id = x.object_id AND c.column_id = x.column_id
WHERE i.is_unique = 1 AND i.has_filter = 0 AND i.is_disabled = 0 AND x.key_ordinal > 0
ORDER BY i.object_id, CASE WHEN i.is_primary_key = 1 THEN 0 ELSE 1 END, i.index_id, x.key_ordinal`,
)

/** Reads nothing, but needs the right to read, and tells a table that is missing from one that may not be seen. */
export function touch(schema: string | undefined, table: string): Statement {
  return plain(`SELECT TOP (0) 1 AS one FROM ${schema === undefined ? '' : `${quoted(schema)}.`}${quoted(table)}`)
}

export function knownRows(objectId: number): Statement {
  return plain(
    `SELECT CAST(SUM(p.rows) AS bigint) FROM sys.partitions AS p WHERE p.object_id = ${objectId} AND p.index_id IN (0, 1)`,
  )
}

export function countedRows({ sql }: Table, max: number): Statement {
  return plain(`SELECT COUNT(*) FROM (SELECT TOP (${max}) 1 AS one FROM ${sql}) AS counted`)
}

const columnList = (columns: readonly Column[], from = ''): string =>
  columns.map((column) => selectSql(`${from}${quoted(column.name)}`, column)).join(', ')

const orderList = (columns: readonly Column[], direction = ''): string =>
  columns.map(({ name }) => `${quoted(name)}${direction}`).join(', ')

/** `a > @p OR (a = @p AND b > @p)` with `a >= @p` before it, by which the server finds the place in an index. */
function beyond(columns: readonly Column[], position: readonly string[], parameters: Parameters, from = ''): string {
  const term = (place: number, operator: string): string => {
    const column = columns[place]
    if (column === undefined) throw new Error('a position has as many parts as columns')
    const value = toParameter(position[place] ?? '', column)
    return `${from}${quoted(column.name)} ${operator} ${parameters.of(column, value)}`
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
  const parameters = new Parameters()
  const conditions = [...notNull(key), ...(after === null ? [] : [beyond(key, after, parameters)])]
  const text = `SELECT TOP (${limit}) ${columnList(selected)} FROM ${sql}${whereSql(conditions)} ORDER BY ${orderList(key)}`
  return { text, parameters: parameters.list }
}

/** What a row version may be: below the first one of a transaction that is still open. */
const activeLimit = (watermark: Column): string[] =>
  watermark.kind === 'rowversion' ? [`${quoted(watermark.name)} < MIN_ACTIVE_ROWVERSION()`] : []

/** The last column says whether the row is settled, 1 or 0. */
export function pageByWatermark(
  { selected, key, sql }: Table,
  watermark: Column,
  after: readonly string[] | null,
  settledUpTo: readonly (readonly string[])[],
  limit: number,
): Statement {
  const parameters = new Parameters()
  const order = [watermark, ...key]
  const settled = settledUpTo.map((position) => `NOT (${beyond(order, position, parameters)})`)
  const isSettled =
    watermark.kind === 'rowversion'
      ? '1'
      : settled.length === 0
        ? '0'
        : `CASE WHEN ${settled.join(' OR ')} THEN 1 ELSE 0 END`
  const conditions = [
    ...notNull(order),
    ...activeLimit(watermark),
    ...(after === null ? [] : [beyond(order, after, parameters)]),
  ]
  const text = `SELECT TOP (${limit}) ${columnList(selected)}, ${isSettled} FROM ${sql}${whereSql(conditions)} ORDER BY ${orderList(order)}`
  return { text, parameters: parameters.list }
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
  const type = watermark.kind === 'datetimeoffset' ? 'datetimeoffset(7)' : 'datetime2(7)'
  const behind =
    behindSeconds === undefined
      ? []
      : [`${name} <= DATEADD(second, -${behindSeconds}, CAST((SELECT MAX(${name}) FROM ${sql}) AS ${type}))`]
  const conditions = [...notNull(order), ...activeLimit(watermark), ...behind]
  return plain(
    `SELECT TOP (${limit}) ${columnList(selected)} FROM ${sql}${whereSql(conditions)} ORDER BY ${orderList(order, ' DESC')}`,
  )
}

function keyCondition(key: readonly Column[], position: readonly string[], parameters: Parameters): string {
  const terms = key.map(
    (column, place) => `${quoted(column.name)} = ${parameters.of(column, toParameter(position[place] ?? '', column))}`,
  )
  return terms.join(' AND ')
}

export function rowsAt({ selected, key, sql }: Table, positions: readonly (readonly string[])[]): Statement {
  const parameters = new Parameters()
  const one = positions.map((position) => `(${keyCondition(key, position, parameters)})`)
  const text = `SELECT ${columnList(selected)} FROM ${sql} WHERE ${one.join(' OR ')}`
  return { text, parameters: parameters.list }
}

/**
 * The row, held until the transaction ends, with all columns: a precondition may name any. HOLDLOCK holds the gap too
 * where there is no row, so that nobody inserts it meanwhile.
 */
export function lockedRow({ columns, key, sql }: Table, position: readonly string[]): Statement {
  const parameters = new Parameters()
  const where = keyCondition(key, position, parameters)
  const text = `SELECT ${columnList([...columns.values()])} FROM ${sql} WITH (UPDLOCK, HOLDLOCK, ROWLOCK) WHERE ${where}`
  return { text, parameters: parameters.list }
}

export interface Assignment {
  column: Column
  value: Parameter
}

/** @param mark names the writer in Change Tracking */
export function update(
  { key, sql }: Table,
  position: readonly string[],
  fields: readonly Assignment[],
  mark: Buffer | null,
): Statement {
  const parameters = new Parameters()
  const set = fields.map(({ column, value }) => `${quoted(column.name)} = ${parameters.of(column, value)}`)
  const where = keyCondition(key, position, parameters)
  return marked(`UPDATE ${sql} SET ${set.join(', ')} WHERE ${where}`, parameters, mark)
}

export function insert(
  { key, sql }: Table,
  position: readonly string[],
  fields: readonly Assignment[],
  mark: Buffer | null,
): Statement {
  const parameters = new Parameters()
  const keys = key.map((column, place) => ({ column, value: toParameter(position[place] ?? '', column) }))
  const all = [...keys, ...fields.filter(({ column }) => !key.includes(column))]
  const names = all.map(({ column }) => quoted(column.name)).join(', ')
  const values = all.map(({ column, value }) => parameters.of(column, value)).join(', ')
  return marked(`INSERT INTO ${sql} (${names}) VALUES (${values})`, parameters, mark)
}

function marked(text: string, parameters: Parameters, mark: Buffer | null): Statement {
  if (mark === null) return { text, parameters: parameters.list }
  const context = `@p${parameters.list.push({ binary: true, value: mark }) - 1}`
  return { text: `WITH CHANGE_TRACKING_CONTEXT (${context}) ${text}`, parameters: parameters.list }
}

export const CURRENT_VERSION = plain('SELECT CHANGE_TRACKING_CURRENT_VERSION()')

/** The lowest version that can still be asked for (null: not tracked), and when the table itself was last altered. */
export function trackingState(objectId: number): Statement {
  return plain(
    `SELECT CHANGE_TRACKING_MIN_VALID_VERSION(${objectId}), (SELECT CONVERT(varchar(27), o.modify_date, 121) FROM sys.objects AS o WHERE o.object_id = ${objectId}), CHANGE_TRACKING_CURRENT_VERSION()`,
  )
}

/**
 * What changed after a place in (version, key), in that order, with the rows as they are: key columns, then the selected
 * ones, the version, `I`, `U` or `D`, the mark, and whether the row is there.
 */
export function changes(
  { selected, key, sql }: Table,
  since: { version: bigint; after: readonly string[] | null },
  limit: number,
): Statement {
  const parameters = new Parameters()
  const from = parameters.text(String(since.after === null ? since.version : since.version - 1n))
  const version = since.after === null ? '' : parameters.text(String(since.version))
  const past =
    since.after === null
      ? ''
      : ` WHERE ct.SYS_CHANGE_VERSION > CAST(${version} AS bigint) OR (ct.SYS_CHANGE_VERSION = CAST(${version} AS bigint) AND ${beyond(key, since.after, parameters, 'ct.')})`
  const join = key.map(({ name }) => `t.${quoted(name)} = ct.${quoted(name)}`).join(' AND ')
  const [first] = key
  const order = key.map(({ name }) => `ct.${quoted(name)}`).join(', ')
  const text = `SELECT TOP (${limit}) ${columnList(key, 'ct.')}, ${columnList(selected, 't.')}, ct.SYS_CHANGE_VERSION, ct.SYS_CHANGE_OPERATION, ct.SYS_CHANGE_CONTEXT, CASE WHEN t.${quoted(first?.name ?? '')} IS NULL THEN 0 ELSE 1 END
FROM CHANGETABLE(CHANGES ${sql}, CAST(${from} AS bigint)) AS ct LEFT JOIN ${sql} AS t ON ${join}${past}
ORDER BY ct.SYS_CHANGE_VERSION, ${order}`
  return { text, parameters: parameters.list }
}
