/** Events of the binary log -> records. */
import type { SourceRecord } from '../../../hub/contracts/connector.ts'
import type { JsonObject } from '../../../hub/contracts/json.ts'
import type { LoggedRecord } from '../../shared/log-completion.ts'
import { joinKey } from '../../shared/record-key.ts'
import type { TableOptions } from '../../shared/table-options.ts'
import { isDeleted } from '../../shared/table-records.ts'
import { describeTable, type Table } from '../catalog.ts'
import type { Database } from '../database.ts'
import { keyText } from '../table-source.ts'
import { positionText, toJson } from '../values.ts'
import { writerOf } from '../write-mark.ts'
import type { BinlogEvent, RowsEvent, TableMapEvent } from './events.ts'
import { type Image, LoggedTable, LogUnreadable } from './logged-table.ts'
import { type BinlogPlace, placeSequence } from './place.ts'

export interface FollowedEntity {
  options: TableOptions
  table: Table
}

type Logged = LoggedRecord<FollowedEntity>

export class BinlogDecoder {
  readonly #database: Database
  readonly #entities: FollowedEntity[]
  readonly #epoch: number
  readonly #tables = new Map<number, { entity: FollowedEntity; rows: LoggedTable }[]>()
  #file: string
  /** The end of the event that began the transaction: the same at each reading, unlike where reading began. */
  #begun = 0
  #eventsInTransaction = 0
  #writtenBy: string | undefined
  /** What changed rows without the log naming them. */
  readonly unnamed: string[] = []

  constructor(database: Database, entities: readonly FollowedEntity[], place: BinlogPlace) {
    this.#database = database
    this.#entities = [...entities]
    this.#epoch = place.epoch
    this.#file = place.file
  }

  async decode(event: BinlogEvent): Promise<Logged[]> {
    switch (event.type) {
      case 'rotate':
        this.#file = event.file
        this.#tables.clear()
        return []
      case 'begin':
        this.#begun = event.nextOffset
        this.#eventsInTransaction = 0
        this.#writtenBy = undefined
        return []
      case 'annotation':
        this.#writtenBy = writerOf(event.text) ?? this.#writtenBy
        return []
      case 'statement':
        await this.#readStatement(event.schema, event.text)
        return []
      case 'table':
        await this.#learn(event.table)
        return []
      case 'rows':
        this.#eventsInTransaction += 1
        return this.#readRows(event.rows, event.timestamp)
      case 'unreadable':
        throw new LogUnreadable(event.reason)
      default:
        return []
    }
  }

  async #learn(event: TableMapEvent): Promise<void> {
    const known = this.#tables.get(event.tableId)
    if (known) return
    const found: { entity: FollowedEntity; rows: LoggedTable }[] = []
    for (const entity of this.#entities) {
      if (!isSame(entity.table, event.schema, event.table)) continue
      // A new number for a table says that it may have been altered.
      entity.table = await describeTable(this.#database, entity.options)
      found.push({ entity, rows: new LoggedTable(event, entity.table) })
    }
    this.#tables.set(event.tableId, found)
  }

  async #readStatement(schema: string, text: string): Promise<void> {
    const words = text.replace(/^(\s|\/\*[\s\S]*?\*\/|--[^\n]*\n)+/, '').replace(/`/g, '')
    const truncated = /^TRUNCATE\s+(?:TABLE\s+)?(?:(\S+?)\s*\.\s*)?([^\s;]+)/i.exec(words)
    if (truncated) {
      const [, inSchema = schema, table = ''] = truncated
      if (this.#entities.some((entity) => isSame(entity.table, inSchema, table))) {
        this.unnamed.push(`TRUNCATE emptied ${inSchema}.${table}; the log names no rows`)
      }
      return
    }
    if (/^ALTER|^RENAME|^DROP|^CREATE/i.test(words)) this.#tables.clear()
    const isData = /^(INSERT|UPDATE|DELETE|REPLACE|LOAD)\b/i.test(words)
    if (isData && this.#entities.some((entity) => words.toLowerCase().includes(entity.table.name.toLowerCase()))) {
      this.unnamed.push('a statement that changes rows was logged as text, not as rows (binlog_format)')
    }
  }

  #readRows(event: RowsEvent, timestamp: number): Logged[] {
    const records: Logged[] = []
    for (const { entity, rows } of this.#tables.get(event.tableId) ?? []) {
      let row = 0
      for (const { before, after } of rows.images(event)) {
        const version = `${this.#epoch}:${this.#file}:${this.#begun}:${this.#eventsInTransaction}:${row}`
        row += 1
        const time = new Date(timestamp * 1000).toISOString()
        const beforeKey = before && this.#key(entity, before)
        const afterKey = after && this.#key(entity, new Map([...(before ?? []), ...after]))
        // A changed key is the end of one record and the beginning of another.
        if (before && beforeKey && beforeKey.key !== afterKey?.key) {
          records.push(this.#record(entity, beforeKey, before, 'delete', version, time))
        }
        if (after && afterKey) records.push(this.#record(entity, afterKey, after, 'upsert', version, time))
      }
    }
    return records
  }

  #key({ table }: FollowedEntity, image: Image): { key: string; position: string[] } {
    const values = table.key.map((column) => image.get(column.name) ?? null)
    return {
      key: joinKey(table.key.map((column, place) => keyText(column, values[place] ?? null))),
      position: table.key.map((column, place) => positionText(column.kind, values[place] ?? Buffer.alloc(0))),
    }
  }

  #record(
    entity: FollowedEntity,
    { key, position }: { key: string; position: string[] },
    image: Image,
    kind: 'upsert' | 'delete',
    version: string,
    time: string,
  ): Logged {
    const { options, table } = entity
    const lacking = table.selected.filter((column) => image.get(column.name) === undefined).map(({ name }) => name)
    const entries = table.selected.flatMap((column) => {
      const bytes = image.get(column.name)
      if (bytes === undefined) return []
      return [[column.name, bytes === null ? null : toJson(column.kind, bytes)] as const]
    })
    const data: JsonObject = Object.fromEntries(entries)
    const record: SourceRecord = {
      entity: options.entity,
      key,
      kind: isDeleted(data, options.deletedWhen) ? 'delete' : kind,
      version,
      sequence: placeSequence(this.#epoch, { file: this.#file, offset: this.#begun }),
      sequenceType: 'Integer',
      time,
      data,
    }
    if (this.#writtenBy !== undefined) record.writtenBy = this.#writtenBy
    return { record, entity, position, lacking }
  }
}

function isSame(table: Table, schema: string, name: string): boolean {
  return table.schema.toLowerCase() === schema.toLowerCase() && table.name.toLowerCase() === name.toLowerCase()
}
