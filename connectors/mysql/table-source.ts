import { HubError } from '../../hub/contracts/hub-error.ts'
import { settingsError } from '../shared/errors.ts'
import { joinKey, splitKey } from '../shared/record-key.ts'
import type { TableOptions } from '../shared/table-options.ts'
import type { TableRow, TableSource, WatermarkPosition, WatermarkRow } from '../shared/table-source.ts'
import { type Column, describeTable, type Table, texts } from './catalog.ts'
import { type ByteRow, type Database, quoted } from './database.ts'
import { positionText, toJson, toParameter } from './values.ts'

const TIME_KINDS = new Set(['datetime', 'timestamp', 'date'])
/** Up to here rows are counted; beyond, the planner's estimate is good enough for a progress bar. */
const COUNTED_ROWS_MAX = 100_000

/** Reads one table by keyset. */
export class MysqlTableSource implements TableSource {
  readonly #database: Database
  /** As it was described last; described again when a column is gone. */
  table: Table
  readonly options: TableOptions

  constructor(database: Database, table: Table, options: TableOptions) {
    this.#database = database
    this.table = table
    this.options = options
  }

  get watermarkIsTime(): boolean {
    return TIME_KINDS.has(this.#watermark.kind)
  }

  get #watermark(): Column {
    if (this.table.watermark) return this.table.watermark
    throw settingsError(`The entity "${this.options.entity}" can't be polled without a watermark column.`, {
      where: `/entities/${this.options.entity}/options/watermarkColumn`,
      fix: 'Name a column that grows with every change, or follow the log instead.',
    })
  }

  pageByKey(after: readonly string[] | null, limit: number): Promise<TableRow[]> {
    return this.#asItIs(() => this.#pageByKey(after, limit))
  }

  pageByWatermark(
    after: WatermarkPosition | null,
    settledUpTo: readonly WatermarkPosition[],
    limit: number,
  ): Promise<WatermarkRow[]> {
    return this.#asItIs(() => this.#pageByWatermark(after, settledUpTo, limit))
  }

  lookedBack(lookBackSeconds: number, rows: number): Promise<WatermarkPosition | null> {
    return this.#asItIs(() => this.#lookedBack(lookBackSeconds, rows))
  }

  /** Each statement on the table is a call that the rate budget counts. */
  async #ask(text: string, values: readonly (string | number | null)[] = []): Promise<ByteRow[]> {
    await this.#database.call()
    return this.#database.query(text, values)
  }

  /** Where a column was dropped since the table was described, it is read on without it, unless the options need it. */
  async #asItIs<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof HubError) || error.code !== 'connector.schema') throw error
      this.table = await describeTable(this.#database, this.options)
      return read()
    }
  }

  async #pageByKey(after: readonly string[] | null, limit: number): Promise<TableRow[]> {
    const { key, sql } = this.table
    const beyondAfter = after === null ? undefined : beyond(key, after)
    const rows = await this.#ask(
      `SELECT ${this.columnList} FROM ${sql} ${beyondAfter ? `WHERE ${beyondAfter.sql}` : ''}
       ORDER BY ${key.map(orderSql).join(', ')} LIMIT ${limit}`,
      beyondAfter?.values ?? [],
    )
    return rows.map((row) => this.rowOf(row))
  }

  async #pageByWatermark(
    after: WatermarkPosition | null,
    settledUpTo: readonly WatermarkPosition[],
    limit: number,
  ): Promise<WatermarkRow[]> {
    const order = [this.#watermark, ...this.table.key]
    const settled = settledUpTo.map(({ watermark, key }) => beyond(order, [watermark, ...key]))
    const condition = after === null ? undefined : beyond(order, [after.watermark, ...after.key])
    const rows = await this.#ask(
      `SELECT ${this.columnList}, ${settled.length === 0 ? '0' : settled.map((each) => `NOT (${each.sql})`).join(' OR ')}
       FROM ${this.table.sql} WHERE ${quoted(this.#watermark.name)} IS NOT NULL ${condition ? `AND ${condition.sql}` : ''}
       ORDER BY ${order.map(orderSql).join(', ')} LIMIT ${limit}`,
      [...settled.flatMap((each) => each.values), ...(condition?.values ?? [])],
    )
    return rows.map((row) => ({
      ...this.rowOf(row),
      watermark: positionText(
        this.#watermark.kind,
        row[this.table.selected.indexOf(this.#watermark)] ?? Buffer.alloc(0),
      ),
      settled: row.at(-1)?.toString() === '1',
    }))
  }

  async #lookedBack(lookBackSeconds: number, rows: number): Promise<WatermarkPosition | null> {
    const order = [this.#watermark, ...this.table.key]
    const column = quoted(this.#watermark.name)
    const isTime = this.watermarkIsTime
    const condition = isTime
      ? `${column} <= (SELECT max(${column}) FROM ${this.table.sql}) - INTERVAL ? SECOND`
      : `${column} IS NOT NULL`
    const [row] = await this.#ask(
      `SELECT ${this.columnList} FROM ${this.table.sql} WHERE ${condition}
       ORDER BY ${order.map((each) => `${orderSql(each)} DESC`).join(', ')} LIMIT 1 OFFSET ${isTime ? 0 : rows}`,
      isTime ? [lookBackSeconds] : [],
    )
    if (row === undefined) return null
    const { watermark = '', position } = this.rowOf(row)
    return { watermark, key: position }
  }

  /** The rows with these keys (position texts of the key columns), in no order; those that are gone are left out. */
  async rowsAt(positions: readonly (readonly string[])[]): Promise<TableRow[]> {
    if (positions.length === 0) return []
    const { key, sql } = this.table
    const one = `(${key.map((column) => `${quoted(column.name)} = ${parameterSql(column)}`).join(' AND ')})`
    const rows = await this.#ask(
      `SELECT ${this.columnList} FROM ${sql} WHERE ${positions.map(() => one).join(' OR ')}`,
      positions.flat(),
    )
    return rows.map((row) => this.rowOf(row))
  }

  async existing(keys: readonly string[]): Promise<Set<string>> {
    const positions = keys.flatMap((text) => this.positionOf(text) ?? [])
    const asked = chunks(positions, this.table.key.length)
    return new Set((await this.rowsAt(asked)).map((row) => row.key))
  }

  /** A record's key as position texts, one after the other. */
  positionOf(key: string): string[] | undefined {
    const parts = splitKey(key, this.table.key.length)
    return parts?.map((part, place) => String(toParameter(part, this.table.key[place]?.kind ?? 'text')))
  }

  async estimate(): Promise<number | undefined> {
    if (this.table.rowsEstimate > COUNTED_ROWS_MAX) return this.table.rowsEstimate
    const rows = await this.#ask(
      `SELECT count(*) FROM (SELECT 1 FROM ${this.table.sql} LIMIT ${COUNTED_ROWS_MAX + 1}) AS counted`,
    )
    const count = Number(texts(rows)[0]?.[0] ?? 0)
    return count > COUNTED_ROWS_MAX ? undefined : count
  }

  /** Under names of ours: the driver refuses some that a column may have. */
  get columnList(): string {
    return this.table.selected.map((column, place) => `${selectSql(column)} AS c${place}`).join(', ')
  }

  /** The same table with every column selected. */
  withAllColumns(): MysqlTableSource {
    const table = { ...this.table, selected: [...this.table.columns.values()] }
    return new MysqlTableSource(this.#database, table, this.options)
  }

  /** A row of `selected` columns as a record. */
  rowOf(row: ByteRow): TableRow {
    const { selected, key, watermark } = this.table
    const valueOf = (column: Column): Buffer | null => row[selected.indexOf(column)] ?? null
    const position = key.map((column) => positionText(column.kind, valueOf(column) ?? Buffer.alloc(0)))
    const result: TableRow = {
      key: joinKey(key.map((column) => keyText(column, valueOf(column)))),
      position,
      // fromEntries makes plain members of all names, also of `__proto__`.
      data: Object.fromEntries(
        selected.map((column, place) => {
          const bytes = row[place] ?? null
          return [column.name, bytes === null ? null : toJson(column.kind, bytes)]
        }),
      ),
      bytes: row.reduce((sum, value) => sum + (value?.length ?? 0), 0),
    }
    const stamp = watermark ? valueOf(watermark) : null
    if (watermark && stamp) {
      result.watermark = positionText(watermark.kind, stamp)
      if (watermark.kind === 'timestamp') result.time = String(toJson('timestamp', stamp))
    }
    const sequence = this.options.sequenceColumn === undefined ? undefined : result.data[this.options.sequenceColumn]
    if (sequence !== null && sequence !== undefined) result.sequence = String(sequence)
    return result
  }
}

/** A key value as part of the record's key: as in `data`, so that both name the record alike. */
export function keyText(column: Column, bytes: Buffer | null): string {
  const value = bytes === null ? '' : toJson(column.kind, bytes)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function selectSql(column: Column): string {
  // A float is printed with six digits only, as a double with all; a bit is printed as bytes, as a number with digits.
  if (column.kind === 'float') return `${quoted(column.name)} + 0e0`
  if (column.kind === 'bit' || column.kind === 'boolean-bit') return `${quoted(column.name)} + 0`
  return quoted(column.name)
}

/** Enums are sorted by their place in the definition, but compared with text as text: both must be text. */
function orderSql(column: Column): string {
  return column.kind === 'enum' || column.kind === 'set' ? `CAST(${quoted(column.name)} AS CHAR)` : quoted(column.name)
}

/** A parameter of the column's own type: a number compared with text would be compared as a double. */
export function parameterSql(column: Column): string {
  switch (column.kind) {
    case 'integer':
      return column.unsigned ? 'CAST(? AS UNSIGNED)' : 'CAST(? AS SIGNED)'
    case 'bit':
    case 'boolean-bit':
      return 'CAST(? AS UNSIGNED)'
    case 'decimal':
      return `CAST(? AS ${column.type.replace(/ .*$/, '')})`
    case 'float':
    case 'double':
      return '(? + 0e0)'
    case 'binary':
    case 'geometry':
      return 'FROM_BASE64(?)'
    default:
      return '?'
  }
}

/** `a > ? OR (a = ? AND b > ?)` with `a >= ?` before it, by which the server finds the place in an index. */
function beyond(columns: readonly Column[], position: readonly string[]): { sql: string; values: string[] } {
  const values: string[] = []
  const term = (place: number, operator: string): string => {
    const column = columns[place]
    if (column === undefined) throw new Error('a position has as many parts as columns')
    values.push(position[place] ?? '')
    return `${orderSql(column)} ${operator} ${parameterSql(column)}`
  }
  const start = term(0, '>=')
  const steps = columns.map((_, last) => {
    const equal = columns.slice(0, last).map((_, place) => term(place, '='))
    return `(${[...equal, term(last, '>')].join(' AND ')})`
  })
  return { sql: `${start} AND (${steps.join(' OR ')})`, values }
}

function chunks(items: readonly string[], size: number): string[][] {
  return Array.from({ length: items.length / size }, (_, index) => items.slice(index * size, (index + 1) * size))
}
