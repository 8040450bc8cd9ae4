import { HubError } from '../../hub/contracts/hub-error.ts'
import { settingsError } from '../shared/errors.ts'
import { joinKey, splitKey } from '../shared/record-key.ts'
import type { TableOptions } from '../shared/table-options.ts'
import type { TableRow, TableSource, WatermarkPosition, WatermarkRow } from '../shared/table-source.ts'
import { type Column, describeTable, run, type Table } from './catalog.ts'
import type { Database } from './database.ts'
import type { Row } from './session.ts'
import * as statements from './statements.ts'
import { type Cell, toJson } from './values.ts'

const TIME_KINDS = new Set(['datetime', 'smalldatetime', 'datetime2', 'datetimeoffset', 'date'])
/** Up to here rows are counted; beyond, the server's own figure is good enough for a progress bar. */
const COUNTED_ROWS_MAX = 100_000
/** A statement takes 2,100 parameters at most. */
const PARAMETERS_MAX = 2000

/** Reads one table by keyset. */
export class SqlServerTableSource implements TableSource {
  readonly #source: Database | undefined
  /** As it was described last; described again when a column is gone. */
  table: Table
  readonly options: TableOptions

  /** @param database undefined for one that only turns rows into records */
  constructor(database: Database | undefined, table: Table, options: TableOptions) {
    this.#source = database
    this.table = table
    this.options = options
  }

  get #database(): Database {
    if (this.#source) return this.#source
    throw new Error('this source reads nothing')
  }

  get watermarkIsTime(): boolean {
    return TIME_KINDS.has(this.#watermark.kind)
  }

  get #watermark(): Column {
    if (this.table.watermark) return this.table.watermark
    throw settingsError(`The entity "${this.options.entity}" can't be polled without a watermark column.`, {
      where: `/entities/${this.options.entity}/options/watermarkColumn`,
      fix: 'Name a rowversion column, or another that grows with every change; or follow Change Tracking (mode: log).',
    })
  }

  pageByKey(after: readonly string[] | null, limit: number): Promise<TableRow[]> {
    return this.#asItIs(async () => {
      const rows = await run(this.#database, statements.pageByKey(this.table, after, limit))
      return rows.map((row) => this.rowOf(row))
    })
  }

  pageByWatermark(
    after: WatermarkPosition | null,
    settledUpTo: readonly WatermarkPosition[],
    limit: number,
  ): Promise<WatermarkRow[]> {
    const flat = ({ watermark, key }: WatermarkPosition): string[] => [watermark, ...key]
    return this.#asItIs(async () => {
      const rows = await run(
        this.#database,
        statements.pageByWatermark(
          this.table,
          this.#watermark,
          after === null ? null : flat(after),
          settledUpTo.map(flat),
          limit,
        ),
      )
      return rows.map((row) => ({ ...this.#watermarkRow(row), settled: row.at(-1) === 1 }))
    })
  }

  lookedBack(lookBackSeconds: number, rows: number): Promise<WatermarkPosition | null> {
    return this.#asItIs(async () => {
      // Nothing below the first open transaction's row version can appear later: there is nothing to look back at.
      const places = this.watermarkIsTime || this.#watermark.kind === 'rowversion' ? 0 : rows
      const behind = this.watermarkIsTime ? lookBackSeconds : undefined
      const statement = statements.newestRows(this.table, this.#watermark, behind, places + 1)
      const row = (await run(this.#database, statement))[places]
      if (row === undefined) return null
      const { watermark, position } = this.#watermarkRow(row)
      return { watermark, key: position }
    })
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

  async existing(keys: readonly string[]): Promise<Set<string>> {
    const positions = keys.flatMap((text) => {
      const position = this.positionOf(text)
      return position === undefined ? [] : [position]
    })
    const size = Math.max(1, Math.floor(PARAMETERS_MAX / this.table.key.length))
    const found = new Set<string>()
    for (let at = 0; at < positions.length; at += size) {
      const statement = statements.rowsAt(this.#keyOnly, positions.slice(at, at + size))
      for (const row of await run(this.#database, statement)) found.add(this.#keyText(row))
    }
    return found
  }

  get #keyOnly(): Table {
    return { ...this.table, selected: this.table.key }
  }

  #keyText(row: Row): string {
    return joinKey(this.table.key.map((column, place) => cellText(column, row[place] ?? null)))
  }

  /** A record's key as position texts; undefined where it can't be a key of this table. */
  positionOf(key: string): string[] | undefined {
    return splitKey(key, this.table.key.length)
  }

  async estimate(): Promise<number | undefined> {
    const [known] = await run(this.#database, statements.knownRows(this.table.objectId))
    if (Number(known?.[0] ?? 0) > COUNTED_ROWS_MAX) return Number(known?.[0])
    const [counted] = await run(this.#database, statements.countedRows(this.table, COUNTED_ROWS_MAX + 1))
    const count = Number(counted?.[0] ?? 0)
    return count > COUNTED_ROWS_MAX ? undefined : count
  }

  #watermarkRow(row: Row): TableRow & { watermark: string } {
    const read = this.rowOf(row)
    return { ...read, watermark: read.watermark ?? '' }
  }

  /** A row of `columns`, by default the selected ones, as a record. */
  rowOf(row: Row, columns: readonly Column[] = this.table.selected): TableRow {
    const { key, watermark } = this.table
    const cellOf = (column: Column): Cell => row[columns.indexOf(column)] ?? null
    const position = key.map((column) => cellText(column, cellOf(column)))
    const result: TableRow = {
      key: joinKey(position),
      position,
      // fromEntries makes plain members of all names, also of `__proto__`.
      data: Object.fromEntries(columns.map((column, place) => [column.name, toJson(column.kind, row[place] ?? null)])),
      bytes: row.reduce<number>((sum, cell) => sum + sizeOf(cell), 0),
    }
    const stamp = watermark ? cellOf(watermark) : null
    if (watermark && stamp !== null) {
      result.watermark = cellText(watermark, stamp)
      if (watermark.kind === 'datetimeoffset') result.time = result.watermark
    }
    const sequence = this.options.sequenceColumn === undefined ? undefined : result.data[this.options.sequenceColumn]
    // BigInt reads the 0x form of a row version too.
    if (typeof sequence === 'string' || typeof sequence === 'number') result.sequence = BigInt(sequence).toString()
    return result
  }
}

/** A value as part of a key or position: as in `data`, so that both name the record alike. */
export function cellText(column: Column, cell: Cell): string {
  return cell === null ? '' : String(toJson(column.kind, cell))
}

function sizeOf(cell: Cell): number {
  if (typeof cell === 'string') return cell.length * 2
  return Buffer.isBuffer(cell) ? cell.length : 8
}
