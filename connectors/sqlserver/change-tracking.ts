/**
 * Change Tracking as a log: which rows changed after a version, and what they are now. It keeps the newest state of a row
 * only: changes between two looks are one. https://learn.microsoft.com/sql/relational-databases/track-changes/work-with-change-tracking-sql-server
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Checkpoint, ConnectorContext, EntityConfig, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import { schemaError, settingsError } from '../shared/errors.ts'
import { PageSizer } from '../shared/page-sizer.ts'
import { joinKey } from '../shared/record-key.ts'
import { sequenceOf } from '../shared/sequence.ts'
import { type TableOptions, tableOptions } from '../shared/table-options.ts'
import { isDeleted } from '../shared/table-records.ts'
import { describeTable, run, type Table } from './catalog.ts'
import type { Database } from './database.ts'
import type { Row } from './session.ts'
import type { SqlServerSettings } from './settings.ts'
import { changes, CURRENT_VERSION, trackingState } from './statements.ts'
import { cellText, SqlServerTableSource } from './table-source.ts'
import { writerOf } from './write-mark.ts'

/** How often a version is told where nothing of ours changes, so that it does not grow too old. */
const QUIET_CHECKPOINT_MS = 5000

/** All changes up to (version, key) were delivered; without a key, all of that version. */
interface Cursor {
  version: string
  after: string[] | null
}

export interface TrackingPlace {
  /** See sequenceOf: grows when the versions of the database begin anew (a restored database). */
  epoch: number
  cursors: Record<string, Cursor>
}

export interface TrackingReading {
  database: Database
  settings: SqlServerSettings
  context: ConnectorContext
  /** Told whenever a place is taken from which a snapshot must start. */
  onPlace(place: TrackingPlace): void
}

interface Followed {
  options: TableOptions
  table: Table
  /** When the table was altered last, as described. */
  alteredAt: string | undefined
  /** The version of the database when it was last looked at. */
  current: bigint
  sizer: PageSizer
}

/** Follows Change Tracking for all tables of `entities`, from `checkpoint` on. Ends when the engine stops it. */
export async function* subscribeChanges(
  reading: TrackingReading,
  entities: readonly EntityConfig[],
  checkpoint: Checkpoint | null,
): AsyncGenerator<Page> {
  try {
    yield* followChanges(reading, entities, checkpoint)
  } catch (error) {
    if (!reading.context.signal.aborted) throw error
  }
}

async function* followChanges(
  reading: TrackingReading,
  entities: readonly EntityConfig[],
  checkpoint: Checkpoint | null,
): AsyncGenerator<Page> {
  const { database, settings, context } = reading
  const followed: Followed[] = []
  for (const entity of entities) followed.push(await follow(database, tableOptions(entity)))
  const place = checkpoint === null ? { epoch: 0, cursors: {} } : storedPlace(checkpoint)
  const gap = await hold(reading, followed, place)
  reading.onPlace(structuredClone(place))
  yield { records: [], checkpoint: toCheckpoint(place), ...(gap === undefined ? {} : { gap }) }
  let toldAt = context.now()
  let told = JSON.stringify(place)
  for (;;) {
    const lost = await hold(reading, followed, place)
    if (lost !== undefined) yield { records: [], checkpoint: toCheckpoint(place), gap: lost }
    const before = JSON.stringify(place)
    for (const each of followed) {
      const cursor = place.cursors[each.options.entity]
      if (cursor?.after === null && cursor.version === String(each.current)) continue
      for await (const records of changesOf(database, each, place)) {
        told = JSON.stringify(place)
        toldAt = context.now()
        yield { records, checkpoint: toCheckpoint(place) }
      }
    }
    if (JSON.stringify(place) !== told && context.now() - toldAt >= QUIET_CHECKPOINT_MS) {
      told = JSON.stringify(place)
      toldAt = context.now()
      yield { records: [], checkpoint: toCheckpoint(place) }
    }
    if (JSON.stringify(place) === before) await sleep(settings.logIntervalMs, undefined, { signal: context.signal })
  }
}

async function follow(database: Database, options: TableOptions): Promise<Followed> {
  const table = await describeTable(database, options)
  assertFollowable(table, options)
  const [state] = await run(database, trackingState(table.objectId))
  const current = BigInt(String(state?.[2] ?? 0))
  return { options, table, alteredAt: String(state?.[1]), current, sizer: new PageSizer(options.pageSize) }
}

/** Throws `connector.schema` for what Change Tracking does not tell. */
export function assertFollowable(table: Table, options: TableOptions): void {
  const where = `/entities/${options.entity}/options`
  if (table.isView) {
    throw schemaError(`${table.sql} is a view: Change Tracking knows tables only. Poll it, or follow its tables.`, {
      where: `${where}/table`,
    })
  }
  if (!table.isTracked) {
    throw schemaError(`Change Tracking is not enabled for ${table.sql}, or this account may not see it.`, {
      where: `${where}/table`,
      fix: `ALTER TABLE ${table.sql} ENABLE CHANGE_TRACKING; GRANT VIEW CHANGE TRACKING ON ${table.sql} TO <account>`,
    })
  }
  const names = table.key.map(({ name }) => name)
  if (names.length !== table.primaryKey.length || !names.every((name) => table.primaryKey.includes(name))) {
    throw schemaError(`Change Tracking names the rows of ${table.sql} by their primary key alone.`, {
      where: `${where}/keyColumns`,
      fix: `Leave keyColumns out, or name ${table.primaryKey.join(', ')}.`,
    })
  }
}

/**
 * Makes sure that every cursor can still be read from; gives those that are new a place of now. A cursor that lies before
 * what the server has kept, or beyond what it ever gave, begins anew, and the text of the gap says why.
 */
async function hold(
  { database, onPlace }: TrackingReading,
  followed: readonly Followed[],
  place: TrackingPlace,
): Promise<string | undefined> {
  const gaps: string[] = []
  const states = new Map<Followed, { minimum: bigint; current: bigint }>()
  for (const each of followed) {
    const state = await trackedNow(database, each)
    states.set(each, state)
    each.current = state.current
    const cursor = place.cursors[each.options.entity]
    if (cursor === undefined || state.current >= BigInt(cursor.version)) continue
    gaps.push(`The versions of the database begin anew at ${state.current}, behind ${cursor.version}: it was restored.`)
    place.epoch += 1
    place.cursors = {}
  }
  let isNew = false
  for (const [{ options, table }, { minimum, current }] of states) {
    const cursor = place.cursors[options.entity]
    if (cursor !== undefined && firstNeeded(cursor) >= minimum) continue
    if (cursor !== undefined) gaps.push(`Change Tracking of ${table.sql} has kept nothing before version ${minimum}.`)
    place.cursors[options.entity] = { version: String(current), after: null }
    isNew = true
  }
  if (isNew) onPlace(structuredClone(place))
  return gaps.length === 0 ? undefined : gaps.join(' ')
}

const firstNeeded = ({ version, after }: Cursor): bigint => BigInt(version) - (after === null ? 0n : 1n)

/** Describes the table again where it was altered, or made anew. */
async function trackedNow(database: Database, each: Followed): Promise<{ minimum: bigint; current: bigint }> {
  let [state] = await run(database, trackingState(each.table.objectId))
  if (state?.[0] === null || String(state?.[1]) !== each.alteredAt) {
    Object.assign(each, await follow(database, each.options))
    ;[state] = await run(database, trackingState(each.table.objectId))
  }
  return { minimum: BigInt(String(state?.[0] ?? 0)), current: BigInt(String(state?.[2] ?? 0)) }
}

/** Pages of what changed in one table; moves its cursor. Without changes it moves it to the version of now, and gives nothing. */
async function* changesOf(database: Database, each: Followed, place: TrackingPlace): AsyncGenerator<SourceRecord[]> {
  const { entity } = each.options
  for (;;) {
    const cursor = place.cursors[entity] ?? { version: '0', after: null }
    const limit = each.sizer.rows
    const { rows, current } = await readOnce(database, each, cursor, limit)
    if (rows.length === 0) {
      place.cursors[entity] = { version: String(current), after: null }
      return
    }
    const isLast = rows.length < limit
    const read = rows.map((row) => changeOf(row, each, place.epoch))
    each.sizer.note(
      rows.length,
      read.reduce((sum, { bytes }) => sum + bytes, 0),
    )
    const last = read.at(-1)
    place.cursors[entity] =
      isLast || last === undefined
        ? { version: String(current), after: null }
        : { version: last.version, after: last.position }
    yield read.map(({ record }) => record)
    if (isLast) return
  }
}

/** Version, changes and rows in one snapshot: what the rows are belongs to the version that is told with them. */
async function readOnce(
  database: Database,
  each: Followed,
  { version, after }: Cursor,
  limit: number,
): Promise<{ rows: Row[]; current: bigint }> {
  const read = (): Promise<{ rows: Row[]; current: bigint }> =>
    database.transaction('snapshot', async ({ query, commit }) => {
      const [current] = await query(CURRENT_VERSION.text)
      const { text, parameters } = changes(each.table, { version: BigInt(version), after }, limit)
      const rows = await query(text, parameters)
      await commit()
      return { rows, current: BigInt(String(current?.[0] ?? 0)) }
    })
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'connector.schema') throw error
    // A column was dropped since the table was described.
    Object.assign(each, await follow(database, each.options))
    return read()
  }
}

interface ReadChange {
  record: SourceRecord
  version: string
  position: string[]
  bytes: number
}

function changeOf(row: Row, { table, options }: Followed, epoch: number): ReadChange {
  const { key, selected } = table
  const [version, operation, context, isThere] = row.slice(key.length + selected.length)
  const position = key.map((column, place) => cellText(column, row[place] ?? null))
  const sequence = sequenceOf(epoch, BigInt(String(version)))
  const source = new SqlServerTableSource(undefined, table, options)
  const { data, bytes, time } = source.rowOf(row.slice(key.length, key.length + selected.length))
  const isGone = operation === 'D' || isThere !== 1
  const writtenBy = writerOf(Buffer.isBuffer(context) ? context : null)
  const record: SourceRecord = {
    entity: options.entity,
    key: joinKey(position),
    kind: isGone || isDeleted(data, options.deletedWhen) ? 'delete' : 'upsert',
    sequence,
    sequenceType: 'Integer',
    ...(time === undefined ? {} : { time }),
    version: sequence,
    ...(writtenBy === undefined ? {} : { writtenBy }),
    data: isGone ? null : data,
  }
  return { record, version: String(version), position, bytes }
}

function toCheckpoint(place: TrackingPlace): Checkpoint {
  return structuredClone(place) as unknown as Checkpoint
}

function storedPlace(checkpoint: Checkpoint): TrackingPlace {
  const { epoch, cursors } = checkpoint as unknown as TrackingPlace
  const isCursor = ({ version, after }: Cursor): boolean =>
    /^\d+$/.test(version) && (after === null || Array.isArray(after))
  if (
    Number.isInteger(epoch) &&
    typeof cursors === 'object' &&
    cursors !== null &&
    Object.values(cursors).every(isCursor)
  ) {
    return structuredClone({ epoch, cursors })
  }
  throw settingsError('The stored position in Change Tracking is not one of this connector.', {
    fix: 'Reset the position; the next start takes a snapshot.',
  })
}
