/** pgoutput messages -> records. */
import type { Pgoutput } from 'pg-logical-replication'
import type { SourceRecord } from '../../hub/contracts/connector.ts'
import type { LoggedRecord } from '../shared/log-completion.ts'
import { joinKey } from '../shared/record-key.ts'
import { lsnNumber, sequenceOf } from '../shared/sequence.ts'
import type { TableOptions } from '../shared/table-options.ts'
import { isDeleted } from '../shared/table-records.ts'
import { type Column, loadTypes, type Table } from './catalog.ts'
import type { Database } from './database.ts'
import { keyText } from './table-source.ts'
import { baseTypeName, converterFor } from './values.ts'

export interface FollowedEntity {
  options: TableOptions
  table: Table
}

type Logged = LoggedRecord<FollowedEntity>

interface Transaction {
  sequence: string
  time: string
  writtenBy: string | undefined
}

/** What the hub writes into the log beside its own changes, so that it knows them again. */
export const MESSAGE_PREFIX = 'omnihub'

type Tuple = Record<string, string | null | undefined>

export class LogDecoder {
  readonly #database: Database
  readonly #entities: readonly FollowedEntity[]
  readonly #epoch: number
  readonly #columns = new Map<number, Map<string, Column>>()
  #transaction: Transaction | undefined
  /** Texts of tables that were emptied in one stroke; the log does not name their rows. */
  truncated: string[] = []

  constructor(database: Database, entities: readonly FollowedEntity[], epoch: number) {
    this.#database = database
    this.#entities = entities
    this.#epoch = epoch
  }

  async decode(lsn: string, message: Pgoutput.Message): Promise<Logged[]> {
    switch (message.tag) {
      case 'begin':
        this.#transaction = {
          // The position of the commit, not of the change: transactions become visible in the order of their commits.
          sequence: sequenceOf(this.#epoch, lsnNumber(message.commitLsn ?? lsn)),
          time: isoTime(message.commitTime),
          writtenBy: undefined,
        }
        return []
      case 'message':
        if (message.prefix === MESSAGE_PREFIX && this.#transaction) {
          this.#transaction.writtenBy = Buffer.from(message.content).toString('utf8')
        }
        return []
      case 'relation':
        await this.#learn(message)
        return []
      case 'insert':
        return this.#of(message.relation).map((entity) => this.#upsert(lsn, entity, message.relation, message.new))
      case 'update':
        return this.#of(message.relation).flatMap((entity) => this.#update(lsn, entity, message))
      case 'delete':
        return this.#of(message.relation).map((entity) => this.#delete(lsn, entity, message.relation, message))
      case 'truncate':
        this.truncated.push(...message.relations.filter((each) => this.#of(each).length > 0).map((each) => each.name))
        return []
      default:
        return []
    }
  }

  #of(relation: Pgoutput.MessageRelation): FollowedEntity[] {
    return this.#entities.filter(({ table }) => table.schema === relation.schema && table.name === relation.name)
  }

  async #learn(relation: Pgoutput.MessageRelation): Promise<void> {
    if (this.#of(relation).length === 0) return
    const types = await loadTypes(
      this.#database,
      relation.columns.map((column) => column.typeOid),
    )
    const columns = relation.columns.map(({ name, typeOid }): [string, Column] => [
      name,
      {
        name,
        type: '',
        nullable: true,
        baseType: baseTypeName(typeOid, types),
        toJson: converterFor(typeOid, types),
      },
    ])
    this.#columns.set(relation.relationOid, new Map(columns))
  }

  #update(lsn: string, entity: FollowedEntity, message: Pgoutput.MessageUpdate): Logged[] {
    const upsert = this.#upsert(lsn, entity, message.relation, message.new)
    const before = message.old ?? message.key
    if (before === null) return [upsert]
    const gone = this.#delete(lsn, entity, message.relation, { key: message.key, old: message.old })
    // A changed key is the end of one record and the beginning of another.
    return gone.record.key === upsert.record.key ? [upsert] : [gone, upsert]
  }

  #upsert(lsn: string, entity: FollowedEntity, relation: Pgoutput.MessageRelation, tuple: Tuple): Logged {
    const { data, lacking } = this.#row(entity, relation, tuple)
    const position = this.#position(entity, tuple)
    const kind = isDeleted(data, entity.options.deletedWhen) ? 'delete' : 'upsert'
    const record = this.#record(lsn, entity, relation, position, kind)
    record.data = data
    return { record, entity, position, lacking }
  }

  #delete(
    lsn: string,
    entity: FollowedEntity,
    relation: Pgoutput.MessageRelation,
    { key, old }: { key: Tuple | null; old: Tuple | null },
  ): Logged {
    const position = this.#position(entity, old ?? key ?? {})
    const record = this.#record(lsn, entity, relation, position, 'delete')
    if (old) record.data = this.#row(entity, relation, old).data
    return { record, entity, position, lacking: [] }
  }

  #record(
    lsn: string,
    entity: FollowedEntity,
    relation: Pgoutput.MessageRelation,
    position: readonly string[],
    kind: 'upsert' | 'delete',
  ): SourceRecord {
    const columns = this.#columns.get(relation.relationOid)
    const key = entity.table.key.map((column, place) =>
      keyText(columns?.get(column.name) ?? column, position[place] ?? ''),
    )
    const transaction = this.#transaction
    const record: SourceRecord = {
      entity: entity.options.entity,
      key: joinKey(key),
      kind,
      version: `${this.#epoch}:${lsn}`,
      data: null,
    }
    if (transaction === undefined) return record
    record.sequence = transaction.sequence
    record.sequenceType = 'Integer'
    record.time = transaction.time
    if (transaction.writtenBy !== undefined) record.writtenBy = transaction.writtenBy
    return record
  }

  #position(entity: FollowedEntity, tuple: Tuple): string[] {
    return entity.table.key.map((column) => tuple[column.name] ?? '')
  }

  #row(entity: FollowedEntity, relation: Pgoutput.MessageRelation, tuple: Tuple): { data: Row; lacking: string[] } {
    const columns = this.#columns.get(relation.relationOid)
    const wanted = relation.columns.map((column) => column.name).filter((name) => isWanted(name, entity))
    const lacking = wanted.filter((name) => tuple[name] === undefined)
    const entries = wanted.flatMap((name) => {
      const text = tuple[name]
      if (text === undefined) return []
      return [[name, text === null ? null : (columns?.get(name)?.toJson(text) ?? text)] as const]
    })
    return { data: Object.fromEntries(entries), lacking }
  }
}

type Row = NonNullable<SourceRecord['data']>

/** Also columns that were added after the table was described: the options say which are wanted. */
function isWanted(name: string, { options, table }: FollowedEntity): boolean {
  if (table.selected.some((column) => column.name === name)) return true
  return !table.columns.has(name) && options.include === undefined && !options.exclude.includes(name)
}

/** Microseconds since 1970, a bigint, as ISO 8601 with all six digits. */
function isoTime(commitTime: unknown): string {
  const microseconds = BigInt(String(commitTime))
  const seconds = new Date(Number(microseconds / 1000n)).toISOString().slice(0, 19)
  return `${seconds}.${String(microseconds % 1_000_000n).padStart(6, '0')}Z`
}
