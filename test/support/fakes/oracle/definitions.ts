/** The DDL of Oracle that the tests and changeTableDdl use -> PostgreSQL. */
import { translateQuery } from './translate.ts'

const NAME = '"[^"]+"'
const QUALIFIED = `(?:${NAME}\\.)?${NAME}`

/** PostgreSQL statements in their order; undefined for what is no DDL. */
export function translateDefinition(text: string): string[] | undefined {
  const create = new RegExp(`^CREATE TABLE (${QUALIFIED}) \\(([^]*)\\)$`).exec(text.trim())
  if (create) return createTable(create[1] ?? '', splitByComma(create[2] ?? ''))
  const alter = new RegExp(`^ALTER TABLE (${QUALIFIED}) (ADD|DROP COLUMN) ([^]*)$`).exec(text.trim())
  if (alter) return alterTable(alter[1] ?? '', alter[2] ?? '', alter[3] ?? '')
  const trigger = new RegExp(
    `^CREATE OR REPLACE TRIGGER ${NAME}\\.(${NAME})\\s+AFTER INSERT OR UPDATE OR DELETE ON (${QUALIFIED})[^]*?INSERT INTO (${QUALIFIED})[^]*?VALUES \\((${QUALIFIED})\\.NEXTVAL`,
  ).exec(text)
  if (trigger) {
    const [, name = '', table = '', changes = '', sequence = ''] = trigger
    const keys = new Set([...text.matchAll(/:NEW\.("[^"]+")/g)].map(([, key = '']) => literal(key.slice(1, -1))))
    return [
      `DROP TRIGGER IF EXISTS ${name} ON ${table}`,
      `CREATE TRIGGER ${name} AFTER INSERT OR UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION ora.note_change(${[literal(changes), literal(sequence), ...keys].join(', ')})`,
    ]
  }
  const sequence = new RegExp(`^CREATE SEQUENCE (${QUALIFIED}) NOCACHE ORDER$`).exec(text)
  if (sequence) return [`CREATE SEQUENCE ${sequence[1]}`]
  const grant = new RegExp(`^GRANT SELECT ON (${NAME}\\."[^"]+_SEQ") TO (.*)$`).exec(text)
  if (grant) return [`GRANT USAGE ON SEQUENCE ${grant[1]} TO ${grant[2]}`]
  return /^(DROP|GRANT|CREATE INDEX)/.test(text) ? [text] : undefined
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

function splitByComma(text: string): string[] {
  const parts = ['']
  let depth = 0
  for (const character of text) {
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (character === ',' && depth === 0) parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts.map((part) => part.trim())
}

function createTable(table: string, parts: readonly string[]): string[] {
  const columns = parts.filter((part) => !part.startsWith('PRIMARY KEY'))
  const keys = parts.filter((part) => part.startsWith('PRIMARY KEY'))
  return [
    `CREATE TABLE ${table} (${[...columns.map((column) => columnOf(column).sql), ...keys].join(', ')})`,
    ...columns.map((column) => noteColumn(table, column)),
  ]
}

function alterTable(table: string, action: string, rest: string): string[] {
  if (action === 'ADD') {
    return [`ALTER TABLE ${table} ADD COLUMN ${columnOf(rest).sql}`, noteColumn(table, rest)]
  }
  return [
    `ALTER TABLE ${table} DROP COLUMN ${rest}`,
    `DELETE FROM ora.columns WHERE table_id = ${literal(table)}::regclass AND name = ${literal(rest.replaceAll('"', ''))}`,
  ]
}

function noteColumn(table: string, column: string): string {
  const { name, type, length, characters, precision, scale } = columnOf(column)
  const values = [`${literal(table)}::regclass`, literal(name), literal(type), length, characters, precision, scale]
  return `INSERT INTO ora.columns VALUES (${values.join(', ')})`
}

const POSTGRES: [RegExp, string][] = [
  [/^N?VARCHAR2$/, 'varchar'],
  [/^N?CHAR$/, 'char'],
  [/^(RAW|BLOB)$/, 'bytea'],
  [/^BINARY_FLOAT$/, 'real'],
  [/^BINARY_DOUBLE$/, 'double precision'],
  [/^JSON$/, 'json'],
  [/^XMLTYPE$/, 'xml'],
  [/^BOOLEAN$/, 'boolean'],
]

interface DefinedColumn {
  name: string
  type: string
  length: number
  characters: number
  precision: string
  scale: string
  sql: string
}

/** `"name" TYPE(sizes) rest`, names without quotes are those of the change table. */
function columnOf(text: string): DefinedColumn {
  const match =
    /^("[^"]+"|\w+) ((?:TIMESTAMP\(\d\)(?: WITH(?: LOCAL)? TIME ZONE)?|INTERVAL (?:YEAR\(\d\) TO MONTH|DAY\(\d\) TO SECOND\(\d\))|\w+))(?:\((\d+)(?:,\s*(-?\d+))?(?: CHAR)?\))?(.*)$/.exec(
      text,
    )
  if (!match) throw Object.assign(new Error(`not a column: ${text}`), { code: '42601' })
  const [, name = '', type = '', first, second, rest = ''] = match
  const isNumber = type === 'NUMBER'
  const base = POSTGRES.find(([pattern]) => pattern.test(type))?.[1] ?? (isNumber ? 'numeric' : 'text')
  const isText = base === 'varchar' || base === 'char'
  const sized = isText ? `(${first ?? '1'})` : isNumber && first !== undefined ? `(${first},${second ?? '0'})` : ''
  return {
    name: name.replaceAll('"', ''),
    type,
    length: Number(first ?? 0),
    characters: isText ? Number(first ?? 1) : 0,
    precision: isNumber ? (first ?? 'NULL') : 'NULL',
    scale: isNumber ? (second ?? (first === undefined ? 'NULL' : '0')) : 'NULL',
    sql: `${name} ${base}${sized} ${translateQuery(rest)}`,
  }
}
