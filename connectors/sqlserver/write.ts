import type { RecordWrite, WriteResult } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { rejectedError } from '../shared/errors.ts'
import { hasExpected, sameValue } from '../shared/same-value.ts'
import { writeEach } from '../shared/write-each.ts'
import type { Database, Query } from './database.ts'
import { isDuplicate } from './errors.ts'
import { type Assignment, insert, lockedRow, type Statement, update } from './statements.ts'
import type { SqlServerTableSource } from './table-source.ts'
import { toParameter } from './values.ts'
import { writeMark } from './write-mark.ts'

/**
 * Writes one record after the other, each in a transaction of its own: one refused record disturbs no other.
 *
 * Idempotent without a table of its own in somebody else's database: the row is written on trial; where that changes
 * nothing, the values were there already, whoever wrote them, so a repeat after a time-out that followed the commit is no
 * second effect, and the trial is rolled back. Otherwise the precondition decides, on the values of a locked row (its
 * row version too, where `expected` names it), so that two changes within one tick of a clock are seen.
 */
export function writeSqlServer(
  database: Database,
  source: SqlServerTableSource,
  writes: readonly RecordWrite[],
): Promise<WriteResult[]> {
  return writeEach(writes, (write) => writeOne(database, source, write))
}

interface Attempt {
  query: Query
  source: SqlServerTableSource
  position: string[]
  fields: Assignment[]
  write: RecordWrite
  mark: Buffer | null
}

type Outcome = { result: WriteResult; keep: boolean } | 'rival'

async function writeOne(database: Database, source: SqlServerTableSource, write: RecordWrite): Promise<WriteResult> {
  const position = source.positionOf(write.key)
  if (position === undefined) {
    throw rejectedError(`The key has not the ${source.table.key.length} parts that a key of this table has.`, {
      where: '/key',
      fix: 'Join the parts by ":", with "%" and ":" inside a part percent-encoded.',
    })
  }
  const fields = assignments(source, write.fields)
  assignments(source, write.expected ?? {})
  const mark = source.table.isTracked ? writeMark(write.idempotencyKey) : null
  return database.transaction('read committed', async ({ query, commit }) => {
    const wanted: Attempt = { query, source, position, fields, write, mark }
    let outcome = await attempt(wanted)
    // The row is there already; now there is one to look at.
    if (outcome === 'rival') outcome = await attempt(wanted)
    if (outcome === 'rival') {
      throw rejectedError('Another unique key of the table is taken already.', { where: '/fields' })
    }
    if (outcome.keep) await commit()
    return outcome.result
  })
}

async function attempt(wanted: Attempt): Promise<Outcome> {
  const { source, position, fields, write, mark } = wanted
  const { key } = write
  const before = await row(wanted)
  const isExpected = hasExpected(before, write.expected)
  if (before === null && !isExpected) return conflict(key, null)
  if (before !== null && fields.length === 0) return isExpected ? written(key, false) : conflict(key, before)
  const statement =
    before === null ? insert(source.table, position, fields, mark) : update(source.table, position, fields, mark)
  if (!(await done(wanted.query, statement))) return 'rival'
  const after = await row(wanted)
  assertKept(fields, write.fields, after)
  const isUnchanged =
    before !== null && fields.every(({ column }) => sameValue(before[column.name], after?.[column.name]))
  if (isUnchanged) return written(key, false)
  return isExpected ? written(key, true) : conflict(key, before)
}

const written = (key: string, keep: boolean): Outcome => ({ result: { outcome: 'written', key }, keep })
const conflict = (key: string, current: JsonObject | null): Outcome => ({
  result: { outcome: 'conflict', key, current },
  keep: false,
})

/** False where a unique key is taken: that statement alone was undone, the transaction goes on. */
async function done(query: Query, { text, parameters }: Statement): Promise<boolean> {
  try {
    await query(text, parameters)
    return true
  } catch (error) {
    if (isDuplicate(error)) return false
    throw error
  }
}

async function row({ query, source, position }: Attempt): Promise<JsonObject | null> {
  const { text, parameters } = lockedRow(source.table, position)
  const [found] = await query(text, parameters)
  return found === undefined ? null : source.rowOf(found, [...source.table.columns.values()]).data
}

/** A column of a code page turns characters that it does not have into question marks without a word. */
function assertKept(fields: readonly Assignment[], wanted: JsonObject, after: JsonObject | null): void {
  for (const { column } of fields) {
    const [want, got] = [wanted[column.name], after?.[column.name]]
    if (column.kind !== 'text' || typeof want !== 'string' || typeof got !== 'string') continue
    if (!want.includes('?') && got.includes('?')) {
      throw rejectedError(`The column "${column.name}" can't hold all characters of the value.`, {
        where: `/fields/${column.name}`,
      })
    }
  }
}

function assignments({ table }: SqlServerTableSource, values: JsonObject): Assignment[] {
  return Object.entries(values).map(([name, value]) => {
    const column = table.columns.get(name)
    if (column) return { column, value: toParameter(value, column) }
    throw rejectedError(`The table has no column "${name}".`, { where: `/fields/${name}` })
  })
}
