/**
 * A change table, filled by a trigger, as a log: a queue of which rows changed. What was read is deleted from it only once
 * it is durable, so a change that commits late, with a lower number than others, is found like any other.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Checkpoint, ConnectorContext, EntityConfig, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import { schemaError, settingsError } from '../shared/errors.ts'
import { PageSizer } from '../shared/page-sizer.ts'
import { joinKey } from '../shared/record-key.ts'
import { sequenceOf } from '../shared/sequence.ts'
import { isDeleted } from '../shared/table-records.ts'
import { describeTable, type Table } from './catalog.ts'
import type { Database } from './database.ts'
import type { Row } from './session.ts'
import { type OracleSettings, type OracleTableOptions, oracleTableOptions } from './settings.ts'
import {
  type ChangeTable,
  changeTableOf,
  changeTableState,
  forgetChanges,
  nextNumber,
  notedChanges,
} from './statements.ts'
import { cellText, OracleTableSource } from './table-source.ts'
import { writerOf } from './write-mark.ts'

/** How often the change tables themselves are looked at again: made anew, without their trigger? */
const STATE_EVERY_MS = 30_000
const RUNS_PER_STATEMENT = 500

/** The numbers of the last page: durable once its checkpoint is stored, and to be forgotten then. Offsets from `base`. */
interface Delivered {
  entity: string
  base: string
  runs: [number, number][]
}

interface LogPlace {
  /** See sequenceOf: grows when the numbers of a change table begin anew. */
  epoch: number
  /** By entity, which change table was read. */
  tables: Record<string, string>
  delivered: Delivered | null
}

export interface Followed {
  options: OracleTableOptions
  table: Table
  changes: ChangeTable
  sizer: PageSizer
}

/**
 * A number from the sequence, taken when a snapshot begins: its rows carry it, and every change read from then on carries
 * a higher one, also one that was noted before, with a lower number, and committed after. Shared by snapshots and the reader.
 */
export class Fences {
  epoch = 0
  readonly #numbers = new Map<string, bigint>()

  /** Takes a new one. */
  async raise(database: Database, entity: string, changes: ChangeTable): Promise<bigint> {
    const [row] = await database.query(nextNumber(changes))
    const number = BigInt(String(row?.[0]))
    this.#numbers.set(entity, number)
    return number
  }

  has(entity: string): boolean {
    return this.#numbers.has(entity)
  }

  sequenceOf(entity: string, number: bigint): string {
    const fence = this.#numbers.get(entity) ?? 0n
    return sequenceOf(this.epoch, number > fence ? number : fence + 1n)
  }
}

export interface ChangeReading {
  database: Database
  settings: OracleSettings
  context: ConnectorContext
  fences: Fences
}

/** Follows the change tables of all `entities`, from `checkpoint` on. Ends when the engine stops it. */
export async function* subscribeChangeTables(
  reading: ChangeReading,
  entities: readonly EntityConfig[],
  checkpoint: Checkpoint | null,
): AsyncGenerator<Page> {
  try {
    yield* followChangeTables(reading, entities, checkpoint)
  } catch (error) {
    if (!reading.context.signal.aborted) throw error
  }
}

async function* followChangeTables(
  reading: ChangeReading,
  entities: readonly EntityConfig[],
  checkpoint: Checkpoint | null,
): AsyncGenerator<Page> {
  const { database, context, settings } = reading
  const followed: Followed[] = []
  for (const entity of entities) followed.push(await describeFollowed(database, oracleTableOptions(entity)))
  const place = checkpoint === null ? { epoch: 0, tables: {}, delivered: null } : storedPlace(checkpoint)
  await forgetDelivered(database, followed, place)
  const gap = await hold(reading, followed, place, checkpoint === null)
  yield { records: [], checkpoint: toCheckpoint(place), ...(gap === undefined ? {} : { gap }) }
  let lookedAt = context.now()
  for (;;) {
    let readAny = false
    for (const each of followed) {
      for await (const records of changesOf(reading, each, place)) {
        readAny = true
        yield { records, checkpoint: toCheckpoint(place) }
        // Asked for the next page: the last one is durable and its checkpoint stored.
        await forgetDelivered(database, followed, place)
      }
    }
    if (context.now() - lookedAt >= STATE_EVERY_MS) {
      const lost = await hold(reading, followed, place, false)
      if (lost !== undefined) yield { records: [], checkpoint: toCheckpoint(place), gap: lost }
      lookedAt = context.now()
    }
    if (!readAny) await sleep(settings.logIntervalMs, undefined, { signal: context.signal })
  }
}

/** Throws `connector.schema` for a table that can't be followed. */
export async function describeFollowed(database: Database, options: OracleTableOptions): Promise<Followed> {
  const table = await describeTable(database, options)
  if (table.isView) {
    throw schemaError(`${table.sql} is a view, which has no such triggers. Poll it, or follow its tables.`, {
      where: `/entities/${options.entity}/options/table`,
    })
  }
  const changes = changeTableOf(table.owner, options.changeTable)
  return { options, table, changes, sizer: new PageSizer(options.pageSize) }
}

/** Throws `connector.schema` where there is no change table, or its trigger is off. */
export async function changeTableIdentity(database: Database, { options, table }: Followed): Promise<string> {
  const where = `/entities/${options.entity}/options/changeTable`
  const [state] = await database.query(changeTableState(table.owner, options.changeTable))
  if (state === undefined) {
    throw schemaError(`There is no change table ${table.owner}.${options.changeTable}, or this account can't see it.`, {
      where,
      fix: 'Let the owner of the table run the statements of the README of this connector, and grant SELECT and DELETE on it.',
    })
  }
  const [objectId, changedAt, status] = state
  if (status !== null && status !== 'ENABLED') {
    throw schemaError(`The trigger of the change table ${table.owner}.${options.changeTable} is disabled.`, {
      where,
      fix: `ALTER TRIGGER ${table.owner}.${options.changeTable}_TRG ENABLE`,
    })
  }
  // A trigger that was off for a while, or made anew, has missed changes.
  return `${String(objectId)} ${String(changedAt)}`
}

/** Makes sure that the change tables are those that were read before; takes fences. The text of a gap says what is lost. */
async function hold(
  { database, fences }: ChangeReading,
  followed: readonly Followed[],
  place: LogPlace,
  isFresh: boolean,
): Promise<string | undefined> {
  const gaps: string[] = []
  for (const each of followed) {
    const { entity } = each.options
    const identity = await changeTableIdentity(database, each)
    const before = place.tables[entity]
    if (before !== undefined && before !== identity) {
      gaps.push(`The change table ${each.changes.sql} or its trigger was changed or made anew.`)
      place.epoch += 1
    }
    place.tables[entity] = identity
    fences.epoch = place.epoch
    if (before === identity && fences.has(entity)) continue
    const fence = await fences.raise(database, entity, each.changes)
    // The snapshot that follows has all that was noted until now.
    if (isFresh) await forget(database, each.changes, [[0n, fence]])
  }
  return gaps.length === 0 ? undefined : gaps.join(' ')
}

async function* changesOf(
  { database, fences }: ChangeReading,
  each: Followed,
  place: LogPlace,
): AsyncGenerator<SourceRecord[]> {
  for (;;) {
    const limit = each.sizer.rows
    const rows = await readOnce(database, each, limit)
    if (rows.length === 0) return
    const read = rows.map((row) => changeOf(row, each, fences))
    each.sizer.note(
      rows.length,
      read.reduce((sum, { bytes }) => sum + bytes, 0),
    )
    place.delivered = deliveredOf(
      each.options.entity,
      read.map(({ number }) => number),
    )
    // All show the row as it is now: the last of a row says it all.
    const last = new Map(read.map(({ record }) => [record.key, record]))
    yield read.filter(({ record }) => last.get(record.key) === record).map(({ record }) => record)
    if (rows.length < limit) return
  }
}

/** Describes the table again where its columns are others than before: what was added is read, what was dropped is absent. */
async function readOnce(database: Database, each: Followed, limit: number): Promise<Row[]> {
  const read = (): Promise<Row[]> => database.query(notedChanges(each.table, each.changes, limit))
  try {
    const rows = await read()
    if (rows.length === 0) return rows
    const { columns } = await describeTable(database, each.options)
    if (JSON.stringify([...columns]) === JSON.stringify([...each.table.columns])) return rows
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'connector.schema') throw error
  }
  const { table } = await describeFollowed(database, each.options)
  each.table = table
  return read()
}

interface ReadChange {
  record: SourceRecord
  number: bigint
  bytes: number
}

function changeOf(row: Row, { table, options }: Followed, fences: Fences): ReadChange {
  const { key, selected } = table
  const [noted, writer, time, isThere] = row.slice(key.length + selected.length)
  const number = BigInt(String(noted))
  const { data, bytes } = new OracleTableSource(undefined, table, options).rowOf(
    row.slice(key.length, key.length + selected.length),
  )
  const isGone = Number(isThere) !== 1
  const writtenBy = writerOf(typeof writer === 'string' ? writer : null)
  const record: SourceRecord = {
    entity: options.entity,
    key: joinKey(key.map((column, place) => cellText(column, row[place] ?? null))),
    kind: isGone || isDeleted(data, options.deletedWhen) ? 'delete' : 'upsert',
    sequence: fences.sequenceOf(options.entity, number),
    sequenceType: 'Integer',
    time: String(time),
    version: sequenceOf(fences.epoch, number),
    ...(writtenBy === undefined ? {} : { writtenBy }),
    data: isGone ? null : data,
  }
  return { record, number, bytes }
}

function deliveredOf(entity: string, numbers: readonly bigint[]): Delivered {
  const sorted = numbers.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const base = sorted[0] ?? 0n
  const runs: [number, number][] = []
  for (const number of sorted.map((each) => Number(each - base))) {
    const last = runs.at(-1)
    if (last !== undefined && number === last[1] + 1) last[1] = number
    else runs.push([number, number])
  }
  return { entity, base: String(base), runs }
}

async function forgetDelivered(database: Database, followed: readonly Followed[], place: LogPlace): Promise<void> {
  const { delivered } = place
  if (delivered === null) return
  const each = followed.find(({ options }) => options.entity === delivered.entity)
  if (each && place.tables[delivered.entity] === (await changeTableIdentity(database, each))) {
    const base = BigInt(delivered.base)
    const runs = delivered.runs.map(([from, to]): [bigint, bigint] => [base + BigInt(from), base + BigInt(to)])
    await forget(database, each.changes, runs)
  }
  place.delivered = null
}

async function forget(
  database: Database,
  changes: ChangeTable,
  runs: readonly (readonly [bigint, bigint])[],
): Promise<void> {
  await database.transaction(async ({ execute, commit }) => {
    for (let at = 0; at < runs.length; at += RUNS_PER_STATEMENT) {
      await execute(forgetChanges(changes, runs.slice(at, at + RUNS_PER_STATEMENT)))
    }
    await commit()
  })
}

function toCheckpoint(place: LogPlace): Checkpoint {
  return structuredClone(place) as unknown as Checkpoint
}

function storedPlace(checkpoint: Checkpoint): LogPlace {
  const { epoch, tables, delivered } = checkpoint as unknown as LogPlace
  const isDelivered = delivered === null || (typeof delivered === 'object' && Array.isArray(delivered.runs))
  if (Number.isInteger(epoch) && typeof tables === 'object' && tables !== null && isDelivered) {
    return structuredClone({ epoch, tables, delivered })
  }
  throw settingsError('The stored position in the change tables is not one of this connector.', {
    fix: 'Reset the position; the next start takes a snapshot.',
  })
}
