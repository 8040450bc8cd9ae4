/**
 * The rows that a system stores, as the postgres connector reads them back: with the constants that the tables fill in and the
 * blanks that char(n) pads with. Lets mappings be tried on the whole company without a database.
 */
import type { JsonObject } from '../../hub/contracts/json.ts'
import type { DemoSystem, Row, StoredCompany } from './system.ts'

interface Column {
  /** Width of a char(n), which PostgreSQL fills with blanks. */
  width: number | null
  /** Filled in where a row does not name the column; null as well where only the database can tell (a clock, a counter). */
  constant: Row[string]
}

export function rowsAsRead(system: DemoSystem, stored: StoredCompany, table: string): JsonObject[] {
  const rows = stored.tables.get(table)
  if (!rows) throw new RangeError(`${system.name} has no table ${table}.`)
  const columns = columnsOf(system.ddl, table)
  const named = new Set(rows.flatMap((row) => Object.keys(row)))
  return rows.map((row) => {
    const read: JsonObject = {}
    for (const [name, { width, constant }] of columns) {
      const value = named.has(name) ? (row[name] ?? null) : constant
      read[name] = typeof value === 'string' && width !== null ? value.padEnd(width) : value
    }
    return read
  })
}

function columnsOf(ddl: string, table: string): Map<string, Column> {
  const body = new RegExp(`CREATE TABLE "?${table}"? \\(\\n([^;]*)\\n\\);`).exec(ddl)?.[1]
  if (body === undefined) throw new RangeError(`The tables have no ${table}.`)
  const columns = new Map<string, Column>()
  for (const line of body.split('\n')) {
    const match = /^\s+"?(\w+)"?\s+([a-z]+)(?:\(([\d,]+)\))?(.*)$/.exec(line)
    if (!match?.[1]) continue
    const [, name, type, size, rest = ''] = match
    columns.set(name, { width: type === 'char' ? Number(size) : null, constant: constantOf(type ?? '', rest) })
  }
  return columns
}

function constantOf(type: string, rest: string): Row[string] {
  const text = /DEFAULT ('[^']*'|-?[\d.]+|true|false)(?:,|\s|$)(?! *\|\|)/.exec(rest)?.[1]
  if (text === undefined) return null
  if (text.startsWith("'")) return text.slice(1, -1)
  if (text === 'true' || text === 'false') return text === 'true'
  return type === 'numeric' ? text : Number(text)
}
