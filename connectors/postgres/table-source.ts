import { HubError } from '../../hub/contracts/hub-error.ts'
import { settingsError } from '../shared/errors.ts'
import { joinKey, splitKey } from '../shared/record-key.ts'
import type { TableOptions } from '../shared/table-options.ts'
import type { TableRow, TableSource, WatermarkPosition, WatermarkRow } from '../shared/table-source.ts'
import { type Column, describeTable, type Table } from './catalog.ts'
import { type Database, quoted, type TextRow } from './database.ts'
import { toParameter } from './values.ts'

const TIME_TYPES = new Set(['timestamp', 'timestamptz', 'date'])
/** Up to here rows are counted; beyond, the planner's estimate is good enough for a progress bar. */
const COUNTED_ROWS_MAX = 100_000

/** Reads one table by keyset. */
export class PostgresTableSource implements TableSource {
  readonly #database: Database
  /** As it was described last; described again when a column is gone. */
  table: Table
  readonly options: TableOptions

  constructor(database: Database, table: Table, options: TableOptions) {
    this.#database = database
    this.table = table
    this.options = options
  }

  get columnList(): string {
    return this.table.selected.map((column) => quoted(column.name)).join(', ')
  }

  get watermarkIsTime(): boolean {
    return TIME_TYPES.has(this.#watermark.baseType)
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
  async #ask(text: string, values: readonly unknown[] = []): Promise<TextRow[]> {
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
    const values: string[] = after === null ? [] : [...after]
    const condition = after === null ? '' : `WHERE ${beyond(key, 1)}`
    const text = `SELECT ${this.columnList} FROM ${sql} ${condition} ORDER BY ${names(key)} LIMIT ${limit}`
    const rows = await this.#ask(text, values)
    return rows.map((row) => this.rowOf(row))
  }

  async #pageByWatermark(
    after: WatermarkPosition | null,
    settledUpTo: readonly WatermarkPosition[],
    limit: number,
  ): Promise<WatermarkRow[]> {
    const order = [this.#watermark, ...this.table.key]
    const values: string[] = []
    const add = (position: WatermarkPosition): number => {
      values.push(position.watermark, ...position.key)
      return values.length - position.key.length
    }
    const condition = after === null ? '' : `AND ${beyond(order, add(after))}`
    const settled = settledUpTo.map((position) => `NOT (${beyond(order, add(position))})`)
    const text = `
      SELECT ${this.columnList}, ${settled.length === 0 ? 'false' : settled.join(' OR ')}
      FROM ${this.table.sql} WHERE ${quoted(this.#watermark.name)} IS NOT NULL ${condition}
      ORDER BY ${names(order)} LIMIT ${limit}`
    const rows = await this.#ask(text, values)
    return rows.map((row) => ({ ...this.#watermarkRow(row), settled: row.at(-1) === 't' }))
  }

  async #lookedBack(lookBackSeconds: number, rows: number): Promise<WatermarkPosition | null> {
    const order = [this.#watermark, ...this.table.key]
    const column = quoted(this.#watermark.name)
    const isTime = this.watermarkIsTime
    // An infinite watermark is no measure of how far the others are behind.
    const condition = isTime
      ? `${column} <= (SELECT max(${column}) FROM ${this.table.sql} WHERE isfinite(${column})) - $1 * interval '1 second'`
      : `${column} IS NOT NULL`
    const text = `
      SELECT ${this.columnList} FROM ${this.table.sql} WHERE ${condition}
      ORDER BY ${order.map((each) => `${quoted(each.name)} DESC`).join(', ')} OFFSET ${isTime ? 0 : rows} LIMIT 1`
    const [row] = await this.#ask(text, isTime ? [lookBackSeconds] : [])
    if (row === undefined) return null
    const { watermark, position } = this.#watermarkRow(row)
    return { watermark, key: position }
  }

  /** The rows with these keys (texts of the key columns), in no order; those that are gone are left out. */
  async rowsAt(positions: readonly (readonly string[])[]): Promise<TableRow[]> {
    if (positions.length === 0) return []
    const { key, sql } = this.table
    const lists = key.map((_, place) => `$${place + 1}::text[]`).join(', ')
    const casts = key.map((column, place) => `wanted.k${place}::${column.type}`).join(', ')
    const aliases = key.map((_, place) => `k${place}`).join(', ')
    const columns = this.table.selected.map((column) => `t.${quoted(column.name)}`).join(', ')
    const rows = await this.#ask(
      `SELECT ${columns} FROM unnest(${lists}) AS wanted(${aliases})
       JOIN ${sql} AS t ON (${key.map((column) => `t.${quoted(column.name)}`).join(', ')}) = (${casts})`,
      key.map((_, place) => positions.map((position) => position[place])),
    )
    return rows.map((row) => this.rowOf(row))
  }

  /** Those of the keys that the table has. */
  async existing(keys: readonly string[]): Promise<Set<string>> {
    const { key } = this.table
    const positions = keys.flatMap((text) => {
      const parts = splitKey(text, key.length)
      return parts ? [parts.map((part, place) => toParameter(part, key[place]?.baseType ?? 'text') ?? '')] : []
    })
    return new Set((await this.rowsAt(positions)).map((row) => row.key))
  }

  async estimate(): Promise<number | undefined> {
    const [row] = await this.#ask(
      `SELECT sum(greatest(c.reltuples, 0))::bigint FROM pg_class c
       WHERE c.oid = $1 OR c.oid IN (SELECT relid FROM pg_partition_tree($1::oid::regclass) WHERE isleaf)`,
      [this.table.oid],
    )
    const planned = Number(row?.[0] ?? 0)
    if (planned > COUNTED_ROWS_MAX) return planned
    const [counted] = await this.#ask(
      `SELECT count(*) FROM (SELECT 1 FROM ${this.table.sql} LIMIT ${COUNTED_ROWS_MAX + 1}) AS counted`,
    )
    const count = Number(counted?.[0] ?? 0)
    return count > COUNTED_ROWS_MAX ? undefined : count
  }

  #watermarkRow(row: TextRow): TableRow & { watermark: string } {
    const read = this.rowOf(row)
    return { ...read, watermark: read.watermark ?? '' }
  }

  /** A row of `selected` columns as a record. */
  rowOf(row: TextRow): TableRow {
    const { selected, key } = this.table
    const texts = new Map<string, string | null>()
    let bytes = 0
    const entries = selected.map((column, place) => {
      const text = row[place] ?? null
      texts.set(column.name, text)
      bytes += text?.length ?? 0
      return [column.name, text === null ? null : column.toJson(text)] as const
    })
    const position = key.map((column) => texts.get(column.name) ?? '')
    const result: TableRow = {
      key: joinKey(key.map((column, place) => keyText(column, position[place] ?? ''))),
      position,
      // fromEntries makes plain members of all names, also of `__proto__`.
      data: Object.fromEntries(entries),
      bytes,
    }
    const { watermark } = this.table
    const watermarkText = watermark ? texts.get(watermark.name) : undefined
    if (watermark && watermarkText !== null && watermarkText !== undefined) {
      result.watermark = watermarkText
      if (watermark.baseType === 'timestamptz') result.time = String(watermark.toJson(watermarkText))
    }
    const sequence = this.options.sequenceColumn === undefined ? undefined : texts.get(this.options.sequenceColumn)
    if (sequence !== null && sequence !== undefined) result.sequence = sequence
    return result
  }
}

/** A key value as part of the record's key: as in `data`, so that both name the record alike. */
export function keyText(column: Column, text: string): string {
  const value = column.toJson(text)
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function names(columns: readonly Column[]): string {
  return columns.map((column) => quoted(column.name)).join(', ')
}

/** `(a, b) > ($1::int, $2::text)`, which PostgreSQL answers from an index on (a, b). */
function beyond(columns: readonly Column[], firstParameter: number): string {
  const parameters = columns.map((column, place) => `$${firstParameter + place}::${column.type}`)
  return `(${names(columns)}) > (${parameters.join(', ')})`
}
