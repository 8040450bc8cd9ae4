import type { Column, Table } from '../catalog.ts'
import { encodingOf } from './charsets.ts'
import { ByteReader, type RowsEvent, type TableMapEvent } from './events.ts'
import { type ColumnFacts, type LoggedValue, readValue } from './row-values.ts'
import { type LoggedColumn, TYPE } from './table-map.ts'

/** The columns have changed since, and the log does not name them. */
export class LogUnreadable extends Error {}

interface ReadColumn {
  logged: LoggedColumn
  /** The table's column of today; undefined where it was dropped since. */
  column: Column | undefined
  facts: ColumnFacts
  /** Its bytes in the log are not those of a SELECT: the row must be read again. */
  isOpaque: boolean
}

/** By column name; null is NULL, undefined a value that must be read again. Absent: not in this image. */
export type Image = Map<string, Buffer | null | undefined>

const TEXT_KINDS = new Set(['text', 'json', 'enum', 'set'])

/** Reads the rows of one table as the log describes it, by the names of today's columns. */
export class LoggedTable {
  readonly #columns: ReadColumn[]

  constructor(event: TableMapEvent, table: Table) {
    const today = [...table.columns.values()]
    const hasNames = event.columns.every((column) => column.name !== undefined)
    if (!hasNames && event.columns.length !== today.length) {
      throw new LogUnreadable(`the columns of ${table.sql} have changed since, and the log does not name them`)
    }
    this.#columns = event.columns.map((logged, place) =>
      readColumn(logged, hasNames ? table.columns.get(logged.name ?? '') : today[place]),
    )
  }

  /** The images of a rows event: both for an update, one otherwise. */
  *images({
    kind,
    before,
    after,
    rows,
  }: RowsEvent): Generator<{ before: Image | undefined; after: Image | undefined }> {
    const reader = new ByteReader(rows)
    while (!reader.isAtEnd) {
      const first = this.#image(reader, before)
      if (kind === 'update') yield { before: first, after: this.#image(reader, after) }
      else yield kind === 'insert' ? { before: undefined, after: first } : { before: first, after: undefined }
    }
  }

  #image(reader: ByteReader, present: readonly boolean[]): Image {
    const shown = this.#columns.filter((_, place) => present[place])
    const nulls = reader.bits(shown.length)
    const image: Image = new Map()
    shown.forEach(({ logged, column, facts, isOpaque }, place) => {
      const value: LoggedValue | null = nulls[place] ? null : readValue(reader, logged, facts)
      if (column) image.set(column.name, isOpaque && value !== null ? undefined : value)
    })
    return image
  }
}

function readColumn(logged: LoggedColumn, column: Column | undefined): ReadColumn {
  const encoding = column?.charset ? encodingOf(column.charset) : 'utf8'
  const facts: ColumnFacts = {
    unsigned: column?.unsigned ?? false,
    binary: column?.kind === 'binary' || column?.kind === 'geometry',
    encoding: encoding === 'utf8' ? undefined : encoding,
  }
  const isOpaque = column === undefined || encoding === undefined || !isAlike(logged.type, column)
  const isChoice = logged.type === TYPE.ENUM || logged.type === TYPE.SET
  if (isChoice && logged.choices === undefined && column) {
    // The definition of today, in UTF-8.
    return {
      logged: { ...logged, choices: choicesOf(column.type) },
      column,
      facts: { ...facts, encoding: undefined },
      isOpaque,
    }
  }
  return { logged, column, facts, isOpaque }
}

/** Whether the column's type of today reads as that in the log; a column may have been altered in between. */
function isAlike(type: number, { kind }: Column): boolean {
  switch (type) {
    case TYPE.TINY:
    case TYPE.SHORT:
    case TYPE.INT24:
    case TYPE.LONG:
    case TYPE.LONGLONG:
      return kind === 'integer'
    case TYPE.FLOAT:
      return kind === 'float'
    case TYPE.DOUBLE:
      return kind === 'double'
    case TYPE.NEWDECIMAL:
      return kind === 'decimal'
    case TYPE.BIT:
      return kind === 'bit' || kind === 'boolean-bit'
    case TYPE.ENUM:
      return kind === 'enum'
    case TYPE.SET:
      return kind === 'set'
    case TYPE.VARCHAR:
    case TYPE.STRING:
    case TYPE.VAR_STRING:
    case TYPE.BLOB:
      return TEXT_KINDS.has(kind) || kind === 'binary'
    case TYPE.GEOMETRY:
      return kind === 'geometry'
    default:
      return ['date', 'datetime', 'timestamp', 'time', 'year'].includes(kind)
  }
}

/** The texts of `enum('a','b''c')`. */
export function choicesOf(definition: string): Buffer[] {
  const list = definition.slice(definition.indexOf('(') + 1, definition.lastIndexOf(')'))
  return [...list.matchAll(/'((?:[^']|'')*)'/g)].map(([, choice = '']) =>
    Buffer.from(choice.replaceAll("''", "'"), 'utf8'),
  )
}
