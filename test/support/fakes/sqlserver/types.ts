import type { Token } from './tokens.ts'

/** A type as T-SQL writes it: `decimal(38,10)`, `nvarchar(max)`. */
export interface SqlType {
  name: string
  /** Numbers in brackets; -1 for max. */
  sizes: number[]
}

export function typeOf(tokens: readonly Token[]): SqlType {
  const [name, , ...rest] = tokens
  const sizes = rest
    .filter(({ kind }) => kind === 'number' || kind === 'word')
    .map(({ text }) => (text.toLowerCase() === 'max' ? -1 : Number(text)))
  return { name: (name?.text ?? '').toLowerCase(), sizes }
}

/** Times with seven digits have no type in PostgreSQL: they are kept as text whose order is theirs. */
const POSTGRES: Record<string, (sizes: number[]) => string> = {
  tinyint: () => 'smallint',
  smallint: () => 'smallint',
  int: () => 'integer',
  bigint: () => 'bigint',
  bit: () => 'boolean',
  decimal: ([precision = 18, scale = 0]) => `numeric(${precision},${scale})`,
  numeric: ([precision = 18, scale = 0]) => `numeric(${precision},${scale})`,
  money: () => 'numeric(19,4)',
  smallmoney: () => 'numeric(10,4)',
  float: () => 'double precision',
  real: () => 'real',
  uniqueidentifier: () => 'uuid',
  binary: () => 'bytea',
  varbinary: () => 'bytea',
  image: () => 'bytea',
  rowversion: () => 'bytea',
  timestamp: () => 'bytea',
  varchar: (sizes) => textOf(sizes),
  nvarchar: (sizes) => textOf(sizes),
  char: ([size = 1]) => `char(${size})`,
  nchar: ([size = 1]) => `char(${size})`,
}

const textOf = ([size = 1]: number[]): string => (size < 0 ? 'text' : `varchar(${size})`)

export function postgresType({ name, sizes }: SqlType): string {
  return POSTGRES[name]?.(sizes) ?? 'text'
}

/** What sys.columns says of a type: its system name, bytes, precision, scale. */
export function catalogFacts({ name, sizes }: SqlType): {
  name: string
  length: number
  precision: number
  scale: number
} {
  const [first = 0, second = 0] = sizes
  const isDecimal = name === 'decimal' || name === 'numeric'
  const isTime = name === 'time' || name === 'datetime2' || name === 'datetimeoffset'
  const size = sizes.length === 0 ? 1 : first
  return {
    name: name === 'rowversion' ? 'timestamp' : name,
    length: name.startsWith('n') && name !== 'numeric' && size > 0 ? size * 2 : size,
    precision: isDecimal ? first : 0,
    scale: isDecimal ? second : isTime ? (sizes.length === 0 ? 7 : first) : 0,
  }
}

/** SQL that makes a value of the type from SQL text; @param sql an expression of type text or bytea */
export function castSql(sql: string, type: SqlType): string {
  const { name } = type
  if (name === 'date' || name === 'time' || /^(small)?datetime/.test(name)) {
    return `tsql.to_time((${sql})::text, '${name}', ${catalogFacts(type).scale})`
  }
  if (name === 'bit') return `tsql.to_bit((${sql})::text)`
  if (/^n?(var)?char$|^text$|^ntext$|^xml$/.test(name)) return `(${sql})::text`
  return /binary|image|rowversion/.test(name) ? `(${sql})::bytea` : `(${sql})::text::${postgresType(type)}`
}
