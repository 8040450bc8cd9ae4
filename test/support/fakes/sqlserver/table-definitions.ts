/** CREATE TABLE and ALTER TABLE of T-SQL -> PostgreSQL, with what the catalogue has to know of each column. */
import { afterBracket, isSign, isWord, splitByComma, type Token } from './tokens.ts'
import { quotedName, quotedText, translate } from './translate.ts'
import { catalogFacts, postgresType, type SqlType, typeOf } from './types.ts'

const plain = (tokens: readonly Token[]): string => translate(tokens, () => []).sql

/** PostgreSQL statements, in their order. */
export function defineTable(tokens: readonly Token[]): string[] {
  const isCreate = isWord(tokens[0], 'CREATE')
  const open = tokens.findIndex((token, at) => at > 2 && (isCreate ? isSign(token, '(') : token.kind === 'word'))
  const table = plain(tokens.slice(2, open))
  if (isCreate) return createTable(table, splitByComma(tokens.slice(open + 1, afterBracket(tokens, open) - 1)))
  const rest = tokens.slice(open + 1)
  switch (tokens[open]?.text.toUpperCase()) {
    case 'ADD':
      return [`ALTER TABLE ${table} ADD COLUMN ${columnSql(rest)}`, ...noteColumn(table, rest), altered(table)]
    case 'DROP':
      return [
        `ALTER TABLE ${table} DROP COLUMN ${quotedName(rest[1]?.text ?? '')}`,
        `DELETE FROM tsql.columns WHERE table_id = ${regclass(table)} AND name = ${quotedText(rest[1]?.text ?? '')}`,
        altered(table),
      ]
    case 'ENABLE':
      return [`SELECT tsql.enable_tracking(${regclass(table)})`]
    case 'DISABLE':
      return [`SELECT tsql.disable_tracking(${regclass(table)})`]
    default:
      throw new SyntaxError(`Incorrect syntax near '${tokens[open]?.text}'.`)
  }
}

const regclass = (table: string): string => `${quotedText(table)}::regclass`
const altered = (table: string): string =>
  `UPDATE tsql.tables SET modify_date = tsql.sysutcdatetime() WHERE table_id = ${regclass(table)}`

function createTable(table: string, parts: readonly Token[][]): string[] {
  const columns = parts.filter(([first]) => !isWord(first, 'PRIMARY', 'INDEX'))
  const versions = columns.filter((column) => ['rowversion', 'timestamp'].includes(columnType(column).name))
  return [
    `CREATE TABLE ${table} (${[...columns.map(columnSql), ...parts.filter(([first]) => isWord(first, 'PRIMARY')).map(plain)].join(', ')})`,
    ...parts
      .filter(([first]) => isWord(first, 'INDEX'))
      .map((index) => `CREATE INDEX ON ${table} ${plain(index.slice(2))}`),
    `INSERT INTO tsql.tables (table_id) VALUES (${regclass(table)})`,
    ...columns.flatMap((column) => noteColumn(table, column)),
    ...versions.map(
      (column) =>
        `CREATE TRIGGER row_version BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION tsql.stamp_row(${quotedText(column[0]?.text ?? '')})`,
    ),
  ]
}

function typeTokens(column: readonly Token[]): readonly Token[] {
  return column.slice(1, isSign(column[2], '(') ? afterBracket(column, 2) : 2)
}

function columnType(column: readonly Token[]): SqlType {
  return typeOf(typeTokens(column))
}

/** name type [COLLATE x] [NOT NULL] [DEFAULT ...] [PRIMARY KEY] */
function columnSql(column: readonly Token[]): string {
  const rest = column.slice(1 + typeTokens(column).length)
  const kept = isWord(rest[0], 'COLLATE') ? rest.slice(2) : rest
  const type = columnType(column)
  const check = type.name === 'tinyint' ? ` CHECK (${quotedName(column[0]?.text ?? '')} BETWEEN 0 AND 255)` : ''
  return `${quotedName(column[0]?.text ?? '')} ${postgresType(type)} ${plain(kept)}${check}`
}

function noteColumn(table: string, column: readonly Token[]): string[] {
  const { name, length, precision, scale } = catalogFacts(columnType(column))
  return [
    `INSERT INTO tsql.columns VALUES (${regclass(table)}, ${quotedText(column[0]?.text ?? '')}, '${name}', ${length}, ${precision}, ${scale})`,
  ]
}
