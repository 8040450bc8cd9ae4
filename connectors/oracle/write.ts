import type { RecordWrite, WriteResult } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { rejectedError } from '../shared/errors.ts'
import { hasExpected, sameValue } from '../shared/same-value.ts'
import { writeEach } from '../shared/write-each.ts'
import type { Database, Transaction } from './database.ts'
import { isDuplicate } from './errors.ts'
import { type Assignment, insert, lockedRow, setWriter, update } from './statements.ts'
import type { OracleTableSource } from './table-source.ts'
import { toBind } from './values.ts'
import { writeMark } from './write-mark.ts'

/** How long a write waits for a row that somebody else has locked, at most: less than a statement may take. */
const LOCK_WAIT_MAX_SECONDS = 15

/**
 * Writes one record after the other, each in a transaction of its own: one refused record disturbs no other.
 *
 * Idempotent without a table of its own in somebody else's database: the row is written on trial; where that changes
 * nothing, the values were there already, whoever wrote them, so a repeat after a time-out that followed the commit is no
 * second effect, and the trial is rolled back. Otherwise the precondition decides, on the values of a locked row, so that
 * two changes within one tick of a clock are seen.
 */
export function writeOracle(
  database: Database,
  source: OracleTableSource,
  writes: readonly RecordWrite[],
): Promise<WriteResult[]> {
  return writeEach(writes, (write) => writeOne(database, source, write))
}

interface Attempt {
  on: Transaction
  source: OracleTableSource
  position: string[]
  fields: Assignment[]
  write: RecordWrite
  waitSeconds: number
}

type Outcome = { result: WriteResult; keep: boolean } | 'rival'

async function writeOne(database: Database, source: OracleTableSource, write: RecordWrite): Promise<WriteResult> {
  const position = source.positionOf(write.key)
  if (position === undefined) {
    throw rejectedError(`The key has not the ${source.table.key.length} parts that a key of this table has.`, {
      where: '/key',
      fix: 'Join the parts by ":", with "%" and ":" inside a part percent-encoded.',
    })
  }
  const fields = assignments(source, write.fields)
  assignments(source, write.expected ?? {})
  const waitSeconds = Math.max(1, Math.min(LOCK_WAIT_MAX_SECONDS, Math.floor(database.statementTimeoutMs / 2000)))
  return database.transaction(async (on) => {
    await on.execute(setWriter(writeMark(write.idempotencyKey)))
    const wanted: Attempt = { on, source, position, fields, write, waitSeconds }
    let outcome = await attempt(wanted)
    // The row is there already; now there is one to look at.
    if (outcome === 'rival') outcome = await attempt(wanted)
    if (outcome === 'rival') {
      throw rejectedError('Another unique key of the table is taken already.', { where: '/fields' })
    }
    if (outcome.keep) await on.commit()
    return outcome.result
  })
}

async function attempt(wanted: Attempt): Promise<Outcome> {
  const { fields, write } = wanted
  const { key } = write
  const before = await row(wanted)
  const isExpected = hasExpected(before, asStored(write.expected))
  if (before === null && !isExpected) return conflict(key, null)
  if (before !== null && fields.length === 0) return isExpected ? written(key, false) : conflict(key, before)
  if (!(await done(wanted, before === null))) return 'rival'
  const after = await row(wanted)
  const isUnchanged =
    before !== null && fields.every(({ column }) => sameValue(before[column.name], after?.[column.name]))
  if (isUnchanged) return written(key, false)
  return isExpected ? written(key, true) : conflict(key, before)
}

/** Oracle has no empty text: what was written as one is read as null. */
function asStored(values: JsonObject | undefined): JsonObject | undefined {
  return (
    values && Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value === '' ? null : value]))
  )
}

const written = (key: string, keep: boolean): Outcome => ({ result: { outcome: 'written', key }, keep })
const conflict = (key: string, current: JsonObject | null): Outcome => ({
  result: { outcome: 'conflict', key, current },
  keep: false,
})

/** False where a unique key is taken: that statement alone was undone, the transaction goes on. */
async function done({ on, source, position, fields }: Attempt, isNew: boolean): Promise<boolean> {
  try {
    await on.execute(isNew ? insert(source.table, position, fields) : update(source.table, position, fields))
    return true
  } catch (error) {
    if (isDuplicate(error)) return false
    throw error
  }
}

async function row({ on, source, position, waitSeconds }: Attempt): Promise<JsonObject | null> {
  const [found] = await on.query(lockedRow(source.table, position, waitSeconds))
  return found === undefined ? null : source.rowOf(found, [...source.table.columns.values()]).data
}

function assignments({ table }: OracleTableSource, values: JsonObject): Assignment[] {
  return Object.entries(values).map(([name, value]) => {
    const column = table.columns.get(name)
    if (column) return { column, value: toBind(value, column) }
    throw rejectedError(`The table has no column "${name}".`, { where: `/fields/${name}` })
  })
}
