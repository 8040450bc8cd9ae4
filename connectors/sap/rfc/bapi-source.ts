import { schemaError } from '../../shared/errors.ts'
import type { TableRow, TableSource } from '../../shared/table-source.ts'
import type { MessageMeanings } from '../errors.ts'
import { bapiError, failuresIn, getRecord, textOf } from './bapi.ts'
import type { BapiMapping } from './mapping.ts'
import type { RfcConnection, RfcPort } from './port.ts'

/** Records that BAPIs list and read, as a table with a key: the list is asked for once for a page, the records one by one. */
export class BapiSource implements TableSource {
  readonly watermarkIsTime = false
  readonly #port: RfcPort
  readonly #mapping: BapiMapping
  readonly #meanings: MessageMeanings

  constructor(port: RfcPort, mapping: BapiMapping, meanings: MessageMeanings) {
    this.#port = port
    this.#mapping = mapping
    this.#meanings = meanings
  }

  pageByKey(after: readonly string[] | null, limit: number): Promise<TableRow[]> {
    return this.#port.withConnection(async (connection) => {
      const keys = await this.#keys(connection)
      const rows: TableRow[] = []
      for (const key of keys.filter((each) => after === null || each > (after[0] ?? ''))) {
        if (rows.length === limit) break
        const data = await getRecord(connection, this.#mapping, key, this.#meanings)
        // Deleted between the list and now.
        if (data === undefined) continue
        rows.push({ key, position: [key], data, bytes: JSON.stringify(data).length })
      }
      return rows
    })
  }

  pageByWatermark(): Promise<never> {
    return Promise.reject(schemaError('BAPIs are followed by comparing, not by a watermark.'))
  }

  lookedBack(): Promise<null> {
    return Promise.resolve(null)
  }

  existing(keys: readonly string[]): Promise<Set<string>> {
    return this.#port.withConnection(async (connection) => {
      const found = new Set<string>()
      for (const key of keys) if (await getRecord(connection, this.#mapping, key, this.#meanings)) found.add(key)
      return found
    })
  }

  estimate(): Promise<number> {
    return this.#port.withConnection(async (connection) => (await this.#keys(connection)).length)
  }

  /** Sorted as text, each once. */
  async #keys(connection: RfcConnection): Promise<string[]> {
    const { list, where } = this.#mapping
    const answer = await connection.call(list.function, list.parameters)
    const failures = failuresIn(answer)
    if (failures.length > 0) throw bapiError(list.function, failures, this.#meanings)
    const rows = answer[list.table]
    if (!Array.isArray(rows)) {
      throw schemaError(`The function module ${list.function} gives no table ${list.table}.`, {
        where: `${where}/list/table`,
      })
    }
    const keys = rows.map((row) => textOf(row[list.key])).filter((key) => key !== '')
    return [...new Set(keys)].sort()
  }
}
