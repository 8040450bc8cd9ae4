import type { JsonObject } from '../../hub/contracts/json.ts'

/** A place in the order of (watermark, key columns), as the database writes these values as text. */
export interface WatermarkPosition {
  watermark: string
  key: string[]
}

export interface TableRow {
  key: string
  /** The key columns' values as the database's own text, to go on after this row. */
  position: string[]
  data: JsonObject
  /** Size of the row as it came over the wire, bytes. */
  bytes: number
  watermark?: string
  /** The watermark as ISO 8601 with its zone, where the column has one. */
  time?: string
  /** The value of the sequence column, Integer text. */
  sequence?: string
}

export interface WatermarkRow extends TableRow {
  watermark: string
  /** Whether the row lies at or before the `settledUpTo` asked with. */
  settled: boolean
}

/**
 * What reading a table needs from a database, in its own SQL. Positions are the database's own text of the values, so
 * that the database alone compares them and no collation or precision is guessed here.
 */
export interface TableSource {
  /** Rows in the order of the key, after `after`. */
  pageByKey(after: readonly string[] | null, limit: number): Promise<TableRow[]>
  /** Rows in the order of (watermark, key), after `after`; rows without a watermark are none. */
  pageByWatermark(
    after: WatermarkPosition | null,
    settledUpTo: readonly WatermarkPosition[],
    limit: number,
  ): Promise<WatermarkRow[]>
  /**
   * The last row that is more than `lookBackSeconds` behind the highest watermark. For a watermark that is no time: the
   * row `rows` places before the last one (0: none). Null when there is no such row.
   */
  lookedBack(lookBackSeconds: number, rows: number): Promise<WatermarkPosition | null>
  /** Whether the watermark is a time, so that seconds can be subtracted from it. */
  watermarkIsTime: boolean
  /** Those of the keys that the table has. */
  existing(keys: readonly string[]): Promise<Set<string>>
  /** Rows there are in all, as far as known without counting a big table. */
  estimate(): Promise<number | undefined>
}
