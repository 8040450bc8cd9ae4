import type { RecordWrite, WriteResult } from '../../hub/contracts/connector.ts'
import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { rejectedError } from '../shared/errors.ts'
import { splitKey } from '../shared/record-key.ts'
import type { Column, Table } from './catalog.ts'
import { type Database, type Query, quoted } from './database.ts'
import { MESSAGE_PREFIX } from './log-records.ts'
import { PostgresTableSource } from './table-source.ts'
import type { TableOptions } from '../shared/table-options.ts'
import { writeEach } from '../shared/write-each.ts'
import { toParameter } from './values.ts'

/**
 * Writes one record after the other, each in a transaction of its own: one refused record disturbs no other.
 *
 * Idempotent without a table of its own in somebody else's database: a row that already has the wanted values is
 * written, whoever did it, so a repeat after a time-out that followed the commit finds nothing to do. Otherwise the
 * precondition decides, on values compared by the database, so that two changes within one tick of a clock are seen.
 */
export function writePostgres(
  database: Database,
  table: Table,
  options: TableOptions,
  writes: readonly RecordWrite[],
): Promise<WriteResult[]> {
  return writeEach(writes, (write) => writeOne(database, table, options, write))
}

async function writeOne(
  database: Database,
  table: Table,
  options: TableOptions,
  write: RecordWrite,
): Promise<WriteResult> {
  const position = keyPosition(table, write.key)
  const fields = assignments(table, write.fields)
  const expected = assignments(table, write.expected ?? {})
  await database.call()
  return database.withClient(async (query) => {
    await query('BEGIN')
    const result = await attempt(query, { table, position, fields, expected, write, database, options })
    await query(result.outcome === 'written' ? 'COMMIT' : 'ROLLBACK')
    return result
  })
}

interface Attempt {
  database: Database
  options: TableOptions
  table: Table
  position: string[]
  fields: Assignment[]
  expected: Assignment[]
  write: RecordWrite
}

interface Assignment {
  column: Column
  parameter: string | null
}

async function attempt(query: Query, wanted: Attempt): Promise<WriteResult> {
  const { table, position, fields, expected, write } = wanted
  const found = await lockRow(query, wanted)
  if (found?.isWritten) return { outcome: 'written', key: write.key }
  if (found ? !found.isExpected : expected.some(({ parameter }) => parameter !== null)) {
    return { outcome: 'conflict', key: write.key, current: found?.current ?? null }
  }
  // Stands in the log before the change, so that the log reader knows whose it is.
  await query('SELECT pg_logical_emit_message(true, $1, $2)', [MESSAGE_PREFIX, write.idempotencyKey])
  const parameters = fields.map(({ parameter }) => parameter)
  if (found) {
    const set = fields.map(({ column }, place) => `${quoted(column.name)} = $${place + 1}::${column.type}`)
    const where = keyCondition(table, fields.length + 1)
    await query(`UPDATE ${table.sql} SET ${set.join(', ')} WHERE ${where}`, [...parameters, ...position])
    return { outcome: 'written', key: write.key }
  }
  const others = fields.filter(({ column }) => !table.key.includes(column))
  const all = [...table.key, ...others.map(({ column }) => column)]
  const inserted = await query(
    `INSERT INTO ${table.sql} (${all.map((column) => quoted(column.name)).join(', ')})
     VALUES (${all.map((column, place) => `$${place + 1}::${column.type}`).join(', ')})
     ON CONFLICT (${table.key.map((column) => quoted(column.name)).join(', ')}) DO NOTHING RETURNING 1`,
    [...position, ...others.map(({ parameter }) => parameter)],
  )
  if (inserted.length > 0) return { outcome: 'written', key: write.key }
  // Somebody else was faster by a moment; now there is a row to look at.
  const rival = await lockRow(query, wanted)
  if (rival?.isWritten) return { outcome: 'written', key: write.key }
  return { outcome: 'conflict', key: write.key, current: rival?.current ?? null }
}

interface FoundRow {
  current: JsonObject
  /** Has the wanted values already. */
  isWritten: boolean
  /** Has the expected values still. */
  isExpected: boolean
}

async function lockRow(query: Query, wanted: Attempt): Promise<FoundRow | undefined> {
  const { table, position, fields, expected } = wanted
  const values: (string | null)[] = [...position]
  const same = (list: readonly Assignment[]): string => {
    const tests = list.map(({ column, parameter }) => {
      values.push(parameter)
      return `${comparable(quoted(column.name), column)} IS NOT DISTINCT FROM ${comparable(`$${values.length}::${column.type}`, column)}`
    })
    return tests.length === 0 ? 'true' : tests.join(' AND ')
  }
  const columns = table.selected.map((column) => quoted(column.name)).join(', ')
  const [row] = await query(
    `SELECT ${columns}, ${same(fields)}, ${same(expected)} FROM ${table.sql} WHERE ${keyCondition(table, 1)} FOR UPDATE`,
    values,
  )
  if (row === undefined) return undefined
  const source = new PostgresTableSource(wanted.database, table, wanted.options)
  return { current: source.rowOf(row).data, isWritten: row.at(-2) === 't', isExpected: row.at(-1) === 't' }
}

/** Types without an equality of their own are compared as jsonb or as text. */
function comparable(sql: string, column: Column): string {
  if (column.baseType === 'json') return `${sql}::jsonb`
  return ['point', 'polygon', 'box', 'path', 'xml'].includes(column.baseType) ? `${sql}::text` : sql
}

function keyCondition(table: Table, firstParameter: number): string {
  return table.key
    .map((column, place) => `${quoted(column.name)} = $${firstParameter + place}::${column.type}`)
    .join(' AND ')
}

function keyPosition(table: Table, key: string): string[] {
  const parts = splitKey(key, table.key.length)
  if (parts) return parts.map((part, place) => toParameter(part, table.key[place]?.baseType ?? 'text') ?? '')
  throw rejectedError(`The key has not the ${table.key.length} parts that a key of this table has.`, {
    where: '/key',
    fix: 'Join the parts by ":", with "%" and ":" inside a part percent-encoded.',
  })
}

function assignments(table: Table, values: JsonObject): Assignment[] {
  return Object.entries(values).map(([name, value]: [string, Json]) => {
    const column = table.columns.get(name)
    if (column) return { column, parameter: toParameter(value, column.baseType) }
    throw rejectedError(`The table has no column "${name}".`, { where: `/fields/${name}` })
  })
}
