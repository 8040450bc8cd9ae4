import type { SourceRecord } from '../../hub/contracts/connector.ts'
import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { schemaError } from '../shared/errors.ts'
import { isDeleted } from '../shared/table-records.ts'
import type { TableOptions } from '../shared/table-options.ts'
import type { TableRow, TableSource, WatermarkPosition, WatermarkRow } from '../shared/table-source.ts'
import type { SalesforceApi } from './api.ts'
import { hasCode } from './errors.ts'
import type { CallKind } from './limits.ts'
import type { ObjectCatalog, ObjectInfo } from './object-info.ts'
import type { ObjectOptions } from './options.ts'
import { changedSequence, snapshotSequence } from './sequence.ts'
import { inLists, select, selectOf } from './soql.ts'
import { restData } from './values.ts'

const NO_ID = '000000000000000AAA'
/** Ids of one query. */
const IDS_MAX = 200

/** An object read by SOQL over REST, as the shared readers of tables want it. */
export class SoqlSource implements TableSource {
  readonly options: ObjectOptions
  /** What the shared readers need to know. */
  readonly tableOptions: TableOptions
  readonly watermarkIsTime = true
  readonly #api: SalesforceApi
  readonly #catalog: ObjectCatalog
  /** The highest watermark of this pass, ms: what lies further back than the look-back is settled. */
  #highest = -Infinity

  constructor(api: SalesforceApi, catalog: ObjectCatalog, options: ObjectOptions) {
    this.#api = api
    this.#catalog = catalog
    this.options = options
    this.tableOptions = {
      entity: options.entity,
      schema: undefined,
      table: options.object,
      keyColumns: undefined,
      watermarkColumn: undefined,
      lookBackSeconds: options.lookBackSeconds,
      pageSize: options.pageSize,
      sequenceColumn: undefined,
      deletedWhen: { column: 'IsDeleted', values: [true] },
      include: undefined,
      exclude: [],
    }
  }

  info(): Promise<ObjectInfo> {
    return this.#catalog.info(this.options)
  }

  async pageByKey(after: readonly string[] | null, limit: number): Promise<TableRow[]> {
    const beyond = after?.[0] === undefined ? [] : [`Id > '${after[0]}'`]
    return this.read(
      false,
      'snapshot',
      (info) => select(info, this.options, beyond, `ORDER BY Id LIMIT ${limit}`),
      snapshotSequence,
    )
  }

  async pageByWatermark(
    after: WatermarkPosition | null,
    settledUpTo: readonly WatermarkPosition[],
    limit: number,
  ): Promise<WatermarkRow[]> {
    const rows = await this.read(true, 'live', (info) => {
      const { name } = watermarkOf(info)
      const [id = NO_ID] = after?.key ?? []
      const beyond =
        after === null ? [] : [`(${name} > ${after.watermark} OR (${name} = ${after.watermark} AND Id > '${id}'))`]
      return select(info, this.options, beyond, `ORDER BY ${name}, Id LIMIT ${limit}`)
    })
    const last = Date.parse(rows.at(-1)?.watermark ?? '')
    if (last > this.#highest) this.#highest = last
    const settledMs = this.#highest - this.options.lookBackSeconds * 1000
    return rows.flatMap((row) => {
      const { watermark } = row
      if (watermark === undefined) return []
      const isBehind = Date.parse(watermark) < settledMs
      return [{ ...row, watermark, settled: isBehind || settledUpTo.some((place) => isUpTo(row, watermark, place)) }]
    })
  }

  /**
   * For the place of now: so far behind the newest record. While polling null: what is settled then follows from the
   * records of the pass themselves, which saves a call.
   */
  async lookedBack(lookBackSeconds: number, rows: number): Promise<WatermarkPosition | null> {
    if (rows === 0) return null
    const [newest] = await this.newest(1)
    if (newest === undefined) return null
    return { watermark: new Date(Date.parse(newest.stamp) - lookBackSeconds * 1000).toISOString(), key: [NO_ID] }
  }

  /** Ids and watermarks of the records that changed last, the newest first, deleted ones too. */
  async newest(count: number): Promise<{ id: string; stamp: string }[]> {
    return this.#stamps((name) => ({ conditions: [], rest: `ORDER BY ${name} DESC, Id DESC LIMIT ${count}` }))
  }

  /** The same of those that changed at `stamp` or later, the oldest first. */
  async changedSince(stamp: string, count: number): Promise<{ id: string; stamp: string }[]> {
    return this.#stamps((name) => ({
      conditions: [`${name} >= ${stamp}`],
      rest: `ORDER BY ${name}, Id LIMIT ${count}`,
    }))
  }

  async #stamps(
    ask: (watermark: string) => { conditions: string[]; rest: string },
  ): Promise<{ id: string; stamp: string }[]> {
    const info = await this.info()
    const watermark = watermarkOf(info)
    const { conditions, rest } = ask(watermark.name)
    const names = ['Id', watermark.name]
    const { records } = await this.#api.query(`${selectOf(info, names, this.options, conditions)} ${rest}`, true)
    const fields = info.fields.filter(({ name }) => names.includes(name))
    return records.map((record) => {
      const data = restData(fields, record)
      return { id: String(data.Id), stamp: String(data[watermark.name]) }
    })
  }

  /** The records with these Ids that there are, by Id. @param all deleted ones too */
  async byIds(ids: readonly string[], all = false): Promise<Map<string, TableRow>> {
    const found = new Map<string, TableRow>()
    for (let from = 0; from < ids.length; from += IDS_MAX) {
      const [list] = inLists(ids.slice(from, from + IDS_MAX))
      if (list === undefined) continue
      const rows = await this.read(all, 'live', (info) => select(info, this.options, [`Id IN ${list.sql}`]))
      for (const row of rows) found.set(row.position[0] ?? '', row)
    }
    return found
  }

  async existing(keys: readonly string[]): Promise<Set<string>> {
    const info = await this.info()
    const found = new Set<string>()
    for (const { sql, values } of inLists(keys)) {
      const soql = selectOf(info, [info.key.name], this.options, [`${info.key.name} IN ${sql}`])
      const { records } = await this.#api.query(soql, false)
      // Texts are found in any case; the hub's own spelling of the key counts.
      const there = new Set(records.map((record) => fold(String(record[info.key.name]))))
      for (const value of values) if (there.has(fold(value))) found.add(value)
    }
    return found
  }

  async estimate(): Promise<number | undefined> {
    const info = await this.info()
    const soql = selectOf(info, ['COUNT()'], this.options, [])
    try {
      return (await this.#api.query(soql, false, 'snapshot')).totalSize
    } catch (error) {
      // A big object can't be counted in time; it can be read without that.
      if (hasCode(error, 'QUERY_TIMEOUT', 'OPERATION_TOO_LARGE')) return undefined
      throw error
    }
  }

  /** Where a field was dropped since the object was described, it is described anew and read without it. */
  async read(
    all: boolean,
    kind: CallKind,
    soqlOf: (info: ObjectInfo) => string,
    sequence = changedSequence,
  ): Promise<TableRow[]> {
    const ask = async (): Promise<TableRow[]> => {
      const info = await this.info()
      const { records } = await this.#api.query(soqlOf(info), all, kind)
      return records.map((record) =>
        rowOf(info, restData(info.fields, record), JSON.stringify(record).length, sequence),
      )
    }
    try {
      return await ask()
    } catch (error) {
      if (!hasCode(error, 'INVALID_FIELD')) throw error
      this.#catalog.forget(this.options.object)
      return ask()
    }
  }
}

export function rowOf(
  info: ObjectInfo,
  data: JsonObject,
  bytes: number,
  sequence: (stamp: string) => string,
): TableRow {
  const stamp = info.watermark === undefined ? null : (data[info.watermark.name] ?? null)
  return {
    key: keyOf(data[info.key.name] ?? null),
    position: [String(data.Id)],
    data,
    bytes,
    ...(typeof stamp === 'string' ? { watermark: stamp, time: stamp, sequence: sequence(stamp) } : {}),
  }
}

export function keyOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A row as a record of the entity. */
export function recordFrom(row: TableRow, options: ObjectOptions, version: string): SourceRecord {
  return {
    entity: options.entity,
    key: row.key,
    kind: isDeleted(row.data, { column: 'IsDeleted', values: [true] }) ? 'delete' : 'upsert',
    version,
    data: row.data,
    ...(row.time === undefined ? {} : { time: row.time }),
    ...(row.sequence === undefined ? {} : { sequence: row.sequence, sequenceType: 'Integer' }),
  }
}

function watermarkOf(info: ObjectInfo): { name: string } {
  if (info.watermark) return info.watermark
  throw schemaError(`The object ${info.name} has no time of its last change, so it can't be polled.`, {
    fix: 'Follow it by change events (mode: log), or read it by snapshots only.',
  })
}

function isUpTo(row: TableRow, watermark: string, place: WatermarkPosition): boolean {
  return (
    watermark < place.watermark || (watermark === place.watermark && (row.position[0] ?? '') <= (place.key[0] ?? ''))
  )
}

function fold(text: string): string {
  return text.trim().toLowerCase()
}
