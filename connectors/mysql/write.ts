import type { RecordWrite, WriteResult } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { rejectedError } from '../shared/errors.ts'
import { hasExpected, sameValue } from '../shared/same-value.ts'
import { writeEach } from '../shared/write-each.ts'
import type { Column } from './catalog.ts'
import { type Database, type Query, quoted } from './database.ts'
import { mysqlError } from './errors.ts'
import type { MysqlTableSource } from './table-source.ts'
import { parameterSql } from './table-source.ts'
import { toParameter } from './values.ts'
import { writeMark } from './write-mark.ts'

/**
 * Writes one record after the other, each in a transaction of its own: one refused record disturbs no other.
 *
 * Idempotent without a table of its own in somebody else's database: the row is written on trial; where that changes
 * nothing, the values were there already, whoever wrote them, so a repeat after a time-out that followed the commit is no
 * second effect. Otherwise the precondition decides, on values, so that two changes within one tick of a clock are seen.
 */
export function writeMysql(
  database: Database,
  source: MysqlTableSource,
  writes: readonly RecordWrite[],
): Promise<WriteResult[]> {
  return writeEach(writes, (write) => writeOne(database, source, write))
}

interface Assignment {
  column: Column
  parameter: string | number | null
}

async function writeOne(database: Database, source: MysqlTableSource, write: RecordWrite): Promise<WriteResult> {
  const position = source.positionOf(write.key)
  if (position === undefined) {
    throw rejectedError(`The key has not the ${source.table.key.length} parts that a key of this table has.`, {
      where: '/key',
      fix: 'Join the parts by ":", with "%" and ":" inside a part percent-encoded.',
    })
  }
  const fields = assignments(source, write.fields)
  assignments(source, write.expected ?? {})
  await database.call()
  return database.withConnection(async (query) => {
    await query('START TRANSACTION')
    let result = await attempt(query, source, position, fields, write)
    // Somebody else inserted the row a moment ago; now there is one to look at.
    if (result === 'rival') result = await attempt(query, source, position, fields, write)
    if (result === 'rival')
      throw rejectedError('Another unique key of the table is taken already.', { where: '/fields' })
    await query(result.outcome === 'written' ? 'COMMIT' : 'ROLLBACK')
    return result
  })
}

async function attempt(
  query: Query,
  source: MysqlTableSource,
  position: string[],
  fields: readonly Assignment[],
  write: RecordWrite,
): Promise<WriteResult | 'rival'> {
  const { key } = write
  const before = await lockedRow(query, source, position)
  const isExpected = hasExpected(before, write.expected)
  if (before === null) return isExpected ? insert(query, source, position, fields, write) : conflict(key, null)
  if (fields.length > 0) {
    const set = fields.map(({ column }) => `${quoted(column.name)} = ${parameterSql(column)}`).join(', ')
    await query(`${writeMark(write.idempotencyKey)} UPDATE ${source.table.sql} SET ${set} WHERE ${atKey(source)}`, [
      ...fields.map(({ parameter }) => parameter),
      ...position,
    ])
  }
  const after = await lockedRow(query, source, position)
  const isUnchanged = fields.every(({ column }) => sameValue(before[column.name], after?.[column.name]))
  return isUnchanged || isExpected ? { outcome: 'written', key } : conflict(key, before)
}

async function insert(
  query: Query,
  { table }: MysqlTableSource,
  position: string[],
  fields: readonly Assignment[],
  write: RecordWrite,
): Promise<WriteResult | 'rival'> {
  const others = fields.filter(({ column }) => !table.key.includes(column))
  const columns = [...table.key, ...others.map(({ column }) => column)]
  try {
    await query(
      `${writeMark(write.idempotencyKey)} INSERT INTO ${table.sql} (${columns.map(({ name }) => quoted(name)).join(', ')})
       VALUES (${columns.map(parameterSql).join(', ')})`,
      [...position, ...others.map(({ parameter }) => parameter)],
    )
    return { outcome: 'written', key: write.key }
  } catch (error) {
    if ((error as { errno?: number }).errno === 1062) return 'rival'
    throw mysqlError(error)
  }
}

function conflict(key: string, current: JsonObject | null): WriteResult {
  return { outcome: 'conflict', key, current }
}

/** All columns, also those that are not read otherwise: a precondition may name any. */
async function lockedRow(query: Query, source: MysqlTableSource, position: string[]): Promise<JsonObject | null> {
  const whole = source.withAllColumns()
  const [row] = await query(
    `SELECT ${whole.columnList} FROM ${source.table.sql} WHERE ${atKey(source)} FOR UPDATE`,
    position,
  )
  return row === undefined ? null : whole.rowOf(row).data
}

function atKey({ table }: MysqlTableSource): string {
  return table.key.map((column) => `${quoted(column.name)} = ${parameterSql(column)}`).join(' AND ')
}

function assignments({ table }: MysqlTableSource, values: JsonObject): Assignment[] {
  return Object.entries(values).map(([name, value]) => {
    const column = table.columns.get(name)
    if (column) return { column, parameter: toParameter(value, column.kind) }
    throw rejectedError(`The table has no column "${name}".`, { where: `/fields/${name}` })
  })
}
